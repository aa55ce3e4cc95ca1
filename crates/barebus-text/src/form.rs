//! The forms of values as text, by one name each.

use core::fmt;

use crate::error::PrintError;
use crate::json::Dialect;
use crate::values::Values;
use crate::{busctl, gvariant, json, plain};

/// A form of values as text.
///
/// ```
/// use barebus_text::{Form, busctl};
///
/// let body = busctl::parse("sau", &["text", "2", "1", "2"])?;
/// for (form, expected) in [
///     (Form::Text, "sau \"text\" 2 1 2\n"),
///     (Form::Json, "{\"type\":\"sau\",\"data\":[\"text\",[1,2]]}\n"),
///     (Form::GVariant, "('text', [uint32 1, 2])\n"),
///     (Form::Plain, "text\n1\n2\n"),
/// ] {
///     let mut text = String::new();
///     form.print(&body, &mut text)?;
///     assert_eq!(text, expected);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `busctl`'s line: [`busctl::print`].
    #[default]
    Text,
    /// `busctl`'s long form: [`busctl::print_verbose`].
    Verbose,
    /// JSON on a line that is read back to the same bytes: [`json::print`].
    Json,
    /// The same with a line per value.
    JsonPretty,
    /// JSON as `busctl --json=short` prints it: [`Dialect::Busctl`].
    BusctlJson,
    /// JSON as `busctl --json=pretty` prints it.
    BusctlJsonPretty,
    /// GVariant's text format, as `gdbus` prints it: [`gvariant::print`].
    GVariant,
    /// The values alone, for shells: [`plain::print`].
    Plain,
}

impl Form {
    /// Prints all values, as the reply to a call. Each line ends with a newline.
    ///
    /// Without values the forms of `busctl` print nothing, as it does; [`Json`](Self::Json) and [`GVariant`](Self::GVariant) print an empty
    /// list.
    ///
    /// # Errors
    /// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
    pub fn print(
        self,
        values: &(impl Values + ?Sized),
        out: &mut (impl fmt::Write + ?Sized),
    ) -> Result<(), PrintError> {
        let is_empty = values.signature().is_empty();
        match self {
            Self::Text | Self::Verbose | Self::BusctlJson | Self::BusctlJsonPretty if is_empty => {
                return values.validate().map_err(|error| values.explain(error));
            }
            Self::Text => busctl::print(values, out)?,
            Self::Verbose => return busctl::print_verbose(values, "", out),
            Self::Json => json::print(values, out)?,
            Self::BusctlJson => Dialect::Busctl.print(values, out)?,
            Self::JsonPretty => indented(out, |text| json::print(values, text))?,
            Self::BusctlJsonPretty => indented(out, |text| Dialect::Busctl.print(values, text))?,
            Self::GVariant => gvariant::print(values, out)?,
            Self::Plain => return plain::print(values, out),
        }
        out.write_str("\n")?;
        Ok(())
    }

    /// Prints a single value, as a property. Each line ends with a newline.
    ///
    /// # Errors
    /// As [`print`](Self::print).
    pub fn print_value(
        self,
        value: &(impl Values + ?Sized),
        out: &mut (impl fmt::Write + ?Sized),
    ) -> Result<(), PrintError> {
        match self {
            Self::Text => busctl::print(value, out)?,
            Self::Verbose => return busctl::print_verbose_values(value, out),
            Self::Json => json::print_value(value, out)?,
            Self::BusctlJson => Dialect::Busctl.print_value(value, out)?,
            Self::JsonPretty => indented(out, |text| json::print_value(value, text))?,
            Self::BusctlJsonPretty => {
                indented(out, |text| Dialect::Busctl.print_value(value, text))?;
            }
            Self::GVariant => gvariant::print_value(value, out)?,
            Self::Plain => return plain::print(value, out),
        }
        out.write_str("\n")?;
        Ok(())
    }
}

/// Prints what `print` prints on one line, with a line per value.
fn indented(
    out: &mut (impl fmt::Write + ?Sized),
    print: impl FnOnce(&mut String) -> Result<(), PrintError>,
) -> Result<(), PrintError> {
    let mut text = String::new();
    print(&mut text)?;
    json::indent(&text, out)?;
    Ok(())
}
