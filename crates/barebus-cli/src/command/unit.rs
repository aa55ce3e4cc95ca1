//! `barebus unit`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use barebus_systemd::{Error, Job, ListedUnit, Mode, Systemd};

use crate::args::{Target, UnitVerb};
use crate::command::open;
use crate::exit::{Exit, Failure, Failures};
use crate::render::{json_string, one_line};
use crate::table::{NAME_WIDTH, Table};

pub(crate) fn run(target: &Target, verb: UnitVerb) -> Result<ExitCode, Failure> {
    let systemd = Systemd::over(open(target)?);
    match verb {
        UnitVerb::State { names } => state(&systemd, &names),
        UnitVerb::List { all, json } => list(&systemd, all, json),
        UnitVerb::Start { name } => {
            let job = systemd.start_unit(&name, Mode::Replace)?;
            finish(&systemd, target, &job)
        }
        UnitVerb::Stop { name } => {
            let job = systemd.stop_unit(&name, Mode::Replace)?;
            finish(&systemd, target, &job)
        }
    }
}

/// One line for each name. The ones that fail do not keep the others from being answered.
fn state(systemd: &Systemd, names: &[String]) -> Result<ExitCode, Failure> {
    let mut failures = Failures::default();
    for name in names {
        match systemd.unit_file_state(name) {
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

fn list(systemd: &Systemd, all: bool, json: bool) -> Result<ExitCode, Failure> {
    let units = systemd.list_units()?;
    let mut shown = Vec::new();
    for unit in &units {
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

/// Waits until the job has ended. Without `--timeout` there is no limit: systemd ends a job that takes longer than its unit allows.
fn finish(systemd: &Systemd, target: &Target, job: &Job) -> Result<ExitCode, Failure> {
    let name = job.unit();
    let end = match target.timeout {
        None => systemd.wait(job)?,
        Some(timeout) => systemd.wait_within(job, timeout).map_err(|error: Error| {
            if !error.is_timeout() {
                return error.into();
            }
            let time = timeout.as_secs_f64();
            let what = format_args!("the job for {name} did not end within {time} s, and goes on");
            Failure::new(Exit::NoReply, what)
        })?,
    };
    let told = end.to_string();
    writeln!(io::stdout(), "{}", one_line(&told))?;
    if end.is_success() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::new(Exit::Refused, format_args!("the job for {name} ended with '{told}'")))
}
