//! Prints each unit that fails, until Ctrl-C.

use barebus_systemd::watch::Event;
use barebus_systemd::{ActiveState, Systemd};

fn main() -> Result<(), barebus::Error> {
    let systemd = Systemd::system()?;
    for event in systemd.watch_all() {
        if let Event::Changed { unit, new, .. } = event? {
            if new.active == ActiveState::Failed {
                println!("{unit} failed");
            }
        }
    }
    Ok(())
}
