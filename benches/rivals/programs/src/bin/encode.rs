//! Encodes a body and decodes it. zvariant needs std and writes into a `Vec`.

use zbus::zvariant::serialized::Context;
use zbus::zvariant::{LE, Result, to_bytes};

fn main() -> Result<()> {
    let context = Context::new_dbus(LE, 0);
    let bytes = to_bytes(context, &("sshd.service", 7_u32))?;
    let ((unit, pid), _): ((&str, u32), _) = bytes.deserialize()?;
    println!("{unit} {pid}: {} bytes", bytes.len());
    Ok(())
}
