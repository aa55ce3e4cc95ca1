//! Asks systemd for a unit file's state, as `systemctl is-enabled` does: `nolibc-session [--private] UNIT`.
//!
//! It uses `barebus-session`: the reply is believed only if its sender owns the name of systemd, and a server that cannot handle
//! authentication in one write gets it line by line. Exit status: 0, and the state on standard output; 1 if systemd refuses; 2 if
//! systemd is not reached, and for a wrong usage; with a line on standard error.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

extern crate alloc;

mod heap;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use barebus_sasl::{Identity, Mechanism};
use barebus_session::{Config, Received, ServerKind, Serving, Session, SessionError, Want};
use barebus_wire::MethodCall;
use nolibc_system::sys::{self, Arguments};
use nolibc_system::{Failure, PATIENCE, Place, Question, Socket, print_answer, print_error};

const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

nolibc_system::program!(crate::main);

fn main(arguments: Arguments) -> u8 {
    let Some(question) = Question::of(arguments) else {
        print_error("usage", "nolibc-session [--private] UNIT");
        return 2;
    };
    match ask(&question) {
        Ok(status) => status,
        Err(failure) => {
            print_error(question.place.path(), failure.text());
            2
        }
    }
}

/// Prints systemd's answer and returns the exit status, or says why there is none.
fn ask(question: &Question) -> Result<u8, Failure> {
    let server = match question.place {
        Place::Bus => ServerKind::Bus,
        Place::Private => ServerKind::Direct,
    };
    let mut config = Config::new(server, Mechanism::External(Identity::Uid(sys::uid())).into());
    config.unix_fds = false;
    config.serving = Serving::IGNORED;
    let mut session: Box<Session<()>> = Box::new(Session::new(config));
    let deadline = now().saturating_add(Duration::from_millis(PATIENCE));
    let call = session
        .call(&GET_UNIT_FILE_STATE, &(question.unit,), Vec::new(), Some(deadline))
        .map_err(|_| Failure::TooLong)?;
    let mut socket = Socket::connect(question.place.path())?;
    loop {
        exchange(&mut session, &socket);
        match session.poll(Want::Reply(call), now()) {
            Ok(true) => return answer(&session.take_reply().map_err(|_| Failure::TimedOut)?),
            Ok(false) => {}
            // Line by line, on another connection.
            Err(_) if session.retry_handshake() => socket = Socket::connect(question.place.path())?,
            Err(error) => return Err(failure(&error)),
        }
    }
}

fn now() -> Duration {
    Duration::from_millis(sys::now())
}

/// Writes all that waits to be written. Then reads what has arrived, or waits for it until the session's next deadline.
#[inline(never)]
fn exchange(session: &mut Session<()>, socket: &Socket) {
    loop {
        let [first, second] = session.poll_transmit().bytes;
        let bytes = if first.is_empty() { second } else { first };
        if bytes.is_empty() {
            break;
        }
        match socket.write(bytes) {
            Ok(count) => session.transmitted(count),
            Err(_) => return session.handle_eof(),
        }
    }
    // Rounded up, so that the deadline has passed when it is asked for again.
    let deadline = session.next_deadline().unwrap_or(Duration::MAX);
    let deadline =
        u64::try_from(deadline.as_millis()).map_or(u64::MAX, |time| time.saturating_add(1));
    match socket.read(session.input_buffer(), deadline) {
        Ok(count) => session.handle_input(count, Vec::new(), false),
        Err(Failure::TimedOut) => {}
        Err(_) => session.handle_eof(),
    }
}

fn failure(error: &SessionError) -> Failure {
    match error {
        SessionError::Authentication(_) => Failure::Authenticate,
        SessionError::HandshakeTimedOut { .. } => Failure::TimedOut,
        SessionError::InvalidMessage(_) => Failure::Invalid,
        _ => Failure::Closed,
    }
}

fn answer(reply: &Received<'_, ()>) -> Result<u8, Failure> {
    let (text,): (&str,) = reply.message.body().map_err(|_| Failure::Invalid)?;
    Ok(match reply.message.header().error_name {
        None => {
            print_answer(text);
            0
        }
        Some(name) => {
            print_error(name.as_str(), text);
            1
        }
    })
}
