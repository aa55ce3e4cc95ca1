//! Lists of units, unit files and jobs.

use std::io;
use std::process::ExitCode;

use barebus_systemd::unit::ListedUnitFile;
use barebus_systemd::word::UnitFilePreset;
use barebus_systemd::{ListedUnit, Systemd};

use super::names::{has_kind, is_shown};
use super::preset::{self, Presets};
use crate::args::Form;
use crate::args::unit::{List, ListFiles, ListJobs};
use crate::exit::{Exit, Failure};
use crate::json::Json;
use crate::table::Table;

pub(super) fn units(
    systemd: &Systemd,
    list: &List,
    form: Form,
    is_full: bool,
) -> Result<ExitCode, Failure> {
    let mut states = texts(&list.state);
    states.extend(list.failed.then_some("failed"));
    let units = match (&*states, &*texts(&list.patterns)) {
        ([], []) => systemd.list_units()?,
        (states, patterns) => systemd.list_units_by_patterns(states, patterns)?,
    };
    // Whoever asks for states wants inactive units too. Another unit's shadow is shown only when all are.
    let wanted = |unit: &ListedUnit<'_>| {
        let by_state = !states.is_empty() && unit.following.is_empty();
        (list.all || by_state || is_shown(unit)) && has_kind(unit.name, &list.kind)
    };
    let mut shown: Vec<_> = units.iter().filter(wanted).collect();
    shown.sort_by(|one, other| order(one.name).cmp(&order(other.name)));
    // As in systemctl, jobs have a column while there are some.
    match shown.iter().any(|unit| unit.job_id != 0) {
        true => output(
            form,
            ["unit", "load", "active", "sub", "job", "description"],
            shown.iter().map(|unit| {
                let ListedUnit { name, load_state, active_state, sub_state, .. } = unit;
                [name, load_state, active_state, sub_state, unit.job_type, unit.description]
            }),
            is_full,
        )?,
        false => output(
            form,
            ["unit", "load", "active", "sub", "description"],
            shown.iter().map(|unit| {
                let ListedUnit { name, load_state, active_state, sub_state, .. } = unit;
                [name, load_state, active_state, sub_state, unit.description]
            }),
            is_full,
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints rows of texts.
fn output<'t, const N: usize>(
    form: Form,
    columns: [&str; N],
    rows: impl Iterator<Item = [&'t str; N]>,
    is_full: bool,
) -> io::Result<()> {
    match form.is_json() {
        true => Json::array(rows.map(|cells| row(columns, cells.map(Json::from)))).print_as(form),
        false => print(columns, rows.map(|cells| cells.map(String::from)), is_full),
    }
}

/// systemctl's order: by type, then by name, both without regard to case.
fn order(name: &str) -> (Option<String>, String, &str) {
    let kind = name.rsplit_once('.').map(|(_, kind)| kind.to_ascii_lowercase());
    (kind, name.to_ascii_lowercase(), name)
}

/// `presets`: what the presets say; `None` if they are not known.
pub(super) fn files(
    systemd: &Systemd,
    presets: Option<&Presets>,
    list: &ListFiles,
    form: Form,
    is_full: bool,
) -> Result<ExitCode, Failure> {
    let mut files = match (&*texts(&list.state), &*texts(&list.patterns)) {
        ([], []) => systemd.list_unit_files()?,
        (states, patterns) => systemd.list_unit_files_by_patterns(states, patterns)?,
    };
    files.retain(|file| has_kind(file.name(), &list.kind));
    files.sort_by(|one, other| order(one.name()).cmp(&order(other.name())));
    let rows = files.iter().map(|file| {
        let preset = presets.filter(|_| preset::concerns(&file.state));
        (file, preset.map(|presets| presets.of(file.name())))
    });
    if form.is_json() {
        let cells = |(file, preset): (&ListedUnitFile, Option<UnitFilePreset>)| {
            let [name, state] = [file.name(), file.state.as_str()].map(Json::from);
            let preset = preset.as_ref().map(UnitFilePreset::as_str);
            row(["unit_file", "state", "preset"], [name, state, Json::from(preset)])
        };
        Json::array(rows.map(cells)).print_as(form)?;
    } else {
        let cells = |(file, preset): (&ListedUnitFile, Option<UnitFilePreset>)| {
            let preset = preset.as_ref().map_or("-", UnitFilePreset::as_str);
            [file.name(), file.state.as_str(), preset].map(String::from)
        };
        print(["unit file", "state", "preset"], rows.map(cells), is_full)?;
    }
    // As systemctl, which does not do so for units.
    Ok(match files.is_empty() && !list.patterns.is_empty() {
        true => Exit::Refused.into(),
        false => ExitCode::SUCCESS,
    })
}

pub(super) fn jobs(
    systemd: &Systemd,
    list: &ListJobs,
    form: Form,
    is_full: bool,
) -> Result<ExitCode, Failure> {
    let mut jobs = systemd.list_jobs()?;
    if !list.patterns.is_empty() {
        // systemd has no method that lists the jobs of patterns. A unit that has a job is in memory.
        let units = systemd.list_units_by_patterns(&[], &texts(&list.patterns))?;
        let units: std::collections::HashSet<&str> = units.iter().map(|unit| unit.name).collect();
        jobs.retain(|job| units.contains(&*job.unit));
    }
    jobs.sort_by_key(|job| job.id);
    let columns = ["job", "unit", "type", "state"];
    if form.is_json() {
        let rows = jobs.iter().map(|job| {
            let words = [&*job.unit, job.job_type.as_str(), job.state.as_str()];
            let [unit, job_type, state] = words.map(Json::from);
            row(columns, [Json::from(job.id), unit, job_type, state])
        });
        Json::array(rows).print_as(form)?;
    } else {
        let rows = jobs.iter().map(|job| {
            let words = [job.job_type.as_str(), job.state.as_str()].map(String::from);
            let [job_type, state] = words;
            [job.id.to_string(), job.unit.clone(), job_type, state]
        });
        print(columns, rows, is_full)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn texts(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

fn row<const N: usize>(columns: [&str; N], cells: [Json; N]) -> Json {
    Json::object(columns.into_iter().zip(cells))
}

fn print<const N: usize>(
    columns: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
    is_full: bool,
) -> io::Result<()> {
    let heads = columns.map(str::to_uppercase);
    let mut table = Table::new(heads.each_ref().map(String::as_str));
    for cells in rows {
        table.push(cells.each_ref().map(String::as_str));
    }
    table.full(is_full).print()
}
