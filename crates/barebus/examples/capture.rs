//! Asks systemd for the state of a unit file, and writes each message that is sent and received to a capture in the format pcapng.
//! `barebus decode` and Wireshark read it.

use std::fs::File;
use std::io::{self, Write};
use std::time::UNIX_EPOCH;

use barebus::{Connection, Direction, Error, MethodCall, Observed};

const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, unit] = arguments.as_slice() else {
        return Err(Error::other("usage: capture FILE UNIT"));
    };
    let mut capture = File::create(file)?;
    write_head(&mut capture)?;

    let mut bus = Connection::system()?;
    bus.observe(move |observed| {
        if let Err(error) = write_message(&mut capture, observed) {
            eprintln!("cannot write the capture: {error}");
        }
    })?;
    let reply = bus.call(&GET_UNIT_FILE_STATE, &(unit,))?;
    let (state,): (&str,) = reply.body()?;
    println!("{state}");
    Ok(())
}

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
/// D-Bus messages.
const LINK_TYPE: u8 = 231;

/// The blocks that a capture begins with: a section, and the interface that its packets came from.
fn write_head(capture: &mut impl Write) -> io::Result<()> {
    // The byte-order mark, version 1.0, and a section whose length is unknown.
    let section = [&0x1a2b_3c4d_u32.to_be_bytes()[..], &[0, 1, 0, 0], &[0xff; 8]].concat();
    write_block(capture, SECTION_HEADER, &section)?;
    // The link type; no packet is cut off. Without an option, times are in microseconds.
    write_block(capture, INTERFACE_DESCRIPTION, &[0, LINK_TYPE, 0, 0, 0, 0, 0, 0])
}

/// A packet with the time and the direction.
fn write_message(capture: &mut impl Write, observed: &Observed<'_>) -> io::Result<()> {
    let time = observed.time.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let time = u64::try_from(time).unwrap_or(u64::MAX).to_be_bytes();
    let len = u32::try_from(observed.bytes.len()).map_err(io::Error::other)?.to_be_bytes();
    let direction: u32 = if observed.direction == Direction::Received { 1 } else { 2 };
    // The first interface, the time, and the length as captured and as sent.
    let mut packet = [&[0; 4][..], &time, &len, &len, observed.bytes].concat();
    packet.resize(packet.len().next_multiple_of(4), 0);
    // The option epb_flags, which is 2 and 4 bytes long, and the end of the options.
    packet.extend([0, 2, 0, 4]);
    packet.extend(direction.to_be_bytes());
    packet.extend([0; 4]);
    write_block(capture, ENHANCED_PACKET, &packet)
}

/// A block: its type, its length, its content, its length again.
fn write_block(capture: &mut impl Write, kind: u32, content: &[u8]) -> io::Result<()> {
    let len = u32::try_from(content.len() + 12).map_err(io::Error::other)?.to_be_bytes();
    capture.write_all(&[&kind.to_be_bytes(), &len, content, &len].concat())
}
