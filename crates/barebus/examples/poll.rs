//! Watches systemd with poll(2): tells each job that ends, and every second how many units have failed, until it is stopped.
//!
//! poll(2) tells levels: what was not read, or written, this time is told again the next time.

use std::error::Error;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use barebus::{Connection, Event, MatchRuleBuf, MethodCall, ObjectPath, Reply, Signal, Variant};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

const SYSTEMD: &str = "org.freedesktop.systemd1";
const PATH: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const TICK: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error>> {
    let mut bus = Connection::system()?;
    let rule = MatchRuleBuf::signals().sender(SYSTEMD).interface(MANAGER).member("JobRemoved");
    bus.start_subscription(&rule.rule()?)?;
    // systemd sends signals when somebody has asked for them.
    let subscribe = MethodCall::new(SYSTEMD, PATH, MANAGER, "Subscribe")?;
    let subscribed = bus.start_call(&subscribe, &(), Vec::new())?;
    let get = MethodCall::new(SYSTEMD, PATH, "org.freedesktop.DBus.Properties", "Get")?;

    let mut tick = Instant::now();
    loop {
        if tick <= Instant::now() {
            bus.start_call(&get, &(MANAGER, "NFailedUnits"), Vec::new())?;
            tick += TICK;
        }

        // Both are asked just before waiting: every call that was made and every event that was taken may change them.
        let mut interest = PollFlags::POLLIN;
        interest.set(PollFlags::POLLOUT, bus.wants_write());
        let until = bus.next_deadline().map_or(tick, |deadline| deadline.min(tick));
        match poll(&mut [PollFd::new(bus.as_fd(), interest)], time_until(until)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }

        bus.process()?;
        while let Some(event) = bus.poll_event()? {
            match event {
                Event::Signal { signal, .. } => print_job(&signal.into())?,
                Event::Reply { call, reply } => {
                    let reply = Reply::try_from(reply)?;
                    if call != subscribed {
                        let (count,): (Variant<'_>,) = reply.body()?;
                        println!("{} units have failed", count.get::<u32>()?);
                    }
                }
                Event::NoReply { reason, .. } => return Err(reason.into()),
                Event::NotSubscribed { .. } => return Err("the bus refuses the signals".into()),
                _ => {}
            }
        }
    }
}

fn print_job(signal: &Signal<'_>) -> Result<(), Box<dyn Error>> {
    let (_, _, unit, result): (u32, ObjectPath<'_>, &str, &str) = signal.body()?;
    println!("{unit}: {result}");
    Ok(())
}

/// In milliseconds, rounded up: a poll that ends early would only be repeated.
fn time_until(deadline: Instant) -> PollTimeout {
    let millis = deadline.saturating_duration_since(Instant::now()).as_nanos().div_ceil(1_000_000);
    PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX)
}
