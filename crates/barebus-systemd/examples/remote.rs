//! On another machine, over ssh: prints whether a unit file is enabled, starts the unit, runs a command, and prints each unit that fails, until
//! Ctrl-C: `remote root@example.org sshd.service`.

use barebus_systemd::transient::TransientUnit;
use barebus_systemd::{Mode, Systemd};

fn main() -> Result<(), barebus::Error> {
    let mut arguments = std::env::args().skip(1);
    let host = arguments.next().unwrap_or("localhost".into());
    let unit = arguments.next().unwrap_or("dbus.service".into());
    let systemd = Systemd::remote(&host)?;
    println!("{}", systemd.unit_file_state(&unit)?);

    let job = systemd.start_unit(&unit, Mode::Replace)?;
    println!("{}", systemd.wait(&job)?);

    let events = systemd.watch_all();
    let mut command = TransientUnit::new("remote.service")?;
    command.exec_start(["/bin/sh", "-c", "exit 3"])?.set("MemoryMax", "64M")?;
    println!("{}", systemd.run(command)?);

    for event in events {
        if let Some(unit) = event?.failed() {
            println!("{unit} failed");
        }
    }
    Ok(())
}
