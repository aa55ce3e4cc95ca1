//! The verbs, one file each.

pub(crate) mod about;
pub(crate) mod bench;
pub(crate) mod call;
pub(crate) mod capture;
pub(crate) mod codegen;
pub(crate) mod decode;
pub(crate) mod emit;
pub(crate) mod encode;
pub(crate) mod generate;
pub(crate) mod introspect;
pub(crate) mod list;
pub(crate) mod message;
pub(crate) mod monitor;
mod open;
pub(crate) mod ping;
pub(crate) mod property;
pub(crate) mod replay;
pub(crate) mod run_box;
pub(crate) mod status;
pub(crate) mod trace;
pub(crate) mod tree;
pub(crate) mod unit;
pub(crate) mod validate;
pub(crate) mod wait;

pub(crate) use open::{open, open_to_watch, options};
