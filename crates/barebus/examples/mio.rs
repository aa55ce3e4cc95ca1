//! Watches systemd with mio: tells each unit whose state changes, and every second how many jobs are queued, until it is
//! stopped.
//!
//! mio tells edges: what was not read, or written, until nothing more could be is not told again.

use std::error::Error;
use std::io::ErrorKind;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::{Duration, Instant};

use barebus::{Connection, Event, MatchRule, MethodCall, ObjectPath, Reply, Signal, Variant};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

const SYSTEMD: &str = "org.freedesktop.systemd1";
const PATH: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const UNIT_CHANGES: &str = "type='signal',sender='org.freedesktop.systemd1',\
    path_namespace='/org/freedesktop/systemd1/unit',interface='org.freedesktop.DBus.Properties',\
    member='PropertiesChanged',arg0='org.freedesktop.systemd1.Unit'";
const TICK: Duration = Duration::from_secs(1);
const BUS: Token = Token(0);

fn main() -> Result<(), Box<dyn Error>> {
    let mut bus = Connection::system()?;
    bus.start_subscription(&MatchRule::parse(UNIT_CHANGES)?)?;
    // systemd sends signals when somebody has asked for them.
    let subscribe = MethodCall::new(SYSTEMD, PATH, MANAGER, "Subscribe")?;
    let subscribed = bus.start_call(&subscribe, &(), Vec::new())?;
    let get = MethodCall::new(SYSTEMD, PATH, "org.freedesktop.DBus.Properties", "Get")?;

    let mut poll = Poll::new()?;
    let mut happened = Events::with_capacity(16);
    let mut registered = None;
    let mut tick = Instant::now();
    loop {
        if tick <= Instant::now() {
            bus.start_call(&get, &(MANAGER, "NJobs"), Vec::new())?;
            tick += TICK;
        }

        // Until there is nothing to be taken and `process` has found nothing to read: then all that is queued was written, or
        // the socket is full, and an edge will tell of either.
        loop {
            while let Some(event) = bus.poll_event()? {
                match event {
                    Event::Signal { signal, .. } => print_change(&signal.into())?,
                    Event::Reply { call, reply } => {
                        let reply = Reply::try_from(reply)?;
                        if call != subscribed {
                            let (count,): (Variant<'_>,) = reply.body()?;
                            println!("{} jobs are queued", count.get::<u32>()?);
                        }
                    }
                    Event::NoReply { reason, .. } => return Err(reason.into()),
                    Event::NotSubscribed { .. } => return Err("the bus refuses the signals".into()),
                    _ => {}
                }
            }
            register(&mut registered, &bus, &poll)?;
            if !bus.process()? {
                break;
            }
        }

        let until = bus.next_deadline().map_or(tick, |deadline| deadline.min(tick));
        let time = until.saturating_duration_since(Instant::now());
        match poll.poll(&mut happened, Some(time)) {
            // There is one source: whatever happened, it is the bus's turn, or the tick's.
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Registers the connection's socket: once, and anew should the server have to be connected to a second time.
fn register(registered: &mut Option<RawFd>, bus: &Connection, poll: &Poll) -> std::io::Result<()> {
    let number = bus.as_fd().as_raw_fd();
    if *registered != Some(number) {
        let both = Interest::READABLE | Interest::WRITABLE;
        poll.registry().register(&mut SourceFd(&number), BUS, both)?;
        *registered = Some(number);
    }
    Ok(())
}

fn print_change(signal: &Signal<'_>) -> Result<(), Box<dyn Error>> {
    let change = signal.properties_changed()?;
    let [active, sub] = ["ActiveState", "SubState"].map(|name| change.changed.find(&name));
    if let (Some(active), Some(sub)) = (active?, sub?) {
        let path = signal.header().path.map_or("", ObjectPath::as_str);
        println!("{}: {} ({})", unit_name(path), active.get::<&str>()?, sub.get::<&str>()?);
    }
    Ok(())
}

/// A unit's name from its object's path, where `_2d` stands for `-`.
fn unit_name(path: &str) -> String {
    let label = path.rsplit('/').next().unwrap_or_default();
    let mut parts = label.split('_');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let escaped = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        name.extend(escaped.map(char::from));
        name.push_str(part.get(2..).unwrap_or_default());
    }
    name
}
