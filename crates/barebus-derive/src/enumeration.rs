//! Enums as integers or strings.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{DataEnum, Error, Fields, Ident, LitStr, Result, Variant};

use crate::attribute::{Container, Part, distinct};
use crate::case::Case;
use crate::generics::Head;
use crate::input::Derive;
use crate::structure::span_of;

/// Whether `ident` is an integer type that D-Bus has.
pub(crate) fn is_integer(ident: &Ident) -> bool {
    ["u8", "i16", "u16", "i32", "u32", "i64", "u64"].iter().any(|name| ident == name)
}

/// The variants: those with a value of their own, and the one for all other values.
struct Variants<'v> {
    known: Vec<Known<'v>>,
    other: Option<&'v Variant>,
}

/// A variant with one value.
struct Known<'v> {
    ident: &'v Ident,
    /// The value, if the enum is a string.
    name: LitStr,
    /// The name of the constant with the value, if the enum is an integer.
    constant: Ident,
}

pub(crate) fn expand(
    derive: Derive,
    container: &Container,
    head: &Head,
    ident: &Ident,
    data: &DataEnum,
) -> Result<TokenStream> {
    let variants = variants(container, data)?;
    let lossy = variants.other.filter(|other| other.fields.is_empty());
    if let (Derive::Encode, Some(other)) = (derive, lossy) {
        let why = "what this variant was unmarshalled from is lost: give it a field to be marshalled again";
        return Err(Error::new(other.ident.span(), why));
    }
    match (&container.string, &container.repr) {
        (Some(_), _) => {
            distinct(variants.known.iter().map(|known| &known.name))?;
            Ok(string(derive, container, head, &variants))
        }
        (None, Some(repr)) => {
            let why = "names are for #[barebus(dict)] and #[barebus(string)]: nothing else has them on the wire";
            Container::refuse(&[container.rename_all.map(|(_, span)| span)], why)?;
            for variant in &data.variants {
                Container::refuse(
                    &[Part::parse(&variant.attrs)?.rename.map(|name| name.span())],
                    why,
                )?;
            }
            Ok(integer(derive, container, head, repr, data, &variants))
        }
        (None, None) => {
            let why = "say what the enum is on the wire: #[repr(u32)] or another integer type of D-Bus, \
                       or #[barebus(string)]";
            Err(Error::new(ident.span(), why))
        }
    }
}

fn variants<'v>(container: &Container, data: &'v DataEnum) -> Result<Variants<'v>> {
    let case = container.rename_all.map_or(Case::Kebab, |(case, _)| case);
    let mut variants = Variants { known: Vec::new(), other: None };
    for (index, variant) in data.variants.iter().enumerate() {
        let part = Part::parse(&variant.attrs)?;
        Container::refuse(&[part.default], "only a field can have a default")?;
        let fits = match &variant.fields {
            Fields::Unit => true,
            Fields::Unnamed(fields) => part.other.is_some() && fields.unnamed.len() == 1,
            Fields::Named(_) => false,
        };
        if !fits {
            let why = "a variant of an integer or string cannot hold values, unless it is #[barebus(other)] with one";
            return Err(Error::new(variant.ident.span(), why));
        }
        match part.other {
            None => variants.known.push(Known {
                ident: &variant.ident,
                name: part.name(&variant.ident, Some(case)),
                constant: constant(index),
            }),
            Some(span) if variants.other.is_some() => {
                return Err(Error::new(span, "only one variant can be every other value"));
            }
            Some(_) => variants.other = Some(variant),
        }
    }
    Ok(variants)
}

/// The type of the field that keeps an unknown value, and the name of the variant.
fn kept<'v>(variants: &Variants<'v>) -> Option<(&'v Ident, &'v syn::Field)> {
    let other = variants.other?;
    other.fields.iter().next().map(|field| (&other.ident, field))
}

fn string(
    derive: Derive,
    container: &Container,
    head: &Head,
    variants: &Variants<'_>,
) -> TokenStream {
    let wire = &container.wire;
    let idents = variants.known.iter().map(|known| known.ident);
    let names = variants.known.iter().map(|known| &known.name);
    match derive {
        Derive::Type => type_of(container, head, &quote!(str), variants),
        Derive::Encode => {
            let other = encode_other(container, variants);
            head.with(&quote! {
                fn encode(
                    &self,
                    writer: &mut #wire::Writer<'_>,
                ) -> ::core::result::Result<(), #wire::EncodeError> {
                    let name = match self {
                        #(Self::#idents => #names,)*
                        #other
                    };
                    #wire::derive::put_name(name, writer)
                }
            })
        }
        Derive::Decode => {
            let (before, other) = decode_other(container, variants);
            head.with(&quote! {
                fn decode(
                    reader: &mut #wire::Reader<'__message>,
                ) -> ::core::result::Result<Self, #wire::DecodeError> {
                    #before
                    ::core::result::Result::Ok(match reader.read_str()? {
                        #(#names => Self::#idents,)*
                        value => #other,
                    })
                }
            })
        }
    }
}

fn integer(
    derive: Derive,
    container: &Container,
    head: &Head,
    repr: &Ident,
    data: &DataEnum,
    variants: &Variants<'_>,
) -> TokenStream {
    let wire = &container.wire;
    let idents = variants.known.iter().map(|known| known.ident);
    let values = variants.known.iter().map(|known| &known.constant);
    let constants = constants(repr, data);
    match derive {
        Derive::Type => type_of(container, head, &quote!(#repr), variants),
        Derive::Encode => {
            let other = encode_other(container, variants);
            head.with(&quote! {
                #[inline]
                fn encode(
                    &self,
                    writer: &mut #wire::Writer<'_>,
                ) -> ::core::result::Result<(), #wire::EncodeError> {
                    #constants
                    let value: #repr = match self {
                        #(Self::#idents => #values,)*
                        #other
                    };
                    <#repr as #wire::Encode>::encode(&value, writer)
                }
            })
        }
        Derive::Decode => {
            let (before, other) = decode_other(container, variants);
            head.with(&quote! {
                #[inline]
                fn decode(
                    reader: &mut #wire::Reader<'__message>,
                ) -> ::core::result::Result<Self, #wire::DecodeError> {
                    #constants
                    #before
                    ::core::result::Result::Ok(match <#repr as #wire::Decode>::decode(reader)? {
                        #(#values => Self::#idents,)*
                        value => #other,
                    })
                }
            })
        }
    }
}

/// The constant of the variant at `index`. The underscore prevents a warning for the variant of other values, whose constant is unused.
fn constant(index: usize) -> Ident {
    format_ident!("_VALUE_{index}")
}

/// A constant for each variant's value. `as` works only for enums without fields.
fn constants(repr: &Ident, data: &DataEnum) -> TokenStream {
    let constants = data.variants.iter().enumerate().map(|(index, variant)| {
        let name = constant(index);
        let previous = index.checked_sub(1).map(constant);
        let value = match (&variant.discriminant, previous) {
            (Some((_, value)), _) => quote!(#value),
            (None, Some(previous)) => quote!(#previous + 1),
            (None, None) => quote!(0),
        };
        quote!(const #name: #repr = #value;)
    });
    quote!(#(#constants)*)
}

/// The impls of `Type` and `BasicType` for an enum that is as `basic` on the wire.
fn type_of(
    container: &Container,
    head: &Head,
    basic: &TokenStream,
    variants: &Variants<'_>,
) -> TokenStream {
    let wire = &container.wire;
    // The field that keeps an unknown value must have the enum's D-Bus type, otherwise the wrong type would be marshalled.
    let check = kept(variants).map(|(_, field)| {
        let ty = &field.ty;
        quote_spanned!(span_of(field)=> #wire::derive::assert_same_type::<#ty, #basic>();)
    });
    let implementation = head.with(&quote! {
        const TEXT: #wire::SignatureText = {
            #check
            <#basic as #wire::Type>::TEXT
        };
        const MIN_LEN: usize = <#basic as #wire::Type>::MIN_LEN;
    });
    let marker = head.marker(&quote!(#wire::BasicType), None);
    quote!(#implementation #marker)
}

/// The arm that marshals a kept value as it is.
fn encode_other(container: &Container, variants: &Variants<'_>) -> Option<TokenStream> {
    let wire = &container.wire;
    kept(variants).map(|(ident, field)| {
        let ty = &field.ty;
        let encode = quote_spanned!(span_of(field)=> <#ty as #wire::Encode>::encode(other, writer));
        quote!(Self::#ident(other) => return #encode,)
    })
}

/// Code that runs before the value is read, and the result for an unknown value.
fn decode_other(container: &Container, variants: &Variants<'_>) -> (TokenStream, TokenStream) {
    let wire = &container.wire;
    match (kept(variants), variants.other) {
        (Some((ident, field)), _) => {
            let decode = quote_spanned!(span_of(field)=> <_ as #wire::Decode<'__message>>::decode);
            let before = quote!(let mut again = ::core::clone::Clone::clone(reader););
            (before, quote!({ let _ = value; Self::#ident(#decode(&mut again)?) }))
        }
        (None, Some(Variant { ident, .. })) => {
            (TokenStream::new(), quote!({ let _ = value; Self::#ident }))
        }
        (None, None) => {
            // A string is followed by a NUL.
            let len = match container.string {
                Some(_) => quote!(value.len() + 1),
                None => quote!(::core::mem::size_of_val(&value)),
            };
            let fail = quote!(#wire::derive::unknown_value(reader, #len));
            (TokenStream::new(), quote!(return ::core::result::Result::Err(#fail)))
        }
    }
}
