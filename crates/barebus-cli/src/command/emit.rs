//! `barebus emit`.

use std::process::ExitCode;

use barebus::wire::Endian;
use barebus::{Emission, Flags};
use barebus_text::{Form, gvariant};

use crate::args::{Emit, Globals};
use crate::command::{message, open};
use crate::descriptors;
use crate::exit::Failure;

pub(crate) fn run(globals: &Globals, asked: &Emit) -> Result<ExitCode, Failure> {
    let Globals { target, sending, .. } = globals;
    let Emit { path, interface, signal, arguments } = asked;
    let mut emission = Emission::new(
        message::path(path)?,
        message::interface(interface)?,
        message::member(signal)?,
    );
    if let Some(name) = &sending.destination {
        emission = emission.destination(message::destination(name)?);
    }
    if !sending.auto_start {
        emission = emission.flags(Flags::NO_AUTO_START);
    }
    let body = match globals.format.values()? {
        // As for gdbus: the words tell their types.
        Form::GVariant => gvariant::parse_untyped_arguments(arguments, Endian::NATIVE)
            .map_err(|error| Failure::usage(format_args!("the arguments: {error}")))?,
        _ => message::body(arguments, "arguments")?,
    };
    let (body, fds) = descriptors::of(body)?;
    let mut connection = open(target)?;
    let sent = connection.start_emit(&emission, &body, fds).and_then(|()| connection.flush());
    sent.map_err(|error| Failure::call(format_args!("cannot emit {interface}.{signal}"), &error))?;
    Ok(ExitCode::SUCCESS)
}
