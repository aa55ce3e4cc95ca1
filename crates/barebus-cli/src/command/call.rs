//! `barebus call`.

use std::process::ExitCode;

use barebus_codegen::introspection::MemberKind;

use crate::args::{Call, Globals};
use crate::command::message;
use crate::descriptors;
use crate::exit::{Exit, Failure};
use crate::render::put_as;
use crate::written::{self, Asked};

pub(crate) fn run(globals: &Globals, asked: &Call) -> Result<ExitCode, Failure> {
    let Globals { target, format, sending, .. } = globals;
    let form = format.values()?;
    let Call { object, interface, method, written, arguments } = asked;
    let call = message::call(target, &object.service, &object.path, interface, method)?;
    let call = call.flags(message::flags(sending));
    let asked = Asked {
        to: call.destination,
        at: message::path(&object.path)?,
        interface,
        kind: MemberKind::Method,
        member: method,
    };
    let (mut connection, body) =
        written::open_with(target, &asked, arguments, written.notation(form))?;
    let (body, fds) = descriptors::of(body)?;
    let tried = format!("{interface}.{method} of {}", object.service);
    let failed = |error| Failure::call(&tried, &error);
    if !sending.expect_reply {
        connection.start_send(&call, &body, fds).map_err(failed)?;
        connection.flush().map_err(failed)?;
        return Ok(ExitCode::SUCCESS);
    }
    let sent = connection.start_call(&call, &body, fds).map_err(failed)?;
    let reply = connection.wait(sent).map_err(failed)?;
    if format.quiet {
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    form.print(reply.message(), &mut text).map_err(|error| {
        Failure::new(Exit::Refused, format_args!("{tried}: the reply cannot be printed: {error}"))
    })?;
    put_as(&text, form)?;
    Ok(ExitCode::SUCCESS)
}
