//! Generates the seeds of the fuzz targets.
//!
//! They are in `fuzz/corpus/TARGET/NAME`; `BAREBUS_WRITE_SEEDS=1 cargo test -p barebus-tests --test wire seeds` writes them.

use std::fs;
use std::path::{Path, PathBuf};

use barebus_gen::{Generator, Shape, is_large, rules};
use barebus_text::{busctl, gvariant, json};
use barebus_wire::{DecodeErrorKind as Kind, EncodeBody, Endian, Message};

use crate::generators::{self, Source};
use crate::golden::{self, call, call_of};
use crate::model::{Body, Model, pad, put_u32};
use crate::properties;
use crate::session;

/// A property and the fuzz target that calls it.
pub type Target = (&'static str, fn(&[u8]));

/// The targets of the wire format.
pub const WIRE: &[Target] = &[
    ("message", properties::message),
    ("header", properties::header),
    ("signature", properties::signature),
    ("typed", properties::typed),
    ("dynamic", properties::dynamic),
    ("round_trip", properties::round_trip),
    ("match_rule", properties::match_rule),
    ("address", properties::address),
];

/// The targets of values and messages as text, and of files with messages.
pub const TEXT: &[Target] = &[
    ("text", properties::text),
    ("parse", properties::parse),
    ("capture", properties::capture),
    ("arguments", properties::arguments),
    ("introspection", properties::introspection),
];

/// The targets of whole conversations.
pub const SESSION: &[Target] = &[("session", session::session), ("chunker", session::chunker)];

/// Signatures that systemd and the bus use, and some at the limits of the grammar.
const BODIES: &[(&str, &str)] = &[
    ("string", "s"),
    ("unit_list", "a(ssssssouso)"),
    ("properties_changed", "sa{sv}as"),
    ("managed_objects", "a{oa{sa{sv}}}"),
    ("transient_unit", "ssa(sv)a(sa(sv))"),
    ("every_basic_type", "ybnqiuxtdsogh"),
    ("arrays_of_fixed_width", "ayabanaqaiauaxatadah"),
    ("arrays_of_arrays", "aaaxaayaas"),
    ("variants", "vvav"),
    ("structs", "y(y(yt))a(yv)"),
];

/// Directory of a target's seeds.
pub fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target)
}

/// The seeds in the tree: name and bytes. Inputs that the fuzzer has found on this machine are left out.
pub fn stored(target: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder(target)) else { return Vec::new() };
    let mut seeds = Vec::new();
    for entry in entries {
        let entry = entry.expect("an entry of the folder of seeds");
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.len() != 40 {
            seeds.push((name, fs::read(entry.path()).expect("a seed")));
        }
    }
    seeds.sort();
    seeds
}

/// Generates a target's seeds: name and bytes.
pub fn made(target: &str) -> Vec<(String, Vec<u8>)> {
    let mut seeds: Vec<(String, Vec<u8>)> = match target {
        "message" => messages().into_iter().chain(broken()).collect(),
        "text" => messages(),
        "parse" => forms(),
        "capture" => files(),
        "header" => messages().into_iter().map(|(name, bytes)| (name, as_header(&bytes))).collect(),
        "signature" => {
            BODIES.iter().map(|(name, text)| ((*name).into(), text.bytes().collect())).collect()
        }
        "typed" => bodies().map(|(name, body)| (name, body.marshal(Endian::Little))).collect(),
        "dynamic" => bodies().map(|(name, body)| (name, as_dynamic(&body))).collect(),
        "match_rule" => texts(RULES)
            .map(|(name, text)| (name, [text.as_bytes(), b"\0", &noise(7, 90)].concat()))
            .collect(),
        "address" => texts(ADDRESSES).map(|(name, text)| (name, text.into())).collect(),
        "arguments" => texts(ARGUMENTS).map(|(name, text)| (name, text.into())).collect(),
        "introspection" => texts(XML).map(|(name, text)| (name, text.into())).collect(),
        "session" | "chunker" => {
            (0..12).map(|number| (format!("noise_{number}"), noise(200 + number, 500))).collect()
        }
        _ => (0..6).map(|number| (format!("noise_{number}"), noise(number, 200))).collect(),
    };
    seeds.sort();
    seeds
}

const RULES: &[&str] = &[
    "",
    "type='signal',sender='org.freedesktop.systemd1',member='JobRemoved'",
    "type='signal',path_namespace='/org/freedesktop/systemd1',interface='org.freedesktop.DBus.Properties'",
    "type=error,destination=:1.7,eavesdrop=true",
    r"arg0='it'\''s',arg1path='/a/',arg63=x",
    "arg0namespace='org.freedesktop'",
];

const ADDRESSES: &[&str] = &[
    "unix:path=/run/dbus/system_bus_socket",
    "unix:abstract=/tmp/dbus-%20,guid=0123456789abcdef0123456789abcdef;tcp:host=localhost,port=1;",
    "unixexec:path=ssh,argv1=-xT,argv2=--,argv3=host,argv4=systemd-stdio-bridge",
];

/// Types of parameters, and a word a line.
const ARGUMENTS: &[&str] = &[
    "",
    "ybnqiuxtd\n0x10\nyes\n-1\n1\n-1\n1\n-1\n1\nnan",
    "sog\ntext\n/a\na{sv}",
    "sog\n'text'\nobjectpath '/a'\n@g 'as'",
    "sa{sv}s\nc=x\na\nb={\"Mtu\":1500,\"Name\":\"x\",\"Limit\":{\"type\":\"u\",\"data\":7}}",
    "vvv\n[\"a\",1,[],{}]\n{\"k\":null}\n18446744073709551616",
    "a{us}(si)aay\n{\"7\":\"x\"}\n[\"a\",1]\n[[1],[]]",
    "a{sv}ayv\n{'k': <@as []>, 'l': <(1, byte 2)>}\nb'bytes\\001'\n<handle 3>",
    "s\nbare \\u00e4 \"x\"",
];

const XML: &[&str] = &[
    "<node/>",
    "<node name=\"/a\"><interface name=\"a.b\"><method name=\"M\"><arg name=\"x\" type=\"a{sv}\" direction=\"in\"/>\
     <arg type=\"u\" direction=\"out\"><annotation name=\"k\" value=\"&lt;v&gt;\"/></arg></method><property name=\"P\" type=\"s\" \
     access=\"readwrite\"/><signal name=\"S\"><arg type=\"(si)\"/></signal></interface><node name=\"b\"/></node>",
    "<!DOCTYPE node [<!ENTITY e \"x\">]><node><interface name=\"&e;\"><x:y xmlns:x=\"z\"/></interface><!-- c --></node>",
    "<node><node><node><interface><method/><property access=\"both\"/></interface></node></node></node>",
];

/// Texts, named by their number.
fn texts(texts: &'static [&'static str]) -> impl Iterator<Item = (String, &'static str)> {
    texts.iter().zip(0..).map(|(text, number)| (format!("text_{number}"), *text))
}

fn bodies() -> impl Iterator<Item = (String, Body)> {
    BODIES.iter().zip(0..).map(|((name, text), number)| {
        let noise = noise(number, 300);
        ((*name).into(), Body::new(generators::values(&mut Source::new(&noise), text)))
    })
}

/// A METHOD_CALL with this body, and with as many file descriptors as it needs.
fn call_around(body: &Body, endian: Endian) -> Vec<u8> {
    let text = body.signature().as_str();
    golden::call_with_fds(endian, text, &body.marshal(endian), body.fd_count())
}

fn messages() -> Vec<(String, Vec<u8>)> {
    let mut seeds: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, body) in bodies() {
        for (endian, order) in [(Endian::Little, "little"), (Endian::Big, "big")] {
            seeds.push((format!("{name}_{order}"), call_around(&body, endian)));
        }
    }
    for number in 0..8 {
        let noise = noise(100 + number, 120);
        seeds.push((
            format!("noise_{number}"),
            generators::encode(&generators::message(&mut Source::new(&noise))),
        ));
    }
    let deep = (0..63).fold(Model::Byte(7), |value, _| Model::Variant(Box::new(value)));
    let deep = Body::new(vec![Model::Variant(Box::new(deep))]);
    seeds.push((
        "variants_64_deep".into(),
        call_of(Endian::Little, "v", &deep.marshal(Endian::Little)),
    ));
    seeds.push(("without_a_body".into(), call(Endian::Little, "", "")));
    seeds
}

/// A message that breaks each rule.
fn broken() -> Vec<(String, Vec<u8>)> {
    let generator = Generator::new(0, Shape::default());
    // Short, so that few mutations meet bytes without a meaning.
    let shortest = |rule| {
        (0..64)
            .filter_map(|number| generator.broken(number, rule).ok())
            .min_by_key(|generated| generated.bytes.len())
            .expect("a message breaks it")
    };
    let rules = rules().filter(|rule| !is_large(*rule) && *rule != Kind::Incomplete);
    rules.map(|rule| (format!("broken_{}", rule.name()), shortest(rule).bytes)).collect()
}

/// Bodies in each form, and whole messages.
fn forms() -> Vec<(String, Vec<u8>)> {
    let mut seeds: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, body) in bodies() {
        let message = call_around(&body, Endian::Little);
        let message = Message::parse(&message).unwrap();
        let [mut line, mut object, mut variant, mut whole] = [const { String::new() }; 4];
        busctl::print_exact(&message, &mut line).unwrap();
        json::print(&message, &mut object).unwrap();
        gvariant::print(&message, &mut variant).unwrap();
        json::print_message(&message, &mut whole).unwrap();
        for (form, text) in [
            ("line", line),
            ("json", object),
            ("gvariant", format!("<{variant}>")),
            ("message", whole),
        ] {
            seeds.push((format!("{name}_{form}"), text.into_bytes()));
        }
    }
    seeds
}

/// The same two messages in each format of files.
fn files() -> Vec<(String, Vec<u8>)> {
    let messages = [call(Endian::Little, "", ""), call_of(Endian::Big, "y", b"\x07")];
    let raw = messages.concat();
    let hex =
        messages.iter().map(|message| hex::encode(message) + " # a message\n").collect::<String>();
    let mut pcap = Vec::new();
    for word in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 0xffff, 231] {
        put_u32(&mut pcap, Endian::Little, word);
    }
    // A section header, and the description of one interface.
    let mut pcapng = Vec::new();
    for word in [0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28, 1, 20, 231, 0, 20] {
        put_u32(&mut pcapng, Endian::Little, word);
    }
    for message in &messages {
        let len = u32::try_from(message.len()).unwrap();
        let mut padded = message.clone();
        pad(&mut padded, 4);
        let block_len = u32::try_from(padded.len() + 32).unwrap();
        for word in [1_700_000_000, 5, len, len] {
            put_u32(&mut pcap, Endian::Little, word);
        }
        pcap.extend(message);
        for word in [6, block_len, 0, 0, 7, len, len] {
            put_u32(&mut pcapng, Endian::Little, word);
        }
        pcapng.extend(padded);
        put_u32(&mut pcapng, Endian::Little, block_len);
    }
    [("raw", raw), ("hex", hex.into_bytes()), ("pcap", pcap), ("pcapng", pcapng)]
        .map(|(name, bytes)| (name.into(), bytes))
        .into()
}

/// Converts a message to input for the target that adds a valid fixed header before the fields.
fn as_header(message: &[u8]) -> Vec<u8> {
    let little = message[0] == b'l';
    let length = <[u8; 4]>::try_from(&message[12..16]).unwrap();
    let fields_len = if little { u32::from_le_bytes(length) } else { u32::from_be_bytes(length) };
    let mut input = vec![u8::from(!little), message[1], message[2]];
    input.extend(&message[16..16 + fields_len as usize]);
    input
}

/// Length of the signature, the signature, byte order, values.
fn as_dynamic(body: &Body) -> Vec<u8> {
    let text = body.signature().as_str();
    let mut input = vec![u8::try_from(text.len()).unwrap()];
    input.extend(text.bytes());
    input.push(0);
    input.extend(body.marshal(Endian::Little));
    input
}

/// Reproducible pseudorandom bytes.
fn noise(number: u64, len: usize) -> Vec<u8> {
    let mut source = Source::seeded(number);
    (0..len).map(|_| source.byte()).collect()
}
