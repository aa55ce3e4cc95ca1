//! tokio: asks about many units at once.

use barebus_systemd::tokio::Systemd;
use futures_util::future::join_all;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), barebus::Error> {
    let (systemd, driver) = Systemd::system()?;
    tokio::spawn(driver);
    let units: Vec<String> = std::env::args().skip(1).collect();
    let states = join_all(units.iter().map(|unit| systemd.unit_file_state(unit))).await;
    for (unit, state) in units.iter().zip(states) {
        println!("{unit}: {}", state?);
    }
    Ok(())
}
