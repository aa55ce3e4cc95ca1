//! Encodes a call and decodes it. zbus needs std and memory of its own.

use zbus::Message;

fn main() -> zbus::Result<()> {
    let message = Message::method_call("/org/example", "Start")?
        .destination("org.example")?
        .interface("org.example.Units")?
        .build(&("sshd.service", 7_u32))?;
    let body = message.body();
    let (unit, number): (&str, u32) = body.deserialize()?;
    println!("{unit} {number}: {} bytes", message.data().len());
    Ok(())
}
