//! `barebus unit cat`.

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use barebus_systemd::Systemd;

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
        let status = match systemd.status(&unit) {
            Ok(status) => status,
            Err(error) => {
                codes.tell(error.into())?;
                continue;
            }
        };
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
            match fs::read_to_string(file) {
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

/// Prints a file below its path, line by line: nothing in it can control a terminal.
fn print(file: &str, text: &str) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    writeln!(out, "# {}", one_line(file))?;
    for line in text.lines() {
        // A tab is harmless, and usual.
        let line: Vec<_> = line.split('\t').map(one_line).collect();
        writeln!(out, "{}", line.join("\t"))?;
    }
    out.flush()
}
