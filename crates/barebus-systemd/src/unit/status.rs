//! How a unit is: its status.

use std::time::{Duration, SystemTime};

use barebus::definition::standard::{GET_ALL, PROPERTIES_CHANGED};
use barebus::{Array, BodyError, CallError, Dict, ObjectPath, OwnedMessage, Variant};

use super::end::ProcessEnd;
use super::resources::Resources;
use crate::client::{CallOptions, Client};
use crate::error::{Cause, Error};
use crate::interface::manager::OBJECT;
use crate::interface::{service, unit};
use crate::name::{UnitKind, UnitName};
use crate::together::both;
use crate::value::{Monotonic, Realtime};
use crate::word::{
    ActiveState, FreezerState, LoadState, SubState, UnitFilePreset, UnitFileState, UnitResult,
};

/// How a unit is, as `systemctl status` shows it. All of it is from one moment but for what its type adds (result, processes,
/// resources), which is from the next.
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

/// Reads one property, if it has this name, and returns.
macro_rules! take {
    ($name:ident, $value:ident: $($property:expr => |$read:ident| $body:expr,)*) => {
        $(if $name == $property.name() {
            let $read = $property.read($value)?;
            $body;
            return Ok(());
        })*
    };
}

/// Properties as `GetAll` returns them.
pub(crate) type All<'a> = Dict<'a, &'a str, Variant<'a>>;

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

    fn empty() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            load_state: LoadState::Stub,
            load_error: None,
            active_state: ActiveState::Inactive,
            sub_state: SubState::Dead,
            freezer_state: None,
            result: None,
            since: None,
            run_time: None,
            conditions_held: None,
            assertions_held: None,
            file_state: None,
            file_preset: None,
            file: None,
            drop_ins: Vec::new(),
            needs_reload: false,
            triggers: Vec::new(),
            triggered_by: Vec::new(),
            invocation_id: None,
            job: None,
            main_pid: None,
            control_pid: None,
            main_process: None,
            status_text: None,
            restarts: None,
            control_group: None,
            resources: Resources::default(),
        }
    }

    fn take_of_unit(&mut self, name: &str, value: &Variant<'_>) -> Result<(), BodyError> {
        use unit::property as it;

        take! { name, value:
            it::ID => |text| self.name = text.into(),
            it::DESCRIPTION => |text| self.description = text.into(),
            it::LOAD_STATE => |word| self.load_state = word.into(),
            it::LOAD_ERROR => |error| self.load_error = given(error.1).map(Into::into),
            it::ACTIVE_STATE => |word| self.active_state = word.into(),
            it::SUB_STATE => |word| self.sub_state = word.into(),
            it::FREEZER_STATE => |word| self.freezer_state = Some(word.into()),
            it::CONDITION_RESULT => |held| self.conditions_held = Some(held),
            it::ASSERT_RESULT => |held| self.assertions_held = Some(held),
            it::UNIT_FILE_STATE => |word| self.file_state = given(word).map(Into::into),
            it::UNIT_FILE_PRESET => |word| self.file_preset = given(word).map(Into::into),
            it::FRAGMENT_PATH => |path| self.file = given(path).map(Into::into),
            it::DROP_IN_PATHS => |paths| self.drop_ins = strings(paths)?,
            it::NEED_DAEMON_RELOAD => |is_needed| self.needs_reload = is_needed,
            it::TRIGGERS => |units| self.triggers = strings(units)?,
            it::TRIGGERED_BY => |units| self.triggered_by = strings(units)?,
            it::INVOCATION_ID => |id| self.invocation_id = id.try_into().ok(),
            it::JOB => |job| self.job = number(job.0),
        }
        Ok(())
    }

    fn take_of_type(
        &mut self,
        exit: &mut (i32, i32),
        name: &str,
        value: &Variant<'_>,
    ) -> Result<(), BodyError> {
        use service::property as it;

        if self.resources.take(name, value)? {
            return Ok(());
        }
        take! { name, value:
            it::RESULT => |word| self.result = Some(word.into()),
            it::MAIN_PID => |pid| self.main_pid = number(pid),
            it::CONTROL_PID => |pid| self.control_pid = number(pid),
            it::EXEC_MAIN_CODE => |code| exit.0 = code,
            it::EXEC_MAIN_STATUS => |status| exit.1 = status,
            it::STATUS_TEXT => |text| self.status_text = given(text).map(Into::into),
            it::N_RESTARTS => |count| self.restarts = Some(count),
            it::CONTROL_GROUP => |path| self.control_group = given(path).map(Into::into),
        }
        Ok(())
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

/// A status while its properties are read, from `GetAll` or from signals.
///
/// Unknown properties are passed over, and those that are missing leave their fields empty: versions of systemd differ.
#[derive(Debug)]
pub(crate) struct Reading {
    status: Status,
    times: Times,
    /// ExecMainCode and ExecMainStatus.
    exit: (i32, i32),
}

impl Default for Reading {
    fn default() -> Self {
        Self { status: Status::empty(), times: Times::default(), exit: (0, 0) }
    }
}

impl Reading {
    /// Of a unit whose changes are told: it is loaded.
    pub(crate) fn of(name: &UnitName) -> Self {
        let mut reading = Self::default();
        reading.status.name = name.as_str().into();
        reading.status.load_state = LoadState::Loaded;
        reading
    }

    /// Takes properties of a unit, of any of its interfaces. None of those that are read is in two of them.
    pub(crate) fn take(&mut self, properties: All<'_>) -> Result<(), BodyError> {
        for property in properties {
            let (name, value) = property?;
            self.status.take_of_unit(name, &value)?;
            self.status.take_of_type(&mut self.exit, name, &value)?;
            self.times.take(name, &value)?;
        }
        Ok(())
    }

    /// Takes what changed from a `PropertiesChanged`. Returns its interface.
    pub(crate) fn change<'s>(&mut self, signal: &'s OwnedMessage) -> Result<&'s str, BodyError> {
        let (interface, changed, _) = PROPERTIES_CHANGED.read(signal)?;
        self.take(changed)?;
        Ok(interface)
    }

    /// The status as far as it was read.
    pub(crate) fn status(&self) -> Status {
        let mut status = self.status.clone();
        status.main_process = ProcessEnd::new(self.exit.0, self.exit.1);
        status.since = self.times.since(&status.active_state);
        status.run_time = self.times.run_time();
        if self.times.conditions_checked.0.is_none() {
            status.conditions_held = None;
        }
        if self.times.assertions_checked.0.is_none() {
            status.assertions_held = None;
        }
        status
    }
}

/// When the unit entered and left its states.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    active_enter: Realtime,
    active_exit: Realtime,
    inactive_enter: Realtime,
    inactive_exit: Realtime,
    began: Monotonic,
    ended: Monotonic,
    conditions_checked: Realtime,
    assertions_checked: Realtime,
}

impl Times {
    fn take(&mut self, name: &str, value: &Variant<'_>) -> Result<(), BodyError> {
        use unit::property as it;

        take! { name, value:
            it::ACTIVE_ENTER_TIMESTAMP => |time| self.active_enter = time.into(),
            it::ACTIVE_EXIT_TIMESTAMP => |time| self.active_exit = time.into(),
            it::INACTIVE_ENTER_TIMESTAMP => |time| self.inactive_enter = time.into(),
            it::INACTIVE_EXIT_TIMESTAMP => |time| self.inactive_exit = time.into(),
            it::INACTIVE_EXIT_TIMESTAMP_MONOTONIC => |time| self.began = time.into(),
            it::INACTIVE_ENTER_TIMESTAMP_MONOTONIC => |time| self.ended = time.into(),
            it::CONDITION_TIMESTAMP => |time| self.conditions_checked = time.into(),
            it::ASSERT_TIMESTAMP => |time| self.assertions_checked = time.into(),
        }
        Ok(())
    }

    /// When the unit came into this state.
    fn since(&self, state: &ActiveState) -> Option<SystemTime> {
        let time = match state {
            ActiveState::Inactive | ActiveState::Failed => self.inactive_enter,
            ActiveState::Activating => self.inactive_exit,
            ActiveState::Deactivating => self.active_exit,
            _ => self.active_enter,
        };
        time.0
    }

    /// How long the last run took, if it has ended.
    fn run_time(&self) -> Option<Duration> {
        self.ended.0?.checked_sub(self.began.0?)
    }
}

/// The text, unless it is empty.
fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The number, unless it is 0.
fn number(number: u32) -> Option<u32> {
    Some(number).filter(|number| *number != 0)
}

fn strings(list: Array<'_, &str>) -> Result<Vec<String>, BodyError> {
    list.map(|text| Ok(text.map(String::from)?)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::UNIX_EPOCH;

    use barebus::wire::{OwnedBody, OwnedValue};

    use super::*;
    use crate::word::Signal;

    fn texts(texts: &[&str]) -> OwnedValue {
        OwnedBody::new(&(texts,)).unwrap().values().unwrap().remove(0)
    }

    fn body(properties: &[(&str, OwnedValue)]) -> OwnedBody {
        let properties: BTreeMap<_, _> = properties.iter().cloned().collect();
        OwnedBody::new(&(properties,)).unwrap()
    }

    fn read(
        of_unit: &[(&str, OwnedValue)],
        of_type: &[(&str, OwnedValue)],
    ) -> Result<Status, BodyError> {
        let (of_unit, of_type) = (body(of_unit), body(of_type));
        Status::read(of_unit.get::<(All<'_>,)>().unwrap().0, of_type.get::<(All<'_>,)>().unwrap().0)
    }

    #[test]
    fn it_is_read_from_the_properties_of_the_unit_and_of_its_type() {
        let status = read(
            &[
                ("Id", "a.service".into()),
                ("ActiveState", "failed".into()),
                ("SubState", "failed".into()),
                ("LoadState", "loaded".into()),
                ("UnitFileState", "".into()),
                ("DropInPaths", texts(&["/etc/a.conf"])),
                ("NeedDaemonReload", true.into()),
                ("InvocationID", vec![7_u8; 16].into()),
                ("InactiveEnterTimestamp", 5_000_000_u64.into()),
                ("InactiveEnterTimestampMonotonic", 3_000_000_u64.into()),
                ("InactiveExitTimestampMonotonic", 1_000_000_u64.into()),
                ("OfALaterVersion", 1_u32.into()),
            ],
            &[
                ("Result", "core-dump".into()),
                ("ExecMainCode", 3_i32.into()),
                ("ExecMainStatus", 15_i32.into()),
                ("MainPID", 0_u32.into()),
                ("StatusText", "well".into()),
                ("MemoryCurrent", u64::MAX.into()),
                ("CPUUsageNSec", 1_500_u64.into()),
                ("IPIngressBytes", 0_u64.into()),
            ],
        );
        let status = status.unwrap();
        assert_eq!(status.name, "a.service");
        assert_eq!(status.active_state, ActiveState::Failed);
        assert_eq!(status.file_state, None);
        assert_eq!(status.drop_ins, ["/etc/a.conf"]);
        assert!(status.needs_reload);
        assert_eq!(status.invocation_id, Some([7; 16]));
        assert_eq!(status.since, Some(UNIX_EPOCH + Duration::from_secs(5)));
        assert_eq!(status.run_time, Some(Duration::from_secs(2)));
        assert_eq!(status.result, Some(UnitResult::CoreDump));
        assert_eq!(status.main_process, Some(ProcessEnd::Dumped(Signal::TERM)));
        assert_eq!(status.main_pid, None);
        assert_eq!(status.status_text.as_deref(), Some("well"));
        assert_eq!(status.resources.memory, None);
        assert_eq!(status.resources.cpu, Some(Duration::from_nanos(1500)));
        assert_eq!(status.resources.ip_received, Some(0));
    }

    #[test]
    fn a_unit_that_runs_again_has_no_run_time() {
        let status = read(
            &[
                ("ActiveState", "active".into()),
                ("InactiveEnterTimestampMonotonic", 1_000_000_u64.into()),
                ("InactiveExitTimestampMonotonic", 3_000_000_u64.into()),
            ],
            &[],
        );
        let status = status.unwrap();
        assert_eq!((status.run_time, status.since, status.main_process), (None, None, None));
    }

    #[test]
    fn a_property_of_another_type_than_introspection_promised_is_an_error() {
        assert!(read(&[("Id", 1_u32.into())], &[]).is_err());
        assert!(read(&[], &[("Result", true.into())]).is_err());
    }
}
