//! Values as text, in GVariant's text form: `{'Mtu': <uint32 1500>}`. Behind every `Display` and `Debug` of values.
//!
//! Values are printed as they are walked, without recursion and without memory of their own.

use core::fmt::{self, Write};

mod basic;

use crate::array::{Array, Dict};
use crate::basic::Basic;
use crate::cursor::{Cursor, CursorEvent};
use crate::error::DecodeError;
use crate::limits;
use crate::message::Message;
use crate::reader::Reader;
use crate::signature::Signature;
use crate::value::Type;
use crate::variant::{Value, Variant};

/// A container that has begun to be printed.
#[derive(Clone, Copy)]
struct Frame {
    kind: Container,
    /// Values or entries in it so far, counted up to 2: whether a comma follows depends on no more.
    count: u8,
    /// Whether the type of the next value in it is told. The elements of an array have one type: only the first one tells it.
    annotate: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Array,
    Dict,
    Entry,
    Tuple,
    Variant,
}

impl Container {
    const fn opening(self) -> &'static str {
        match self {
            Self::Array => "[",
            Self::Dict => "{",
            Self::Entry => "",
            Self::Tuple => "(",
            Self::Variant => "<",
        }
    }
}

/// The containers that a value can have, a tuple around a body, and a variant around a value.
const MOST_FRAMES: usize = limits::TOTAL_DEPTH as usize + 2;

/// Prints values one after the other, with what stands around and between them.
pub(crate) struct Printer<'p> {
    out: &'p mut dyn Write,
    /// frames[..open] enclose the next value; open <= MOST_FRAMES
    frames: [Frame; MOST_FRAMES],
    open: usize,
}

impl<'p> Printer<'p> {
    pub(crate) const fn new(out: &'p mut dyn Write) -> Self {
        const NOTHING: Frame = Frame { kind: Container::Tuple, count: 0, annotate: true };
        Self { out, frames: [NOTHING; MOST_FRAMES], open: 0 }
    }

    /// Prints what separates the next value from the one before it. Whether the next value tells its type.
    fn separate(&mut self) -> Result<bool, fmt::Error> {
        let top = self.open.checked_sub(1).and_then(|top| self.frames.get_mut(top));
        let Some(frame) = top else { return Ok(true) };
        let annotate = frame.annotate;
        self.out.write_str(match (frame.kind, frame.count) {
            (_, 0) => "",
            (Container::Entry, _) => ": ",
            _ => ", ",
        })?;
        frame.count = (frame.count + 1).min(2);
        frame.annotate &= !matches!(frame.kind, Container::Array | Container::Dict);
        Ok(annotate)
    }

    /// A value of a basic type.
    pub(crate) fn basic(&mut self, value: Basic<'_>) -> fmt::Result {
        if self.separate()? { write!(self.out, "{value}") } else { write!(self.out, "{value:#}") }
    }

    /// The beginning of an array or a dictionary. Without elements it tells its type, which nothing else does.
    pub(crate) fn open_array(&mut self, element: Signature<'_>, is_empty: bool) -> fmt::Result {
        let annotate = self.separate()?;
        if annotate && is_empty {
            write!(self.out, "@a{element} ")?;
        }
        let is_dict = element.code() == Some(b'{');
        self.push(if is_dict { Container::Dict } else { Container::Array }, annotate)
    }

    /// The beginning of any other container.
    pub(crate) fn open(&mut self, kind: Container) -> fmt::Result {
        // What a variant holds can be of any type, so it always tells its own.
        let annotate = self.separate()? || kind == Container::Variant;
        self.push(kind, annotate)
    }

    fn push(&mut self, kind: Container, annotate: bool) -> fmt::Result {
        if let Some(frame) = self.frames.get_mut(self.open) {
            *frame = Frame { kind, count: 0, annotate };
            self.open += 1;
        }
        self.out.write_str(kind.opening())
    }

    /// The end of the container that began last.
    pub(crate) fn close(&mut self) -> fmt::Result {
        let Some(frame) = self.open.checked_sub(1).and_then(|top| self.frames.get(top)) else {
            return Ok(());
        };
        self.open -= 1;
        self.out.write_str(match (frame.kind, frame.count) {
            (Container::Array, _) => "]",
            (Container::Dict, _) => "}",
            (Container::Entry, _) => "",
            (Container::Tuple, 1) => ",)",
            (Container::Tuple, _) => ")",
            (Container::Variant, _) => ">",
        })
    }

    /// Whether no container can begin: values that are received are never nested so deeply.
    #[cfg(feature = "alloc")]
    pub(crate) const fn is_full(&self) -> bool {
        self.open >= MOST_FRAMES
    }

    /// In the place of a value that is nested too deeply.
    #[cfg(feature = "alloc")]
    pub(crate) fn elide(&mut self) -> fmt::Result {
        self.separate()?;
        self.out.write_str("…")
    }

    /// In the place of a value that cannot be printed: why. Ends all containers.
    pub(crate) fn give_up(&mut self, why: impl fmt::Display) -> fmt::Result {
        self.separate()?;
        write!(self.out, "<invalid: {why}>")?;
        while self.open > 0 {
            self.close()?;
        }
        Ok(())
    }

    /// The values that are left to `cursor`. Stops at the first one that is invalid, with its error.
    fn values(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        while let Some(event) = cursor.next().map_err(Stop::Invalid)? {
            match event {
                CursorEvent::Basic(value) => self.basic(value),
                CursorEvent::Array { element, len } => self.open_array(element, len == 0),
                CursorEvent::Struct => self.open(Container::Tuple),
                CursorEvent::DictEntry => self.open(Container::Entry),
                CursorEvent::Variant(_) => self.open(Container::Variant),
                CursorEvent::End => self.close(),
            }?;
        }
        Ok(())
    }

    /// The elements that are left to `reader`, each of the type `element`.
    fn elements<'a>(&mut self, mut reader: Reader<'a>, element: Signature<'a>) -> Result<(), Stop> {
        // An iteration that ended with an error leaves nothing else to print.
        let state = reader.check();
        self.open_array(element, state.is_ok() && reader.is_at_end())?;
        state.map_err(Stop::Invalid)?;
        while !reader.is_at_end() {
            let mut cursor = Cursor::new(reader, element);
            self.values(&mut cursor)?;
            reader = cursor.into_reader();
        }
        Ok(self.close()?)
    }
}

/// Why printing stops.
enum Stop {
    /// What is to be printed is invalid.
    Invalid(DecodeError),
    /// It cannot be written.
    Write(fmt::Error),
}

impl From<fmt::Error> for Stop {
    fn from(error: fmt::Error) -> Self {
        Self::Write(error)
    }
}

/// Prints values, and an error in the place of the first one that is invalid.
fn print(
    out: &mut dyn Write,
    values: impl FnOnce(&mut Printer<'_>) -> Result<(), Stop>,
) -> fmt::Result {
    let mut printer = Printer::new(out);
    match values(&mut printer) {
        Ok(()) => Ok(()),
        Err(Stop::Invalid(error)) => printer.give_up(error),
        Err(Stop::Write(error)) => Err(error),
    }
}

/// The values of a body, as a tuple.
pub(crate) struct BodyText<'a>(pub(crate) Cursor<'a>);

impl fmt::Debug for BodyText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(f, |printer| {
            printer.open(Container::Tuple)?;
            let mut cursor = self.0.clone();
            printer.values(&mut cursor)?;
            cursor.into_reader().finish().map_err(Stop::Invalid)?;
            Ok(printer.close()?)
        })
    }
}

/// In GVariant's text form, without the VARIANT around it: `uint32 1500`.
impl fmt::Display for Variant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(f, |printer| printer.values(&mut self.cursor()))
    }
}

/// In GVariant's text form, without the VARIANT around it: `uint32 1500`.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.as_basic()) {
            (_, Some(basic)) => print(f, |printer| Ok(printer.basic(basic)?)),
            (Self::Variant(content), _) => print(f, |printer| {
                printer.open(Container::Variant)?;
                printer.values(&mut content.cursor())?;
                Ok(printer.close()?)
            }),
            (Self::Array(variant) | Self::Struct(variant), _) => variant.fmt(f),
            // Every other value is of a basic type.
            _ => Ok(()),
        }
    }
}

/// In GVariant's text form, from where the iteration stands: `['a', 'b']`. An element that is invalid shows its error, and ends the text.
impl<T: Type> fmt::Display for Array<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(f, |printer| printer.elements(self.reader().clone(), T::SIGNATURE))
    }
}

/// In GVariant's text form, from where the iteration stands: `{'Mtu': <uint32 1500>}`. An entry that is invalid shows its error, and ends
/// the text.
impl<K: crate::BasicType, V: Type> fmt::Display for Dict<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = Self::SIGNATURE.as_str().get(1..).unwrap_or_default();
        print(f, |printer| printer.elements(self.entries(), Signature::trusted(entry)))
    }
}

/// The fields of the header that are present, and the body's values: `body: ('enabled',)`. A value that is invalid shows its error, and
/// ends the body.
impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut message = f.debug_struct("Message");
        self.header().show(&mut message);
        message.field("body", &BodyText(self.cursor())).finish()
    }
}

/// As the value's `Display`.
macro_rules! debug {
    ($(<$($parameter:tt $(: $bound:path)?),+> $type:ty;)*) => {$(
        impl<$($parameter $(: $bound)?),+> fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

debug! {
    <'a> Variant<'a>;
    <'a> Value<'a>;
    <'a, T: Type> Array<'a, T>;
    <'a, K: crate::BasicType, V: Type> Dict<'a, K, V>;
}

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests;
