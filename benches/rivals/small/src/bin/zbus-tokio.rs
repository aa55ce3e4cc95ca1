//! Prints the state of a unit file.

use tokio::runtime::Builder;
use zbus::Connection;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let bus = Connection::system().await?;
        let reply = bus.call_method(
            Some("org.freedesktop.systemd1"),
            "/org/freedesktop/systemd1",
            Some("org.freedesktop.systemd1.Manager"),
            "GetUnitFileState",
            &("dbus.service",),
        );
        println!("{}", reply.await?.body().deserialize::<&str>()?);
        Ok(())
    })
}
