//! How the output looks.

use std::fmt::Write;
use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};

use crate::exit::Failure;

/// How the output looks.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Format {
    /// The form of the output: text, verbose, json, json-pretty, gvariant, plain; more for some verbs
    #[arg(long, short, global = true, value_name = "FORM", overrides_with_all = ["json", "json_alone"])]
    pub(crate) output: Option<String>,
    /// JSON as busctl prints it; without a MODE as -j
    #[arg(
        long, global = true, value_enum, value_name = "MODE", num_args = 0..=1, require_equals = true,
        default_missing_value = "auto", overrides_with = "json_alone"
    )]
    json: Option<JsonMode>,
    /// As --json=pretty on a terminal, otherwise as --json=short
    #[arg(short = 'j', global = true)]
    json_alone: bool,
    /// Values in the long form: the same as -o verbose
    #[arg(long, global = true)]
    verbose: bool,
    /// Prints no reply, or only the exit code
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Paths of objects instead of a tree
    #[arg(long, global = true)]
    pub(crate) list: bool,
    /// The introspection data as it is: the same as -o xml
    #[arg(long, global = true)]
    pub(crate) xml_interface: bool,
    /// Cuts nothing to the terminal's width
    #[arg(long, short = 'l', global = true)]
    pub(crate) full: bool,
    /// No header line
    #[arg(long, global = true)]
    pub(crate) no_legend: bool,
    /// Accepted for busctl's sake: there is no pager
    #[arg(long, global = true)]
    no_pager: bool,
}

/// `--json=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum JsonMode {
    /// On one line
    Short,
    /// Indented
    Pretty,
    /// No JSON
    Off,
    #[value(hide = true)]
    Auto,
}

/// A form of the output. Each verb knows some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// busctl's line, or a table
    Text,
    /// busctl's long form
    Verbose,
    /// JSON that loses nothing
    Json,
    /// The same, indented
    JsonPretty,
    /// GVariant's text format
    Gvariant,
    /// The values alone
    Plain,
    /// A table
    Table,
    /// Introspection data
    Xml,
    /// Introspection as gdbus prints it
    Gdbus,
    /// Rust definitions
    Rust,
    /// `--json=short`
    #[value(skip)]
    BusctlJson,
    /// `--json=pretty`
    #[value(skip)]
    BusctlPretty,
}

impl Form {
    /// The word for it on the command line.
    fn word(self) -> String {
        self.to_possible_value()
            .map_or_else(|| "--json".to_owned(), |word| word.get_name().to_owned())
    }

    /// Whether it is JSON of any kind.
    pub(crate) const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::JsonPretty | Self::BusctlJson | Self::BusctlPretty)
    }

    /// Whether it is indented JSON.
    pub(crate) const fn is_pretty(self) -> bool {
        matches!(self, Self::JsonPretty | Self::BusctlPretty)
    }
}

impl Format {
    /// The form that the options ask for; [`Form::Text`] without one.
    ///
    /// # Errors
    /// There is no such form, or it is not one of `known`. busctl's JSON belongs to JSON.
    pub(crate) fn form(&self, known: &[Form]) -> Result<Form, Failure> {
        let form = match (&self.output, self.json()) {
            (Some(word), _) => Form::from_str(word, false).map_err(|_| refused(word, known))?,
            (None, Some(json)) => json,
            (None, None) if self.verbose => Form::Verbose,
            (None, None) if self.xml_interface && known.contains(&Form::Xml) => Form::Xml,
            (None, None) => return Ok(Form::Text),
        };
        let family = match form {
            Form::BusctlJson | Form::BusctlPretty | Form::JsonPretty => Form::Json,
            // It is a flag that other verbs ignore.
            Form::Verbose if self.output.is_none() && !known.contains(&form) => {
                return Ok(Form::Text);
            }
            form => form,
        };
        if known.contains(&form) || known.contains(&family) {
            return Ok(form);
        }
        Err(refused(&form.word(), known))
    }

    /// The form of values.
    ///
    /// # Errors
    /// As [`form`](Self::form).
    pub(crate) fn values(&self) -> Result<barebus_text::Form, Failure> {
        use barebus_text::Form as Values;
        const KNOWN: [Form; 6] =
            [Form::Text, Form::Verbose, Form::Json, Form::JsonPretty, Form::Gvariant, Form::Plain];
        Ok(match self.form(&KNOWN)? {
            Form::Verbose => Values::Verbose,
            Form::Json => Values::Json,
            Form::JsonPretty => Values::JsonPretty,
            Form::Gvariant => Values::GVariant,
            Form::Plain => Values::Plain,
            Form::BusctlJson => Values::BusctlJson,
            Form::BusctlPretty => Values::BusctlJsonPretty,
            _ => Values::Text,
        })
    }

    /// busctl's JSON, if it is asked for.
    fn json(&self) -> Option<Form> {
        let auto =
            || if io::stdout().is_terminal() { Form::BusctlPretty } else { Form::BusctlJson };
        match self.json {
            Some(JsonMode::Short) => Some(Form::BusctlJson),
            Some(JsonMode::Pretty) => Some(Form::BusctlPretty),
            Some(JsonMode::Auto) => Some(auto()),
            Some(JsonMode::Off) => None,
            None => self.json_alone.then(auto),
        }
    }
}

fn refused(word: &str, known: &[Form]) -> Failure {
    let mut what = format!("cannot print the form '{word}' here; the forms are ");
    let mut separator = "";
    for form in known {
        // Writing to a String does not fail.
        let _ = write!(what, "{separator}{}", form.word());
        separator = ", ";
        if *form == Form::Json && !known.contains(&Form::JsonPretty) {
            // Known where JSON is.
            let _ = write!(what, "{separator}{}", Form::JsonPretty.word());
        }
    }
    Failure::usage(what)
}
