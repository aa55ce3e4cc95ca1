//! `cargo xtask differential`: the same messages judged by barebus and by other parsers.

use crate::packages;
use crate::run::{Failure, cargo, run};

/// Compares all parsers, and prints how often they differ.
///
/// # Errors
/// A library is missing, or a parser differs in another way than `cases.tsv` shows.
pub(crate) fn compare() -> Result<(), Failure> {
    packages::need(&[
        "cc",
        "/usr/include/dbus-1.0/dbus/dbus.h",
        "/usr/include/systemd/sd-bus.h",
        "/usr/include/glib-2.0/gio/gdbusmessage.h",
    ])?;
    let mut tests = cargo();
    tests.args(["test", "--release", "--manifest-path", "fuzz/differential/Cargo.toml"]);
    run(tests.args(["--", "--nocapture"]))
}
