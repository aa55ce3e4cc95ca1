//! Prints whether a unit file is enabled.

use barebus_systemd::Systemd;

fn main() -> Result<(), barebus::Error> {
    let unit = std::env::args().nth(1).unwrap_or("dbus.service".into());
    println!("{}", Systemd::system()?.unit_file_state(&unit)?);
    Ok(())
}
