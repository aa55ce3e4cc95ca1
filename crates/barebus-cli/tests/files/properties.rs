//! `barebus introspect` of an object that refuses to tell its properties, or describes itself against the specification.

use std::collections::BTreeMap;
use std::os::unix::net::UnixListener;
use std::process::{Command, Output};
use std::thread;

use barebus::FdIndex;
use barebus::wire::{AsVariant, OwnedValue};
use barebus_tests::peer::{Peer, Sent};

use crate::common::{BAREBUS, Folder, refused, text};

/// Introspects an object that describes itself with `xml`, and whose other calls `answer` answers. Gives the exit code, the rows
/// below the head, the complaints, and how many calls `answer` answered.
fn introspect(
    name: &str,
    xml: &str,
    mut answer: impl FnMut(&mut Peer, &Sent) -> Vec<u8> + Send,
) -> (i32, Vec<Vec<String>>, Vec<String>, usize) {
    let folder = Folder::new(name);
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    thread::scope(|scope| {
        let server = scope.spawn(move || {
            let mut peer = Peer::new(listener.accept().unwrap().0);
            assert!(peer.authenticate());
            let mut answered = 0;
            while let Some(call) = peer.receive() {
                let reply = if call.member() == "Introspect" {
                    peer.reply(&call, None, &(xml,))
                } else {
                    answered += 1;
                    answer(&mut peer, &call)
                };
                peer.write(&reply);
            }
            answered
        });
        let mut command = Command::new(BAREBUS);
        command.args(["--peer", &format!("unix:path={}", folder.join("socket"))]);
        let output = command.args(["introspect", "org.example.Any", "/org/example"]).output();
        let Output { status, stdout, stderr } = output.unwrap();
        let row = |line: &str| line.split_whitespace().map(String::from).collect();
        let rows = text(stdout).lines().skip(1).map(row).collect();
        let complaints = text(stderr).lines().map(String::from).collect();
        (status.code().unwrap(), rows, complaints, server.join().unwrap())
    })
}

/// The interface and the property of a call of `Get`.
fn asked(call: &Sent) -> (String, String) {
    assert_eq!(call.member(), "Get");
    let (interface, property): (&str, &str) = call.message().body().unwrap();
    (interface.to_owned(), property.to_owned())
}

/// The values in the table, by the names of the properties.
fn values(rows: &[Vec<String>]) -> Vec<(&str, &str)> {
    let properties = rows.iter().filter(|row| row[1] == "property");
    properties.map(|row| (row[0].trim_start_matches('.'), &*row[3])).collect()
}

const REFUSED: &str = "org.freedesktop.DBus.Error.AccessDenied";

#[test]
fn a_refused_get_all_is_told_and_each_property_is_asked_for() {
    let xml = "<node><interface name='a.b'>
        <property name='A' type='s' access='read'/><property name='B' type='u' access='readwrite'/>
        <property name='C' type='s' access='read'/><property name='W' type='s' access='write'/>
      </interface><interface name='c.d'><property name='D' type='y' access='read'/></interface></node>";
    let (code, rows, complaints, answered) =
        introspect("refused-all", xml, |peer, call| match call.member() {
            "GetAll" if call.message().body() == Ok(("c.d",)) => {
                let all = BTreeMap::from([("D", OwnedValue::Byte(7))]);
                peer.reply(call, None, &(all,))
            }
            "GetAll" => peer.error(call, None, REFUSED, "Not all at once."),
            _ => match asked(call) {
                (_, property) if property == "A" => peer.reply(call, None, &(AsVariant("x"),)),
                (_, property) if property == "B" => peer.reply(call, None, &(AsVariant(7_u32),)),
                (_, property) => {
                    assert_eq!(property, "C", "what can only be written is not asked for");
                    peer.error(call, None, REFUSED, "Nor this.")
                }
            },
        });
    assert_eq!(code, 1, "{complaints:?}");
    let expected = [("A", "\"x\""), ("B", "7"), ("C", "-"), ("W", "-"), ("D", "7")];
    assert_eq!(values(&rows), expected);
    let expected = [
        format!("barebus: cannot read the properties of a.b: Not all at once. ({REFUSED})"),
        format!("barebus: cannot read C of a.b: Nor this. ({REFUSED})"),
    ];
    assert_eq!(complaints, expected);
    assert_eq!(answered, 5);
}

#[test]
fn a_reply_to_get_all_that_is_unusable_is_told_too() {
    for (name, sentence) in [("wrong-type", "(a{sv})"), ("nothing", "(a{sv})")] {
        let xml = "<node><interface name='a.b'><property name='A' type='s' access='read'/></interface></node>";
        let (code, rows, complaints, _) =
            introspect(name, xml, |peer, call| match (call.member(), name) {
                ("GetAll", "nothing") => peer.reply(call, None, &()),
                ("GetAll", _) => peer.reply(call, None, &("text",)),
                _ => peer.reply(call, None, &(AsVariant("x"),)),
            });
        assert_eq!((code, values(&rows)), (1, vec![("A", "\"x\"")]));
        let begin = "barebus: cannot read the properties of a.b: the reply to GetAll is unusable: ";
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert!(complaints[0].starts_with(begin), "{complaints:?}");
        assert!(complaints[0].contains(sentence.trim_matches(['(', ')'])), "{complaints:?}");
    }
}

#[test]
fn properties_that_a_successful_get_all_leaves_out_have_no_value() {
    let xml = "<node><interface name='a.b'><property name='A' type='s' access='read'/></interface></node>";
    let (code, rows, complaints, answered) = introspect("left-out", xml, |peer, call| {
        peer.reply(call, None, &(BTreeMap::<&str, OwnedValue>::new(),))
    });
    assert_eq!((code, values(&rows), answered), (0, vec![("A", "-")], 1));
    assert_eq!(complaints, [""; 0]);
}

#[test]
fn an_interface_whose_name_is_none_is_asked_for_all_the_same_and_told() {
    let xml = "<node><interface name='no name'><property name='A' type='s' access='read'/></interface></node>";
    let (code, rows, complaints, _) = introspect("no-name", xml, |peer, call| {
        peer.error(call, None, "org.freedesktop.DBus.Error.UnknownInterface", "No such thing.")
    });
    assert_eq!((code, values(&rows)), (1, vec![("A", "-")]));
    assert!(complaints[0].contains("'no name' is not an interface name"), "{complaints:?}");
    let why = "No such thing. (org.freedesktop.DBus.Error.UnknownInterface)";
    let expected = [
        format!("barebus: cannot read the properties of no name: {why}"),
        format!("barebus: cannot read A of no name: {why}"),
    ];
    assert_eq!(complaints[1..], expected);
}

/// The calls are outstanding at the same time, but no more than the system bus allows.
#[test]
fn many_properties_are_asked_for_in_batches_and_told_in_few_lines() {
    const MANY: usize = 1000;
    let properties: String = (0..MANY)
        .map(|number| format!("<property name='P{number}' type='y' access='read'/>"))
        .collect();
    let xml = format!("<node><interface name='a.b'>{properties}</interface></node>");
    let mut waiting: Vec<Sent> = Vec::new();
    let mut largest = 0;
    let (code, rows, complaints, answered) = introspect("batches", &xml, |peer, call| {
        if call.member() == "GetAll" {
            return peer.error(call, None, REFUSED, "No.");
        }
        let (_, property) = asked(call);
        let number: usize = property[1..].parse().unwrap();
        // Answered when the batch is complete: sequential calls would wait for ever.
        waiting.push(call.clone());
        if waiting.len() < 64 && number + 1 < MANY {
            return Vec::new();
        }
        largest = largest.max(waiting.len());
        let answers = waiting.drain(..).map(|call| {
            let (_, property) = asked(&call);
            match property.as_str() {
                "P0" => peer.reply(&call, None, &(AsVariant(7_u8),)),
                "P1" => peer.error(&call, None, "org.example.Other", ""),
                _ => peer.error(&call, None, REFUSED, "No."),
            }
        });
        answers.collect::<Vec<_>>().concat()
    });
    assert_eq!((code, answered, largest), (1, MANY + 1, 64));
    assert_eq!(values(&rows)[..2], [("P0", "7"), ("P1", "-")]);
    let expected = [
        format!("barebus: cannot read the properties of a.b: No. ({REFUSED})"),
        "barebus: cannot read P1 of a.b: org.example.Other".to_owned(),
        format!(
            "barebus: cannot read P2, P3, P4, P5, P6, P7, P8, P9, P10, P11 and 988 more of a.b: No. ({REFUSED})"
        ),
    ];
    assert_eq!(complaints, expected);
}

#[test]
fn a_descriptor_that_did_not_come_is_not_printed_as_a_value() {
    let xml = "<node><interface name='a.b'><property name='H' type='h' access='read'/><property name='S' type='s' access='read'/></interface></node>";
    let (code, rows, complaints, _) =
        introspect("no-descriptor", xml, |peer, call| match call.member() {
            "GetAll" => {
                let all = BTreeMap::from([("H", AsVariant(FdIndex(7)))]);
                peer.reply(call, None, &(all,))
            }
            _ => match asked(call) {
                (_, property) if property == "S" => peer.reply(call, None, &(AsVariant("x"),)),
                _ => peer.reply(call, None, &(AsVariant(FdIndex(0)),)),
            },
        });
    assert_eq!((code, values(&rows)), (1, vec![("H", "-"), ("S", "\"x\"")]));
    let expected = [
        "barebus: cannot read the properties of a.b: the reply to GetAll is unusable: there is no file descriptor 7: the message came with 0",
        "barebus: cannot read H of a.b: there is no file descriptor 0: the message came with 0",
    ];
    assert_eq!(complaints, expected);
}

#[test]
fn a_reply_with_a_descriptor_that_did_not_come_is_not_printed() {
    let folder = Folder::new("reply-without-descriptor");
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    let server = thread::spawn(move || {
        let mut peer = Peer::new(listener.accept().unwrap().0);
        assert!(peer.authenticate());
        let call = peer.called("M").unwrap();
        let reply = peer.reply(&call, None, &(FdIndex(0),));
        peer.write(&reply);
        peer.drain();
    });
    let mut command = Command::new(BAREBUS);
    command.args(["--peer", &format!("unix:path={}", folder.join("socket"))]);
    let words = ["a.b.M of a.b: ", "there is no file descriptor 0: the message came with 0"];
    refused(command.args(["call", "a.b", "/", "a.b", "M"]), 1, &words);
    server.join().unwrap();
}

#[test]
fn interfaces_and_members_can_be_deprecated() {
    let annotation = "<annotation name='org.freedesktop.DBus.Deprecated' value='true'/>";
    let xml = format!(
        "<node><interface name='a.b'>{annotation}<method name='M'/></interface><interface name='c.d'><signal name='S'>{annotation}</signal></interface><node name='new'/></node>"
    );
    let (code, rows, complaints, _) =
        introspect("deprecated", &xml, |_, call| panic!("{call:?} is not needed"));
    assert_eq!((code, complaints), (0, Vec::new()));
    let flags: Vec<_> = rows.iter().map(|row| (&*row[0], &*row[4])).collect();
    let expected = [("a.b", "deprecated"), (".M", "-"), ("c.d", "-"), (".S", "deprecated")];
    assert_eq!(flags, expected);
}

#[test]
fn what_the_specification_does_not_allow_is_read_with_a_warning() {
    let xml = "<node><interface name='a.b'>
<signal name='S'><arg type='s' direction='in'/><arg type='a{sv}' direction='\u{9b}31m'/></signal>
</interface></node>";
    let (code, rows, complaints, _) =
        introspect("warnings", xml, |_, call| panic!("{call:?} is not needed"));
    assert_eq!((code, &*rows[1]), (0, &[".S", "signal", "sa{sv}", "-", "-"].map(String::from)[..]));
    let expected = "barebus: warning: introspecting /org/example of org.example.Any: line 2, column 48: \
                    a.b.S: the direction '\\u{9b}31m' is neither 'in' nor 'out'";
    assert_eq!(complaints, [expected]);
}
