//! `#[derive(Type, Encode, Decode)]`: Rust's structs and enums as D-Bus types, for [`barebus-wire`](https://docs.rs/barebus-wire).
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
//! use barebus_derive::{Decode, Encode, Type};
//! use barebus_wire::{ObjectPath, Type as _};
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
//! - `crate = "…"`: path of `barebus-wire`, if it is not `::barebus_wire`.
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
//! #[derive(barebus_derive::Type)]
//! struct Pair(u32, std::time::Duration);
//! ```
//!
//! A field whose type lacks the derived trait. For example, an `Array` can be read, but not written:
//!
//! ```compile_fail,E0277
//! #[derive(barebus_derive::Type, barebus_derive::Encode)]
//! struct Names<'a>(u32, barebus_wire::Array<'a, &'a str>);
//! ```
//!
//! A dictionary whose key is not a basic type, such as a newtype of a container:
//!
//! ```compile_fail,E0277
//! #[derive(barebus_derive::Type)]
//! struct Bytes<'a>(&'a [u8]);
//! #[derive(barebus_derive::Type)]
//! struct Table<'a>(barebus_wire::Dict<'a, Bytes<'a>, u32>);
//! ```
//!
//! Enums whose variants hold values, unions, structs without fields, and attributes in the wrong place:
//!
//! ```compile_fail
//! #[derive(barebus_derive::Type)]
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

use input::{Derive, expand};

/// Derives `barebus_wire::Type`, the D-Bus type of a Rust type. See the documentation of the crate.
#[proc_macro_derive(Type, attributes(barebus))]
pub fn derive_type(input: TokenStream) -> TokenStream {
    run(Derive::Type, input)
}

/// Derives `barebus_wire::Encode` for marshalling. See the documentation of the crate.
#[proc_macro_derive(Encode, attributes(barebus))]
pub fn derive_encode(input: TokenStream) -> TokenStream {
    run(Derive::Encode, input)
}

/// Derives `barebus_wire::Decode` for unmarshalling. See the documentation of the crate.
#[proc_macro_derive(Decode, attributes(barebus))]
pub fn derive_decode(input: TokenStream) -> TokenStream {
    run(Derive::Decode, input)
}

fn run(derive: Derive, input: TokenStream) -> TokenStream {
    syn::parse(input)
        .and_then(|input| expand(derive, &input))
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
