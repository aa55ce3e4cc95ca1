//! Converts signatures to the kinds of [`barebus_wire::definition`].

use std::collections::BTreeSet;

use barebus_wire::Signature;

use crate::error::TUPLE_MAX;

/// A Rust type that is a kind, or made of kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Name(&'static str),
    Generic(&'static str, Vec<Ty>),
    Tuple(Vec<Ty>),
}

impl Ty {
    /// The kind of a single complete type.
    ///
    /// # Errors
    /// A struct has too many fields. The error is their number.
    pub(crate) fn of(signature: Signature<'_>) -> Result<Self, usize> {
        if let Some(element) = signature.element() {
            if element == "y" {
                return Ok(Self::Name("Bytes"));
            }
            if element.code() == Some(b'{') {
                return Ok(Self::Generic("Map", Self::list(element.fields().unwrap_or_default())?));
            }
            return Ok(Self::Generic("List", vec![Self::of(element)?]));
        }
        if let Some(fields) = signature.fields() {
            return Self::tuple(fields);
        }
        Ok(Self::Name(match signature.code() {
            Some(b'y') => "u8",
            Some(b'b') => "bool",
            Some(b'n') => "i16",
            Some(b'q') => "u16",
            Some(b'i') => "i32",
            Some(b'u') => "u32",
            Some(b'x') => "i64",
            Some(b't') => "u64",
            Some(b'd') => "f64",
            Some(b's') => "Str",
            Some(b'o') => "Path",
            Some(b'g') => "Sig",
            Some(b'h') => "Fd",
            _ => "Any",
        }))
    }

    /// The kinds of arguments, or of a struct's fields.
    ///
    /// # Errors
    /// There are too many. The error is their number.
    pub(crate) fn tuple(signature: Signature<'_>) -> Result<Self, usize> {
        let kinds = Self::list(signature)?;
        if kinds.len() > TUPLE_MAX { Err(kinds.len()) } else { Ok(Self::Tuple(kinds)) }
    }

    fn list(signature: Signature<'_>) -> Result<Vec<Self>, usize> {
        signature.types().map(Self::of).collect()
    }

    /// Adds the names to import.
    pub(crate) fn names(&self, names: &mut BTreeSet<&'static str>) {
        let inner = match self {
            Self::Name(name) => {
                if name.starts_with(|first: char| first.is_ascii_uppercase()) {
                    names.insert(name);
                }
                return;
            }
            Self::Generic(name, inner) => {
                names.insert(name);
                inner
            }
            Self::Tuple(inner) => inner,
        };
        inner.iter().for_each(|ty| ty.names(names));
    }

    /// Clippy's complexity of the type, see [`COMPLEXITY_MAX`].
    pub(crate) fn complexity(&self, nesting: usize) -> usize {
        let inner = match self {
            Self::Name(_) => &[][..],
            Self::Generic(_, inner) | Self::Tuple(inner) => inner,
        };
        let inner: usize = inner.iter().map(|ty| ty.complexity(nesting + 1)).sum();
        10 * nesting + inner
    }
}

/// The default of Clippy's `type-complexity-threshold`.
pub(crate) const COMPLEXITY_MAX: usize = 250;
