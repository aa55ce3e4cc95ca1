//! Prints the state of a unit file.

use barebus::Connection;
use barebus_systemd::Manager;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let unit = std::env::args().nth(1).ok_or("the name of a unit is missing")?;
    let mut bus = Connection::system()?;
    println!("{}", Manager::new().get_unit_file_state(&mut bus, &unit)?);
    Ok(())
}
