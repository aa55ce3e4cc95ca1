//! `#[derive(Type, Encode, Decode)]`: structs and enums as D-Bus types.
//!
//! Enable the feature `derive` of `barebus` or of `barebus-wire`. Both re-export the macros beside the traits of the same names, so
//! one `use` imports both:
//!
//! ```toml
//! barebus = { version = "0.1", features = ["derive"] }
//! ```
//!
//! ```ignore
//! use barebus::{Decode, Encode, Type}; // or barebus_wire::{Decode, Encode, Type}
//! ```
//!
//! | Rust | D-Bus |
//! |---|---|
//! | struct with fields, tuple struct | STRUCT of the fields' types |
//! | tuple struct with one field; `#[barebus(transparent)]` | the field's type |
//! | struct with `#[barebus(dict)]` | `a{sv}` |
//! | enum with `#[repr(u8)]`, `i16`, `u16`, `i32`, `u32`, `i64` or `u64` | that integer |
//! | enum with `#[barebus(string)]` | STRING |
//!
//! ```
//! use barebus_wire::{Decode, Encode, ObjectPath, Type};
//!
//! #[derive(Type, Encode, Decode)]
//! struct Job<'a> {
//!     id: u32,
//!     path: ObjectPath<'a>,
//! }
//! assert_eq!(Job::SIGNATURE, "(uo)");
//!
//! #[derive(Type, Encode, Decode)]
//! #[barebus(string)]
//! enum Mode {
//!     Replace,
//!     ReplaceIrreversibly, // "replace-irreversibly"
//! }
//! assert_eq!(Mode::SIGNATURE, "s");
//!
//! #[derive(Type, Encode, Decode)]
//! #[barebus(dict, rename_all = "PascalCase")]
//! struct Properties<'a> {
//!     id: &'a str,
//!     #[barebus(rename = "MainPID", default)]
//!     main_pid: u32,
//!     status_text: Option<&'a str>,
//! }
//! assert_eq!(Properties::SIGNATURE, "a{sv}");
//! ```
//!
//! # Lifetimes and generics
//!
//! The lifetimes of the type are that of the message: `Decode` is implemented for the type with all lifetimes equal. The derived trait is
//! required of all type parameters. A type parameter that is the key of a dictionary needs the bound `BasicType` in its declaration. Newtypes
//! implement `BasicType` if their field does. Enums always do.
//!
//! # Attributes
//!
//! On the struct or enum, in `#[barebus(…)]`:
//! - `dict`: an `a{sv}`. Unknown entries are validated and ignored. If a key is repeated, the last entry counts. A missing entry fails with
//!   `MissingEntry`, an entry of a different type with `EntryType`. `BodyError`, the error of a message's body, names the key and both types. A
//!   field that is a VARIANT itself (`Variant`, `Value`) accepts any type.
//! - `string`: the enum's variants are strings, in `kebab-case` unless `rename_all` is set.
//! - `transparent`: a struct with one named field has the field's type.
//! - `rename_all = "…"`: `lowercase`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE` or `kebab-case`.
//! - `crate = "…"`: path of `barebus-wire`. Needed only where neither `barebus` nor `barebus-wire` is a dependency of yours, such as
//!   `barebus_tokio::barebus::wire`.
//!
//! On a field of a `dict`, or a variant of a `string` enum:
//! - `rename = "…"`: its name on the wire.
//!
//! On a field of a `dict`:
//! - `default`: a missing entry is read as the type's `Default`. Fields of type `Option` need no attribute: a missing entry is read as `None`,
//!   and `None` is not written.
//!
//! On one variant of an enum:
//! - `other`: every unknown value is read as this variant. With a field of the enum's D-Bus type (`Other(String)`, `Other(u32)`) it keeps the
//!   value. Without a field the enum cannot derive `Encode`. If no variant is `other`, an unknown value fails with `UnknownValue`.
//!
//! # What does not compile
//!
//! A field without a D-Bus type:
//!
//! ```compile_fail,E0277
//! #[derive(barebus_wire::Type)]
//! struct Pair(u32, std::time::Duration);
//! ```
//!
//! A field whose type lacks the derived trait. For example, an `Array` can be read, but not written:
//!
//! ```compile_fail,E0277
//! #[derive(barebus_wire::Type, barebus_wire::Encode)]
//! struct Names<'a>(u32, barebus_wire::Array<'a, &'a str>);
//! ```
//!
//! A dictionary whose key is not a basic type, such as a newtype of a container:
//!
//! ```compile_fail,E0277
//! #[derive(barebus_wire::Type)]
//! struct Bytes<'a>(&'a [u8]);
//! #[derive(barebus_wire::Type)]
//! struct Table<'a>(barebus_wire::Dict<'a, Bytes<'a>, u32>);
//! ```
//!
//! Enums whose variants hold values, unions, structs without fields, and attributes in the wrong place:
//!
//! ```compile_fail
//! #[derive(barebus_wire::Type)]
//! #[repr(u32)]
//! enum Shape { Circle(u32), Square(u32) }
//! ```
//!
//! # What this crate does not do
//!
//! It reads no introspection data and generates no proxies. For these see `barebus-codegen`.
#![forbid(unsafe_code)]

mod attribute;
mod case;
mod dictionary;
mod enumeration;
mod generics;
mod input;
mod structure;

use proc_macro::TokenStream;
use syn::{Path, parse_quote};

use input::{Derive, expand};

/// One macro for each trait and each crate that re-exports it: the generated code names barebus-wire by the path that a user of
/// that crate has.
macro_rules! derives {
    ($($derive:ident $wire:path: $(#[$doc:meta])* $function:ident $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[proc_macro_derive($name, attributes(barebus))]
            pub fn $function(input: TokenStream) -> TokenStream {
                run(Derive::$derive, parse_quote!($wire), input)
            }
        )*
    };
}

derives! {
    Type ::barebus_wire:
        /// Derives `Type`: the one D-Bus type that a Rust type has. Needs the feature `derive` of `barebus` or of `barebus-wire`. The documentation of
        /// `barebus-derive` has the details.
        derive_type Type;
    Encode ::barebus_wire:
        /// Derives `Encode`: marshalling. Needs the feature `derive` of `barebus` or of `barebus-wire`. The documentation of `barebus-derive` has the
        /// details.
        derive_encode Encode;
    Decode ::barebus_wire:
        /// Derives `Decode`: unmarshalling. Needs the feature `derive` of `barebus` or of `barebus-wire`. The documentation of `barebus-derive` has the
        /// details.
        derive_decode Decode;
    Type ::barebus::wire:
        /// `Type` for users of the crate `barebus`, which re-exports it under that name.
        #[doc(hidden)]
        derive_barebus_type BarebusType;
    Encode ::barebus::wire:
        /// `Encode` for users of the crate `barebus`, which re-exports it under that name.
        #[doc(hidden)]
        derive_barebus_encode BarebusEncode;
    Decode ::barebus::wire:
        /// `Decode` for users of the crate `barebus`, which re-exports it under that name.
        #[doc(hidden)]
        derive_barebus_decode BarebusDecode;
}

fn run(derive: Derive, wire: Path, input: TokenStream) -> TokenStream {
    syn::parse(input)
        .and_then(|input| expand(derive, wire, &input))
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
