//! Dictionaries to be marshalled from pairs.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use crate::error::EncodeError;
#[cfg(feature = "alloc")]
use crate::owned::OwnedValue;
use crate::signature::SignatureText;
use crate::value::{BasicType, Encode, Type};
use crate::writer::Writer;

/// Marshals a dictionary from pairs.
#[inline]
pub(crate) fn encode_entries<'v, K, V, I>(
    entries: I,
    writer: &mut Writer<'_>,
) -> Result<(), EncodeError>
where
    K: BasicType + Encode + 'v,
    V: Encode + 'v,
    I: IntoIterator<Item = (&'v K, &'v V)>,
{
    let array = writer.start_array(8)?;
    for (key, value) in entries {
        writer.enter_struct()?;
        key.encode(writer)?;
        value.encode(writer)?;
        writer.leave();
    }
    writer.end_array(array)
}

/// A dictionary to be marshalled from pairs of a key and a value, in their order: an array, a slice, a vector, or a reference to one. By
/// itself a slice of pairs is an ARRAY of STRUCTs.
///
/// ```
/// use barebus_wire::{Entries, OwnedBody};
///
/// let body = OwnedBody::new(&(Entries([("a", 1_u32), ("b", 2)]),))?;
/// assert_eq!(body.signature(), "a{su}");
/// # Ok::<(), barebus_wire::EncodeError>(())
/// ```
///
/// For values of different types use [`Entries::variants`], for entries that are made at run time `Entries(Vec<(&str, OwnedValue)>)`, or a map of
/// [`OwnedValue`](crate::OwnedValue)s. These need the feature `alloc`.
#[derive(Clone, Copy, Debug)]
pub struct Entries<P>(pub P);

/// Pairs that [`Entries`] marshals.
///
/// ```
/// use barebus_wire::{Entries, OwnedBody, Pairs};
///
/// /// A dictionary of whatever holds pairs.
/// fn count(pairs: impl Pairs) -> usize {
///     pairs.pairs().len()
/// }
///
/// let limits = vec![("soft", 1024_u64), ("hard", 4096)];
/// assert_eq!(count(&limits), 2);
/// assert_eq!(OwnedBody::new(&(Entries(&limits),))?.signature(), "a{st}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of the entries of a dictionary",
    label = "expected an array, a slice or a vector of pairs `(key, value)`"
)]
pub trait Pairs {
    /// A key.
    type Key;

    /// A value.
    type Value;

    /// The pairs, in their order.
    fn pairs(&self) -> &[(Self::Key, Self::Value)];
}

impl<K, V> Pairs for [(K, V)] {
    type Key = K;
    type Value = V;

    #[inline]
    fn pairs(&self) -> &[(K, V)] {
        self
    }
}

impl<K, V, const N: usize> Pairs for [(K, V); N] {
    type Key = K;
    type Value = V;

    #[inline]
    fn pairs(&self) -> &[(K, V)] {
        self
    }
}

#[cfg(feature = "alloc")]
impl<K, V> Pairs for Vec<(K, V)> {
    type Key = K;
    type Value = V;

    #[inline]
    fn pairs(&self) -> &[(K, V)] {
        self
    }
}

impl<P: Pairs + ?Sized> Pairs for &P {
    type Key = P::Key;
    type Value = P::Value;

    #[inline]
    fn pairs(&self) -> &[(P::Key, P::Value)] {
        P::pairs(self)
    }
}

#[cfg(feature = "alloc")]
impl<K, const N: usize> Entries<[(K, OwnedValue); N]> {
    /// A dictionary whose values are VARIANTs of any types, such as an `a{sv}`. Needs the feature `alloc`. Without it, derive [`Encode`] for a struct with
    /// `#[barebus(dict)]`, or, where all values have one type, use `Entries` of [`AsVariant`](crate::AsVariant).
    ///
    /// ```
    /// use barebus_wire::{Entries, OwnedBody};
    ///
    /// let entries = Entries::variants([("Mtu", 1500_u32.into()), ("Name", "eth0".into())]);
    /// let body = OwnedBody::new(&(entries,))?;
    /// assert_eq!(body.signature(), "a{sv}");
    /// # Ok::<(), barebus_wire::EncodeError>(())
    /// ```
    pub const fn variants(entries: [(K, OwnedValue); N]) -> Self {
        Self(entries)
    }
}

impl<P: Pairs<Key: BasicType, Value: Type>> Type for Entries<P> {
    const TEXT: SignatureText = SignatureText::dictionary(&P::Key::TEXT, &P::Value::TEXT);
    const MIN_LEN: usize = 4;
}

impl<P: Pairs<Key: BasicType + Encode, Value: Encode>> Encode for Entries<P> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        encode_entries(self.0.pairs().iter().map(|(key, value)| (key, value)), writer)
    }
}
