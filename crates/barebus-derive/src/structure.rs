//! Structs as STRUCT, or as the type of their only field.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Error, Field, Fields, Ident, Index, Member, Result, parse_quote};

use crate::attribute::{Container, Part};
use crate::generics::Head;
use crate::input::Derive;

pub(crate) fn expand(
    derive: Derive,
    container: &Container,
    head: &Head,
    fields: &Fields,
) -> Result<TokenStream> {
    let why =
        "names are for #[barebus(dict)] and #[barebus(string)]: nothing else has them on the wire";
    Container::refuse(&[container.rename_all.map(|(_, span)| span)], why)?;
    for field in fields {
        let why = "only the fields of a #[barebus(dict)] take attributes";
        Container::refuse(&Part::parse(&field.attrs)?.any(), why)?;
    }
    let only = match (fields, container.transparent) {
        (Fields::Unnamed(fields), _) if fields.unnamed.len() == 1 => fields.unnamed.first(),
        (Fields::Named(fields), Some(_)) if fields.named.len() == 1 => fields.named.first(),
        (_, Some(span)) => {
            return Err(Error::new(span, "only a struct with exactly one field is transparent"));
        }
        _ => None,
    };
    Ok(match only {
        Some(field) => transparent(derive, container, head, field),
        None => structure(derive, container, head, fields),
    })
}

/// The span for errors about a field's type.
pub(crate) fn span_of(field: &Field) -> Span {
    field.ty.span().resolved_at(Span::call_site())
}

/// A field's name or number.
fn member(index: usize, field: &Field) -> Member {
    field.ident.clone().map_or_else(|| Member::Unnamed(Index::from(index)), Member::Named)
}

fn structure(derive: Derive, container: &Container, head: &Head, fields: &Fields) -> TokenStream {
    let wire = &container.wire;
    let fields = || fields.iter().enumerate().map(|(index, field)| (member(index, field), field));
    match derive {
        Derive::Type => {
            let texts = fields().map(|(_, field)| {
                let ty = &field.ty;
                quote_spanned!(span_of(field)=> .then(&<#ty as #wire::Type>::TEXT))
            });
            let lens = fields().map(|(_, field)| {
                let ty = &field.ty;
                quote_spanned!(span_of(field)=> + <#ty as #wire::Type>::MIN_LEN)
            });
            head.with(&quote! {
                const TEXT: #wire::SignatureText =
                    #wire::SignatureText::structure(&#wire::SignatureText::EMPTY #(#texts)*);
                const MIN_LEN: usize = 0 #(#lens)*;
            })
        }
        Derive::Encode => {
            let encode = fields().map(|(member, field)| encode(container, &member, field));
            head.with(&quote! {
                #[inline]
                fn encode(
                    &self,
                    writer: &mut #wire::Writer<'_>,
                ) -> ::core::result::Result<(), #wire::EncodeError> {
                    writer.enter_struct()?;
                    #(#encode?;)*
                    writer.leave();
                    ::core::result::Result::Ok(())
                }
            })
        }
        Derive::Decode => {
            // As tuples do it: the first field also reads the padding before the struct.
            let decode = fields().enumerate().map(|(index, (member, field))| {
                decode(
                    container,
                    &member,
                    field,
                    if index == 0 { "decode_first" } else { "decode" },
                )
            });
            head.with(&quote! {
                #[inline]
                fn decode(
                    reader: &mut #wire::Reader<'__message>,
                ) -> ::core::result::Result<Self, #wire::DecodeError> {
                    let depth = #wire::derive::enter_struct(reader)?;
                    let value = Self { #(#decode,)* };
                    #wire::derive::leave_struct(reader, depth);
                    ::core::result::Result::Ok(value)
                }
            })
        }
    }
}

fn transparent(derive: Derive, container: &Container, head: &Head, field: &Field) -> TokenStream {
    let wire = &container.wire;
    let ty = &field.ty;
    let member = member(0, field);
    match derive {
        Derive::Type => {
            let inner = quote_spanned!(span_of(field)=> <#ty as #wire::Type>);
            let implementation = head.with(&quote! {
                const TEXT: #wire::SignatureText = #inner::TEXT;
                const MIN_LEN: usize = #inner::MIN_LEN;
            });
            // A bound without any variable must hold for the impl to compile at all, so the bound is on a reference of any lifetime.
            let is_basic = parse_quote!(for<'__any> &'__any #ty: #wire::BasicType);
            let marker = head.marker(&quote!(#wire::BasicType), Some(is_basic));
            quote!(#implementation #marker)
        }
        Derive::Encode => {
            let encode = encode(container, &member, field);
            head.with(&quote! {
                #[inline]
                fn encode(
                    &self,
                    writer: &mut #wire::Writer<'_>,
                ) -> ::core::result::Result<(), #wire::EncodeError> {
                    #encode
                }
            })
        }
        Derive::Decode => {
            let decode = decode(container, &member, field, "decode");
            head.with(&quote! {
                #[inline]
                fn decode(
                    reader: &mut #wire::Reader<'__message>,
                ) -> ::core::result::Result<Self, #wire::DecodeError> {
                    ::core::result::Result::Ok(Self { #decode })
                }
            })
        }
    }
}

fn encode(container: &Container, member: &Member, field: &Field) -> TokenStream {
    let wire = &container.wire;
    let ty = &field.ty;
    quote_spanned!(span_of(field)=> <#ty as #wire::Encode>::encode(&self.#member, writer))
}

/// The field in a struct expression. Its type is inferred, because its lifetimes have other names here than in the declaration.
/// `method` is the method of `Decode` that reads it.
fn decode(container: &Container, member: &Member, field: &Field, method: &str) -> TokenStream {
    let wire = &container.wire;
    let method = Ident::new(method, span_of(field));
    quote_spanned!(span_of(field)=> #member: <_ as #wire::Decode<'__message>>::#method(reader)?)
}
