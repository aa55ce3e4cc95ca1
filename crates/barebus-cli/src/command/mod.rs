//! The verbs, a file each.

pub(crate) mod call;
pub(crate) mod introspect;
pub(crate) mod run_box;
pub(crate) mod unit;

use barebus::{Connection, Options};

use crate::args::Target;
use crate::exit::Failure;

/// Opens the connection that the command line asks for.
fn open(target: &Target) -> Result<Connection, Failure> {
    let timeout = Some(target.timeout);
    if let Some(address) = &target.peer {
        return Ok(Options::direct().call_timeout(timeout).open(address)?);
    }
    let options = Options::bus().call_timeout(timeout);
    Ok(match &target.address {
        Some(address) => options.open(address)?,
        None if target.user => options.open_session()?,
        None => options.open_system()?,
    })
}
