//! Prints the state of a unit file.

use barebus_systemd::Systemd;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let unit = std::env::args().nth(1).ok_or("the name of a unit is missing")?;
    let systemd = Systemd::system()?;
    println!("{}", systemd.unit_file_state(&unit)?);
    Ok(())
}
