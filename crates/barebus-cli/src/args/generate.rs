//! The command line of `barebus generate`.

use std::path::PathBuf;

use barebus_gen::{Shape, rule_named};
use clap::{Args, ValueEnum};

use super::message_type::Type;
use super::value::size;
use barebus::wire::{DecodeErrorKind, Endian};

#[derive(Debug, Args)]
pub(crate) struct GenerateOptions {
    /// Seed: the same one gives the same messages on every machine
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Number of messages
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 1)]
    pub(crate) count: u64,
    /// Number of the first message
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) first: u64,
    #[command(flatten)]
    pub(crate) verdicts: Verdicts,
    #[command(flatten)]
    pub(crate) shape: ShapeOptions,
    #[command(flatten)]
    pub(crate) layout: GenerateLayout,
}

/// Which messages are valid.
#[derive(Debug, Args)]
#[command(next_help_heading = "Verdict (default: all messages are valid)")]
pub(crate) struct Verdicts {
    /// Each message breaks one rule, every rule in turn
    #[arg(long, conflicts_with_all = ["rule", "mixed"])]
    pub(crate) broken: bool,
    /// Each message breaks this rule; can be repeated, then in turn
    #[arg(long, value_name = "RULE", value_parser = rule)]
    pub(crate) rule: Vec<DecodeErrorKind>,
    /// Every second message is valid, the others break a rule each
    #[arg(long)]
    pub(crate) mixed: bool,
    /// Prints the names of the rules, instead of messages
    #[arg(long = "list-rules", exclusive = true)]
    pub(crate) list_rules: bool,
}

/// What the messages are like.
#[derive(Debug, Args)]
#[command(next_help_heading = "Shape (default: any)")]
pub(crate) struct ShapeOptions {
    /// Signature of the body
    #[arg(long, value_name = "SIGNATURE")]
    signature: Option<String>,
    /// Length of the whole message; up to 7 bytes more where alignment forbids it
    #[arg(long, value_name = "BYTES", value_parser = size)]
    length: Option<u64>,
    /// Number of containers around the innermost value, from 0 to 64
    #[arg(long, value_name = "NUMBER")]
    depth: Option<usize>,
    /// Byte order
    #[arg(long, value_enum, value_name = "ORDER")]
    endian: Option<ByteOrder>,
    /// Type of the messages
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    message_type: Option<Type>,
    /// Allows UNIX_FDS and the type 'h'. Most parsers of bytes refuse such messages, because bytes carry no file descriptors
    #[arg(long)]
    fds: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ByteOrder {
    Little,
    Big,
}

impl ShapeOptions {
    pub(crate) fn shape(&self) -> Shape {
        let mut shape = Shape::default();
        shape.signature.clone_from(&self.signature);
        shape.size = self.length.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        shape.depth = self.depth;
        shape.endian = self.endian.map(|order| match order {
            ByteOrder::Little => Endian::Little,
            ByteOrder::Big => Endian::Big,
        });
        shape.message_type = self.message_type.map(Type::message_type);
        shape.unix_fds = self.fds;
        shape
    }
}

/// How the messages are written. Default: their bytes, one message after the other.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output (default: the bytes of the messages, one after the other)")]
pub(crate) struct GenerateLayout {
    /// A line of hexadecimal digits per message
    #[arg(long, group = "layout")]
    pub(crate) hex: bool,
    /// A row per message: its number, the expected verdict, the offset of the error or -, the message in hexadecimal; for validate --tsv
    #[arg(long, group = "layout")]
    pub(crate) tsv: bool,
    /// pcapng with link type 231
    #[arg(long, group = "layout")]
    pub(crate) pcapng: bool,
    /// A file per message in this directory, NUMBER-VERDICT: a corpus for a fuzzer
    #[arg(long, group = "layout", value_name = "DIRECTORY")]
    pub(crate) directory: Option<PathBuf>,
}

fn rule(name: &str) -> Result<DecodeErrorKind, String> {
    rule_named(name).ok_or_else(|| "no rule that a message can break; see --list-rules".to_owned())
}
