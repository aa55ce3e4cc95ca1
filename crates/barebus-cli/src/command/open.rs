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
    open_with(target, &Limits::of(target))
}

/// The same for a verb whose `--timeout` says how long it watches: what comes before has at least [`HANDSHAKE_TIMEOUT`].
pub(crate) fn open_to_watch(target: &Target) -> Result<Connection, Failure> {
    let call = target.reply_timeout().map(|call| call.max(HANDSHAKE_TIMEOUT));
    open_with(target, &Limits { call, handshake: HANDSHAKE_TIMEOUT })
}

fn open_with(target: &Target, limits: &Limits) -> Result<Connection, Failure> {
    let place = target.place()?;
    if let Place::Host(host) = place {
        let mut remote = Remote::new(host)?;
        if let Some(timeout) = target.time_limit() {
            remote = remote.timeout(timeout);
        }
        let mut connection = remote.open()?;
        connection.set_call_timeout(limits.call);
        return Ok(connection);
    }
    let place = user::Local::of(place)?;
    let opened = match target.watch_bind {
        true => bind::wait(target.time_limit(), || connect(target, limits, &place)),
        false => connect(target, limits, &place),
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

fn connect(
    target: &Target,
    limits: &Limits,
    place: &user::Local<'_>,
) -> Result<Connection, OpenError> {
    // After the user has been changed: a bus is told who we are.
    let bus = || limits.set(target, Options::bus());
    match place {
        user::Local::System => bus().open_system(),
        user::Local::Session => bus().open_session(),
        user::Local::Address(address) => bus().open(address),
        user::Local::Peer(address) => limits.set(target, Options::direct()).open(address),
        user::Local::User(uid) => bus().open_user(*uid),
        user::Local::Machine(name) => bus().open_machine(name),
        user::Local::Capsule(name) => bus().open_capsule(name),
    }
}

/// Adds the options of the command line.
pub(crate) fn options(target: &Target, options: Options) -> Options {
    Limits::of(target).set(target, options)
}

/// A local server answers within milliseconds.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// Time limits of a connection.
struct Limits {
    /// For each reply; `None`: no limit.
    call: Option<Duration>,
    handshake: Duration,
}

impl Limits {
    fn of(target: &Target) -> Self {
        let call = target.reply_timeout();
        // Shorter than the limit of a call, whose time begins earlier: so a silent server is reported as such, not as a call without a reply.
        let handshake =
            call.map_or(HANDSHAKE_TIMEOUT, |call| (call / 8 * 7).min(HANDSHAKE_TIMEOUT));
        Self { call, handshake }
    }

    fn set(&self, target: &Target, options: Options) -> Options {
        let options = options.call_timeout(self.call).handshake_timeout(self.handshake);
        match target.handshake {
            Handshake::Pipelined => options,
            Handshake::Step => options.step_by_step(),
        }
    }
}
