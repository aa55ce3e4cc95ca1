//! The types of variants that people write without them.

use barebus_wire::Signature;

use super::tree::Json;

/// The type of a variant's value that is written without its type. `None`: the value has one, or `null` cannot have one.
///
/// Strings are `s`, booleans `b`, whole numbers the first of `i`, `x` and `t` that holds them, other numbers `d`; arrays of strings and empty
/// arrays are `as`, other arrays `av`, objects `a{sv}`.
pub(super) fn inner_type(json: &Json) -> Option<Signature<'static>> {
    Some(Signature::from_static(match json {
        Json::Null => return None,
        Json::Object(entries) if is_typed(entries) => return None,
        Json::Boolean(_) => "b",
        Json::Signed(value) if i32::try_from(*value).is_ok() => "i",
        Json::Signed(_) => "x",
        Json::Unsigned(value) if i32::try_from(*value).is_ok() => "i",
        Json::Unsigned(value) if i64::try_from(*value).is_ok() => "x",
        Json::Unsigned(_) => "t",
        Json::Double(_) => "d",
        Json::String(_) => "s",
        Json::Array(values) if values.iter().all(|value| value.as_str().is_some()) => "as",
        Json::Array(_) => "av",
        Json::Object(_) => "a{sv}",
    }))
}

/// Whether an object is a value with its type: it has the keys `type` and `data` and no others, and the type is one.
fn is_typed(entries: &[(String, Json)]) -> bool {
    let value = |key: &str| entries.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    let signature = value("type").and_then(Json::as_str).map(Signature::parse);
    entries.len() == 2
        && value("data").is_some()
        && signature.and_then(Result::ok).is_some_and(|signature| signature.is_single())
}
