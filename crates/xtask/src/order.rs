//! `cargo xtask order`: the functions that frequent invocations of the program run, as a linker script that puts them side by side.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use barebus_box::SystemdBox;

use crate::packages;
use crate::run::{Failure, cargo, run, top};

const SYSTEMD: &str = "org.freedesktop.systemd1";
const MANAGER: [&str; 2] = [SYSTEMD, "/org/freedesktop/systemd1"];

/// The invocations; what the first ones run stands first.
const INVOCATIONS: &[&[&str]] = &[
    &["call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetId"],
    &["introspect", MANAGER[0], MANAGER[1]],
    &["list"],
    &[
        "get-property",
        MANAGER[0],
        MANAGER[1],
        "org.freedesktop.systemd1.Manager",
        "Version",
        "NNames",
    ],
    &["tree", SYSTEMD],
    &["unit", "is-active", "dbus.service"],
];

const FILE: &str = "crates/barebus-cli/order.ld";

/// Writes [`FILE`].
///
/// # Errors
/// valgrind is missing, or something cannot be built, booted or run.
pub(crate) fn write() -> Result<(), Failure> {
    packages::need(&["valgrind"])?;
    run(cargo().args(["build", "--release", "-p", "barebus-cli"]))?;
    let the_box = SystemdBox::boot()?;
    let profile = top().join("target/order.callgrind");
    let mut known = BTreeSet::new();
    let mut script = String::from(
        "/* The functions that frequent invocations run, without the hashes in their names. `cargo xtask order` writes this file. */\n\
         SECTIONS {\n  .text.start : {\n",
    );
    for invocation in INVOCATIONS {
        count(invocation, the_box.system_bus_address(), &profile)?;
        script.push_str(&format!("    /* {} */\n", invocation.join(" ")));
        let functions = functions(&fs::read_to_string(&profile)?);
        for function in functions.difference(&known) {
            // Functions that are called seldom have a section of the second kind.
            script.push_str(&format!("    *(.text.{function} .text.unlikely.{function})\n"));
        }
        known.extend(functions);
    }
    script.push_str("  }\n} INSERT BEFORE .text;\n");
    fs::write(top().join(FILE), script)?;
    println!("xtask: {} functions are in {FILE}", known.len());
    Ok(())
}

/// Runs the program with valgrind, which writes the profile.
fn count(invocation: &[&str], address: &str, profile: &Path) -> Result<(), Failure> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["-q", "--tool=callgrind", "--demangle=no", "--compress-strings=no"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(top().join("target/release/barebus"))
        .args(["--address", address])
        .args(invocation);
    run(valgrind.stdout(Stdio::null()))
}

/// The Rust functions in a profile, and the C library's way into them, as patterns.
fn functions(profile: &str) -> BTreeSet<String> {
    let names = profile.lines().filter_map(|line| line.strip_prefix("fn="));
    let is_ours =
        |name: &&str| *name == "main" || name.starts_with("_ZN") || name.starts_with("_R");
    names.filter(is_ours).map(pattern).collect()
}

/// A function's name with a star in place of each hash, which differs between compilers, and of what follows the name.
fn pattern(name: &str) -> String {
    // What the compiler and valgrind add to a name.
    let name = name.split(".llvm.").next().unwrap_or(name);
    let name = name.split('\'').next().unwrap_or(name);
    let pattern = match name.strip_prefix("_ZN").and_then(|_| name.rsplit_once("17h")) {
        Some((older, _)) => older.to_owned(),
        // A crate is `Cs`, a number in base 62, and an underscore.
        None => {
            let mut parts = name.split("Cs");
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |pattern, part| {
                pattern + "Cs*_" + part.split_once('_').map_or("", |(_, rest)| rest)
            })
        }
    };
    // Linkers could take a dollar for the begin of something else.
    pattern.replace('$', "?") + "*"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_a_star_for_each_hash() {
        let older = "_ZN66_$LT$a..B$u20$as$u20$c..D$GT$4main17h0123456789abcdefE.llvm.123";
        assert_eq!(pattern(older), "_ZN66_?LT?a..B?u20?as?u20?c..D?GT?4main*");
        let newer = "_RNvMs4_NtCsgEmfK2I1SDS_5alloc7raw_vecECs7_1a'2";
        assert_eq!(pattern(newer), "_RNvMs4_NtCs*_5alloc7raw_vecECs*_1a*");
    }
}
