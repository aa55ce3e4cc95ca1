//! The derive macros for somebody who depends on `barebus` and not on `barebus-wire`, as this package does.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use barebus::wire::{Header, MessageBuf, Serial};
use barebus::{Decode, Encode, Message, MessageType, Type};

#[derive(Type, Encode, Decode, Debug, PartialEq)]
struct Job<'a> {
    id: u32,
    unit: &'a str,
    mode: Mode,
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
#[barebus(string)]
enum Mode {
    Replace,
    IgnoreDependencies,
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
#[barebus(dict, rename_all = "PascalCase")]
struct Properties<'a> {
    id: &'a str,
    status_text: Option<&'a str>,
}

#[test]
fn derives_without_the_path_of_barebus_wire() {
    assert_eq!((Job::SIGNATURE.as_str(), Properties::SIGNATURE.as_str()), ("(uss)", "a{sv}"));
    let job = Job { id: 1, unit: "x.service", mode: Mode::IgnoreDependencies };
    let properties = Properties { id: "x.service", status_text: None };
    let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
    header.reply_serial = Some(Serial::FIRST);
    let mut buf = MessageBuf::new();
    buf.push(&header, &(&job, &properties)).unwrap();
    let message = Message::parse(buf.as_slice()).unwrap();
    assert_eq!(message.body::<(Job<'_>, Properties<'_>)>().unwrap(), (job, properties));
}
