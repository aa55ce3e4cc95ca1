//! What a watch reports.

use crate::JobResult;
use crate::word::{ActiveState, LoadState, SubState, UnitResult};

/// What happened to the watched units.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The state of all watched units, sorted by name. It is the first event, and it follows [`Overflow`](Self::Overflow). The events after
    /// it are the changes since.
    Snapshot(Vec<WatchedUnit>),
    /// systemd has loaded a unit: somebody started it, asked about it, or it came with a device or a mount point.
    Loaded {
        /// The unit.
        unit: String,
        /// Its state.
        state: UnitState,
    },
    /// Load state, active state, sub-state, result or main process of a unit changed.
    Changed {
        /// The unit.
        unit: String,
        /// Its state before.
        old: UnitState,
        /// Its state since.
        new: UnitState,
    },
    /// A job was queued for a unit.
    JobNew {
        /// The unit.
        unit: String,
        /// The ID of the job.
        job: u32,
    },
    /// A job of a unit has ended.
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
    /// Events were lost, because they came faster than they were taken. A new [`Snapshot`](Self::Snapshot) follows.
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

    /// The state of `name` in a snapshot.
    pub(super) fn snapshot_of(&mut self, name: &str) -> Option<&mut UnitState> {
        let Self::Snapshot(units) = self else { return None };
        // They are sorted.
        let place = units.binary_search_by(|unit| unit.name.as_str().cmp(name)).ok()?;
        Some(&mut units.get_mut(place)?.state)
    }
}

/// A unit of a [snapshot](Event::Snapshot).
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

    /// Whether `new` is another state that is worth an event. Jobs have events of their own. Learning what was not known is no change, if
    /// it is what everybody assumes.
    pub(super) fn differs(&self, new: &Self) -> bool {
        let load_differs = self.load.is_some() && self.load != new.load;
        let result_differs = match (&self.result, &new.result) {
            (Some(old), Some(new)) => old != new,
            (None, Some(new)) => *new != UnitResult::Success,
            (_, None) => false,
        };
        load_differs
            || result_differs
            || self.main_pid != new.main_pid
            || self.active != new.active
            || self.sub != new.sub
    }
}
