//! Valid messages of a shape.

use barebus_wire::{Signature, limits};

use crate::message::{self, Message};
use crate::shape::{Shape, ShapeError};
use crate::signature::{can_reach, least_depth, signature, type_of_depth, types};
use crate::size;
use crate::source::Source;
use crate::value::{Body, Value};
use crate::values::{Nesting, values_within};

/// A valid message.
///
/// # Errors
/// No message has this shape.
pub fn message(source: &mut Source<'_>, shape: &Shape) -> Result<Message, ShapeError> {
    let endian = shape.endian.unwrap_or_else(|| message::endian(source));
    let message_type = shape.message_type.unwrap_or_else(|| message::message_type(source));
    let mut message = Message::new(source, endian, message_type);
    message.body = body(source, shape)?;
    message.rotation = source.byte();
    if source.below(8) == 7 {
        // libdbus knows field 10, which the specification does not define.
        let code = source.byte().max(11);
        let values = values_within(source, "v", Nesting::within(3));
        message.unknown_fields.extend(values.into_iter().map(|value| (code, value)));
    }
    message.unix_fds = match shape.unix_fds {
        true => message.unix_fds.max(message.body.fd_count()),
        false => 0,
    };
    if let Some(size) = shape.size {
        message = sized(shape, message, size)?;
    }
    Ok(message)
}

/// The message with `size` bytes; or another one, if it cannot have them.
fn sized(shape: &Shape, mut message: Message, size: usize) -> Result<Message, ShapeError> {
    let is_free = shape.signature.is_none();
    if is_free {
        if message.body.types().len() == limits::SIGNATURE_LEN {
            message = simplest(shape, &message)?;
        }
        message.body.push(Value::String(String::new()));
    }
    if size::grow(&mut message, size).is_err() {
        message = simplest(shape, &message)?;
        let empty = message.clone();
        if is_free {
            message.body.push(Value::String(String::new()));
        }
        if message.marshal().len() > size {
            message = empty;
        }
        size::grow(&mut message, size)?;
    }
    match shape.depth {
        // What was empty before is not now.
        Some(depth) if message.body.depth() != depth => {
            let most = simplest(shape, &message)?.marshal().len();
            Err(ShapeError::TooLong { size, most })
        }
        _ => Ok(message),
    }
}

/// The simplest message of the shape's signature and depth, of the type and byte order of another message.
fn simplest(shape: &Shape, like: &Message) -> Result<Message, ShapeError> {
    let mut source = Source::new(&[]);
    let mut message = Message::new(&mut source, like.endian, like.message_type);
    message.body = body(&mut source, shape)?;
    message.unix_fds = message.body.fd_count();
    Ok(message)
}

/// A body of the shape's signature and depth.
fn body(source: &mut Source<'_>, shape: &Shape) -> Result<Body, ShapeError> {
    let nesting = shape.depth.map_or(Nesting::ANY, Nesting::exactly);
    let types = match (&shape.signature, shape.depth) {
        (Some(text), depth) => {
            check(text, depth)?;
            text.clone()
        }
        (None, None) => signature(source),
        (None, Some(depth)) => signature_of_depth(source, depth)?,
    };
    let needs_fds = !shape.unix_fds && types.contains('h');
    if needs_fds && shape.signature.is_some() {
        return Err(ShapeError::NeedsFds(types));
    }
    let mut values = values_within(source, &types, nesting);
    if !shape.unix_fds {
        values.iter_mut().for_each(without_fds);
    }
    Ok(Body::new(values))
}

fn check(text: &str, depth: Option<usize>) -> Result<(), ShapeError> {
    Signature::parse(text)
        .map_err(|error| ShapeError::Signature { signature: text.into(), error })?;
    let Some(depth) = depth else { return Ok(()) };
    let fits = types(text).all(|single| least_depth(single) <= depth);
    let reaches = depth == 0 && text.is_empty() || types(text).any(|it| can_reach(it, depth));
    if fits && reaches && depth <= limits::TOTAL_DEPTH.into() {
        return Ok(());
    }
    Err(ShapeError::Depth { signature: Some(text.into()), depth })
}

fn signature_of_depth(source: &mut Source<'_>, depth: usize) -> Result<String, ShapeError> {
    if depth > limits::TOTAL_DEPTH.into() {
        return Err(ShapeError::Depth { signature: None, depth });
    }
    let others = signature(source);
    let mut all: Vec<String> =
        types(&others).filter(|it| least_depth(it) <= depth).map(String::from).collect();
    let deep = type_of_depth(source, depth);
    let at = source.below(all.len() + 1);
    all.insert(at, deep.clone());
    let all = all.concat();
    Ok(if all.len() > limits::SIGNATURE_LEN { deep } else { all })
}

/// Replaces each UNIX_FD by a UINT32, which has the same bytes.
fn without_fds(value: &mut Value) {
    match value {
        Value::UnixFd(index) => *value = Value::Uint32(*index),
        Value::Array(element, elements) => {
            *element = element.replace('h', "u");
            elements.iter_mut().for_each(without_fds);
        }
        Value::Struct(fields) => fields.iter_mut().for_each(without_fds),
        Value::DictEntry(entry) => {
            without_fds(&mut entry.0);
            without_fds(&mut entry.1);
        }
        Value::Variant(content) => without_fds(content),
        _ => {}
    }
}
