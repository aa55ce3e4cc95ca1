//! The list of operations. Each is a flow of another module; [`shells!`] makes the methods.

use crate::error::Error;
use crate::unit::file;
use crate::word::UnitFileState;

// Jobs.
shells! {}

// Units and files.
shells! {
    /// Returns whether a unit file is enabled, as `systemctl is-enabled` does.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such file.
    fn unit_file_state(unit: &str) -> Result<UnitFileState, Error> = file::unit_file_state;
}

// Transient units.
shells! {}

// Watching.
shells! {}

// The manager.
shells! {
    /// Property Version: `252.39-1~deb12u2`.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn version() -> Result<String, Error> = file::version;
}
