//! `barebus unit`, a file for each family of verbs.

mod cat;
mod control;
mod exit;
mod file;
mod hint;
mod job;
mod list;
mod names;
mod open;
mod pattern;
mod preset;
mod question;
mod run;
mod show;
mod status;
mod watch;

use std::process::ExitCode;

use barebus_systemd::Systemd;

use crate::args::unit::{Unit, UnitVerb as Verb};
use crate::args::{Form, Globals, Place, Target};
use crate::exit::Failure;

use file::Change;
use job::Action;
pub(crate) use open::open;
use preset::Presets;

pub(crate) fn run(globals: &Globals, unit: &Unit) -> Result<ExitCode, Failure> {
    let verb = &unit.verb;
    check(&globals.target, verb)?;
    let done =
        open(&globals.target, unit.interactive).and_then(|systemd| act(&systemd, globals, verb));
    done.map_err(exit::unanswered)
}

/// Refuses what cannot be done, before anything is sent.
fn check(target: &Target, verb: &Verb) -> Result<(), Failure> {
    let place = target.place()?;
    let what = match verb {
        Verb::Cat(_) => "cannot print files of another machine: they are read here",
        // A container's systemd is reached by a socket of this machine, which passes file descriptors on.
        Verb::Run(run) if run.pipe && !matches!(place, Place::Machine { .. }) => {
            "cannot pass the standard input and output to another machine"
        }
        _ => return Ok(()),
    };
    match target.is_elsewhere() {
        true => Err(Failure::usage(what)),
        false => Ok(()),
    }
}

fn act(systemd: &Systemd, globals: &Globals, verb: &Verb) -> Result<ExitCode, Failure> {
    let form = globals.format.form(match verb {
        Verb::Cat(_) | Verb::Run(_) => &[Form::Text],
        _ => &[Form::Text, Form::Json],
    })?;
    let is_full = globals.format.full;
    let quiet = globals.format.quiet;
    let timeout = globals.target.time_limit();
    let jobs = |action, jobs| job::run(systemd, timeout, form, action, jobs);
    let files = |change, files| file::change(systemd, form, change, files);
    let files_now =
        |change, action, files| file::change_now(systemd, timeout, form, change, action, files);
    match verb {
        Verb::State(question) => question::state(systemd, question, form, quiet),
        Verb::Active(question) => question::active(systemd, question, form, quiet),
        Verb::Failed(question) => question::failed(systemd, question, form, quiet),
        Verb::Status(asked) => status::run(systemd, asked, form),
        Verb::Show(asked) => show::run(systemd, asked, form),
        Verb::Cat(units) => cat::run(systemd, units),
        Verb::Start(units) => jobs(Action::Start, units),
        Verb::Stop(units) => jobs(Action::Stop, units),
        Verb::Restart(units) => jobs(Action::Restart, units),
        Verb::TryRestart(units) => jobs(Action::TryRestart, units),
        Verb::Reload(units) => jobs(Action::Reload, units),
        Verb::ReloadOrRestart(units) => jobs(Action::ReloadOrRestart, units),
        Verb::TryReloadOrRestart(units) => jobs(Action::TryReloadOrRestart, units),
        Verb::Isolate(unit) => job::isolate(systemd, timeout, form, unit),
        Verb::Kill(asked) => control::kill(systemd, asked),
        Verb::Freeze(units) => control::freeze(systemd, units),
        Verb::Thaw(units) => control::thaw(systemd, units),
        Verb::Enable(names) => files_now(Change::Enable, Action::Start, names),
        Verb::Disable(names) => files_now(Change::Disable, Action::Stop, names),
        Verb::Reenable(names) => files(Change::Reenable, names),
        Verb::Link(names) => files(Change::Link, names),
        Verb::Mask(names) => files_now(Change::Mask, Action::Stop, names),
        Verb::Unmask(names) => files(Change::Unmask, names),
        Verb::Preset(asked) => file::preset(systemd, form, asked),
        Verb::Revert(names) => files(Change::Revert, names),
        Verb::ResetFailed(units) => control::reset_failed(systemd, units),
        Verb::SetProperty(asked) => control::set_property(systemd, asked),
        Verb::List(asked) => list::units(systemd, asked, form, is_full),
        Verb::Files(asked) => {
            let target = &globals.target;
            let is_user = target.place()? == Place::User;
            let presets = (!target.is_elsewhere()).then(|| Presets::read(is_user));
            list::files(systemd, presets.as_ref(), asked, form, is_full)
        }
        Verb::Jobs(asked) => list::jobs(systemd, asked, form, is_full),
        Verb::Cancel(asked) => control::cancel(systemd, asked),
        Verb::Watch(asked) => watch::run(systemd, globals, asked, form),
        Verb::Run(asked) => run::run(systemd, globals, asked),
        Verb::DaemonReload => Ok(systemd.reload().map(|()| ExitCode::SUCCESS)?),
        Verb::GetDefault => file::get_default(systemd, form),
        Verb::SetDefault(asked) => file::set_default(systemd, form, asked),
    }
}
