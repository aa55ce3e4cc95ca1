//! `barebus unit cat`.

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use barebus_systemd::word::LoadState;
use barebus_systemd::{Systemd, UnitName};

use super::exit::Codes;
use super::names;
use crate::args::unit::Units;
use crate::exit::{Exit, Failure};
use crate::render::{one_line, warn};

/// Prints the files that systemd names. They are read here: on the machine that this program runs on.
pub(super) fn run(systemd: &Systemd, units: &Units) -> Result<ExitCode, Failure> {
    let mut codes = Codes::default();
    let mut is_first = true;
    for unit in names::expand(systemd, &units.names, false)? {
        let status = match systemd.status(&in_memory(&unit)?) {
            Ok(status) => status,
            Err(error) => {
                codes.tell(error.into())?;
                continue;
            }
        };
        if status.load_state == LoadState::Masked {
            writeln!(io::stdout(), "# Unit {} is masked.", one_line(&unit))?;
            continue;
        }
        let files: Vec<_> = status.file.iter().chain(&status.drop_ins).collect();
        if files.is_empty() {
            let what = format!("cannot print the files of {unit}: it has none");
            codes.tell(Failure::new(Exit::Refused, what))?;
            continue;
        }
        if status.needs_reload {
            warn(format_args!("files of {unit} have changed since systemd read them"));
        }
        for file in files {
            if !is_first {
                writeln!(io::stdout())?;
            }
            is_first = false;
            match fs::read(file) {
                Ok(text) => print(file, &text)?,
                Err(error) => {
                    let what = format!("cannot read {file}: {error}");
                    let failure = Failure::new(Exit::Files, what);
                    failure.tell();
                    codes.note(failure.exit);
                }
            }
        }
    }
    Ok(codes.code())
}

/// The unit that systemd is asked about. It knows templates only by their instances, which have the template's files; this one has no others.
fn in_memory(unit: &str) -> Result<String, Failure> {
    const NOBODYS: &str = "barebus-asks-for-the-template";

    let name = UnitName::parse(unit)?;
    Ok(match name.is_template() {
        true => name.with_instance(NOBODYS)?.to_string(),
        false => unit.to_owned(),
    })
}

/// Prints a file below its path, line by line: nothing in it can control a terminal.
fn print(file: &str, text: &[u8]) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    writeln!(out, "# {}", one_line(file))?;
    let text: String = text
        .utf8_chunks()
        .map(|chunk| format!("{}{}", chunk.valid(), chunk.invalid().escape_ascii()))
        .collect();
    for line in text.lines() {
        // A tab is harmless, and usual.
        let line: Vec<_> = line.split('\t').map(one_line).collect();
        writeln!(out, "{}", line.join("\t"))?;
    }
    out.flush()
}
