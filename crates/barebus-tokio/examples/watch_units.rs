//! Watches systemd with tokio: tells each job that ends, with the state that its unit is then in, and every second how many
//! units have failed, until it is stopped.

use std::error::Error;
use std::time::Duration;

use barebus::{
    CallError, InvalidName, MatchRuleBuf, MethodCall, ObjectPath, OwnedObjectPath, Variant,
};
use barebus_tokio::{Connection, Signal};

const SYSTEMD: &str = "org.freedesktop.systemd1";
const PATH: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const UNIT: &str = "org.freedesktop.systemd1.Unit";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (bus, driver) = Connection::system()?;
    // When the connection ends, the stream below says so.
    tokio::spawn(driver);

    let rule = MatchRuleBuf::signals().sender(SYSTEMD).interface(MANAGER).member("JobRemoved");
    let mut jobs = bus.subscribe(&rule.rule()?).await?;
    // systemd sends signals when somebody has asked for them.
    bus.call(&manager("Subscribe")?, &()).await?;

    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            Some(signal) = jobs.next() => {
                // In a task of its own: meanwhile other jobs end, and the clock ticks.
                tokio::spawn(tell(bus.clone(), signal?));
            }
            _ = ticks.tick() => {
                let failed: u32 = get(&bus, PATH, MANAGER, "NFailedUnits").await?;
                println!("{failed} units have failed");
            }
            else => return Ok(()),
        }
    }
}

/// Tells how a job ended, and what became of its unit.
async fn tell(bus: Connection, job: Signal) {
    let Ok((_, _, unit, result)) = job.body::<(u32, ObjectPath<'_>, &str, &str)>() else { return };
    match unit_state(&bus, unit).await {
        Ok(state) => println!("{unit}: {result}, {state}"),
        // It was not needed any more, and systemd has forgotten it.
        Err(error) => println!("{unit}: {result}, {error}"),
    }
}

async fn unit_state(bus: &Connection, unit: &str) -> Result<String, CallError> {
    let reply = bus.call(&manager("GetUnit")?, &(unit,)).await?;
    let (path,): (OwnedObjectPath,) = reply.body()?;
    get(bus, path.as_str(), UNIT, "ActiveState").await
}

/// A property of one of systemd's objects.
async fn get<T: for<'a> barebus::Decode<'a>>(
    bus: &Connection,
    path: &str,
    interface: &str,
    property: &str,
) -> Result<T, CallError> {
    let call = MethodCall::new(SYSTEMD, path, "org.freedesktop.DBus.Properties", "Get")?;
    let reply = bus.call(&call, &(interface, property)).await?;
    let (value,): (Variant<'_>,) = reply.body()?;
    Ok(value.get()?)
}

fn manager(member: &str) -> Result<MethodCall<'_>, InvalidName> {
    MethodCall::new(SYSTEMD, PATH, MANAGER, member)
}
