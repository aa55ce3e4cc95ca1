//! Messages that the command line describes.

use barebus::wire::OwnedBody;
use barebus::{BusName, Flags, InterfaceName, MemberName, MethodCall, ObjectPath};
use barebus_text::busctl;

use crate::args::{Sending, Target};
use crate::exit::Failure;

/// A call of the method `member`, without a destination if there is no bus.
pub(crate) fn call<'a>(
    target: &Target,
    service: &'a str,
    at: &'a str,
    of: &'a str,
    method: &'a str,
) -> Result<MethodCall<'a>, Failure> {
    let mut call = MethodCall::checked(path(at)?, member(method)?).interface(interface(of)?);
    call.destination = to(target, service)?;
    Ok(call)
}

/// The flags of a call that the options ask for.
pub(crate) const fn flags(sending: &Sending) -> Flags {
    let mut flags = Flags::NONE;
    if !sending.auto_start {
        flags = flags.with(Flags::NO_AUTO_START);
    }
    if sending.allow_interactive_authorization {
        flags = flags.with(Flags::ALLOW_INTERACTIVE_AUTHORIZATION);
    }
    flags
}

/// Marshals a signature, and arguments in busctl's form. `what` they are is told if they are wrong.
pub(crate) fn body(words: &[String], what: &str) -> Result<OwnedBody, Failure> {
    let (signature, arguments) = match words.split_first() {
        Some((signature, arguments)) => (&**signature, arguments),
        None => ("", &[][..]),
    };
    busctl::parse(signature, arguments)
        .map_err(|error| Failure::usage(format_args!("the {what} for '{signature}': {error}")))
}

/// The destination; `None` on a direct connection, where a name has no meaning.
pub(crate) fn to<'a>(target: &Target, service: &'a str) -> Result<Option<BusName<'a>>, Failure> {
    match target.is_peer() {
        true => Ok(None),
        false => destination(service).map(Some),
    }
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

pub(crate) fn member(text: &str) -> Result<MemberName<'_>, Failure> {
    MemberName::parse(text).map_err(|error| no_name("a member", text, error))
}

fn no_name(kind: &str, text: &str, error: barebus::wire::name::NameError) -> Failure {
    Failure::usage(format_args!("'{text}' is not {kind} name: {error}"))
}
