//! Prints the state of a unit file.

use barebus::MethodCall;
use barebus_tokio::Connection;
use tokio::runtime::Builder;

const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (bus, driver) = Connection::system()?;
        tokio::spawn(driver);
        let reply = bus.call(&GET_UNIT_FILE_STATE, &("dbus.service",)).await?;
        let (state,): (&str,) = reply.body()?;
        println!("{state}");
        Ok(())
    })
}
