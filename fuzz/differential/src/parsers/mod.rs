//! The other parsers.

mod gdbus;
mod libdbus;
mod rustbus;
mod sd_bus;
mod zbus;

use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) use libdbus::signature_is_valid;

use barebus_gen::Value;

use crate::content::{Content, Verdict};

/// An implementation that parses D-Bus messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parser {
    /// The reference implementation.
    Libdbus,
    /// systemd's.
    SdBus,
    /// GLib's.
    Gdbus,
    /// zbus, with the parts that were zvariant.
    Zbus,
    /// rustbus.
    Rustbus,
}

impl Parser {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Libdbus, Self::SdBus, Self::Gdbus, Self::Zbus, Self::Rustbus];

    /// Its name as in `docs/fuzzing.md`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Libdbus => "libdbus",
            Self::SdBus => "sd-bus",
            Self::Gdbus => "GDBus",
            Self::Zbus => "zbus",
            Self::Rustbus => "rustbus",
        }
    }

    /// Judges bytes as one message, header and body.
    pub fn judge(self, bytes: &[u8]) -> Verdict {
        let judge = match self {
            Self::Libdbus => libdbus::judge,
            Self::SdBus => sd_bus::judge,
            Self::Gdbus => gdbus::judge,
            Self::Zbus => zbus::judge,
            Self::Rustbus => rustbus::judge,
        };
        catch_unwind(AssertUnwindSafe(|| judge(bytes))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Verdict::Panicked(text.unwrap_or_default())
        })
    }

    /// Our content in the form in which this parser can show it.
    pub fn shown(self, content: Content) -> Content {
        match self {
            Self::Zbus | Self::Rustbus => content.with_maps(),
            _ => content,
        }
    }
}

/// A container by its type code; `contents`: the elements' type of an array.
fn container(code: u8, contents: String, mut inner: Vec<Value>) -> Option<Value> {
    Some(match code {
        b'a' => Value::Array(contents, inner),
        b'r' => Value::Struct(inner),
        b'v' => Value::Variant(Box::new(inner.pop()?)),
        b'e' => {
            let value = inner.pop()?;
            Value::DictEntry(Box::new((inner.pop()?, value)))
        }
        _ => return None,
    })
}

/// A text by its type code.
fn textual(code: u8, text: String) -> Option<Value> {
    Some(match code {
        b's' => Value::String(text),
        b'o' => Value::ObjectPath(text),
        b'g' => Value::Signature(text),
        _ => return None,
    })
}

/// The text at a pointer, unless it is NULL. Bytes that are no UTF-8 are shown as replacement characters.
///
/// # Safety
/// A pointer that is not NULL points to a string that ends with NUL.
unsafe fn text(pointer: *const c_char) -> Option<String> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: as the caller promises.
    Some(unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}
