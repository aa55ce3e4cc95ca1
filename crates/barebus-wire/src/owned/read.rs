//! A tree from what a cursor walks. It keeps a list of what is open rather than recursing, so that the stack is the same
//! whatever the nesting.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{OwnedArray, OwnedDict, OwnedValue, fixed};
use crate::cursor::{Cursor, CursorEvent};
use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::number::FdIndex;
use crate::signature::Signature;
use crate::type_code::has_no_rules;
use crate::value::push;

/// A container that has begun.
enum Frame<'a> {
    /// An array of a fixed-size type, read as a whole.
    Fixed(OwnedValue),
    Booleans(Vec<bool>),
    UnixFds(Vec<FdIndex>),
    Array(Signature<'a>, Vec<OwnedValue>),
    Dict(Signature<'a>, Vec<(OwnedValue, OwnedValue)>),
    Entry(Option<OwnedValue>),
    Struct(Vec<OwnedValue>),
    Variant(Option<OwnedValue>),
}

/// Reads the one value that `cursor` comes to next.
pub(super) fn value<'a>(cursor: &mut Cursor<'a>) -> Result<OwnedValue, DecodeError> {
    let mut frames: Vec<Frame<'a>> = Vec::new();
    while let Some(event) = cursor.next()? {
        let complete = match event {
            CursorEvent::Basic(value) => Some(OwnedValue::from(value)),
            CursorEvent::End => match frames.pop() {
                Some(Frame::Fixed(array)) => Some(array),
                Some(Frame::Booleans(elements)) => Some(elements.into()),
                Some(Frame::UnixFds(elements)) => Some(elements.into()),
                Some(Frame::Array(element, mut elements)) => {
                    elements.shrink_to_fit();
                    Some(OwnedValue::Array(Box::new(OwnedArray::trusted(element, elements))))
                }
                Some(Frame::Dict(entry, mut entries)) => {
                    entries.shrink_to_fit();
                    Some(OwnedValue::Dict(Box::new(OwnedDict::trusted(entry, entries))))
                }
                Some(Frame::Struct(fields)) => Some(OwnedValue::Struct(fields.into())),
                Some(Frame::Variant(value)) => {
                    value.map(|value| OwnedValue::Variant(Box::new(value)))
                }
                // An entry has gone into its dictionary with its value.
                Some(Frame::Entry(_)) | None => None,
            },
            container => {
                frames.extend(Frame::open(container, cursor)?);
                None
            }
        };
        if let Some(value) = complete.and_then(|value| place(value, &mut frames)) {
            return Ok(value);
        }
    }
    // A cursor that is asked for a value has one, and does not end inside it.
    Err(DecodeError::new(Kind::NotEnoughData, cursor.position()))
}

impl<'a> Frame<'a> {
    /// The container that begins with `event`; takes the elements of an array of numbers from `cursor`.
    fn open(event: CursorEvent<'a>, cursor: &mut Cursor<'a>) -> Result<Option<Self>, DecodeError> {
        Ok(Some(match event {
            CursorEvent::Array { element, len } => match element.code() {
                Some(b'{') => Self::Dict(element, Vec::new()),
                // The length was compared with the bytes that are there.
                Some(b'b') => Self::Booleans(Vec::with_capacity(len as usize / 4)),
                Some(b'h') => Self::UnixFds(Vec::with_capacity(len as usize / 4)),
                Some(code) if has_no_rules(code) => {
                    let bytes = cursor.take_elements(len)?;
                    let array = fixed::from_bytes(code, bytes, cursor.reader().endian());
                    return Ok(array.map(Self::Fixed));
                }
                _ => Self::Array(element, Vec::new()),
            },
            CursorEvent::Struct => Self::Struct(Vec::new()),
            CursorEvent::DictEntry => Self::Entry(None),
            CursorEvent::Variant(_) => Self::Variant(None),
            CursorEvent::Basic(_) | CursorEvent::End => return Ok(None),
        }))
    }
}

/// Puts a value where it belongs; gives it back when nothing encloses it.
fn place(value: OwnedValue, frames: &mut Vec<Frame<'_>>) -> Option<OwnedValue> {
    match frames.last_mut() {
        Some(Frame::Array(_, values) | Frame::Struct(values)) => push(values, value),
        Some(Frame::Booleans(values)) => {
            values.push(value == OwnedValue::Boolean(true));
        }
        Some(Frame::Entry(key)) => match key.take() {
            None => *key = Some(value),
            Some(key) => {
                if let Some(Frame::Dict(_, entries)) =
                    frames.len().checked_sub(2).and_then(|outer| frames.get_mut(outer))
                {
                    push(entries, (key, value));
                }
            }
        },
        Some(Frame::Variant(inner)) => *inner = Some(value),
        Some(Frame::UnixFds(values)) => {
            if let OwnedValue::UnixFd(index) = value {
                values.push(index);
            }
        }
        Some(Frame::Fixed(_) | Frame::Dict(..)) => {}
        None => return Some(value),
    }
    None
}
