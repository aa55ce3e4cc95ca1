//! Prints values in the form that the command line selects.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use barebus_text::{PrintError, Values};

use crate::args::Form;
use crate::render::escaped_lines;

/// The forms of values, for [`Format::form`](crate::args::Format::form).
pub(crate) const FORMS: &[Form] =
    &[Form::Text, Form::Verbose, Form::Json, Form::JsonPretty, Form::Gvariant, Form::Plain];

/// The same form in the library. The forms that are not for values are the default.
const fn library(form: Form) -> barebus_text::Form {
    use barebus_text::Form as Library;

    match form {
        Form::Verbose => Library::Verbose,
        Form::Json => Library::Json,
        Form::JsonPretty => Library::JsonPretty,
        Form::BusctlJson => Library::BusctlJson,
        Form::BusctlPretty => Library::BusctlJsonPretty,
        Form::Gvariant => Library::GVariant,
        Form::Plain => Library::Plain,
        Form::Text | Form::Table | Form::Xml | Form::Gdbus | Form::Rust => Library::Text,
    }
}

/// The text of all values, as the reply to a call, in whole lines.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`].
pub(crate) fn text(form: Form, values: &(impl Values + ?Sized)) -> Result<String, PrintError> {
    let mut text = String::new();
    library(form).print(values, &mut text)?;
    Ok(text)
}

/// The text of a single value, as a property, in whole lines.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`].
pub(crate) fn value_text(form: Form, value: &(impl Values + ?Sized)) -> Result<String, PrintError> {
    let mut text = String::new();
    library(form).print_value(value, &mut text)?;
    Ok(text)
}

/// Prints text in which a peer's own characters are not escaped. For a terminal they are.
pub(crate) fn put(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let text = if out.is_terminal() { escaped_lines(text) } else { Cow::Borrowed(text) };
    out.write_all(text.as_bytes())?;
    out.flush()
}
