//! `barebus decode` and `barebus encode`.

use std::fs;
use std::process::Command;

use barebus::wire::{Endian, Serial};
use barebus::{FdIndex, MemberName, MethodCall, ObjectPath};
use barebus_tests::peer;

use crate::common::{BAREBUS, Folder, refused};
use crate::support::{bad_boolean, bytes, call, many, pcap, run};

const FORMS: [&str; 3] = ["--json", "--text", "--gvariant"];

#[test]
fn what_is_decoded_is_encoded_to_the_same_bytes() {
    let messages = many(500);
    let stream = messages.concat();
    for form in FORMS {
        let decoded = run(&["decode", form, "-"], &stream);
        assert_eq!((decoded.code, &*decoded.err), (0, ""));
        assert_eq!(decoded.out.lines().count(), messages.len(), "a line for each");
        for (line, message) in decoded.out.lines().zip(&messages) {
            assert!(!line.contains(char::is_control), "{line:?}");
            // Which NaN it was, GVariant's form does not tell.
            if form == "--gvariant" && line.contains("nan") {
                continue;
            }
            // Once for each is slow; every line stands for itself, so that a few are enough here.
            if message.len() % 7 == 0 {
                assert_eq!(bytes(&["encode", form, "-"], line.as_bytes()), *message, "{line}");
            }
        }
        if form != "--gvariant" {
            assert_eq!(bytes(&["encode", form, "-"], decoded.out.as_bytes()), stream);
        }
    }
}

#[test]
fn json_is_what_happens_without_option() {
    let message = call(Endian::Big, "é\u{1b}");
    let json = run(&["decode", "-"], &message).out;
    assert_eq!(json, run(&["decode", "--json", "-"], &message).out);
    assert_eq!(
        json,
        concat!(
            r#"{"type":"method_call","endian":"B","flags":0,"version":1,"serial":1,"path":"/","#,
            r#""member":"M","signature":"s","body":{"type":"s","data":["é\u001b"]}}"#,
            "\n"
        )
    );
    assert_eq!(bytes(&["encode", "-"], json.as_bytes()), message);
}

#[test]
fn a_form_has_the_same_name_as_everywhere() {
    let message = call(Endian::Little, "two words");
    let decode = |form: &str| {
        let ran = run(&["decode", "-o", form, "-"], &message);
        assert_eq!((ran.code, &*ran.err), (0, ""), "{form}");
        ran.out
    };
    for (form, option) in [("json", "--json"), ("text", "--text"), ("gvariant", "--gvariant")] {
        assert_eq!(decode(form), run(&["decode", option, "-"], &message).out);
        assert_eq!(bytes(&["encode", "-o", form, "-"], decode(form).as_bytes()), message);
    }
    let pretty = decode("json-pretty");
    assert!(pretty.starts_with("{\n\t\"type\" : \"method_call\",\n"), "{pretty}");
    assert_eq!(bytes(&["encode", "-"], pretty.as_bytes()), message);
    assert_eq!(decode("plain"), "two words\n");
    let verbose = decode("verbose");
    assert!(
        verbose.starts_with("‣ Type=method_call  Endian=l  Flags=0  Version=1 Cookie=1"),
        "{verbose}"
    );
    assert!(
        verbose.contains("  MESSAGE \"s\" {\n          STRING \"two words\";\n  };\n"),
        "{verbose}"
    );
    for arguments in [["decode", "-o", "table", "-"], ["encode", "-o", "plain", "-"]] {
        let ran = run(&arguments, &message);
        assert_eq!((ran.code, &*ran.out), (2, ""));
        assert!(ran.err.contains("the forms are json, json-pretty, text, gvariant"), "{}", ran.err);
    }
}

#[test]
fn lines_have_the_header_in_words() {
    let message = call(Endian::Big, "é\u{1b}");
    let header = "method_call endian=B serial=1 path=/ member=M signature=s : ";
    let text = run(&["decode", "--text", "-"], &message).out;
    assert_eq!(text, format!("{header}s \"\\303\\251\\033\"\n"));
    let gvariant = run(&["decode", "--gvariant", "-"], &message).out;
    assert_eq!(gvariant, format!("{header}('é\\u001b',)\n"));
}

#[test]
fn hexadecimal_text_and_captures_are_decoded_and_encoded_alike() {
    let messages = many(30);
    let stream = messages.concat();
    let decoded = run(&["decode", "-"], &stream).out;
    assert_eq!(run(&["decode", "-"], hex::encode(&stream).as_bytes()).out, decoded);
    assert_eq!(run(&["decode", "-"], &pcap(&messages, usize::MAX)).out, decoded);
    let hex = run(&["encode", "--hex", "-"], decoded.as_bytes()).out;
    let lines: String = messages.iter().map(|message| hex::encode(message) + "\n").collect();
    assert_eq!(hex, lines);
}

#[test]
fn several_files_come_one_behind_the_other() {
    let folder = Folder::new("several");
    let files = ["one", "two"].map(|name| {
        let file = folder.join(name);
        fs::write(&file, call(Endian::Little, name)).unwrap();
        file
    });
    let decoded =
        run(&["decode", "--text", &files[0], "-", &files[1]], &call(Endian::Little, "stdin"));
    let said: Vec<_> = decoded.out.lines().filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(said, ["one", "stdin", "two"]);
}

#[test]
fn an_invalid_message_is_told_and_the_others_are_decoded() {
    let (boolean, at) = bad_boolean();
    let good = call(Endian::Little, "good");
    let stream = [&*good, &boolean, &good, &good[..5]].concat();
    let ran = run(&["decode", "--text", "-"], &stream);
    assert_eq!((ran.code, ran.out.lines().count()), (1, 2));
    let complaint = |offset, what: &str| {
        format!("barebus: standard input: message at offset {offset}: {what}\n")
    };
    let expected = [
        complaint(good.len(), &format!("a boolean is neither 0 nor 1 at byte {at}")),
        complaint(2 * good.len() + boolean.len(), "the message is incomplete at byte 5"),
    ];
    assert_eq!(ran.err, expected.concat());
}

#[test]
fn a_message_that_refers_to_a_descriptor_that_did_not_come_is_told() {
    // A capture holds no descriptors, but its headers tell how many there were.
    let message = |fds: u32| {
        let mut call =
            MethodCall::checked(ObjectPath::from_static("/"), MemberName::from_static("M"));
        call.unix_fds = fds;
        peer::message(&call.header(Serial::FIRST), &(FdIndex(1),))
    };
    let messages = [message(2), message(1), message(3)];
    for form in FORMS {
        let ran = run(&["decode", form, "-"], &pcap(&messages, usize::MAX));
        assert_eq!((ran.code, ran.out.lines().count()), (1, 2), "{}", ran.out);
        let at = 24 + 16 + messages[0].len() + 16;
        let why = "there is no file descriptor 1: the message came with 1";
        assert_eq!(ran.err, format!("barebus: standard input: message at offset {at}: {why}\n"));
    }
}

#[test]
fn what_is_no_file_of_messages_is_told() {
    let ran = run(&["decode", "-"], b"\x7fELF and so on");
    assert_eq!((ran.code, &*ran.out), (1, ""));
    assert_eq!(
        ran.err,
        "barebus: standard input: not messages, hexadecimal text, pcap or pcapng\n"
    );
    let ran = run(&["decode", "-"], &pcap(&[call(Endian::Little, "long")], 30));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("the capture kept 30 of the message's"), "{}", ran.err);
    let mut command = Command::new(BAREBUS);
    refused(command.args(["decode", "/no/such/file"]), 5, &["cannot read /no/such/file"]);
}

#[test]
fn encode_tells_which_message_is_wrong_where_and_writes_those_before_it() {
    let good = run(&["decode", "-"], &call(Endian::Little, "good")).out;
    let text = format!("{good}\n\n  {}", good.replace("\"good\"", "7"));
    let ran = run(&["encode", "--hex", "-"], text.as_bytes());
    assert_eq!((ran.code, ran.out), (1, hex::encode(call(Endian::Little, "good")) + "\n"));
    let expected =
        "barebus: standard input, from line 4: body.data[0]: not the right kind of value";
    assert!(ran.err.starts_with(expected), "{}", ran.err);
    // Of what is no JSON, the place in the file.
    let ran = run(&["encode", "-"], format!("{good} {{\"type\":\n  no}}").as_bytes());
    assert_eq!(ran.code, 1);
    let expected = "barebus: standard input, from line 2: line 3, column 4: not JSON";
    assert!(ran.err.starts_with(expected), "{}", ran.err);
    let ran = run(&["encode", "-"], b"  }");
    assert!(ran.err.contains("from line 1: line 1, column 3: not JSON"), "{}", ran.err);
    let ran = run(&["encode", "--text", "-"], b"# comment\n\nsignal serial=1 path=/\n");
    let expected = "barebus: standard input, from line 3: the header has no INTERFACE\n";
    assert_eq!((ran.code, &*ran.err), (1, expected));
    let ran = run(&["encode", "-"], b"{\"\xff\":1}");
    assert_eq!(ran.err, "barebus: standard input, from line 1: the text is not UTF-8\n");
    let mut command = Command::new(BAREBUS);
    refused(command.args(["encode", "/no/such/file"]), 5, &["cannot read /no/such/file"]);
}

#[test]
fn deep_text_is_refused_without_a_crash() {
    let deep = 100_000;
    for (form, text) in [
        ("--json", "[".repeat(deep)),
        ("--json", format!("{{\"type\":{}", "{\"a\":".repeat(deep))),
        ("--text", format!("error : v {}", "v ".repeat(deep))),
        ("--gvariant", format!("signal signature=v : {}", "<".repeat(deep))),
        ("--gvariant", format!("signal signature=v : {}", "((".repeat(deep))),
    ] {
        let ran = run(&["encode", form, "-"], text.as_bytes());
        assert_eq!((ran.code, ran.err.lines().count()), (1, 1), "{form}: {}", ran.err);
        assert!(ran.err.len() < 1000, "{}", ran.err);
    }
}

#[test]
fn messages_are_not_written_to_a_terminal() {
    // script(1) gives it one.
    let command = format!("echo '{{}}' | '{BAREBUS}' encode -");
    let output = Command::new("script").args(["-qec", &command, "/dev/null"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("messages are not for terminals"), "{output:?}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure_to_be_told() {
    let folder = Folder::new("enough");
    let file = folder.join("messages");
    fs::write(&file, many(5000).concat()).unwrap();
    let pipe = format!("'{BAREBUS}' decode '{file}' | head -n 1 | wc -l");
    let output = Command::new("sh").args(["-c", &pipe]).output().unwrap();
    assert_eq!(output.stdout, b"1\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
