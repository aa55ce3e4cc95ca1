//! Prints a reply of systemd as busctl does: `s "enabled"`.

use std::error::Error;

use barebus::{Connection, MethodCall};
use barebus_text::busctl;

const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

fn main() -> Result<(), Box<dyn Error>> {
    let unit = std::env::args().nth(1).unwrap_or("dbus.service".into());
    let mut bus = Connection::system()?;
    let mut text = String::new();
    busctl::print(bus.call(&GET_UNIT_FILE_STATE, &(&*unit,))?.message(), &mut text)?;
    println!("{text}");
    Ok(())
}
