//! Starts a unit and waits for the end of its job, for at most ten seconds.

use std::error::Error;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::timeout;
use zbus::zvariant::{ObjectPath, OwnedObjectPath};

#[zbus::proxy(
    interface = "org.freedesktop.systemd1.Manager",
    default_service = "org.freedesktop.systemd1",
    default_path = "/org/freedesktop/systemd1"
)]
trait Manager {
    fn subscribe(&self) -> zbus::Result<()>;
    fn start_unit(&self, name: &str, mode: &str) -> zbus::Result<OwnedObjectPath>;
    #[zbus(signal)]
    fn job_removed(&self, id: u32, job: ObjectPath<'_>, unit: &str, result: &str);
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let unit = std::env::args().nth(1).unwrap_or("dbus.service".into());
    let bus = zbus::Connection::system().await?;
    let manager = ManagerProxy::new(&bus).await?;
    manager.subscribe().await?;
    let mut removed = manager.receive_job_removed().await?;
    let job = manager.start_unit(&unit, "replace").await?;
    let wait = async {
        while let Some(signal) = removed.next().await {
            let arguments = signal.args()?;
            if arguments.job == *job {
                return Ok(arguments.result.to_owned());
            }
        }
        Err::<String, Box<dyn Error>>("the connection has ended".into())
    };
    println!("{}", timeout(Duration::from_secs(10), wait).await??);
    Ok(())
}
