//! `barebus wait`.

mod signal;

use std::process::ExitCode;

use crate::args::{Globals, Wait};
use crate::exit::Failure;

pub(crate) fn run(globals: &Globals, asked: &Wait) -> Result<ExitCode, Failure> {
    signal::run(globals, asked)
}
