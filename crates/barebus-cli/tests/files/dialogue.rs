//! The program at the other end of two pipes: who writes a row and waits for its answer gets it.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use barebus::wire::Endian;
use barebus_tests::peer::PATIENCE;

use crate::common::BAREBUS;
use crate::support::{bytes, call, pcap};

struct Dialogue {
    child: Child,
    stdin: ChildStdin,
    /// What it writes, however much at a time.
    answers: Receiver<Vec<u8>>,
}

impl Dialogue {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(BAREBUS);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let (sender, answers) = channel();
        thread::spawn(move || {
            let mut buf = [0; 4096];
            while let Ok(len @ 1..) = stdout.read(&mut buf) {
                if sender.send(buf[..len].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, stdin, answers }
    }

    fn say(&mut self, bytes: &[u8]) {
        self.stdin.write_all(bytes).unwrap();
    }

    /// Waits until it has said this, and nothing else.
    #[track_caller]
    fn hear(&mut self, expected: &[u8]) {
        let mut heard = Vec::new();
        while heard.len() < expected.len() {
            match self.answers.recv_timeout(PATIENCE) {
                Ok(bytes) => heard.extend(bytes),
                Err(_) => {
                    let _ = self.child.kill();
                    panic!("it waits, and has said: {:?}", String::from_utf8_lossy(&heard));
                }
            }
        }
        assert_eq!(String::from_utf8_lossy(&heard), String::from_utf8_lossy(expected));
    }

    #[track_caller]
    fn end(mut self, code: i32) {
        drop(self.stdin);
        assert_eq!(self.child.wait().unwrap().code(), Some(code));
        assert_eq!(self.answers.iter().count(), 0);
    }
}

#[test]
fn each_row_is_answered_before_the_next_is_waited_for() {
    let row = |id: u32| format!("{id}\t{}\n", hex::encode(call(Endian::Little, "x")));
    let answer = |id: u32| format!("{id}\tVALID\t-\tthe message is valid\n");
    let mut dialogue = Dialogue::start(&["validate", "--tsv", "-"]);
    for id in 0..3 {
        dialogue.say(row(id).as_bytes());
        dialogue.hear(answer(id).as_bytes());
    }
    // The beginning of another does not keep it back.
    let two = row(3) + &row(4);
    let (first, rest) = two.split_at(row(3).len() + 5);
    dialogue.say(first.as_bytes());
    dialogue.hear(answer(3).as_bytes());
    dialogue.say(rest.as_bytes());
    dialogue.hear(answer(4).as_bytes());
    dialogue.end(0);
}

#[test]
fn each_message_is_judged_and_decoded_before_the_next_is_waited_for() {
    let message = call(Endian::Big, "text");
    let raw = message.clone();
    let hex = hex::encode(&message).into_bytes();
    let packet = pcap(std::slice::from_ref(&message), usize::MAX).split_off(24);
    for (format, head, said) in [
        ("auto", &[][..], &raw),
        ("raw", &[], &raw),
        ("hex", &[], &hex),
        ("pcap", &pcap(&[], 0), &packet),
    ] {
        for form in ["--json", "--text", "--gvariant"] {
            let line = bytes(&["decode", form, "-"], &message);
            let mut dialogue = Dialogue::start(&["decode", form, "--format", format, "-"]);
            dialogue.say(head);
            for _ in 0..3 {
                dialogue.say(said);
                dialogue.hear(&line);
            }
            dialogue.end(0);
        }
        let mut dialogue = Dialogue::start(&["validate", "--format", format, "-"]);
        dialogue.say(head);
        let mut at = head.len();
        for _ in 0..3 {
            dialogue.say(said);
            at += if format == "pcap" { 16 } else { 0 };
            let line = format!("VALID\t-\tthe message is valid\tstandard input\t{at}\n");
            dialogue.hear(line.as_bytes());
            at += message.len();
        }
        dialogue.end(0);
    }
}

#[test]
fn each_text_is_encoded_before_the_next_is_waited_for() {
    let message = call(Endian::Big, "text");
    let hex = hex::encode(&message) + "\n";
    for form in ["--json", "--text", "--gvariant"] {
        let mut text = bytes(&["decode", form, "-"], &message);
        if form == "--json" {
            // An object ends with its brace.
            text.pop();
        }
        for (option, answer) in [(None, &*message), (Some("--hex"), hex.as_bytes())] {
            let arguments: Vec<_> = ["encode", form, "-"].into_iter().chain(option).collect();
            let mut dialogue = Dialogue::start(&arguments);
            for _ in 0..3 {
                dialogue.say(&text);
                dialogue.hear(answer);
            }
            dialogue.end(0);
        }
    }
}

#[test]
fn whoever_no_longer_listens_is_not_waited_for() {
    let mut command = Command::new(BAREBUS);
    command.args(["validate", "--tsv", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    // Its standard input stays open. A program that another test starts holds our ends of the pipes for the moment that passes
    // before it becomes another: what is answered then is written to the pipe as if somebody listened.
    let ends = (0..60_000).any(|_| {
        let _ = stdin.write_all(b"1\t6c01\n");
        thread::sleep(Duration::from_millis(10));
        child.try_wait().unwrap().is_some()
    });
    assert!(ends, "it goes on without anybody who listens");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(5), &b""[..]));
    drop(stdin);
}
