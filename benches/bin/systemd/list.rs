//! A list of many units.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::process::ExitCode;

use barebus::Connection;
use barebus_benches::measure::collected;
use barebus_box::{Bus, SystemdBox};
use barebus_systemd::Systemd;
use barebus_systemd::interface::manager::{OBJECT, method::LIST_UNITS};

use crate::Figure;

/// Takes so many lists in one of [`WAYS`]; what runs under valgrind.
pub(crate) const TAKE: &str = "--take-lists";

/// By the definition, borrowed from the receive buffer, and by the method, which returns an owned list. The promise is about the first: an owned
/// list is copied once, and checked before it is decoded.
const WAYS: [(&str, Option<u32>); 2] = [("borrowed", Some(MOST_INSTRUCTIONS)), ("owned", None)];

/// How many units there are besides those of the system.
const UNITS: usize = 10_000;

/// Instructions for each unit.
const MOST_INSTRUCTIONS: u32 = 1_300;
/// CPU time of PID 1 for a list, in ms.
const MOST_CPU: f64 = 30.0;

pub(crate) fn figures() -> Result<Vec<Figure>, String> {
    let the_box = boot()?;
    let address = the_box.system_bus_address();
    let systemd = Systemd::at(address).map_err(|error| error.to_string())?;
    let count = systemd.list_units().map_err(|error| error.to_string())?.len();
    if count < UNITS {
        return Err(format!("systemd lists only {count} units"));
    }
    let units = u32::try_from(count).map_err(|error| error.to_string())?;
    let mut figures = Vec::new();
    for (way, most) in WAYS {
        let what = format!("instructions for each of {count} units, {way}");
        let count = f64::from(instructions(way, address)?) / f64::from(units);
        figures.push(Figure { what, count: count.round(), most: most.map(f64::from) });
    }
    let what = format!("CPU time of PID 1 for {count} units, in ms");
    figures.push(Figure::new(what, manager_time(&the_box, &systemd)?, MOST_CPU));
    let few = "CPU time of PID 1 for those of a pattern that one matches, in ms";
    figures.push(Figure::new(few, pattern_time(&the_box, &systemd)?, MOST_CPU));
    Ok(figures)
}

/// A box whose systemd has many units in memory: a target that is active refers to them.
fn boot() -> Result<SystemdBox, String> {
    let mut target = String::from("[Unit]\n");
    for index in 0..UNITS {
        // Writing to a String does not fail.
        let _ = writeln!(target, "After=listed@{index}.service");
    }
    let the_box = SystemdBox::builder()
        .bus(Bus::Daemon)
        .unit("many.target", target)
        .unit("listed@.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n")
        .boot()
        .map_err(|error| error.to_string())?;
    let started = the_box.command("systemctl").args(["start", "many.target"]).status();
    match started {
        Ok(status) if status.success() => Ok(the_box),
        other => Err(format!("the target with the units does not start: {other:?}")),
    }
}

pub(crate) fn take(way: &str, address: &str, count: u32) -> ExitCode {
    match way {
        "borrowed" => {
            let mut bus = Connection::open(address).unwrap();
            (0..=count).for_each(|round| {
                if round == 0 { borrow(&mut bus) } else { measured_borrow(&mut bus) }
            });
        }
        _ => {
            let systemd = Systemd::at(address).unwrap();
            (0..=count)
                .for_each(|round| if round == 0 { own(&systemd) } else { measured_own(&systemd) });
        }
    }
    ExitCode::SUCCESS
}

/// A function of its own that valgrind can tell by its name.
#[inline(never)]
fn measured_borrow(bus: &mut Connection) {
    borrow(bus);
}

#[inline(never)]
fn measured_own(systemd: &Systemd) {
    own(systemd);
}

fn borrow(bus: &mut Connection) {
    let reply = bus.request(LIST_UNITS.call(OBJECT, ())).unwrap();
    for unit in LIST_UNITS.answer(&reply).unwrap().0 {
        black_box(unit.unwrap());
    }
}

fn own(systemd: &Systemd) {
    let units = systemd.list_units().unwrap();
    for unit in &units {
        black_box(unit);
    }
}

/// Instructions of one list.
fn instructions(way: &str, address: &str) -> Result<u32, String> {
    const LISTS: u32 = 4;

    let functions = if way == "borrowed" { "*measured_borrow*" } else { "*measured_own*" };
    let count = collected(functions, &[TAKE, way, address, &LISTS.to_string()])?;
    u32::try_from(count / u64::from(LISTS)).map_err(|error| error.to_string())
}

/// How long PID 1 runs on a processor for a list of all units, in ms.
fn manager_time(the_box: &SystemdBox, systemd: &Systemd) -> Result<f64, String> {
    cpu(the_box, || systemd.list_units().map(drop))
}

/// A list of one unit, which systemd chooses.
fn pattern_time(the_box: &SystemdBox, systemd: &Systemd) -> Result<f64, String> {
    cpu(the_box, || systemd.list_units_by_patterns(&[], &["listed@77.*"]).map(drop))
}

/// The shortest of several times: what else systemd does meanwhile is not counted.
fn cpu(
    the_box: &SystemdBox,
    list: impl Fn() -> Result<(), barebus_systemd::Error>,
) -> Result<f64, String> {
    let mut least = f64::INFINITY;
    for _ in 0..10 {
        let before = processor_time(the_box.pid())?;
        list().map_err(|error| error.to_string())?;
        let took = processor_time(the_box.pid())? - before;
        #[allow(clippy::cast_precision_loss, reason = "some milliseconds")]
        let took = took as f64 / 1e6;
        least = least.min(took);
    }
    Ok(least)
}

/// How long a process has run on a processor, in ns.
fn processor_time(pid: u32) -> Result<u64, String> {
    let file = format!("/proc/{pid}/schedstat");
    let text = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    let time = text.split(' ').next().and_then(|time| time.parse().ok());
    time.ok_or_else(|| format!("{file} has no time"))
}
