//! `barebus unit watch`.

use std::fmt::{Display, Write as _};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::Instant;

use barebus_systemd::watch::{Event, UnitState, Watch as UnitWatch, WatchedUnit};
use barebus_systemd::word::{LoadState, UnitResult};
use barebus_systemd::{JobResult, Systemd};
use nix::poll::PollFlags;

use super::pattern::Wanted;
use crate::args::unit::Watch;
use crate::args::{Form, Globals};
use crate::exit::{Exit, Failure};
use crate::json::Json;
use crate::render::one_line;
use crate::watch::{Flow, Left, end_of, wait_for};

/// Prints events until the program is interrupted, the connection ends, or the command line says.
pub(super) fn run(
    systemd: &Systemd,
    globals: &Globals,
    asked: &Watch,
    form: Form,
) -> Result<ExitCode, Failure> {
    let wanted = Wanted::new(&asked.names)?;
    // systemd matches no patterns in what it tells of changes. So all units are watched, and others are left out here.
    let is_filtered = !wanted.patterns.is_empty();
    let mut watch = match is_filtered || wanted.names.is_empty() {
        true => systemd.watch_all(),
        false => systemd.watch(&wanted.names)?,
    };
    let (until, mut left) = (end_of(globals), Left::of(globals));
    while left.flow() == Flow::Continue {
        let Some(mut event) = next(systemd, &mut watch, until)? else { break };
        if is_filtered && !keep(&mut event, &wanted) {
            continue;
        }
        if form.is_json() {
            json(&event).print_as(form)?;
        } else {
            print(&event, !asked.names.is_empty())?;
        }
        left.one();
    }
    Ok(ExitCode::SUCCESS)
}

/// The next event; `None` if `until` has passed. It ends the program at once if nobody reads what is printed, not only when there is more to print.
fn next(
    systemd: &Systemd,
    watch: &mut UnitWatch<'_>,
    until: Option<Instant>,
) -> Result<Option<Event>, Failure> {
    loop {
        if let Some(event) = watch.poll()? {
            return Ok(Some(event));
        }
        if until.is_some_and(|until| Instant::now() >= until) {
            return Ok(None);
        }
        let failed = |error: &dyn Display| {
            Failure::new(Exit::Connection, format_args!("cannot wait for events: {error}"))
        };
        let socket = systemd.socket().map_err(|error| failed(&error))?;
        let written = match systemd.wants_write() {
            true => PollFlags::POLLOUT,
            false => PollFlags::empty(),
        };
        let until = until.into_iter().chain(systemd.next_deadline()).min();
        wait_for(socket.as_fd(), PollFlags::POLLIN | written, until)?;
        systemd.process().map_err(|error| failed(&error))?;
    }
}

/// Takes units that are not wanted out of a snapshot. Returns whether the event is wanted.
fn keep(event: &mut Event, wanted: &Wanted) -> bool {
    if let Event::Snapshot(units) = event {
        units.retain(|unit| wanted.has(&unit.name));
    }
    event.unit().is_none_or(|unit| wanted.has(unit))
}

/// Prints an event. `shows_gone`: also the units of a snapshot that are not in memory.
fn print(event: &Event, shows_gone: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let text = match event {
        Event::Snapshot(units) => {
            for unit in units.iter().filter(|unit| unit.is_loaded || shows_gone) {
                writeln!(out, "{}: {}", one_line(&unit.name), one_line(&state(&unit.state)))?;
            }
            return Ok(());
        }
        Event::Overflow => {
            return writeln!(out, "events were lost; this is how all units are now:");
        }
        Event::Loaded { state: new, .. } => format!("loaded, {}", state(new)),
        Event::Changed { old, new, .. } => format!("{} -> {}", short(old), state(new)),
        Event::JobNew { job, .. } => format!("job {job} queued"),
        Event::JobRemoved { job, result, .. } => format!("job {job} ended: {}", word(result)),
        Event::Gone { .. } => "not in memory any more".into(),
        // An event of a later version of the library.
        other => format!("{other:?}"),
    };
    writeln!(out, "{}: {}", one_line(event.unit().unwrap_or_default()), one_line(&text))
}

fn word(result: &Option<JobResult>) -> &str {
    result.as_ref().map_or("unknown", JobResult::as_str)
}

fn short(state: &UnitState) -> String {
    format!("{} ({})", state.active, state.sub)
}

fn state(state: &UnitState) -> String {
    let mut text = short(state);
    if let Some(load) = state.load.as_ref().filter(|load| **load != LoadState::Loaded) {
        // Writing to a String does not fail.
        let _ = write!(text, ", {load}");
    }
    if let Some(result) = state.result.as_ref().filter(|result| **result != UnitResult::Success) {
        let _ = write!(text, ", {result}");
    }
    if let Some(pid) = state.main_pid {
        let _ = write!(text, ", main PID {pid}");
    }
    text
}

fn json(event: &Event) -> Json {
    let kind = |kind: &'static str| ("event", Json::from(kind));
    let unit = ("unit", Json::from(event.unit()));
    match event {
        Event::Snapshot(units) => {
            let unit = |unit: &WatchedUnit| {
                let head =
                    [("unit", Json::from(&unit.name)), ("is_loaded", Json::from(unit.is_loaded))];
                Json::object(head.into_iter().chain(members(&unit.state)))
            };
            Json::object([kind("snapshot"), ("units", Json::array(units.iter().map(unit)))])
        }
        Event::Overflow => Json::object([kind("overflow")]),
        Event::Loaded { state, .. } => {
            Json::object([kind("loaded"), unit].into_iter().chain(members(state)))
        }
        Event::Changed { old, new, .. } => {
            let old = ("old", Json::object(members(old)));
            Json::object([kind("changed"), unit, old].into_iter().chain(members(new)))
        }
        Event::JobNew { job, .. } => {
            Json::object([kind("job_new"), unit, ("job", Json::from(*job))])
        }
        Event::JobRemoved { job, result, .. } => {
            let result = ("result", Json::from(result.as_ref().map(JobResult::as_str)));
            Json::object([kind("job_removed"), unit, ("job", Json::from(*job)), result])
        }
        Event::Gone { .. } => Json::object([kind("gone"), unit]),
        // An event of a later version of the library.
        _ => Json::object([kind("other"), unit]),
    }
}

fn members(state: &UnitState) -> [(&'static str, Json); 6] {
    [
        ("load", Json::from(state.load.as_ref().map(LoadState::as_str))),
        ("active", Json::from(state.active.as_str())),
        ("sub", Json::from(state.sub.as_str())),
        ("result", Json::from(state.result.as_ref().map(UnitResult::as_str))),
        ("main_pid", Json::from(state.main_pid)),
        ("job", Json::from(state.job)),
    ]
}
