//! Builds the programs of `tests/proofs`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Profiles of `tests/proofs`: `opt-level` 3 and `z`.
pub const PROFILES: [&str; 2] = ["release", "tiny"];

/// Builds a program with one of the [`PROFILES`], and with the feature `broken` if it must not link.
pub fn build(binary: &str, profile: &str, is_broken: bool) -> Output {
    Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--bin", binary, "--profile", profile])
        .args(is_broken.then_some("--features=broken"))
        .current_dir(folder())
        // The profile that is being tested must not meet this build's flags.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_TARGET_DIR", target(is_broken))
        .output()
        .unwrap()
}

/// A program that must link.
pub fn built(binary: &str, profile: &str) -> PathBuf {
    let output = build(binary, profile, false);
    assert!(output.status.success(), "{profile}: {}", String::from_utf8_lossy(&output.stderr));
    target(false).join(profile).join(binary)
}

/// Checks that the program does not link if there is a path to a panic, and that the linker then names `function`.
pub fn assert_panic_is_found(binary: &str, function: &str) {
    for profile in PROFILES {
        let output = build(binary, profile, true);
        assert!(!output.status.success(), "{profile}");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(complaint.contains(function), "{profile}: {complaint}");
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs")
}

fn target(is_broken: bool) -> PathBuf {
    folder().join("target").join(if is_broken { "broken" } else { "sound" })
}
