//! Messages as text and text as messages; files that may hold messages.

use std::io::Read;

use barebus_text::capture::{Capture, Captured, Format};
use barebus_text::{Form, Values, busctl, check_fd_indices, gvariant, json};
use barebus_wire::{EncodeBody, Endian, Message, OwnedBody, OwnedValue, Signature, Variant};

/// Bytes that may be a message. A valid message is printed in each form and read back to the same bytes, as a tree too. An invalid
/// one, and one that refers to file descriptors that did not come, is refused before anything is printed.
pub fn text(bytes: &[u8]) {
    let Ok(message) = Message::parse(bytes) else { return };
    // Even of an invalid message.
    is_harmless(&format!("{message:?}"));
    let mut printed = String::new();
    if let Err(error) = message.validate() {
        let error = Err(Values::explain(&message, error));
        assert_eq!(busctl::print(&message, &mut printed), error);
        assert_eq!(gvariant::print(&message, &mut printed), error);
        assert!(check_fd_indices(&message).is_err());
    }
    if let Err(error) = check_fd_indices(&message) {
        assert_eq!(json::print_message(&message, &mut printed), Err(error));
        assert_eq!(printed, "");
        return;
    }
    json::print_message(&message, &mut printed).unwrap();
    is_harmless(&printed);
    assert_eq!(json::parse_message(&printed).unwrap(), bytes, "{printed}");

    in_all_forms(&message);
    let body = OwnedBody::try_from(&message).unwrap();
    as_json(&body);
    // The other forms do not tell the byte order.
    let body = in_order(&body, Endian::NATIVE);
    as_line(&body);
    as_gvariant(&body);
    as_tree(&body);
}

/// Bytes that may be text: what some form takes is printed and taken again as the same.
pub fn parse(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    for body in [
        busctl::parse_line(text).ok(),
        json::parse(text, Endian::Big).ok(),
        json::parse_value(text, Endian::Little).ok(),
        gvariant::parse_value(Signature::from_static("v"), text, Endian::Little).ok(),
        gvariant::parse(Signature::from_static("sa{sv}as"), text, Endian::Big).ok(),
    ]
    .into_iter()
    .flatten()
    {
        as_json(&body);
        let body = in_order(&body, Endian::NATIVE);
        as_line(&body);
        as_gvariant(&body);
        as_tree(&body);
    }
    for message in json::parse_messages(text).flatten() {
        self::text(&message);
    }
}

/// Bytes that may be a file with messages: however they come, the same is read, and no more than is there.
pub fn capture(bytes: &[u8]) {
    let whole = read(Capture::new(bytes).ok());
    let single = read(Capture::new(Single(bytes)).ok());
    assert_eq!(whole, single, "what comes byte by byte is read otherwise");
    for format in [Format::Raw, Format::Hex, Format::Pcap, Format::Pcapng] {
        let captured = read(Some(Capture::with_format(bytes, format)));
        let total: usize = captured.iter().map(|captured| captured.bytes.len()).sum();
        assert!(total <= bytes.len());
        for Captured { offset, bytes: message, .. } in captured {
            if format != Format::Hex {
                let at = usize::try_from(offset).unwrap();
                assert_eq!(message, bytes[at..at + message.len()]);
            }
        }
    }
}

/// A reader that gives a byte at a time.
struct Single<'a>(&'a [u8]);

impl Read for Single<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        match (buf.first_mut(), self.0.split_first()) {
            (Some(place), Some((byte, rest))) => {
                *place = *byte;
                self.0 = rest;
                Ok(1)
            }
            _ => Ok(0),
        }
    }
}

fn read<R: Read>(capture: Option<Capture<R>>) -> Vec<Captured> {
    capture.into_iter().flatten().map_while(Result::ok).collect()
}

fn in_order(body: &OwnedBody, endian: Endian) -> OwnedBody {
    OwnedBody::build(body.signature(), endian, |writer| body.encode_body(writer)).unwrap()
}

/// That nothing in a text is acted on by a terminal.
pub(super) fn is_harmless(text: &str) {
    let acted_on = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(acted_on), "{text:?}");
}

/// A body is printed in each form that a name selects. Nothing in it is acted on by a terminal, but in plain text.
fn in_all_forms(message: &Message<'_>) {
    for form in [
        Form::Text,
        Form::Verbose,
        Form::Json,
        Form::JsonPretty,
        Form::BusctlJson,
        Form::BusctlJsonPretty,
        Form::GVariant,
        Form::Plain,
    ] {
        let mut text = String::new();
        form.print(message, &mut text).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "{form:?}");
        if form != Form::Plain {
            text.lines().for_each(|line| is_harmless(line.trim_start_matches('\t')));
        }
    }
}

fn as_json(body: &OwnedBody) {
    let mut text = String::new();
    json::print(body, &mut text).unwrap();
    is_harmless(&text);
    assert_eq!(json::parse(&text, body.endian()).unwrap(), *body, "{text}");

    let mut text = String::new();
    json::print_data(body, &mut text).unwrap();
    let again = json::parse_data(body.signature(), &text, body.endian()).unwrap();
    assert_eq!(again, *body, "{text}");
}

fn as_line(body: &OwnedBody) {
    let mut text = String::new();
    busctl::print_exact(body, &mut text).unwrap();
    is_harmless(&text);
    assert_eq!(busctl::parse_line(&text).unwrap(), *body, "{text}");

    let mut text = String::new();
    busctl::print(body, &mut text).unwrap();
    let mut again = String::new();
    busctl::print(&busctl::parse_line(&text).unwrap(), &mut again).unwrap();
    assert_eq!(again, text);
}

fn as_gvariant(body: &OwnedBody) {
    let mut text = String::new();
    gvariant::print(body, &mut text).unwrap();
    is_harmless(&text);
    let parsed = gvariant::parse(body.signature(), &text, Endian::NATIVE).unwrap();
    let mut again = String::new();
    gvariant::print(&parsed, &mut again).unwrap();
    assert_eq!(again, text);
    // Which NaN it was, the text does not tell.
    if !text.contains("nan") {
        assert_eq!(parsed, *body, "{text}");
    }
    // The types are in the text, too.
    let text = format!("<{text}>");
    if let Ok(variant) = gvariant::parse_value(Signature::from_static("v"), &text, Endian::NATIVE) {
        let (variant,): (Variant<'_>,) = variant.get().unwrap();
        let fields = Values::signature(&variant).fields().unwrap();
        assert_eq!(fields, body.signature(), "{text}");
    }
}

/// What `Debug` and `Display` show is the value: it can be read back, and a tree shows the same.
fn as_shown(body: &OwnedBody, values: &[OwnedValue]) {
    let text = format!("{body:?}");
    is_harmless(&text);
    let parsed = gvariant::parse(body.signature(), &text, Endian::NATIVE).unwrap();
    if !text.contains("nan") {
        assert_eq!(parsed, *body, "{text}");
    }
    let fields: Vec<String> = values.iter().map(OwnedValue::to_string).collect();
    let comma = if fields.len() == 1 { "," } else { "" };
    assert_eq!(format!("({}{comma})", fields.join(", ")), text);
}

fn as_tree(body: &OwnedBody) {
    let values = body.values().unwrap();
    as_shown(body, &values);
    let types: Vec<_> = body.signature().types().collect();
    assert_eq!(values.len(), types.len());
    for (value, value_type) in values.iter().zip(types) {
        assert!(value.has_type(value_type));
    }
    assert_eq!(OwnedBody::from_values(&values).unwrap(), *body);
}
