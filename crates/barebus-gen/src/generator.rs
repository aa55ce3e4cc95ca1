//! Messages by seed and number.

use barebus_wire::DecodeErrorKind as Kind;

use crate::broken::{Generated, broken};
use crate::generate::message;
use crate::message::Message;
use crate::shape::{Shape, ShapeError};
use crate::source::Source;

/// Messages from a seed: the same ones on every machine.
///
/// ```
/// use barebus_gen::{Generator, Shape, rules};
///
/// let mut shape = Shape::default();
/// shape.signature = Some("a{sv}".into());
/// let generator = Generator::new(7, shape);
/// let valid = generator.valid(0)?;
/// for (number, rule) in (0..).zip(rules()) {
///     // Some rules are broken only by a message of more than 64 MiB.
///     if !barebus_gen::is_large(rule) {
///         let _ = generator.broken(number, rule);
///     }
/// }
/// assert_eq!(valid, Generator::new(7, generator.shape().clone()).valid(0)?);
/// # Ok::<(), barebus_gen::ShapeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Generator {
    seed: u64,
    shape: Shape,
}

impl Generator {
    /// Generates messages of this shape.
    pub const fn new(seed: u64, shape: Shape) -> Self {
        Self { seed, shape }
    }

    /// What the messages are like.
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The choices for the message `number`, which do not depend on those for other messages.
    fn source(&self, number: u64) -> Source<'static> {
        Source::seeded(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number))
    }

    /// The valid message `number`.
    ///
    /// # Errors
    /// No message has this shape.
    pub fn message(&self, number: u64) -> Result<Message, ShapeError> {
        message(&mut self.source(number), &self.shape)
    }

    /// The bytes of the valid message `number`.
    ///
    /// # Errors
    /// No message has this shape.
    pub fn valid(&self, number: u64) -> Result<Generated, ShapeError> {
        Ok(Generated { bytes: self.message(number)?.marshal(), error: None })
    }

    /// The message `number` that breaks `rule`.
    ///
    /// # Errors
    /// No message has this shape, or none of this shape can break the rule.
    pub fn broken(&self, number: u64, rule: Kind) -> Result<Generated, ShapeError> {
        broken(&mut self.source(number), &self.shape, rule)
    }
}
