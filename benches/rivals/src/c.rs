//! What the libraries in C have in common: they are told a message value by value, container by container.

use core::ffi::{CStr, c_char, c_void};
use core::ptr::{from_ref, null};
use std::ffi::CString;

use barebus_benches::workload::CALL;
use barebus_wire::{Basic, BusName, Cursor, CursorEvent, Header, Message, MessageBuf, Serial};

use crate::seen::Leaves;

/// Values as these libraries take them, ready before anything is measured.
pub(crate) enum Tree {
    Text(u8, CString),
    Number32(u8, u32),
    Number64(u8, u64),
    Bytes(Vec<u8>),
    Numbers(Vec<u64>),
    /// Code, signature of what is in it, what is in it.
    Container(u8, CString, Vec<Tree>),
}

/// A library that is told values.
pub(crate) trait Put {
    fn text(&mut self, code: u8, text: &CStr);

    /// `value`: a number of that type.
    fn number(&mut self, code: u8, value: *const c_void);

    /// `start`: `count` numbers of that type.
    fn numbers(&mut self, code: u8, start: *const c_void, count: usize);

    fn container(&mut self, code: u8, contents: &CStr, fill: impl FnOnce(&mut Self));
}

impl Tree {
    /// The one value of `message`'s body.
    pub(crate) fn of(message: &Message<'_>) -> Self {
        let signature = message.header().signature.as_str();
        Self::next(&mut message.cursor(), signature).unwrap()
    }

    /// The next value, whose signature is `signature` if it is a struct or a dictionary entry.
    fn next(cursor: &mut Cursor<'_>, signature: &str) -> Option<Self> {
        let contents = signature.trim_matches(['(', ')', '{', '}']);
        Some(match cursor.next().unwrap()? {
            CursorEvent::Basic(Basic::String(text)) => {
                Self::Text(b's', CString::new(text).unwrap())
            }
            CursorEvent::Basic(Basic::ObjectPath(path)) => {
                Self::Text(b'o', CString::new(path.as_str()).unwrap())
            }
            CursorEvent::Basic(Basic::Boolean(value)) => Self::Number32(b'b', value.into()),
            CursorEvent::Basic(Basic::Int32(value)) => Self::Number32(b'i', value.cast_unsigned()),
            CursorEvent::Basic(Basic::Uint32(value)) => Self::Number32(b'u', value),
            CursorEvent::Basic(Basic::Uint64(value)) => Self::Number64(b't', value),
            CursorEvent::Array { element, .. } if element.as_str() == "y" => {
                let mut bytes = Vec::new();
                while let Some(CursorEvent::Basic(Basic::Byte(byte))) = cursor.next().unwrap() {
                    bytes.push(byte);
                }
                Self::Bytes(bytes)
            }
            CursorEvent::Array { element, .. } if element.as_str() == "t" => {
                let mut numbers = Vec::new();
                while let Some(CursorEvent::Basic(Basic::Uint64(number))) = cursor.next().unwrap() {
                    numbers.push(number);
                }
                Self::Numbers(numbers)
            }
            CursorEvent::Array { element, .. } => Self::container(b'a', element.as_str(), cursor),
            CursorEvent::Variant(held) => Self::container(b'v', held.as_str(), cursor),
            CursorEvent::Struct => Self::container(b'r', contents, cursor),
            CursorEvent::DictEntry => Self::container(b'e', contents, cursor),
            CursorEvent::End => return None,
            other => unreachable!("no message holds {other:?}"),
        })
    }

    fn container(code: u8, contents: &str, cursor: &mut Cursor<'_>) -> Self {
        let mut values = Vec::new();
        while let Some(value) = Self::next(cursor, contents) {
            values.push(value);
        }
        Self::Container(code, CString::new(contents).unwrap(), values)
    }

    pub(crate) fn put(&self, library: &mut impl Put) {
        match self {
            Self::Text(code, text) => library.text(*code, text),
            Self::Number32(code, value) => library.number(*code, from_ref(value).cast()),
            Self::Number64(code, value) => library.number(*code, from_ref(value).cast()),
            Self::Bytes(bytes) => library.numbers(b'y', bytes.as_ptr().cast(), bytes.len()),
            Self::Numbers(numbers) => library.numbers(b't', numbers.as_ptr().cast(), numbers.len()),
            Self::Container(code, contents, values) => {
                library.container(*code, contents, |library| {
                    values.iter().for_each(|value| value.put(library));
                })
            }
        }
    }
}

/// Text where a library has left it.
pub(crate) struct Text(pub(crate) *const c_char);

impl Leaves for Text {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        // SAFETY: the library says that it ends with NUL, and the message that it lies in lives yet.
        unsafe { CStr::from_ptr(self.0) }.to_str().unwrap().leaves(leaves);
    }
}

/// Destination, path, interface, member and sender, as C has texts.
pub(crate) struct Names([Option<CString>; 5]);

impl Names {
    pub(crate) fn of(header: &Header<'_>) -> Self {
        let texts = [
            header.destination.map(|name| name.as_str()),
            header.path.map(|path| path.as_str()),
            header.interface.map(|name| name.as_str()),
            header.member.map(|name| name.as_str()),
            header.sender.map(|name| name.as_str()),
        ];
        Self(texts.map(|text| text.map(|text| CString::new(text).unwrap())))
    }

    /// Pointers to them, null where there is none.
    pub(crate) fn pointers(&self) -> [*const c_char; 5] {
        self.0.each_ref().map(|text| text.as_deref().map_or(null(), CStr::as_ptr))
    }
}

/// A call that answers can be made to, from `sender`.
pub(crate) fn call_of(sender: Option<BusName<'static>>) -> Vec<u8> {
    let mut header = CALL.header(Serial::FIRST);
    header.sender = sender;
    let mut buf = MessageBuf::new();
    buf.push(&header, &()).unwrap();
    buf.as_slice().to_vec()
}
