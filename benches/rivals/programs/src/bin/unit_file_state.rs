//! Prints whether a unit file is enabled.

use zbus::blocking::Connection;

#[zbus::proxy(
    interface = "org.freedesktop.systemd1.Manager",
    default_service = "org.freedesktop.systemd1",
    default_path = "/org/freedesktop/systemd1"
)]
trait Manager {
    fn get_unit_file_state(&self, file: &str) -> zbus::Result<String>;
}

fn main() -> zbus::Result<()> {
    let bus = Connection::system()?;
    let manager = ManagerProxyBlocking::new(&bus)?;
    let unit = std::env::args().nth(1).unwrap_or("dbus.service".into());
    println!("{}", manager.get_unit_file_state(&unit)?);
    Ok(())
}
