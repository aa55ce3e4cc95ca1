#![doc = include_str!("../README.md")]
//!
//! # What this crate does not do
//!
//! It opens no connection and reads no file. `barebus generate` writes its messages to files; `barebus validate` checks verdicts.

#[cfg(feature = "arbitrary")]
mod arbitrary;
mod fault;
mod frame;
mod generate;
mod marshal;
mod message;
#[cfg(feature = "proptest")]
mod proptest;
mod shape;
mod signature;
mod size;
mod source;
mod text;
mod value;
mod values;
mod wire;

pub use generate::{Generated, Generator, broken, is_large, message, rule_named, rules};
pub use message::Message;
#[cfg(feature = "proptest")]
pub use proptest::{any_body, any_broken, any_message, any_signature};
pub use shape::{Shape, ShapeError};
pub use signature::{BASIC, signature};
pub use source::Source;
pub use value::{Body, Value};
pub use values::values;
