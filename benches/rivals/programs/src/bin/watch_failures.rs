//! Prints each unit that fails, until Ctrl-C.

use futures_util::StreamExt;
use zbus::fdo::PropertiesChanged;
use zbus::zvariant::OwnedObjectPath;
use zbus::{MatchRule, MessageStream};

#[zbus::proxy(
    interface = "org.freedesktop.systemd1.Manager",
    default_service = "org.freedesktop.systemd1",
    default_path = "/org/freedesktop/systemd1"
)]
trait Manager {
    fn subscribe(&self) -> zbus::Result<()>;
}

#[zbus::proxy(
    interface = "org.freedesktop.systemd1.Unit",
    default_service = "org.freedesktop.systemd1"
)]
trait Unit {
    #[zbus(property)]
    fn id(&self) -> zbus::Result<String>;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> zbus::Result<()> {
    let bus = zbus::Connection::system().await?;
    ManagerProxy::new(&bus).await?.subscribe().await?;
    let rule = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .sender("org.freedesktop.systemd1")?
        .interface("org.freedesktop.DBus.Properties")?
        .member("PropertiesChanged")?
        .path_namespace("/org/freedesktop/systemd1/unit")?
        .add_arg("org.freedesktop.systemd1.Unit")?
        .build();
    let mut changes = MessageStream::for_match_rule(rule, &bus, None).await?;
    loop {
        let message = tokio::select! {
            message = changes.next() => message,
            _ = tokio::signal::ctrl_c() => break,
        };
        let Some(message) = message.transpose()? else { break };
        let Some(changed) = PropertiesChanged::from_message(message) else { continue };
        let arguments = changed.args()?;
        let state = arguments.changed_properties.get("ActiveState");
        if state.and_then(|state| state.downcast_ref::<&str>().ok()) == Some("failed") {
            let path = changed.message().header().path().cloned();
            let path = OwnedObjectPath::from(path.unwrap_or_default());
            let unit = UnitProxy::builder(&bus).path(path)?.build().await?;
            println!("{} failed", unit.id().await?);
        }
    }
    Ok(())
}
