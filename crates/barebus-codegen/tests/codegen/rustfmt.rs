//! rustfmt does not change generated code.

use std::io::Write;
use std::process::{Command, Stdio};

use barebus_codegen::{Module, Options, Source, generate};

use crate::random::Random;

/// The output of rustfmt for `text`.
fn formatted(text: &str, config: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", config])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run rustfmt: {error}; install it with rustup"));
    rustfmt.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = rustfmt.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn check(module: &Module, config: &str) {
    for text in [module.to_file(), module.to_item()] {
        let formatted = formatted(&text, config);
        let differs = text.lines().zip(formatted.lines()).position(|(a, b)| a != b);
        if let Some(line) = differs {
            let part = |text: &str| {
                text.lines().skip(line.saturating_sub(4)).take(12).collect::<Vec<_>>().join("\n")
            };
            panic!("generated:\n{}\n\nrustfmt:\n{}", part(&text), part(&formatted));
        }
        assert_eq!(text, formatted);
    }
}

/// rustfmt's default, and the widest.
const CONFIGS: [(usize, &str); 2] =
    [(60, "use_small_heuristics=Default"), (100, "use_small_heuristics=Max")];

#[test]
fn changes_nothing_of_random_definitions() {
    let sources = [Source::new("random", Random::new(1).document(1500))
        .object("org.example.Random", "/org/example/Random")];
    for (call_width, config) in CONFIGS {
        let options = Options { call_width, ..Options::default() };
        check(&generate(&sources, &options).unwrap()[0], config);
    }
}
