//! What a watch reports.

use crate::JobResult;
use crate::word::{ActiveState, LoadState, SubState, UnitResult};

/// What happened to the watched units.
///
/// ```
/// use barebus_systemd::watch::Event;
///
/// fn report(event: &Event) {
///     match event {
///         Event::Changed { unit, old, new } => println!("{unit}: {} -> {}", old.active, new.active),
///         Event::Gone { unit, .. } => println!("{unit} was unloaded"),
///         _ => {}
///     }
///     if let Some(unit) = event.failed() {
///         println!("{unit} has failed");
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The state of all watched units, sorted by name: also of units that have failed already. It is the first event, and it follows
    /// [`Overflow`](Self::Overflow). The events after it are the changes since.
    Snapshot(Vec<WatchedUnit>),
    /// systemd has loaded a unit: somebody started it, asked about it, or it came with a device or a mount point.
    Loaded {
        /// The unit.
        unit: String,
        /// Its state.
        state: UnitState,
    },
    /// Load state, active state, sub-state, result or main process of a unit changed. The active state may be the same as before: compare
    /// `old` and `new`, or use [`failed`](Self::failed).
    Changed {
        /// The unit.
        unit: String,
        /// Its state before: what the events before this one tell.
        old: UnitState,
        /// Its state since.
        new: UnitState,
    },
    /// A job was queued for a unit. It is the [`job`](UnitState::job) of the unit's state from now on, if there was none.
    JobNew {
        /// The unit.
        unit: String,
        /// The ID of the job.
        job: u32,
    },
    /// A job of a unit has ended. The unit's state does not have it any more.
    JobRemoved {
        /// The unit.
        unit: String,
        /// The ID of the job.
        job: u32,
        /// How it ended. `None`: it ended while systemd re-executed itself, which loses the result.
        result: Option<JobResult>,
    },
    /// systemd has removed a unit from memory. It is inactive, and the watch goes on: [`Loaded`](Self::Loaded) follows if it comes back.
    Gone {
        /// The unit.
        unit: String,
    },
    /// Events were lost, because they came faster than they were taken. A new [`Snapshot`](Self::Snapshot) follows: discard what is known of
    /// the units, and look for units that have failed meanwhile.
    Overflow,
}

impl Event {
    /// The unit that the event is about; `None` for [`Snapshot`](Self::Snapshot) and [`Overflow`](Self::Overflow).
    pub fn unit(&self) -> Option<&str> {
        match self {
            Self::Loaded { unit, .. }
            | Self::Changed { unit, .. }
            | Self::JobNew { unit, .. }
            | Self::JobRemoved { unit, .. }
            | Self::Gone { unit } => Some(unit),
            Self::Snapshot(_) | Self::Overflow => None,
        }
    }

    /// The unit that has just failed: its active state became [`Failed`](ActiveState::Failed) with this event. `None` for changes of a unit
    /// that had failed before, and for [`Snapshot`](Self::Snapshot), which holds all units that have failed.
    pub fn failed(&self) -> Option<&str> {
        let (unit, has_failed) = match self {
            Self::Loaded { unit, state } => (unit, state.active == ActiveState::Failed),
            Self::Changed { unit, old, new } => {
                (unit, old.active != ActiveState::Failed && new.active == ActiveState::Failed)
            }
            _ => return None,
        };
        has_failed.then_some(unit)
    }

    /// The state of `name` in a snapshot.
    pub(super) fn snapshot_of(&mut self, name: &str) -> Option<&mut UnitState> {
        let Self::Snapshot(units) = self else { return None };
        // They are sorted.
        let place = units.binary_search_by(|unit| unit.name.as_str().cmp(name)).ok()?;
        Some(&mut units.get_mut(place)?.state)
    }
}

/// A unit of a [snapshot](Event::Snapshot).
///
/// ```
/// use barebus_systemd::watch::Event;
///
/// fn print(event: &Event) {
///     if let Event::Snapshot(units) = event {
///         for unit in units.iter().filter(|unit| unit.is_loaded) {
///             println!("{} {}", unit.name, unit.state.active);
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WatchedUnit {
    /// Its name: the primary one, if it has several.
    pub name: String,
    /// Whether systemd has it in memory. If not, it is inactive.
    pub is_loaded: bool,
    /// Its state.
    pub state: UnitState,
}

/// The state of a watched unit.
///
/// ```
/// use barebus_systemd::ActiveState;
/// use barebus_systemd::watch::UnitState;
///
/// fn came_up(old: &UnitState, new: &UnitState) -> bool {
///     old.active != ActiveState::Active && new.active == ActiveState::Active
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnitState {
    /// Whether its file was read. `None`: systemd does not have the unit in memory, or loaded it a moment ago.
    pub load: Option<LoadState>,
    /// The state in the words of all types.
    pub active: ActiveState,
    /// The state in the words of the unit's own type.
    pub sub: SubState,
    /// Why the unit stopped last. `None`: its type has no result, or nothing has happened to the unit since it is watched.
    pub result: Option<UnitResult>,
    /// The main process of a service.
    pub main_pid: Option<u32>,
    /// The ID of the job that is queued for the unit.
    pub job: Option<u32>,
}

impl UnitState {
    /// A unit that systemd does not have in memory.
    pub(crate) const NOT_LOADED: Self = Self {
        load: None,
        active: ActiveState::Inactive,
        sub: SubState::Dead,
        result: None,
        main_pid: None,
        job: None,
    };

    /// Whether `new` is another state that is worth an event. Jobs have events of their own. That a result which was not known is success is
    /// no change.
    pub(super) fn differs(&self, new: &Self) -> bool {
        let result_differs = match (&self.result, &new.result) {
            (Some(old), Some(new)) => old != new,
            (None, Some(new)) => *new != UnitResult::Success,
            (_, None) => false,
        };
        result_differs
            || self.load != new.load
            || self.main_pid != new.main_pid
            || self.active != new.active
            || self.sub != new.sub
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_fails_once() {
        let failed = UnitState { active: ActiveState::Failed, ..UnitState::NOT_LOADED };
        let changed = |old: &UnitState, new: &UnitState| Event::Changed {
            unit: "x.service".into(),
            old: old.clone(),
            new: new.clone(),
        };
        assert_eq!(changed(&UnitState::NOT_LOADED, &failed).failed(), Some("x.service"));
        assert_eq!(changed(&failed, &UnitState::NOT_LOADED).failed(), None);
        // Only its result is another one.
        let limited = UnitState { result: Some(UnitResult::StartLimitHit), ..failed.clone() };
        assert_eq!(changed(&failed, &limited).failed(), None);
        let loaded = Event::Loaded { unit: "x.service".into(), state: failed };
        assert_eq!(loaded.failed(), Some("x.service"));
        assert_eq!(Event::Overflow.failed(), None);
    }
}
