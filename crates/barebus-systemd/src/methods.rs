//! The list of operations, apart from those in `unit::methods` and `transient::methods`. Each is a flow of another module; [`shells!`] makes the methods.

use crate::daemon;
use crate::error::Error;

// Jobs.
shells! {}

// Watching.
shells! {}

// The manager.
shells! {
    /// Property Version: `252.39-1~deb12u2`.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn version() -> Result<String, Error> = daemon::version;

    /// Makes systemd read all unit files again, and waits until it has: at most 300 s. systemd answers nobody meanwhile. Jobs go on.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn reload() -> Result<(), Error> = daemon::reload;

    /// Makes systemd execute itself again, and waits until it can be called again: at most 60 s after it has begun. Units and jobs go on. On
    /// the private socket the connection is opened again.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn reexecute() -> Result<(), Error> = daemon::reexecute;

    /// Returns the environment variables that systemd gives to all services, as pairs of name and value.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn environment() -> Result<Vec<(String, String)>, Error> = daemon::environment;

    /// Sets environment variables for services that are started from now on.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn set_environment(variables: &[(&str, &str)]) -> Result<(), Error> = daemon::set_environment;

    /// Unsets environment variables.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn unset_environment(names: &[&str]) -> Result<(), Error> = daemon::unset_environment;
}
