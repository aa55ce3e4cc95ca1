//! `barebus call`.

use std::io::{self, Write};
use std::process::ExitCode;

use barebus::{BusName, InterfaceName, MemberName, MethodCall, ObjectPath};
use barebus_text::busctl;

use crate::args::{Call, Globals};
use crate::command::open;
use crate::exit::{Exit, Failure};

pub(crate) fn run(globals: &Globals, asked: &Call) -> Result<ExitCode, Failure> {
    let call = MethodCall::checked(
        path(&asked.object.path)?,
        MemberName::parse(&asked.method)
            .map_err(|error| no_name("a member", &asked.method, error))?,
    )
    .interface(interface(&asked.interface)?);
    let target = &globals.target;
    let call = match target.is_peer() {
        true => call,
        false => call.destination(destination(&asked.object.service)?),
    };
    let (signature, arguments) = match asked.arguments.split_first() {
        Some((signature, arguments)) => (&**signature, arguments),
        None => ("", &[][..]),
    };
    let body = busctl::parse(signature, arguments).map_err(|error| {
        Failure::usage(format_args!("the arguments for '{signature}': {error}"))
    })?;
    let mut connection = open(target)?;
    let tried = format!("{}.{} of {}", asked.interface, asked.method, asked.object.service);
    let reply = connection.call(&call, &body).map_err(|error| Failure::call(&tried, &error))?;
    if reply.message().signature().is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    busctl::print(reply.message(), &mut text).map_err(|error| {
        Failure::new(Exit::Refused, format_args!("{tried}: the reply cannot be printed: {error}"))
    })?;
    writeln!(io::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
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
