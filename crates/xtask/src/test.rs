//! `cargo xtask test`: everything that must hold of the tree.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::cross::{self, Target};
use crate::packages;
use crate::run::{self, Failure, cargo, top};
use crate::step::{Step, run_all};

/// Builds wire for size, but with the checks of a debug build. A program built for size runs the plain code without the fast paths.
pub(crate) const COMPACT: &str = "--config=profile.dev.package.barebus-wire.opt-level='s'";

/// The tests of `barebus-tests` that run with wire built for size.
pub(crate) const COMPACT_RULES: &[&str] =
    &["corpus", "golden", "kinds", "names", "depth", "lengths"];

/// Tests that boot many boxes.
pub(crate) const APART: [&str; 2] = ["members::", "transient::"];

/// Other machines, with all that is different: 32 bits, and big-endian. `cargo xtask cross` knows more.
const MACHINES: &[Target] = &[Target::I686, Target::S390x];

/// Programs that the tests run, besides those that every Debian has.
const PROGRAMS: [&str; 23] = [
    "cc",
    "systemctl",
    "busctl",
    "dbus-daemon",
    "dbus-broker",
    "dbus-run-session",
    "dbus-send",
    "gdbus",
    "tshark",
    "nsenter",
    "setpriv",
    "unshare",
    "systemd-stdio-bridge",
    "machinectl",
    "pgrep",
    "pkcheck",
    "ssh",
    "ssh-keygen",
    "sshd",
    "strace",
    "xdg-dbus-proxy",
    "fish",
    "zsh",
];

/// Runs all steps, also after one has failed, and ends with a summary. `all`: also the tests of systemd 257.
pub(crate) fn run(all: bool) -> Result<(), Failure> {
    let mut needed = cross::programs(MACHINES);
    needed.extend(PROGRAMS);
    packages::need(&needed)?;
    if !nix::unistd::geteuid().is_root() {
        return Err(Failure(
            "the live tests boot systemd in namespaces, which needs root: run it with sudo".into(),
        ));
    }
    let mut steps = checks();
    match oldest_toolchain()? {
        (_, Some(oldest)) => steps.push(Step::command("with the oldest compiler", oldest)),
        (version, None) => println!(
            "xtask: Rust {version} is not installed: whether the published crates compile with it is not checked; \
             install it with `rustup toolchain install {version}`"
        ),
    }
    steps.extend(tests());
    steps.extend(cross::tests(MACHINES));
    if all {
        steps.extend(steps_of_newer()?);
        steps.extend(steps_of_other_systems());
    }
    if !has_corpus() {
        println!(
            "xtask: messages of other projects are not checked, because there is no corpus of them; tests/README.md says what it is"
        );
    }
    run_all(steps)
}

/// What is checked without running the code.
fn checks() -> Vec<Step> {
    let mut docs = cargo_with(&["doc", "--workspace", "--no-deps", "--quiet"]);
    docs.env("RUSTDOCFLAGS", "-D warnings");
    let bare = ["check", "-p", "barebus-wire", "--no-default-features"];
    let mut small = cargo_with(&["clippy", "-p", "barebus", "-p", "barebus-systemd"]);
    small.args(["-p", "barebus-tokio", "--no-default-features", "--", "-D", "warnings"]);
    // They are only checked, so libFuzzer itself, which is C++, is not needed.
    let mut fuzz = cargo_with(&["check", "--manifest-path", "fuzz/Cargo.toml"]);
    fuzz.args(["--target-dir", "target/fuzz"]);
    fuzz.env("CUSTOM_LIBFUZZER_PATH", "/unused/libfuzzer.a");
    vec![
        Step::check("definitions", || crate::generate::run(true)),
        Step::command("formatting", cargo_with(&["fmt", "--all", "--check"])),
        Step::command(
            "lints",
            cargo_with(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
        ),
        Step::command("without alloc", cargo_with(&bare)),
        Step::command(
            "with alloc alone",
            cargo_with(&[&bare[..], &["--features", "alloc"]].concat()),
        ),
        Step::command("without tcp and unixexec", small),
        Step::command("fuzz targets", fuzz),
        Step::command("docs", docs),
        Step::check("public items", || crate::api::run(true)),
        Step::check("packages", crate::package::check),
    ]
}

fn tests() -> Vec<Step> {
    // In two processes: the boxes of all tests together need more inotify instances than a user has (128 by default).
    let all = ["test", "--workspace", "--no-fail-fast", "--"];
    let mut tests = cargo_with(&all);
    tests.args(APART.iter().flat_map(|name| ["--skip", name]));
    let mut apart = cargo_with(&all);
    apart.args(APART);
    let compact = cargo_with(&["test", "-p", "barebus-wire", "--lib", COMPACT]);
    let mut rules = cargo_with(&["test", "-p", "barebus-tests", "--test", "wire", COMPACT, "--"]);
    rules.args(COMPACT_RULES);
    let mut size = cargo_with(&["run", "--release", "-q", "-p", "barebus-benches"]);
    size.args(["--bin", "size", "--", "budget"]);
    vec![
        Step::tests("tests", tests),
        Step::tests("tests with boxes of their own", apart),
        Step::tests("wire built for size", compact),
        Step::tests("the rules of wire built for size", rules),
        Step::command("size budget", size),
    ]
}

/// What `--all` adds to the tests of systemd 257.
fn steps_of_other_systems() -> [Step; 4] {
    [
        Step::check("definitions of this system's services and of packages", || {
            crate::survey::run(None)
        }),
        Step::check("definitions of the services of Debian 13", || {
            crate::survey::run(Some(&crate::root::debian_13()?))
        }),
        Step::check("the programs without libc in an initramfs", crate::initramfs::boot),
        Step::check("other libraries' programs", crate::bench::check_rivals),
    ]
}

fn cargo_with(arguments: &[&str]) -> Command {
    let mut command = cargo();
    command.args(arguments);
    command
}

/// Whether `barebus_tests::corpus` finds the messages of other projects, which are outside of the tree.
fn has_corpus() -> bool {
    std::env::var_os("BAREBUS_CORPUS").is_some()
        || top().ancestors().any(|folder| folder.join("shared/corpus").is_dir())
}

/// Runs the tests of systemd 257 alone.
pub(crate) fn newer() -> Result<(), Failure> {
    run_all(steps_of_newer()?.into())
}

fn steps_of_newer() -> Result<[Step; 2], Failure> {
    let root = crate::root::debian_13()?;
    Ok([
        Step::tests("the layer on systemd 257", on(&root, "barebus-tests")),
        Step::tests("the program on systemd 257", on(&root, "barebus-cli")),
    ])
}

/// The tests of `package` that are ignored, because they need another system than this machine's.
fn on(root: &Path, package: &str) -> Command {
    let mut tests = cargo();
    tests.args(["test", "-p", package, "--test", "live", "--", "--ignored"]);
    tests.env("BAREBUS_TEST_ROOT", root);
    tests
}

/// The Rust version that the published crates declare, and the command that compiles them with it, if it is installed.
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
    for name in crate::package::published()? {
        check.args(["-p", &name]);
    }
    // A folder of its own, so that neither compiler discards what the other has built.
    check.env("CARGO_TARGET_DIR", top().join("target").join(format!("rust-{version}")));
    Ok((version, is_there.then_some(check)))
}
