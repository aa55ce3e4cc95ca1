//! Says how the program is linked, so that an invocation takes little time and memory.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ORDER}");
    if target("OS") == "linux" && target("ENV") == "gnu" {
        unwinder();
        order();
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
    let is_optimized = env::var("OPT_LEVEL").is_ok_and(|level| level != "0");
    // The default ones, GNU ld and LLD, add such a script to their own. mold, for one, reads none.
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let is_default = env::var_os("RUSTC_LINKER").is_none()
        && !["linker=", "fuse-ld"].iter().any(|choice| flags.contains(choice));
    if is_optimized && is_default {
        let folder = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{folder}/{ORDER}");
    }
}

const ORDER: &str = "order.ld";
