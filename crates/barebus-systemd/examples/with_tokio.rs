//! With tokio: prints whether a unit file is enabled, starts the unit, runs a command, and prints each unit that fails, until Ctrl-C.

use barebus_systemd::Mode;
use barebus_systemd::tokio::Systemd;
use barebus_systemd::transient::TransientUnit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), barebus::Error> {
    let unit = std::env::args().nth(1).unwrap_or("dbus.service".into());
    let (systemd, driver) = Systemd::system()?;
    tokio::spawn(driver);
    println!("{}", systemd.unit_file_state(&unit).await?);

    let job = systemd.start_unit(&unit, Mode::Replace).await?;
    println!("{}", systemd.wait(&job).await?);

    let mut events = systemd.watch_all();
    let mut command = TransientUnit::new("with-tokio.service")?;
    command.exec_start(["/bin/sh", "-c", "exit 3"])?.set("MemoryMax", "64M")?;
    println!("{}", systemd.run(command).await?);

    while let Some(event) = events.next().await {
        if let Some(unit) = event?.failed() {
            println!("{unit} failed");
        }
    }
    Ok(())
}
