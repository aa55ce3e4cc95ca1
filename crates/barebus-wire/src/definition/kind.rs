//! Kinds: D-Bus types as Rust types without values.

use core::convert::Infallible;
use core::marker::PhantomData;

use crate::array::{Array, Dict};
use crate::body::Arguments;
use crate::message::DecodeBody;
use crate::name::ObjectPath;
use crate::number::{FdIndex, Numbers};
use crate::signature::{Signature, SignatureText};
use crate::value::{BasicType, Decode, Type};
use crate::variant::Variant;

/// A D-Bus type, and the Rust type that borrows its values from a message.
///
/// Implemented for the kinds of this module, for `bool` and the numbers, and for tuples of up to 16 kinds, which are STRUCTs.
///
/// ```
/// use barebus_wire::definition::{Fd, Kind, List, Map, Path, Sig, Str};
///
/// fn signature<K: Kind>() -> String {
///     K::SIGNATURE.to_string()
/// }
///
/// assert_eq!(signature::<Map<Str, List<(u32, Path)>>>(), "a{sa(uo)}");
/// assert_eq!(signature::<(Fd, Sig)>(), "(hg)");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kind",
    note = "kinds are `Str`, `Path`, `List` and the others of `definition`, `bool`, numbers, and tuples of kinds"
)]
pub trait Kind: Type {
    /// Borrows a value from a message that lives for `'a`. Its signature is the kind's.
    type Value<'a>: Decode<'a>;

    /// Borrows an ARRAY of such values. Its signature is `a` and the kind's.
    type Array<'a>: Decode<'a>;
}

/// A kind that can be a dictionary's key. Spec: Type System, Basic Types.
///
/// ```
/// use barebus_wire::Type;
/// use barebus_wire::definition::{BasicKind, Kind, List, Map, Str};
///
/// /// A dictionary of lists.
/// type Index<K> = Map<K, List<Str>>;
///
/// fn signature<K: BasicKind>() -> String {
///     Index::<K>::SIGNATURE.to_string()
/// }
///
/// assert_eq!(signature::<u32>(), "a{uas}");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the kind of a dictionary's keys",
    note = "keys are numbers, `bool`, `Str`, `Path`, `Sig` and `Fd`"
)]
pub trait BasicKind: Kind + BasicType {
    /// [`Kind::Value`], known to be of a basic type.
    type Key<'a>: Decode<'a> + BasicType;
}

/// The kinds of a list of arguments: `()`, or a tuple of up to 16 kinds.
///
/// ```
/// use barebus_wire::Arguments;
/// use barebus_wire::definition::{Kinds, Path, Str};
///
/// fn signature<K: Kinds>() -> String {
///     K::SIGNATURE.to_string()
/// }
///
/// assert_eq!(signature::<(Str, Path)>(), "so");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of kinds",
    label = "wrap it in a tuple: `(Kind,)`",
    note = "the arguments of a definition are a tuple of up to 16 kinds, or `()`"
)]
pub trait Kinds: Arguments {
    /// Borrows the arguments from a message that lives for `'a`. Its signature is the kinds'.
    type Values<'a>: DecodeBody<'a>;
}

macro_rules! basic {
    ($($(#[$doc:meta])* $name:ident $code:literal $value:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl Type for $name {
            const TEXT: SignatureText = SignatureText::literal($code);
        }

        impl BasicType for $name {}

        impl Kind for $name {
            type Value<'a> = $value;
            type Array<'a> = Array<'a, $value>;
        }

        impl BasicKind for $name {
            type Key<'a> = $value;
        }
    )*};
}

basic! {
    /// STRING; borrowed as `&str`.
    ///
    /// ```
    /// use barebus_wire::Type;
    /// use barebus_wire::definition::Str;
    ///
    /// assert_eq!(Str::SIGNATURE, "s");
    /// ```
    Str "s" &'a str;
    /// OBJECT_PATH; borrowed as [`ObjectPath`].
    ///
    /// ```
    /// use barebus_wire::Type;
    /// use barebus_wire::definition::Path;
    ///
    /// assert_eq!(Path::SIGNATURE, "o");
    /// ```
    Path "o" ObjectPath<'a>;
    /// SIGNATURE; borrowed as [`Signature`].
    ///
    /// ```
    /// use barebus_wire::Type;
    /// use barebus_wire::definition::Sig;
    ///
    /// assert_eq!(Sig::SIGNATURE, "g");
    /// ```
    Sig "g" Signature<'a>;
    /// UNIX_FD; read as [`FdIndex`], the index of a file descriptor that came with the message.
    ///
    /// ```
    /// use barebus_wire::Type;
    /// use barebus_wire::definition::Fd;
    ///
    /// assert_eq!(Fd::SIGNATURE, "h");
    /// ```
    Fd "h" FdIndex;
}

/// VARIANT; borrowed as [`Variant`].
///
/// ```
/// use barebus_wire::definition::{Any, Emits, InterfaceName, Property};
/// use barebus_wire::{OwnedBody, Value, Variant};
///
/// const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.example.Box");
/// const CONTENT: Property<Any> = Property::new(INTERFACE, "Content", Emits::Value);
///
/// let body = OwnedBody::new(&(barebus_wire::AsVariant(barebus_wire::AsVariant(7_u8)),))?;
/// let (content,): (Variant,) = body.get()?;
/// assert_eq!(CONTENT.read(&content)?.value()?, Value::Byte(7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub enum Any {}

impl Type for Any {
    const TEXT: SignatureText = SignatureText::literal("v");
}

impl Kind for Any {
    type Value<'a> = Variant<'a>;
    type Array<'a> = Array<'a, Variant<'a>>;
}

impl Kind for bool {
    type Value<'a> = Self;
    type Array<'a> = Array<'a, Self>;
}

impl BasicKind for bool {
    type Key<'a> = Self;
}

macro_rules! numbers {
    ($($number:ident $array:ty;)*) => {$(
        impl Kind for $number {
            type Value<'a> = Self;
            type Array<'a> = $array;
        }

        impl BasicKind for $number {
            type Key<'a> = Self;
        }
    )*};
}

numbers! {
    u8 &'a [u8];
    i16 Numbers<'a, Self>;
    u16 Numbers<'a, Self>;
    i32 Numbers<'a, Self>;
    u32 Numbers<'a, Self>;
    i64 Numbers<'a, Self>;
    u64 Numbers<'a, Self>;
    f64 Numbers<'a, Self>;
}

/// ARRAY of `T`; borrowed as [`Array`], an array of numbers as [`Numbers`], one of bytes as `&[u8]`.
///
/// ```
/// use barebus_wire::Type;
/// use barebus_wire::definition::{List, Str};
///
/// assert_eq!(List::<Str>::SIGNATURE, "as");
/// ```
#[derive(Debug)]
pub struct List<T>(PhantomData<T>, #[allow(dead_code, reason = "lists have no values")] Infallible);

/// ARRAY of BYTE; borrowed as `&[u8]`.
///
/// ```
/// use barebus_wire::Type;
/// use barebus_wire::definition::{Bytes, InterfaceName, Method};
///
/// const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.example.File");
/// const READ: Method<(u64,), (Bytes,)> = Method::new(INTERFACE, "Read");
/// assert_eq!(Bytes::SIGNATURE, "ay");
/// assert_eq!(READ.name(), "Read");
/// ```
pub type Bytes = List<u8>;

impl<T: Kind> Type for List<T> {
    const TEXT: SignatureText = SignatureText::array(&T::TEXT);
}

impl<T: Kind> Kind for List<T> {
    type Value<'a> = T::Array<'a>;
    type Array<'a> = Array<'a, T::Array<'a>>;
}

/// ARRAY of DICT_ENTRY with keys `K` and values `V`; borrowed as [`Dict`].
///
/// ```
/// use barebus_wire::Type;
/// use barebus_wire::definition::{Any, Map, Str};
///
/// assert_eq!(Map::<Str, Any>::SIGNATURE, "a{sv}");
/// ```
#[derive(Debug)]
pub struct Map<K, V>(
    PhantomData<(K, V)>,
    #[allow(dead_code, reason = "dictionaries of kinds have no values")] Infallible,
);

impl<K: BasicKind, V: Kind> Type for Map<K, V> {
    const TEXT: SignatureText = SignatureText::dictionary(&K::TEXT, &V::TEXT);
}

impl<K: BasicKind, V: Kind> Kind for Map<K, V> {
    type Value<'a> = Dict<'a, K::Key<'a>, V::Value<'a>>;
    type Array<'a> = Array<'a, Dict<'a, K::Key<'a>, V::Value<'a>>>;
}

impl Kinds for () {
    type Values<'a> = ();
}

macro_rules! tuples {
    ($(($($name:ident),+))*) => {$(
        /// A STRUCT.
        impl<$($name: Kind),+> Kind for ($($name,)+) {
            type Value<'a> = ($($name::Value<'a>,)+);
            type Array<'a> = Array<'a, ($($name::Value<'a>,)+)>;
        }

        impl<$($name: Kind),+> Kinds for ($($name,)+) {
            type Values<'a> = ($($name::Value<'a>,)+);
        }
    )*};
}

tuples! {
    (A)
    (A, B)
    (A, B, C)
    (A, B, C, D)
    (A, B, C, D, E)
    (A, B, C, D, E, F)
    (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
    (A, B, C, D, E, F, G, H, I)
    (A, B, C, D, E, F, G, H, I, J)
    (A, B, C, D, E, F, G, H, I, J, K)
    (A, B, C, D, E, F, G, H, I, J, K, L)
    (A, B, C, D, E, F, G, H, I, J, K, L, M)
    (A, B, C, D, E, F, G, H, I, J, K, L, M, N)
    (A, B, C, D, E, F, G, H, I, J, K, L, M, N, O)
    (A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P)
}
