//! One loop for signals and a timer: prints the bus's names as they change, and ticks once a second.

use std::time::Duration;

use futures_util::StreamExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> zbus::Result<()> {
    let bus = zbus::Connection::system().await?;
    let daemon = zbus::fdo::DBusProxy::new(&bus).await?;
    let mut changes = daemon.receive_name_owner_changed().await?;
    let mut timer = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            change = changes.next() => {
                let Some(change) = change else { return Ok(()) };
                println!("{}", change.args()?.name);
            }
            _ = timer.tick() => println!("tick"),
        }
    }
}
