//! Whole messages as `busctl monitor` prints them.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test fails by panicking")]

use barebus_text::{busctl, json};
use barebus_wire::name::{ErrorName, InterfaceName, MemberName, ObjectPath};
use barebus_wire::{
    AsVariant, BusName, EncodeBody, Endian, Entries, Header, Message, MessageBuf, MessageType,
    Serial,
};

fn bytes(header: &Header<'_>, body: &dyn EncodeBody) -> Vec<u8> {
    let mut buf = MessageBuf::new();
    buf.push(header, body).unwrap();
    buf.as_slice().to_vec()
}

fn signal() -> Vec<u8> {
    let mut header = Header::signal(
        Serial::new(5).unwrap(),
        ObjectPath::from_static("/a"),
        InterfaceName::from_static("a.b"),
        MemberName::from_static("C"),
    );
    header.endian = Endian::Little;
    header.sender = Some(BusName::from_static(":1.9"));
    bytes(&header, &("hé\x1b", Entries([("k", AsVariant(0.1_f64))]), true))
}

fn error() -> Vec<u8> {
    let mut header = Header::new(MessageType::Error, Serial::new(u32::MAX).unwrap());
    header.endian = Endian::Big;
    header.reply_serial = Serial::new(7);
    header.destination = Some(BusName::from_static(":1.2"));
    header.error_name = Some(ErrorName::from_static("a.b.E"));
    bytes(&header, &("why",))
}

#[test]
fn the_long_form_is_busctls() {
    let print = |bytes: &[u8]| {
        let mut text = String::new();
        let time = "Mon 2026-11-30 04:32:49.348299 UTC";
        busctl::print_message(&Message::parse(bytes).unwrap(), time, &mut text).unwrap();
        text
    };
    assert_eq!(
        print(&signal()),
        "\
‣ Type=signal  Endian=l  Flags=1  Version=1 Cookie=5  Timestamp=\"Mon 2026-11-30 04:32:49.348299 UTC\"
  Sender=:1.9  Path=/a  Interface=a.b  Member=C
  UniqueName=:1.9
  MESSAGE \"sa{sv}b\" {
          STRING \"hé\\033\";
          ARRAY \"{sv}\" {
                  DICT_ENTRY \"sv\" {
                          STRING \"k\";
                          VARIANT \"d\" {
                                  DOUBLE 0.1;
                          };
                  };
          };
          BOOLEAN true;
  };

"
    );
    assert_eq!(
        print(&error()),
        "\
‣ Type=error  Endian=B  Flags=0  Version=1 Cookie=-1  ReplyCookie=7  Timestamp=\"Mon 2026-11-30 04:32:49.348299 UTC\"
  Destination=:1.2
  ErrorName=a.b.E  ErrorMessage=\"why\"
  MESSAGE \"s\" {
          STRING \"why\";
  };

"
    );
}

#[test]
fn the_json_is_busctls_and_is_read_back() {
    for (bytes, expected) in [
        (
            signal(),
            "{\"type\":\"signal\",\"endian\":\"l\",\"flags\":1,\"version\":1,\"cookie\":5,\
             \"timestamp-realtime\":17,\"sender\":\":1.9\",\"path\":\"/a\",\"interface\":\"a.b\",\
             \"member\":\"C\",\"payload\":{\"type\":\"sa{sv}b\",\"data\":[\"hé\\u001b\",{\"k\":\
             {\"type\":\"d\",\"data\":1.000000000000000055511e-01}},true]}}",
        ),
        (
            error(),
            "{\"type\":\"error\",\"endian\":\"B\",\"flags\":0,\"version\":1,\"cookie\":4294967295,\
             \"reply_cookie\":7,\"timestamp-realtime\":17,\"destination\":\":1.2\",\
             \"error_name\":\"a.b.E\",\"payload\":{\"type\":\"s\",\"data\":[\"why\"]}}",
        ),
    ] {
        let message = Message::parse(&bytes).unwrap();
        let mut text = String::new();
        json::print_monitored(&message, 17, &mut text).unwrap();
        assert_eq!(text, expected);
        let read = json::parse_message(&text).unwrap();
        let read = Message::parse(&read).unwrap();
        assert_eq!(read.body_bytes(), message.body_bytes());
        assert_eq!(read.header().sender, message.header().sender);
    }
}

#[test]
fn the_text_of_an_error_is_its_first_string() {
    let mut header = Header::new(MessageType::Error, Serial::FIRST);
    header.reply_serial = Serial::new(7);
    header.error_name = Some(ErrorName::from_static("a.b.E"));
    for (body, text) in
        [(&(7_u32, "x") as &dyn EncodeBody, "n/a"), (&(), "n/a"), (&("a\nb", 7_u32), "a\\nb")]
    {
        let bytes = bytes(&header, body);
        let mut printed = String::new();
        busctl::print_message(&Message::parse(&bytes).unwrap(), "", &mut printed).unwrap();
        let expected = format!("  ErrorName=a.b.E  ErrorMessage=\"{text}\"\n");
        assert!(printed.contains(&expected), "{printed}");
    }
}
