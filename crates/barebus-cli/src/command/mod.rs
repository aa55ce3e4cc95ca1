//! The verbs, one file each.

pub(crate) mod about;
pub(crate) mod call;
pub(crate) mod codegen;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod generate;
pub(crate) mod introspect;
mod open;
pub(crate) mod run_box;
pub(crate) mod unit;
pub(crate) mod validate;
pub(crate) mod wait;

pub(crate) use open::{open, options};
