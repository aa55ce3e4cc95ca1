//! Tells the crate whether it is built for size. Then the plain ways of reading and writing are the only ones, and what reports errors
//! is not kept out of the functions that call it: a function that is called once is smaller where it is called.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(compact)");
    if matches!(std::env::var("OPT_LEVEL").as_deref(), Ok("s" | "z")) {
        println!("cargo::rustc-cfg=compact");
    }
}
