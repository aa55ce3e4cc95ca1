//! A watch against a model of systemd.

use std::collections::BTreeMap;

use barebus::ObjectPath;

use super::*;
use crate::name::UnitName;
use crate::watch::asks::Detail;
use crate::word::LoadState;

const NAMES: [&str; 5] = ["a.service", "b.service", "c.mount", "d.socket", "e.target"];

/// A generator of numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A unit as the model has it.
#[derive(Clone, Debug)]
struct Unit {
    active: &'static str,
    sub: &'static str,
    result: &'static str,
    main_pid: u32,
    job: u32,
    /// Whether `UnitNew` was sent.
    is_told: bool,
    /// Whether something has changed since signals were sent.
    is_dirty: bool,
}

const STOPPED: Unit = Unit {
    active: "inactive",
    sub: "dead",
    result: "success",
    main_pid: 0,
    job: 0,
    is_told: false,
    is_dirty: true,
};

/// What systemd sends.
#[derive(Clone, Debug)]
enum Sent {
    New(&'static str),
    Removed(&'static str),
    Type(&'static str, Unit),
    Unit(&'static str, Unit),
    JobNew(&'static str, u32),
    JobRemoved(&'static str, u32),
    Reloading(bool),
    Answer(Ask, BTreeMap<&'static str, Unit>),
}

/// systemd: it sends signals some time after what they tell has happened.
#[derive(Default)]
struct Model {
    units: BTreeMap<&'static str, Unit>,
    /// Jobs that were not told.
    jobs: Vec<(&'static str, u32)>,
    last_job: u32,
    is_reloaded: bool,
    sent: VecDeque<Sent>,
}

impl Model {
    fn flush(&mut self) {
        for (name, unit) in &mut self.units {
            if std::mem::take(&mut unit.is_dirty) {
                if std::mem::replace(&mut unit.is_told, true) {
                    self.sent.push_back(Sent::Type(name, unit.clone()));
                    self.sent.push_back(Sent::Unit(name, unit.clone()));
                } else {
                    self.sent.push_back(Sent::New(name));
                }
            }
        }
        let jobs = std::mem::take(&mut self.jobs);
        self.sent.extend(jobs.into_iter().map(|(name, job)| Sent::JobNew(name, job)));
        if std::mem::take(&mut self.is_reloaded) {
            self.sent.push_back(Sent::Reloading(false));
        }
    }

    fn act(&mut self, random: &mut Random) {
        let name = *random.pick(&NAMES);
        match random.below(12) {
            0..5 => {
                let is_service = name.ends_with(".service");
                let pid = if is_service { 1 + u32::try_from(random.below(9)).unwrap() } else { 0 };
                let (active, sub, result, main_pid) = *random.pick(&[
                    ("active", "running", "success", pid),
                    ("activating", "start", "success", pid),
                    ("failed", "failed", "exit-code", 0),
                    ("inactive", "dead", "success", 0),
                ]);
                let unit = self.units.entry(name).or_insert(STOPPED);
                *unit = Unit { active, sub, result, main_pid, is_dirty: true, ..unit.clone() };
            }
            5..7 => {
                let unit = self.units.entry(name).or_insert(STOPPED);
                if unit.job == 0 {
                    self.last_job += 1;
                    unit.job = self.last_job;
                    unit.is_dirty = true;
                    self.jobs.push((name, unit.job));
                }
            }
            7..9 => {
                if self.units.get(name).is_some_and(|unit| unit.job != 0) {
                    self.flush();
                    let unit = self.units.get_mut(name).unwrap();
                    let job = std::mem::take(&mut unit.job);
                    unit.is_dirty = true;
                    self.sent.push_back(Sent::JobRemoved(name, job));
                }
            }
            9 | 10 => {
                let is_idle = |unit: &Unit| unit.active == "inactive" && unit.job == 0;
                if self.units.get(name).is_some_and(is_idle) {
                    self.flush();
                    self.units.remove(name);
                    self.sent.push_back(Sent::Removed(name));
                }
            }
            _ => self.reload(),
        }
    }

    fn reload(&mut self) {
        self.flush();
        self.sent.push_back(Sent::Reloading(true));
        for (name, unit) in &mut self.units {
            self.sent.push_back(Sent::Removed(name));
            unit.is_told = false;
            unit.is_dirty = true;
        }
        self.units.retain(|_, unit| unit.active != "inactive" || unit.job != 0);
        self.is_reloaded = true;
    }
}

/// What a reader makes of the events.
#[derive(Default)]
struct Reader {
    units: BTreeMap<String, UnitState>,
    jobs: BTreeMap<String, Vec<u32>>,
    has_snapshot: bool,
    overflows: usize,
}

impl Reader {
    fn read(&mut self, event: Event) {
        assert!(self.has_snapshot || matches!(event, Event::Snapshot(_)), "{event:?}");
        match event {
            Event::Snapshot(units) => {
                self.has_snapshot = true;
                let loaded = units.into_iter().filter(|unit| unit.is_loaded);
                self.units = loaded.map(|unit| (unit.name, unit.state)).collect();
                let job = |(name, state): (&String, &UnitState)| {
                    (name.clone(), state.job.into_iter().collect())
                };
                self.jobs = self.units.iter().map(job).collect();
            }
            Event::Loaded { unit, state } => {
                assert_is_one_moment(&state);
                assert!(self.units.insert(unit, state).is_none(), "loaded twice");
            }
            Event::Changed { unit, old, new } => {
                let known = self.units.insert(unit, new.clone()).expect("a loaded unit");
                assert_eq!(known, old);
                assert!(old.differs(&new), "{old:?} {new:?}");
                assert_is_one_moment(&new);
            }
            Event::JobNew { unit, job } => {
                self.units.get_mut(&unit).unwrap().job.get_or_insert(job);
                let jobs = self.jobs.entry(unit).or_default();
                assert!(!jobs.contains(&job), "job {job} twice");
                jobs.push(job);
            }
            Event::JobRemoved { unit, job, .. } => {
                let state = self.units.get_mut(&unit).unwrap();
                state.job = state.job.filter(|queued| *queued != job);
                let jobs = self.jobs.entry(unit).or_default();
                assert!(jobs.contains(&job), "job {job} is not known");
                jobs.retain(|known| *known != job);
            }
            Event::Gone { unit } => {
                assert!(self.units.remove(&unit).is_some(), "gone twice");
            }
            Event::Overflow => {
                self.has_snapshot = false;
                self.overflows += 1;
            }
        }
    }
}

/// An inactive service has no process.
fn assert_is_one_moment(state: &UnitState) {
    assert!(state.active != ActiveState::Inactive || state.main_pid.is_none(), "{state:?}");
}

fn listed<'u>(name: &'u str, unit: &Unit) -> ListedUnit<'u> {
    ListedUnit {
        name,
        description: "",
        load_state: "loaded",
        active_state: unit.active,
        sub_state: unit.sub,
        following: "",
        path: ObjectPath::ROOT,
        job_id: unit.job,
        job_type: "",
        job_path: ObjectPath::ROOT,
    }
}

fn of_type(unit: &Unit) -> Changes<'static> {
    Changes { result: Some(unit.result), main_pid: Some(unit.main_pid), ..Changes::default() }
}

fn pass_on(table: &mut Table, sent: Sent) {
    let unit_name = |name: &str| UnitName::parse(name).unwrap();
    match sent {
        Sent::New(unit) => table.tell(Told::UnitNew(unit)),
        Sent::Removed(unit) => table.tell(Told::UnitRemoved(unit)),
        Sent::Type(name, unit) => {
            let changes = of_type(&unit);
            table.tell(Told::Properties { unit: unit_name(name), changes });
        }
        Sent::Unit(name, unit) => {
            let changes = Changes {
                active: Some(unit.active),
                sub: Some(unit.sub),
                job: Some(unit.job),
                ..Changes::default()
            };
            table.tell(Told::Properties { unit: unit_name(name), changes });
        }
        Sent::JobNew(unit, job) => table.tell(Told::JobNew { unit, job }),
        Sent::JobRemoved(unit, job) => {
            table.tell(Told::JobRemoved { unit, job, result: JobResult::Done });
        }
        Sent::Reloading(is_on) => table.tell(Told::Reloading(is_on)),
        Sent::Answer(Ask::List(asked), units) => {
            let is_asked =
                |name: &str| asked.names.as_ref().is_none_or(|names| names.contains(name));
            let found = units.iter().filter(|(name, _)| is_asked(name));
            table.answer_list(&asked, found.map(|(name, unit)| listed(name, unit)));
        }
        Sent::Answer(Ask::Details(name, detail), units) => match units.get(&*name) {
            Some(unit) => {
                let Changes { result, main_pid, .. } = of_type(unit);
                let changes = match detail {
                    Detail::MainPid => Changes { main_pid, ..Changes::default() },
                    Detail::Result => Changes { result, ..Changes::default() },
                };
                table.answer_details(&name, &changes);
            }
            None => table.not_answered(&Ask::Details(name, detail)),
        },
        Sent::Answer(ask @ Ask::Resolve(_), _) => table.not_answered(&ask),
    }
}

/// Puts the questions, which the model answers at once.
fn ask(table: &mut Table, model: &mut Model) {
    while let Some(ask) = table.next_ask() {
        model.sent.push_back(Sent::Answer(ask, model.units.clone()));
    }
}

fn settle(table: &mut Table, model: &mut Model, reader: &mut Reader) {
    loop {
        ask(table, model);
        model.flush();
        while let Some(sent) = model.sent.pop_front() {
            pass_on(table, sent);
        }
        while let Some(event) = table.pop() {
            reader.read(event);
        }
        ask(table, model);
        if model.sent.is_empty() {
            return;
        }
    }
}

fn check(table: &Table, model: &Model, reader: &Reader) {
    let watched = |name: &str| table.names.as_ref().is_none_or(|names| names.contains(name));
    let known: Vec<_> = reader
        .units
        .iter()
        .map(|(name, state)| {
            assert_eq!(state.load, Some(LoadState::Loaded), "{name}");
            (&**name, state.active.as_str(), state.sub.as_str(), state.main_pid)
        })
        .collect();
    let is: Vec<_> = model
        .units
        .iter()
        .filter(|(name, _)| watched(name))
        .map(|(name, unit)| {
            (*name, unit.active, unit.sub, Some(unit.main_pid).filter(|pid| *pid != 0))
        })
        .collect();
    assert_eq!(known, is);
    for (name, unit) in model.units.iter().filter(|(name, _)| watched(name)) {
        let jobs = reader.jobs.get(*name).cloned().unwrap_or_default();
        let job = reader.units[*name].job.unwrap_or_default();
        assert_eq!(job, unit.job, "{name}");
        assert_eq!(jobs, Vec::from_iter(Some(unit.job).filter(|job| *job != 0)), "{name}");
    }
}

fn walk(names: Option<&[&str]>, seed: u64) -> usize {
    let mut random = Random(seed);
    let mut model = Model::default();
    (0..random.below(20)).for_each(|_| model.act(&mut random));
    let mut table = Table::new(names.map(|names| names.iter().map(ToString::to_string).collect()));
    let mut reader = Reader::default();
    for _ in 0..500 {
        match random.below(20) {
            0..6 => model.act(&mut random),
            6..9 => model.flush(),
            9..16 => {
                if let Some(sent) = model.sent.pop_front() {
                    pass_on(&mut table, sent);
                }
            }
            16 | 17 => ask(&mut table, &mut model),
            18 => {
                while let Some(event) = table.pop() {
                    reader.read(event);
                }
            }
            _ if random.below(5) == 0 => {
                settle(&mut table, &mut model, &mut reader);
                check(&table, &model, &reader);
            }
            _ if random.below(5) == 0 => {
                model.sent.clear();
                match random.below(2) {
                    0 => table.overflow(),
                    _ => table.restart(),
                }
            }
            _ => {}
        }
    }
    settle(&mut table, &mut model, &mut reader);
    check(&table, &model, &reader);
    reader.overflows
}

#[test]
fn events_replayed_give_what_systemd_has() {
    let mut overflows = 0;
    for seed in 1..400 {
        overflows += walk(None, seed);
        overflows += walk(Some(&["a.service", "c.mount"]), seed);
    }
    assert!(overflows > 100, "{overflows}");
}
