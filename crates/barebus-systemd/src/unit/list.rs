//! Lists: units, unit files, jobs, processes.

use barebus::definition::{Kinds, Method};
use barebus::wire::ObjectPath;
use barebus::{EncodeBody, definition::Arguments};

use super::listed::UnitList;
use crate::ask::{ask, failed};
use crate::client::{CallOptions, Client};
use crate::error::Error;
use crate::interface::manager::method as call;
use crate::word::{JobState, JobType, UnitFileState};

/// A unit file as `ListUnitFiles` gives it.
///
/// ```no_run
/// use barebus_systemd::Systemd;
///
/// for file in Systemd::system()?.list_unit_files()? {
///     println!("{} {}", file.name(), file.state);
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedUnitFile {
    /// Its path. The last element is its name.
    pub path: String,
    /// Whether it is enabled.
    pub state: UnitFileState,
}

impl ListedUnitFile {
    /// The name of the unit or template: the last element of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// A job as `ListJobs` gives it.
///
/// ```no_run
/// use barebus_systemd::Systemd;
///
/// for job in Systemd::system()?.list_jobs()? {
///     println!("{} {} {} {}", job.id, job.unit, job.job_type, job.state);
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedJob {
    /// Its number.
    pub id: u32,
    /// The unit that it is for.
    pub unit: String,
    /// What it does to the unit.
    pub job_type: JobType,
    /// Whether it has begun.
    pub state: JobState,
}

/// A process of a unit.
///
/// ```no_run
/// use barebus_systemd::Systemd;
///
/// for process in Systemd::system()?.unit_processes("dbus.service")? {
///     println!("{} {}", process.pid, process.command);
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnitProcess {
    /// Its control group, for example `/system.slice/sshd.service`. Sorted by it, processes form a tree.
    pub control_group: String,
    /// Its number, in the PID namespace of systemd.
    pub pid: u32,
    /// Its command line, made harmless for terminals by systemd.
    pub command: String,
}

pub(crate) async fn list_units<C: Client>(client: &C) -> Result<UnitList, Error> {
    units(client, call::LIST_UNITS, ()).await
}

pub(crate) async fn list_units_filtered<C: Client>(
    client: &C,
    states: &[&str],
) -> Result<UnitList, Error> {
    units(client, call::LIST_UNITS_FILTERED, (states,)).await
}

pub(crate) async fn list_units_by_patterns<C: Client>(
    client: &C,
    states: &[&str],
    patterns: &[&str],
) -> Result<UnitList, Error> {
    units(client, call::LIST_UNITS_BY_PATTERNS, (states, patterns)).await
}

pub(crate) async fn list_units_by_names<C: Client>(
    client: &C,
    names: &[&str],
) -> Result<UnitList, Error> {
    units(client, call::LIST_UNITS_BY_NAMES, (names,)).await
}

/// Calls a method that answers with units.
async fn units<C: Client, In: Kinds, Out: Kinds, A: Arguments + EncodeBody>(
    client: &C,
    method: Method<In, Out>,
    arguments: A,
) -> Result<UnitList, Error> {
    let reply = ask(client, method, arguments, None, CallOptions::default()).await?;
    UnitList::new(reply).map_err(failed(method, None))
}

pub(crate) async fn list_unit_files<C: Client>(client: &C) -> Result<Vec<ListedUnitFile>, Error> {
    let method = call::LIST_UNIT_FILES;
    let reply = ask(client, method, (), None, CallOptions::default()).await?;
    let (files,) = method.answer_as(&reply).map_err(failed(method, None))?;
    Ok(unit_files(files))
}

pub(crate) async fn list_unit_files_by_patterns<C: Client>(
    client: &C,
    states: &[&str],
    patterns: &[&str],
) -> Result<Vec<ListedUnitFile>, Error> {
    let method = call::LIST_UNIT_FILES_BY_PATTERNS;
    let reply = ask(client, method, (states, patterns), None, CallOptions::default()).await?;
    let (files,) = method.answer_as(&reply).map_err(failed(method, None))?;
    Ok(unit_files(files))
}

fn unit_files(files: Vec<(String, UnitFileState)>) -> Vec<ListedUnitFile> {
    files.into_iter().map(|(path, state)| ListedUnitFile { path, state }).collect()
}

pub(crate) async fn list_jobs<C: Client>(client: &C) -> Result<Vec<ListedJob>, Error> {
    type Job<'a> = (u32, String, JobType, JobState, ObjectPath<'a>, ObjectPath<'a>);

    let method = call::LIST_JOBS;
    let reply = ask(client, method, (), None, CallOptions::default()).await?;
    let jobs = method.answer_as::<(Vec<Job<'_>>,)>(&reply).map_err(failed(method, None))?.0;
    let jobs = jobs.into_iter();
    Ok(jobs
        .map(|(id, unit, job_type, state, _, _)| ListedJob { id, unit, job_type, state })
        .collect())
}

pub(crate) async fn unit_processes<C: Client>(
    client: &C,
    unit: &str,
) -> Result<Vec<UnitProcess>, Error> {
    let method = call::GET_UNIT_PROCESSES;
    let reply = ask(client, method, (unit,), Some(unit), CallOptions::default()).await?;
    let processes = method.answer_as::<(Vec<(String, u32, String)>,)>(&reply);
    let (processes,) = processes.map_err(failed(method, Some(unit)))?;
    Ok(processes
        .into_iter()
        .map(|(control_group, pid, command)| UnitProcess { control_group, pid, command })
        .collect())
}

pub(crate) async fn unit_file_links<C: Client>(
    client: &C,
    file: &str,
    runtime: bool,
) -> Result<Vec<String>, Error> {
    let method = call::GET_UNIT_FILE_LINKS;
    let reply = ask(client, method, (file, runtime), Some(file), CallOptions::default()).await?;
    let (links,) = method.answer_as(&reply).map_err(failed(method, Some(file)))?;
    Ok(links)
}
