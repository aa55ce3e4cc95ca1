//! The verbs, one file each.

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

use crate::args::{Handshake, Target};
use crate::exit::Failure;

/// Opens the connection that the command line selects.
fn open(target: &Target) -> Result<Connection, Failure> {
    let kind = if target.peer.is_some() { Options::direct() } else { Options::bus() };
    let options = options(target, kind);
    Ok(match target.peer.as_ref().or(target.address.as_ref()) {
        Some(address) => options.open(address)?,
        None if target.user => options.open_session()?,
        None => options.open_system()?,
    })
}

/// Adds the options of the command line.
fn options(target: &Target, options: Options) -> Options {
    // Not longer than the limit of the call, so that a silent server is reported as such, and not as a call without a reply.
    let timeout = target.reply_timeout();
    let handshake = timeout.min(HANDSHAKE_TIMEOUT);
    let options = options.call_timeout(Some(timeout)).handshake_timeout(handshake);
    match target.handshake {
        Handshake::Pipelined => options,
        Handshake::Step => options.step_by_step(),
    }
}

/// A local server answers within milliseconds.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
