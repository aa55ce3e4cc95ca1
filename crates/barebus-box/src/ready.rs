//! Waits until systemd can be called on the bus.
//!
//! systemd reports that it has booted when its last start job is done. Only then does it connect to the bus.

use core::time::Duration;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::Instant;

use barebus_wire::{
    BusName, InterfaceName, MemberName, Message, MessageBuf, MessageType, MethodCall, ObjectPath,
    Serial, frame_len,
};

use nix::fcntl::OFlag;

use crate::plan;
use crate::resolve::open_in_root;
use crate::systemd_box::INSIDE_BUS_SOCKET;

type Refusal = (&'static str, io::Error);

/// Waits until systemd owns its name on the bus of the box whose PID 1 is `pid`.
pub(crate) fn wait_for_systemd(pid: i32, deadline: Instant) -> Result<(), Refusal> {
    let mut bus = connect(pid).map_err(|error| ("connect to the bus", error))?;
    let sent = question().map_err(|error| ("ask the bus", error))?;
    bus.write_all(&sent).map_err(|error| ("ask the bus", error))?;
    let mut answer = Vec::new();
    receive(&mut bus, &mut answer, deadline).map_err(|error| ("find systemd on the bus", error))
}

/// Connects to the socket with this path inside the box. Links are resolved inside the box.
fn connect(pid: i32) -> io::Result<UnixStream> {
    let root = plan::open_folder(&plan::text(&format!("/proc/{pid}/root")))?;
    let socket = open_in_root(root, INSIDE_BUS_SOCKET, OFlag::O_PATH)?;
    UnixStream::connect(format!("/proc/self/fd/{}", socket.as_raw_fd()))
}

/// Sends everything in one write: authentication, `Hello`, a subscription to changes of the name's owner, and a query for the owner.
fn question() -> io::Result<Vec<u8>> {
    let mut messages = MessageBuf::new();
    let mut serial = Serial::FIRST;
    let mut push = |member, body: Option<&str>| {
        let call = driver_call(member).header(serial);
        serial = serial.next();
        let pushed = match body {
            Some(text) => messages.push(&call, &(text,)),
            None => messages.push(&call, &()),
        };
        pushed.map(drop).map_err(io::Error::other)
    };
    push("Hello", None)?;
    push("AddMatch", Some(RULE))?;
    push("NameHasOwner", Some(SYSTEMD))?;
    // "30" is user ID 0 in hexadecimal: only root can boot a box.
    let mut sent = b"\0AUTH EXTERNAL 30\r\nBEGIN\r\n".to_vec();
    sent.extend_from_slice(messages.as_slice());
    Ok(sent)
}

fn driver_call(member: &'static str) -> MethodCall<'static> {
    MethodCall::checked(
        ObjectPath::from_static("/org/freedesktop/DBus"),
        MemberName::from_static(member),
    )
    .interface(InterfaceName::from_static(DRIVER))
    .destination(BusName::from_static(DRIVER))
}

/// Reads until a message says that the name has an owner.
fn receive(bus: &mut UnixStream, answer: &mut Vec<u8>, deadline: Instant) -> io::Result<()> {
    let mut at = None;
    let mut buf = [0; 4096];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        bus.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        let len = match bus.read(&mut buf) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        answer.extend_from_slice(buf.get(..len).unwrap_or_default());
        if at.is_none() {
            at = after_authentication(answer)?;
        }
        let Some(at) = &mut at else { continue };
        while let Some(bytes) = next_message(answer, at)? {
            if tells_of_owner(&Message::parse(bytes).map_err(io::Error::other)?)? {
                return Ok(());
            }
        }
    }
}

/// The start of the messages, after the line `OK …`. `None` if that line is incomplete.
fn after_authentication(answer: &[u8]) -> io::Result<Option<usize>> {
    let Some(end) = answer.windows(2).position(|pair| pair == b"\r\n") else { return Ok(None) };
    if answer.starts_with(b"OK ") {
        return Ok(Some(end + 2));
    }
    let line = String::from_utf8_lossy(answer.get(..end).unwrap_or_default()).into_owned();
    Err(io::Error::new(io::ErrorKind::PermissionDenied, line))
}

fn next_message<'a>(answer: &'a [u8], at: &mut usize) -> io::Result<Option<&'a [u8]>> {
    let rest = answer.get(*at..).unwrap_or_default();
    let Some(len) = frame_len(rest).map_err(io::Error::other)? else { return Ok(None) };
    let message = rest.get(..len);
    *at += message.map_or(0, <[u8]>::len);
    Ok(message)
}

fn tells_of_owner(message: &Message<'_>) -> io::Result<bool> {
    let header = message.header();
    match header.message_type {
        MessageType::Signal => {
            let is_change = header.member.is_some_and(|name| name.as_str() == "NameOwnerChanged");
            let change = message.body::<(&str, &str, &str)>();
            Ok(is_change
                && change.is_ok_and(|(name, _, owner)| name == SYSTEMD && !owner.is_empty()))
        }
        // Of the three calls only the reply to the last is a boolean.
        MessageType::MethodReturn => Ok(message.body::<(bool,)>().is_ok_and(|(owned,)| owned)),
        MessageType::Error => {
            let text = message.first_argument::<&str>().unwrap_or("the bus refused a call");
            Err(io::Error::other(text.to_owned()))
        }
        _ => Ok(false),
    }
}

const DRIVER: &str = "org.freedesktop.DBus";
const SYSTEMD: &str = "org.freedesktop.systemd1";
const RULE: &str = "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',\
                    member='NameOwnerChanged',arg0='org.freedesktop.systemd1'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_begin_behind_the_line_that_accepts() {
        assert_eq!(after_authentication(b"OK 1234\r").unwrap(), None);
        assert_eq!(after_authentication(b"OK 1234\r\nl").unwrap(), Some(9));
        let refused = after_authentication(b"REJECTED EXTERNAL\r\n").unwrap_err();
        assert_eq!(refused.to_string(), "REJECTED EXTERNAL");
    }

    #[test]
    fn asks_the_bus_three_questions() {
        let sent = question().unwrap();
        let mut at = b"\0AUTH EXTERNAL 30\r\nBEGIN\r\n".len();
        let mut members = Vec::new();
        while let Some(bytes) = next_message(&sent, &mut at).unwrap() {
            members
                .push(Message::parse(bytes).unwrap().header().member.unwrap().as_str().to_owned());
        }
        assert_eq!(members, ["Hello", "AddMatch", "NameHasOwner"]);
    }
}
