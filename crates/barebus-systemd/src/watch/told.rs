//! What a watch heeds of the signals of systemd.

use barebus::definition::standard::PROPERTIES_CHANGED;
use barebus::{BodyError, Dict, Message, Variant};

use crate::JobResult;
use crate::interface::manager::signal::{JOB_NEW, JOB_REMOVED, RELOADING, UNIT_NEW, UNIT_REMOVED};
use crate::interface::service::property::{MAIN_PID, RESULT};
use crate::interface::unit;
use crate::interface::unit::property::{ACTIVE_STATE, JOB, SUB_STATE};
use crate::name::UnitName;

/// A signal.
#[derive(Debug)]
pub(crate) enum Told<'a> {
    /// A unit was loaded. Its properties are not told with it.
    UnitNew(&'a str),
    /// A unit is no longer in memory.
    UnitRemoved(&'a str),
    JobNew {
        unit: &'a str,
        job: u32,
    },
    JobRemoved {
        unit: &'a str,
        job: u32,
        result: JobResult,
    },
    Properties {
        unit: UnitName,
        changes: Changes<'a>,
    },
    /// Whether a reload or reexec begins or has ended.
    Reloading(bool),
}

/// Properties of a unit that were told. systemd tells all that can change whenever one has changed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Changes<'a> {
    pub(crate) load: Option<&'a str>,
    pub(crate) active: Option<&'a str>,
    pub(crate) sub: Option<&'a str>,
    pub(crate) result: Option<&'a str>,
    /// 0 for none.
    pub(crate) main_pid: Option<u32>,
    /// 0 for none.
    pub(crate) job: Option<u32>,
}

impl<'a> Told<'a> {
    /// Reads a signal. `None` if a watch does not heed it, or it is not what introspection promises.
    pub(crate) fn read(signal: &Message<'a>) -> Option<Self> {
        Self::read_checked(signal).ok().flatten()
    }

    fn read_checked(signal: &Message<'a>) -> Result<Option<Self>, BodyError> {
        Ok(Some(if PROPERTIES_CHANGED.matches(signal) {
            return Self::properties(signal);
        } else if UNIT_NEW.matches(signal) {
            Self::UnitNew(UNIT_NEW.read(signal)?.0)
        } else if UNIT_REMOVED.matches(signal) {
            Self::UnitRemoved(UNIT_REMOVED.read(signal)?.0)
        } else if JOB_NEW.matches(signal) {
            let (job, _, unit) = JOB_NEW.read(signal)?;
            Self::JobNew { unit, job }
        } else if JOB_REMOVED.matches(signal) {
            let (job, _, unit, result) = JOB_REMOVED.read(signal)?;
            Self::JobRemoved { unit, job, result: JobResult::from(result) }
        } else if RELOADING.matches(signal) {
            Self::Reloading(RELOADING.read(signal)?.0)
        } else {
            return Ok(None);
        }))
    }

    fn properties(signal: &Message<'a>) -> Result<Option<Self>, BodyError> {
        let path = signal.header().path;
        // Jobs and the manager have properties, too.
        let Some(unit) = path.and_then(|path| UnitName::from_object_path(path).ok()) else {
            return Ok(None);
        };
        let (interface, changed, _) = PROPERTIES_CHANGED.read(signal)?;
        let changes = if interface == unit::INTERFACE.as_str() {
            Changes::of_unit(changed)?
        } else if interface == unit.kind().interface().as_str() {
            Changes::of_type(changed)?
        } else {
            return Ok(None);
        };
        Ok(Some(Self::Properties { unit, changes }))
    }
}

impl<'a> Changes<'a> {
    /// Properties of the interface that all units have.
    fn of_unit(changed: Dict<'a, &'a str, Variant<'a>>) -> Result<Self, BodyError> {
        let mut changes = Self::default();
        for property in changed {
            let (name, value) = property?;
            if name == ACTIVE_STATE.name() {
                changes.active = Some(ACTIVE_STATE.read(&value)?);
            } else if name == SUB_STATE.name() {
                changes.sub = Some(SUB_STATE.read(&value)?);
            } else if name == JOB.name() {
                changes.job = Some(JOB.read(&value)?.0);
            }
        }
        Ok(changes)
    }

    /// Properties of the interface of the unit's type. Those of services have the same names and types in the others.
    fn of_type(changed: Dict<'a, &'a str, Variant<'a>>) -> Result<Self, BodyError> {
        let mut changes = Self::default();
        for property in changed {
            let (name, value) = property?;
            if name == RESULT.name() {
                changes.result = Some(RESULT.read(&value)?);
            } else if name == MAIN_PID.name() {
                changes.main_pid = Some(MAIN_PID.read(&value)?);
            }
        }
        Ok(changes)
    }
}
