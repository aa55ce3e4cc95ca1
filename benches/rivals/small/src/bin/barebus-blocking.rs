//! Prints the state of a unit file.

use barebus::{Connection, MethodCall};

const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

fn main() -> Result<(), barebus::Error> {
    let mut bus = Connection::system()?;
    let reply = bus.call(&GET_UNIT_FILE_STATE, &("dbus.service",))?;
    let (state,): (&str,) = reply.body()?;
    println!("{state}");
    Ok(())
}
