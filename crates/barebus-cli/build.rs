//! Says how the program is linked, so that an invocation takes little time and memory.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ORDER}");
    if target("OS") == "linux" && target("ENV") == "gnu" {
        unwinder();
        if is_optimized() && has_default_linker() {
            order();
            relative_relocations();
        }
    }
}

fn target(name: &str) -> String {
    env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default()
}

/// Takes the unwinder into the program. The standard library takes it from a shared library of its own, and loading that one takes a tenth of
/// the time of a whole call.
fn unwinder() {
    // A static program has it already.
    if !target("FEATURE").split(',').any(|feature| feature == "crt-static") {
        println!("cargo::rustc-link-lib=gcc_eh");
    }
}

/// Puts the functions of frequent invocations side by side. The kernel maps code in groups of 16 pages, and these functions stand in most of
/// the groups otherwise. `cargo xtask order` writes the file.
fn order() {
    let folder = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo::rustc-link-arg-bins=-Wl,-T,{folder}/{ORDER}");
}

/// Packs relocations, of which a position-independent program has thousands: 2 KB instead of 150, all of which are read at each start. Older
/// linkers and C libraries (before glibc 2.36) do not know the format. So a program is linked and run with it first.
fn relative_relocations() {
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let (source, program) = (folder.join("probe.rs"), folder.join("probe"));
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let mut compile = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()));
    compile.arg("--target").arg(env::var_os("TARGET").unwrap_or_default());
    compile.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
    compile.args(["-C", &format!("link-arg={PACKED}")]).arg("-o").arg(&program).arg(&source);
    let succeeds =
        |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let is_known = fs::write(&source, "fn main() {}").is_ok()
        && succeeds(&mut compile)
        && succeeds(Command::new(&program).current_dir(&folder));
    if is_known {
        println!("cargo::rustc-link-arg-bins={PACKED}");
    }
}

fn is_optimized() -> bool {
    env::var("OPT_LEVEL").is_ok_and(|level| level != "0")
}

/// Whether GNU ld or LLD links, which read the same scripts and options. mold, for one, reads no script.
fn has_default_linker() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    env::var_os("RUSTC_LINKER").is_none()
        && !["linker=", "fuse-ld"].iter().any(|choice| flags.contains(choice))
}

const ORDER: &str = "order.ld";
const PACKED: &str = "-Wl,-z,pack-relative-relocs";
