//! Prints the state of a unit file.

use rustbus::connection::{Error, Timeout};
use rustbus::{MessageBuilder, RpcConn};

fn main() -> Result<(), Error> {
    let mut bus = RpcConn::system_conn(Timeout::Infinite)?;
    let mut call = MessageBuilder::new()
        .call("GetUnitFileState")
        .on("/org/freedesktop/systemd1")
        .with_interface("org.freedesktop.systemd1.Manager")
        .at("org.freedesktop.systemd1")
        .build();
    call.body.push_param("dbus.service")?;
    let serial = bus.send_message(&mut call)?.write_all().map_err(|(_, error)| error)?;
    let reply = bus.wait_response(serial, Timeout::Infinite)?;
    println!("{}", reply.body.parser().get::<&str>()?);
    Ok(())
}
