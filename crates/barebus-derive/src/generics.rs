//! The `impl` line of a derived trait.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{DeriveInput, GenericParam, Generics, Lifetime, Path, TypeParamBound, WherePredicate};
use syn::{parse_quote, parse2};

use crate::input::Derive;

/// `impl<…> Trait for Name<…> where …` of the derived trait.
pub(crate) struct Head {
    /// The trait, with its lifetime.
    pub(crate) of: TokenStream,
    generics: Generics,
    name: TokenStream,
}

impl Head {
    /// The head of the impl of `derive`'s trait.
    pub(crate) fn new(derive: Derive, input: &DeriveInput, wire: &Path) -> syn::Result<Self> {
        let (of, bound): (TokenStream, TypeParamBound) = match derive {
            Derive::Type => (quote!(#wire::Type), parse_quote!(#wire::Type)),
            Derive::Encode => (quote!(#wire::Encode), parse_quote!(#wire::Encode)),
            Derive::Decode => {
                (quote!(#wire::Decode<'__message>), parse_quote!(#wire::Decode<'__message>))
            }
        };
        let mut generics = bounded(&input.generics, &bound);
        let name = &input.ident;
        let (_, arguments, _) = input.generics.split_for_impl();
        let mut name = quote!(#name #arguments);
        if derive == Derive::Decode {
            let lifetimes: Vec<_> =
                input.generics.lifetimes().map(|lifetime| lifetime.lifetime.clone()).collect();
            let where_clause = generics.where_clause.take();
            generics.params = generics
                .params
                .into_iter()
                .filter(|parameter| !matches!(parameter, GenericParam::Lifetime(_)))
                .map(|parameter| {
                    parse2::<GenericParam>(with_one_lifetime(
                        parameter.into_token_stream(),
                        &lifetimes,
                    ))
                })
                .collect::<syn::Result<_>>()?;
            generics.params.insert(0, parse_quote!('__message));
            for predicate in where_clause.into_iter().flat_map(|clause| clause.predicates) {
                let tokens = with_one_lifetime(predicate.into_token_stream(), &lifetimes);
                generics.make_where_clause().predicates.push(parse2(tokens)?);
            }
            name = with_one_lifetime(name, &lifetimes);
        }
        Ok(Self { of, generics, name })
    }

    /// The impl with `items`.
    pub(crate) fn with(&self, items: &TokenStream) -> TokenStream {
        let Self { of, generics, name } = self;
        let (parameters, _, where_clause) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #parameters #of for #name #where_clause {
                #items
            }
        }
    }

    /// An impl of the marker trait `of` for the same type where `predicate` holds.
    pub(crate) fn marker(
        &self,
        of: &TokenStream,
        predicate: Option<WherePredicate>,
    ) -> TokenStream {
        let mut generics = self.generics.clone();
        if let Some(predicate) = predicate {
            generics.make_where_clause().predicates.push(predicate);
        }
        let name = &self.name;
        let (parameters, _, where_clause) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #parameters #of for #name #where_clause {}
        }
    }
}

/// `generics` with `bound` on every type parameter, without defaults.
fn bounded(generics: &Generics, bound: &TypeParamBound) -> Generics {
    let mut generics = generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(bound.clone());
        parameter.default = None;
        parameter.eq_token = None;
    }
    generics
}

/// `tokens` with every lifetime of `lifetimes` replaced by that of the message.
fn with_one_lifetime(tokens: TokenStream, lifetimes: &[Lifetime]) -> TokenStream {
    let mut after_apostrophe = false;
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let inner = with_one_lifetime(group.stream(), lifetimes);
                let mut replaced = Group::new(group.delimiter(), inner);
                replaced.set_span(group.span());
                replaced.into()
            }
            TokenTree::Punct(punct) => {
                after_apostrophe = punct.as_char() == '\'';
                punct.into()
            }
            TokenTree::Ident(ident) if core::mem::take(&mut after_apostrophe) => {
                if lifetimes.iter().any(|lifetime| lifetime.ident == ident) {
                    proc_macro2::Ident::new("__message", ident.span()).into()
                } else {
                    ident.into()
                }
            }
            token => token,
        })
        .collect()
}
