//! Random values of a type.

use barebus_wire::limits;

use crate::signature::{
    basic_type, can_reach, inner, least_depth, signature, type_of_depth, types, variant_type,
};
use crate::source::Source;
use crate::text;
use crate::value::Value;

/// How deep a value may be nested, and must be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nesting {
    /// At most so many containers.
    pub(crate) room: usize,
    /// Exactly so many, unless `None`. exact <= room
    pub(crate) exact: Option<usize>,
    /// Containers around the value.
    around: usize,
}

impl Nesting {
    /// Anything that a message may hold.
    pub(crate) const ANY: Self =
        Self { room: limits::TOTAL_DEPTH as usize, exact: None, around: 0 };

    /// Exactly `depth` levels.
    pub(crate) const fn exactly(depth: usize) -> Self {
        Self { room: depth, exact: Some(depth), around: 0 }
    }

    /// At most `depth` levels.
    pub(crate) const fn within(depth: usize) -> Self {
        Self { room: depth, exact: None, around: 0 }
    }

    /// What holds for a value inside of a container.
    const fn inside(self) -> Self {
        let exact = match self.exact {
            Some(depth) => Some(depth.saturating_sub(1)),
            None => None,
        };
        Self { room: self.room.saturating_sub(1), exact, around: self.around + 1 }
    }

    /// The same for a value that need not be nested so deeply, because another one is.
    const fn free(self) -> Self {
        Self { exact: None, ..self }
    }
}

/// Values of all types of `signature`, which is valid.
pub fn values(source: &mut Source<'_>, signature: &str) -> Vec<Value> {
    values_within(source, signature, Nesting::ANY)
}

/// As [`values`]. If a depth is required exactly, one of the values has it.
pub(crate) fn values_within(
    source: &mut Source<'_>,
    signature: &str,
    nesting: Nesting,
) -> Vec<Value> {
    let deepest = nesting.exact.and_then(|depth| {
        let able: Vec<_> =
            types(signature).enumerate().filter(|it| can_reach(it.1, depth)).collect();
        let choice = if able.len() > 1 { source.below(able.len()) } else { 0 };
        able.get(choice).map(|(index, _)| *index)
    });
    let nesting_of = |index| if deepest == Some(index) { nesting } else { nesting.free() };
    types(signature)
        .enumerate()
        .map(|(index, single)| value(source, single, nesting_of(index)))
        .collect()
}

#[allow(clippy::cast_possible_truncation, reason = "the low bytes of a random number")]
fn value(source: &mut Source<'_>, single: &str, nesting: Nesting) -> Value {
    match single.as_bytes().first() {
        Some(b'b') => Value::Boolean(source.byte() & 1 == 1),
        Some(b'n') => Value::Int16(source.number() as i16),
        Some(b'q') => Value::Uint16(source.number() as u16),
        Some(b'i') => Value::Int32(source.number() as i32),
        Some(b'u') => Value::Uint32(source.number() as u32),
        Some(b'x') => Value::Int64(source.number() as i64),
        Some(b't') => Value::Uint64(source.number()),
        Some(b'd') => Value::Double(source.number()),
        Some(b's') => Value::String(text::string(source)),
        Some(b'o') => Value::ObjectPath(text::path(source)),
        Some(b'g') => Value::Signature(signature(source)),
        // An index that a message can have descriptors for.
        Some(b'h') => Value::UnixFd(source.number() as u32 / 2),
        Some(b'v') => variant(source, nesting.inside()),
        Some(b'a') => array(source, single.get(1..).unwrap_or_default(), nesting.inside()),
        Some(b'(') => Value::Struct(values_within(source, inner(single), nesting.inside())),
        Some(b'{') => {
            let fields = values_within(source, inner(single), nesting.inside());
            match <[_; 2]>::try_from(fields) {
                Ok([key, value]) => Value::DictEntry(Box::new((key, value))),
                Err(fields) => Value::Struct(fields),
            }
        }
        _ => Value::Byte(source.byte()),
    }
}

fn variant(source: &mut Source<'_>, inside: Nesting) -> Value {
    let single = match inside.exact {
        Some(depth) => type_of_depth(source, depth),
        None if inside.around <= 4 => variant_type(source),
        None => "y".into(),
    };
    let fits = least_depth(&single) <= inside.room;
    let single = if fits { single } else { basic_type(source).into() };
    Value::Variant(Box::new(value(source, &single, inside)))
}

fn array(source: &mut Source<'_>, element: &str, inside: Nesting) -> Value {
    let deepest = inside.exact.filter(|depth| can_reach(element, *depth));
    let most = if inside.around <= 3 { 5 } else { 2 };
    let count = source.below(most).max(deepest.is_some().into());
    let count = if least_depth(element) <= inside.room { count } else { 0 };
    // Elements that must not be nested have no room in an array that must be empty.
    let count = if inside.exact.is_some() && deepest.is_none() { 0 } else { count };
    let elements = (0..count)
        .map(|index| value(source, element, if index == 0 { inside } else { inside.free() }));
    let elements = elements.collect();
    Value::Array(element.into(), elements)
}
