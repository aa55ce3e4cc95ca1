//! File descriptors: an index in a printed message must have a descriptor.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test fails by panicking")]

use barebus_text::{PrintError, busctl, check_fd_indices, gvariant, json};
use barebus_wire::{
    AsVariant, EncodeBody, FdIndex, MemberName, Message, MessageBuf, MethodCall, ObjectPath,
    OwnedBody, Serial,
};

fn message(fds: u32, body: &impl EncodeBody) -> Vec<u8> {
    let mut call = MethodCall::checked(ObjectPath::from_static("/a"), MemberName::from_static("M"));
    call.unix_fds = fds;
    let mut buf = MessageBuf::new();
    buf.push(&call.header(Serial::FIRST), body).unwrap();
    buf.as_slice().to_vec()
}

/// Prints a message in each form.
fn print(bytes: &[u8]) -> [Result<String, PrintError>; 5] {
    let message = Message::parse(bytes).unwrap();
    let mut out = [(); 5].map(|()| String::new());
    let [busctl, exact, gvariant, values, whole] = &mut out;
    let results = [
        busctl::print(&message, busctl),
        busctl::print_exact(&message, exact),
        gvariant::print(&message, gvariant),
        json::print(&message, values),
        json::print_message(&message, whole),
    ];
    let mut out = out.into_iter();
    results.map(|result| {
        let text = out.next().unwrap();
        assert!(result.is_ok() || text.is_empty(), "{text}");
        result.map(|()| text)
    })
}

#[test]
fn an_index_is_printed_if_the_header_says_that_its_descriptor_came() {
    // As in a capture, which holds no descriptors.
    for fds in [2, 3, u32::MAX] {
        let [busctl, exact, gvariant, values, whole] =
            print(&message(fds, &(FdIndex(1), "x"))).map(Result::unwrap);
        assert_eq!((&*busctl, &*exact), ("hs 1 \"x\"", "hs 1 \"x\""));
        assert_eq!(gvariant, "(handle 1, 'x')");
        assert_eq!(values, r#"{"type":"hs","data":[1,"x"]}"#);
        assert!(whole.contains(&values), "{whole}");
    }
}

#[test]
fn an_index_without_a_descriptor_is_an_error_wherever_it_stands() {
    let (zero, seven) = (FdIndex(0), FdIndex(7));
    for (bytes, index, count) in [
        (message(0, &(zero,)), 0, 0),
        (message(0, &(seven,)), 7, 0),
        (message(7, &(seven,)), 7, 7),
        (message(1, &(zero, AsVariant(seven))), 7, 1),
        (message(1, &(&[(zero, "a"), (seven, "b")][..],)), 7, 1),
        (message(1, &(AsVariant(AsVariant(FdIndex(1))),)), 1, 1),
    ] {
        let error = PrintError::NoSuchFd { index, count };
        assert_eq!(print(&bytes), [(); 5].map(|()| Err(error)));
        assert_eq!(check_fd_indices(&Message::parse(&bytes).unwrap()), Err(error));
        let sentence =
            format!("there is no file descriptor {index}: the message came with {count}");
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn values_that_are_no_message_have_any_index() {
    let body = busctl::parse_line("h 7").unwrap();
    let mut text = String::new();
    busctl::print(&body, &mut text).unwrap();
    assert_eq!(text, "h 7");
    // Also those that were taken out of one.
    let bytes = message(0, &(FdIndex(7),));
    let body = OwnedBody::try_from(&Message::parse(&bytes).unwrap()).unwrap();
    let mut text = String::new();
    gvariant::print(&body, &mut text).unwrap();
    assert_eq!(text, "(handle 7,)");
}

#[test]
fn an_unknown_header_field_may_hold_an_index_too() {
    for (field, expected) in [
        (r#"{"type":"h","data":0}"#, Ok(())),
        (r#"{"type":"h","data":1}"#, Err(PrintError::NoSuchFd { index: 1, count: 1 })),
    ] {
        let text = format!(
            r#"{{"type":"signal","path":"/","interface":"a.b","member":"M","unix_fds":1,"10":{field}}}"#
        );
        let bytes = json::parse_message(&text).unwrap();
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(check_fd_indices(&message), expected);
        let mut out = String::new();
        assert_eq!(json::print_message(&message, &mut out), expected);
    }
}
