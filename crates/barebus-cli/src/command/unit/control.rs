//! Verbs that act on units without jobs, and on systemd itself.

use std::process::ExitCode;

use barebus_systemd::name::UnitName;
use barebus_systemd::setting::Properties;
use barebus_systemd::unit::Lasting;
use barebus_systemd::word::{KillWhom, Signal};
use barebus_systemd::{Error, Systemd};

use super::exit::Codes;
use super::names;
use crate::args::unit::{Cancel, Kill, OptionalUnits, SetProperty, Units};
use crate::exit::Failure;

pub(super) fn kill(systemd: &Systemd, kill: &Kill) -> Result<ExitCode, Failure> {
    let signal = Signal::parse(&kill.signal).ok_or_else(|| {
        Failure::usage(format_args!("cannot send '{}': there is no such signal", kill.signal))
    })?;
    if !KillWhom::WORDS.contains(&&*kill.kill_whom) {
        let words = KillWhom::WORDS.join(", ");
        let what = format!("cannot send a signal to '{}': it is none of {words}", kill.kill_whom);
        return Err(Failure::usage(what));
    }
    each(systemd, &kill.units.names, |unit| {
        systemd.kill_unit(unit, KillWhom::from(&*kill.kill_whom), signal)
    })
}

pub(super) fn freeze(systemd: &Systemd, units: &Units) -> Result<ExitCode, Failure> {
    each(systemd, &units.names, |unit| systemd.freeze_unit(unit))
}

pub(super) fn thaw(systemd: &Systemd, units: &Units) -> Result<ExitCode, Failure> {
    each(systemd, &units.names, |unit| systemd.thaw_unit(unit))
}

pub(super) fn reset_failed(systemd: &Systemd, units: &OptionalUnits) -> Result<ExitCode, Failure> {
    if units.names.is_empty() {
        systemd.reset_failed()?;
        return Ok(ExitCode::SUCCESS);
    }
    each(systemd, &units.names, |unit| systemd.reset_failed_unit(unit))
}

/// Does it for each of the units, whether or not it fails for others.
fn each(
    systemd: &Systemd,
    words: &[String],
    act: impl Fn(&str) -> Result<(), Error>,
) -> Result<ExitCode, Failure> {
    let mut codes = Codes::default();
    for unit in names::expand(systemd, words, false)? {
        if let Err(error) = act(&unit) {
            codes.tell(error.into())?;
        }
    }
    Ok(codes.code())
}

pub(super) fn set_property(systemd: &Systemd, set: &SetProperty) -> Result<ExitCode, Failure> {
    let lasting = if set.runtime { Lasting::Runtime } else { Lasting::Persistent };
    let with_properties = |unit: String| {
        let mut properties = Properties::new(UnitName::parse(&unit)?.kind());
        for assignment in &set.assignments {
            properties.assign(assignment)?;
        }
        Ok((unit, properties))
    };
    let units = names::expand(systemd, std::slice::from_ref(&set.name), false)?;
    // A value that is none is refused before anything is changed.
    let units: Vec<_> = units.into_iter().map(with_properties).collect::<Result<_, Failure>>()?;
    let mut codes = Codes::default();
    for (unit, properties) in &units {
        if let Err(error) = systemd.set_unit_properties(unit, lasting, properties) {
            codes.tell(error.into())?;
        }
    }
    Ok(codes.code())
}

pub(super) fn cancel(systemd: &Systemd, cancel: &Cancel) -> Result<ExitCode, Failure> {
    if cancel.jobs.is_empty() {
        systemd.clear_jobs()?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut codes = Codes::default();
    for id in &cancel.jobs {
        if let Err(error) = systemd.cancel_job(*id) {
            codes.tell(error.into())?;
        }
    }
    Ok(codes.code())
}
