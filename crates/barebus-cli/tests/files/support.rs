//! Messages, and files with them.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use barebus::wire::Endian;
use barebus_tests::generators::{self, Source};
use barebus_tests::golden;

use crate::common::{BAREBUS, text};

/// Result of a run of the program.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program with `input` as its standard input.
pub(crate) fn run(arguments: &[&str], input: &[u8]) -> Ran {
    let Output { status, stdout, stderr } = output(arguments, input);
    Ran { code: status.code().expect("it ends by itself"), out: text(stdout), err: text(stderr) }
}

/// The bytes that the program prints.
pub(crate) fn bytes(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let Output { status, stdout, stderr } = output(arguments, input);
    assert!(status.success(), "{arguments:?}: {}", text(stderr));
    stdout
}

fn output(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(BAREBUS);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // It may end before it has read all.
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().unwrap()
    })
}

/// A call with the string `text` for its argument.
pub(crate) fn call(endian: Endian, argument: &str) -> Vec<u8> {
    let mut body = Vec::new();
    let len = u32::try_from(argument.len()).unwrap();
    body.extend(match endian {
        Endian::Little => len.to_le_bytes(),
        Endian::Big => len.to_be_bytes(),
    });
    body.extend(argument.bytes());
    body.push(0);
    golden::call_of(endian, "s", &body)
}

/// A call whose argument is a boolean that is 2, and where.
pub(crate) fn bad_boolean() -> (Vec<u8>, usize) {
    let message = golden::call(Endian::Little, "b", "02000000");
    let at = message.len() - 4;
    (message, at)
}

/// Reproducible valid messages of all kinds.
pub(crate) fn many(count: usize) -> Vec<Vec<u8>> {
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    (0..count)
        .map(|_| generators::encode(&generators::message(&mut Source::new(&noise.bytes(400)))))
        .collect()
}

/// Pseudorandom numbers (xorshift64).
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_le_bytes()[4]).collect()
    }
}

/// A pcap file of these messages, of which at most `kept` bytes are kept.
pub(crate) fn pcap(messages: &[Vec<u8>], kept: usize) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 1 << 27, 231] {
        file.extend(word.to_le_bytes());
    }
    for message in messages {
        let bytes = &message[..kept.min(message.len())];
        let [len, original] = [bytes.len(), message.len()].map(|len| u32::try_from(len).unwrap());
        for word in [1_700_000_000, 0, len, original] {
            file.extend(word.to_le_bytes());
        }
        file.extend(bytes);
    }
    file
}
