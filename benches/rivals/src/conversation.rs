//! Calls: everyone at the same servers, in turns, as multiples of what a client takes that only writes and reads bytes.

use barebus_benches::compare::{Barebus, Batch, Comparison, Kind};
use barebus_benches::peers::call::Call;
use barebus_benches::peers::servers::Server;
use barebus_benches::report::Report;
use barebus_wire::MethodCall;

/// Converses at the bus called `name` and prints a row for each kind of call.
pub(crate) fn table(name: &str, report: Report) -> Result<(), String> {
    let (server, callees) = match name {
        "daemon" => (Server::daemon()?, CALLEES),
        // There a real systemd answers, and takes so long for it that what a client takes does not show.
        _ => (Server::broker()?, &CALLEES[..1]),
    };
    let pids = server.pids()?;
    let names: String = NAMES.iter().map(|name| format!("{name:>9}")).collect();
    report.line(format_args!("{name:<46}{:>12}{names}", "raw"));
    for kind in [Kind::Sequential, Kind::InFlight, Kind::Connecting] {
        for (callee, call) in callees {
            let comparison = Comparison::new(&server.address, kind, *call);
            let comparison =
                comparison.by_processor_time(&pids).map_err(|error| error.to_string())?;
            let [raw, clients @ ..] = comparison.run(CLIENTS);
            let what = format!("{kind}, of {callee}");
            let mut multiples = String::new();
            for (client, time) in NAMES.iter().zip(clients) {
                let (row, multiple) = (format!("dbus-{name}: {what}"), time / raw);
                report.figure(
                    ["calls", &row, client],
                    format_args!("{multiple:.3}"),
                    "× raw client",
                );
                multiples += &format!("{multiple:>9.3}");
            }
            report.line(format_args!("{what:<46}{:>12}{multiples}", format!("{raw:.2} us")));
        }
    }
    Ok(())
}

const CALLEES: &[(&str, Call)] =
    &[("the bus", Call::OF_BUS), ("a canned service", Call::OF_SYSTEMD)];

const CLIENTS: [fn(&Comparison) -> Batch; 6] = [
    Comparison::raw,
    Comparison::client::<Barebus>,
    Comparison::client::<crate::zbus::Client>,
    Comparison::client::<crate::rustbus::Client>,
    Comparison::client::<crate::sd_bus::Client>,
    Comparison::client::<crate::libdbus::Client>,
];

const NAMES: [&str; 5] = ["barebus", "zbus", "rustbus", "sd-bus", "libdbus"];

/// Destination, path, interface and member of what is called.
pub(crate) fn texts(method: &MethodCall<'static>) -> [&'static str; 4] {
    let destination = method.destination.map_or("", |name| name.as_str());
    let interface = method.interface.map_or("", |name| name.as_str());
    [destination, method.path.as_str(), interface, method.member.as_str()]
}
