//! One program of all examples: its argument says which one it runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::blocks::Block;

const MANIFEST: &str = r#"
[package]
name = "barebus-documents"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
barebus = { path = "ROOT/crates/barebus", features = ["derive", "tcp", "unixexec"] }
barebus-sasl = { path = "ROOT/crates/barebus-sasl" }
barebus-session = { path = "ROOT/crates/barebus-session" }
barebus-systemd = { path = "ROOT/crates/barebus-systemd", features = ["tokio"] }
barebus-tokio = { path = "ROOT/crates/barebus-tokio" }
nix = { version = "0.30", default-features = false, features = ["poll"] }
tokio = { version = "1", default-features = false, features = ["macros", "rt-multi-thread", "time"] }
"#;

const MAIN: &str = "
/// What an example ends with.
pub trait End {
    fn end(self);
}

impl End for () {
    fn end(self) {}
}

impl<E: core::fmt::Debug> End for Result<(), E> {
    fn end(self) {
        if let Err(error) = self {
            eprintln!(\"{error:?}\");
            std::process::exit(1);
        }
    }
}

impl<E: core::fmt::Debug> End for Result<std::process::ExitCode, E> {
    fn end(self) {
        // What the example decides is no failure of it.
        self.map(drop).end();
    }
}

pub fn block_on<F: Future<Output: End>>(future: F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(future).end();
}

fn main() {
    let which: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    RUNS[which]();
}
";

/// Builds the program; its path.
pub(super) fn build(root: &Path, target: &Path, blocks: &[Block]) -> PathBuf {
    let folder = target.join("documents");
    fs::create_dir_all(folder.join("src")).unwrap();
    let mut main = String::from(MAIN);
    let mut runs = String::new();
    for (index, block) in blocks.iter().enumerate() {
        let place = &block.place;
        fs::write(folder.join(format!("src/e{index}.rs")), module(&block.code)).unwrap();
        main += &format!("#[allow(warnings)] mod e{index}; // {place}\n");
        runs += &format!("e{index}::run, ");
    }
    main += &format!("static RUNS: [fn(); {}] = [{runs}];\n", blocks.len());
    fs::write(folder.join("src/main.rs"), main).unwrap();
    fs::write(folder.join("Cargo.toml"), MANIFEST.replace("ROOT", &root.display().to_string()))
        .unwrap();
    // The versions that everything else is tested with, which have been fetched.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--offline", "--target-dir"]).arg(target).current_dir(&folder);
    assert!(cargo.status().unwrap().success(), "the examples in the documents do not compile");
    target.join("debug/barebus-documents")
}

/// An example as a module with a function `run`.
fn module(code: &str) -> String {
    // Documentation of the whole file cannot follow anything, and is not needed.
    let code: String = code
        .lines()
        .filter(|line| !line.starts_with("//!"))
        .map(|line| format!("{line}\n"))
        .collect();
    let is_function = |start: &str| code.lines().any(|line| line.starts_with(start));
    if is_function("fn main()") || is_function("#[tokio::main") {
        return format!("{code}\npub fn run() {{ crate::End::end(main()) }}\n");
    }
    for line in code.lines() {
        let Some(rest) = line.strip_prefix("async fn ") else { continue };
        let Some((name, arguments)) = rest.split_once('(') else { continue };
        if arguments.starts_with(')') {
            return format!("{code}\npub fn run() {{ crate::block_on({name}()) }}\n");
        }
        if arguments.starts_with("bus: Connection)") {
            return format!(
                "{code}\npub fn run() {{ crate::block_on(async {{\
                 let (bus, driver) = barebus_tokio::Connection::system().unwrap();\
                 tokio::spawn(driver); {name}(bus).await }}) }}\n"
            );
        }
    }
    if is_function("fn example()") {
        return format!("{code}\npub fn run() {{ crate::block_on(async {{ example() }}) }}\n");
    }
    if code.contains("Ok::<(), ") {
        return format!(
            "pub fn run() {{\nfn inner() -> core::result::Result<(), impl core::fmt::Debug> {{\n{code}}}\n\
             crate::End::end(inner()) }}\n"
        );
    }
    if is_function("fn ") || is_function("async fn ") {
        // Functions for the reader's own program.
        return format!("{code}\npub fn run() {{}}\n");
    }
    format!("pub fn run() {{\n{code}}}\n")
}
