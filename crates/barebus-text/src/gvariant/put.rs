//! Marshals a tree of literals as values of a signature.

use barebus_wire::{Basic, EncodeError, Endian, FdIndex, ObjectPath, OwnedBody, Signature, Writer};

use super::infer::infer;
use super::parse::{Literal, Node, error, parse_node};
use crate::double;
use crate::error::{ParseError, ParseErrorKind as Kind, Place, expected};
use crate::number::parse_integer;

/// Marshals a tuple as values of `signature`: `('x', 7)`, `('x',)`, `()`.
///
/// The signature determines the types, so annotations are needed only in variants. Other annotations must agree with the signature.
///
/// # Errors
/// The text is invalid. The error says where, and what is valid there.
pub fn parse(
    signature: Signature<'_>,
    text: &str,
    endian: Endian,
) -> Result<OwnedBody, ParseError> {
    let node = parse_node(text)?;
    let Literal::Tuple(nodes) = &node.literal else {
        return Err(wrong(&node, "a tuple with a value for each type"));
    };
    OwnedBody::build(signature, endian, |writer| put_fields(signature, &node, nodes, writer))
}

/// Marshals a value of the single complete type `signature`.
///
/// # Errors
/// The text is invalid. The error says where, and what is valid there.
pub fn parse_value(
    signature: Signature<'_>,
    text: &str,
    endian: Endian,
) -> Result<OwnedBody, ParseError> {
    if !signature.is_single() {
        let found = signature.as_str();
        return Err(ParseError::new(Place::Signature, Kind::NotOneType, "one type", found));
    }
    let node = parse_node(text)?;
    OwnedBody::build(signature, endian, |writer| put(signature, &node, writer))
}

/// Marshals `arguments`, one text per type of `signature`, as `gdbus call` accepts them: what is not a literal is a string, so strings, object
/// paths and signatures need no quotes. Escapes in such a string have the meaning that they have in quotes. Annotations outside of variants
/// have no effect.
///
/// # Errors
/// An argument is invalid. The error says which one, and what is valid there.
pub fn parse_arguments<A: AsRef<str>>(
    signature: Signature<'_>,
    arguments: &[A],
    endian: Endian,
) -> Result<OwnedBody, ParseError> {
    OwnedBody::build(signature, endian, |writer| {
        let mut rest = arguments.iter().map(A::as_ref).enumerate();
        for (index, value_type) in signature.types().enumerate() {
            let Some((_, text)) = rest.next() else {
                let expected = expected(value_type.code().unwrap_or_default());
                return Err(ParseError::new(Place::Argument(index), Kind::TooFew, expected, ""));
            };
            put_argument(value_type, text, writer).map_err(|error| at(index, error))?;
        }
        match rest.next() {
            None => Ok(()),
            Some((index, text)) => {
                Err(ParseError::new(Place::Argument(index), Kind::TooMany, "", text))
            }
        }
    })
}

/// Marshals `arguments` whose types are not known, as `gdbus emit` accepts them: a literal has its own type, what is not a literal is a string.
///
/// # Errors
/// An argument is neither. The error says which one, and what is valid there.
pub fn parse_untyped_arguments<A: AsRef<str>>(
    arguments: &[A],
    endian: Endian,
) -> Result<OwnedBody, ParseError> {
    let mut types = String::new();
    let mut nodes = Vec::with_capacity(arguments.len());
    for (index, text) in arguments.iter().map(A::as_ref).enumerate() {
        let literal = parse_node(text).and_then(|node| Ok((infer(&node)?, node)));
        let (signature, node) = match literal {
            Ok(found) => found,
            Err(error) => ("s".to_owned(), bare(text).ok_or_else(|| at(index, error))?),
        };
        types.push_str(&signature);
        nodes.push(node);
    }
    let signature = Signature::parse(&types).map_err(|fault| {
        ParseError::new(
            Place::Signature,
            Kind::BadSignature(fault),
            "values of D-Bus types",
            &types,
        )
    })?;
    OwnedBody::build(signature, endian, |writer| {
        for (index, (value_type, node)) in signature.types().zip(&nodes).enumerate() {
            put(value_type, node, writer).map_err(|error| at(index, error))?;
        }
        Ok(())
    })
}

/// Marshals text as a value of the single complete type `signature`: a literal, or a string that is not quoted.
pub(crate) fn put_argument(
    signature: Signature<'_>,
    text: &str,
    writer: &mut Writer<'_>,
) -> Result<(), ParseError> {
    let is_text = matches!(signature.code(), Some(b's' | b'o' | b'g'));
    // A value of these types is written as a whole or not at all.
    let literal = parse_node(text).and_then(|mut node| {
        // gdbus does not compare them with the known types.
        clear_annotations(&mut node);
        put(signature, &node, writer)
    });
    match literal {
        Err(error) if is_text => {
            let node = bare(text).ok_or(error)?;
            put(signature, &node, writer)
        }
        result => result,
    }
}

/// Removes annotations, but for those in variants, whose types they tell. Recursion is bounded by the depth of the tree, 65 literals.
fn clear_annotations(node: &mut Node<'_>) {
    node.annotation = None;
    match &mut node.literal {
        Literal::Array(nodes) | Literal::Tuple(nodes) => {
            nodes.iter_mut().for_each(clear_annotations);
        }
        Literal::Dictionary(entries) => {
            for (key, value) in entries {
                clear_annotations(key);
                clear_annotations(value);
            }
        }
        Literal::Entry(entry) => {
            clear_annotations(&mut entry.0);
            clear_annotations(&mut entry.1);
        }
        Literal::Boolean(_)
        | Literal::Number(_)
        | Literal::Text(_)
        | Literal::Bytes(_)
        | Literal::Variant(_) => {}
    }
}

/// The string that is in no quotes. `None` if a quote or an escape in it is wrong.
fn bare(text: &str) -> Option<Node<'static>> {
    match parse_node(&format!("\"{}\"", text.replace('"', "\\\""))).ok()?.literal {
        Literal::Text(text) => Some(Node { at: 0, annotation: None, literal: Literal::Text(text) }),
        _ => None,
    }
}

fn at(index: usize, error: ParseError) -> ParseError {
    ParseError { place: Place::Argument(index), ..error }
}

/// The literal is of a different kind than its type.
fn wrong(node: &Node<'_>, expected: &'static str) -> ParseError {
    let found = match &node.literal {
        Literal::Boolean(true) => "true",
        Literal::Boolean(false) => "false",
        Literal::Number(text) => text,
        Literal::Text(text) => text,
        Literal::Bytes(_) => "b'…'",
        Literal::Array(_) => "[…]",
        Literal::Dictionary(_) | Literal::Entry(_) => "{…}",
        Literal::Tuple(_) => "(…)",
        Literal::Variant(_) => "<…>",
    };
    error(node.at, Kind::WrongType, expected, found)
}

fn carry<T>(node: &Node<'_>, result: Result<T, EncodeError>) -> Result<T, ParseError> {
    result.map_err(|fault| error(node.at, Kind::Encode(fault), "", ""))
}

fn put_fields(
    signature: Signature<'_>,
    tuple: &Node<'_>,
    nodes: &[Node<'_>],
    writer: &mut Writer<'_>,
) -> Result<(), ParseError> {
    const EXPECTED: &str = "a tuple with a value for each type";
    let mut nodes = nodes.iter();
    for field in signature.types() {
        let Some(node) = nodes.next() else {
            return Err(error(tuple.at, Kind::TooFew, EXPECTED, ""));
        };
        put(field, node, writer)?;
    }
    match nodes.next() {
        None => Ok(()),
        Some(surplus) => Err(error(surplus.at, Kind::TooMany, EXPECTED, "")),
    }
}

/// Marshals a literal as a value of the single complete type `signature`.
///
/// Recursion is bounded by the depth of the tree, 65 literals.
fn put(
    signature: Signature<'_>,
    node: &Node<'_>,
    writer: &mut Writer<'_>,
) -> Result<(), ParseError> {
    let code = signature.code().unwrap_or_default();
    if let Some(annotation) = node.annotation {
        if annotation != signature.as_str() {
            return Err(error(node.at, Kind::WrongType, expected(code), annotation));
        }
    }
    match (code, &node.literal) {
        (b'a', _) => put_array(signature.element().unwrap_or_default(), node, writer),
        (b'(', Literal::Tuple(nodes)) => {
            carry(node, writer.enter_struct())?;
            put_fields(signature.fields().unwrap_or_default(), node, nodes, writer)?;
            writer.leave();
            Ok(())
        }
        (b'{', Literal::Entry(entry)) => put_entry(signature, node, &entry.0, &entry.1, writer),
        (b'v', Literal::Variant(inner)) => {
            let text = infer(inner)?;
            let inner_type = Signature::parse(&text).map_err(|fault| {
                error(inner.at, Kind::BadSignature(fault), "a value of a D-Bus type", &text)
            })?;
            carry(node, writer.enter_variant(inner_type))?;
            put(inner_type, inner, writer)?;
            writer.leave();
            Ok(())
        }
        _ => {
            let value = basic(code, node)?;
            carry(node, writer.put_basic(value))
        }
    }
}

fn put_array(
    element: Signature<'_>,
    node: &Node<'_>,
    writer: &mut Writer<'_>,
) -> Result<(), ParseError> {
    let array = carry(node, writer.start_array(element.alignment()))?;
    match (&node.literal, element.code()) {
        (Literal::Bytes(bytes), Some(b'y')) => {
            writer.put_bytes(bytes);
            writer.put_u8(0);
        }
        (Literal::Array(nodes), _) => {
            for node in nodes {
                put(element, node, writer)?;
            }
        }
        (Literal::Dictionary(entries), Some(b'{')) => {
            for (key, value) in entries {
                put_entry(element, node, key, value, writer)?;
            }
        }
        (_, Some(b'{')) => return Err(wrong(node, "a dictionary")),
        _ => return Err(wrong(node, "an array (a)")),
    }
    carry(node, writer.end_array(array))
}

fn put_entry(
    signature: Signature<'_>,
    node: &Node<'_>,
    key: &Node<'_>,
    value: &Node<'_>,
    writer: &mut Writer<'_>,
) -> Result<(), ParseError> {
    let mut fields = signature.fields().unwrap_or_default().types();
    carry(node, writer.enter_struct())?;
    put(fields.next().unwrap_or_default(), key, writer)?;
    put(fields.next().unwrap_or_default(), value, writer)?;
    writer.leave();
    Ok(())
}

fn basic<'n>(code: u8, node: &'n Node<'_>) -> Result<Basic<'n>, ParseError> {
    let refuse = |kind, text: &str| error(node.at, kind, expected(code), text);
    Ok(match (code, &node.literal) {
        (b'b', Literal::Boolean(value)) => Basic::Boolean(*value),
        (b's', Literal::Text(text)) => Basic::String(text),
        (b'o', Literal::Text(text)) => {
            Basic::ObjectPath(ObjectPath::parse(text).map_err(|_| refuse(Kind::BadPath, text))?)
        }
        (b'g', Literal::Text(text)) => Basic::Signature(
            Signature::parse(text).map_err(|fault| refuse(Kind::BadSignature(fault), text))?,
        ),
        (b'd', Literal::Number(text)) => {
            Basic::Double(double::parse(text).map_err(|kind| refuse(kind, text))?)
        }
        // GLib's handles are signed, D-Bus' indices are not. Both are accepted.
        (b'h', Literal::Number(text)) => match parse_integer(b'i', text) {
            Ok(Basic::Int32(value)) => Basic::UnixFd(FdIndex(value as u32)),
            _ => parse_integer(b'h', text).map_err(|kind| refuse(kind, text))?,
        },
        (b'y' | b'n' | b'q' | b'i' | b'u' | b'x' | b't', Literal::Number(text)) => {
            parse_integer(code, text).map_err(|kind| refuse(kind, text))?
        }
        _ => return Err(wrong(node, expected(code))),
    })
}
