//! Values from and to `barebus-wire`: for tests that compare it with the naive marshaller of this crate.

use barebus_wire::{
    Basic, Cursor, CursorEvent, DecodeError, DecodeErrorKind, EncodeBody, EncodeError, ObjectPath,
    Signature, Writer,
};

use crate::marshal::alignment;
use crate::value::{Body, Value};

impl Value {
    /// Marshals the value with the writer of `barebus-wire`.
    ///
    /// # Errors
    /// The writer refuses the value, or the value holds text that is no object path or signature.
    pub fn put(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Byte(value) => writer.put_u8(*value),
            Self::Boolean(value) => writer.put_u32(u32::from(*value)),
            Self::Int16(value) => writer.put_u16(*value as u16),
            Self::Uint16(value) => writer.put_u16(*value),
            Self::Int32(value) => writer.put_u32(*value as u32),
            Self::Uint32(value) | Self::UnixFd(value) => writer.put_u32(*value),
            Self::Int64(value) => writer.put_u64(*value as u64),
            Self::Uint64(value) | Self::Double(value) => writer.put_u64(*value),
            Self::String(text) => writer.put_str(text)?,
            Self::ObjectPath(text) => writer.put_path(path(text)?)?,
            Self::Signature(text) => writer.put_signature(signature(text)?),
            Self::Array(element, elements) => {
                let array = writer.start_array(alignment(element))?;
                elements.iter().try_for_each(|element| element.put(writer))?;
                writer.end_array(array)?;
            }
            Self::Struct(fields) => {
                writer.enter_struct()?;
                fields.iter().try_for_each(|field| field.put(writer))?;
                writer.leave();
            }
            Self::DictEntry(entry) => {
                writer.enter_struct()?;
                entry.0.put(writer)?;
                entry.1.put(writer)?;
                writer.leave();
            }
            Self::Variant(value) => {
                writer.enter_variant(signature(&value.signature())?)?;
                value.put(writer)?;
                writer.leave();
            }
        }
        Ok(())
    }

    /// Everything that `cursor` walks, as trees.
    ///
    /// # Errors
    /// The rule that the values break.
    pub fn read_all(cursor: &mut Cursor<'_>) -> Result<Vec<Self>, DecodeError> {
        let mut values = Vec::new();
        while let Some(event) = cursor.next()? {
            values.push(Self::read(cursor, event)?);
        }
        Ok(values)
    }

    #[allow(clippy::panic, reason = "what the cursor is tested for")]
    fn read(cursor: &mut Cursor<'_>, event: CursorEvent<'_>) -> Result<Self, DecodeError> {
        Ok(match event {
            CursorEvent::Basic(value) => Self::from(value),
            CursorEvent::Array { element, .. } => {
                Self::Array(element.as_str().into(), Self::read_container(cursor)?)
            }
            CursorEvent::Struct => Self::Struct(Self::read_container(cursor)?),
            CursorEvent::DictEntry => match <[_; 2]>::try_from(Self::read_container(cursor)?) {
                Ok([key, value]) => Self::DictEntry(Box::new((key, value))),
                Err(fields) => panic!("an entry of {} fields", fields.len()),
            },
            CursorEvent::Variant(signature) => {
                match <[_; 1]>::try_from(Self::read_container(cursor)?) {
                    Ok([value]) if value.signature() == signature.as_str() => {
                        Self::Variant(Box::new(value))
                    }
                    content => panic!("a variant of '{signature}' holds {content:?}"),
                }
            }
            CursorEvent::End => panic!("a container ends that was not begun"),
        })
    }

    #[allow(clippy::panic, reason = "what the cursor is tested for")]
    fn read_container(cursor: &mut Cursor<'_>) -> Result<Vec<Self>, DecodeError> {
        let mut values = Vec::new();
        loop {
            match cursor.next()? {
                Some(CursorEvent::End) => return Ok(values),
                Some(event) => values.push(Self::read(cursor, event)?),
                None => panic!("a container that was begun does not end"),
            }
        }
    }
}

impl From<Basic<'_>> for Value {
    fn from(value: Basic<'_>) -> Self {
        match value {
            Basic::Byte(value) => Self::Byte(value),
            Basic::Boolean(value) => Self::Boolean(value),
            Basic::Int16(value) => Self::Int16(value),
            Basic::Uint16(value) => Self::Uint16(value),
            Basic::Int32(value) => Self::Int32(value),
            Basic::Uint32(value) => Self::Uint32(value),
            Basic::Int64(value) => Self::Int64(value),
            Basic::Uint64(value) => Self::Uint64(value),
            Basic::Double(value) => Self::Double(value.to_bits()),
            Basic::String(value) => Self::String(value.into()),
            Basic::ObjectPath(value) => Self::ObjectPath(value.as_str().into()),
            Basic::Signature(value) => Self::Signature(value.as_str().into()),
            Basic::UnixFd(value) => Self::UnixFd(value.0),
        }
    }
}

fn path(text: &str) -> Result<ObjectPath<'_>, EncodeError> {
    ObjectPath::parse(text).map_err(|error| {
        EncodeError::Body(DecodeError { kind: DecodeErrorKind::BadPath, at: error.at })
    })
}

fn signature(text: &str) -> Result<Signature<'_>, EncodeError> {
    Signature::parse(text).map_err(|error| {
        let kind = DecodeErrorKind::Signature(error.kind);
        EncodeError::Body(DecodeError::new(kind, error.at.into()))
    })
}

impl EncodeBody for Body {
    fn signature(&self) -> Signature<'_> {
        // Too long a signature is the only invalid one, and only of values that were put together by hand.
        Signature::parse(self.types()).unwrap_or_default()
    }

    fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.values().iter().try_for_each(|value| value.put(writer))
    }
}
