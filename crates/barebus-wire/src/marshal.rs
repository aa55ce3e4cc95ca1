//! Marshalling a whole message: header and body.

use crate::body::EncodeBody;
use crate::error::{DecodeErrorKind as Kind, EncodeError};
use crate::field::{BODY_LEN_AT, LOCAL_INTERFACE, LOCAL_PATH};
use crate::header::Header;
use crate::writer::Writer;

impl Header<'_> {
    /// Marshals a whole message: this header with the signature of `body`, and `body`. Gives its length in bytes.
    ///
    /// # Errors
    /// `BufferTooSmall` with the length that is needed; `Header` when a required field is missing or a reserved name is used;
    /// else what the body's values break.
    pub fn encode<B: EncodeBody + ?Sized>(
        &self,
        buf: &mut [u8],
        body: &B,
    ) -> Result<usize, EncodeError> {
        self.check_required().map_err(EncodeError::Header)?;
        self.check_reserved()?;
        let mut writer = Writer::new(buf, self.endian);
        let signature = body.signature();
        self.put(&mut writer, signature);
        let body_start = writer.position();
        body.encode_body(&mut writer)?;
        let body_len = u32::try_from(writer.position() - body_start);
        writer.patch_u32(BODY_LEN_AT, body_len.map_err(|_| EncodeError::MessageTooLong)?);
        writer.finish()
    }

    /// Checks that no name is one of those that must never be on the wire.
    pub(crate) fn check_reserved(&self) -> Result<(), EncodeError> {
        if self.path.is_some_and(|path| path.as_str() == LOCAL_PATH) {
            return Err(EncodeError::Header(Kind::LocalPath));
        }
        if self.interface.is_some_and(|interface| interface.as_str() == LOCAL_INTERFACE) {
            return Err(EncodeError::Header(Kind::LocalInterface));
        }
        Ok(())
    }
}
