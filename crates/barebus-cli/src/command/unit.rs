//! `barebus unit`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use barebus::{CallError, Connection, NoReply};
use barebus_systemd::{Job, ListedUnit, Manager, Mode};

use crate::args::{Target, UnitVerb};
use crate::command::open;
use crate::exit::{Exit, Failure, Failures};
use crate::render::{json_string, one_line};
use crate::table::{NAME_WIDTH, Table};

pub(crate) fn run(target: &Target, verb: UnitVerb) -> Result<ExitCode, Failure> {
    let mut connection = open(target)?;
    let bus = &mut connection;
    let manager = Manager::new();
    match verb {
        UnitVerb::State { names } => state(bus, &names),
        UnitVerb::List { all, json } => list(bus, all, json),
        UnitVerb::Start { name } => {
            let job = manager.start_unit(bus, &name, Mode::Replace);
            finish(bus, target, &name, job.map_err(|error| failed("StartUnit", &name, error))?)
        }
        UnitVerb::Stop { name } => {
            let job = manager.stop_unit(bus, &name, Mode::Replace);
            finish(bus, target, &name, job.map_err(|error| failed("StopUnit", &name, error))?)
        }
    }
}

/// One line for each name. The ones that fail do not keep the others from being answered.
fn state(bus: &mut Connection, names: &[String]) -> Result<ExitCode, Failure> {
    let mut failures = Failures::default();
    for name in names {
        match Manager::new().get_unit_file_state(bus, name) {
            Ok(state) => writeln!(io::stdout(), "{}", one_line(state.as_str()))?,
            Err(error) => {
                let failure = Failure::from(error);
                if failure.exit != Exit::Refused {
                    return Err(failure);
                }
                failures.tell(&failure);
            }
        }
    }
    Ok(failures.code())
}

fn list(bus: &mut Connection, all: bool, json: bool) -> Result<ExitCode, Failure> {
    let mut shown = Vec::new();
    for unit in Manager::new().list_units_borrowed(bus)? {
        let unit = unit?;
        // As systemctl does: what is idle, and what is only another unit's shadow, is shown when asked for.
        let is_idle = unit.active_state == "inactive" && unit.job_id == 0;
        if all || (!is_idle && unit.following.is_empty()) {
            shown.push(unit);
        }
    }
    shown.sort_by(|one, other| {
        let kind = |name: &str| name.rsplit_once('.').map(|(_, kind)| kind.to_ascii_lowercase());
        let name = |name: &str| name.to_ascii_lowercase();
        kind(one.name)
            .cmp(&kind(other.name))
            .then_with(|| name(one.name).cmp(&name(other.name)))
            .then_with(|| one.name.cmp(other.name))
    });
    if json {
        print_json(&shown)?
    } else {
        print_table(&shown)?
    }
    Ok(ExitCode::SUCCESS)
}

fn print_table(units: &[ListedUnit<'_>]) -> io::Result<()> {
    let heads = COLUMNS.map(str::to_uppercase);
    let mut table = Table::new(heads.each_ref().map(String::as_str), [NAME_WIDTH; 5]);
    for unit in units {
        table.push(cells(unit));
    }
    table.print()
}

fn print_json(units: &[ListedUnit<'_>]) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for (index, unit) in units.iter().enumerate() {
        let pairs = COLUMNS.iter().zip(cells(unit));
        let pairs = pairs.map(|(key, value)| format!("\"{key}\":{}", json_string(value)));
        let before = if index == 0 { "[" } else { "," };
        write!(out, "{before}{{{}}}", pairs.collect::<Vec<_>>().join(","))?;
    }
    writeln!(out, "{}", if units.is_empty() { "[]" } else { "]" })?;
    out.flush()
}

const COLUMNS: [&str; 5] = ["unit", "load", "active", "sub", "description"];

const fn cells<'a>(unit: &ListedUnit<'a>) -> [&'a str; 5] {
    [unit.name, unit.load_state, unit.active_state, unit.sub_state, unit.description]
}

/// What failed may have been a step on the way, which does not name the unit.
fn failed(method: &str, name: &str, mut error: barebus_systemd::Error) -> Failure {
    if !error.asked.starts_with(method) {
        error.asked = format!("{method} of {name}: {}", error.asked);
    }
    error.into()
}

/// Waits until the job has ended. Without `--timeout` there is no limit: systemd ends a job that takes longer than its unit allows.
fn finish(
    bus: &mut Connection,
    target: &Target,
    name: &str,
    job: Job,
) -> Result<ExitCode, Failure> {
    let result =
        job.wait(bus, target.timeout).map_err(|error| match (&error.cause, target.timeout) {
            (CallError::NoReply(NoReply::TimedOut), Some(timeout)) => {
                let time = timeout.as_secs_f64();
                let what =
                    format_args!("the job for {name} did not end within {time} s, and goes on");
                Failure::new(Exit::NoReply, what)
            }
            _ => error.into(),
        })?;
    writeln!(io::stdout(), "{}", one_line(result.as_str()))?;
    if result.is_success() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::new(Exit::Refused, format_args!("the job for {name} ended with '{result}'")))
}
