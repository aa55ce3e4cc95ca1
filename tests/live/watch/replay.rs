//! What a reader makes of the events of a watch.

use std::collections::BTreeMap;

use barebus_systemd::watch::{Event, UnitState};
use barebus_systemd::word::{ActiveState, LoadState, SubState};

/// The units as the events tell them. Each event is checked against those before it.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    pub(crate) units: BTreeMap<String, UnitState>,
    jobs: BTreeMap<String, Vec<u32>>,
    has_snapshot: bool,
    /// The number of events.
    pub(crate) count: usize,
    pub(crate) overflows: usize,
}

/// An inactive service has no process.
fn assert_is_one_moment(unit: &str, state: &UnitState) {
    assert!(state.active != ActiveState::Inactive || state.main_pid.is_none(), "{unit}: {state:?}");
}

/// Name, load state, active state, sub-state.
pub(crate) type Row = (String, LoadState, ActiveState, SubState);

impl Replay {
    pub(crate) fn read(&mut self, event: Event) {
        self.count += 1;
        assert!(self.has_snapshot || matches!(event, Event::Snapshot(_)), "{event:?}");
        match event {
            Event::Snapshot(units) => {
                assert!(!self.has_snapshot);
                self.has_snapshot = true;
                let loaded = units.into_iter().filter(|unit| unit.is_loaded);
                self.units = loaded.map(|unit| (unit.name, unit.state)).collect();
                self.jobs.clear();
                for (name, state) in &self.units {
                    self.jobs.insert(name.clone(), state.job.into_iter().collect());
                }
            }
            Event::Loaded { unit, state } => {
                assert_is_one_moment(&unit, &state);
                assert!(self.units.insert(unit.clone(), state).is_none(), "{unit} loaded twice");
            }
            Event::Changed { unit, old, new } => {
                assert_ne!(old, new, "{unit}");
                assert_is_one_moment(&unit, &new);
                let known = self.units.insert(unit.clone(), new);
                let known = known.unwrap_or_else(|| panic!("{unit} was not loaded"));
                assert_eq!(known, old, "{unit}");
            }
            Event::JobNew { unit, job } => {
                self.units.get_mut(&unit).unwrap().job.get_or_insert(job);
                let jobs = self.jobs.entry(unit.clone()).or_default();
                assert!(!jobs.contains(&job), "job {job} of {unit} twice");
                jobs.push(job);
            }
            Event::JobRemoved { unit, job, .. } => {
                let state = self.units.get_mut(&unit).unwrap();
                state.job = state.job.filter(|queued| *queued != job);
                let jobs = self.jobs.entry(unit.clone()).or_default();
                assert!(jobs.contains(&job), "job {job} of {unit} was not told");
                jobs.retain(|known| *known != job);
            }
            Event::Gone { unit } => {
                assert!(self.units.remove(&unit).is_some(), "{unit} gone twice");
            }
            Event::Overflow => {
                self.has_snapshot = false;
                self.overflows += 1;
            }
            other => panic!("{other:?}"),
        }
    }

    /// The loaded units whose names pass `filter`, without those of which the file was not found: nobody holds on to them.
    pub(crate) fn rows(&self, filter: impl Fn(&str) -> bool) -> Vec<Row> {
        let watched = self.units.iter().filter(|(name, _)| filter(name));
        watched
            .map(|(name, state)| {
                let load = state.load.clone().unwrap_or_else(|| "not told".into());
                (name.clone(), load, state.active.clone(), state.sub.clone())
            })
            .collect()
    }

    pub(crate) fn has_jobs(&self, filter: impl Fn(&str) -> bool) -> bool {
        self.jobs.iter().any(|(name, jobs)| filter(name) && !jobs.is_empty())
    }
}
