//! tokio: asks about many units at once.

use futures_util::future::join_all;

#[zbus::proxy(
    interface = "org.freedesktop.systemd1.Manager",
    default_service = "org.freedesktop.systemd1",
    default_path = "/org/freedesktop/systemd1"
)]
trait Manager {
    fn get_unit_file_state(&self, file: &str) -> zbus::Result<String>;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> zbus::Result<()> {
    let bus = zbus::Connection::system().await?;
    let manager = ManagerProxy::new(&bus).await?;
    let units: Vec<String> = std::env::args().skip(1).collect();
    let states = join_all(units.iter().map(|unit| manager.get_unit_file_state(unit))).await;
    for (unit, state) in units.iter().zip(states) {
        println!("{unit}: {}", state?);
    }
    Ok(())
}
