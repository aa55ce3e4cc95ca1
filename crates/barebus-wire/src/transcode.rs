//! Marshalling again what a cursor walks: in another byte order, at another offset.

use crate::cursor::{Basic, Cursor, Event};
use crate::error::EncodeError;
use crate::limits;
use crate::signature::{alignment, has_no_rules};
use crate::value::Encode;
use crate::writer::{OpenArray, Writer};

impl Writer<'_> {
    /// Marshals everything that `cursor` still has to walk.
    ///
    /// # Errors
    /// As the values' own [`Encode`]; `Body` when what the cursor walks is invalid, which a validated value is not.
    #[inline]
    pub fn put_values(&mut self, mut cursor: Cursor<'_>) -> Result<(), EncodeError> {
        self.put_all(&mut cursor)
    }

    /// As [`Writer::put_values`]; the cursor stands behind the last value then.
    pub(crate) fn put_all(&mut self, cursor: &mut Cursor<'_>) -> Result<(), EncodeError> {
        let mut arrays = [const { None::<OpenArray> }; limits::TOTAL_DEPTH as usize];
        loop {
            let open = cursor.open();
            match cursor.next()? {
                None => return Ok(()),
                Some(Event::Basic(value)) => self.put_basic(value)?,
                Some(Event::Array { element, len }) => {
                    let code = element.code().unwrap_or(b'y');
                    let array = self.start_array(alignment(code))?;
                    if let Some(place) = arrays.get_mut(open) {
                        *place = Some(array);
                    }
                    let is_same = code == b'y' || cursor.reader().endian() == self.endian();
                    if is_same && has_no_rules(code) {
                        self.put_bytes(cursor.take_elements(len)?);
                    }
                }
                Some(Event::Struct | Event::DictEntry) => self.enter_struct()?,
                Some(Event::Variant(signature)) => self.enter_variant(signature)?,
                Some(Event::End) => match arrays.get_mut(open - 1).and_then(Option::take) {
                    Some(array) => self.end_array(array)?,
                    None => self.leave(),
                },
            }
        }
    }

    /// A value of a basic type.
    ///
    /// # Errors
    /// As the value's own [`Encode`].
    pub fn put_basic(&mut self, value: Basic<'_>) -> Result<(), EncodeError> {
        match value {
            Basic::Byte(value) => value.encode(self),
            Basic::Boolean(value) => value.encode(self),
            Basic::Int16(value) => value.encode(self),
            Basic::Uint16(value) => value.encode(self),
            Basic::Int32(value) => value.encode(self),
            Basic::Uint32(value) => value.encode(self),
            Basic::Int64(value) => value.encode(self),
            Basic::Uint64(value) => value.encode(self),
            Basic::Double(value) => value.encode(self),
            Basic::String(value) => value.encode(self),
            Basic::ObjectPath(value) => value.encode(self),
            Basic::Signature(value) => value.encode(self),
            Basic::UnixFd(value) => value.encode(self),
        }
    }
}
