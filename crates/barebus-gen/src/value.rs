//! Values as trees, and bodies made of them.

use crate::marshal::Marshaller;
use barebus_wire::Endian;

/// A value of any type, as a tree.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the variants are the specification's type names")]
pub enum Value {
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
    Array(String, Vec<Value>),
    Struct(Vec<Value>),
    DictEntry(Box<(Value, Value)>),
    Variant(Box<Value>),
}

impl Value {
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

    /// How many containers enclose the value's innermost part, the value itself included: 0 for a basic value.
    pub fn depth(&self) -> usize {
        match self {
            Self::Array(_, values) | Self::Struct(values) => {
                1 + values.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::DictEntry(entry) => 1 + entry.0.depth().max(entry.1.depth()),
            Self::Variant(value) => 1 + value.depth(),
            _ => 0,
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

    /// Appends the value to a message whose first byte is `out[0]`, or to a body.
    pub fn marshal(&self, out: &mut Vec<u8>, endian: Endian) {
        let mut marshaller = Marshaller::after(std::mem::take(out), endian);
        marshaller.value(self);
        *out = marshaller.into_bytes();
    }
}

/// Values as a message's body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    signature: String,
    values: Vec<Value>,
}

impl Body {
    /// The body that holds `values`.
    pub fn new(values: Vec<Value>) -> Self {
        Self { signature: values.iter().map(Value::signature).collect(), values }
    }

    /// The signature, as text.
    pub fn types(&self) -> &str {
        &self.signature
    }

    /// The values.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [Value] {
        &mut self.values
    }

    /// Adds an argument.
    pub(crate) fn push(&mut self, value: Value) {
        self.signature.push_str(&value.signature());
        self.values.push(value);
    }

    /// How many containers enclose the innermost value: at most 64 in a valid message.
    pub fn depth(&self) -> usize {
        self.values.iter().map(Value::depth).max().unwrap_or(0)
    }

    /// Number of file descriptors that the values need.
    pub fn fd_count(&self) -> u32 {
        let highest = self.values.iter().filter_map(Value::highest_fd_index).max();
        highest.map_or(0, |index| index.saturating_add(1))
    }

    /// The body's bytes.
    pub fn marshal(&self, endian: Endian) -> Vec<u8> {
        let mut out = Vec::new();
        self.values.iter().for_each(|value| value.marshal(&mut out, endian));
        out
    }
}
