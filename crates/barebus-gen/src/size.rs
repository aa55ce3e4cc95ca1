//! Messages of a given length.

use barebus_wire::limits;

use crate::message::Message;
use crate::shape::ShapeError;
use crate::source::Source;
use crate::value::Value;
use crate::values::values;

/// Lengthens `message` to `size` bytes, or up to 7 more where alignment forbids that.
pub(crate) fn grow(message: &mut Message, size: usize) -> Result<(), ShapeError> {
    let found = message.marshal().len();
    if found == size {
        return Ok(());
    }
    if found > size {
        return Err(ShapeError::TooShort { size, least: found });
    }
    // An array that is empty needs an element that can grow.
    lengthen(message.body.values_mut(), 0);
    let start = message.marshal().len();
    if start > size {
        return Err(ShapeError::TooLong { size, most: found });
    }
    // A string of the right length takes as many bytes more, except for the padding after it.
    let missing = size - start;
    let mut longest = start;
    for count in missing.saturating_sub(8)..=missing + 8 {
        let mut longer = message.clone();
        if !lengthen(longer.body.values_mut(), count) {
            break;
        }
        let len = longer.marshal().len();
        if len > limits::MESSAGE_LEN as usize {
            break;
        }
        longest = longest.max(len);
        if len >= size && len < size + 8 {
            *message = longer;
            return Ok(());
        }
    }
    Err(ShapeError::TooLong { size, most: longest })
}

/// Adds about `count` bytes to the last value that can grow. Says whether there is one.
fn lengthen(values: &mut [Value], count: usize) -> bool {
    values.iter_mut().rev().any(|value| lengthen_value(value, count))
}

fn lengthen_value(value: &mut Value, count: usize) -> bool {
    match value {
        Value::String(text) => {
            text.push_str(&"x".repeat(count));
            true
        }
        Value::ObjectPath(text) => {
            if text == "/" {
                text.clear();
            }
            // At least "/x"; of the root one byte was removed.
            if count > 0 {
                text.push('/');
                text.push_str(&"x".repeat(count.max(2) - 1));
            } else if text.is_empty() {
                text.push('/');
            }
            true
        }
        Value::Array(element, elements) => lengthen_array(element, elements, count),
        Value::Struct(fields) => lengthen(fields, count),
        Value::DictEntry(entry) => {
            lengthen_value(&mut entry.1, count) || lengthen_value(&mut entry.0, count)
        }
        Value::Variant(content) => {
            if !lengthen_value(content, count) {
                if content.depth() > 0 {
                    return false;
                }
                **content = Value::String("x".repeat(count));
            }
            true
        }
        _ => false,
    }
}

fn lengthen_array(element: &str, elements: &mut Vec<Value>, count: usize) -> bool {
    let (added, width) = match element {
        "y" => (Value::Byte(7), 1),
        "n" => (Value::Int16(-7), 2),
        "q" => (Value::Uint16(7), 2),
        "b" => (Value::Boolean(true), 4),
        "i" => (Value::Int32(-7), 4),
        "u" => (Value::Uint32(7), 4),
        "x" => (Value::Int64(-7), 8),
        "t" => (Value::Uint64(7), 8),
        "d" => (Value::Double(1.5_f64.to_bits()), 8),
        _ => {
            if elements.is_empty() {
                elements.extend(values(&mut Source::new(&[]), element));
            }
            return lengthen(elements, count);
        }
    };
    let room = limits::ARRAY_LEN as usize / width;
    let count = count.div_ceil(width);
    if elements.len() + count > room {
        return false;
    }
    elements.resize(elements.len() + count, added);
    true
}
