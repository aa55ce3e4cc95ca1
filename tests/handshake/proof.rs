//! Builds and runs `tests/proofs/src/bin/no_panic_sasl.rs`: the crate has no path to a panic.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn proofs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs")
}

fn target(features: &str) -> PathBuf {
    proofs().join("target").join(if features.is_empty() { "sound" } else { features })
}

fn build(profile: &str, features: &str) -> Output {
    Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--bin", "no_panic_sasl"])
        .args(["--profile", profile, "--features", features])
        .current_dir(proofs())
        // The profile under test must not get the flags of this build.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_TARGET_DIR", target(features))
        .output()
        .unwrap()
}

#[test]
fn links_because_no_path_to_a_panic_is_left() {
    for profile in ["release", "tiny"] {
        let output = build(profile, "");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let program = target("").join(profile).join("no_panic_sasl");
        let mut running = Command::new(program).stdin(Stdio::piped()).spawn().unwrap();
        let conversation = b"\0AUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";
        running.stdin.take().unwrap().write_all(conversation).unwrap();
        assert_eq!(running.wait().unwrap().code(), Some(0));
    }
    // The check works: with an index out of bounds it fails.
    let output = build("release", "broken");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("barebus_sasl_can_panic"));
}
