//! `barebus encode`.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use barebus_text::{Place, json};

use crate::args::{EncodeOptions, Globals};
use crate::exit::{Exit, Failure};
use crate::line::Body;
use crate::output::Output;
use crate::pieces::{Piece, Pieces, Shape};
use crate::{input, line};

pub(crate) fn run(globals: &Globals, options: &EncodeOptions) -> Result<ExitCode, Failure> {
    let form = options.form.line(&globals.format)?;
    let out = Output::new();
    if io::stdout().is_terminal() && !options.hex {
        return Err(Failure::usage(
            "messages are not for terminals: redirect the output, or use --hex",
        ));
    }
    for file in &options.files {
        encode_all(file, options, form, &out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Marshals the messages of a file, up to the first invalid one: later messages would have wrong positions in the output.
fn encode_all(
    file: &Path,
    options: &EncodeOptions,
    form: Option<Body>,
    out: &Output,
) -> Result<(), Failure> {
    let shape = if form.is_some() { Shape::Lines } else { Shape::Objects };
    for piece in Pieces::new(input::open(file, out)?, shape) {
        let piece = match piece {
            Ok(piece) => piece,
            Err(error) => {
                // Reading also fails if the output cannot be flushed.
                out.flush()?;
                return Err(input::unreadable(file, &error));
            }
        };
        let bytes = marshal(&piece, form).map_err(|error| {
            let name = input::name(file);
            Failure::new(Exit::Refused, format_args!("{name}, from line {}: {error}", piece.line))
        })?;
        if options.hex { out.line(hex::encode(bytes))? } else { out.bytes(&bytes)? }
    }
    Ok(())
}

/// Marshals a message of a text: of a line whose body has the form `form`, or without it of a JSON object.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn marshal(piece: &Piece, form: Option<Body>) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(&piece.text).map_err(|_| "the text is not UTF-8")?;
    match form {
        Some(body) => line::parse(text, body).map_err(|error| error.to_string()),
        None => json::parse_message(text).map_err(|mut error| {
            if let Place::Line { line, column } = &mut error.place {
                // Counted from the start of the message, not of the file.
                *column += if *line == 1 { piece.column - 1 } else { 0 };
                *line += piece.line - 1;
            }
            error.to_string()
        }),
    }
}
