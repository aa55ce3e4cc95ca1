//! From connecting to the first answer.

use std::process::ExitCode;

use barebus::Connection;
use barebus_benches::peers::call::Call;
use barebus_benches::peers::servers::Server;

use crate::Figure;
use crate::trace::{self, Watch};

/// Connects and makes one call; what runs under strace.
pub(crate) const OPEN: &str = "--open";

pub(crate) fn figures(server: &Server) -> Result<Vec<Figure>, String> {
    let watch = Watch::begin(server.bus_pid()?, WRITES)?;
    let lines = trace::run(&format!("connect,{READS},{WRITES}"), &[OPEN, &server.address])?;
    let seen = watch.end()?;
    let from = lines
        .iter()
        .rposition(|line| line.contains(" connect("))
        .ok_or("strace saw no connect(2)")?;
    let after = lines.get(from..).unwrap_or_default();
    let ours = seen.iter().find(|line| line.contains("\"OK "));
    let ours = ours.and_then(|line| descriptor(line, WRITES)).ok_or("strace saw no OK")?;
    let count = |is_of: &dyn Fn(&str) -> bool, lines: &[String]| {
        u32::try_from(lines.iter().filter(|line| is_of(line)).count()).unwrap_or(u32::MAX)
    };
    Ok(vec![
        Figure::new(
            "writes from connect(2) to the first answer",
            count(&|line| descriptor(line, WRITES).is_some(), after),
            1,
        ),
        Figure::new(
            "reads from connect(2) to the first answer, and the bus's writes",
            count(&|line| descriptor(line, READS).is_some(), after),
            count(&|line| descriptor(line, WRITES) == Some(ours), &seen),
        ),
    ])
}

/// The descriptor in a line of strace, if it tells one of the system calls `set`.
fn descriptor<'l>(line: &'l str, set: &str) -> Option<&'l str> {
    let (before, arguments) = line.split_once('(')?;
    let name = before.rsplit(' ').next()?;
    set.split(',').any(|call| call == name).then_some(arguments.split_once(',')?.0)
}

pub(crate) fn open(address: &str) -> ExitCode {
    let mut bus = Connection::open(address).unwrap();
    let call = Call::OF_SYSTEMD;
    let reply = bus.call(&call.method, &(call.argument,)).unwrap();
    let (_,): (&str,) = reply.body().unwrap();
    ExitCode::SUCCESS
}

const READS: &str = "recvmsg,recvfrom,read,readv";
const WRITES: &str = "sendmsg,sendmmsg,sendto,write,writev";
