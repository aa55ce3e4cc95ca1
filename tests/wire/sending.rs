//! Refused values when sending: those that no valid message can contain.

use barebus_tests::golden::call_of;
use barebus_wire::{
    AsVariant, DecodeError, DecodeErrorKind as Kind, Encode, EncodeError, Endian, ErrorName,
    Header, InterfaceName, MemberName, Message, MessageBuf, MessageType, MethodCall, ObjectPath,
    PreparedCall, PreparedError, RawBody, Serial, Signature, Value, Writer, limits,
};

fn call() -> MethodCall<'static> {
    MethodCall::checked(ObjectPath::from_static("/"), MemberName::from_static("M"))
}

/// The error of marshalling `value` without a buffer. Limits are checked without one.
fn refused<T: Encode + ?Sized>(value: &T) -> Option<EncodeError> {
    value.encode(&mut Writer::new(&mut [], Endian::Little)).err()
}

#[test]
fn accepts_an_array_of_64_mib_and_refuses_one_element_more() {
    let most = limits::ARRAY_LEN as usize;
    assert_eq!(refused(&vec![0_u8; most]), None);
    assert_eq!(refused(&vec![0_u8; most + 1]), Some(EncodeError::ArrayTooLong));
    assert_eq!(refused(&vec![0_u64; most / 8]), None);
    assert_eq!(refused(&vec![0_u64; most / 8 + 1]), Some(EncodeError::ArrayTooLong));
    // Element by element, not in bulk.
    assert_eq!(refused(&vec![true; most / 4]), None);
    assert_eq!(refused(&vec![true; most / 4 + 1]), Some(EncodeError::ArrayTooLong));
}

#[test]
fn accepts_a_message_of_128_mib_and_refuses_one_byte_more() {
    let header = call().header(Serial::FIRST);
    let part = vec![0_u8; limits::ARRAY_LEN as usize];
    let needed = |rest: &[u8]| match header.encode(&mut [], &(&*part, rest)) {
        Err(EncodeError::BufferTooSmall { needed }) => Ok(needed),
        other => Err(other),
    };
    let overhead = needed(&[]).unwrap() - part.len();
    let most = limits::MESSAGE_LEN as usize - part.len() - overhead;
    assert_eq!(needed(&part[..most]), Ok(limits::MESSAGE_LEN as usize));
    assert_eq!(needed(&part[..most + 1]), Err(Err(EncodeError::MessageTooLong)));
}

#[test]
fn refuses_to_grow_a_buffer_for_a_message_that_is_too_long() {
    let part = vec![0_u8; limits::ARRAY_LEN as usize];
    let mut buffer = MessageBuf::new();
    let header = call().header(Serial::FIRST);
    assert_eq!(buffer.push(&header, &(&*part, &*part)), Err(EncodeError::MessageTooLong));
    assert!(buffer.is_empty());
}

/// A BYTE in `depth` nested variants.
fn nested(writer: &mut Writer<'_>, depth: usize) -> Result<(), EncodeError> {
    for _ in 1..depth {
        writer.enter_variant(Signature::from_static("v"))?;
    }
    writer.enter_variant(Signature::from_static("y"))?;
    writer.put_u8(7);
    Ok(())
}

#[test]
fn accepts_64_variants_within_one_another_and_refuses_65() {
    assert_eq!(nested(&mut Writer::new(&mut [], Endian::Little), 64), Ok(()));
    assert_eq!(
        nested(&mut Writer::new(&mut [], Endian::Little), 65),
        Err(EncodeError::NestedTooDeeply)
    );
}

#[test]
fn counts_arrays_and_structs_among_what_encloses_a_value() {
    let mut writer = Writer::new(&mut [], Endian::Little);
    for _ in 0..32 {
        let _open = writer.start_array(8).unwrap();
        writer.enter_struct().unwrap();
    }
    assert_eq!(writer.enter_struct(), Err(EncodeError::NestedTooDeeply));
    assert_eq!(writer.start_array(1).map(drop), Err(EncodeError::NestedTooDeeply));
    assert_eq!(AsVariant(7_u8).encode(&mut writer), Err(EncodeError::NestedTooDeeply));
}

#[test]
fn an_array_that_is_too_long_is_refused_as_such_wherever_it_begins() {
    let payload = vec![0_u8; limits::ARRAY_LEN as usize + 1];
    for start in [0, limits::MESSAGE_LEN as usize - 4, limits::MESSAGE_LEN as usize + 8] {
        let mut writer = Writer::new(&mut [], Endian::Little).at(start);
        let array = writer.start_array(1).unwrap();
        writer.put_bytes(&payload);
        // With 32 bits positions stop at the end of the address space, so after a whole message no length is told.
        let is_told =
            cfg!(not(target_pointer_width = "32")) || start < limits::MESSAGE_LEN as usize;
        let expected =
            if is_told { EncodeError::ArrayTooLong } else { EncodeError::MessageTooLong };
        assert_eq!(writer.end_array(array), Err(expected), "at {start}");
    }
}

#[test]
fn what_was_left_encloses_nothing_that_follows() {
    let mut writer = Writer::new(&mut [], Endian::Little);
    for _ in 0..100 {
        writer.enter_struct().unwrap();
        writer.leave();
        writer.enter_variant(Signature::from_static("u")).unwrap();
        writer.leave();
        let array = writer.start_array(1).unwrap();
        writer.end_array(array).unwrap();
    }
    // One `leave` too many is no room for more.
    writer.leave();
    for _ in 0..64 {
        writer.enter_struct().unwrap();
    }
    assert_eq!(writer.enter_struct(), Err(EncodeError::NestedTooDeeply));
}

#[test]
fn refuses_a_nul_in_a_string() {
    assert_eq!(refused("a\0b"), Some(EncodeError::StringWithNul));
    assert_eq!(refused("\0"), Some(EncodeError::StringWithNul));
    assert_eq!(refused(&String::from("a\0")), Some(EncodeError::StringWithNul));
    assert_eq!(refused(&Value::String("a\0")), Some(EncodeError::StringWithNul));
}

#[test]
fn refuses_a_buffer_that_is_too_small_and_says_what_is_enough() {
    let header = call().header(Serial::FIRST);
    let mut buffer = [0; 256];
    let len = header.encode(&mut buffer, &("abc",)).unwrap();
    for short in 0..len {
        let refused = header.encode(&mut buffer[..short], &("abc",));
        assert_eq!(refused, Err(EncodeError::BufferTooSmall { needed: len }));
    }
}

#[test]
fn refuses_each_header_that_lacks_a_field() {
    let path = Some(ObjectPath::from_static("/"));
    let member = Some(MemberName::from_static("M"));
    let interface = Some(InterfaceName::from_static("a.i"));
    let error_name = Some(ErrorName::from_static("a.e"));
    let new = |message_type| Header::new(message_type, Serial::FIRST);
    for (header, kind) in [
        (Header { member, ..new(MessageType::MethodCall) }, Kind::MissingPath),
        (Header { path, ..new(MessageType::MethodCall) }, Kind::MissingMember),
        (Header { interface, member, ..new(MessageType::Signal) }, Kind::MissingPath),
        (Header { path, member, ..new(MessageType::Signal) }, Kind::MissingInterface),
        (Header { path, interface, ..new(MessageType::Signal) }, Kind::MissingMember),
        (new(MessageType::MethodReturn), Kind::MissingReplySerial),
        (Header { error_name, ..new(MessageType::Error) }, Kind::MissingReplySerial),
        (
            Header { reply_serial: Some(Serial::FIRST), ..new(MessageType::Error) },
            Kind::MissingErrorName,
        ),
    ] {
        assert_eq!(header.encode(&mut [0; 256], &()), Err(EncodeError::Header(kind)));
    }
}

#[test]
fn refuses_the_reserved_path_and_interface() {
    let mut local = call();
    local.path = ObjectPath::from_static("/org/freedesktop/DBus/Local");
    let expected = Err(EncodeError::Header(Kind::LocalPath));
    assert_eq!(local.header(Serial::FIRST).encode(&mut [0; 256], &()), expected);
    assert_eq!(PreparedCall::new(&local, Signature::EMPTY).map(drop), expected.map(drop));
    let local = call().interface(InterfaceName::from_static("org.freedesktop.DBus.Local"));
    let expected = Err(EncodeError::Header(Kind::LocalInterface));
    assert_eq!(local.header(Serial::FIRST).encode(&mut [0; 256], &()), expected);
}

#[test]
fn ending_another_writers_array_does_not_panic() {
    let (mut far, mut near) = ([0; 64], [0; 64]);
    let (mut far, mut near) =
        (Writer::new(&mut far, Endian::Little), Writer::new(&mut near, Endian::Little));
    far.put_bytes(&[0; 32]);
    let array = far.start_array(8).unwrap();
    assert_eq!(near.end_array(array), Err(EncodeError::ArrayTooLong));
}

#[test]
fn refuses_to_send_an_invalid_body_on() {
    // A BOOLEAN of 2, which parsing does not check.
    let bytes = call_of(Endian::Little, "b", &[2, 0, 0, 0]);
    let message = Message::parse(&bytes).unwrap();
    let refused = message.header().encode(&mut [0; 256], &RawBody::of(&message)).unwrap_err();
    assert_eq!(refused, EncodeError::Body(DecodeError { kind: Kind::BadBoolean, at: 56 }));
    assert_eq!(
        refused.to_string(),
        "the body cannot be sent: a boolean is neither 0 nor 1 at byte 56"
    );
    // A byte too many.
    let bytes = call_of(Endian::Little, "y", &[2, 0]);
    let message = Message::parse(&bytes).unwrap();
    let refused = message.header().encode(&mut [0; 256], &RawBody::of(&message));
    let expected = DecodeError { kind: Kind::TooMuchData, at: 57 };
    assert_eq!(refused, Err(EncodeError::Body(expected)));
}

#[test]
fn refuses_a_prepared_call_with_arguments_of_other_types() {
    let prepared = PreparedCall::new(&call(), Signature::from_static("u")).unwrap();
    let mut buffer = MessageBuf::new();
    let refused = buffer.push_prepared(&prepared, Serial::FIRST, &(7_i32, "a")).unwrap_err();
    assert_eq!(refused.to_string(), "the arguments' signature is 'is', prepared was 'u'");
    assert_eq!(prepared.encode(&mut [0; 256], Serial::FIRST, &(7_i32, "a")), Err(refused));
    assert!(buffer.is_empty());
    assert_eq!(
        prepared.encode(&mut [], Serial::FIRST, &(7_u32,)),
        Err(PreparedError::Encode(EncodeError::BufferTooSmall { needed: 60 }))
    );
}

#[test]
fn a_prepared_call_is_the_call_itself() {
    let call = call().interface(InterfaceName::from_static("a.i"));
    let mut buffer = MessageBuf::new();
    for serial in [1, 2, u32::MAX] {
        let serial = Serial::new(serial).unwrap();
        let prepared = PreparedCall::new(&call, Signature::from_static("su")).unwrap();
        buffer.clear();
        buffer.push(&call.header(serial), &("abc", 7_u32)).unwrap();
        let expected = buffer.as_slice().to_vec();
        buffer.clear();
        buffer.push_prepared(&prepared, serial, &("abc", 7_u32)).unwrap();
        assert_eq!(buffer.as_slice(), expected);
    }
}

#[test]
fn a_failed_message_leaves_those_before_it_alone() {
    let mut buffer = MessageBuf::new();
    let header = call().header(Serial::FIRST);
    let len = buffer.push(&header, &(1_u8,)).unwrap();
    let before = buffer.as_slice().to_vec();
    assert_eq!(buffer.push(&header, &("a\0",)), Err(EncodeError::StringWithNul));
    assert_eq!(buffer.as_slice(), before);
    buffer.push(&header, &(2_u8,)).unwrap();
    assert_eq!(buffer.as_slice()[..len], before);
    buffer.consume(len);
    assert_eq!(Message::parse(buffer.as_slice()).unwrap().body(), Ok((2_u8,)));
}
