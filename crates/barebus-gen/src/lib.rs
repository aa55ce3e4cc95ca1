#![doc = include_str!("../README.md")]
//!
//! # What this crate does not do
//!
//! It opens no connection and reads no file. `barebus generate` writes its messages to files; `barebus validate` checks verdicts.

#[cfg(feature = "arbitrary")]
mod arbitrary;
mod broken;
mod fault;
mod frame;
mod generate;
mod generator;
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

pub use broken::{Generated, broken, is_large, rule_named, rules};
pub use generate::message;
pub use generator::Generator;
pub use message::Message;
#[cfg(feature = "proptest")]
pub use proptest::{any_body, any_broken, any_message, any_signature};
pub use shape::{Shape, ShapeError};
pub use signature::{BASIC, signature};
pub use source::Source;
pub use value::{Body, Value};
pub use values::values;
