//! `barebus validate`.

use std::fs;
use std::io::{BufWriter, Write};
use std::process::Command;

use barebus::wire::{DecodeErrorKind, Endian, Message};
use barebus_tests::corpus::Corpus;
use barebus_tests::golden;

use crate::common::{BAREBUS, Folder, refused};
use crate::support::{Noise, bad_boolean, call, many, pcap, run};

const VALID: &str = "VALID\t-\tthe message is valid";

#[test]
fn says_valid_incomplete_or_which_rule_is_broken_where() {
    let folder = Folder::new("verdicts");
    let file = folder.join("message");
    let valid = call(Endian::Big, "text");
    let (boolean, at) = bad_boolean();
    let half = valid.len() / 2;
    for (bytes, code, verdict) in [
        (&valid[..], 0, VALID.to_owned()),
        (&valid[..half], 1, format!("INCOMPLETE\t{half}\tthe message is incomplete")),
        (&[], 1, "INCOMPLETE\t0\tthe message is incomplete".to_owned()),
        (&boolean, 1, format!("BadBoolean\t{at}\ta boolean is neither 0 nor 1")),
        (b"\x01", 1, "UnknownByteOrder\t0\tthe byte order mark is neither 'l' nor 'B'".to_owned()),
        (b"Byte", 1, "ProtocolVersion\t3\tthe protocol version is not 1".to_owned()),
    ] {
        fs::write(&file, bytes).unwrap();
        let ran = run(&["validate", &file], b"");
        assert_eq!((ran.code, &*ran.err), (code, ""), "{verdict}");
        assert_eq!(ran.out, format!("{verdict}\t{file}\t0\n"));
    }
}

#[test]
fn judges_each_message_of_a_stream_up_to_where_none_can_be_framed() {
    let (boolean, at) = bad_boolean();
    let first = call(Endian::Little, "one");
    let stream = [&*first, &boolean, &first, b"nonsense", &first].concat();
    let ran = run(&["validate", "-"], &stream);
    let lines = [
        format!("{VALID}\tstandard input\t0"),
        format!("BadBoolean\t{at}\ta boolean is neither 0 nor 1\tstandard input\t{}", first.len()),
        format!("{VALID}\tstandard input\t{}", first.len() + boolean.len()),
        format!(
            "UnknownByteOrder\t0\tthe byte order mark is neither 'l' nor 'B'\tstandard input\t{}",
            2 * first.len() + boolean.len()
        ),
    ];
    assert_eq!(ran.out.lines().collect::<Vec<_>>(), lines);
    assert_eq!((ran.code, &*ran.err), (1, ""));
}

#[test]
fn reads_hexadecimal_text_and_captures_as_it_reads_bytes() {
    let messages = many(20);
    let stream = messages.concat();
    let expected = run(&["validate", "-"], &stream);
    assert_eq!(expected.code, 0, "{}", expected.out);
    assert_eq!(expected.out.lines().count(), 20);
    let hex = format!("# twenty messages\n{}\n", hex::encode(&stream));
    assert_eq!(run(&["validate", "-"], hex.as_bytes()).out, expected.out);
    let packets = run(&["validate", "-"], &pcap(&messages, usize::MAX));
    assert_eq!(packets.code, 0);
    assert_eq!(packets.out.lines().filter(|line| line.starts_with(VALID)).count(), 20);
    // An empty capture has no invalid message.
    assert_eq!(run(&["validate", "-"], &pcap(&[], 0)).code, 0);
}

#[test]
fn takes_the_users_word_for_the_layout() {
    let message = call(Endian::Little, "x");
    let hex = hex::encode(&message);
    assert_eq!(run(&["validate", "--format", "raw", "-"], &message).code, 0);
    assert_eq!(run(&["validate", "--format", "hex", "-"], hex.as_bytes()).code, 0);
    let ran = run(&["validate", "--format", "hex", "-"], &message);
    assert!(ran.out.starts_with("NotHex\t0\t'l' is not a hexadecimal digit\t"), "{}", ran.out);
    let ran = run(&["validate", "--format", "raw", "-"], hex.as_bytes());
    assert!(ran.out.starts_with("UnknownByteOrder\t0\t"), "{}", ran.out);
    let ran = run(&["validate", "--format", "pcap", "-"], &message);
    assert_eq!((ran.code, &*ran.out), (5, ""));
}

#[test]
fn tells_a_message_that_the_capture_has_cut() {
    let message = call(Endian::Little, "a long text");
    let ran = run(&["validate", "-"], &pcap(std::slice::from_ref(&message), 20));
    let sentence = format!("the capture kept 20 of the message's {} bytes", message.len());
    assert_eq!(ran.out, format!("INCOMPLETE\t20\t{sentence}\tstandard input\t40\n"));
    assert_eq!(ran.code, 1);
}

#[test]
fn a_capture_that_is_broken_is_a_file_that_cannot_be_read() {
    let file = pcap(&[call(Endian::Little, "x")], usize::MAX);
    let ran = run(&["validate", "-"], &file[..file.len() - 1]);
    assert_eq!((ran.code, &*ran.out), (5, ""));
    assert!(ran.err.starts_with("barebus: cannot read standard input: "), "{}", ran.err);
    assert!(ran.err.contains("ends inside what begins at offset 24"), "{}", ran.err);
}

#[test]
fn a_file_that_is_not_there_does_not_keep_the_others_from_being_judged() {
    let folder = Folder::new("absent");
    let file = folder.join("message");
    fs::write(&file, call(Endian::Little, "x")).unwrap();
    let absent = folder.join("absent");
    let ran = run(&["validate", &absent, &file], b"");
    assert_eq!((ran.code, ran.out), (5, format!("{VALID}\t{file}\t0\n")));
    assert_eq!(
        ran.err,
        format!("barebus: cannot read {absent}: No such file or directory (os error 2)\n")
    );
    let mut command = Command::new(BAREBUS);
    refused(command.args(["validate", "--tsv", &absent]), 5, &["cannot read", &absent]);
    let mut command = Command::new(BAREBUS);
    refused(command.args(["validate", "/"]), 5, &["cannot read /", "directory"]);
}

#[test]
fn rows_are_answered_one_for_one() {
    let valid = hex::encode(call(Endian::Little, "x"));
    let (boolean, at) = bad_boolean();
    let rows = [
        "# id\tverdict\thex".to_owned(),
        format!("1\t{valid}"),
        String::new(),
        format!("two\tanything at all\t{}\r", valid.to_uppercase()),
        format!("3\tVALID\t{}", hex::encode(boolean)),
        format!("4\t{valid}00"),
        "5\t".to_owned(),
        "5\t6c".to_owned(),
        "6\t6c0".to_owned(),
        "7\t6c 1".to_owned(),
        "7\t6c 02".to_owned(),
        "8".to_owned(),
        format!("\u{1b}[31m\t{valid}"),
        format!("last, without an end\tx\ty\t{valid}"),
    ];
    let ran = run(&["validate", "--tsv", "-"], rows.join("\n").as_bytes());
    let lines = [
        format!("1\t{VALID}"),
        format!("two\t{VALID}"),
        format!("3\tBadBoolean\t{at}\ta boolean is neither 0 nor 1"),
        format!("4\tSurplusBytes\t{}\tbytes follow the message's end", valid.len() / 2),
        "5\tINCOMPLETE\t0\tthe message is incomplete".to_owned(),
        "5\tINCOMPLETE\t1\tthe message is incomplete".to_owned(),
        "6\tNotHex\t3\ta byte has only one digit".to_owned(),
        "7\tNotHex\t2\t' ' is not a hexadecimal digit".to_owned(),
        "7\tNotHex\t2\t' ' is not a hexadecimal digit".to_owned(),
        "8\tNotHex\t0\tthe row has no tab with hexadecimal digits after it".to_owned(),
        format!("\u{1b}[31m\t{VALID}"),
        format!("last, without an end\t{VALID}"),
    ];
    assert_eq!(ran.out.lines().collect::<Vec<_>>(), lines);
    assert_eq!((ran.code, &*ran.err), (1, ""));
    let ran = run(&["validate", "--tsv", "-"], format!("1\t{valid}\n").as_bytes());
    assert_eq!(ran.code, 0);
}

#[test]
fn identifiers_come_back_byte_for_byte_but_to_a_terminal() {
    let folder = Folder::new("identifiers");
    let file = folder.join("rows");
    let ids: [&[u8]; 4] = [b"\xff\xfe \x80", b"", b"\x1b[31m\x00\xe2\x80\xa8", "é".as_bytes()];
    let rows = |columns: &[u8]| ids.map(|id| [id, columns, b"\n"].concat()).concat();
    fs::write(&file, rows(b"\t6c01")).unwrap();
    let validate = format!("'{BAREBUS}' validate --tsv '{file}'");
    let output = Command::new("sh").args(["-c", &validate]).output().unwrap();
    assert_eq!(output.stdout, rows(b"\tINCOMPLETE\t2\tthe message is incomplete"));
    let output = Command::new("script").args(["-qec", &validate, "/dev/null"]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let shown: Vec<_> = shown.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(shown, ["\u{fffd}\u{fffd} \u{fffd}", "", r"\u{1b}[31m\u{0}\u{2028}", "é"]);
}

/// Rows of valid messages and of the same with a byte changed or the end cut off, and what the library says of each.
#[test]
fn every_verdict_is_the_librarys() {
    let mut noise = Noise(7);
    let mut rows = String::new();
    let mut expected = Vec::new();
    for mut message in many(2000) {
        match noise.below(4) {
            0 => {}
            1 => message.truncate(noise.below(message.len())),
            _ => {
                let at = noise.below(message.len());
                message[at] = noise.next().to_le_bytes()[3];
            }
        }
        let verdict = match Message::parse(&message).and_then(|message| message.validate()) {
            Ok(()) => "VALID\t-".to_owned(),
            Err(error) if error.kind == DecodeErrorKind::Incomplete => {
                format!("INCOMPLETE\t{}", error.at)
            }
            Err(error) => format!("{}\t{}", error.kind.name(), error.at),
        };
        rows += &format!("{}\t{}\n", expected.len(), hex::encode(message));
        expected.push(format!("{}\t{verdict}\t", expected.len()));
    }
    let ran = run(&["validate", "--tsv", "-"], rows.as_bytes());
    let kinds = |word: &str| expected.iter().filter(|line| line.contains(word)).count();
    assert!(kinds("VALID") > 400 && kinds("INCOMPLETE") > 400, "a poor choice of messages");
    assert_eq!(ran.out.lines().count(), expected.len());
    for (line, expected) in ran.out.lines().zip(expected) {
        assert!(line.starts_with(&expected), "{line}, expected {expected}");
    }
}

#[test]
fn files_may_be_larger_than_memory() {
    let folder = Folder::new("large");
    let file = folder.join("messages");
    let some = many(100).concat();
    let count = 24 * 1024 * 1024 / some.len();
    let mut writer = BufWriter::new(fs::File::create(&file).unwrap());
    for _ in 0..count {
        writer.write_all(&some).unwrap();
    }
    drop(writer);
    // In KiB: less than the file has.
    let limited = format!("ulimit -v 20480 && '{BAREBUS}' validate '{file}' | cut -f 1 | uniq -c");
    let output = Command::new("sh").args(["-c", &limited]).output().unwrap();
    let counted = String::from_utf8_lossy(&output.stdout);
    let expected = format!("{} VALID", count * 100);
    assert_eq!(counted.trim(), expected, "{output:?}");
}

/// The corpus is outside of the tree. If it is missing, `Corpus::find` says so.
#[test]
fn agrees_with_libdbus_on_what_is_valid_and_what_is_incomplete() {
    // Their SIGNATURE field's code was turned into 10, so that there is a body and no signature: the specification forbids that.
    const NOT_FOLLOWED: [u32; 2] = [6964, 11877];
    let Some(corpus) = Corpus::find() else { return };
    let judged = corpus.judged();
    let row = |row: &barebus_tests::corpus::Judged| {
        format!("{}\t{}\t{}\n", row.seq, row.verdict, hex::encode(&row.bytes))
    };
    let rows: String = judged.iter().map(row).collect();
    let ran = run(&["validate", "--tsv", "-"], rows.as_bytes());
    assert_eq!(ran.out.lines().count(), judged.len());
    for (line, row) in ran.out.lines().zip(&judged) {
        let [id, verdict, ..] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert_eq!(id, row.seq.to_string());
        let coarse = |word| if ["VALID", "INCOMPLETE"].contains(&word) { word } else { "invalid" };
        let agrees = coarse(verdict) == coarse(&row.verdict);
        assert!(agrees || NOT_FOLLOWED.contains(&row.seq), "{line}, expected {}", row.verdict);
    }
}

#[test]
fn an_announced_length_costs_nothing() {
    // 128 MiB, of which 16 bytes are there.
    let mut message = golden::call(Endian::Little, "", "");
    message[4..8].copy_from_slice(&0x07ff_0000_u32.to_le_bytes());
    let folder = Folder::new("announced");
    let file = folder.join("message");
    fs::write(&file, &message[..16]).unwrap();
    // In KiB: too little for the length announced.
    let limited = format!("ulimit -v 65536 && exec '{BAREBUS}' validate '{file}'");
    let output = Command::new("sh").args(["-c", &limited]).output().unwrap();
    let verdict = String::from_utf8_lossy(&output.stdout);
    assert!(verdict.starts_with("INCOMPLETE\t16\t"), "{output:?}");
}
