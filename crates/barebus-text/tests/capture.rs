//! Files with messages in them, written here byte by byte.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    missing_docs,
    reason = "a test fails by panicking"
)]

use std::io::{self, Read};
use std::time::Duration;

use barebus_text::capture::{Capture, CaptureError, CaptureErrorKind as Kind, Captured, Format};
use barebus_wire::{
    DecodeError, DecodeErrorKind, Endian, MemberName, MessageBuf, MethodCall, ObjectPath, Serial,
};
use proptest::prelude::*;

fn message(endian: Endian, text: &str) -> Vec<u8> {
    let call = MethodCall::checked(ObjectPath::from_static("/a"), MemberName::from_static("M"));
    let mut header = call.header(Serial::FIRST);
    header.endian = endian;
    let mut buf = MessageBuf::new();
    buf.push(&header, &(text,)).unwrap();
    buf.as_slice().to_vec()
}

fn read(bytes: &[u8]) -> (Vec<Captured>, Option<CaptureError>) {
    read_from(Capture::new(bytes).unwrap())
}

fn read_from<R: Read>(mut capture: Capture<R>) -> (Vec<Captured>, Option<CaptureError>) {
    let mut messages = Vec::new();
    for captured in &mut capture {
        match captured {
            Ok(captured) => messages.push(captured),
            Err(error) => {
                assert!(capture.next().is_none(), "it ends after an error");
                return (messages, Some(error));
            }
        }
    }
    (messages, None)
}

fn all(bytes: &[u8]) -> Vec<Captured> {
    let (messages, error) = read(bytes);
    assert!(error.is_none(), "{error:?}");
    messages
}

/// The error of a file.
fn refusal(bytes: &[u8]) -> CaptureError {
    match Capture::new(bytes) {
        Err(error) => error,
        Ok(capture) => read_from(capture).1.unwrap(),
    }
}

#[test]
fn reads_messages_one_behind_the_other() {
    let (first, second) = (message(Endian::Little, "x"), message(Endian::Big, "longer"));
    let messages = all(&[first.clone(), second.clone()].concat());
    assert_eq!(messages.len(), 2);
    assert_eq!((messages[0].offset, &messages[0].bytes), (0, &first));
    assert_eq!((messages[1].offset, &messages[1].bytes), (first.len() as u64, &second));
    assert_eq!((messages[1].time, messages[1].is_cut()), (None, false));
    assert!(all(&second).len() == 1, "the first byte may be 'B' too");
    assert!(all(b"").is_empty());
}

#[test]
fn reads_a_stream_that_comes_in_single_bytes() {
    struct Single<'a>(&'a [u8]);
    impl Read for Single<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let len = buf.len().min(self.0.len()).min(1);
            buf[..len].copy_from_slice(&self.0[..len]);
            self.0 = &self.0[len..];
            Ok(len)
        }
    }
    let bytes = [message(Endian::Little, "x"), message(Endian::Little, "y")].concat();
    let (messages, error) = read_from(Capture::new(Single(&bytes)).unwrap());
    assert!(error.is_none());
    assert_eq!(messages, all(&bytes));
}

#[test]
fn reads_hexadecimal_text_however_it_is_written() {
    let (first, second) = (message(Endian::Little, "x"), message(Endian::Big, "y"));
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let plain = format!("{}\n{}\n", digits(&first), digits(&second));
    let upper = plain.to_uppercase().replace('\n', "");
    let commented = format!("# two messages\n{} # one, 6c\n{}", digits(&first), digits(&second));
    let spaced: String =
        [&first[..], &second[..]].concat().iter().map(|byte| format!("0x{byte:02X}, \n")).collect();
    let bare: String =
        [&second[..], &first[..]].concat().iter().map(|byte| format!("{byte:02x}:")).collect();
    for text in [&plain, &upper, &commented, &spaced] {
        let messages = all(text.as_bytes());
        assert_eq!(messages.len(), 2, "{text}");
        assert_eq!((messages[0].offset, &messages[0].bytes), (0, &first));
        assert_eq!((messages[1].offset, &messages[1].bytes), (first.len() as u64, &second));
    }
    assert_eq!(Capture::new(bare.as_bytes()).unwrap().format(), Format::Hex);
    assert_eq!(all(bare.as_bytes())[0].bytes, second);
}

#[test]
fn refuses_text_that_is_not_hexadecimal() {
    for (text, offset, display) in [
        ("6c000z", 5, "'z' at offset 5 is not a hexadecimal digit"),
        ("6c00\x1b", 4, "'\\x1b' at offset 4 is not a hexadecimal digit"),
        ("6c 0", 4, "a byte has only one digit at offset 4"),
        ("6c 0 1", 4, "a byte has only one digit at offset 4"),
    ] {
        let error = refusal(text.as_bytes());
        assert!(matches!(error.kind, Kind::NotHex(_) | Kind::HalfByte), "{text}");
        assert_eq!((error.offset, error.to_string()), (offset, display.to_owned()));
    }
}

#[test]
fn refuses_a_stream_that_cannot_be_framed() {
    let good = message(Endian::Little, "x");
    for cut in 1..good.len() {
        let bytes = [&good[..], &good[..cut]].concat();
        let (messages, error) = read(&bytes);
        let error = error.unwrap();
        assert_eq!(messages.len(), 1);
        let Kind::Frame(frame) = error.kind else { panic!("{cut}: {error:?}") };
        assert_eq!(frame, DecodeError::new(DecodeErrorKind::Incomplete, cut));
        assert_eq!(error.offset, good.len() as u64);
    }
    let (messages, error) = read(&[&good[..], b"nonsense that is no message"].concat());
    let error = error.unwrap();
    assert_eq!(messages.len(), 1);
    let Kind::Frame(frame) = error.kind else { panic!("{error:?}") };
    assert_eq!((frame.kind, frame.at), (DecodeErrorKind::UnknownByteOrder, 0));
    assert_eq!(error.offset, good.len() as u64);
}

#[test]
fn an_announced_length_costs_nothing() {
    let mut bytes = message(Endian::Little, "x");
    bytes[4..8].copy_from_slice(&0x07ff_0000u32.to_le_bytes());
    let Kind::Frame(frame) = refusal(&bytes).kind else { panic!("it is not there") };
    assert_eq!(frame, DecodeError::new(DecodeErrorKind::Incomplete, bytes.len()));
}

#[test]
fn refuses_what_is_of_no_known_format() {
    for bytes in [&b"\x7fELF"[..], b"hello", b"\0AUTH", b"Byte"] {
        let error = Capture::new(bytes).unwrap_err();
        assert!(matches!(error.kind, Kind::UnknownFormat), "{bytes:?}");
    }
    let (_, error) = read_from(Capture::with_format(&b"hello"[..], Format::Raw));
    assert!(matches!(error.unwrap().kind, Kind::Frame(_)));
    let (_, error) = read_from(Capture::with_format(&[0; 24][..], Format::Pcap));
    assert!(matches!(error.unwrap().kind, Kind::UnknownFormat));
    let (_, error) = read_from(Capture::with_format(&[1; 24][..], Format::Pcapng));
    assert!(matches!(error.unwrap().kind, Kind::UnknownFormat));
}

#[test]
fn tells_why_reading_failed() {
    #[derive(Debug)]
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::PermissionDenied))
        }
    }
    let error = Capture::new(Broken).unwrap_err();
    let Kind::Io(cause) = error.kind else { panic!("{error:?}") };
    assert_eq!(cause.kind(), io::ErrorKind::PermissionDenied);
    for format in [Format::Raw, Format::Hex, Format::Pcap, Format::Pcapng] {
        let (_, error) = read_from(Capture::with_format(Broken, format));
        assert!(matches!(error.unwrap().kind, Kind::Io(_)), "{format:?}");
    }
}

/// Numbers of a file, in its byte order.
struct Bytes(Vec<u8>, Endian);

impl Bytes {
    fn u16(&mut self, value: u16) -> &mut Self {
        self.0.extend(match self.1 {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        });
        self
    }

    fn u32(&mut self, value: u32) -> &mut Self {
        self.0.extend(match self.1 {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        });
        self
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

fn pcap(endian: Endian, magic: u32, link_type: u32) -> Bytes {
    let mut file = Bytes(Vec::new(), endian);
    file.u32(magic).u16(2).u16(4).u32(0).u32(0).u32(65535).u32(link_type);
    file
}

#[test]
fn reads_pcap_in_both_byte_orders_and_resolutions() {
    let message = message(Endian::Little, "x");
    for endian in [Endian::Little, Endian::Big] {
        for (magic, nanoseconds) in [(0xa1b2_c3d4, 7000), (0xa1b2_3c4d, 7)] {
            let mut file = pcap(endian, magic, 231);
            let len = message.len() as u32;
            file.u32(1_700_000_000).u32(7).u32(len).u32(len).bytes(&message);
            file.u32(1_700_000_001).u32(0).u32(20).u32(len).bytes(&message[..20]);
            let messages = all(&file.0);
            assert_eq!(messages.len(), 2);
            assert_eq!((messages[0].offset, &messages[0].bytes), (40, &message));
            assert_eq!(messages[0].time, Some(Duration::new(1_700_000_000, nanoseconds)));
            assert!(!messages[0].is_cut());
            assert!(messages[1].is_cut());
            assert_eq!(messages[1].original_len, u64::from(len));
        }
    }
}

#[test]
fn refuses_pcap_that_is_broken() {
    let error = refusal(&pcap(Endian::Little, 0xa1b2_c3d4, 1).0);
    assert!(matches!(error.kind, Kind::LinkType(1)));
    let file = pcap(Endian::Little, 0xa1b2_c3d4, 231).0;
    assert!(all(&file).is_empty());
    assert!(matches!(refusal(&file[..23]).kind, Kind::Truncated));
    let mut long = pcap(Endian::Little, 0xa1b2_c3d4, 231);
    long.u32(0).u32(0).u32(1 << 28).u32(0);
    let error = refusal(&long.0);
    assert!(matches!(error.kind, Kind::PacketTooLong(_)));
    assert_eq!(error.offset, 24);
    let mut packet = pcap(Endian::Little, 0xa1b2_c3d4, 231);
    packet.u32(0).u32(0).u32(4).u32(4).bytes(b"lxxx");
    for cut in 25..packet.0.len() {
        let error = refusal(&packet.0[..cut]);
        assert!(matches!(error.kind, Kind::Truncated), "{cut}");
        assert_eq!(error.offset, 24);
    }
}

/// A block of pcapng around `body`.
fn block(file: &mut Bytes, kind: u32, body: impl FnOnce(&mut Bytes)) {
    let mut inner = Bytes(Vec::new(), file.1);
    body(&mut inner);
    inner.0.resize(inner.0.len().next_multiple_of(4), 0);
    let len = inner.0.len() as u32 + 12;
    file.u32(kind).u32(len).bytes(&inner.0).u32(len);
}

fn section(file: &mut Bytes) {
    block(file, 0x0a0d_0d0a, |body| {
        body.u32(0x1a2b_3c4d).u16(1).u16(0).u32(u32::MAX).u32(u32::MAX);
    });
}

fn interface(file: &mut Bytes, link_type: u16, snap_len: u32, options: &[(u16, &[u8])]) {
    block(file, 1, |body| {
        body.u16(link_type).u16(0).u32(snap_len);
        for (code, value) in options {
            body.u16(*code).u16(value.len() as u16).bytes(value);
            body.0.resize(body.0.len().next_multiple_of(4), 0);
        }
    });
}

fn enhanced(file: &mut Bytes, index: u32, ticks: u64, original_len: u32, bytes: &[u8]) {
    block(file, 6, |body| {
        body.u32(index).u32((ticks >> 32) as u32).u32(ticks as u32);
        body.u32(bytes.len() as u32).u32(original_len).bytes(bytes);
        // An option after the packet.
        body.0.resize(body.0.len().next_multiple_of(4), 0);
        body.u16(1).u16(2).bytes(b"hi\0\0").u32(0);
    });
}

/// The same bytes again and again.
struct Repeated {
    bytes: Vec<u8>,
    at: usize,
}

impl Read for Repeated {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        self.at = (self.at + count) % self.bytes.len();
        Ok(count)
    }
}

#[test]
fn pcapng_may_describe_many_interfaces_but_not_endlessly_many() {
    let mut file = Bytes(Vec::new(), Endian::Little);
    section(&mut file);
    let begin = file.0.len();
    interface(&mut file, 231, 0, &[]);
    let len = file.0.len() - begin;
    let described = file.0.split_off(begin);
    let endless = file.0.as_slice().chain(Repeated { bytes: described, at: 0 });
    let error = read_from(Capture::new(endless).unwrap()).1.unwrap();
    assert!(matches!(error.kind, Kind::TooManyInterfaces), "{error:?}");
    assert_eq!(error.offset, (begin + 65_536 * len) as u64);
}

#[test]
fn reads_pcapng_with_all_that_may_be_in_it() {
    let message = message(Endian::Little, "x");
    let len = message.len() as u32;
    for endian in [Endian::Little, Endian::Big] {
        let mut file = Bytes(Vec::new(), endian);
        section(&mut file);
        interface(&mut file, 231, 0, &[]);
        interface(&mut file, 1, 0, &[]);
        interface(&mut file, 231, 24, &[(2, b"bus"), (9, &[9]), (0, b"")]);
        block(&mut file, 5, |body| {
            body.bytes(b"statistics");
        });
        enhanced(&mut file, 0, 1_700_000_000_000_007, len, &message);
        enhanced(&mut file, 1, 0, 3, b"eth");
        enhanced(&mut file, 2, 1_700_000_000_000_000_007, len, &message[..24]);
        block(&mut file, 3, |body| {
            body.u32(len).bytes(&message);
        });
        block(&mut file, 2, |body| {
            body.u16(0).u16(0).u32(0).u32(5).u32(len).u32(len).bytes(&message);
        });
        // Another section, in the other byte order, with its own interfaces.
        let other = if endian == Endian::Little { Endian::Big } else { Endian::Little };
        let mut second = Bytes(Vec::new(), other);
        section(&mut second);
        let shift = match other {
            Endian::Little => 10i64.to_le_bytes(),
            Endian::Big => 10i64.to_be_bytes(),
        };
        interface(&mut second, 231, 24, &[(9, &[0x80 | 10]), (14, &shift)]);
        enhanced(&mut second, 0, 3 * 1024 + 512, len, &message);
        block(&mut second, 3, |body| {
            body.u32(len).bytes(&message[..24]);
        });
        file.bytes(&second.0);

        let mut capture = Capture::new(file.0.as_slice()).unwrap();
        let messages: Vec<Captured> = capture.by_ref().map(Result::unwrap).collect();
        assert_eq!(capture.skipped(), 1);
        assert_eq!(capture.format(), Format::Pcapng);
        let times: Vec<_> = messages.iter().map(|captured| captured.time).collect();
        assert_eq!(
            times,
            [
                Some(Duration::new(1_700_000_000, 7000)),
                Some(Duration::new(1_700_000_000, 7)),
                None,
                Some(Duration::new(0, 5000)),
                Some(Duration::new(13, 500_000_000)),
                None,
            ]
        );
        let whole: Vec<_> = messages.iter().map(|captured| !captured.is_cut()).collect();
        assert_eq!(whole, [true, false, true, true, true, false]);
        for captured in &messages {
            assert_eq!(captured.original_len, u64::from(len));
            let at = captured.offset as usize;
            assert_eq!(captured.bytes, file.0[at..at + captured.bytes.len()]);
            assert_eq!(captured.bytes, message[..captured.bytes.len()]);
        }
    }
}

#[test]
fn times_that_no_clock_has_are_left_out() {
    for (resolution, shift) in [(0x7f, 0i64), (6, i64::MIN), (0, i64::MAX)] {
        let mut file = Bytes(Vec::new(), Endian::Little);
        section(&mut file);
        interface(&mut file, 231, 0, &[(9, &[resolution]), (14, &shift.to_le_bytes())]);
        enhanced(&mut file, 0, u64::MAX, 1, b"l");
        assert_eq!(all(&file.0)[0].time, None, "{resolution}");
    }
}

#[test]
fn refuses_pcapng_that_is_broken() {
    let start = || {
        let mut file = Bytes(Vec::new(), Endian::Little);
        section(&mut file);
        file
    };
    let mut file = start();
    file.0[8] = 0;
    assert!(matches!(refusal(&file.0).kind, Kind::ByteOrder));
    let mut file = start();
    file.0[4] = 24;
    assert!(matches!(refusal(&file.0).kind, Kind::BlockLength(24)));
    let mut file = start();
    let last = file.0.len() - 4;
    file.0[last] = 32;
    assert!(matches!(refusal(&file.0).kind, Kind::BlockLength(32)));
    for len in [0, 11, 13] {
        let mut file = start();
        file.u32(5).u32(len).u32(len);
        assert!(matches!(refusal(&file.0).kind, Kind::BlockLength(_)), "{len}");
    }
    let mut file = start();
    block(&mut file, 1, |body| {
        body.u32(231);
    });
    assert!(matches!(refusal(&file.0).kind, Kind::BlockLength(16)));
    for kind in [2, 3, 6] {
        let mut file = start();
        block(&mut file, kind, |_| {});
        assert!(matches!(refusal(&file.0).kind, Kind::BlockLength(12)), "{kind}");
        let mut file = start();
        block(&mut file, kind, |body| {
            body.bytes(&[0; 20]);
        });
        assert!(matches!(refusal(&file.0).kind, Kind::Interface(0)), "{kind}");
    }
    let mut file = start();
    interface(&mut file, 231, 0, &[]);
    let packet_at = file.0.len();
    block(&mut file, 6, |body| {
        body.u32(0).u32(0).u32(0).u32(9).u32(9).bytes(b"lxxx");
    });
    let error = refusal(&file.0);
    assert!(matches!(error.kind, Kind::BlockLength(9)));
    assert_eq!(error.offset, packet_at as u64);

    let mut file = start();
    interface(&mut file, 231, 0, &[]);
    enhanced(&mut file, 0, 0, 1, b"l");
    for cut in 4..file.0.len() {
        let (_, error) = read(&file.0[..cut]);
        let whole = [28, 48].contains(&cut);
        assert_eq!(error.is_none(), whole, "{cut}");
        if let Some(error) = error {
            assert!(matches!(error.kind, Kind::Truncated), "{cut}: {error:?}");
        }
    }
}

fn magic() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(pcap(Endian::Little, 0xa1b2_c3d4, 231).0),
        Just({
            let mut file = Bytes(Vec::new(), Endian::Big);
            section(&mut file);
            interface(&mut file, 231, 0, &[]);
            file.0
        }),
        Just(message(Endian::Little, "x")),
        Just(b"6c 01".to_vec()),
        Just(Vec::new()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(head in magic(), tail in prop::collection::vec(any::<u8>(), 0..200)) {
        let bytes = [head, tail].concat();
        let Ok(capture) = Capture::new(bytes.as_slice()) else { return Ok(()) };
        let total: usize = read_from(capture).0.iter().map(|captured| captured.bytes.len()).sum();
        prop_assert!(total <= bytes.len());
    }

    #[test]
    fn a_file_with_a_changed_byte_is_read_or_refused(at in 0usize..200, to: u8) {
        let message = message(Endian::Little, "x");
        let mut file = Bytes(Vec::new(), Endian::Little);
        section(&mut file);
        interface(&mut file, 231, 0, &[(9, &[9])]);
        enhanced(&mut file, 0, 7, message.len() as u32, &message);
        let at = at % file.0.len();
        file.0[at] = to;
        if let Ok(capture) = Capture::new(file.0.as_slice()) {
            prop_assert!(read_from(capture).0.len() <= 1);
        }
    }
}
