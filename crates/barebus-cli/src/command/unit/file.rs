//! Verbs that change unit files.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use barebus_systemd::name::UnitKind;
use barebus_systemd::unit::{FileChange, FileChanges, FileOptions};
use barebus_systemd::word::FileChangeKind;
use barebus_systemd::{Error, Mode, Systemd};

use super::job::{Action, Wait, act};
use super::names;
use crate::args::Form;
use crate::args::unit::{Files, FilesNow, Preset, SetDefault};
use crate::exit::Failure;
use crate::json::Json;
use crate::render::{one_line, warn};

/// What is done to unit files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Enable,
    Disable,
    Reenable,
    Link,
    Mask,
    Unmask,
    Revert,
}

impl Change {
    fn make(
        self,
        systemd: &Systemd,
        files: &[&str],
        options: FileOptions,
    ) -> Result<FileChanges, Error> {
        match self {
            Self::Enable => systemd.enable_unit_files(files, options),
            Self::Disable => systemd.disable_unit_files(files, options),
            Self::Reenable => systemd.reenable_unit_files(files, options),
            Self::Link => systemd.link_unit_files(files, options),
            Self::Mask => systemd.mask_unit_files(files, options),
            Self::Unmask => systemd.unmask_unit_files(files, options),
            Self::Revert => systemd.revert_unit_files(files, options),
        }
    }
}

/// Changes unit files.
pub(super) fn change(
    systemd: &Systemd,
    form: Form,
    change: Change,
    asked: &Files,
) -> Result<ExitCode, Failure> {
    make(systemd, form, change, asked)?;
    Ok(ExitCode::SUCCESS)
}

/// Changes unit files. With `--now`, `action` is done to the units afterwards.
pub(super) fn change_now(
    systemd: &Systemd,
    timeout: Option<Duration>,
    form: Form,
    change: Change,
    action: Action,
    asked: &FilesNow,
) -> Result<ExitCode, Failure> {
    let files = make(systemd, form, change, &asked.files)?;
    if !asked.now {
        return Ok(ExitCode::SUCCESS);
    }
    let unit = |file: &String| file.rsplit('/').next().unwrap_or_default().to_owned();
    let units: Vec<String> = files.iter().map(unit).collect();
    act(systemd, Wait { timeout, no_block: false, form }, action, &units, Mode::Replace)
}

/// Makes a change and prints what it did. Returns the names or paths of the files.
fn make(
    systemd: &Systemd,
    form: Form,
    change: Change,
    asked: &Files,
) -> Result<Vec<String>, Failure> {
    let files = names::files(&asked.names)?;
    let texts: Vec<&str> = files.iter().map(String::as_str).collect();
    let changes = change.make(systemd, &texts, asked.options.into())?;
    print(&changes, form, matches!(change, Change::Enable | Change::Reenable))?;
    Ok(files)
}

pub(super) fn preset(systemd: &Systemd, form: Form, preset: &Preset) -> Result<ExitCode, Failure> {
    let files = names::files(&preset.names)?;
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let (mode, options) = (preset.preset_mode.clone(), preset.options.into());
    let changes = systemd.preset_unit_files(&files, mode, options)?;
    print(&changes, form, false)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn set_default(
    systemd: &Systemd,
    form: Form,
    set: &SetDefault,
) -> Result<ExitCode, Failure> {
    let target = names::complete(&set.name, UnitKind::Target)?;
    // As systemctl: the target that was set before is in the way, and is meant to be replaced.
    let options = FileOptions::from(set.options).force();
    print(&systemd.set_default_target(&target, options)?, form, false)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn get_default(systemd: &Systemd, form: Form) -> Result<ExitCode, Failure> {
    let target = systemd.default_target()?;
    match form.is_json() {
        true => Json::object([("unit", Json::from(&*target))]).print_as(form)?,
        false => writeln!(io::stdout(), "{}", one_line(&target))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the changes. `does_install`: whether the verb does what `[Install]` asks for, and nothing else.
fn print(changes: &FileChanges, form: Form, does_install: bool) -> Result<(), Failure> {
    for FileChange { kind, path, source } in &changes.changes {
        if let (true, FileChangeKind::Symlink | FileChangeKind::Unlink) = (form.is_json(), kind) {
            let source = Some(source).filter(|source| !source.is_empty());
            let members = [
                ("change", Json::from(kind.as_str())),
                ("path", Json::from(&**path)),
                ("source", Json::from(source.map(|source| &**source))),
            ];
            Json::object(members).print_as(form)?;
            continue;
        }
        let path = one_line(path);
        match kind {
            FileChangeKind::Symlink => {
                writeln!(io::stdout(), "symlink {path} -> {}", one_line(source))?;
            }
            FileChangeKind::Unlink => writeln!(io::stdout(), "unlink {path}")?,
            kind if source.is_empty() => warn(format_args!("nothing was done for {path}: {kind}")),
            kind => warn(format_args!("nothing was done for {path}: {kind} ({source})")),
        }
    }
    if does_install && changes.carries_install_info == Some(false) {
        warn("nothing was enabled: the unit files have no [Install] section");
    }
    Ok(())
}
