//! Implementations of [`arbitrary::Arbitrary`].

use arbitrary::{Arbitrary, Error, Result, Unstructured};

use crate::broken::{Generated, broken, is_large, rules};
use crate::generate::message;
use crate::message::Message;
use crate::shape::Shape;
use crate::source::Source;

/// The choices of one message: how many is one of them, as for a `Vec<u8>`.
fn choices<'a>(input: &mut Unstructured<'a>) -> Result<Source<'a>> {
    let len = input.arbitrary_len::<u8>()?;
    Ok(Source::new(input.bytes(len)?))
}

/// A valid message without file descriptors.
impl<'a> Arbitrary<'a> for Message {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        message(&mut choices(input)?, &Shape::default()).map_err(|_| Error::IncorrectFormat)
    }

    fn arbitrary_take_rest(input: Unstructured<'a>) -> Result<Self> {
        let mut source = Source::new(input.take_rest());
        message(&mut source, &Shape::default()).map_err(|_| Error::IncorrectFormat)
    }
}

/// A valid message, or one that breaks exactly one rule, but none of more than 64 MiB.
impl<'a> Arbitrary<'a> for Generated {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let all: Vec<_> = rules().filter(|rule| !is_large(*rule)).map(Some).chain([None]).collect();
        let rule = *input.choose(&all)?;
        let mut source = choices(input)?;
        let generated = match rule {
            Some(rule) => broken(&mut source, &Shape::default(), rule),
            None => message(&mut source, &Shape::default())
                .map(|message| Self { bytes: message.marshal(), error: None }),
        };
        generated.map_err(|_| Error::IncorrectFormat)
    }
}
