//! Opens the connection that the command line selects.

mod bind;
mod user;

use std::io::ErrorKind;
use std::time::Duration;

use barebus::{AttemptError, Connection, OpenError, Options};
use barebus_systemd::Remote;
use nix::unistd::geteuid;

use crate::args::{Handshake, Place, Target};
use crate::exit::Failure;

/// Opens the connection that the command line selects.
pub(crate) fn open(target: &Target) -> Result<Connection, Failure> {
    let place = target.place()?;
    if let Place::Host(host) = place {
        let mut remote = Remote::new(host)?;
        if let Some(timeout) = target.time_limit() {
            remote = remote.timeout(timeout);
        }
        let mut connection = remote.open()?;
        connection.set_call_timeout(target.reply_timeout());
        return Ok(connection);
    }
    let place = user::Local::of(place)?;
    let opened = match target.watch_bind {
        true => bind::wait(target.time_limit(), || connect(target, &place)),
        false => connect(target, &place),
    };
    opened.map_err(|error| {
        let hint = hint(&place, &error);
        let mut failure = Failure::from(error);
        failure.what += &hint;
        failure
    })
}

/// What to try when there is no bus where it is expected.
fn hint(place: &user::Local<'_>, error: &OpenError) -> String {
    match place {
        user::Local::Session if geteuid().is_root() => {
            let sudoer = std::env::var("SUDO_USER").ok().filter(|user| user != "root");
            let user = sudoer.as_deref().unwrap_or("USER");
            format!("; root reaches the bus of another user with -M {user}@")
        }
        user::Local::System if is_absent(error) => {
            "; is the bus running? --address or DBUS_SYSTEM_BUS_ADDRESS names another".into()
        }
        user::Local::Session if is_absent(error) => {
            "; is the bus running? --address or DBUS_SESSION_BUS_ADDRESS names another".into()
        }
        _ => String::new(),
    }
}

/// Whether nothing listens at any of the addresses.
fn is_absent(error: &OpenError) -> bool {
    let OpenError::Unreachable(attempts) = error else { return false };
    attempts.iter().all(|attempt| match &attempt.error {
        AttemptError::Io(error) => {
            matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused)
        }
        _ => false,
    })
}

fn connect(target: &Target, place: &user::Local<'_>) -> Result<Connection, OpenError> {
    // After the user has been changed: a bus is told who we are.
    let bus = || options(target, Options::bus());
    match place {
        user::Local::System => bus().open_system(),
        user::Local::Session => bus().open_session(),
        user::Local::Address(address) => bus().open(address),
        user::Local::Peer(address) => options(target, Options::direct()).open(address),
        user::Local::User(uid) => bus().open_user(*uid),
        user::Local::Machine(name) => bus().open_machine(name),
        user::Local::Capsule(name) => bus().open_capsule(name),
    }
}

/// Adds the options of the command line.
pub(crate) fn options(target: &Target, options: Options) -> Options {
    let timeout = target.reply_timeout();
    // Shorter than the limit of a call, whose time begins earlier: so a silent server is reported as such, not as a call without a reply.
    let handshake =
        timeout.map_or(HANDSHAKE_TIMEOUT, |timeout| (timeout / 8 * 7).min(HANDSHAKE_TIMEOUT));
    let options = options.call_timeout(timeout).handshake_timeout(handshake);
    match target.handshake {
        Handshake::Pipelined => options,
        Handshake::Step => options.step_by_step(),
    }
}

/// A local server answers within milliseconds.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
