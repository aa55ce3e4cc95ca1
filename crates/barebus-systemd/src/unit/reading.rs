//! Reading a status from properties.

use std::time::{Duration, SystemTime};

use barebus::definition::standard::PROPERTIES_CHANGED;
use barebus::{Array, BodyError, Dict, OwnedMessage, Variant};

use super::end::ProcessEnd;
use super::resources::Resources;
use super::status::Status;
use crate::interface::{service, unit};
use crate::name::UnitName;
use crate::value::{Monotonic, Realtime};
use crate::word::{ActiveState, LoadState, SubState};

/// Properties as `GetAll` returns them.
pub(crate) type All<'a> = Dict<'a, &'a str, Variant<'a>>;

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

impl Status {
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
    use crate::word::{Signal, UnitResult};

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
