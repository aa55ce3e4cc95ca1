//! What the connection costs beyond the least that the same conversation costs, as ratios.
//!
//! ```text
//! cargo run --release -p barebus-benches --bin connection [-- [--tsv] daemon|broker|canned...]
//! ```
//!
//! The least is a client that writes bytes marshalled before and reads without parsing. Both clients and the server run on one
//! CPU, in turns; each figure is the median of many batches of either client, so that what else the machine does cancels out. Where
//! a server's memory lies moves the ratio by half a per cent: each is started several times, and the middle ratio told.
//! The exit code is 1 when a target is missed, 2 when something cannot be measured. dbus-broker runs in a box and needs root.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that fails has nothing to print: it must stop the run"
)]

use std::env;
use std::process::ExitCode;

use barebus_benches::compare::{Barebus, Comparison, Kind};
use barebus_benches::cpu::pin;
use barebus_benches::peers::call::Call;
use barebus_benches::peers::servers::{Server, serve_if_asked};
use barebus_benches::report::Report;

fn main() -> ExitCode {
    if let Some(served) = serve_if_asked() {
        return ExitCode::from(u8::from(served.is_err()));
    }
    if let Err(error) = pin() {
        eprintln!("cannot stay on one CPU: {error}");
        return ExitCode::from(2);
    }
    let mut names: Vec<String> = env::args().skip(1).collect();
    let report = Report::new(&mut names);
    report.line(format_args!(
        "{:<54} {:>9} {:>9} {:>6} {:>7}",
        "", "raw", "barebus", "ratio", "target"
    ));
    let mut missed = false;
    for (name, start, rows) in GROUPS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        let mut found = vec![Vec::new(); rows.len()];
        for _ in 0..SERVERS {
            let server = match start() {
                Ok(server) => server,
                Err(error) => {
                    eprintln!("{name}: {error}");
                    return ExitCode::from(2);
                }
            };
            for (Row { kind, call, .. }, found) in rows.iter().zip(&mut found) {
                let comparison = Comparison::new(&server.address, *kind, *call);
                found.push(comparison.run([Comparison::raw, Comparison::client::<Barebus>]));
            }
        }
        for (Row { kind, callee, target, .. }, mut found) in rows.iter().zip(found) {
            found.sort_by(|one, other| ratio(one).total_cmp(&ratio(other)));
            let [raw, barebus] = found[found.len() / 2];
            let ratio = ratio(&[raw, barebus]);
            let is_missed = target.is_some_and(|target| ratio > target);
            missed |= is_missed;
            let what = format!("{name}: {kind}, {callee}");
            let place = |column| ["conversation", &*what, column];
            report.figure(place("barebus"), format_args!("{ratio:.3}"), "× raw client");
            if let Some(target) = target {
                report.figure(place("target"), target, "× raw client");
            }
            report.line(format_args!(
                "{what:<54} {:>9} {:>9} {ratio:>6.3} {:>7} {}",
                format!("{raw:.2} us"),
                format!("{barebus:.2} us"),
                target.map_or("-".into(), |target| format!("{target:.2}")),
                if is_missed { "MISSED" } else { "" },
            ));
        }
    }
    ExitCode::from(u8::from(missed))
}

fn ratio([raw, barebus]: &[f64; 2]) -> f64 {
    barebus / raw
}

/// How often each server is started.
const SERVERS: usize = 5;

struct Row {
    kind: Kind,
    call: Call,
    callee: &'static str,
    target: Option<f64>,
}

const fn row(kind: Kind, callee: &'static str, call: Call, target: Option<f64>) -> Row {
    Row { kind, call, callee, target }
}

type Start = fn() -> Result<Server, String>;

const BUS: Call = Call::OF_BUS;
const SYSTEMD: Call = Call::OF_SYSTEMD;

const GROUPS: &[(&str, Start, &[Row])] = &[
    (
        "daemon",
        Server::daemon,
        &[
            row(Kind::Sequential, "of the bus", BUS, Some(1.04)),
            row(Kind::Sequential, "of a canned service", SYSTEMD, Some(1.04)),
            row(Kind::InFlight, "of the bus", BUS, Some(1.15)),
            row(Kind::InFlight, "of a canned service", SYSTEMD, Some(1.15)),
            row(Kind::Connecting, "of the bus", BUS, Some(1.08)),
            row(Kind::Connecting, "of a canned service", SYSTEMD, Some(1.20)),
        ],
    ),
    (
        "broker",
        Server::broker,
        &[
            row(Kind::Sequential, "of the bus", BUS, Some(1.10)),
            row(Kind::Sequential, "of systemd", SYSTEMD, Some(1.10)),
            row(Kind::InFlight, "of the bus", BUS, Some(1.25)),
            row(Kind::Connecting, "of the bus", BUS, Some(1.15)),
            row(Kind::Connecting, "of systemd", SYSTEMD, Some(1.15)),
        ],
    ),
    (
        "canned",
        Server::canned,
        &[
            row(Kind::Sequential, "of systemd", SYSTEMD, Some(1.25)),
            row(Kind::InFlight, "of systemd", SYSTEMD, None),
            row(Kind::Connecting, "of systemd", SYSTEMD, None),
        ],
    ),
];
