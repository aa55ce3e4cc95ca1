//! Prints the state of a unit file.

use zbus::Connection;

fn main() -> zbus::Result<()> {
    // On its own runtime, which runs within `block_on`.
    zbus::block_on(async {
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
