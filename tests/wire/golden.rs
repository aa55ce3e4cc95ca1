//! Golden bytes from the specification: each type and each header field, in both byte orders, decoded and encoded.

use barebus_gen::{Generator, Shape, is_large, rules};
use barebus_tests::golden::{hex, kept};
use barebus_tests::model::Model;
use barebus_tests::properties::{encode, marshalled};
use barebus_wire::{
    AsVariant, BusName, Cursor, Decode, Dict, Encode, Endian, Entries, ErrorName, FdIndex, Flags,
    Header, InterfaceName, MemberName, Message, MessageType, ObjectPath, OwnedBody, Reader, Serial,
    Signature, Value, Variant,
};

/// Checks that `value` is `little` and `big` in hexadecimal, in either direction, typed and by its signature alone.
#[track_caller]
fn is<'a, T: Encode + Decode<'a> + PartialEq + core::fmt::Debug>(
    value: T,
    little: &str,
    big: &str,
) {
    for (endian, text) in [(Endian::Little, little), (Endian::Big, big)] {
        let bytes = kept(hex(text));
        assert_eq!(hex::encode(marshalled(&value, endian)), hex::encode(bytes));
        let mut reader = Reader::new(bytes, endian);
        assert_eq!(T::decode(&mut reader).as_ref(), Ok(&value));
        assert_eq!(reader.finish(), Ok(()));
        walks::<T>(bytes, endian);
    }
}

/// Checks that the cursor reads the bytes as the type, and that the naive marshaller writes the same bytes.
#[track_caller]
fn walks<T: Encode + ?Sized>(bytes: &[u8], endian: Endian) {
    let mut cursor = Cursor::new(Reader::new(bytes, endian), T::SIGNATURE);
    let values = Model::read_all(&mut cursor).unwrap();
    assert_eq!(cursor.position(), bytes.len());
    let mut naive = Vec::new();
    values[0].marshal(&mut naive, endian);
    assert_eq!(naive, bytes);
}

#[test]
fn a_byte_is_one_byte() {
    is(0xfe_u8, "fe", "fe");
}

#[test]
fn a_boolean_is_four_bytes() {
    is(true, "01000000", "00000001");
    is(false, "00000000", "00000000");
}

#[test]
fn an_int16_and_a_uint16_are_two_bytes() {
    is(-2_i16, "feff", "fffe");
    is(0x1234_u16, "3412", "1234");
}

#[test]
fn an_int32_and_a_uint32_are_four_bytes() {
    is(-2_i32, "feffffff", "fffffffe");
    is(0x1234_5678_u32, "78563412", "12345678");
}

#[test]
fn an_int64_and_a_uint64_are_eight_bytes() {
    is(-2_i64, "feffffffffffffff", "fffffffffffffffe");
    is(0x0102_0304_0506_0708_u64, "0807060504030201", "0102030405060708");
}

#[test]
fn a_double_of_every_class_keeps_its_bits() {
    is(1.5_f64, "000000000000f83f", "3ff8000000000000");
    is(-0.0_f64, "0000000000000080", "8000000000000000");
    is(f64::INFINITY, "000000000000f07f", "7ff0000000000000");
    is(f64::NEG_INFINITY, "000000000000f0ff", "fff0000000000000");
    is(f64::from_bits(1), "0100000000000000", "0000000000000001");
}

#[test]
fn a_nans_payload_survives() {
    for bits in [0x7ff8_0000_0000_0001_u64, 0x7ff0_0000_0000_0001, 0xffff_ffff_ffff_ffff] {
        let bytes = marshalled(&f64::from_bits(bits), Endian::Big);
        assert_eq!(bytes, bits.to_be_bytes());
        let read = f64::decode(&mut Reader::new(&bytes, Endian::Big)).unwrap();
        assert_eq!(read.to_bits(), bits);
    }
}

#[test]
fn a_unix_fd_is_its_index() {
    is(FdIndex(3), "03000000", "00000003");
}

#[test]
fn a_string_has_its_length_and_a_nul() {
    is("foo", "03000000 666f6f 00", "00000003 666f6f 00");
    is("", "00000000 00", "00000000 00");
    is("\u{10ffff}", "04000000 f48fbfbf 00", "00000004 f48fbfbf 00");
    // Noncharacters are valid. Spec: Type System, STRING.
    is("\u{fffe}\u{fdd0}", "06000000 efbfbeefb790 00", "00000006 efbfbeefb790 00");
}

#[test]
fn an_object_path_is_written_as_a_string() {
    is(ObjectPath::from_static("/"), "01000000 2f 00", "00000001 2f 00");
    is(ObjectPath::from_static("/a/b"), "04000000 2f612f62 00", "00000004 2f612f62 00");
}

#[test]
fn a_signature_has_a_length_of_one_byte() {
    is(Signature::EMPTY, "00 00", "00 00");
    is(Signature::from_static("a{sv}"), "05 617b73767d 00", "05 617b73767d 00");
}

#[test]
fn an_array_has_its_length_in_bytes() {
    is(vec![1_u8, 2, 3], "03000000 010203", "00000003 010203");
    is(vec![1_u16, 2], "04000000 0100 0200", "00000004 0001 0002");
    is(vec![7_u64], "08000000 00000000 0700000000000000", "00000008 00000000 0000000000000007");
    is(vec![true, false], "08000000 01000000 00000000", "00000008 00000001 00000000");
}

#[test]
fn an_empty_array_is_padded_for_its_elements_all_the_same() {
    is(Vec::<u8>::new(), "00000000", "00000000");
    is(Vec::<u64>::new(), "00000000 00000000", "00000000 00000000");
    is(Vec::<(u8,)>::new(), "00000000 00000000", "00000000 00000000");
}

#[test]
fn an_empty_array_within_an_array_is_not_padded_for_what_it_does_not_hold() {
    is(Vec::<Vec<Vec<u64>>>::new(), "00000000", "00000000");
    is(vec![Vec::<Vec<u64>>::new()], "04000000 00000000", "00000004 00000000");
    is(
        vec![vec![Vec::<u64>::new()]],
        "0c000000 08000000 00000000 00000000",
        "0000000c 00000008 00000000 00000000",
    );
}

#[test]
fn an_array_of_strings_is_padded_between_them() {
    is(
        vec!["a", "bc"],
        "0f000000 01000000 61 00 0000 02000000 6263 00",
        "0000000f 00000001 61 00 0000 00000002 6263 00",
    );
}

#[test]
fn a_structure_begins_at_a_multiple_of_eight() {
    is((1_u8, 2_u32), "01 000000 02000000", "01 000000 00000002");
    is((1_u8, (2_u8, 3_u8)), "01 00000000000000 02 03", "01 00000000000000 02 03");
    is(
        vec![(1_u8,), (2_u8,)],
        "09000000 00000000 01 00000000000000 02",
        "00000009 00000000 01 00000000000000 02",
    );
}

#[test]
fn a_dictionary_is_an_array_of_entries() {
    let pairs = [("a", 1_u8), ("b", 2)];
    for (endian, text) in [
        (
            Endian::Little,
            "17000000 00000000
             01000000 61 00 01 00
             01000000 62 00 02",
        ),
        (
            Endian::Big,
            "00000017 00000000
             00000001 61 00 01 00
             00000001 62 00 02",
        ),
    ] {
        let mut bytes = hex(text);
        let payload = u8::try_from(bytes.len() - 8).unwrap();
        bytes[if endian == Endian::Little { 0 } else { 3 }] = payload;
        assert_eq!(marshalled(&Entries(&pairs), endian), bytes);
        let dict = Dict::<&str, u8>::decode(&mut Reader::new(&bytes, endian)).unwrap();
        assert_eq!(dict.find(&"b"), Ok(Some(2)));
        assert_eq!(dict.find(&"c"), Ok(None));
        assert_eq!(dict.collect::<Result<Vec<_>, _>>(), Ok(pairs.to_vec()));
        walks::<Entries<&[(&str, u8)]>>(&bytes, endian);
    }
}

#[test]
fn duplicate_keys_are_left_to_the_reader() {
    let bytes = marshalled(&Entries(&[("a", 1_u8), ("a", 2)]), Endian::Little);
    let dict = Dict::<&str, u8>::decode(&mut Reader::new(&bytes, Endian::Little)).unwrap();
    assert_eq!(dict.count(), 2);
}

#[test]
fn a_variant_is_a_signature_and_a_value() {
    is(AsVariant(0x1234_u16), "01 71 00 00 3412", "01 71 00 00 1234");
    is(AsVariant("a"), "01 73 00 00 01000000 61 00", "01 73 00 00 00000001 61 00");
    is(AsVariant(AsVariant(7_u8)), "01 76 00 01 79 00 07", "01 76 00 01 79 00 07");
    is(
        AsVariant((1_u8, 2_u64)),
        "04 28797429 00 0000 01 00000000000000 0200000000000000",
        "04 28797429 00 0000 01 00000000000000 0000000000000002",
    );
}

#[test]
fn a_variant_is_read_as_what_it_holds() {
    let bytes = hex("05 617b73797d 00 00  00000000 00000000");
    let variant = Variant::decode(&mut Reader::new(&bytes, Endian::Little)).unwrap();
    assert_eq!(variant.signature(), Signature::from_static("a{sy}"));
    assert!(matches!(variant.value(), Ok(Value::Array(_))));
    assert_eq!(variant.get::<Dict<'_, &str, u8>>().unwrap().count(), 0);
    assert!(variant.get::<u32>().is_err());
}

/// All header fields, in the order of their codes, and a body of one UINT16.
const CALL: [&str; 2] = [
    "6c 01 07 01  02000000 78563412 78000000
     01 01 6f 00  02000000 2f70 00  0000000000
     02 01 73 00  03000000 612e69 00  00000000
     03 01 73 00  01000000 4d 00  000000000000
     04 01 73 00  03000000 612e65 00  00000000
     05 01 75 00  09000000
     06 01 73 00  03000000 612e64 00  00000000
     07 01 73 00  04000000 3a312e32 00  000000
     08 01 67 00  01 71 00  00
     09 01 75 00  02000000
     3412",
    "42 01 07 01  00000002 12345678 00000078
     01 01 6f 00  00000002 2f70 00  0000000000
     02 01 73 00  00000003 612e69 00  00000000
     03 01 73 00  00000001 4d 00  000000000000
     04 01 73 00  00000003 612e65 00  00000000
     05 01 75 00  00000009
     06 01 73 00  00000003 612e64 00  00000000
     07 01 73 00  00000004 3a312e32 00  000000
     08 01 67 00  01 71 00  00
     09 01 75 00  00000002
     1234",
];

fn call_header(endian: Endian) -> Header<'static> {
    let mut header = Header::new(MessageType::MethodCall, Serial::new(0x1234_5678).unwrap());
    header.endian = endian;
    header.flags = Flags::from_bits(7);
    header.path = Some(ObjectPath::from_static("/p"));
    header.interface = Some(InterfaceName::from_static("a.i"));
    header.member = Some(MemberName::from_static("M"));
    header.error_name = Some(ErrorName::from_static("a.e"));
    header.reply_serial = Serial::new(9);
    header.destination = Some(BusName::from_static("a.d"));
    header.sender = Some(BusName::from_static(":1.2"));
    header.signature = Signature::from_static("q");
    header.unix_fds = 2;
    header
}

#[test]
fn every_header_field_is_written_and_read() {
    for (endian, text) in [Endian::Little, Endian::Big].into_iter().zip(CALL) {
        let bytes = hex(text);
        let header = call_header(endian);
        assert_eq!(hex::encode(encode(&header, &(0x1234_u16,)).unwrap()), hex::encode(&bytes));
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(*message.header(), header);
        assert_eq!(message.body::<(u16,)>(), Ok((0x1234,)));
        assert_eq!(message.validate(), Ok(()));
    }
}

/// Each message type with just the fields that it requires.
#[test]
fn every_message_type_is_written_and_read() {
    let serial = Serial::FIRST;
    let path = ObjectPath::from_static("/");
    let interface = InterfaceName::from_static("a.i");
    let member = MemberName::from_static("M");
    let call = barebus_wire::MethodCall::checked(path, member).header(serial);
    for (header, text) in [
        (
            call,
            "6c 01 00 01 00000000 01000000 1a000000
             01 01 6f 00 01000000 2f 00 000000000000 03 01 73 00 01000000 4d 00 000000000000",
        ),
        (
            Header::method_return(Serial::new(2).unwrap(), &call),
            "6c 02 01 01 00000000 02000000 08000000  05 01 75 00 01000000",
        ),
        (
            Header::error(Serial::new(2).unwrap(), &call, ErrorName::from_static("a.e")),
            "6c 03 01 01 00000000 02000000 18000000
             04 01 73 00 03000000 612e65 00 00000000  05 01 75 00 01000000",
        ),
        (
            Header::signal(serial, path, interface, member),
            "6c 04 01 01 00000000 01000000 2a000000
             01 01 6f 00 01000000 2f 00 000000000000
             02 01 73 00 03000000 612e69 00 00000000 03 01 73 00 01000000 4d 00 000000000000",
        ),
        (Header::new(MessageType::Unknown(5), serial), "6c 05 00 01 00000000 01000000 00000000"),
    ] {
        let header = Header { endian: Endian::Little, ..header };
        let bytes = encode(&header, &()).unwrap();
        assert_eq!(hex::encode(&bytes), hex::encode(hex(text)));
        assert_eq!(Message::parse(&bytes).map(|message| *message.header()), Ok(header));
    }
}

#[test]
fn header_fields_are_read_in_any_order_with_unknown_ones_between_them() {
    let bytes = hex("6c 01 ff 01 00000000 01000000 32000000
         03 01 73 00 01000000 4d 00 000000000000
         c8 02 6179 00 000000 01000000 2a 000000
         01 01 6f 00 01000000 2f 00 000000000000
         08 01 67 00");
    let mut bytes = bytes;
    bytes.extend(hex("00 00"));
    bytes[12] = u8::try_from(bytes.len() - 16).unwrap();
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.header().path, Some(ObjectPath::from_static("/")));
    assert_eq!(message.header().flags.bits(), 7);
    assert_eq!(message.signature(), Signature::EMPTY);
}

/// FNV-1a, 64 bits.
fn digest(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Both marshallers: that of `barebus-gen`, and `barebus-wire`'s of what was read.
#[test]
fn a_seed_gives_the_same_bytes_on_every_machine() {
    let generator = Generator::new(1, Shape::default());
    let valid = (0..200).map(|number| generator.message(number).unwrap().marshal());
    let valid: Vec<Vec<u8>> = valid.collect();
    let again = valid.iter().map(|bytes| {
        let message = Message::parse(bytes).unwrap();
        encode(message.header(), &OwnedBody::try_from(&message).unwrap()).unwrap()
    });
    let again: Vec<Vec<u8>> = again.collect();
    let rules = rules().filter(|rule| !is_large(*rule));
    let broken: Vec<Vec<u8>> = rules.map(|rule| generator.broken(7, rule).unwrap().bytes).collect();
    let digests = [valid, again, broken].map(|messages| digest(messages.into_iter().flatten()));
    let expected = [0x3883_701a_7c3f_1cd5, 0x311f_36cf_783a_dad1, 0x0da1_f7da_5178_b31d];
    assert_eq!(digests, expected, "{digests:#x?}");
}
