//! The program on files: judging, printing and marshalling messages. And what it makes of other people's answers, which are played
//! here. No bus is needed.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not take what tests have in common for tests"
)]

mod about;
mod codegen;
mod codes;
#[path = "../common/mod.rs"]
mod common;
mod decode;
mod dialogue;
mod endless;
mod generate;
mod handshake;
mod introspect;
mod properties;
mod replay;
mod signals;
mod start;
mod support;
mod trace;
mod units;
mod validate;
