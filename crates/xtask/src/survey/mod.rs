//! `cargo xtask generate --survey`: definitions of what services and packages really have.

mod files;
mod scratch;
mod services;

use std::fs;
use std::path::Path;

use crate::packages;
use crate::run::{Failure, top};
use scratch::Scratch;

/// Generates definitions of the services of a system and of the interface files of Debian's packages, by `barebus codegen`; compiles them with
/// the strictest lints, and compares them with what rustfmt makes of them. `root`: the system's root directory; default: this machine's.
///
/// # Errors
/// Something cannot be introspected, generated or compiled, or rustfmt changes it.
pub(crate) fn run(root: Option<&Path>) -> Result<(), Failure> {
    packages::need(&["systemctl", "dbus-daemon"])?;
    let folder = top().join("target/survey");
    fs::create_dir_all(&folder)?;
    let mut scratch = Scratch::new(folder.join("crate"))?;
    services::generate(root, &mut scratch)?;
    files::generate(&folder, &mut scratch)?;
    scratch.check()
}
