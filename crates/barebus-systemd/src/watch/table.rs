//! What a watch knows: a snapshot and the signals after it go in, events come out. It does no I/O.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::asks::{Ask, Asks, List};
use super::entry::Entry;
use super::event::{Event, UnitState, WatchedUnit};
use super::told::{Changes, Told};
use crate::JobResult;
use crate::unit::ListedUnit;
use crate::word::{ActiveState, UnitResult};

/// The units of a watch and what is told of them.
///
/// [`tell`](Self::tell) and [`answer`](Self::answer) take what systemd sent, in the order in which it sent it.
#[derive(Debug)]
pub(crate) struct Table {
    /// The names that are watched; `None`: all units.
    names: Option<BTreeSet<String>>,
    phase: Phase,
    /// The units that systemd has in memory.
    units: BTreeMap<String, Entry>,
    events: VecDeque<Event>,
    /// Whether there is no snapshot that events could follow. Changes are no events until there is one.
    owes_snapshot: bool,
    asks: Asks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Signals were lost, or none were received yet. They are ignored until a list of all units was answered.
    Blind,
    /// Each signal counts.
    Following,
    /// systemd removes all units and makes them again, and says so of each. The list after that tells what changed.
    Reloading,
}

impl Table {
    /// A watch of units, by their names; `None`: of all.
    pub(crate) fn new(names: Option<BTreeSet<String>>) -> Self {
        let mut table = Self {
            phase: Phase::Blind,
            units: BTreeMap::new(),
            events: VecDeque::new(),
            owes_snapshot: true,
            asks: Asks { unresolved: names.clone().unwrap_or_default(), ..Asks::default() },
            names,
        };
        table.restart();
        table
    }

    /// The names that are watched; `None`: all units.
    pub(crate) const fn names(&self) -> Option<&BTreeSet<String>> {
        self.names.as_ref()
    }

    /// The next event.
    pub(crate) fn pop(&mut self) -> Option<Event> {
        if matches!(self.events.front(), Some(Event::Snapshot(_))) && !self.asks.is_settled() {
            return None;
        }
        self.events.pop_front()
    }

    fn snapshot(&self) -> Vec<WatchedUnit> {
        let unit = |name: &String| {
            let entry = self.units.get(name);
            let state = entry.map_or(UnitState::NOT_LOADED, |entry| entry.state.clone());
            WatchedUnit { name: name.clone(), is_loaded: entry.is_some(), state }
        };
        match &self.names {
            Some(names) => names.iter().map(unit).collect(),
            None => self.units.keys().map(unit).collect(),
        }
    }

    /// The next question, to be put at once. An answer or [`not_answered`](Self::not_answered) must follow.
    pub(crate) fn next_ask(&mut self) -> Option<Ask> {
        self.asks.next(self.names.as_ref(), self.phase == Phase::Blind)
    }

    /// Signals were lost, because systemd re-executed itself. The units are listed again, and differences are told. Answers to outstanding
    /// questions must not be passed on: they may be older than the signals.
    pub(crate) fn restart(&mut self) {
        let asks = std::mem::take(&mut self.asks);
        let unresolved = asks.unresolved.into_iter().chain(asks.resolving).collect();
        self.asks = Asks { all: true, unresolved, ..Asks::default() };
        self.phase = Phase::Blind;
        // A snapshot that nobody has taken may lack what was being asked.
        if let Some(place) = self.events.iter().position(is_snapshot) {
            self.events.truncate(place);
            self.owes_snapshot = true;
        }
    }

    /// As [`restart`](Self::restart), when signals were lost because the reader is slow.
    pub(crate) fn overflow(&mut self) {
        self.restart();
        if !self.owes_snapshot {
            self.events.push_back(Event::Overflow);
            self.owes_snapshot = true;
        }
    }

    /// Takes a signal.
    pub(crate) fn tell(&mut self, told: Told<'_>) {
        match (self.phase, told) {
            (Phase::Blind, _) => {}
            (_, Told::Reloading(true)) => {
                self.phase = Phase::Reloading;
                self.asks.listed.clear();
            }
            (_, Told::Reloading(false)) => {
                self.phase = Phase::Following;
                self.asks.all = true;
                // What changed before `UnitNew`, which was ignored, is not told.
                self.units.values_mut().for_each(|entry| entry.is_stale = true);
            }
            (_, Told::Properties { unit, changes }) => self.properties(unit.as_str(), &changes),
            (_, Told::JobNew { unit, job }) => self.job_new(unit, job),
            (_, Told::JobRemoved { unit, job, result }) => self.job_removed(unit, job, result),
            (Phase::Following, Told::UnitNew(unit)) => self.unit_new(unit),
            (Phase::Following, Told::UnitRemoved(unit)) => self.remove(unit),
            (Phase::Reloading, Told::UnitNew(_) | Told::UnitRemoved(_)) => {}
        }
    }

    fn is_watched(&self, unit: &str) -> bool {
        self.names.as_ref().is_none_or(|names| names.contains(unit))
    }

    /// systemd tells the first state of a unit, and what changed before `UnitNew`, to those who ask.
    fn unit_new(&mut self, unit: &str) {
        if self.is_watched(unit) {
            let entry = self.units.entry(unit.to_owned()).or_insert_with(Entry::new);
            entry.is_stale = true;
            self.asks.listed.insert(unit.to_owned());
        }
    }

    fn remove(&mut self, unit: &str) {
        self.asks.remove(unit);
        self.announce(unit);
        let Some(entry) = self.units.remove(unit) else { return };
        self.jobs_lost(unit, entry.jobs);
        self.record(|| Event::Gone { unit: unit.to_owned() });
    }

    /// Jobs have ended, and their results were lost.
    fn jobs_lost(&mut self, unit: &str, jobs: Vec<u32>) {
        for job in jobs {
            if let Some(entry) = self.units.get_mut(unit) {
                entry.end_job(job);
            }
            self.record(|| Event::JobRemoved { unit: unit.to_owned(), job, result: None });
        }
    }

    /// systemd sends the properties of the unit's type, and directly after them those that all units have. Both are one event: the first ones
    /// alone are of another moment than the active state that is known.
    fn properties(&mut self, unit: &str, changes: &Changes<'_>) {
        self.learn(unit, changes);
        if changes.active.is_some() {
            self.tell_change(unit);
        }
    }

    fn learn(&mut self, unit: &str, changes: &Changes<'_>) {
        if let Some(entry) = self.units.get_mut(unit) {
            changes.apply(&mut entry.state);
            entry.is_stale &= changes.result.is_none();
        }
    }

    fn tell_change(&mut self, unit: &str) {
        let Some(entry) = self.units.get_mut(unit) else { return };
        // systemd tells a new main process once before the unit has left `inactive`, and again after that.
        if entry.state.active == ActiveState::Inactive {
            entry.state.main_pid = None;
        }
        if !entry.is_announced {
            self.announce(unit);
        } else if entry.told.differs(&entry.state) {
            let new = entry.state.clone();
            let old = std::mem::replace(&mut entry.told, new.clone());
            self.record(|| Event::Changed { unit: unit.to_owned(), old, new });
        }
    }

    fn job_new(&mut self, unit: &str, job: u32) {
        let Some(entry) = self.units.get_mut(unit) else { return };
        if entry.jobs.contains(&job) {
            return;
        }
        entry.jobs.push(job);
        entry.state.job.get_or_insert(job);
        if entry.is_announced {
            entry.told.job.get_or_insert(job);
            self.record(|| Event::JobNew { unit: unit.to_owned(), job });
        }
    }

    fn job_removed(&mut self, unit: &str, job: u32, result: JobResult) {
        if !self.units.contains_key(unit) {
            return;
        }
        self.announce(unit);
        if let Some(entry) = self.units.get_mut(unit) {
            entry.end_job(job);
        }
        self.record(|| Event::JobRemoved { unit: unit.to_owned(), job, result: Some(result) });
    }

    /// Records that a unit was loaded, and the jobs that were told before that.
    fn announce(&mut self, unit: &str) {
        let Some(entry) = self.units.get_mut(unit) else { return };
        if std::mem::replace(&mut entry.is_announced, true) {
            return;
        }
        let (state, jobs) = (entry.state.clone(), entry.jobs.clone());
        entry.told = state.clone();
        if let Some(job) = jobs.first() {
            entry.told.job.get_or_insert(*job);
        }
        self.record(|| Event::Loaded { unit: unit.to_owned(), state });
        for job in jobs {
            self.record(|| Event::JobNew { unit: unit.to_owned(), job });
        }
    }

    fn record(&mut self, event: impl FnOnce() -> Event) {
        if !self.owes_snapshot {
            self.events.push_back(event());
        }
    }

    /// Takes the answer to [`Ask::List`].
    pub(crate) fn answer_list<'u>(
        &mut self,
        asked: &List,
        units: impl Iterator<Item = ListedUnit<'u>>,
    ) {
        self.asks.is_list_out = false;
        // An answer about some units does not help who knows nothing.
        if self.phase == Phase::Blind && !asked.is_complete {
            return;
        }
        let mut missing: BTreeSet<String> = match &asked.names {
            Some(names) if !asked.is_complete => names.clone(),
            _ => self.units.keys().cloned().collect(),
        };
        for unit in units {
            if self.is_watched(unit.name) {
                missing.remove(unit.name);
                self.list(&unit);
            }
        }
        missing.iter().for_each(|unit| self.remove(unit));
        if self.phase == Phase::Blind {
            self.phase = Phase::Following;
            self.give_snapshot();
        }
        let Self { asks, units, .. } = self;
        asks.unresolved.retain(|name| !units.contains_key(name));
    }

    fn give_snapshot(&mut self) {
        if std::mem::take(&mut self.owes_snapshot) {
            self.units.values_mut().for_each(Entry::be_told);
            self.events.push_back(Event::Snapshot(self.snapshot()));
        }
    }

    fn list(&mut self, unit: &ListedUnit<'_>) {
        let is_blind = self.phase == Phase::Blind;
        let entry = self.units.entry(unit.name.to_owned()).or_insert_with(Entry::new);
        let job = Some(unit.job_id).filter(|job| *job != 0);
        entry.is_stale |= is_blind;
        let is_inactive = unit.active_state == ActiveState::Inactive.as_str();
        let is_reset = is_inactive && entry.is_stale && entry.state.result.is_some();
        let changes = Changes {
            load: Some(unit.load_state),
            active: Some(unit.active_state),
            sub: Some(unit.sub_state),
            job: Some(unit.job_id),
            main_pid: None,
            result: is_reset.then_some(UnitResult::Success.as_str()),
        };
        let is_over = |known: &u32| is_blind && Some(*known) != job;
        let mut over: Vec<u32> = entry.jobs.iter().copied().filter(is_over).collect();
        entry.jobs.retain(|known| !is_over(known));
        if !entry.is_announced {
            // They were no events.
            over.clear();
        }
        entry.is_announced |= self.owes_snapshot;
        self.learn(unit.name, &changes);
        self.tell_change(unit.name);
        self.jobs_lost(unit.name, over);
        // `JobNew` may be lost, or come later.
        if let Some(job) = job.filter(|_| !self.owes_snapshot) {
            self.job_new(unit.name, job);
        }
        if let Some(entry) = self.units.get(unit.name) {
            self.asks.add_details(unit.name, entry);
        }
    }

    /// Takes the answer to [`Ask::Details`].
    pub(crate) fn answer_details(&mut self, unit: &str, changes: &Changes<'_>) {
        self.asks.details_out = self.asks.details_out.saturating_sub(1);
        let Some(entry) = self.units.get_mut(unit) else { return };
        // It has changed since the question was put. The next state comes with its own details.
        if entry.state.active == ActiveState::Inactive {
            return;
        }
        let has_changed = self.events.iter().any(|event| event.unit() == Some(unit));
        match self.events.iter_mut().find_map(|event| event.snapshot_of(unit)) {
            // Nothing else was told since the snapshot, so it was so then.
            Some(state) if entry.is_stale && !has_changed => {
                changes.apply(state);
                changes.apply(&mut entry.state);
                changes.apply(&mut entry.told);
                entry.is_stale = changes.result.is_none();
            }
            _ => {
                self.learn(unit, changes);
                self.tell_change(unit);
            }
        }
    }

    /// Takes the answer to [`Ask::Resolve`]: the primary name of the unit. If it is another name, it is watched from now on, and all
    /// starts [anew](Self::restart): its signals were not received. Returns whether that is so.
    pub(crate) fn answer_name(&mut self, asked: &Ask, primary: Option<&str>) -> bool {
        let Ask::Resolve(name) = asked else { return false };
        self.asks.resolving.remove(name);
        let Some(primary) = primary.filter(|primary| *primary != name) else { return false };
        if let Some(names) = &mut self.names {
            names.remove(name);
            names.insert(primary.to_owned());
        }
        self.restart();
        true
    }

    /// There is no answer to a question.
    pub(crate) fn not_answered(&mut self, ask: &Ask) {
        match ask {
            Ask::List(_) => {
                self.asks.is_list_out = false;
                self.asks.all = true;
            }
            Ask::Resolve(_) => {
                self.answer_name(ask, None);
            }
            Ask::Details(unit, _) => self.answer_details(unit, &Changes::default()),
        }
    }
}

const fn is_snapshot(event: &Event) -> bool {
    matches!(event, Event::Snapshot(_))
}

#[cfg(test)]
mod tests;
