//! Calls: everyone at the same servers, in turns, as multiples of what a client takes that only writes and reads bytes.

use barebus_benches::compare::{Barebus, Batch, Comparison, Kind};
use barebus_benches::peers::call::Call;
use barebus_benches::peers::servers::Server;
use barebus_wire::MethodCall;

/// Converses at the bus called `name` and prints a row for each kind of call.
pub(crate) fn table(name: &str) -> Result<(), String> {
    let (server, callees) = match name {
        "daemon" => (Server::daemon()?, CALLEES),
        // There a real systemd answers, and takes so long for it that what a client takes does not show.
        _ => (Server::broker()?, &CALLEES[..1]),
    };
    let pids = server.pids()?;
    print!("{name:<46}{:>12}{:>9}", "raw", "barebus");
    NAMES.iter().for_each(|name| print!("{name:>9}"));
    println!();
    for kind in [Kind::Sequential, Kind::InFlight, Kind::Connecting] {
        for (callee, call) in callees {
            let comparison = Comparison::new(&server.address, kind, *call);
            let comparison =
                comparison.by_processor_time(&pids).map_err(|error| error.to_string())?;
            let [raw, clients @ ..] = comparison.run(CLIENTS);
            print!("{:<46}{:>12}", format!("{kind}, of {callee}"), format!("{raw:.2} us"));
            clients.iter().for_each(|client| print!("{:>9.3}", client / raw));
            println!();
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

const NAMES: [&str; 4] = ["zbus", "rustbus", "sd-bus", "libdbus"];

/// Destination, path, interface and member of what is called.
pub(crate) fn texts(method: &MethodCall<'static>) -> [&'static str; 4] {
    let destination = method.destination.map_or("", |name| name.as_str());
    let interface = method.interface.map_or("", |name| name.as_str());
    [destination, method.path.as_str(), interface, method.member.as_str()]
}
