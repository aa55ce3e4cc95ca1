//! Opens the connection that the command line selects.

use std::time::Duration;

use barebus::{Connection, Options};
use barebus_systemd::{Remote, Systemd};

use crate::args::{Handshake, Place, Target};
use crate::exit::Failure;

/// Opens the connection that the command line selects.
pub(crate) fn open(target: &Target) -> Result<Connection, Failure> {
    let bus = || options(target, Options::bus());
    let mut connection = match target.place()? {
        Place::System => bus().open_system()?,
        Place::User => bus().open_session()?,
        Place::Address(address) => bus().open(address)?,
        Place::Peer(address) => options(target, Options::direct()).open(address)?,
        Place::Host(host) => {
            let mut remote = Remote::new(host)?;
            if let Some(timeout) = target.time_limit() {
                remote = remote.timeout(timeout);
            }
            remote.open()?
        }
        Place::Machine { name, .. } => Systemd::machine(name)?.into_connection(),
        Place::Capsule(name) => bus().open(&format!("unix:path=/run/capsules/{name}/bus"))?,
    };
    connection.set_call_timeout(target.reply_timeout());
    Ok(connection)
}

/// Adds the options of the command line.
pub(crate) fn options(target: &Target, options: Options) -> Options {
    // Not longer than the limit of the call, so that a silent server is reported as such, and not as a call without a reply.
    let timeout = target.reply_timeout();
    let handshake = timeout.map_or(HANDSHAKE_TIMEOUT, |timeout| timeout.min(HANDSHAKE_TIMEOUT));
    let options = options.call_timeout(timeout).handshake_timeout(handshake);
    match target.handshake {
        Handshake::Pipelined => options,
        Handshake::Step => options.step_by_step(),
    }
}

/// A local server answers within milliseconds.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
