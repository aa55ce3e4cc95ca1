//! `barebus unit status`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use barebus::wire::OwnedValue;
use barebus_systemd::unit::UnitProcess;
use barebus_systemd::word::{FreezerState, LoadState, UnitResult};
use barebus_systemd::{ActiveState, ProcessEnd, Systemd};

use super::exit::{Codes, NOT_FOUND, NOT_RUNNING};
use super::{names, preset};
use crate::args::Form;
use crate::args::unit::Status as Asked;
use crate::exit::Failure;
use crate::json::Json;
use crate::render::{one_line, warn};
use crate::terminal::{Style, Styles};
use crate::time::{ago, span, timestamp};

type Status = barebus_systemd::Status;

pub(super) fn run(systemd: &Systemd, asked: &Asked, form: Form) -> Result<ExitCode, Failure> {
    if asked.names.is_empty() {
        print_manager(systemd, form)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut codes = Codes::default();
    let mut is_first = true;
    // A number is a process.
    let (processes, names): (Vec<_>, Vec<_>) =
        asked.names.iter().cloned().partition(|word| word.parse::<u32>().is_ok());
    let mut units = Vec::new();
    for process in processes.iter().filter_map(|process| process.parse().ok()) {
        match systemd.unit_by_pid(process) {
            Ok(unit) => units.push(unit.to_string()),
            Err(error) => codes.tell(error.into())?,
        }
    }
    units.append(&mut names::expand(systemd, &names, false)?);
    for unit in units {
        let status = match systemd.status(&unit) {
            Ok(status) => status,
            Err(error) => {
                codes.tell(error.into())?;
                continue;
            }
        };
        let is_inactive = status.active_state == ActiveState::Inactive;
        if is_inactive && status.load_state == LoadState::NotFound {
            codes.tell(Failure::new(
                NOT_FOUND,
                format_args!("cannot show {unit}: there is no such unit"),
            ))?;
            continue;
        }
        if !status.active_state.is_active() {
            codes.note(NOT_RUNNING);
        }
        // A unit without processes has none to list, and those that have ended meanwhile are no failure.
        let processes = match status.control_group {
            Some(_) => systemd.unit_processes(&unit).unwrap_or_default(),
            None => Vec::new(),
        };
        if form.is_json() {
            json(&status, &processes).print_as(form)?;
            continue;
        }
        if !is_first {
            writeln!(io::stdout())?;
        }
        is_first = false;
        print(&status, &processes)?;
    }
    Ok(codes.code())
}

/// Prints the state of systemd itself.
fn print_manager(systemd: &Systemd, form: Form) -> Result<(), Failure> {
    let properties = systemd.manager_properties()?;
    let find = |name: &str| {
        let found = properties.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    };
    let names = ["SystemState", "NJobs", "NFailedUnits", "UserspaceTimestamp", "Version"];
    if form.is_json() {
        let members = names.map(|name| (name, Json::from(find(name))));
        Json::object(members).print_as(form)?;
        return Ok(());
    }
    let mut lines = Lines::new();
    for (name, head) in names.into_iter().zip(["State", "Jobs", "Failed", "Since", "Version"]) {
        let text = match find(name) {
            Some(OwnedValue::String(text)) => text.clone(),
            Some(OwnedValue::Uint32(number)) => number.to_string(),
            Some(OwnedValue::Uint64(time)) => since(*time).unwrap_or_default(),
            _ => continue,
        };
        lines.add(head, &text)?;
    }
    lines.end()?;
    Ok(())
}

/// Lines of a head, a colon and a text.
struct Lines(BufWriter<io::StdoutLock<'static>>);

impl Lines {
    fn new() -> Self {
        Self(BufWriter::new(io::stdout().lock()))
    }

    fn add(&mut self, head: &str, text: &str) -> io::Result<()> {
        writeln!(self.0, "{head:>11}: {}", one_line(text))
    }

    /// Adds a line below the text of the one before.
    fn below(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.0, "{:13}{}", "", one_line(text))
    }

    /// Adds a line for each text, with the head before the first.
    fn all(&mut self, head: &str, texts: &[String]) -> io::Result<()> {
        let Some((first, others)) = texts.split_first() else { return Ok(()) };
        self.add(head, first)?;
        others.iter().try_for_each(|text| self.below(text))
    }

    fn some(&mut self, head: &str, text: Option<impl ToString>) -> io::Result<()> {
        match text {
            Some(text) => self.add(head, &text.to_string()),
            None => Ok(()),
        }
    }

    fn end(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn print(status: &Status, processes: &[UnitProcess]) -> io::Result<()> {
    let mut lines = Lines::new();
    let (mark, style) = match status.active_state {
        ActiveState::Inactive => ('○', Style::Bold),
        ActiveState::Failed => ('×', Style::Red),
        ActiveState::Activating | ActiveState::Reloading | ActiveState::Refreshing => {
            ('↻', Style::Green)
        }
        _ => ('●', Style::Green),
    };
    let mark = Styles::of_output().paint(style, mark);
    let name = one_line(&status.name);
    match status.description == status.name {
        true => writeln!(lines.0, "{mark} {name}")?,
        false => writeln!(lines.0, "{mark} {name} - {}", one_line(&status.description))?,
    }
    lines.add("Loaded", &loaded(status))?;
    lines.all("Drop-In", &status.drop_ins)?;
    lines.add("Active", &active(status))?;
    lines.all("TriggeredBy", &status.triggered_by)?;
    lines.all("Triggers", &status.triggers)?;
    lines.some("Job", status.job)?;
    lines.some("Main PID", status.main_pid)?;
    if status.main_pid.is_none() {
        lines.some("Main process", status.main_process)?;
    }
    lines.some("Control PID", status.control_pid)?;
    lines.some("Status", status.status_text.as_ref())?;
    lines.some("Restarts", status.restarts.filter(|restarts| *restarts != 0))?;
    let resources = &status.resources;
    lines.some("Tasks", resources.tasks)?;
    lines.some("Memory", resources.memory.map(bytes))?;
    lines.some("CPU", resources.cpu.map(|time| span(micros(time), 1000)))?;
    lines.some("CGroup", status.control_group.as_ref())?;
    for process in processes {
        lines.below(&format!("{:>7} {}", process.pid, process.command))?;
    }
    lines.end()?;
    if status.needs_reload {
        let name = &status.name;
        warn(format_args!("files of {name} have changed; 'barebus unit daemon-reload' reads them"));
    }
    Ok(())
}

fn loaded(status: &Status) -> String {
    let state = status.load_state.as_str();
    if let Some(error) = &status.load_error {
        return format!("{state} ({error})");
    }
    let has_preset = status.file_state.as_ref().is_none_or(preset::concerns);
    let preset = status.file_preset.as_ref().filter(|_| has_preset);
    let preset = preset.map(|preset| format!("preset: {preset}"));
    let file_state = status.file_state.as_ref().map(ToString::to_string);
    let facts: Vec<_> = status.file.clone().into_iter().chain(file_state).chain(preset).collect();
    match &*facts {
        [] => state.into(),
        facts => format!("{state} ({})", facts.join("; ")),
    }
}

fn active(status: &Status) -> String {
    let mut text = format!("{} ({})", status.active_state, status.sub_state);
    match &status.freezer_state {
        None | Some(FreezerState::Running) => {}
        Some(state) => text += &format!(" ({state})"),
    }
    match &status.result {
        None | Some(UnitResult::Success) => {}
        Some(result) => text += &format!(" (Result: {result})"),
    }
    match status.since.and_then(|time| since(from_epoch(time))) {
        Some(since) => text + " since " + &since,
        None => text,
    }
}

/// A time, and how long ago it was.
fn since(microseconds: u64) -> Option<String> {
    let time = timestamp(microseconds)?;
    Some(match ago(microseconds) {
        Some(ago) => format!("{time}; {ago}"),
        None => time,
    })
}

fn from_epoch(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map(micros).unwrap_or_default()
}

fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// An amount of memory, with one digit after the point: `1.2M`.
fn bytes(bytes: u64) -> String {
    let units = ["K", "M", "G", "T", "P", "E"];
    let Some((unit, size)) = units
        .into_iter()
        .zip((1..).map(|power| 1_u64 << (10 * power)))
        .filter(|(_, size)| bytes >= *size)
        .last()
    else {
        return format!("{bytes}B");
    };
    let tenths = (bytes % size) * 10 / size;
    format!("{}.{tenths}{unit}", bytes / size)
}

fn json(status: &Status, processes: &[UnitProcess]) -> Json {
    let process = |process: &UnitProcess| {
        let UnitProcess { control_group, pid, command, .. } = process;
        let members = [("pid", Json::from(*pid)), ("control_group", control_group.into())];
        Json::object(members.into_iter().chain([("command", command.into())]))
    };
    let resources = &status.resources;
    let exit_code = status.main_process.and_then(ProcessEnd::code);
    let exit_signal = status.main_process.and_then(ProcessEnd::signal);
    let exit_signal = exit_signal.map(|signal| signal.to_string());
    let cpu = resources.cpu.and_then(|time| u64::try_from(time.as_nanos()).ok());
    Json::object([
        ("unit", Json::from(&status.name)),
        ("description", Json::from(&status.description)),
        ("load", Json::from(status.load_state.as_str())),
        ("load_error", Json::from(status.load_error.as_ref())),
        ("active", Json::from(status.active_state.as_str())),
        ("sub", Json::from(status.sub_state.as_str())),
        ("freezer", Json::from(status.freezer_state.as_ref().map(FreezerState::as_str))),
        ("result", Json::from(status.result.as_ref().map(UnitResult::as_str))),
        ("since_usec", Json::from(status.since.map(from_epoch))),
        ("file", Json::from(status.file.as_ref())),
        ("file_state", Json::from(status.file_state.as_ref().map(|state| state.as_str()))),
        ("file_preset", Json::from(status.file_preset.as_ref().map(|preset| preset.as_str()))),
        ("drop_ins", Json::from(&*status.drop_ins)),
        ("needs_reload", Json::from(status.needs_reload)),
        ("triggers", Json::from(&*status.triggers)),
        ("triggered_by", Json::from(&*status.triggered_by)),
        ("job", Json::from(status.job)),
        ("main_pid", Json::from(status.main_pid)),
        ("control_pid", Json::from(status.control_pid)),
        ("exit_code", Json::from(exit_code)),
        ("exit_signal", Json::from(exit_signal.as_ref())),
        ("status_text", Json::from(status.status_text.as_ref())),
        ("restarts", Json::from(status.restarts)),
        ("control_group", Json::from(status.control_group.as_ref())),
        ("tasks", Json::from(resources.tasks)),
        ("memory_bytes", Json::from(resources.memory)),
        ("cpu_nsec", Json::from(cpu)),
        ("processes", Json::array(processes.iter().map(process))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_shown_with_one_digit_after_the_point() {
        for (amount, text) in
            [(0, "0B"), (1023, "1023B"), (1024, "1.0K"), (1_572_864, "1.5M"), (u64::MAX, "15.9E")]
        {
            assert_eq!(bytes(amount), text);
        }
    }
}
