//! The attribute `#[barebus(…)]`, as written.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Ident, LitStr, Path, Result};

use crate::case::Case;

/// Attributes of the struct or enum.
pub(crate) struct Container {
    /// Path of barebus-wire.
    pub(crate) wire: Path,
    /// Position of `dict`, if present. The following fields are positions, too.
    pub(crate) dict: Option<Span>,
    pub(crate) string: Option<Span>,
    pub(crate) transparent: Option<Span>,
    pub(crate) rename_all: Option<(Case, Span)>,
    /// The integer type in `#[repr(…)]`.
    pub(crate) repr: Option<Ident>,
}

impl Container {
    /// `wire` is the path of barebus-wire if no attribute gives another.
    pub(crate) fn parse(attributes: &[Attribute], wire: Path) -> Result<Self> {
        let mut container = Self {
            wire,
            dict: None,
            string: None,
            transparent: None,
            rename_all: None,
            repr: None,
        };
        each(attributes, "barebus", |meta| {
            let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
            match name.as_str() {
                "dict" => once(&mut container.dict, &meta),
                "string" => once(&mut container.string, &meta),
                "transparent" => once(&mut container.transparent, &meta),
                "rename_all" => {
                    let text: LitStr = meta.value()?.parse()?;
                    let case = Case::parse(&text.value())
                        .ok_or_else(|| Error::new(text.span(), unknown_case()))?;
                    container.rename_all = Some((case, meta.path.span()));
                    Ok(())
                }
                "crate" => {
                    container.wire = meta.value()?.parse::<LitStr>()?.parse()?;
                    Ok(())
                }
                _ => Err(meta.error("expected dict, string, transparent, rename_all or crate")),
            }
        })?;
        each(attributes, "repr", |meta| {
            let ident = meta.path.get_ident();
            if let Some(ident) = ident.filter(|ident| crate::enumeration::is_integer(ident)) {
                container.repr = Some(ident.clone());
            }
            // `align(…)` and `packed(…)` do not matter here. Their arguments are skipped.
            if meta.input.peek(syn::token::Paren) {
                let _: proc_macro2::Group = meta.input.parse()?;
            }
            Ok(())
        })?;
        Ok(container)
    }

    /// Refuses attributes in the wrong place: those of `spans` that are present.
    pub(crate) fn refuse(spans: &[Option<Span>], why: &str) -> Result<()> {
        match spans.iter().flatten().next() {
            Some(span) => Err(Error::new(*span, why)),
            None => Ok(()),
        }
    }
}

/// Attributes of a field or a variant.
#[derive(Default)]
pub(crate) struct Part {
    pub(crate) rename: Option<LitStr>,
    pub(crate) default: Option<Span>,
    pub(crate) other: Option<Span>,
}

impl Part {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut part = Self::default();
        each(attributes, "barebus", |meta| {
            let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
            match name.as_str() {
                "rename" => {
                    let name: LitStr = meta.value()?.parse()?;
                    if name.value().contains('\0') {
                        return Err(Error::new(name.span(), "a D-Bus string cannot hold a NUL"));
                    }
                    part.rename = Some(name);
                    Ok(())
                }
                "default" => once(&mut part.default, &meta),
                "other" => once(&mut part.other, &meta),
                _ => Err(meta.error("expected rename, default or other")),
            }
        })?;
        Ok(part)
    }

    /// Position of any attribute.
    pub(crate) fn any(&self) -> [Option<Span>; 3] {
        [self.rename.as_ref().map(LitStr::span), self.default, self.other]
    }

    /// The name on the wire: `rename`, else `identifier` in `case`.
    pub(crate) fn name(&self, identifier: &Ident, case: Option<Case>) -> LitStr {
        use syn::ext::IdentExt;
        self.rename.clone().unwrap_or_else(|| {
            let identifier_text = identifier.unraw().to_string();
            let name =
                case.map_or_else(|| identifier_text.clone(), |case| case.apply(&identifier_text));
            LitStr::new(&name, identifier.span())
        })
    }
}

/// Refuses a repeated name.
pub(crate) fn distinct<'n>(names: impl Iterator<Item = &'n LitStr>) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name.value()) {
            let why = format!("the name \"{}\" stands twice", name.value());
            return Err(Error::new(name.span(), why));
        }
    }
    Ok(())
}

/// Calls `parse` for each item in the attributes called `name`.
fn each(
    attributes: &[Attribute],
    name: &str,
    mut parse: impl FnMut(ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(name))
        .try_for_each(|attribute| attribute.parse_nested_meta(&mut parse))
}

fn once(place: &mut Option<Span>, meta: &ParseNestedMeta<'_>) -> Result<()> {
    match place.replace(meta.path.span()) {
        None => Ok(()),
        Some(_) => Err(meta.error("stands twice")),
    }
}

fn unknown_case() -> String {
    let names: Vec<_> = Case::NAMES.iter().map(|(name, _)| *name).collect();
    format!("expected one of {}", names.join(", "))
}
