//! Prints the state of a unit file.

use std::time::{Duration, Instant};

use minidbus::{Connection, Message, ObjectPath};

fn main() -> minidbus::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(25);
    let mut bus = Connection::connect_system(deadline)?;
    let call = Message::call(
        "org.freedesktop.systemd1",
        ObjectPath::new("/org/freedesktop/systemd1")?,
        "org.freedesktop.systemd1.Manager",
        "GetUnitFileState",
    );
    let state: String = bus.call(&call.arg("dbus.service").build()?, deadline)?.read()?;
    println!("{state}");
    Ok(())
}
