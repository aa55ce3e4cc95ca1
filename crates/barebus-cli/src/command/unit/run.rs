//! `barebus unit run`.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use barebus_systemd::Systemd;
use barebus_systemd::name::UnitKind;
use barebus_systemd::transient::TransientUnit;
use barebus_systemd::word::CollectMode;

use super::job::{Wait, finish};
use super::names;
use crate::args::unit::Run;
use crate::args::{Form, Globals, Target};
use crate::exit::{Exit, Failure};

pub(super) fn run(systemd: &Systemd, globals: &Globals, run: &Run) -> Result<ExitCode, Failure> {
    let unit = unit(&globals.target, run)?;
    let name = unit.name().to_string();
    if run.wait || run.pipe {
        return wait(systemd, globals.target.time_limit(), unit, run.pipe);
    }
    let job = systemd.start_transient_unit(unit)?;
    writeln!(io::stdout(), "{name}")?;
    if run.no_block {
        return Ok(ExitCode::SUCCESS);
    }
    let wait = Wait { timeout: globals.target.time_limit(), no_block: false, form: Form::Text };
    Ok(match finish(systemd, wait, &[job], true)? {
        true => ExitCode::SUCCESS,
        false => Exit::Refused.into(),
    })
}

/// Waits until the command has ended. Says how, and ends with its exit code.
fn wait(
    systemd: &Systemd,
    timeout: Option<Duration>,
    unit: TransientUnit,
    pipe: bool,
) -> Result<ExitCode, Failure> {
    let name = unit.name().to_string();
    let end = match timeout {
        None => systemd.run(unit)?,
        Some(timeout) => systemd.run_within(unit, timeout)?,
    };
    let told = format!("{name}: {end}");
    match end.exit_code() {
        // The standard output is the command's.
        0 if pipe => {}
        0 => writeln!(io::stdout(), "{told}")?,
        code => return Err(Failure::new(Exit::Other(code), told)),
    }
    Ok(ExitCode::SUCCESS)
}

fn unit(target: &Target, run: &Run) -> Result<TransientUnit, Failure> {
    let name = match &run.unit {
        Some(word) => names::complete(word, UnitKind::Service)?,
        None => new_name(),
    };
    let mut unit = TransientUnit::new(&name)?;
    let description = run.description.clone().unwrap_or_else(|| run.command.join(" "));
    unit.description(&description)?;
    for property in &run.property {
        unit.assign(property)?;
    }
    for variable in &run.setenv {
        let value = match variable.split_once('=') {
            Some((name, value)) => Some((name, value.to_owned())),
            None => std::env::var(variable).ok().map(|value| (&**variable, value)),
        };
        let (name, value) = value.ok_or_else(|| {
            Failure::usage(format_args!(
                "cannot pass on '{variable}': the environment has no such variable"
            ))
        })?;
        unit.environment(name, &value)?;
    }
    if run.collect {
        unit.collect_mode(CollectMode::InactiveOrFailed)?;
    }
    if run.pipe {
        let copied = |error| {
            let what = format!("cannot pass the standard input and output on: {error}");
            Failure::new(Exit::Files, what)
        };
        unit.stdin(io::stdin().as_fd().try_clone_to_owned().map_err(copied)?);
        unit.stdout(io::stdout().as_fd().try_clone_to_owned().map_err(copied)?);
        unit.stderr(io::stderr().as_fd().try_clone_to_owned().map_err(copied)?);
    }
    let mut command = run.command.iter();
    let program = command.next().map(|program| find(target, program)).transpose()?;
    unit.exec_start(program.iter().chain(command))?;
    Ok(unit)
}

/// A name that no other unit has.
fn new_name() -> String {
    let [one, other] = [(); 2].map(|()| RandomState::new().hash_one(std::process::id()));
    format!("run-r{one:016x}{other:016x}.service")
}

/// The absolute path of a program, which is searched in `PATH`: systemd has other directories, and before 254 none. Elsewhere the program is
/// systemd's to find.
fn find(target: &Target, program: &str) -> Result<String, Failure> {
    if target.is_elsewhere() {
        return Ok(program.to_owned());
    }
    let is_program = |path: &Path| {
        nix::unistd::access(path, nix::unistd::AccessFlags::X_OK).is_ok() && path.is_file()
    };
    let found = if program.contains('/') {
        std::path::absolute(program).ok()
    } else {
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        let mut places = std::env::split_paths(&path).map(|directory| directory.join(program));
        places.find(|path| path.is_absolute() && is_program(path))
    };
    let found = found.and_then(|path| path.into_os_string().into_string().ok());
    found.ok_or_else(|| {
        Failure::new(Exit::Refused, format_args!("cannot run '{program}': it is not in PATH"))
    })
}
