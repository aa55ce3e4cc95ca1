//! Elements: their names and attributes.

use std::borrow::Cow;

use quick_xml::escape::EscapeError;
use quick_xml::events::BytesStart;
use quick_xml::{Error, XmlVersion};

use super::position::excerpt;
use super::{MemberKind, ProblemKind};

pub(super) fn member_kind(element: &[u8]) -> Option<MemberKind> {
    match element {
        b"method" => Some(MemberKind::Method),
        b"signal" => Some(MemberKind::Signal),
        b"property" => Some(MemberKind::Property),
        _ => None,
    }
}

/// An element's name without its namespace's prefix.
fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

/// `doc:doc` and `tp:docstring` are in use, with and without a prefix.
pub(super) fn is_documentation(name: &[u8]) -> bool {
    matches!(local(name), b"doc" | b"docstring" | b"documentation" | b"description" | b"summary")
}

/// Markup inside a paragraph.
pub(super) fn is_inline(name: &[u8]) -> bool {
    const INLINE: &[&[u8]] = &[
        b"a",
        b"b",
        b"code",
        b"em",
        b"i",
        b"span",
        b"strong",
        b"tt",
        b"ref",
        b"member-ref",
        b"type",
        b"value",
        b"literal",
        b"emphasis",
        b"ulink",
        b"link",
        b"dbus-ref",
        b"token-ref",
        b"var",
        b"cite",
        b"sub",
        b"sup",
        b"q",
        b"kbd",
        b"tag",
    ];
    INLINE.contains(&local(name))
}

/// The attributes that mean something; empty where they are missing.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub(super) name: String,
    /// `type`.
    pub(super) signature: String,
    pub(super) direction: String,
    pub(super) access: String,
    pub(super) value: String,
}

impl Attributes {
    pub(super) fn of(element: &BytesStart<'_>) -> Result<Self, ProblemKind> {
        let not_xml =
            |what: &dyn std::fmt::Display| ProblemKind::NotXml(excerpt(&what.to_string()));
        let mut found = Self::default();
        let mut attributes = element.attributes();
        // Comparing each with all others takes quadratic time.
        for attribute in attributes.with_checks(false) {
            let attribute = attribute.map_err(|error| not_xml(&error))?;
            let to = match attribute.key.as_ref() {
                b"name" => &mut found.name,
                b"type" => &mut found.signature,
                b"direction" => &mut found.direction,
                b"access" => &mut found.access,
                b"value" => &mut found.value,
                _ => continue,
            };
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            *to = value.map(Cow::into_owned).map_err(|error| match error {
                Error::Escape(EscapeError::UnrecognizedEntity(_, name)) => {
                    ProblemKind::UnknownEntity(excerpt(&name))
                }
                error => not_xml(&error),
            })?;
        }
        Ok(found)
    }
}
