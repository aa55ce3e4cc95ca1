//! Strategies for proptest. They shrink to simpler messages, because fewer and smaller bytes make simpler ones.

use proptest::prelude::*;

use crate::broken::{Generated, broken, is_large, rules};
use crate::generate::message;
use crate::message::Message;
use crate::shape::Shape;
use crate::signature::signature;
use crate::source::Source;
use crate::value::Body;
use crate::values::values;

fn choices() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..400)
}

/// Any valid signature, as text.
pub fn any_signature() -> impl Strategy<Value = String> {
    any::<Vec<u8>>().prop_map(|bytes| signature(&mut Source::new(&bytes)))
}

/// Any valid body, possibly with indices of file descriptors.
pub fn any_body() -> impl Strategy<Value = Body> {
    choices().prop_map(|bytes| {
        let mut source = Source::new(&bytes);
        let types = signature(&mut source);
        Body::new(values(&mut source, &types))
    })
}

/// Any valid message of a shape. If no message has it, nothing is generated, and the test fails with proptest's message about too many
/// rejected inputs.
pub fn any_message(shape: Shape) -> impl Strategy<Value = Message> {
    let generate = move |bytes: Vec<u8>| message(&mut Source::new(&bytes), &shape).ok();
    choices().prop_filter_map("no message has this shape", generate)
}

/// Any message of a shape that breaks exactly one rule, but none of more than 64 MiB.
pub fn any_broken(shape: Shape) -> impl Strategy<Value = Generated> {
    let all: Vec<_> = rules().filter(|rule| !is_large(*rule)).collect();
    (choices(), prop::sample::select(all))
        .prop_filter_map("no message of this shape breaks this rule", move |(bytes, rule)| {
            broken(&mut Source::new(&bytes), &shape, rule).ok()
        })
}
