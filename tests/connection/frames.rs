//! Bytes that are not messages, or not valid ones.

use barebus::wire::{DecodeErrorKind as Kind, MessageType};
use barebus::{BodyError, CallError, Cause, NoReply, SessionError, Variant};
use barebus_tests::generators::{self, Source};
use barebus_tests::memory;
use barebus_tests::peer::{OWNER, Peer, Sent, message};
use barebus_wire::Endian;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::scene::{LONG, SHORT, hasty_calls, method, patient, play, works};

/// Answers `Echo` with the bytes from `forge`, closes the connection, and returns the result of the client's call.
fn answered(forge: impl FnOnce(&mut Peer, &Sent) -> Vec<u8> + Send + 'static) -> SessionError {
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let bytes = forge(peer, &call);
        peer.write(&bytes);
        peer.hang_up();
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let result = connection.call(&method("Echo"), &("",));
        let Err(CallError::Connection(error)) = result else { panic!("{result:?}") };
        match error.cause {
            Cause::Session(error) => error,
            other => panic!("{other:?}"),
        }
    })
}

/// The reply to `Echo`, changed.
fn changed(change: impl FnOnce(&mut Vec<u8>) + Send + 'static) -> Kind {
    let error = answered(move |peer, call| {
        let mut reply = peer.reply(call, Some(OWNER), &("",));
        change(&mut reply);
        reply
    });
    match error {
        SessionError::InvalidMessage(error) => error.kind,
        other => panic!("{other:?}"),
    }
}

fn put_u32(at: usize, number: u32) -> impl FnOnce(&mut Vec<u8>) + Send {
    move |bytes| bytes[at..at + 4].copy_from_slice(&number.to_ne_bytes())
}

#[test]
fn an_invalid_header_ends_the_connection_and_is_named() {
    assert_eq!(changed(|bytes| bytes[0] = b'x'), Kind::UnknownByteOrder);
    assert_eq!(changed(|bytes| bytes[0] = 0), Kind::UnknownByteOrder);
    assert_eq!(changed(|bytes| bytes[1] = 0), Kind::MessageTypeZero);
    assert_eq!(changed(|bytes| bytes[1] = 1), Kind::MissingPath);
    assert_eq!(changed(|bytes| bytes[1] = 3), Kind::MissingErrorName);
    assert_eq!(changed(|bytes| bytes[3] = 0), Kind::ProtocolVersion);
    assert_eq!(changed(|bytes| bytes[3] = 2), Kind::ProtocolVersion);
    assert_eq!(changed(put_u32(4, 1 << 27)), Kind::MessageTooLong);
    assert_eq!(changed(put_u32(4, u32::MAX)), Kind::BodyTooLong);
    assert_eq!(changed(put_u32(8, 0)), Kind::SerialZero);
    assert_eq!(changed(put_u32(12, (1 << 26) + 1)), Kind::HeaderFieldsTooLong);
    assert_eq!(changed(put_u32(12, u32::MAX)), Kind::HeaderFieldsTooLong);
    // The first field is REPLY_SERIAL: its code, its signature, its value.
    assert_eq!(changed(|bytes| bytes[16] = 0), Kind::HeaderFieldZero);
    assert_eq!(changed(|bytes| bytes[16] = 9), Kind::MissingReplySerial);
    assert_eq!(changed(|bytes| bytes[18] = b'i'), Kind::HeaderFieldType);
    assert_eq!(changed(put_u32(20, 0)), Kind::ReplySerialZero);
}

#[test]
fn a_serial_of_all_ones_is_as_good_as_any() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let mut reply = peer.echo(&call, Some(OWNER));
        put_u32(8, u32::MAX)(&mut reply);
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, works);
}

#[test]
fn noise_ends_the_connection() {
    let mut runner = TestRunner::new(Config::with_cases(200));
    let noise = prop::collection::vec(any::<u8>(), 1..2000);
    runner
        .run(&noise, |noise| {
            let error = answered(move |_, _| noise);
            let is_named =
                matches!(error, SessionError::InvalidMessage(_) | SessionError::Closed { .. });
            prop_assert!(is_named, "{:?}", error);
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_valid_message_is_taken_or_ignored() {
    let mut runner = TestRunner::new(Config::with_cases(200));
    let noise = prop::collection::vec(any::<u8>(), 0..400);
    runner
        .run(&noise, |noise| {
            let script = move |peer: &mut Peer| {
                assert!(peer.greet());
                let call = peer.called("Echo").unwrap();
                let mut parts = generators::message(&mut Source::new(&noise));
                parts.unix_fds = 0;
                // Anything except the reply itself.
                parts.reply_serial = parts.reply_serial.filter(|serial| *serial != call.serial());
                let is_reply =
                    matches!(parts.message_type, MessageType::MethodReturn | MessageType::Error);
                if parts.reply_serial.is_some() || !is_reply {
                    peer.write(&generators::encode(&parts));
                }
                let reply = peer.echo(&call, Some(OWNER));
                peer.write(&reply);
                peer.drain();
            };
            play(&patient(), script, works);
            Ok(())
        })
        .unwrap();
}

#[test]
fn messages_of_unknown_types_are_ignored_one_by_one() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let mut bytes = Vec::new();
        for code in 5..=255 {
            let mut header = peer.signal_header(Some(OWNER), "org.example.Interface", "What");
            header.message_type = MessageType::Unknown(code);
            bytes.extend(message(&header, &("what",)));
        }
        bytes.extend(peer.echo(&call, Some(OWNER)));
        peer.write(&bytes);
        peer.drain();
    };
    play(&patient(), script, |connection| {
        works(connection);
        assert_eq!(connection.session_state().ignored(), 1 + 251);
    });
}

/// `bytes` with one more header field, whose first byte comes after padding to 8.
fn with_field(bytes: &[u8], field: &[u8]) -> Vec<u8> {
    let fields_len = u32::from_ne_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let mut changed = bytes[..16 + fields_len].to_vec();
    changed.resize(changed.len().next_multiple_of(8), 0);
    changed.extend(field);
    let len = u32::try_from(changed.len() - 16).unwrap();
    changed[12..16].copy_from_slice(&len.to_ne_bytes());
    changed.resize(changed.len().next_multiple_of(8), 0);
    changed.extend(&bytes[(16 + fields_len).next_multiple_of(8)..]);
    changed
}

#[test]
fn unknown_fields_and_flags_are_ignored() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let mut reply = peer.echo(&call, Some(OWNER));
        reply[2] = 0xff;
        for code in [10, 42, 200, 255] {
            reply = with_field(&reply, &[code, 1, b'v', 0, 2, b'a', b'y', 0, 0, 0, 0, 0]);
        }
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, works);
}

#[test]
fn fields_that_come_twice_end_the_connection() {
    let error = answered(|peer, call| {
        let reply = peer.reply(call, Some(OWNER), &("",));
        with_field(&reply, &[5, 1, b'u', 0, 7, 0, 0, 0])
    });
    let SessionError::InvalidMessage(error) = error else { panic!("{error:?}") };
    assert_eq!(error.kind, Kind::HeaderFieldTwice);
}

#[test]
fn a_field_a_million_deep_ends_the_connection() {
    let error = answered(|peer, call| {
        let reply = peer.reply(call, Some(OWNER), &("",));
        let mut field = vec![200];
        field.extend(b"\x01v\0".repeat(1_000_000));
        field.extend(b"\x01y\0\x07");
        with_field(&reply, &field)
    });
    let SessionError::InvalidMessage(error) = error else { panic!("{error:?}") };
    assert_eq!(error.kind, Kind::NestedTooDeeply);
}

#[test]
fn a_body_a_million_deep_ends_only_its_message() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Deep").unwrap();
        let mut bytes = peer.reply(&call, Some(OWNER), &(barebus::AsVariant(7_u8),));
        let body = b"\x01v\0".repeat(1_000_000);
        let body = [&body[..], b"\x01y\0\x07"].concat();
        put_u32(4, u32::try_from(body.len()).unwrap())(&mut bytes);
        bytes.truncate(bytes.len() - b"\x01y\0\x07".len());
        bytes.extend(body);
        peer.write(&bytes);
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let reply = connection.call(&method("Deep"), &()).unwrap();
        let read = reply.body::<(Variant<'_>,)>();
        assert!(
            matches!(read, Err(BodyError::Decode(error)) if error.kind == Kind::NestedTooDeeply)
        );
        assert_eq!(reply.message().validate().unwrap_err().kind, Kind::NestedTooDeeply);
        drop(reply);
        works(connection);
    });
}

#[test]
fn a_bad_body_ends_only_its_message() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Ask").unwrap();
        let mut reply = peer.reply(&call, Some(OWNER), &(true,));
        let at = reply.len() - 4;
        put_u32(at, 2)(&mut reply);
        peer.write(&reply);
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let reply = connection.call(&method("Ask"), &()).unwrap();
        assert!(matches!(reply.body::<(bool,)>(), Err(BodyError::Decode(_))));
        assert!(matches!(reply.body::<(u32,)>(), Err(BodyError::Signature { .. })));
        works(connection);
    });
}

#[test]
fn a_length_that_is_only_claimed_takes_no_memory() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Hold").unwrap();
        let mut reply = peer.reply(&call, Some(OWNER), &("",));
        let fields_len = u32::from_ne_bytes(reply[12..16].try_into().unwrap());
        let rest = (1 << 27) - (16 + fields_len).next_multiple_of(8);
        put_u32(4, rest)(&mut reply);
        reply.resize(1 << 20, 0);
        peer.write(&reply);
        peer.drain();
    };
    // Every scene checks that memory grows with received bytes.
    play(&hasty_calls(), script, |connection| {
        let result = connection.call(&method("Hold"), &());
        assert!(matches!(result, Err(CallError::NoReply(NoReply::TimedOut))), "{result:?}");
    });
}

#[test]
fn the_longest_message_is_taken_and_its_memory_given_back() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Long").unwrap();
        let half = vec![7_u8; 1 << 26];
        let mut reply = peer.reply(&call, Some(OWNER), &(&half[..], &half[..(1 << 26) - 200]));
        let missing = (1 << 27) - reply.len();
        reply = peer.reply(&call, Some(OWNER), &(&half[..], &half[..(1 << 26) - 200 + missing]));
        assert_eq!(reply.len(), 1 << 27);
        peer.write(&reply);
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let ((), held) = memory::held(|| {
            let reply = connection.call(&method("Long"), &()).unwrap();
            let (first, second) = reply.body::<(&[u8], &[u8])>().unwrap();
            assert_eq!((first.len(), second.iter().all(|byte| *byte == 7)), (1 << 26, true));
            drop(reply);
            works(connection);
        });
        assert!(held < 64 * 1024, "{held} bytes are kept");
    });
}

#[test]
fn a_message_of_the_other_byte_order_is_taken() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let mut header = peer.reply_header(&call, Some(OWNER), 0);
        header.endian = if Endian::NATIVE == Endian::Little { Endian::Big } else { Endian::Little };
        peer.write(&message(&header, &("still here",)));
        peer.drain();
    };
    play(&patient(), script, works);
}

#[test]
fn half_a_message_keeps_nothing_but_its_own_call_waiting() {
    let (done, timed_out) = std::sync::mpsc::channel();
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write_slowly(&reply, reply.len().div_ceil(3), SHORT / 2);
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply[..reply.len() - 1]);
        timed_out.recv().unwrap();
        peer.write(&reply[reply.len() - 1..]);
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, |connection| {
        works(connection);
        connection.set_call_timeout(Some(SHORT));
        let result = connection.call(&method("Echo"), &("cut short",));
        assert!(matches!(result, Err(CallError::NoReply(NoReply::TimedOut))), "{result:?}");
        done.send(()).unwrap();
        connection.set_call_timeout(Some(LONG));
        works(connection);
    });
}
