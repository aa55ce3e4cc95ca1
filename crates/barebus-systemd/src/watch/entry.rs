//! A unit as a watch knows it.

use super::event::UnitState;
use super::told::Changes;
use crate::word::{ActiveState, LoadState, SubState, UnitResult};

/// A unit that systemd has in memory.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) state: UnitState,
    /// The state that the events tell. It lags behind `state` by what is not worth an event, and by what is told in the next one.
    pub(super) told: UnitState,
    /// Whether [`Event::Loaded`](super::Event::Loaded) was recorded: when the state of the unit is known.
    pub(super) is_announced: bool,
    /// Whether result and main process may be others than the last ones that were told.
    pub(super) is_stale: bool,
    /// The jobs that were told and have not ended.
    pub(super) jobs: Vec<u32>,
}

impl Entry {
    pub(super) fn new() -> Self {
        Self {
            state: UnitState::NOT_LOADED,
            told: UnitState::NOT_LOADED,
            is_announced: false,
            is_stale: true,
            jobs: Vec::new(),
        }
    }

    /// A snapshot tells the state, and the unit's job, so `JobNew` is no event any more.
    pub(super) fn be_told(&mut self) {
        self.told = self.state.clone();
        let known = &self.jobs;
        let new = self.state.job.filter(|job| !known.contains(job));
        self.jobs.extend(new);
    }

    pub(super) fn end_job(&mut self, job: u32) {
        self.jobs.retain(|known| *known != job);
        for state in [&mut self.state, &mut self.told] {
            state.job = state.job.filter(|queued| *queued != job);
        }
    }
}

impl Changes<'_> {
    pub(super) fn apply(&self, state: &mut UnitState) {
        if let Some(load) = self.load {
            state.load = Some(LoadState::from(load));
        }
        if let Some(active) = self.active {
            state.active = ActiveState::from(active);
        }
        if let Some(sub) = self.sub {
            state.sub = SubState::from(sub);
        }
        if let Some(result) = self.result {
            state.result = Some(UnitResult::from(result));
        }
        if let Some(pid) = self.main_pid {
            state.main_pid = Some(pid).filter(|pid| *pid != 0);
        }
        if let Some(job) = self.job {
            state.job = Some(job).filter(|job| *job != 0);
        }
    }
}
