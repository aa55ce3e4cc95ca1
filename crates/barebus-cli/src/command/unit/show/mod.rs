//! `barebus unit show`.

mod list;
mod number;
mod value;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use barebus::wire::OwnedValue;
use barebus_systemd::Systemd;

use super::exit::Codes;
use super::names;
use crate::args::Form;
use crate::args::unit::Show;
use crate::exit::Failure;
use crate::json::Json;
use crate::render::one_line;
use value::{Text, text};

pub(super) fn run(systemd: &Systemd, show: &Show, form: Form) -> Result<ExitCode, Failure> {
    if show.names.is_empty() {
        print(show, &systemd.manager_properties()?, form)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut codes = Codes::default();
    let mut is_first = true;
    for unit in names::expand(systemd, &show.names, show.all)? {
        match systemd.unit_properties(&unit) {
            Ok(properties) => {
                if !is_first && !form.is_json() {
                    writeln!(io::stdout())?;
                }
                is_first = false;
                print(show, &properties, form)?;
            }
            Err(error) => codes.tell(error.into())?,
        }
    }
    Ok(codes.code())
}

type Properties = [(String, OwnedValue)];

/// Prints those that were asked for, in systemd's order.
fn print(show: &Show, properties: &Properties, form: Form) -> Result<(), Failure> {
    let is_wanted = |name: &String| show.property.is_empty() || show.property.contains(name);
    let wanted = properties.iter().filter(|(name, _)| is_wanted(name));
    if form.is_json() {
        Json::object(wanted.map(|(name, value)| (&**name, value.into()))).print_as(form)?;
        return Ok(());
    }
    // Whoever asks for a property wants to see it, even if it is empty.
    let shows_empty = show.all || !show.property.is_empty();
    let mut out = BufWriter::new(io::stdout().lock());
    for (name, value) in wanted {
        let lines = match text(name, value) {
            Text::Line(line) if line.is_empty() && !shows_empty => Vec::new(),
            Text::Line(line) => vec![line],
            Text::Lines(lines) => lines,
            Text::Unset(line) if shows_empty => vec![line.into()],
            Text::Unprintable if shows_empty => vec!["[unprintable]".into()],
            Text::Unset(_) | Text::Unprintable => Vec::new(),
        };
        for line in lines {
            let line = one_line(&line);
            match show.value {
                true => writeln!(out, "{line}")?,
                false => writeln!(out, "{}={line}", one_line(name))?,
            }
        }
    }
    out.flush()?;
    Ok(())
}
