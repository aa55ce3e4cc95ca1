//! The verbs, a file each.

pub(crate) mod about;
pub(crate) mod call;
pub(crate) mod codegen;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod introspect;
pub(crate) mod run_box;
pub(crate) mod unit;
pub(crate) mod validate;

use std::time::Duration;

use barebus::{Connection, Options};

use crate::args::Target;
use crate::exit::Failure;

/// Opens the connection that the command line asks for.
fn open(target: &Target) -> Result<Connection, Failure> {
    let options = if target.peer.is_some() { Options::direct() } else { Options::bus() };
    // When the server does not answer at all, that is what the user should hear, not that a call came to nothing.
    let timeout = target.reply_timeout();
    let handshake = timeout.min(HANDSHAKE_TIMEOUT);
    let options = options.call_timeout(Some(timeout)).handshake_timeout(handshake);
    Ok(match target.peer.as_ref().or(target.address.as_ref()) {
        Some(address) => options.open(address)?,
        None if target.user => options.open_session()?,
        None => options.open_system()?,
    })
}

/// Connecting to a server that is there, and authenticating, is a matter of milliseconds.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
