//! Asks systemd for the state of a unit file: one round trip from nothing to the answer.

use barebus::{BusName, Connection, InterfaceName, MemberName, MethodCall, ObjectPath};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let unit = std::env::args().nth(1).unwrap_or_else(|| "dbus.service".into());
    let mut bus = Connection::system()?;
    let call = MethodCall::new(
        ObjectPath::from_static("/org/freedesktop/systemd1"),
        MemberName::from_static("GetUnitFileState"),
    )
    .interface(InterfaceName::from_static("org.freedesktop.systemd1.Manager"))
    .destination(BusName::from_static("org.freedesktop.systemd1"));
    let reply = bus.call(&call, &(&*unit,))?;
    let (state,): (&str,) = reply.body()?;
    println!("{state}");
    Ok(())
}
