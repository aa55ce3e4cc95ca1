//! Starts a unit and waits for the end of its job, for at most ten seconds.

use std::time::Duration;

use barebus_systemd::{Mode, Systemd};

fn main() -> Result<(), barebus::Error> {
    let unit = std::env::args().nth(1).unwrap_or("dbus.service".into());
    let systemd = Systemd::system()?;
    let job = systemd.start_unit(&unit, Mode::Replace)?;
    println!("{}", systemd.wait_within(&job, Duration::from_secs(10))?);
    Ok(())
}
