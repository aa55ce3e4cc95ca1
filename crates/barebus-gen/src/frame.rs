//! One message, marshalled with or without a broken rule.

use barebus_wire::{DecodeError, DecodeErrorKind as Kind, MessageType, limits};

use crate::fault::{Beyond, Fault, name};
use crate::marshal::Marshaller;
use crate::message::Message;
use crate::value::Value;

const BODY_LEN_AT: usize = 4;
const SERIAL_AT: usize = 8;
const FIELDS_LEN_AT: usize = 12;
const LOCAL_PATH: &str = "/org/freedesktop/DBus/Local";
const LOCAL_INTERFACE: &str = "org.freedesktop.DBus.Local";

/// The bytes of a message, and the error in them.
#[derive(Debug)]
pub(crate) struct Frame {
    marshaller: Marshaller,
}

impl Frame {
    /// Marshals a message, and breaks the rule of `fault`.
    pub(crate) fn new(message: &Message, mut fault: Fault) -> Self {
        fault.unix_fds = message.unix_fds;
        let mut frame = Self { marshaller: Marshaller::new(message.endian, fault) };
        frame.fixed(message);
        frame.fields(message);
        frame.body(message);
        frame.finish();
        frame
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.marshaller.into_bytes()
    }

    /// The error that a parser must find.
    pub(crate) fn error(&self) -> Option<DecodeError> {
        self.marshaller.fault.error()
    }

    /// Numbers of the places where the rule can be broken.
    pub(crate) fn sites(&self) -> Vec<usize> {
        let sites = self.marshaller.fault.sites().iter().enumerate();
        let end = self.marshaller.at();
        match self.marshaller.fault.rule() {
            // A length of one byte that reaches beyond the end: the end must be near.
            Some(Kind::SignatureOutOfBounds | Kind::VariantSignatureOutOfBounds) => {
                sites.filter(|(_, at)| end - *at <= 256).map(|(site, _)| site).collect()
            }
            _ => sites.map(|(site, _)| site).collect(),
        }
    }

    fn breaks(&mut self, rule: Kind, at: usize) -> bool {
        self.marshaller.fault.breaks(rule, at)
    }

    /// Passes the place of a rule of the fixed header. Says whether it is broken there.
    fn breaks_at(&mut self, rule: Kind, at: usize) -> bool {
        let broken = self.breaks(rule, at);
        if broken {
            self.marshaller.fault.at(at);
        }
        broken
    }

    fn fixed(&mut self, message: &Message) {
        let mut mark = message.endian.mark();
        if self.breaks_at(Kind::UnknownByteOrder, 0) {
            let byte = self.marshaller.fault.choices().byte();
            mark = if matches!(byte, b'l' | b'B') { byte + 1 } else { byte };
        }
        let mut code = message.message_type.code();
        if self.breaks_at(Kind::MessageTypeZero, 1) {
            code = 0;
        }
        let mut version = 1;
        if self.breaks_at(Kind::ProtocolVersion, 3) {
            let byte = self.marshaller.fault.choices().byte();
            version = if byte == 1 { 2 } else { byte };
        }
        let mut serial = message.serial.get();
        if self.breaks_at(Kind::SerialZero, SERIAL_AT) {
            serial = 0;
        }
        self.marshaller.bytes(&[mark, code, message.flags.bits(), version]);
        [0, serial, 0].into_iter().for_each(|number| self.marshaller.u32(number));
    }

    fn fields(&mut self, message: &Message) {
        let start = self.marshaller.at();
        let required = required(message.message_type);
        let mut is_missing = false;
        for (code, value) in message.fields() {
            let missing = required.iter().find(|(required, _)| *required == code);
            if missing.is_some_and(|(_, rule)| self.breaks(*rule, start)) {
                is_missing = true;
                continue;
            }
            self.field(code, &value);
        }
        let end = self.marshaller.at();
        if is_missing {
            self.marshaller.fault.at(end);
        }
        self.marshaller.patch_u32(FIELDS_LEN_AT, end - start);
        self.marshaller.pad(8);
        self.marshaller.start_body();
    }

    fn field(&mut self, code: u8, value: &Value) {
        let start = self.marshaller.at().next_multiple_of(8);
        if self.breaks_at(Kind::HeaderFieldZero, start) {
            let value = self.any_value();
            self.put_field(0, &value);
        }
        if code <= 9 && self.breaks_at(Kind::HeaderFieldType, start) {
            let other = self.any_value();
            return self.put_field(code, &other);
        }
        match self.replacement(code, start + 8) {
            Some(text) if code == 1 => self.put_field(code, &Value::ObjectPath(text)),
            Some(text) => self.put_field(code, &Value::String(text)),
            None if code == 5 && self.breaks_at(Kind::ReplySerialZero, start + 4) => {
                self.put_field(code, &Value::Uint32(0));
            }
            None => self.put_field(code, value),
        }
        let start = self.marshaller.at().next_multiple_of(8);
        if code <= 9 && self.breaks_at(Kind::HeaderFieldTwice, start) {
            self.put_field(code, value);
        }
    }

    fn put_field(&mut self, code: u8, value: &Value) {
        self.marshaller.pad(8);
        self.marshaller.byte(code);
        self.marshaller.variant(value);
    }

    /// Text in place of a field's text, which begins at `start`.
    fn replacement(&mut self, code: u8, start: usize) -> Option<String> {
        if code == 1 && self.breaks_at(Kind::LocalPath, start) {
            return Some(LOCAL_PATH.into());
        }
        if code == 2 && self.breaks_at(Kind::LocalInterface, start) {
            return Some(LOCAL_INTERFACE.into());
        }
        let rule = match code {
            2 => Kind::BadInterface,
            3 => Kind::BadMember,
            4 => Kind::BadErrorName,
            6 => Kind::BadDestination,
            7 => Kind::BadSender,
            _ => return None,
        };
        if !self.breaks(rule, start) {
            return None;
        }
        let source = self.marshaller.fault.choices();
        let (text, at) = match code {
            3 => name::bad_member(source),
            2 | 4 => name::bad_interface(source),
            _ => name::bad_bus_name(source),
        };
        self.marshaller.fault.at(start + at);
        Some(text)
    }

    /// A value that no known header field has the type of.
    fn any_value(&mut self) -> Value {
        let source = self.marshaller.fault.choices();
        match source.below(6) {
            0 => Value::Byte(source.byte()),
            1 => Value::Boolean(true),
            2 => Value::Int32(7),
            3 => Value::Uint64(source.number()),
            4 => Value::Array("s".into(), vec![Value::String("a".into())]),
            _ => Value::Struct(vec![Value::Byte(source.byte()), Value::Uint32(1)]),
        }
    }

    fn body(&mut self, message: &Message) {
        let start = self.marshaller.at();
        message.body.values().iter().for_each(|value| self.marshaller.value(value));
        let end = self.marshaller.at();
        if !self.marshaller.cuts().is_empty() && self.breaks(Kind::NotEnoughData, start) {
            let cuts = self.marshaller.cuts().to_vec();
            let cut = cuts.get(self.marshaller.fault.below(cuts.len())).copied();
            self.marshaller.truncate(cut.unwrap_or(end));
            let at = self.marshaller.at();
            self.marshaller.fault.at(at);
        }
        if self.breaks_at(Kind::TooMuchData, end) {
            self.surplus();
        }
        let len = self.marshaller.at() - start;
        self.marshaller.patch_u32(BODY_LEN_AT, len);
    }

    fn surplus(&mut self) {
        let count = 1 + self.marshaller.fault.below(8);
        for _ in 0..count {
            let byte = self.marshaller.fault.choices().byte();
            self.marshaller.bytes(&[byte]);
        }
    }

    /// What concerns the message as a whole.
    fn finish(&mut self) {
        const MOST: usize = limits::MESSAGE_LEN as usize;
        let end = self.marshaller.at();
        if let Some(Beyond { at, width, most }) = self.marshaller.fault.length_beyond() {
            // More than what is left; of a signature, which ends with a NUL, as much as is left suffices.
            let least = (end - at - width) + usize::from(width == 4);
            let len = least + self.marshaller.fault.below(most.saturating_sub(least) + 1);
            match width {
                1 => self.marshaller.patch(at, u8::try_from(len).unwrap_or(u8::MAX)),
                _ => self.marshaller.patch_u32(at, len),
            }
        }
        if self.breaks_at(Kind::HeaderFieldsTooLong, FIELDS_LEN_AT) {
            let least = limits::ARRAY_LEN as usize + 1;
            // The body must not be too long as well.
            let len = least + self.marshaller.fault.below(MOST / 4);
            self.marshaller.patch_u32(FIELDS_LEN_AT, len);
        }
        if self.breaks_at(Kind::BodyTooLong, BODY_LEN_AT) {
            let len = MOST + 1 + self.marshaller.fault.below(u32::MAX as usize - MOST);
            self.marshaller.patch_u32(BODY_LEN_AT, len);
        }
        if self.breaks_at(Kind::MessageTooLong, BODY_LEN_AT) {
            // With any header, which has 16 bytes at least.
            let len = MOST - self.marshaller.fault.below(16);
            self.marshaller.patch_u32(BODY_LEN_AT, len);
        }
        if self.breaks_at(Kind::SurplusBytes, end) {
            self.surplus();
        }
        if self.breaks(Kind::Incomplete, 0) {
            let at = self.marshaller.fault.below(end);
            self.marshaller.truncate(at);
            self.marshaller.fault.at(at);
        }
    }
}

/// The fields that messages of a type have, with the rules that require them.
pub(crate) const fn required(message_type: MessageType) -> &'static [(u8, Kind)] {
    match message_type {
        MessageType::MethodCall => &[(1, Kind::MissingPath), (3, Kind::MissingMember)],
        MessageType::Signal => {
            &[(1, Kind::MissingPath), (2, Kind::MissingInterface), (3, Kind::MissingMember)]
        }
        MessageType::Error => &[(4, Kind::MissingErrorName), (5, Kind::MissingReplySerial)],
        MessageType::MethodReturn => &[(5, Kind::MissingReplySerial)],
        MessageType::Unknown(_) => &[],
    }
}
