//! Peers of few words: a server that acts a bus with systemd on it, and a service that acts systemd on a real bus. Both answer
//! with messages that were marshalled before and look at as little of a call as they can.

use std::io::{self, Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::thread;

use barebus_wire::{
    BusName, EncodeBody, Flags, Header, InterfaceName, MemberName, MessageBuf, MessageType,
    ObjectPath, Serial,
};

use nix::sys::socket::{setsockopt, sockopt::SndBuf};

use super::call::{BUS, SYSTEMD, bus_method};
use super::raw::opening;
use super::{SERIAL_AT, connect, frame_len};

/// Acts a bus at the abstract socket `name`, a thread for each client.
///
/// # Errors
/// What the system says when it cannot listen.
pub fn serve(name: &str) -> io::Result<()> {
    let listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(name)?)?;
    for stream in listener.incoming() {
        let stream = stream?;
        // As much as may be: many signals are to wait there.
        setsockopt(&stream, SndBuf, &(1 << 20))?;
        // A client that goes is no fault.
        thread::spawn(move || Bus::new().converse(stream));
    }
    Ok(())
}

/// Takes systemd's name on the bus at `address`, says so with a line, and answers every call.
///
/// # Errors
/// What the system says.
pub fn take_name(address: &str) -> io::Result<()> {
    let mut stream = connect(address)?;
    let mut bytes = opening(None);
    let mut request = MessageBuf::new();
    let header = bus_method("RequestName").header(Serial::FIRST.next());
    request.push(&header, &(SYSTEMD, 0_u32)).map_err(io::Error::other)?;
    bytes.extend(request.as_slice());
    stream.write_all(&bytes)?;
    let mut input = Input::new();
    input.skip_lines(&mut stream, 2)?;
    let mut output = Vec::new();
    let mut replies = Vec::new();
    loop {
        while let Some(frame) = input.frame() {
            match frame.get(1) {
                Some(1) => answer_as_systemd(frame, &mut replies, &mut output),
                // The answer to RequestName is the only METHOD_RETURN with a number.
                Some(2) if frame.get(SERIAL_AT - 4) == Some(&4) => println!("ready"),
                _ => {}
            }
        }
        stream.write_all(&output)?;
        output.clear();
        input.fill(&mut stream)?;
    }
}

/// Appends the answer to a call that a real bus has delivered. Each client's is marshalled once.
fn answer_as_systemd(call: &[u8], replies: &mut Vec<(Vec<u8>, Prepared)>, output: &mut Vec<u8>) {
    let Some(sender) = text_field(call, 7) else {
        return;
    };
    if replies.last().is_none_or(|(client, _)| client != sender) {
        let known = replies.iter().position(|(client, _)| client == sender);
        let reply = match known {
            Some(index) => replies.swap_remove(index),
            None => (sender.to_vec(), reply(None, BusName::from_bytes(sender).ok(), &(STATE,))),
        };
        // Clients that only say a word come and go.
        if replies.len() > 8 {
            replies.clear();
        }
        replies.push(reply);
    }
    if let Some((_, reply)) = replies.last_mut() {
        output.extend(reply.patch(call));
    }
}

/// Bytes that have come.
struct Input {
    room: Vec<u8>,
    start: usize,
    end: usize,
}

impl Input {
    fn new() -> Self {
        Self { room: vec![0; 256 * 1024], start: 0, end: 0 }
    }

    /// Reads what comes next, after the beginning of a message that may be there.
    fn fill(&mut self, stream: &mut UnixStream) -> io::Result<()> {
        self.room.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        match stream.read(self.room.get_mut(self.end..).unwrap_or_default())? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                self.end += count;
                Ok(())
            }
        }
    }

    fn unread(&self) -> &[u8] {
        self.room.get(self.start..self.end).unwrap_or_default()
    }

    /// The next whole message.
    fn frame(&mut self) -> Option<&[u8]> {
        let len = frame_len(self.unread()).filter(|len| *len <= self.end - self.start)?;
        self.start += len;
        self.room.get(self.start - len..self.start)
    }

    fn skip_lines(&mut self, stream: &mut UnixStream, count: usize) -> io::Result<()> {
        for _ in 0..count {
            loop {
                if let Some(end) = self.unread().iter().position(|byte| *byte == b'\n') {
                    self.start += end + 1;
                    break;
                }
                self.fill(stream)?;
            }
        }
        Ok(())
    }
}

/// A message that was marshalled before.
struct Prepared {
    bytes: Vec<u8>,
    /// Where the REPLY_SERIAL stands.
    reply_serial_at: usize,
}

impl Prepared {
    /// The message as the answer to `call`.
    fn patch(&mut self, call: &[u8]) -> &[u8] {
        let place = self.bytes.get_mut(self.reply_serial_at..).and_then(|rest| rest.get_mut(..4));
        if let (Some(place), Some(serial)) = (place, call.get(SERIAL_AT..SERIAL_AT + 4)) {
            place.copy_from_slice(serial);
        }
        &self.bytes
    }
}

fn reply<B: EncodeBody>(
    sender: Option<BusName<'_>>,
    destination: Option<BusName<'_>>,
    body: &B,
) -> Prepared {
    let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
    header.flags = Flags::NO_REPLY_EXPECTED;
    header.reply_serial = Some(Serial::FIRST);
    (header.sender, header.destination) = (sender, destination);
    let mut buf = MessageBuf::new();
    buf.push(&header, body).unwrap();
    // The first field: code, signature, then the number. Spec: Header Fields.
    Prepared { bytes: buf.as_slice().to_vec(), reply_serial_at: super::FIXED_LEN + 4 }
}

/// A client's side of the acted bus.
struct Bus {
    hello: Prepared,
    empty: Prepared,
    owner: Prepared,
    state: Prepared,
    signals: Vec<u8>,
}

impl Bus {
    fn new() -> Self {
        let (bus, client) = (Some(BusName::from_static(BUS)), Some(CLIENT));
        Self {
            hello: reply(bus, client, &(CLIENT.as_str(),)),
            empty: reply(bus, client, &()),
            owner: reply(bus, client, &(OWNER.as_str(),)),
            state: reply(Some(OWNER), client, &(STATE,)),
            signals: signals(),
        }
    }

    fn converse(mut self, mut stream: UnixStream) -> io::Result<()> {
        let mut input = Input::new();
        input.skip_lines(&mut stream, 3)?;
        let mut output = b"OK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n".to_vec();
        loop {
            while let Some(call) = input.frame() {
                self.answer(call, &mut output);
            }
            stream.write_all(&output)?;
            output.clear();
            input.fill(&mut stream)?;
        }
    }

    fn answer(&mut self, call: &[u8], output: &mut Vec<u8>) {
        let member = text_field(call, 3);
        if member == Some(b"Signals") {
            output.extend(&self.signals);
        }
        // Flags: NO_REPLY_EXPECTED is the lowest.
        if call.get(2).is_none_or(|flags| flags & 1 != 0) {
            return;
        }
        let prepared = match member {
            Some(b"Hello") => &mut self.hello,
            Some(b"AddMatch" | b"RemoveMatch") => &mut self.empty,
            Some(b"GetNameOwner") => &mut self.owner,
            _ => &mut self.state,
        };
        output.extend(prepared.patch(call));
    }
}

/// [`SIGNALS`] signals of systemd, one after the other, as a call of `Signals` lets them come.
pub fn signals() -> Vec<u8> {
    let mut header = Header::signal(
        Serial::FIRST,
        ObjectPath::from_static("/org/freedesktop/systemd1"),
        InterfaceName::from_static("org.freedesktop.systemd1.Manager"),
        MemberName::from_static("UnitNew"),
    );
    header.sender = Some(OWNER);
    let path = ObjectPath::from_static("/org/freedesktop/systemd1/unit/dbus_2eservice");
    let mut buf = MessageBuf::new();
    for _ in 0..SIGNALS {
        buf.push(&header, &("dbus.service", path)).unwrap();
    }
    buf.as_slice().to_vec()
}

/// The value of the header field `code`, which holds text.
fn text_field(message: &[u8], code: u8) -> Option<&[u8]> {
    let mut at = super::FIXED_LEN;
    loop {
        let [found, 1, kind, 0, value @ ..] = message.get(at..)?.first_chunk::<8>()? else {
            return None;
        };
        let end = match kind {
            b'u' => at + 8,
            b'g' => at + 4 + 1 + usize::from(value[0]) + 1,
            _ => at + 8 + u32::from_le_bytes(*value) as usize + 1,
        };
        if *found == code {
            return message.get(at + 8..end - 1);
        }
        at = end.next_multiple_of(8);
    }
}

/// How many signals a call of `Signals` lets come.
pub const SIGNALS: usize = 1_000;

const CLIENT: BusName<'static> = BusName::from_static(":1.42");
const OWNER: BusName<'static> = BusName::from_static(":1.1");
const STATE: &str = "enabled";
