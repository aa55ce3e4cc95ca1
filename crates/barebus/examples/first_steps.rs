//! Introspects systemd, calls a method, reads a property, and prints the results of jobs.

use barebus::{Connection, ObjectPath, Proxy};

fn main() -> Result<(), barebus::Error> {
    let mut bus = Connection::system()?;
    let mut systemd = Proxy::new(
        &mut bus,
        "org.freedesktop.systemd1",
        "/org/freedesktop/systemd1",
        "org.freedesktop.systemd1.Manager",
    )?;
    println!("{} bytes of introspection data", systemd.introspect()?.len());

    let reply = systemd.call("GetUnit", &("dbus.service",))?;
    let (unit,): (ObjectPath<'_>,) = reply.body()?;
    println!("{unit}");

    let version: String = systemd.get("Version")?;
    println!("systemd {version}");

    let mut jobs = systemd.signals("JobRemoved")?;
    systemd.call("Subscribe", &())?; // systemd sends signals only after this call
    while let Some(job) = jobs.next_body(&mut bus, None)? {
        let (_, _, unit, result): (u32, ObjectPath<'_>, &str, &str) = job;
        println!("{unit}: {result}");
    }
    Ok(())
}
