//! Structs as `a{sv}`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Error, Field, Fields, Ident, LitStr, Result, Type};

use crate::attribute::{Container, Part, distinct};
use crate::generics::Head;
use crate::input::Derive;
use crate::structure::span_of;

/// A field and its entry.
struct Entry<'f> {
    field: &'f Field,
    ident: &'f Ident,
    key: LitStr,
    default: bool,
}

pub(crate) fn expand(
    derive: Derive,
    container: &Container,
    head: &Head,
    fields: &Fields,
) -> Result<TokenStream> {
    Container::refuse(&[container.transparent], "a dictionary is not transparent")?;
    let mut entries = Vec::new();
    for field in fields {
        let Some(ident) = &field.ident else {
            let why = "a dictionary's entries need names: give the fields names";
            return Err(Error::new(fields.span(), why));
        };
        let part = Part::parse(&field.attrs)?;
        Container::refuse(&[part.other], "only a variant can be this")?;
        let key = part.name(ident, container.rename_all.map(|(case, _)| case));
        entries.push(Entry { field, ident, key, default: part.default.is_some() });
    }
    distinct(entries.iter().map(|entry| &entry.key))?;
    Ok(match derive {
        Derive::Type => {
            let wire = &container.wire;
            // The bound on each value's type makes errors point at the field.
            let checks = entries.iter().map(|entry| {
                let ty = optional(&entry.field.ty).unwrap_or(&entry.field.ty);
                quote_spanned!(span_of(entry.field)=> let _ = <#ty as #wire::Type>::MIN_LEN;)
            });
            head.with(&quote! {
                const TEXT: #wire::SignatureText = {
                    #(#checks)*
                    #wire::SignatureText::literal("a{sv}")
                };
                const MIN_LEN: usize = 4;
            })
        }
        Derive::Encode => encode(container, head, &entries),
        Derive::Decode => decode(container, head, &entries),
    })
}

fn encode(container: &Container, head: &Head, entries: &[Entry<'_>]) -> TokenStream {
    let wire = &container.wire;
    let put = entries.iter().map(|Entry { field, ident, key, .. }| {
        let inner = optional(&field.ty);
        let ty = inner.unwrap_or(&field.ty);
        let put = |value: TokenStream| {
            quote_spanned!(span_of(field)=> #wire::derive::put_entry::<#ty>(#value, #key, writer)?;)
        };
        match inner {
            Some(_) => {
                let put = put(quote!(value));
                quote!(if let ::core::option::Option::Some(value) = &self.#ident { #put })
            }
            None => put(quote!(&self.#ident)),
        }
    });
    head.with(&quote! {
        fn encode(
            &self,
            writer: &mut #wire::Writer<'_>,
        ) -> ::core::result::Result<(), #wire::EncodeError> {
            let array = writer.start_array(8)?;
            #(#put)*
            writer.end_array(array)
        }
    })
}

fn decode(container: &Container, head: &Head, entries: &[Entry<'_>]) -> TokenStream {
    let wire = &container.wire;
    // Named by number, because a field may have the name of a variable of this function.
    let places: Vec<_> = (0..entries.len()).map(|index| format_ident!("entry_{index}")).collect();
    // The keys as types, because constants name the key and the field's type, and that type is left to inference.
    let keys: Vec<_> = (0..entries.len()).map(|index| format_ident!("Key{index}")).collect();
    let texts = entries.iter().map(|entry| &entry.key);
    let reads = entries.iter().zip(&places).zip(&keys).map(|((entry, place), key)| {
        let text = &entry.key;
        let read =
            quote_spanned!(span_of(entry.field)=> read_entry::<#key, _>(&mut entries, reader)?);
        quote!(#text => #place = ::core::option::Option::Some(#read))
    });
    let fields = entries.iter().zip(&places).zip(&keys).map(|((entry, place), key)| {
        let ident = entry.ident;
        let value = if optional(&entry.field.ty).is_some() {
            quote!(#place)
        } else if entry.default {
            quote_spanned!(span_of(entry.field)=> ::core::option::Option::unwrap_or_default(#place))
        } else {
            quote!(#wire::derive::require_entry::<#key, _>(#place, reader)?)
        };
        quote!(#ident: #value)
    });
    head.with(&quote! {
        fn decode(
            reader: &mut #wire::Reader<'__message>,
        ) -> ::core::result::Result<Self, #wire::DecodeError> {
            // The span makes errors point at the field.
            use #wire::derive::read_entry;
            #(
                struct #keys;
                impl #wire::derive::Key for #keys {
                    const TEXT: &'static str = #texts;
                }
            )*
            #(let mut #places = ::core::option::Option::None;)*
            let mut entries = reader.enter_array(8)?;
            while !entries.is_at_end() {
                entries.enter_struct()?;
                match entries.read_str()? {
                    #(#reads,)*
                    _ => #wire::derive::skip_entry(&mut entries)?,
                }
                entries.leave();
            }
            ::core::result::Result::Ok(Self { #(#fields,)* })
        }
    })
}

/// The type inside an `Option`. The macro recognises it by its name, because it has no type information.
fn optional(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Option")?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(syn::GenericArgument::Type(ty)) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}
