//! `barebus bench`.

mod bus;
mod codec;
mod report;

use std::process::ExitCode;

use crate::args::{Form, Globals};
use crate::exit::{Failure, Failures};
use crate::render::put;
use crate::terminal::Styles;

pub(crate) fn run(globals: &Globals) -> Result<ExitCode, Failure> {
    let is_json = globals.format.form(&[Form::Text, Form::Json])?.is_json();
    let codec = codec::measure();
    let mut failures = Failures::default();
    // Without a bus, the codec is measured all the same.
    let bus = bus::measure(globals).unwrap_or_else(|failure| {
        failures.tell(&failure);
        Vec::new()
    });
    let mut text = String::new();
    match is_json {
        true => report::print_json(&codec, &bus, &mut text),
        false => report::print(&codec, &bus, Styles::of_output(), &mut text),
    }
    put(&text)?;
    Ok(failures.code())
}
