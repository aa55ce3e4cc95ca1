//! The generators of `barebus-gen`, set up for these tests: with file descriptors, and marshalled by the code under test.

use barebus_gen::Shape;
pub use barebus_gen::{
    BASIC, Message as Parts, Source, any_body, any_signature, signature, values,
};
use proptest::prelude::*;

use crate::properties;

fn shape() -> Shape {
    let mut shape = Shape::default();
    shape.unix_fds = true;
    shape
}

/// A valid message of any type, in either byte order, with any fields that its type allows or ignores, and any body.
pub fn message(source: &mut Source<'_>) -> Parts {
    barebus_gen::message(source, &shape()).expect("any shape")
}

/// Any valid message.
pub fn any_message() -> impl Strategy<Value = Parts> {
    barebus_gen::any_message(shape())
}

/// The whole message, without unknown fields, marshalled by the code under test.
pub fn encode(parts: &Parts) -> Vec<u8> {
    properties::encode(&parts.header(), &parts.body).expect("a valid message")
}
