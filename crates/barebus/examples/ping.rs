//! Opens a connection and makes one call: tells by the exit code whether the bus at an address answers.

use std::process::ExitCode;

use barebus::{Connection, MethodCall};

const PING: MethodCall<'static> =
    MethodCall::from_static("org.freedesktop.DBus", "/", "org.freedesktop.DBus.Peer", "Ping");

fn main() -> ExitCode {
    let address = std::env::args_os().nth(1).and_then(|address| address.into_string().ok());
    let answer = address
        .and_then(|address| Connection::open(&address).ok())
        .is_some_and(|mut bus| bus.call(&PING, &()).is_ok());
    ExitCode::from(u8::from(!answer))
}
