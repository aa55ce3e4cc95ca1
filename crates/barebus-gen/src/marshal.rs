//! A naive marshaller, which can break one rule on the way.
//!
//! It shares no code with `barebus-wire`: the two agree only where both are right.

use std::ops::Range;

use barebus_wire::{DecodeErrorKind as Kind, Endian};

use crate::fault::{Fault, depth, length, string, types};
use crate::value::Value;

/// Appends values to a message or a body.
#[derive(Debug)]
pub(crate) struct Marshaller {
    out: Vec<u8>,
    endian: Endian,
    pub(crate) fault: Fault,
    /// Whether the values are those of a body. Header fields are bounded by their array, and nested in it.
    in_body: bool,
    /// Containers in the body around what is marshalled.
    depth: usize,
    /// Arrays around what is marshalled.
    arrays: usize,
    /// Offsets at which the message may end for `NotEnoughData`.
    cuts: Vec<usize>,
}

impl Marshaller {
    pub(crate) fn new(endian: Endian, fault: Fault) -> Self {
        Self {
            out: Vec::new(),
            endian,
            fault,
            in_body: false,
            depth: 0,
            arrays: 0,
            cuts: Vec::new(),
        }
    }

    /// Goes on after bytes that begin at a multiple of 8.
    pub(crate) fn after(out: Vec<u8>, endian: Endian) -> Self {
        Self { out, ..Self::new(endian, Fault::none()) }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Offset of the next byte.
    pub(crate) fn at(&self) -> usize {
        self.out.len()
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend(bytes);
    }

    /// A UINT32, aligned.
    pub(crate) fn u32(&mut self, value: u32) {
        self.number(4, value.into());
    }

    /// Replaces the UINT32 at `at`.
    pub(crate) fn patch_u32(&mut self, at: usize, value: usize) {
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        let bytes = match self.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        };
        if let Some(place) = self.out.get_mut(at..at + 4) {
            place.copy_from_slice(&bytes);
        }
    }

    /// Replaces one byte.
    pub(crate) fn patch(&mut self, at: usize, value: u8) {
        if let Some(place) = self.out.get_mut(at) {
            *place = value;
        }
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.out.truncate(len);
    }

    pub(crate) fn cuts(&self) -> &[usize] {
        &self.cuts
    }

    /// What follows are the values of a body.
    pub(crate) fn start_body(&mut self) {
        self.in_body = true;
    }

    /// Padding up to the next multiple of `alignment`.
    pub(crate) fn pad(&mut self, alignment: usize) {
        let start = self.at();
        let end = start.next_multiple_of(alignment);
        self.out.resize(end, 0);
        if start < end && self.fault.breaks(Kind::PaddingNotZero, start) {
            let at = start + self.fault.below(end - start);
            let byte = self.fault.not_zero();
            self.patch(at, byte);
            self.fault.at(at);
        }
    }

    /// Notes that the body may end at any of these offsets. An array in it would end too early for another rule.
    fn may_end_in(&mut self, offsets: Range<usize>) {
        if self.in_body && self.arrays == 0 && self.fault.wants(Kind::NotEnoughData) {
            self.cuts.extend(offsets);
        }
    }

    fn number(&mut self, width: usize, value: u64) {
        let start = self.at();
        self.pad(width);
        let bytes = value.to_le_bytes();
        let bytes = bytes.get(..width).unwrap_or_default();
        match self.endian {
            Endian::Little => self.out.extend(bytes),
            Endian::Big => self.out.extend(bytes.iter().rev()),
        }
        self.may_end_in(start..self.at());
    }

    /// A value.
    pub(crate) fn value(&mut self, value: &Value) {
        match value {
            Value::Byte(value) => self.number(1, (*value).into()),
            Value::Boolean(value) => self.boolean(*value),
            Value::Int16(value) => self.number(2, *value as u64),
            Value::Uint16(value) => self.number(2, (*value).into()),
            Value::Int32(value) => self.number(4, *value as u64),
            Value::Uint32(value) => self.u32(*value),
            Value::Int64(value) => self.number(8, *value as u64),
            Value::Uint64(value) | Value::Double(value) => self.number(8, *value),
            Value::String(text) => string::string(self, text),
            Value::ObjectPath(text) => string::path(self, text),
            Value::Signature(text) => types::signature(self, text),
            Value::UnixFd(index) => self.fd(*index),
            Value::Array(element, elements) => self.array(element, elements),
            Value::Struct(fields) => self.fields(fields),
            Value::DictEntry(entry) => {
                let (key, value) = &**entry;
                self.start_struct();
                self.value(key);
                self.value(value);
                self.depth -= 1;
            }
            Value::Variant(value) => self.variant(value),
        }
    }

    fn boolean(&mut self, value: bool) {
        self.pad(4);
        let at = self.at();
        let number = if self.fault.breaks(Kind::BadBoolean, at) {
            self.fault.at(at);
            self.fault.number_from(2)
        } else {
            value.into()
        };
        self.u32(number);
    }

    fn fd(&mut self, index: u32) {
        self.pad(4);
        let at = self.at();
        let broken = self.in_body && self.fault.breaks(Kind::FdIndexOutOfBounds, at);
        let index = if broken {
            self.fault.at(at);
            let fds = self.fault.unix_fds;
            self.fault.number_from(fds)
        } else {
            index
        };
        self.u32(index);
    }

    fn start_struct(&mut self) {
        let start = self.at();
        self.pad(8);
        self.may_end_in(start..self.at());
        self.depth += 1;
    }

    fn fields(&mut self, fields: &[Value]) {
        self.start_struct();
        fields.iter().for_each(|field| self.value(field));
        self.depth -= 1;
    }

    fn array(&mut self, element: &str, elements: &[Value]) {
        let start = self.at();
        self.pad(4);
        let length_at = self.at();
        self.u32(0);
        self.may_end_in(start..self.at());
        self.pad(alignment(element));
        let start = self.at();
        self.depth += 1;
        self.arrays += 1;
        // Where each element begins, before its padding.
        let mut starts = Vec::new();
        for element in elements {
            starts.push(self.at());
            self.value(element);
        }
        self.depth -= 1;
        self.arrays -= 1;
        let len = length::array(self, element, length_at, start, &starts);
        self.patch_u32(length_at, len);
    }

    /// A variant of the value, or what breaks a rule in its place.
    pub(crate) fn variant(&mut self, value: &Value) {
        if self.in_body && depth::tower(self, self.depth) {
            return;
        }
        if types::start_variant(self, &value.signature(), value) {
            self.depth += 1;
            self.value(value);
            self.depth -= 1;
        }
    }

    /// The byte that begins a signature or a header field's code, with the offsets at which a body may end before it.
    pub(crate) fn byte(&mut self, byte: u8) {
        self.number(1, byte.into());
    }
}

/// Alignment of the type that `signature` begins with.
pub(crate) fn alignment(signature: &str) -> usize {
    match signature.as_bytes().first() {
        Some(b'n' | b'q') => 2,
        Some(b'b' | b'i' | b'u' | b'h' | b's' | b'o' | b'a') => 4,
        Some(b'x' | b't' | b'd' | b'(' | b'{') => 8,
        _ => 1,
    }
}

/// Width of the type that `element` begins with, if all its values take as many bytes, and more than one.
pub(crate) fn fixed_width(element: &str) -> Option<usize> {
    match element.as_bytes() {
        [b'n' | b'q'] => Some(2),
        [b'b' | b'i' | b'u' | b'h'] => Some(4),
        [b'x' | b't' | b'd'] => Some(8),
        _ => None,
    }
}
