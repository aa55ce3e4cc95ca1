//! Marshalling again what a cursor walks: in another byte order, at another offset.

use crate::cursor::{Cursor, CursorEvent};
use crate::error::EncodeError;
use crate::limits;
use crate::type_code::{alignment, has_no_rules};
use crate::writer::{OpenArray, Writer};

impl Writer<'_> {
    /// Marshals everything that `cursor` still has to walk.
    ///
    /// # Errors
    /// As the values' own [`Encode`](crate::Encode); `Body` when what the cursor walks is invalid, which a validated value is not.
    #[inline]
    pub fn put_values(&mut self, mut cursor: Cursor<'_>) -> Result<(), EncodeError> {
        self.put_all(&mut cursor)
    }

    /// As [`Writer::put_values`]; the cursor stands after the last value then.
    pub(crate) fn put_all(&mut self, cursor: &mut Cursor<'_>) -> Result<(), EncodeError> {
        let mut arrays = [const { None::<OpenArray> }; limits::TOTAL_DEPTH as usize];
        loop {
            let open = cursor.open();
            match cursor.next()? {
                None => return Ok(()),
                Some(CursorEvent::Basic(value)) => self.put_basic(value)?,
                Some(CursorEvent::Array { element, len }) => {
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
                Some(CursorEvent::Struct | CursorEvent::DictEntry) => self.enter_struct()?,
                Some(CursorEvent::Variant(signature)) => self.enter_variant(signature)?,
                Some(CursorEvent::End) => match arrays.get_mut(open - 1).and_then(Option::take) {
                    Some(array) => self.end_array(array)?,
                    None => self.leave(),
                },
            }
        }
    }
}
