//! The interface of the bus: calls, and replies that only older or newer buses give.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::os::fd::AsRawFd;

use barebus::wire::{DecodeErrorKind, EncodeBody, OwnedValue, Signature};
use barebus::{
    BodyError, Bus, BusName, CallError, Credentials, FdIndex, NameFlags, RequestName, StartService,
};
use barebus_tests::peer::{BUS, Peer, message};

use crate::scene::{patient, play};

const NAME: BusName<'static> = BusName::from_static("org.example.Name");

/// Calls a bus that expects `member` with arguments of `signature`, and replies with `body` and `fds` descriptors.
fn answered<R>(
    (member, signature): (&'static str, &'static str),
    body: impl EncodeBody + Send + 'static,
    fds: usize,
    ask: impl FnOnce(&mut Bus<'_>) -> R,
) -> R {
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.receive().unwrap();
        let header = *call.message().header();
        assert_eq!(header.path.unwrap(), "/org/freedesktop/DBus");
        assert_eq!(header.interface.unwrap(), BUS);
        assert_eq!(header.destination.unwrap(), BUS);
        assert_eq!(header.member.unwrap(), member);
        assert_eq!(header.signature, signature);
        let header = peer.reply_header(&call, Some(BUS), u32::try_from(fds).unwrap());
        let null = File::open("/dev/null").unwrap();
        peer.write_with(&message(&header, &body), &vec![null.as_raw_fd(); fds]);
        peer.drain();
    };
    play(&patient(), script, |connection| ask(&mut Bus::new(connection)))
}

#[test]
fn every_number_has_one_meaning_and_no_other_has_any() {
    use RequestName::{AlreadyOwner, Exists, InQueue, PrimaryOwner};

    let call = ("RequestName", "su");
    for (number, expected) in [(1_u32, PrimaryOwner), (2, InQueue), (3, Exists), (4, AlreadyOwner)]
    {
        let request = |bus: &mut Bus<'_>| bus.request_name(NAME, NameFlags::NONE).unwrap();
        assert_eq!(answered(call, (number,), 0, request), expected);
    }
    for number in [0, 5, u32::MAX] {
        let result = answered(call, (number,), 0, |bus| bus.request_name(NAME, NameFlags::NONE));
        let Err(CallError::Body { error: BodyError::Decode(error), of: Some(of) }) = result else {
            panic!("{result:?}")
        };
        assert_eq!(error.kind, DecodeErrorKind::UnknownValue);
        assert_eq!(&*of, "org.freedesktop.DBus.RequestName of /org/freedesktop/DBus");
        let result =
            answered(("ReleaseName", "s"), (number,), 0, |bus| bus.release_name(NAME).err());
        assert!(matches!(result, Some(CallError::Body { .. })), "{result:?}");
    }
    let call = ("StartServiceByName", "su");
    for (number, expected) in
        [(1_u32, Some(StartService::Success)), (2, Some(StartService::AlreadyRunning)), (3, None)]
    {
        let started = answered(call, (number,), 0, |bus| bus.start_service_by_name(NAME).ok());
        assert_eq!(started, expected);
    }
}

#[test]
fn flags_are_the_numbers_of_the_specification() {
    let both = NameFlags::REPLACE_EXISTING.with(NameFlags::DO_NOT_QUEUE);
    for (flags, bits) in [(NameFlags::NONE, 0), (NameFlags::ALLOW_REPLACEMENT, 1), (both, 6)] {
        let script = move |peer: &mut Peer| {
            assert!(peer.greet());
            let call = peer.receive().unwrap();
            assert_eq!(call.message().body::<(&str, u32)>().unwrap(), (NAME.as_str(), bits));
            let reply = peer.reply(&call, Some(BUS), &(1_u32,));
            peer.write(&reply);
            peer.drain();
        };
        play(&patient(), script, |connection| {
            Bus::new(connection).request_name(NAME, flags).unwrap();
        });
    }
}

/// Requests credentials from a bus that replies with these entries and `fds` descriptors.
fn credentials<R>(
    entries: &[(&str, OwnedValue)],
    fds: usize,
    look: impl FnOnce(Result<Credentials, CallError>) -> R,
) -> R {
    let entries: BTreeMap<String, OwnedValue> =
        entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    let call = ("GetConnectionCredentials", "s");
    answered(call, (entries,), fds, |bus| look(bus.get_connection_credentials(NAME)))
}

#[test]
fn credentials_are_known_one_by_one_or_not() {
    let none = credentials(&[], 0, Result::unwrap);
    assert_eq!((none.unix_user_id, none.process_id), (None, None), "absent is not 0");
    assert!(none.unix_group_ids.is_none() && none.process_fd.is_none());
    assert!(none.windows_sid.is_none() && none.linux_security_label.is_none());

    let groups = [4_u32, 20].map(OwnedValue::from).to_vec();
    let groups = OwnedValue::array(Signature::from_static("u"), groups).unwrap();
    let label = OwnedValue::Bytes((*b"unconfined\0").into());
    let entries = [
        ("UnixUserID", 1000_u32.into()),
        ("UnixGroupIDs", groups),
        ("ProcessFD", OwnedValue::UnixFd(FdIndex(1))),
        ("ProcessID", 4711_u32.into()),
        ("WindowsSID", OwnedValue::String("S-1-5-18".into())),
        ("LinuxSecurityLabel", label),
        ("org.example.Unheard", OwnedValue::Struct([OwnedValue::Byte(7)].into())),
    ];
    credentials(&entries, 2, |all| {
        let all = all.unwrap();
        assert_eq!((all.unix_user_id, all.process_id), (Some(1000), Some(4711)));
        assert_eq!(all.unix_group_ids, Some(vec![4, 20]));
        assert_eq!(all.windows_sid.as_deref(), Some("S-1-5-18"));
        assert_eq!(all.linux_security_label.as_deref(), Some(&b"unconfined"[..]));
        let mut byte = [0; 1];
        assert_eq!(File::from(all.process_fd.unwrap()).read(&mut byte).unwrap(), 0);
    });
}

#[test]
fn credentials_of_the_wrong_type_are_nobodys() {
    for entry in [
        ("UnixUserID", OwnedValue::Int32(0)),
        ("UnixUserID", OwnedValue::String("root".into())),
        ("UnixGroupIDs", OwnedValue::Bytes([0].into())),
        ("ProcessID", OwnedValue::Uint64(1)),
        ("ProcessFD", OwnedValue::Uint32(0)),
        ("LinuxSecurityLabel", OwnedValue::String("unconfined".into())),
    ] {
        let key = entry.0;
        let result = credentials(&[entry], 0, |result| result);
        let Err(CallError::Body { error: BodyError::Variant { expected, .. }, .. }) = result else {
            panic!("{result:?}")
        };
        assert_eq!(expected.key, Some(key));
    }
    let of_no_descriptor = ("ProcessFD", OwnedValue::UnixFd(FdIndex(1)));
    let result = credentials(&[of_no_descriptor], 1, |result| result);
    let Err(CallError::Body { error: BodyError::FdIndex { index: 1, count: 1, .. }, .. }) = result
    else {
        panic!("{result:?}")
    };
}
