//! The command lines of verbs that read messages from files.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::format::{Form, Format};
use crate::exit::Failure;
use crate::line::Body;

#[derive(Debug, Args)]
pub(crate) struct ValidateOptions {
    /// Files with rows: an identifier, a tab, anything up to the last tab, and a whole message in hexadecimal
    #[arg(long, conflicts_with = "format")]
    pub(crate) tsv: bool,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Debug, Args)]
pub(crate) struct DecodeOptions {
    #[command(flatten)]
    pub(crate) form: MessageForm,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Debug, Args)]
pub(crate) struct EncodeOptions {
    #[command(flatten)]
    pub(crate) form: MessageForm,
    /// Writes a line of hexadecimal digits per message, instead of its bytes
    #[arg(long)]
    pub(crate) hex: bool,
    /// Files with messages as text; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// Files with messages.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// Format of the files
    #[arg(long, value_enum, default_value_t = Layout::Auto)]
    pub(crate) format: Layout,
    /// Files with messages; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Layout {
    /// Detected by the first bytes
    Auto,
    /// Messages one after the other, as on a socket
    Raw,
    /// The same as hexadecimal text
    Hex,
    /// pcap with link type 231, as dbus-monitor --pcap writes it
    Pcap,
    /// pcapng, as busctl capture writes it
    Pcapng,
}

/// Form of messages as text, besides `--output` and `--json`.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct MessageForm {
    /// As -o text: a line per message, the header as words, the body in busctl's form
    #[arg(long, overrides_with_all = ["output", "json", "json_alone", "gvariant"])]
    text: bool,
    /// As -o gvariant: a line per message, the header as words, the body in GVariant's text format
    #[arg(long, overrides_with_all = ["output", "json", "json_alone"])]
    gvariant: bool,
}

impl MessageForm {
    /// The form of messages that are printed. JSON is the default; busctl's options for JSON mean the same here.
    ///
    /// # Errors
    /// There is no such form for messages.
    pub(crate) fn shown(self, format: &Format) -> Result<Form, Failure> {
        self.of(format, &[Form::Json, Form::Text, Form::Gvariant, Form::Verbose, Form::Plain])
    }

    /// The form of the body of messages that are read as lines; `None` for JSON.
    ///
    /// # Errors
    /// Messages cannot be read in this form.
    pub(crate) fn line(self, format: &Format) -> Result<Option<Body>, Failure> {
        Ok(match self.of(format, &[Form::Json, Form::Text, Form::Gvariant])? {
            Form::Gvariant => Some(Body::GVariant),
            Form::Text => Some(Body::Busctl),
            _ => None,
        })
    }

    fn of(self, format: &Format, known: &[Form]) -> Result<Form, Failure> {
        Ok(match format.form(known)? {
            Form::Text if self.text => Form::Text,
            Form::Text if self.gvariant => Form::Gvariant,
            Form::Text if format.output.is_none() => Form::Json,
            Form::BusctlJson => Form::Json,
            Form::BusctlPretty => Form::JsonPretty,
            form => form,
        })
    }
}
