//! Builds and runs `tests/proofs/src/bin/no_panic_sasl.rs`: the crate has no path to a panic.

use std::io::Write;
use std::process::{Command, Stdio};

use barebus_tests::proofs::{PROFILES, assert_panic_is_found, built};

#[test]
fn links_because_no_path_to_a_panic_is_left() {
    for profile in PROFILES {
        let program = built("no_panic_sasl", profile);
        let mut running = Command::new(program).stdin(Stdio::piped()).spawn().unwrap();
        let conversation = b"\0AUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";
        running.stdin.take().unwrap().write_all(conversation).unwrap();
        assert_eq!(running.wait().unwrap().code(), Some(0));
    }
    assert_panic_is_found("no_panic_sasl", "barebus_sasl_can_panic");
}
