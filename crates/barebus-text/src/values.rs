//! Values that can be printed.

use barebus_wire::{
    Basic, BodyError, Cursor, CursorEvent, DecodeError, Layout, Message, OwnedBody, Reader,
    Signature, Variant,
};

use crate::error::PrintError;

/// Values with a signature known at run time. This crate prints them.
///
/// ```
/// use barebus_text::{PrintError, Values, busctl};
/// use barebus_wire::OwnedBody;
///
/// /// Prints whatever holds values: a message, a body, a variant.
/// fn show(values: &impl Values) -> Result<String, PrintError> {
///     let mut text = String::new();
///     busctl::print(values, &mut text)?;
///     Ok(text)
/// }
///
/// let body = OwnedBody::new(&("eth0", 1500_u32)).unwrap();
/// assert_eq!(show(&body)?, r#"su "eth0" 1500"#);
/// # Ok::<(), PrintError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be printed as D-Bus values",
    label = "expected a `Message`, an `OwnedBody`, a `Variant` or a `Compiled`"
)]
pub trait Values {
    /// The types of the values, concatenated.
    fn signature(&self) -> Signature<'_>;

    /// Walks the values.
    fn cursor(&self) -> Cursor<'_>;

    /// Validates the values, so that nothing of invalid values is printed.
    ///
    /// # Errors
    /// The first rule that the values break.
    fn validate(&self) -> Result<(), DecodeError> {
        self.cursor().skip_all()
    }

    /// Number of file descriptors that the values can refer to, if known. A UNIX_FD is an index below it.
    ///
    /// It is only known for a whole message.
    fn fd_count(&self) -> Option<u32> {
        None
    }

    /// An error of [`validate`](Self::validate), with all known details.
    fn explain(&self, error: DecodeError) -> PrintError {
        error.into()
    }
}

/// Checks values before they are printed.
pub(crate) fn check(values: &(impl Values + ?Sized)) -> Result<(), PrintError> {
    values.validate().map_err(|error| values.explain(error))?;
    match values.fd_count() {
        Some(count) if may_hold_fds(values.signature()) => check_fds_of(values.cursor(), count),
        _ => Ok(()),
    }
}

/// Checks that each UNIX_FD of a message is the index of one of its file descriptors.
///
/// The number of descriptors is the header field UNIX_FDS, so this works for messages from captures, which hold no descriptors. Functions that
/// print the body of a [`Message`] do this check themselves; call it before printing parts of a message.
/// Spec: Marshaling, UNIX_FD.
///
/// # Errors
/// [`PrintError::NoSuchFd`] for the first index without a descriptor; [`PrintError::Decode`] if the body is invalid.
pub fn check_fd_indices(message: &Message<'_>) -> Result<(), PrintError> {
    let header = message.header();
    // An unknown header field can hold a UNIX_FD, too.
    check_fds_of(header_cursor(message), header.unix_fds)?;
    check(message)
}

/// Walks the header of a message as if it were a body. Spec: Message Format.
pub(crate) fn header_cursor<'a>(message: &Message<'a>) -> Cursor<'a> {
    Cursor::new(Reader::new(message.as_bytes(), message.header().endian), HEADER)
}

/// Byte order, type, flags, version, body length, serial, fields.
pub(crate) const HEADER: Signature<'static> = Signature::from_static("yyyyuua(yv)");

/// Whether values of these types can contain UNIX_FDs. Most bodies contain none and need no second walk.
fn may_hold_fds(signature: Signature<'_>) -> bool {
    signature.as_str().contains(['h', 'v'])
}

fn check_fds_of(mut cursor: Cursor<'_>, count: u32) -> Result<(), PrintError> {
    while let Some(event) = cursor.next()? {
        match event {
            CursorEvent::Basic(Basic::UnixFd(index)) if index.0 >= count => {
                return Err(PrintError::NoSuchFd { index: index.0, count });
            }
            _ => {}
        }
    }
    Ok(())
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

    fn fd_count(&self) -> Option<u32> {
        T::fd_count(self)
    }

    fn explain(&self, error: DecodeError) -> PrintError {
        T::explain(self, error)
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

    fn fd_count(&self) -> Option<u32> {
        Some(self.header().unix_fds)
    }

    fn explain(&self, error: DecodeError) -> PrintError {
        match self.explain(error) {
            BodyError::FdIndex { index, count, .. } => PrintError::NoSuchFd { index, count },
            _ => error.into(),
        }
    }
}

/// Values with a compiled signature. Use this to print many values of one signature fast.
///
/// ```
/// use barebus_text::{Compiled, gvariant};
/// use barebus_wire::{Endian, Layout, Reader, Signature};
///
/// // The signature is compiled once, for many bodies.
/// let layout = Layout::new(Signature::from_static("y"));
/// for (bytes, expected) in [(b"\x07", "(byte 0x07,)"), (b"\x08", "(byte 0x08,)")] {
///     let reader = Reader::new(bytes, Endian::Little);
///     let mut text = String::new();
///     gvariant::print(&Compiled { layout: &layout, reader }, &mut text)?;
///     assert_eq!(text, expected);
/// }
/// # Ok::<(), barebus_text::PrintError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Compiled<'l> {
    /// The values' types.
    pub layout: &'l Layout<'l>,
    /// The start of the values; nothing follows them.
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
