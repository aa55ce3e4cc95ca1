//! Asks systemd for the state of a unit file: one round trip from nothing to the answer.

use barebus::{Connection, MethodCall};

const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

fn main() -> Result<(), barebus::Error> {
    let unit = std::env::args().nth(1).unwrap_or_else(|| "dbus.service".into());
    let mut bus = Connection::system()?;
    let reply = bus.call(&GET_UNIT_FILE_STATE, &(&*unit,))?;
    let (state,): (&str,) = reply.body()?;
    println!("{state}");
    Ok(())
}
