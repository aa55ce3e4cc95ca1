//! Selects the form of a struct or enum.

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, Error, Fields, Path, Result};

use crate::attribute::Container;
use crate::generics::Head;
use crate::{dictionary, enumeration, structure};

/// The trait to be derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derive {
    Type,
    Encode,
    Decode,
}

/// The derived impl. `wire` is the path of barebus-wire.
pub(crate) fn expand(derive: Derive, wire: Path, input: &DeriveInput) -> Result<TokenStream> {
    let container = Container::parse(&input.attrs, wire)?;
    let head = Head::new(derive, input, &container.wire)?;
    match &input.data {
        Data::Struct(data) => {
            Container::refuse(&[container.string], "only an enum can be a string")?;
            if matches!(data.fields, Fields::Unit) || data.fields.is_empty() {
                return Err(Error::new(
                    input.ident.span(),
                    "a D-Bus STRUCT has at least one field",
                ));
            }
            match container.dict {
                Some(_) => dictionary::expand(derive, &container, &head, &data.fields),
                None => structure::expand(derive, &container, &head, &data.fields),
            }
        }
        Data::Enum(data) => {
            let structs_only = [container.dict, container.transparent];
            Container::refuse(&structs_only, "only a struct can be this")?;
            enumeration::expand(derive, &container, &head, &input.ident, data)
        }
        Data::Union(data) => Err(Error::new(data.union_token.span, "a union has no D-Bus type")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire() -> Path {
        syn::parse_quote!(::barebus_wire)
    }

    /// The message of the error that deriving `derive` for `source` ends with, and the source it points at.
    fn error(derive: Derive, source: &str) -> (String, String) {
        let input = syn::parse_str(source).unwrap();
        let error = expand(derive, wire(), &input).unwrap_err();
        (error.to_string(), error.span().source_text().unwrap())
    }

    #[track_caller]
    fn refuses(source: &str, message: &str, at: &str) {
        for derive in [Derive::Type, Derive::Encode, Derive::Decode] {
            let found = error(derive, source);
            assert_eq!(found, (message.to_owned(), at.to_owned()), "{derive:?} of {source}");
        }
    }

    #[test]
    fn refuses_structs_without_fields() {
        for source in ["struct Nothing;", "struct Nothing {}", "struct Nothing();"] {
            refuses(source, "a D-Bus STRUCT has at least one field", "Nothing");
        }
    }

    #[test]
    fn refuses_unions() {
        refuses("union Bits { a: u32, b: f32 }", "a union has no D-Bus type", "union");
    }

    #[test]
    fn refuses_enums_that_say_not_what_they_are() {
        let why = "say what the enum is on the wire: #[repr(u32)] or another integer type of D-Bus, \
                   or #[barebus(string)]";
        refuses("enum State { On, Off }", why, "State");
        refuses("#[repr(i8)] enum State { On, Off }", why, "State");
        refuses("#[repr(C, align(8))] enum State { On, Off }", why, "State");
    }

    #[test]
    fn refuses_variants_that_hold_values() {
        let why = "a variant of an integer or string cannot hold values, unless it is #[barebus(other)] with one";
        refuses("#[repr(u8)] enum Shape { Round, Square(u8) }", why, "Square");
        refuses("#[barebus(string)] enum Shape { Square { side: u8 } }", why, "Square");
        refuses("#[barebus(string)] enum Shape { #[barebus(other)] Both(u8, u8) }", why, "Both");
    }

    #[test]
    fn refuses_attributes_that_mean_nothing_where_they_stand() {
        let names = "names are for #[barebus(dict)] and #[barebus(string)]: nothing else has them on the wire";
        refuses(r#"#[barebus(rename_all = "lowercase")] struct A(u8, u8);"#, names, "rename_all");
        refuses(
            r#"#[barebus(rename_all = "lowercase")] #[repr(u8)] enum A { B }"#,
            names,
            "rename_all",
        );
        let field = "only the fields of a #[barebus(dict)] take attributes";
        refuses(r#"struct A { #[barebus(rename = "x")] a: u8 }"#, field, "\"x\"");
        refuses("struct A(#[barebus(default)] u8);", field, "default");
        refuses(r#"#[repr(u8)] enum A { #[barebus(rename = "x")] B }"#, names, "\"x\"");
        refuses(
            "#[barebus(string)] enum A { #[barebus(default)] B }",
            "only a field can have a default",
            "default",
        );
        refuses(
            "#[barebus(dict)] struct A { #[barebus(other)] b: u8 }",
            "only a variant can be this",
            "other",
        );
        refuses("#[barebus(string)] struct A { b: u8 }", "only an enum can be a string", "string");
        refuses("#[barebus(dict)] enum A { B }", "only a struct can be this", "dict");
        refuses(
            "#[barebus(dict, transparent)] struct A { b: u8 }",
            "a dictionary is not transparent",
            "transparent",
        );
    }

    #[test]
    fn refuses_unknown_attributes_and_cases() {
        refuses(
            "#[barebus(dictionary)] struct A { b: u8 }",
            "expected dict, string, transparent, rename_all or crate",
            "dictionary",
        );
        refuses(
            "#[barebus(dict)] struct A { #[barebus(skip)] b: u8 }",
            "expected rename, default or other",
            "skip",
        );
        refuses(
            r#"#[barebus(dict, rename_all = "Title Case")] struct A { b: u8 }"#,
            "expected one of lowercase, PascalCase, camelCase, snake_case, SCREAMING_SNAKE_CASE, kebab-case",
            "\"Title Case\"",
        );
        refuses("#[barebus(dict, dict)] struct A { b: u8 }", "stands twice", "dict");
    }

    #[test]
    fn refuses_names_that_stand_twice() {
        refuses(
            r#"#[barebus(dict)] struct A { b: u8, #[barebus(rename = "b")] c: u8 }"#,
            "the name \"b\" stands twice",
            "\"b\"",
        );
        refuses(
            r#"#[barebus(string, rename_all = "lowercase")] enum A { GetIt, Getit }"#,
            "the name \"getit\" stands twice",
            "Getit",
        );
    }

    #[test]
    fn refuses_names_with_a_nul() {
        refuses(
            r#"#[barebus(dict)] struct A { #[barebus(rename = "b\0")] b: u8 }"#,
            "a D-Bus string cannot hold a NUL",
            r#""b\0""#,
        );
    }

    #[test]
    fn refuses_dictionaries_without_names() {
        refuses(
            "#[barebus(dict)] struct A(u8, u16);",
            "a dictionary's entries need names: give the fields names",
            "(u8, u16)",
        );
    }

    #[test]
    fn refuses_transparent_structs_with_more_than_one_field() {
        refuses(
            "#[barebus(transparent)] struct A { b: u8, c: u8 }",
            "only a struct with exactly one field is transparent",
            "transparent",
        );
    }

    #[test]
    fn refuses_a_second_variant_for_other_values() {
        refuses(
            "#[repr(u8)] enum A { #[barebus(other)] B(u8), #[barebus(other)] C(u8) }",
            "only one variant can be every other value",
            "other",
        );
    }

    #[test]
    fn refuses_to_encode_a_value_that_was_not_kept() {
        let source = "#[barebus(string)] enum A { B, #[barebus(other)] Unknown }";
        let why = "what this variant was unmarshalled from is lost: give it a field to be marshalled again";
        assert_eq!(error(Derive::Encode, source), (why.to_owned(), "Unknown".to_owned()));
        let input = syn::parse_str(source).unwrap();
        assert!(expand(Derive::Decode, wire(), &input).is_ok());
    }

    #[test]
    fn points_at_the_field_whose_type_is_wrong() {
        let source = "struct A {\n    good: u8,\n    wrong: Duration,\n}";
        let input: DeriveInput = syn::parse_str(source).unwrap();
        for derive in [Derive::Type, Derive::Encode, Derive::Decode] {
            let expanded = expand(derive, wire(), &input).unwrap();
            assert!(mentions(expanded, "Duration", 3), "{derive:?}");
        }
    }

    /// Whether the trait that the field's type must have is asked for at the field: a token `decode`, `encode` or `Type`
    /// that stands where line `line` of the source has `text`.
    fn mentions(tokens: TokenStream, text: &str, line: usize) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Group(group) => mentions(group.stream(), text, line),
            proc_macro2::TokenTree::Ident(ident) => {
                ["Type", "Encode", "Decode"].iter().any(|name| ident == name)
                    && ident.span().start().line == line
                    && ident.span().source_text().is_some_and(|source| source == text)
            }
            _ => false,
        })
    }
}
