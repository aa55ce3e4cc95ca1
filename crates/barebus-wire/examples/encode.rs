//! Encodes a call in a buffer on the stack and decodes it. With `MethodCall::from_static` it needs neither std nor alloc.

use barebus_wire::{Message, MethodCall, Serial};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let call = MethodCall::new("org.example", "/org/example", "org.example.Units", "Start")?;
    let mut buffer = [0; 256];
    let len = call.header(Serial::FIRST).encode(&mut buffer, &("sshd.service", 7_u32))?;
    let message = Message::parse(buffer.split_at(len).0)?;
    let (unit, number): (&str, u32) = message.body()?;
    println!("{unit} {number}: {len} bytes");
    Ok(())
}
