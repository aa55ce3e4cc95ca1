//! That the yardstick reads what barebus reads, and is as strict.

use super::*;
use crate::Sample;
use barebus_wire::{
    Array, BusName, Dict, EncodeBody, Endian, Message, MessageBuf, MessageType, ObjectPath, Serial,
    Value,
};

#[test]
fn reads_what_barebus_reads() {
    let message = Sample::Call.message();
    let (header, text) = call(message.as_bytes()).unwrap();
    assert_eq!(Ok((text,)), message.body());
    let expected = message.header();
    assert_eq!(header.serial, expected.serial.get());
    assert_eq!(header.flags, expected.flags.bits());
    assert_eq!(header.path, expected.path.map(|path| path.as_str()));
    assert_eq!(header.interface, expected.interface.map(|name| name.as_str()));
    assert_eq!(header.member, expected.member.map(|name| name.as_str()));
    assert_eq!(header.destination, expected.destination.map(|name| name.as_str()));
    for sample in [Sample::Units, Sample::ForeignUnits] {
        let message = sample.message();
        type Expected<'a> = crate::workload::Unit<'a>;
        let (mut expected,): (Array<'_, Expected<'_>>,) = message.body().unwrap();
        let read = units(message.as_bytes(), |unit| {
            let (a, b, c, d, e, f, path, number, g, last) = *unit;
            let [path, last] = [path, last].map(|path| ObjectPath::parse(path).unwrap());
            let unit = (a, b, c, d, e, f, path, number, g, last);
            assert_eq!(expected.next(), Some(Ok(unit)));
        });
        assert!(read.is_some() && expected.next().is_none());
    }
    let message = Sample::Strings.message();
    let (mut expected,): (Array<'_, &str>,) = message.body().unwrap();
    let read = strings(message.as_bytes(), |text| assert_eq!(expected.next(), Some(Ok(text))));
    assert!(read.is_some() && expected.next().is_none());
    let mut found = 0;
    assert!(arrays(Sample::Arrays.message().as_bytes(), |number| found = number).is_some());
    assert_eq!((found, variants(Sample::Variants.message().as_bytes())), (7, Some(7)));
}

#[test]
fn reads_the_properties_that_barebus_reads() {
    let message = Sample::Properties.message();
    let mut found = Vec::new();
    properties(message.as_bytes(), |name, value| found.push((name, *value))).unwrap();
    let (expected,): (Dict<'_, &str, Value<'_>>,) = message.body().unwrap();
    let mut found = found.into_iter().peekable();
    for entry in expected {
        let (name, value) = entry.unwrap();
        let mut elements = 0;
        while let Some((_, read)) = found.next_if(|(found, _)| *found == name) {
            match read {
                Property::Boolean(read) => assert_eq!(value, Value::Boolean(read)),
                Property::Number32(read) => assert_eq!(value, Value::Uint32(read)),
                Property::Number64(read) => assert_eq!(value, Value::Uint64(read)),
                Property::Text(read) => assert_eq!(value, Value::String(read)),
                _ => elements += 1,
            }
        }
        if let Value::Array(array) = value
            && let Ok(texts) = array.get::<Array<'_, &str>>()
        {
            assert_eq!(texts.count(), elements, "{name}");
        }
    }
    assert_eq!(found.next(), None);
}

/// A reply with `body`.
fn reply(endian: Endian, body: impl EncodeBody) -> Vec<u8> {
    let mut header = barebus_wire::Header::new(MessageType::MethodReturn, Serial::FIRST);
    header.endian = endian;
    header.reply_serial = Some(Serial::FIRST);
    header.sender = Some(BusName::from_static(":1.1"));
    let mut buf = MessageBuf::new();
    buf.push(&header, &body).unwrap();
    buf.as_slice().to_vec()
}

/// That nothing is accepted that barebus refuses, of `message` with one byte changed.
fn is_as_strict(message: &[u8], accepts: fn(&[u8]) -> Option<()>) {
    let mut bytes = message.to_vec();
    assert!(accepts(&bytes).is_some());
    for at in 0..bytes.len() {
        assert_eq!(accepts(&message[..at]), None, "{at} bytes of {message:?}");
        let byte = bytes[at];
        let changes = [0, 1, b'0', b'/', b'.', b'-', 0x80, 0xff, byte ^ 1, byte.wrapping_sub(1)];
        for changed in changes {
            bytes[at] = changed;
            if accepts(&bytes).is_some() {
                let read = Message::parse(&bytes).and_then(|message| message.validate());
                assert_eq!(read, Ok(()), "{changed} at {at} of {message:?}");
            }
        }
        bytes[at] = byte;
    }
}

#[test]
fn accepts_nothing_that_barebus_refuses() {
    is_as_strict(Sample::Call.message().as_bytes(), |bytes| call(bytes).map(drop));
    for endian in [Endian::Little, Endian::Big] {
        let message = reply(endian, (crate::workload::units(4),));
        is_as_strict(&message, |bytes| units(bytes, |_| ()));
    }
    let message = Sample::Properties.message();
    is_as_strict(message.as_bytes(), |bytes| properties(bytes, |_, _| ()));
    let message = reply(Endian::NATIVE, (&["", "text", "\u{e9}\u{20ac}\u{1f600}"][..],));
    is_as_strict(&message, |bytes| strings(bytes, drop));
    is_as_strict(Sample::Arrays.message().as_bytes(), |bytes| arrays(bytes, drop));
    is_as_strict(Sample::Variants.message().as_bytes(), |bytes| variants(bytes).map(drop));
}
