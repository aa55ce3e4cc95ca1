//! A second, naive marshaller: values as a tree, marshalled and checked in the simplest way.
//!
//! It shares no code with `barebus-wire`, so that the two agree only where both are right.

use barebus_wire::{
    Basic, Cursor, CursorEvent, DecodeError, EncodeBody, EncodeError, Endian, ObjectPath,
    Signature, Writer,
};

/// A value of any type, as a tree.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the variants are the specification's type names")]
pub enum Model {
    Byte(u8),
    Boolean(bool),
    Int16(i16),
    Uint16(u16),
    Int32(i32),
    Uint32(u32),
    Int64(i64),
    Uint64(u64),
    /// By its bits, so that a NaN equals itself.
    Double(u64),
    String(String),
    ObjectPath(String),
    Signature(String),
    UnixFd(u32),
    /// The elements' type, and the elements.
    Array(String, Vec<Model>),
    Struct(Vec<Model>),
    DictEntry(Box<(Model, Model)>),
    Variant(Box<Model>),
}

impl Model {
    /// The highest UNIX_FD in the value.
    pub fn highest_fd_index(&self) -> Option<u32> {
        match self {
            Self::UnixFd(index) => Some(*index),
            Self::Array(_, values) | Self::Struct(values) => {
                values.iter().filter_map(Self::highest_fd_index).max()
            }
            Self::DictEntry(entry) => entry.0.highest_fd_index().max(entry.1.highest_fd_index()),
            Self::Variant(value) => value.highest_fd_index(),
            _ => None,
        }
    }

    /// The value's type.
    pub fn signature(&self) -> String {
        match self {
            Self::Byte(_) => "y".into(),
            Self::Boolean(_) => "b".into(),
            Self::Int16(_) => "n".into(),
            Self::Uint16(_) => "q".into(),
            Self::Int32(_) => "i".into(),
            Self::Uint32(_) => "u".into(),
            Self::Int64(_) => "x".into(),
            Self::Uint64(_) => "t".into(),
            Self::Double(_) => "d".into(),
            Self::String(_) => "s".into(),
            Self::ObjectPath(_) => "o".into(),
            Self::Signature(_) => "g".into(),
            Self::UnixFd(_) => "h".into(),
            Self::Array(element, _) => format!("a{element}"),
            Self::Struct(fields) => {
                format!("({})", fields.iter().map(Self::signature).collect::<String>())
            }
            Self::DictEntry(entry) => format!("{{{}{}}}", entry.0.signature(), entry.1.signature()),
            Self::Variant(_) => "v".into(),
        }
    }

    /// Appends the value to a message whose first byte is `out[0]`.
    pub fn marshal(&self, out: &mut Vec<u8>, endian: Endian) {
        match self {
            Self::Byte(value) => out.push(*value),
            Self::Boolean(value) => put_u32(out, endian, u32::from(*value)),
            Self::Int16(value) => put(out, 2, endian, *value as u64),
            Self::Uint16(value) => put(out, 2, endian, u64::from(*value)),
            Self::Int32(value) => put_u32(out, endian, *value as u32),
            Self::Uint32(value) | Self::UnixFd(value) => put_u32(out, endian, *value),
            Self::Int64(value) => put(out, 8, endian, *value as u64),
            Self::Uint64(value) | Self::Double(value) => put(out, 8, endian, *value),
            Self::String(text) | Self::ObjectPath(text) => {
                put_u32(out, endian, u32::try_from(text.len()).unwrap());
                out.extend(text.as_bytes());
                out.push(0);
            }
            Self::Signature(text) => put_signature(out, text),
            Self::Array(element, elements) => {
                put_u32(out, endian, 0);
                let length_at = out.len() - 4;
                pad(out, alignment(element));
                let start = out.len();
                for element in elements {
                    element.marshal(out, endian);
                }
                let mut length = Vec::new();
                put_u32(&mut length, endian, u32::try_from(out.len() - start).unwrap());
                out[length_at..length_at + 4].copy_from_slice(&length);
            }
            Self::Struct(fields) => {
                pad(out, 8);
                fields.iter().for_each(|field| field.marshal(out, endian));
            }
            Self::DictEntry(entry) => {
                pad(out, 8);
                entry.0.marshal(out, endian);
                entry.1.marshal(out, endian);
            }
            Self::Variant(value) => {
                put_signature(out, &value.signature());
                value.marshal(out, endian);
            }
        }
    }

    /// Marshals the value with the writer under test.
    ///
    /// # Errors
    /// The writer refuses the value.
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
            Self::ObjectPath(text) => writer.put_path(ObjectPath::parse(text).unwrap())?,
            Self::Signature(text) => writer.put_signature(Signature::parse(text).unwrap()),
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
                writer.enter_variant(Signature::parse(&value.signature()).unwrap())?;
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

    fn read(cursor: &mut Cursor<'_>, event: CursorEvent<'_>) -> Result<Self, DecodeError> {
        Ok(match event {
            CursorEvent::Basic(value) => Self::from_basic(value),
            CursorEvent::Array { element, .. } => {
                Self::Array(element.as_str().into(), Self::read_container(cursor)?)
            }
            CursorEvent::Struct => Self::Struct(Self::read_container(cursor)?),
            CursorEvent::DictEntry => {
                let fields = Self::read_container(cursor)?;
                let [key, value] = <[_; 2]>::try_from(fields).expect("an entry has two fields");
                Self::DictEntry(Box::new((key, value)))
            }
            CursorEvent::Variant(signature) => {
                let fields = Self::read_container(cursor)?;
                let [value] = <[_; 1]>::try_from(fields).expect("a variant holds one value");
                assert_eq!(value.signature(), signature.as_str());
                Self::Variant(Box::new(value))
            }
            CursorEvent::End => panic!("a container ends that was not begun"),
        })
    }

    fn read_container(cursor: &mut Cursor<'_>) -> Result<Vec<Self>, DecodeError> {
        let mut values = Vec::new();
        loop {
            match cursor.next()?.expect("a container that was begun ends") {
                CursorEvent::End => return Ok(values),
                event => values.push(Self::read(cursor, event)?),
            }
        }
    }

    fn from_basic(value: Basic<'_>) -> Self {
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

/// Values as a message's body.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    signature: String,
    values: Vec<Model>,
}

impl Body {
    /// The body that holds `values`.
    pub fn new(values: Vec<Model>) -> Self {
        Self { signature: values.iter().map(Model::signature).collect(), values }
    }

    /// Number of file descriptors that the values need.
    pub fn fd_count(&self) -> u32 {
        let highest = self.values.iter().filter_map(Model::highest_fd_index).max();
        highest.map_or(0, |index| index.saturating_add(1))
    }

    /// The values.
    pub fn values(&self) -> &[Model] {
        &self.values
    }

    /// The body's bytes, marshalled the naive way.
    pub fn marshal(&self, endian: Endian) -> Vec<u8> {
        let mut out = Vec::new();
        self.values.iter().for_each(|value| value.marshal(&mut out, endian));
        out
    }
}

impl EncodeBody for Body {
    fn signature(&self) -> Signature<'_> {
        Signature::parse(&self.signature).expect("a body's signature")
    }

    fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.values.iter().try_for_each(|value| value.put(writer))
    }
}

/// Alignment of the type that `signature` begins with.
pub fn alignment(signature: &str) -> usize {
    match signature.as_bytes()[0] {
        b'y' | b'g' | b'v' => 1,
        b'n' | b'q' => 2,
        b'b' | b'i' | b'u' | b'h' | b's' | b'o' | b'a' => 4,
        b'x' | b't' | b'd' | b'(' | b'{' => 8,
        code => panic!("{code} is no type code"),
    }
}

/// Zeros up to the next multiple of `alignment`.
pub fn pad(out: &mut Vec<u8>, alignment: usize) {
    while out.len() % alignment != 0 {
        out.push(0);
    }
}

/// A UINT32, aligned.
pub fn put_u32(out: &mut Vec<u8>, endian: Endian, value: u32) {
    put(out, 4, endian, u64::from(value));
}

/// A SIGNATURE.
pub fn put_signature(out: &mut Vec<u8>, text: &str) {
    out.push(u8::try_from(text.len()).unwrap());
    out.extend(text.as_bytes());
    out.push(0);
}

fn put(out: &mut Vec<u8>, width: usize, endian: Endian, value: u64) {
    pad(out, width);
    let bytes = value.to_le_bytes();
    match endian {
        Endian::Little => out.extend(&bytes[..width]),
        Endian::Big => out.extend(bytes[..width].iter().rev()),
    }
}
