//! `cargo xtask test`.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::packages;
use crate::run::{self, Failure, cargo, line, top};

/// Builds wire as a program for size would have it, but with the checks of a debug build.
const COMPACT: [&str; 2] = ["--config", "profile.dev.package.barebus-wire.opt-level='s'"];

/// Everything that must hold of the tree.
pub(crate) fn run() -> Result<(), Failure> {
    packages::need(&[
        "cc",
        "systemctl",
        "busctl",
        "dbus-daemon",
        "dbus-broker",
        "dbus-send",
        "gdbus",
        "nsenter",
        "setpriv",
        "unshare",
        "systemd-stdio-bridge",
        "pgrep",
        "strace",
        "xdg-dbus-proxy",
    ])?;
    if !nix::unistd::geteuid().is_root() {
        return Err(Failure(
            "the live tests boot systemd in namespaces, which needs root: run it with sudo".into(),
        ));
    }
    let mut format = cargo();
    format.args(["fmt", "--all", "--check"]);
    let mut lints = cargo();
    lints.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    let mut docs = cargo();
    docs.args(["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings");
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]);
    // What has no allocator, and what has one without the standard library.
    let mut bare = cargo();
    bare.args(["check", "-p", "barebus-wire", "--no-default-features"]);
    let mut alloc = cargo();
    alloc.args(["check", "-p", "barebus-wire", "--no-default-features", "--features", "alloc"]);
    let mut small = cargo();
    small.args(["clippy", "-p", "barebus", "-p", "barebus-systemd", "-p", "barebus-tokio"]);
    small.args(["--no-default-features", "--", "-D", "warnings"]);
    // What a program built for size runs: the plain ways, without those that shorten them.
    let mut compact = cargo();
    compact.args(["test", "-p", "barebus-wire", "--lib"]).args(COMPACT);
    let mut compact_rules = cargo();
    compact_rules.args(["test", "-p", "barebus-tests", "--test", "wire"]).args(COMPACT);
    compact_rules.args(["--", "corpus", "golden", "kinds", "names", "depth", "lengths"]);
    // Only whether they compile, for which libFuzzer itself, which is C++, need not be there.
    let mut fuzz = cargo();
    fuzz.args(["check", "--manifest-path", "fuzz/Cargo.toml", "--target-dir", "target/fuzz"]);
    fuzz.env("CUSTOM_LIBFUZZER_PATH", "/unused/libfuzzer.a");
    let mut steps = vec![
        ("formatting", format),
        ("lints", lints),
        ("without alloc", bare),
        ("with alloc alone", alloc),
        ("without tcp and unixexec", small),
        ("fuzz targets", fuzz),
        ("docs", docs),
        ("tests", tests),
        ("wire built for size", compact),
        ("the rules of wire built for size", compact_rules),
    ];
    match oldest_toolchain()? {
        (_, Some(oldest)) => steps.insert(5, ("with the oldest compiler", oldest)),
        (version, None) => println!(
            "xtask: Rust {version} is not installed: whether the library crates compile with it is not checked; \
             `rustup toolchain install {version}` makes it so"
        ),
    }
    if !top().join("../shared/corpus").is_dir() {
        println!(
            "xtask: the conformance corpus is not beside the project: its tests say so and pass over it"
        );
    }
    crate::generate::run(true)?;
    for (what, command) in &mut steps {
        let begun = Instant::now();
        println!("xtask: {what}: {}", line(command));
        run::run(command)?;
        println!("xtask: {what}: done in {:.1} s", begun.elapsed().as_secs_f64());
    }
    Ok(())
}

/// The library crates, which are to compile with the Rust version that they declare.
const LIBRARIES: [&str; 9] = [
    "barebus-wire",
    "barebus-derive",
    "barebus-text",
    "barebus-sasl",
    "barebus-session",
    "barebus",
    "barebus-systemd",
    "barebus-codegen",
    "barebus-box",
];

/// The Rust version that the library crates declare, and the command that compiles them with it, if it is installed.
fn oldest_toolchain() -> Result<(String, Option<Command>), Failure> {
    let manifest = std::fs::read_to_string(top().join("Cargo.toml"))?;
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = "));
    let version = version.ok_or_else(|| Failure("Cargo.toml: no rust-version".into()))?;
    let version = version.trim_matches('"').to_owned();
    let run = |arguments: &[&str]| {
        let mut command = Command::new("rustup");
        command.args(["run", &version, "cargo"]).args(arguments).current_dir(top());
        command
    };
    let is_there = run::is_there("rustup")
        && run(&["--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status()?.success();
    let mut check = run(&["check"]);
    check.args(LIBRARIES.iter().flat_map(|name| ["-p", name]));
    // Beside what the present compiler has built, so that neither builds everything anew.
    check.env("CARGO_TARGET_DIR", top().join("target").join(format!("rust-{version}")));
    Ok((version, is_there.then_some(check)))
}
