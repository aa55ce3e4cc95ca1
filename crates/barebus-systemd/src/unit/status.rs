//! How a unit is: its status.

use std::time::{Duration, SystemTime};

use barebus::definition::standard::GET_ALL;
use barebus::{BodyError, CallError, ObjectPath};

use super::end::ProcessEnd;
use super::reading::{All, Reading};
use super::resources::Resources;
use crate::client::{CallOptions, Client};
use crate::error::{Cause, Error};
use crate::interface::manager::OBJECT;
use crate::interface::unit;
use crate::name::{UnitKind, UnitName};
use crate::together::both;
use crate::word::{
    ActiveState, FreezerState, LoadState, SubState, UnitFilePreset, UnitFileState, UnitResult,
};

/// How a unit is, as `systemctl status` shows it. All of it is from one moment but for what its type adds (result, processes,
/// resources), which is from the next.
///
/// ```no_run
/// use barebus_systemd::Systemd;
///
/// let status = Systemd::system()?.status("dbus.service")?;
/// println!("{}: {} ({})", status.name, status.active_state, status.sub_state);
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Its name. For an alias, the name of the unit that it stands for.
    pub name: String,
    /// What it is, for people. The name, if the unit file has no `Description=`.
    pub description: String,
    /// Whether its file was read. [`LoadState::NotFound`] if there is no such unit.
    pub load_state: LoadState,
    /// Why its file was not read: text of systemd for people.
    pub load_error: Option<String>,
    /// Its state in the words that all types share.
    pub active_state: ActiveState,
    /// Its state in the words of its type.
    pub sub_state: SubState,
    /// Whether its processes are frozen. Since systemd 246.
    pub freezer_state: Option<FreezerState>,
    /// Why it stopped. `None` for types that have no result: targets, devices, slices.
    pub result: Option<UnitResult>,
    /// Since when it is in its active state; `None` if it never left the first one.
    pub since: Option<SystemTime>,
    /// How long it ran, or has been running until it stopped: from the last time it left `inactive` until it entered it again.
    /// `None` while it runs, and before it ran.
    pub run_time: Option<Duration>,
    /// Whether the conditions held when it was to be started last; `None` if they were not checked yet.
    pub conditions_held: Option<bool>,
    /// Whether the assertions held when it was to be started last; `None` if they were not checked yet.
    pub assertions_held: Option<bool>,
    /// Whether its file is enabled; `None` if it has no file.
    pub file_state: Option<UnitFileState>,
    /// Whether the presets want its file to be enabled; `None` if it has no file.
    pub file_preset: Option<UnitFilePreset>,
    /// Path of its file.
    pub file: Option<String>,
    /// Paths of its drop-in files.
    pub drop_ins: Vec<String>,
    /// Whether its files changed since they were read: a reload is needed.
    pub needs_reload: bool,
    /// Units that it starts: those of a timer, path, socket or automount.
    pub triggers: Vec<String>,
    /// Units that start it.
    pub triggered_by: Vec<String>,
    /// Identifier of its present or last run, 16 bytes. `None` before the first.
    pub invocation_id: Option<[u8; 16]>,
    /// Number of the job that is queued for it.
    pub job: Option<u32>,
    /// The main process of a service.
    pub main_pid: Option<u32>,
    /// The process of `ExecStartPre=`, `ExecReload=` and the like, or of a mount's or swap's command.
    pub control_pid: Option<u32>,
    /// How the main process of a service ended last; `None` if none has ended.
    pub main_process: Option<ProcessEnd>,
    /// What a service says of itself (`STATUS=` of sd_notify(3)).
    pub status_text: Option<String>,
    /// How often a service was restarted by itself since it was started.
    pub restarts: Option<u32>,
    /// Path of its control group, `/system.slice/sshd.service`; `None` if it has none now.
    pub control_group: Option<String>,
    /// What its processes use.
    pub resources: Resources,
}

impl Status {
    /// Reads what `GetAll` returned of `org.freedesktop.systemd1.Unit`, and of the interface of the unit's type.
    pub(crate) fn read(of_unit: All<'_>, of_type: All<'_>) -> Result<Self, BodyError> {
        let mut reading = Reading::default();
        reading.take(of_unit)?;
        reading.take(of_type)?;
        Ok(reading.status())
    }

    /// Whether the unit has stopped: it does not run, is not about to be restarted, and no job waits to start it.
    pub(crate) fn has_stopped(&self) -> bool {
        let is_down = matches!(self.active_state, ActiveState::Inactive | ActiveState::Failed);
        let restarts = matches!(
            self.sub_state,
            SubState::DeadBeforeAutoRestart | SubState::FailedBeforeAutoRestart
        );
        is_down && !restarts && self.job.is_none()
    }
}

pub(crate) async fn status<C: Client>(client: &C, unit: &str) -> Result<Status, Error> {
    let failed = |cause: Cause| Error::new("the status", unit, cause);
    let name = UnitName::parse(unit).map_err(|error| failed(error.into()))?;
    let path = name.object_path();
    of_object(client, path.borrow(), name.kind()).await.map_err(|error| failed(error.into()))
}

/// The status of the unit that is this object. Both questions leave in one write.
pub(crate) async fn of_object<C: Client>(
    client: &C,
    path: ObjectPath<'_>,
    kind: UnitKind,
) -> Result<Status, CallError> {
    let ask = |interface| {
        client.call(GET_ALL.call(OBJECT.at(path), (interface,)), CallOptions::default())
    };
    let (of_unit, of_type) = both(ask(unit::INTERFACE), ask(kind.interface())).await;
    let (of_unit, of_type) = (of_unit?, of_type?);
    Ok(Status::read(GET_ALL.answer(&of_unit)?.0, GET_ALL.answer(&of_type)?.0)?)
}
