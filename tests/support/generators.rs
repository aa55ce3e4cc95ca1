//! Generates signatures, values and messages from bytes. proptest shrinks the bytes, the fuzzer mutates them.
//!
//! Missing bytes read as 0, and 0 generates the simplest value, so shorter input is simpler.

use barebus_wire::{
    BusName, Endian, ErrorName, Flags, Header, InterfaceName, MemberName, MessageType, ObjectPath,
    Serial, Signature, limits,
};
use proptest::prelude::*;

use crate::model::{Body, Model};

/// The bytes from which values are generated.
#[derive(Clone, Debug)]
pub struct Source<'a>(pub &'a [u8]);

impl Source<'_> {
    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `bound`, which is at most 256.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    /// Eight bytes as a number; small ones are likelier.
    pub fn number(&mut self) -> u64 {
        let width = [0, 1, 2, 4, 8][self.below(5)];
        (0..width).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }
}

/// Maximum number of types in a signature, so that trees stay small. Deep and long signatures are generated separately.
const TYPES: usize = 24;

/// Zero or more single complete types within the specification's limits.
pub fn signature(source: &mut Source<'_>) -> String {
    if source.below(16) == 15 {
        return extreme_type(source);
    }
    let mut text = String::new();
    for _ in 0..source.below(5) {
        single_type(source, &mut text, Depth::default(), &mut 0);
    }
    text.truncate(if text.len() > limits::SIGNATURE_LEN { 0 } else { text.len() });
    text
}

/// Containers that enclose a type.
#[derive(Clone, Copy, Debug, Default)]
struct Depth {
    arrays: u8,
    structs: u8,
}

fn single_type(source: &mut Source<'_>, text: &mut String, depth: Depth, types: &mut usize) {
    *types += 1;
    let choice = if *types > TYPES { source.below(14) } else { source.below(20) };
    match choice {
        0..=12 => text.push(char::from(BASIC[choice])),
        13 => text.push('v'),
        14..=16 if depth.structs < limits::STRUCT_DEPTH => {
            text.push('(');
            for _ in 0..=source.below(4) {
                single_type(source, text, Depth { structs: depth.structs + 1, ..depth }, types);
            }
            text.push(')');
        }
        17 | 18 if depth.arrays < limits::ARRAY_DEPTH => {
            text.push('a');
            single_type(source, text, Depth { arrays: depth.arrays + 1, ..depth }, types);
        }
        19 if depth.arrays < limits::ARRAY_DEPTH => {
            text.push_str("a{");
            text.push(char::from(BASIC[source.below(BASIC.len())]));
            single_type(source, text, Depth { arrays: depth.arrays + 1, ..depth }, types);
            text.push('}');
        }
        _ => text.push('y'),
    }
}

/// The codes of the basic types.
pub const BASIC: &[u8; 13] = b"yubnqixtdsogh";

/// A type at a limit: 32 arrays, 32 structs, both, or 255 bytes.
fn extreme_type(source: &mut Source<'_>) -> String {
    let arrays = "a".repeat(limits::ARRAY_DEPTH.into());
    let structs = usize::from(limits::STRUCT_DEPTH);
    let tower = format!("{}{}{}", "(".repeat(structs), "s", ")".repeat(structs));
    match source.below(5) {
        0 => format!("{arrays}y"),
        1 => tower,
        2 => format!("{arrays}{tower}"),
        3 => format!("({arrays}v{})", "q".repeat(limits::SIGNATURE_LEN - 35)),
        _ => "x".repeat(limits::SIGNATURE_LEN),
    }
}

/// A value of the single complete type that `text` begins with, and what follows the type.
pub fn value<'t>(source: &mut Source<'_>, text: &'t str) -> (Model, &'t str) {
    value_at(source, text, 0)
}

/// Values of all types of `text`.
pub fn values(source: &mut Source<'_>, text: &str) -> Vec<Model> {
    fields(source, text, 0)
}

fn fields(source: &mut Source<'_>, mut text: &str, depth: usize) -> Vec<Model> {
    let mut values = Vec::new();
    while !text.is_empty() {
        let (value, rest) = value_at(source, text, depth);
        values.push(value);
        text = rest;
    }
    values
}

#[allow(clippy::cast_possible_truncation, reason = "the low bytes of a random number")]
fn value_at<'t>(source: &mut Source<'_>, text: &'t str, depth: usize) -> (Model, &'t str) {
    let (single, rest) = text.split_at(type_len(text));
    let value = match single.as_bytes()[0] {
        b'y' => Model::Byte(source.byte()),
        b'b' => Model::Boolean(source.byte() & 1 == 1),
        b'n' => Model::Int16(source.number() as i16),
        b'q' => Model::Uint16(source.number() as u16),
        b'i' => Model::Int32(source.number() as i32),
        b'u' => Model::Uint32(source.number() as u32),
        b'x' => Model::Int64(source.number() as i64),
        b't' => Model::Uint64(source.number()),
        b'd' => Model::Double(source.number()),
        b's' => Model::String(text_value(source)),
        b'o' => Model::ObjectPath(object_path(source)),
        b'g' => Model::Signature(signature(source)),
        // An index that a message can have descriptors for.
        b'h' => Model::UnixFd(source.number() as u32 / 2),
        b'v' => {
            // A body may be 64 deep; its signature takes up to 64 of them before the first variant.
            let inner = if depth < 4 { variant_type(source) } else { "y".into() };
            Model::Variant(Box::new(value_at(source, &inner, depth + 1).0))
        }
        b'a' => {
            let element = &single[1..];
            let most = if depth < 3 { 5 } else { 2 };
            let count = source.below(most);
            let elements = (0..count).map(|_| value_at(source, element, depth + 1).0).collect();
            Model::Array(element.into(), elements)
        }
        b'(' => Model::Struct(fields(source, &single[1..single.len() - 1], depth + 1)),
        b'{' => {
            let fields = fields(source, &single[1..single.len() - 1], depth + 1);
            let [key, value] = <[_; 2]>::try_from(fields).unwrap();
            Model::DictEntry(Box::new((key, value)))
        }
        code => panic!("{code} is no type code"),
    };
    (value, rest)
}

fn variant_type(source: &mut Source<'_>) -> String {
    let mut text = String::new();
    single_type(source, &mut text, Depth::default(), &mut (TYPES - 8));
    if text.len() > limits::SIGNATURE_LEN { "y".into() } else { text }
}

/// Length of the single complete type that `text` begins with.
fn type_len(text: &str) -> usize {
    let mut open = 0;
    for (index, code) in text.bytes().enumerate() {
        match code {
            b'a' => continue,
            b'(' | b'{' => open += 1,
            b')' | b'}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return index + 1;
        }
    }
    panic!("{text} is not whole types")
}

/// Text with characters of one to four bytes, of any length up to some 300.
fn text_value(source: &mut Source<'_>) -> String {
    const CHARACTERS: &[char] = &[
        'a',
        'ü',
        '\u{7f}',
        '\u{80}',
        '漢',
        '\u{fffe}',
        '\u{fdd0}',
        '\u{10ffff}',
        '\u{1}',
        '"',
        '/',
    ];
    let len = source.below(8);
    let text: String = (0..len).map(|_| CHARACTERS[source.below(CHARACTERS.len())]).collect();
    if source.below(16) == 15 { text.repeat(10) } else { text }
}

fn word(source: &mut Source<'_>) -> String {
    const FIRST: &[u8] = b"abcxyzABCXYZ_";
    const LATER: &[u8] = b"abcxyzABCXYZ_0189";
    let mut text = String::from(char::from(FIRST[source.below(FIRST.len())]));
    text.extend((0..source.below(6)).map(|_| char::from(LATER[source.below(LATER.len())])));
    text
}

fn object_path(source: &mut Source<'_>) -> String {
    match source.below(4) {
        0 => "/".into(),
        count => (0..count).map(|_| format!("/{}", word(source))).collect(),
    }
}

fn dotted(source: &mut Source<'_>) -> String {
    let mut text = word(source);
    for _ in 0..=source.below(3) {
        text = format!("{text}.{}", word(source));
    }
    text
}

/// A message as its parts, which live longer than the [`Header`] that borrows from them.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are the header's")]
pub struct Parts {
    pub endian: Endian,
    pub message_type: MessageType,
    pub flags: Flags,
    pub serial: Serial,
    pub path: Option<String>,
    pub interface: Option<String>,
    pub member: Option<String>,
    pub error_name: Option<String>,
    pub reply_serial: Option<Serial>,
    pub destination: Option<String>,
    pub sender: Option<String>,
    pub unix_fds: u32,
    pub body: Body,
}

impl Parts {
    /// The header.
    pub fn header(&self) -> Header<'_> {
        let mut header = Header::new(self.message_type, self.serial);
        header.endian = self.endian;
        header.flags = self.flags;
        header.path = self.path.as_deref().map(|text| ObjectPath::parse(text).unwrap());
        header.interface =
            self.interface.as_deref().map(|text| InterfaceName::parse(text).unwrap());
        header.member = self.member.as_deref().map(|text| MemberName::parse(text).unwrap());
        header.error_name = self.error_name.as_deref().map(|text| ErrorName::parse(text).unwrap());
        header.reply_serial = self.reply_serial;
        header.destination = self.destination.as_deref().map(|text| BusName::parse(text).unwrap());
        header.sender = self.sender.as_deref().map(|text| BusName::parse(text).unwrap());
        header.unix_fds = self.unix_fds;
        header
    }

    /// The same message, with as many descriptors as its body refers to.
    fn with_fds_for_its_indices(mut self) -> Self {
        self.unix_fds = self.unix_fds.max(self.body.fd_count());
        self
    }

    /// The whole message, marshalled by the code under test.
    pub fn encode(&self) -> Vec<u8> {
        let header = self.header();
        let needed = match header.encode(&mut [], &self.body) {
            Err(barebus_wire::EncodeError::BufferTooSmall { needed }) => needed,
            other => panic!("{other:?} from an empty buffer"),
        };
        let mut bytes = vec![0xaa; needed];
        assert_eq!(header.encode(&mut bytes, &self.body), Ok(needed));
        bytes
    }
}

/// A valid message of any type, in either byte order, with any fields that its type allows or ignores, and any body.
#[allow(clippy::cast_possible_truncation, reason = "the low bytes of a random number")]
pub fn message(source: &mut Source<'_>) -> Parts {
    let endian = [Endian::Little, Endian::Big][source.below(2)];
    let message_type = match source.below(6) {
        0 => MessageType::MethodCall,
        1 => MessageType::MethodReturn,
        2 => MessageType::Error,
        3 => MessageType::Signal,
        _ => MessageType::Unknown(source.byte().max(5)),
    };
    // One bit for each field that the message type does not require.
    let extra = source.byte();
    let (call, signal) =
        (message_type == MessageType::MethodCall, message_type == MessageType::Signal);
    let error = message_type == MessageType::Error;
    let reply = error || message_type == MessageType::MethodReturn;
    let serial =
        |source: &mut Source<'_>| Serial::new(source.number() as u32).unwrap_or(Serial::FIRST);
    let text = signature(source);
    Parts {
        endian,
        message_type,
        flags: Flags::from_bits(source.byte()),
        serial: serial(source),
        path: (call || signal || extra & 1 != 0).then(|| object_path(source)),
        interface: (signal || extra & 2 != 0).then(|| dotted(source)),
        member: (call || signal || extra & 4 != 0).then(|| word(source)),
        error_name: (error || extra & 8 != 0).then(|| dotted(source)),
        reply_serial: (reply || extra & 16 != 0).then(|| serial(source)),
        destination: (extra & 32 != 0).then(|| dotted(source)),
        sender: (extra & 64 != 0).then(|| format!(":1.{}", source.byte())),
        unix_fds: if extra & 128 != 0 { source.number() as u32 } else { 0 },
        body: Body::new(values(source, &text)),
    }
    .with_fds_for_its_indices()
}

/// Any valid signature, as text.
pub fn any_signature() -> impl Strategy<Value = String> {
    any::<Vec<u8>>().prop_map(|bytes| {
        let text = signature(&mut Source(&bytes));
        assert!(Signature::parse(&text).is_ok(), "{text}");
        text
    })
}

/// Any valid body.
pub fn any_body() -> impl Strategy<Value = Body> {
    prop::collection::vec(any::<u8>(), 0..400).prop_map(|bytes| {
        let mut source = Source(&bytes);
        let text = signature(&mut source);
        Body::new(values(&mut source, &text))
    })
}

/// Any valid message.
pub fn any_message() -> impl Strategy<Value = Parts> {
    prop::collection::vec(any::<u8>(), 0..400).prop_map(|bytes| message(&mut Source(&bytes)))
}
