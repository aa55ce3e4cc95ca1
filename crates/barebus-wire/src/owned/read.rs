//! A tree from what a cursor walks. It keeps a list of what is open rather than recursing, so that the stack is the same
//! whatever the nesting.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{OwnedArray, OwnedDict, OwnedValue};
use crate::cursor::{Basic, Cursor, Event};
use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::signature::{Signature, fixed_width};

/// A container that has begun.
enum Frame<'a> {
    Bytes(Vec<u8>),
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
            Event::Basic(Basic::Byte(byte)) if matches!(frames.last(), Some(Frame::Bytes(_))) => {
                if let Some(Frame::Bytes(bytes)) = frames.last_mut() {
                    bytes.push(byte);
                }
                None
            }
            Event::Basic(value) => Some(OwnedValue::from(value)),
            Event::End => match frames.pop() {
                Some(Frame::Bytes(bytes)) => Some(OwnedValue::Bytes(bytes.into())),
                Some(Frame::Array(element, elements)) => {
                    Some(OwnedValue::Array(Box::new(OwnedArray::trusted(element, elements))))
                }
                Some(Frame::Dict(entry, entries)) => {
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
                frames.extend(Frame::of(container));
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
    fn of(event: Event<'a>) -> Option<Self> {
        Some(match event {
            Event::Array { element, len } => match element.code() {
                Some(b'y') => Self::Bytes(Vec::with_capacity(len as usize)),
                Some(b'{') => Self::Dict(element, Vec::new()),
                code => {
                    // The length was compared with the bytes that are there.
                    let elements = (len as usize).checked_div(fixed_width(code.unwrap_or(0)));
                    Self::Array(element, Vec::with_capacity(elements.unwrap_or(0)))
                }
            },
            Event::Struct => Self::Struct(Vec::new()),
            Event::DictEntry => Self::Entry(None),
            Event::Variant(_) => Self::Variant(None),
            Event::Basic(_) | Event::End => return None,
        })
    }
}

/// Puts a value where it belongs; gives it back when nothing encloses it.
fn place(value: OwnedValue, frames: &mut Vec<Frame<'_>>) -> Option<OwnedValue> {
    match frames.last_mut() {
        Some(Frame::Array(_, values) | Frame::Struct(values)) => values.push(value),
        Some(Frame::Entry(key)) => match key.take() {
            None => *key = Some(value),
            Some(key) => {
                if let Some(Frame::Dict(_, entries)) =
                    frames.len().checked_sub(2).and_then(|outer| frames.get_mut(outer))
                {
                    entries.push((key, value));
                }
            }
        },
        Some(Frame::Variant(inner)) => *inner = Some(value),
        Some(Frame::Bytes(_) | Frame::Dict(..)) => {}
        None => return Some(value),
    }
    None
}
