//! One setting on its way to properties.

use std::borrow::Cow;

use barebus::Encode;
use barebus::wire::OwnedValue;

use super::error::Expected;

/// A property and its value.
pub(super) type Property = (Cow<'static, str>, OwnedValue);

/// A setting, its text, and the properties that they become.
pub(super) struct Translation<'a> {
    /// Name of the setting.
    pub(super) name: &'static str,
    pub(super) text: &'a str,
    pub(super) properties: &'a mut Vec<Property>,
}

/// Whether the text was what the setting takes.
pub(super) type Outcome = Result<(), Expected>;

/// Translates one setting.
pub(super) type Translate = fn(&mut Translation<'_>) -> Outcome;

impl Translation<'_> {
    /// Appends a property.
    pub(super) fn put<T: Encode>(
        &mut self,
        property: impl Into<Cow<'static, str>>,
        value: T,
    ) -> Outcome {
        self.properties.push((property.into(), owned(value)?));
        Ok(())
    }

    /// Appends a property of the setting's name.
    pub(super) fn same<T: Encode>(&mut self, value: T) -> Outcome {
        self.put(self.name, value)
    }

    /// Appends a property of the setting's name and `suffix`.
    pub(super) fn suffixed<T: Encode>(&mut self, suffix: &str, value: T) -> Outcome {
        self.put([self.name, suffix].concat(), value)
    }

    /// Appends a property of the setting's name, if there is a value.
    pub(super) fn some<T: Encode>(&mut self, value: Option<T>, expected: Expected) -> Outcome {
        self.same(value.ok_or(expected)?)
    }

    /// The setting's name with `USec` for `Sec` at its end, as durations have it on the bus.
    pub(super) fn usec(&self) -> String {
        [self.name.strip_suffix("Sec").unwrap_or(self.name), "USec"].concat()
    }
}

/// The value in memory of its own.
pub(super) fn owned<T: Encode>(value: T) -> Result<OwnedValue, Expected> {
    OwnedValue::new(&value).map_err(|_| Expected::Text)
}
