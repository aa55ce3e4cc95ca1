//! Walking values whose signature is met at run time: event by event, without recursion, allocation or a tree.

use crate::basic::Basic;
use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::limits;
use crate::node::{Node, type_end_of};
use crate::reader::Reader;
use crate::signature::{Signature, type_end};
use crate::type_code::{has_no_rules, is_basic};

/// What a [`Cursor`] meets.
///
/// ```
/// use barebus_wire::{Basic, CursorEvent, OwnedBody};
///
/// let body = OwnedBody::new(&(("eth0", 1500_u32),))?;
/// let mut cursor = body.cursor();
/// assert_eq!(cursor.next()?, Some(CursorEvent::Struct));
/// assert_eq!(cursor.next()?, Some(CursorEvent::Basic(Basic::String("eth0"))));
/// assert_eq!(cursor.next()?, Some(CursorEvent::Basic(Basic::Uint32(1500))));
/// assert_eq!(cursor.next()?, Some(CursorEvent::End));
/// assert_eq!(cursor.next()?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CursorEvent<'a> {
    /// A value of a basic type.
    Basic(Basic<'a>),
    /// An array begins.
    Array {
        /// Type of its elements; a dictionary's begins with `{`.
        element: Signature<'a>,
        /// Length of its payload in bytes.
        len: u32,
    },
    /// A struct begins.
    Struct,
    /// A dictionary entry begins: its key follows, then its value.
    DictEntry,
    /// A variant begins; one value of this type follows.
    Variant(Signature<'a>),
    /// The container that began last ends.
    End,
}

/// A container that the cursor stands in, and where to go on after it.
#[derive(Clone, Copy, Debug)]
enum Frame<'a> {
    Struct,
    /// `end`: offset just after the last element. `element`: index of the elements' type in the signature.
    Array {
        end: usize,
        element: u8,
    },
    /// The signature that goes on after the variant, and where in it.
    Variant {
        signature: &'a str,
        index: u8,
    },
}

/// Walks the values of a signature, validating each as it is reached.
///
/// Uses about 2 KiB of stack whatever the nesting, which the specification bounds at 64. After an error every call
/// fails with the same error.
///
/// ```
/// use barebus_wire::{Cursor, CursorEvent, Endian, Reader, Signature};
///
/// let bytes = b"\x02\0\0\0\x07\x08";
/// let mut cursor = Cursor::new(Reader::new(bytes, Endian::Little), Signature::from_static("ay"));
/// let mut values = 0;
/// while let Some(event) = cursor.next()? {
///     values += usize::from(matches!(event, CursorEvent::Basic(_)));
/// }
/// assert_eq!(values, 2);
/// # Ok::<(), barebus_wire::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    reader: Reader<'a>,
    signature: &'a str,
    /// The signature that the walk began with, and its compiled form, if it was compiled.
    compiled: Option<(&'a str, &'a [Node])>,
    /// Index of the next type code in `signature`.
    index: usize,
    /// Whether a single complete type has just been passed, so that what encloses it may end.
    complete: bool,
    /// frames[..open] enclose the cursor; open <= 64
    open: usize,
    frames: [Frame<'a>; limits::TOTAL_DEPTH as usize],
}

impl<'a> Cursor<'a> {
    /// A cursor over the values of `signature` that begin where `reader` stands.
    pub const fn new(reader: Reader<'a>, signature: Signature<'a>) -> Self {
        Self {
            reader,
            signature: signature.as_str(),
            compiled: None,
            index: 0,
            complete: false,
            open: 0,
            frames: [Frame::Struct; limits::TOTAL_DEPTH as usize],
        }
    }

    /// A cursor over the values of a signature that was compiled.
    pub(crate) const fn of_nodes(
        reader: Reader<'a>,
        signature: Signature<'a>,
        nodes: &'a [Node],
    ) -> Self {
        let mut cursor = Self::new(reader, signature);
        cursor.compiled = Some((signature.as_str(), nodes));
        cursor
    }

    /// Offset of the next byte from the message's first.
    pub const fn position(&self) -> usize {
        self.reader.position()
    }

    /// How many containers that this cursor entered are open.
    pub const fn open(&self) -> usize {
        self.open
    }

    /// Goes on to the next event; `None` after the last value.
    ///
    /// # Errors
    /// Whatever rule the value breaks.
    #[allow(
        clippy::should_implement_trait,
        reason = "an iterator of results would go on after an error"
    )]
    pub fn next(&mut self) -> Result<Option<CursorEvent<'a>>, DecodeError> {
        self.step::<false>()
    }

    /// Validates what is left of the values, without telling what they are.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn skip_all(&mut self) -> Result<(), DecodeError> {
        while self.step::<true>()?.is_some() {}
        Ok(())
    }

    /// Validates what is left of the container that was entered last, and leaves it: its [`CursorEvent::End`] is not told.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn skip_container(&mut self) -> Result<(), DecodeError> {
        let Some(outside) = self.open.checked_sub(1) else {
            return self.skip_all();
        };
        while self.open > outside {
            self.step::<true>()?;
        }
        Ok(())
    }

    /// Passes the elements of the array that was just entered, which has `len` bytes of a basic type without rules: their bytes.
    pub(crate) fn take_elements(&mut self, len: u32) -> Result<&'a [u8], DecodeError> {
        // An empty array is complete already.
        if len == 0 {
            return Ok(&[]);
        }
        self.index += 1;
        self.complete = true;
        self.reader.skip(len as usize).map_err(|error| self.stop(error))
    }

    /// The reader, standing where the cursor does.
    pub const fn reader(&self) -> &Reader<'a> {
        &self.reader
    }

    /// The reader, standing where the cursor does.
    pub(crate) fn into_reader(self) -> Reader<'a> {
        self.reader
    }

    #[inline]
    fn push(&mut self, frame: Frame<'a>) -> Result<(), DecodeError> {
        let Some(place) = self.frames.get_mut(self.open) else {
            return Err(self.reader.fail(Kind::NestedTooDeeply, self.reader.position()));
        };
        *place = frame;
        self.open += 1;
        self.complete = false;
        self.reader.enter()
    }

    #[inline]
    fn pop(&mut self) {
        self.open -= 1;
        self.complete = true;
        self.reader.leave();
    }

    /// One event. With `SKIP`, only ends are told, and arrays and variants of basic types are passed as a whole.
    #[inline]
    fn step<const SKIP: bool>(&mut self) -> Result<Option<CursorEvent<'a>>, DecodeError> {
        self.advance::<SKIP>().map_err(|error| self.stop(error))
    }

    /// Leaves nothing to walk, so that only the reader's error is left to tell.
    #[cold]
    fn stop(&mut self, error: DecodeError) -> DecodeError {
        self.signature = "";
        self.index = 0;
        self.complete = false;
        self.open = 0;
        error
    }

    #[inline]
    fn advance<const SKIP: bool>(&mut self) -> Result<Option<CursorEvent<'a>>, DecodeError> {
        loop {
            if self.complete {
                self.complete = false;
                if self.close()? {
                    return Ok(Some(CursorEvent::End));
                }
            }
            let Some(code) = self.signature.as_bytes().get(self.index).copied() else {
                self.reader.check()?;
                return Ok(None);
            };
            self.index += 1;
            let event = match code {
                b'a' if SKIP => {
                    self.skip_or_enter_array()?;
                    continue;
                }
                b'v' if SKIP => {
                    self.skip_or_enter_variant()?;
                    continue;
                }
                b'a' => self.enter_array()?,
                b'v' => self.enter_variant()?,
                b'(' | b'{' => {
                    self.reader.align(8)?;
                    self.push(Frame::Struct)?;
                    if SKIP {
                        continue;
                    }
                    if code == b'(' { CursorEvent::Struct } else { CursorEvent::DictEntry }
                }
                b')' | b'}' => {
                    self.pop();
                    CursorEvent::End
                }
                _ if SKIP => {
                    self.reader.skip_basic(code)?;
                    self.complete = true;
                    continue;
                }
                _ => {
                    let value = self.reader.read_basic(code)?;
                    self.complete = true;
                    CursorEvent::Basic(value)
                }
            };
            return Ok(Some(event));
        }
    }

    /// After a single complete type: whether what encloses it ends with it.
    #[inline]
    fn close(&mut self) -> Result<bool, DecodeError> {
        match self.open.checked_sub(1).and_then(|top| self.frames.get(top)) {
            Some(Frame::Array { end, element }) => {
                let pos = self.reader.position();
                if pos < *end {
                    self.index = usize::from(*element);
                    return Ok(false);
                }
                if pos > *end {
                    return Err(self.reader.fail(Kind::ArrayLengthIncorrect, *end));
                }
            }
            Some(Frame::Variant { signature, index }) => {
                self.signature = signature;
                self.index = usize::from(*index);
            }
            Some(Frame::Struct) | None => return Ok(false),
        }
        self.pop();
        Ok(true)
    }

    /// Enters the array whose element's type is next in the signature.
    #[inline]
    fn enter_array(&mut self) -> Result<CursorEvent<'a>, DecodeError> {
        let after = self.type_end();
        let element = self.signature.get(self.index..after).unwrap_or_default();
        let (start, end) = self.reader.read_array_bounds(element.as_bytes().first().copied())?;
        let element_at = u8::try_from(self.index).unwrap_or(u8::MAX);
        // Its elements count as enclosed even where there are none: depth is a matter of types, not of how many values.
        self.push(Frame::Array { end, element: element_at })?;
        if start == end {
            self.index = after;
            self.complete = true;
        }
        let len = u32::try_from(end - start).unwrap_or(u32::MAX);
        Ok(CursorEvent::Array { element: Signature::trusted(element), len })
    }

    /// Index just after the single complete type that begins at the cursor's.
    fn type_end(&self) -> usize {
        match self.compiled {
            // A variant brings a signature of its own.
            Some((signature, nodes)) if core::ptr::eq(signature, self.signature) => {
                type_end_of(nodes, self.index)
            }
            _ => type_end(self.signature.as_bytes(), self.index),
        }
    }

    #[inline]
    fn skip_or_enter_array(&mut self) -> Result<(), DecodeError> {
        match self.signature.as_bytes().get(self.index) {
            code if self.reader.is_validated() => {
                self.reader.skip_validated_array(code.copied())?;
                self.index = self.type_end();
                self.complete = true;
            }
            Some(code) if !crate::COMPACT && is_basic(*code) => {
                self.reader.skip_array(*code)?;
                self.index += 1;
                self.complete = true;
            }
            code => {
                let without_rules = code.is_some_and(|code| has_no_rules(*code));
                let event = self.enter_array()?;
                if let (true, CursorEvent::Array { len, .. }) = (without_rules, event) {
                    self.take_elements(len)?;
                }
            }
        }
        Ok(())
    }

    /// Enters a variant.
    #[inline]
    fn enter_variant(&mut self) -> Result<CursorEvent<'a>, DecodeError> {
        let inner = self.reader.read_variant_signature()?;
        self.enter_value(inner)?;
        Ok(CursorEvent::Variant(inner))
    }

    #[inline]
    fn enter_value(&mut self, inner: Signature<'a>) -> Result<(), DecodeError> {
        let index = u8::try_from(self.index).unwrap_or(u8::MAX);
        self.push(Frame::Variant { signature: self.signature, index })?;
        self.signature = inner.as_str();
        self.index = 0;
        Ok(())
    }

    #[inline]
    fn skip_or_enter_variant(&mut self) -> Result<(), DecodeError> {
        if !crate::COMPACT && self.reader.skip_short_variant()? {
            self.complete = true;
            return Ok(());
        }
        let inner = self.reader.read_variant_signature()?;
        self.enter_value(inner)
    }
}
