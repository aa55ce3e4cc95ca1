//! Introspection data of an object on a connection.

use std::fmt::Display;

use barebus::{
    BusName, CallError, CallId, Connection, InterfaceName, MemberName, MethodCall, ObjectPath,
};
use barebus_codegen::introspection::{self, Document, Interface, Member, MemberKind, Problem};

use crate::exit::{Exit, Failure};
use crate::render::warn;

pub(crate) const INTROSPECTABLE: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.DBus.Introspectable");
pub(crate) const INTROSPECT: MemberName<'static> = MemberName::from_static("Introspect");

/// Queues the question.
pub(crate) fn start(
    connection: &mut Connection,
    to: Option<BusName<'_>>,
    at: ObjectPath<'_>,
) -> Result<CallId, CallError> {
    let mut call = MethodCall::checked(at, INTROSPECT).interface(INTROSPECTABLE);
    call.destination = to;
    connection.start_call(&call, &(), Vec::new())
}

/// Waits for the answer: the XML.
pub(crate) fn wait(connection: &mut Connection, question: CallId) -> Result<String, CallError> {
    wait_and(connection, question, str::to_owned)
}

/// Waits for the answer, and reads it. `tried` names the object. The inner error: it cannot be read.
pub(crate) fn wait_for_document(
    connection: &mut Connection,
    question: CallId,
    tried: impl Display,
) -> Result<Result<Document, Failure>, CallError> {
    wait_and(connection, question, |xml| read(tried, xml))
}

/// As [`wait_for_document`], but only the names of the objects below are read.
pub(crate) fn wait_for_children(
    connection: &mut Connection,
    question: CallId,
    tried: impl Display,
) -> Result<Result<Document, Failure>, CallError> {
    wait_and(connection, question, |xml| {
        introspection::read_children(xml).map_err(|problem| unreadable(tried, &problem))
    })
}

fn wait_and<T>(
    connection: &mut Connection,
    question: CallId,
    take: impl FnOnce(&str) -> T,
) -> Result<T, CallError> {
    let reply = connection.wait(question)?;
    let (xml,): (&str,) = reply.body()?;
    Ok(take(xml))
}

/// Asks an object for its introspection data: the XML.
pub(crate) fn ask(
    connection: &mut Connection,
    to: Option<BusName<'_>>,
    at: ObjectPath<'_>,
) -> Result<String, CallError> {
    let question = start(connection, to, at)?;
    wait(connection, question)
}

/// Reads introspection data as far as possible. `tried` names the object.
pub(crate) fn read(tried: impl Display, xml: &str) -> Result<Document, Failure> {
    introspection::read(xml).map_err(|problem| unreadable(tried, &problem))
}

fn unreadable(tried: impl Display, problem: &Problem) -> Failure {
    Failure::new(Exit::Refused, format_args!("{tried}: the answer cannot be read: {problem}"))
}

/// The member of an object's interface.
pub(crate) fn member<'d>(
    document: &'d Document,
    interface: &str,
    kind: MemberKind,
    name: &str,
) -> Option<&'d Member> {
    let named = |it: &&Interface| it.name == interface;
    // A broken document may have an interface twice.
    let interfaces = document.node.interfaces.iter().filter(named);
    interfaces.flat_map(|it| it.members_of(kind)).find(|member| member.name == name)
}

/// Prints a warning for each of the first problems. They do not change the exit code.
pub(crate) fn warn_of_problems(tried: impl Display, document: &Document) {
    for problem in document.problems.iter().take(WARNINGS_MAX) {
        warn(format_args!("{tried}: {problem}"));
    }
    let more = document.problems.len().saturating_sub(WARNINGS_MAX) + document.more_problems;
    if more > 0 {
        warn(format_args!("{tried}: {more} more problems"));
    }
}

/// More warnings than this are only counted.
const WARNINGS_MAX: usize = 20;
