//! `barebus call`.

use std::process::ExitCode;

use barebus::wire::OwnedBody;
use barebus::{BusName, InterfaceName, MemberName, MethodCall, ObjectPath};
use barebus_codegen::introspection::MemberKind;
use barebus_text::busctl;

use crate::args::{Call, Globals};
use crate::command::open;
use crate::exit::{Exit, Failure};
use crate::written::{self, Asked};
use crate::{descriptors, values};

pub(crate) fn run(globals: &Globals, asked: &Call) -> Result<ExitCode, Failure> {
    let Call { object, interface: of, method, written, arguments } = asked;
    let at = path(&object.path)?;
    let member = MemberName::parse(method).map_err(|error| no_name("a member", method, error))?;
    let mut call = MethodCall::checked(at, member).interface(interface(of)?);
    let target = &globals.target;
    if !target.is_peer() {
        call = call.destination(destination(&object.service)?);
    }
    let form = globals.format.form(values::FORMS)?;
    let (mut connection, body) = match written.notation(form) {
        None => {
            let body = in_words(arguments)?;
            (open(target)?, body)
        }
        Some(notation) => {
            let mut connection = open(target)?;
            let kind = MemberKind::Method;
            let asked = Asked { to: call.destination, at, interface: of, kind, member: method };
            let body =
                written::arguments(&mut connection, &asked, &object.service, arguments, notation)?;
            (connection, body)
        }
    };
    let (body, fds) = descriptors::of(body)?;
    let tried = format!("{of}.{method} of {}", object.service);
    let failed = |error| Failure::call(&tried, &error);
    let reply = match fds.is_empty() {
        true => connection.call(&call, &body).map_err(failed)?,
        false => {
            let started = connection.start_call(&call, &body, fds).map_err(failed)?;
            connection.wait(started).map_err(failed)?
        }
    };
    let text = values::text(form, reply.message()).map_err(|error| {
        Failure::new(Exit::Refused, format_args!("{tried}: the reply cannot be printed: {error}"))
    })?;
    values::put(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// A signature and arguments in busctl's form.
fn in_words(words: &[String]) -> Result<OwnedBody, Failure> {
    let (signature, arguments) = match words.split_first() {
        Some((signature, arguments)) => (&**signature, arguments),
        None => ("", &[][..]),
    };
    busctl::parse(signature, arguments)
        .map_err(|error| Failure::usage(format_args!("the arguments for '{signature}': {error}")))
}

pub(crate) fn destination(text: &str) -> Result<BusName<'_>, Failure> {
    BusName::parse(text).map_err(|error| no_name("a bus", text, error))
}

pub(crate) fn path(text: &str) -> Result<ObjectPath<'_>, Failure> {
    ObjectPath::parse(text)
        .map_err(|error| Failure::usage(format_args!("'{text}' is not an object path: {error}")))
}

pub(crate) fn interface(text: &str) -> Result<InterfaceName<'_>, Failure> {
    InterfaceName::parse(text).map_err(|error| no_name("an interface", text, error))
}

fn no_name(kind: &str, text: &str, error: barebus::wire::name::NameError) -> Failure {
    Failure::usage(format_args!("'{text}' is not {kind} name: {error}"))
}
