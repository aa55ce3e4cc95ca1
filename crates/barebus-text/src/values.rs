//! What can be printed.

use barebus_wire::{Cursor, DecodeError, Layout, Message, OwnedBody, Reader, Signature, Variant};

/// Values with a signature that is met at run time: what this crate prints.
pub trait Values {
    /// The values' types, one after the other.
    fn signature(&self) -> Signature<'_>;

    /// Walks the values.
    fn cursor(&self) -> Cursor<'_>;

    /// Checks the values, so that what is invalid is refused before anything is printed.
    ///
    /// # Errors
    /// The first rule that is broken.
    fn validate(&self) -> Result<(), DecodeError> {
        self.cursor().skip_all()
    }
}

impl<T: Values + ?Sized> Values for &T {
    fn signature(&self) -> Signature<'_> {
        T::signature(self)
    }

    fn cursor(&self) -> Cursor<'_> {
        T::cursor(self)
    }

    fn validate(&self) -> Result<(), DecodeError> {
        T::validate(self)
    }
}

/// The message's body.
impl Values for Message<'_> {
    fn signature(&self) -> Signature<'_> {
        self.signature()
    }

    fn cursor(&self) -> Cursor<'_> {
        self.cursor()
    }

    fn validate(&self) -> Result<(), DecodeError> {
        self.validate()
    }
}

/// Values whose signature was compiled, for whoever prints many of one signature.
#[derive(Clone, Debug)]
pub struct Compiled<'l> {
    /// The values' types.
    pub layout: &'l Layout<'l>,
    /// Where they begin; nothing follows them.
    pub reader: Reader<'l>,
}

impl Values for Compiled<'_> {
    fn signature(&self) -> Signature<'_> {
        self.layout.signature()
    }

    fn cursor(&self) -> Cursor<'_> {
        self.layout.cursor(self.reader.clone())
    }

    fn validate(&self) -> Result<(), DecodeError> {
        let mut reader = self.reader.clone();
        self.layout.skip(&mut reader)?;
        reader.finish()
    }
}

impl Values for OwnedBody {
    fn signature(&self) -> Signature<'_> {
        self.signature()
    }

    fn cursor(&self) -> Cursor<'_> {
        self.cursor()
    }

    fn validate(&self) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// The value that the variant holds.
impl Values for Variant<'_> {
    fn signature(&self) -> Signature<'_> {
        self.signature()
    }

    fn cursor(&self) -> Cursor<'_> {
        self.cursor()
    }

    fn validate(&self) -> Result<(), DecodeError> {
        Ok(())
    }
}
