//! What derived code calls, and nothing else should: no promise is made for it.

use crate::error::{BodyError, DecodeError, DecodeErrorKind as Kind, EncodeError, Expected};
use crate::reader::Reader;
use crate::variant::AsVariant;
use crate::writer::Writer;

// The traits without the macros of the same names: `barebus` re-exports them beside macros of its own.
pub use crate::value::{Decode, Encode, Type};

/// Enters a struct whose padding the first field reads, by [`Decode::decode_first`]. Returns the depth to leave it with.
#[inline]
pub fn enter_struct(reader: &mut Reader<'_>) -> Result<u8, DecodeError> {
    let depth = reader.depth();
    reader.enter_unaligned()?;
    Ok(depth)
}

/// Leaves what [`enter_struct`] entered.
#[inline]
pub const fn leave_struct(reader: &mut Reader<'_>, depth: u8) {
    reader.set_depth(depth);
}

/// Fails unless two types are the same on the wire; in a constant that is a compile error.
#[allow(clippy::panic, reason = "meant for constants, where the panic is a compile error")]
pub const fn assert_same_type<A: Type + ?Sized, B: Type + ?Sized>() {
    let (a, b) = (A::SIGNATURE.as_str().as_bytes(), B::SIGNATURE.as_str().as_bytes());
    // Integers and strings: one type code each.
    match (a, b) {
        ([a], [b]) if *a == *b => {}
        _ => panic!("the field that keeps an unknown value has another D-Bus type than the enum"),
    }
}

/// Whether `T` is a VARIANT, which a dictionary's entry of type `a{sv}` holds as it is.
const fn is_variant<T: Type + ?Sized>() -> bool {
    matches!(T::SIGNATURE.as_str().as_bytes(), b"v")
}

/// Marshals a name that the macro has checked for NULs.
pub fn put_name(name: &'static str, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
    writer.put_checked_str(name)
}

/// Marshals an entry of an `a{sv}`.
pub fn put_entry<T: Encode>(
    value: &T,
    key: &'static str,
    writer: &mut Writer<'_>,
) -> Result<(), EncodeError> {
    writer.enter_struct()?;
    writer.put_checked_str(key)?;
    if const { is_variant::<T>() } {
        value.encode(writer)?
    } else {
        AsVariant(value).encode(writer)?
    }
    writer.leave();
    Ok(())
}

/// The key of an entry that a struct has a field for.
pub trait Key {
    /// The key's text.
    const TEXT: &'static str;
}

/// Reads an entry's value, after its key. What is wrong with it, `reader` knows afterwards, which has read the dictionary.
pub fn read_entry<'a, K: Key, T: Decode<'a>>(
    entries: &mut Reader<'a>,
    reader: &mut Reader<'a>,
) -> Result<T, DecodeError> {
    read_value::<K, T>(entries).map_err(|error| reader.fail_within(entries, error))
}

#[inline]
fn read_value<'a, K: Key, T: Decode<'a>>(entries: &mut Reader<'a>) -> Result<T, DecodeError> {
    if const { is_variant::<T>() } {
        return T::decode(entries);
    }
    let at = entries.position();
    if !entries.take_signature(T::SIGNATURE) {
        // What is no signature at all is the graver fault.
        entries.read_variant_signature()?;
        return Err(entries.fail_explained(Kind::EntryType, at, |entries, error| {
            entries.wrong_variant(expected::<K, T>(), error)
        }));
    }
    entries.enter()?;
    let value = T::decode(entries)?;
    entries.leave();
    Ok(value)
}

const fn expected<K: Key, T: Type>() -> &'static Expected {
    const { &Expected { signature: T::SIGNATURE, key: Some(K::TEXT) } }
}

/// Validates and passes an entry's value that the struct has no field for.
pub fn skip_entry(entries: &mut Reader<'_>) -> Result<(), DecodeError> {
    let signature = entries.read_variant_signature()?;
    entries.enter()?;
    entries.skip_value(signature)?;
    entries.leave();
    Ok(())
}

/// The value of an entry that the struct requires, when the dictionary was read to its end.
pub fn require_entry<K: Key, T: Type>(
    value: Option<T>,
    reader: &mut Reader<'_>,
) -> Result<T, DecodeError> {
    value.ok_or_else(|| {
        let at = reader.position();
        reader.fail_explained(Kind::MissingEntry, at, |_, error| BodyError::MissingEntry {
            expected: expected::<K, T>(),
            error,
        })
    })
}

/// The error for a value that was just read, that takes `len` bytes, and that no variant stands for.
#[cold]
pub fn unknown_value(reader: &mut Reader<'_>, len: usize) -> DecodeError {
    reader.fail(Kind::UnknownValue, reader.position().saturating_sub(len))
}
