//! JSON output.

use std::io::{self, BufWriter, Write};

use barebus::wire::{OwnedBody, OwnedValue};
use barebus_text::json;

use crate::args::Form;
use crate::colour::Look;
use crate::render::json_string;

/// A value of JSON, as text.
#[derive(Clone, Debug)]
pub(crate) struct Json(String);

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self(json_string(text))
    }
}

impl From<&String> for Json {
    fn from(text: &String) -> Self {
        Self(json_string(text))
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self(value.to_string())
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Self(value.to_string())
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self(value.to_string())
    }
}

impl From<i32> for Json {
    fn from(value: i32) -> Self {
        Self(value.to_string())
    }
}

impl From<&[String]> for Json {
    fn from(list: &[String]) -> Self {
        Self::array(list.iter().map(Self::from))
    }
}

impl<T: Into<Self>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(|| Self("null".into()), Into::into)
    }
}

/// Numbers as numbers, dictionaries as objects, structs as arrays. A variant inside is an object with its type.
impl From<&OwnedValue> for Json {
    fn from(value: &OwnedValue) -> Self {
        let mut text = String::new();
        // A value that was received can be marshalled and printed.
        if let Ok(body) = OwnedBody::from_values(std::slice::from_ref(value)) {
            let _ = json::print_data(&body, &mut text);
        }
        let data = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        Self(data.unwrap_or("null").into())
    }
}

impl Json {
    /// Text that is JSON.
    pub(crate) const fn raw(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn array(elements: impl IntoIterator<Item = Self>) -> Self {
        let elements: Vec<String> = elements.into_iter().map(|element| element.0).collect();
        Self(format!("[{}]", elements.join(",")))
    }

    pub(crate) fn object<'k>(members: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        let member = |(key, value): (&str, Self)| format!("{}:{}", json_string(key), value.0);
        let members: Vec<String> = members.into_iter().map(member).collect();
        Self(format!("{{{}}}", members.join(",")))
    }

    /// Prints the value as busctl prints JSON of this form: on a line, or indented.
    pub(crate) fn print_as(&self, form: Form) -> io::Result<()> {
        if !form.is_pretty() {
            return self.print();
        }
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = json::indent(&self.0, &mut text);
        writeln!(io::stdout().lock(), "{}", Look::Json.paint(&text))
    }

    /// Prints the value in a line.
    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = BufWriter::new(io::stdout().lock());
        writeln!(out, "{}", self.0)?;
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_types() {
        let text = |value: &OwnedValue| Json::from(value).0;
        assert_eq!(text(&u64::MAX.into()), "18446744073709551615");
        assert_eq!(text(&true.into()), "true");
        assert_eq!(text(&"a\"\x1b".into()), r#""a\"\u001b""#);
        assert_eq!(text(&vec![1_u8, 2].into()), "[1,2]");
        let texts = OwnedBody::new(&(["a", "b"].as_slice(), (1_u32, "x"))).unwrap();
        let texts = texts.values().unwrap();
        assert_eq!(texts.iter().map(text).collect::<Vec<_>>(), [r#"["a","b"]"#, r#"[1,"x"]"#]);
    }

    #[test]
    fn objects_and_arrays_are_in_one_line() {
        let object = Json::object([("a", Json::from(1_u32)), ("b", Option::<u32>::None.into())]);
        let list = Json::array([object, Json::from(&["x".to_owned()][..])]);
        assert_eq!(list.0, r#"[{"a":1,"b":null},["x"]]"#);
    }
}
