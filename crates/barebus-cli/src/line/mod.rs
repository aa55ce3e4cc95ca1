//! Whole messages as lines of text: the header as words, a colon, and the body in `busctl`'s or GVariant's form.
//!
//! ```text
//! method_call serial=2 path=/a interface=a.b member=C destination=x.y signature=s : s "text"
//! method_call serial=2 path=/a interface=a.b member=C destination=x.y signature=s : ('text',)
//! ```

mod parse;
mod print;

pub(crate) use parse::parse;
pub(crate) use print::print;

/// The form of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    Busctl,
    GVariant,
}

#[cfg(test)]
mod tests;
