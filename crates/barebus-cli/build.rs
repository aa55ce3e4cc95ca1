//! Links the unwinder into the program.
//!
//! The standard library takes it from a shared library of its own, libgcc_s. Loading that takes a tenth of the time of a whole call.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    // A static program has it already.
    if target("OS") == "linux" && target("ENV") == "gnu" && !is_static {
        println!("cargo::rustc-link-lib=gcc_eh");
    }
}
