//! A random walk: what the events say is what `ListUnits` says.

use std::time::Instant;

use barebus::EncodeBody;
use barebus::definition::Request;
use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::{
    KILL_UNIT, LIST_JOBS, MASK_UNIT_FILES, RELOAD, RESET_FAILED_UNIT, RESTART_UNIT, START_UNIT,
    STOP_UNIT, UNMASK_UNIT_FILES,
};
use barebus_systemd::watch::Watch;
use barebus_systemd::{ActiveState, Systemd};

use super::replay::Replay;
use super::{UNITS, alone, broker, daemon, is_inside, is_walking, listed, name, over_bus, settle};
use crate::boxes::PATIENCE;

const STEPS: usize = 500;

/// A quiet moment after so many steps.
const QUIET: usize = 25;

/// A generator of numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

/// Whoever changes units, without waiting for what comes of it.
struct Actor {
    systemd: Systemd,
    random: Random,
}

impl Actor {
    fn call<A: EncodeBody, Out>(&mut self, request: Request<'_, A, Out>) {
        // Masked units cannot be started, and units that are not running cannot be killed.
        if let Err(error) = self.systemd.connection().ask(request) {
            assert!(error.remote_name().is_some(), "{error}");
        }
    }

    fn step(&mut self) {
        let unit = name(self.random.below(UNITS));
        let unit = &*unit;
        match self.random.below(16) {
            0..5 => self.call(START_UNIT.call(OBJECT, (unit, "replace"))),
            5..8 => self.call(STOP_UNIT.call(OBJECT, (unit, "replace"))),
            8 | 9 => self.call(RESTART_UNIT.call(OBJECT, (unit, "replace"))),
            10 | 11 => self.call(KILL_UNIT.call(OBJECT, (unit, "all", 9))),
            12 => self.call(RESET_FAILED_UNIT.call(OBJECT, (unit,))),
            13 => self.call(RELOAD.call(OBJECT, ())),
            14 => self.call(MASK_UNIT_FILES.call(OBJECT, (&[unit][..], true, true))),
            _ => self.call(UNMASK_UNIT_FILES.call(OBJECT, (&[unit][..], true))),
        }
    }

    /// Waits until no job is queued and no unit is changing.
    fn rest(&mut self) {
        loop {
            let reply = self.systemd.connection().ask(LIST_JOBS.call(OBJECT, ())).unwrap();
            let is_quiet = LIST_JOBS.answer(&reply).unwrap().0.count() == 0;
            let changing = [ActiveState::Activating, ActiveState::Deactivating];
            let units = listed(&mut self.systemd, is_walking);
            if is_quiet && !units.iter().any(|(_, _, active, _)| changing.contains(active)) {
                return;
            }
        }
    }
}

/// A watcher, and what it is told.
struct Watcher<'s> {
    systemd: &'s Systemd,
    watch: Watch<'s>,
    replay: Replay,
    filter: fn(&str) -> bool,
}

impl<'s> Watcher<'s> {
    fn new(systemd: &'s Systemd, watch: Watch<'s>, filter: fn(&str) -> bool) -> Self {
        Self { systemd, watch, replay: Replay::default(), filter }
    }

    fn read(&mut self) {
        while let Some(event) = self.watch.poll().unwrap() {
            self.replay.read(event);
        }
    }

    fn check(&mut self, actor: &mut Actor) {
        // A process that was killed may be dying, and an answer to the watch may be out. What is wrong stays wrong.
        let start = Instant::now();
        loop {
            let expected = listed(&mut actor.systemd, self.filter);
            settle(self.systemd).unwrap();
            self.read();
            let told = self.replay.rows(self.filter);
            if told == expected && !self.replay.has_jobs(self.filter) {
                return;
            }
            let is_stuck = start.elapsed() > PATIENCE / 60;
            assert!(!is_stuck, "told: {told:?}\nlisted: {expected:?}\n{:?}", self.replay);
        }
    }
}

fn walk(connect: impl Fn() -> Systemd, seed: u64) {
    let is_one = |name: &str| name == "walk-5.service";
    let mut actor = Actor { systemd: connect(), random: Random(seed) };
    (0..30).for_each(|_| actor.step());
    let (first, second) = (connect(), connect());
    // The handshake has a time limit.
    second.version().unwrap();
    let mut watchers = vec![
        Watcher::new(&first, first.watch_all(), is_walking),
        Watcher::new(&first, first.watch(["walk-5.service"]).unwrap(), is_one),
    ];
    for step in 0..STEPS {
        actor.step();
        if step == STEPS / 2 {
            watchers.push(Watcher::new(&second, second.watch_all(), is_walking));
        }
        if step % 3 == 0 {
            for watcher in &mut watchers {
                watcher.systemd.process().unwrap();
                watcher.read();
            }
        }
        if step % QUIET == QUIET - 1 {
            actor.rest();
            watchers.iter_mut().for_each(|watcher| watcher.check(&mut actor));
        }
    }
    let [all, one, late] = &watchers[..] else { panic!("three watchers") };
    let counts = (all.replay.count, one.replay.count, late.replay.count);
    assert!(counts.0 > 500 && counts.1 > 20 && counts.2 > 200, "{counts:?}");
    assert_eq!(all.replay.overflows + one.replay.overflows + late.replay.overflows, 0);
    assert!(one.replay.units.keys().all(|name| is_one(name)));
}

#[test]
fn events_replayed_give_what_list_units_says() {
    let _alone = alone();
    walk(|| over_bus(daemon()), 1);
    walk(|| over_bus(broker()), 2);
}

#[test]
fn without_a_bus_events_replayed_give_what_list_units_says() {
    let _alone = alone();
    if is_inside("watch::walk::without_a_bus_events_replayed_give_what_list_units_says") {
        walk(|| Systemd::system().unwrap(), 3);
    }
}
