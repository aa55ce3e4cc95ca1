//! Prints each unit that fails, until Ctrl-C.

use barebus_systemd::Systemd;

fn main() -> Result<(), barebus::Error> {
    let systemd = Systemd::system()?;
    for event in systemd.watch_all() {
        if let Some(unit) = event?.failed() {
            println!("{unit} failed");
        }
    }
    Ok(())
}
