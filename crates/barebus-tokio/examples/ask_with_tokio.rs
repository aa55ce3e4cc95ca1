//! Prints whether a unit file is enabled.

use barebus::MethodCall;
use barebus_tokio::Connection;

const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), barebus::Error> {
    let unit = std::env::args().nth(1).unwrap_or("dbus.service".into());
    let (bus, driver) = Connection::system()?;
    tokio::spawn(driver);
    let reply = bus.call(&GET_UNIT_FILE_STATE, &(&*unit,)).await?;
    println!("{}", reply.body::<(&str,)>()?.0);
    Ok(())
}
