//! Infers the type of a literal in a variant, for which there is no signature.

use barebus_wire::Signature;

use super::parse::{Literal, Node, error, is_not_finite};
use crate::error::{ParseError, ParseErrorKind as Kind};

/// What is known about a type.
#[derive(Clone, Debug)]
enum Pattern {
    /// Nothing: the elements of an empty array.
    Any,
    /// A number type; INT32 by default.
    Number,
    /// STRING, OBJECT_PATH or SIGNATURE; STRING by default.
    Text,
    /// A basic type.
    Basic(u8),
    Variant,
    Array(Box<Pattern>),
    Tuple(Vec<Pattern>),
    Entry(Box<(Pattern, Pattern)>),
}

/// The signature of the type of `node`.
pub(super) fn infer(node: &Node<'_>) -> Result<String, ParseError> {
    let mut signature = String::new();
    if pattern(node)?.settle(&mut signature) {
        return Ok(signature);
    }
    Err(error(node.at, Kind::UnknownType, "an annotation, like @as []", ""))
}

fn pattern(node: &Node<'_>) -> Result<Pattern, ParseError> {
    if let Some(annotation) = node.annotation {
        let signature = Signature::parse(annotation).map_err(|fault| {
            error(node.at, Kind::BadSignature(fault), "the signature of one type", annotation)
        })?;
        if !signature.is_single() {
            return Err(error(node.at, Kind::NotOneType, "one type", annotation));
        }
        return Ok(Pattern::of(signature));
    }
    Ok(match &node.literal {
        Literal::Boolean(_) => Pattern::Basic(b'b'),
        Literal::Number(text) if is_double(text) => Pattern::Basic(b'd'),
        Literal::Number(_) => Pattern::Number,
        Literal::Text(_) => Pattern::Text,
        Literal::Bytes(_) => Pattern::Array(Box::new(Pattern::Basic(b'y'))),
        Literal::Array(nodes) => Pattern::Array(Box::new(common(nodes.iter())?)),
        Literal::Dictionary(entries) => {
            let key = common(entries.iter().map(|(key, _)| key))?;
            let value = common(entries.iter().map(|(_, value)| value))?;
            Pattern::Array(Box::new(Pattern::Entry(Box::new((key, value)))))
        }
        Literal::Entry(entry) => Pattern::Entry(Box::new((pattern(&entry.0)?, pattern(&entry.1)?))),
        Literal::Tuple(nodes) => {
            Pattern::Tuple(nodes.iter().map(pattern).collect::<Result<_, _>>()?)
        }
        Literal::Variant(_) => Pattern::Variant,
    })
}

/// What is known about the common type of `nodes`.
fn common<'n, 't: 'n>(nodes: impl Iterator<Item = &'n Node<'t>>) -> Result<Pattern, ParseError> {
    let mut known = Pattern::Any;
    for node in nodes {
        known = known.unify(pattern(node)?).ok_or_else(|| {
            error(node.at, Kind::WrongType, "a value of the type of those before it", "")
        })?;
    }
    Ok(known)
}

/// Whether a number can only be a DOUBLE.
fn is_double(text: &str) -> bool {
    let hexadecimal = text.trim_start_matches(['+', '-']).starts_with("0x");
    text.contains('.') || (!hexadecimal && text.contains(['e', 'E'])) || is_not_finite(text)
}

impl Pattern {
    fn of(signature: Signature<'_>) -> Self {
        let fields = || signature.fields().unwrap_or_default().types().map(Self::of);
        match signature.code() {
            Some(b'a') => Self::Array(Box::new(Self::of(signature.element().unwrap_or_default()))),
            Some(b'(') => Self::Tuple(fields().collect()),
            Some(b'{') => {
                let mut fields = fields();
                let key = fields.next().unwrap_or(Self::Any);
                Self::Entry(Box::new((key, fields.next().unwrap_or(Self::Any))))
            }
            Some(b'v') => Self::Variant,
            Some(code) => Self::Basic(code),
            None => Self::Any,
        }
    }

    /// Combines both; `None` if they contradict each other.
    fn unify(self, other: Self) -> Option<Self> {
        Some(match (self, other) {
            (Self::Any, known) | (known, Self::Any) => known,
            (Self::Number, Self::Number) => Self::Number,
            (Self::Text, Self::Text) => Self::Text,
            (Self::Variant, Self::Variant) => Self::Variant,
            (Self::Number, Self::Basic(code)) | (Self::Basic(code), Self::Number)
                if b"ynqiuxthd".contains(&code) =>
            {
                Self::Basic(code)
            }
            (Self::Text, Self::Basic(code)) | (Self::Basic(code), Self::Text)
                if b"sog".contains(&code) =>
            {
                Self::Basic(code)
            }
            (Self::Basic(one), Self::Basic(other)) if one == other => Self::Basic(one),
            (Self::Array(one), Self::Array(other)) => Self::Array(Box::new(one.unify(*other)?)),
            (Self::Entry(one), Self::Entry(other)) => {
                let ((key, value), (other_key, other_value)) = (*one, *other);
                Self::Entry(Box::new((key.unify(other_key)?, value.unify(other_value)?)))
            }
            (Self::Tuple(one), Self::Tuple(other)) if one.len() == other.len() => {
                let fields = one.into_iter().zip(other).map(|(one, other)| one.unify(other));
                Self::Tuple(fields.collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }

    /// Appends the signature. Returns `false` if a type remains unknown.
    fn settle(&self, signature: &mut String) -> bool {
        match self {
            Self::Any => return false,
            Self::Number => signature.push('i'),
            Self::Text => signature.push('s'),
            Self::Basic(code) => signature.push(char::from(*code)),
            Self::Variant => signature.push('v'),
            Self::Array(element) => {
                signature.push('a');
                return element.settle(signature);
            }
            Self::Tuple(fields) => {
                signature.push('(');
                let settled = fields.iter().all(|field| field.settle(signature));
                signature.push(')');
                return settled;
            }
            Self::Entry(entry) => {
                signature.push('{');
                let settled = entry.0.settle(signature) && entry.1.settle(signature);
                signature.push('}');
                return settled;
            }
        }
        true
    }
}
