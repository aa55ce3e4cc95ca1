//! `barebus introspect`.

mod flags;
mod values;

use std::process::ExitCode;

use barebus::{BusName, CallError, Connection, InterfaceName, MemberName, MethodCall, ObjectPath};
use barebus_codegen::introspection::{self, Document, Interface, Member, MemberKind};

use crate::args::{Globals, Object};
use crate::command::call::{destination, path};
use crate::command::open;
use crate::exit::{Exit, Failure, Failures};
use crate::render::warn;
use crate::table::{NAME_WIDTH, Table};

use values::ValueReader;

const INTROSPECTABLE: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.DBus.Introspectable");
const INTROSPECT: MemberName<'static> = MemberName::from_static("Introspect");

pub(crate) fn run(globals: &Globals, object: &Object) -> Result<ExitCode, Failure> {
    let target = &globals.target;
    let at = path(&object.path)?;
    let to = match target.is_peer() {
        true => None,
        false => Some(destination(&object.service)?),
    };
    let mut connection = open(target)?;
    let tried = format!("introspecting {} of {}", object.path, object.service);
    let xml = introspect(&mut connection, to, at).map_err(|error| Failure::call(&tried, &error))?;
    let document = introspection::read(&xml).map_err(|problem| {
        Failure::new(Exit::Refused, format_args!("{tried}: the answer cannot be read: {problem}"))
    })?;
    warn_of_problems(&tried, &document);

    let mut failures = Failures::default();
    let mut reader = ValueReader::new(&mut connection, to, at, target.reply_timeout());
    // In busctl's order.
    let heads = ["NAME", "TYPE", "SIGNATURE", "RESULT/VALUE", "FLAGS"];
    let widest = [NAME_WIDTH, NAME_WIDTH, NAME_WIDTH, VALUE_WIDTH, 0];
    let mut table = Table::new(heads, widest);
    for interface in &document.node.interfaces {
        let flags = flags::deprecated(interface.is_deprecated());
        table.push([&interface.name, "interface", "-", "-", &flags]);
        for method in interface.members_of(MemberKind::Method) {
            row(&mut table, interface, method, &method.result());
        }
        let values = reader.read(interface, &mut failures);
        for property in interface.members_of(MemberKind::Property) {
            let value = values.get(&*property.name).map_or("", |value| value);
            row(&mut table, interface, property, value);
        }
        for signal in interface.members_of(MemberKind::Signal) {
            row(&mut table, interface, signal, "");
        }
    }
    for child in &document.node.children {
        table.push([&child.name, "node", "-", "-", &flags::deprecated(child.is_deprecated())]);
    }
    table.print()?;
    Ok(failures.code())
}

fn introspect(
    connection: &mut Connection,
    to: Option<BusName<'_>>,
    at: ObjectPath<'_>,
) -> Result<String, CallError> {
    let mut call = MethodCall::checked(at, INTROSPECT).interface(INTROSPECTABLE);
    call.destination = to;
    let reply = connection.call(&call, &())?;
    let (xml,): (&str,) = reply.body()?;
    Ok(xml.to_owned())
}

/// Prints a warning for each of the first problems. They do not change the exit code.
fn warn_of_problems(tried: &str, document: &Document) {
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

fn row(table: &mut Table<5>, interface: &Interface, member: &Member, value: &str) {
    let (name, signature) = (format!(".{}", member.name), member.signature());
    let [signature, value] =
        [&*signature, value].map(|cell| if cell.is_empty() { "-" } else { cell });
    let flags = flags::of_member(interface, member);
    table.push([&name, member.kind.as_str(), signature, value, &flags]);
}

/// As in busctl. busctl cuts longer values; here they extend beyond their column.
const VALUE_WIDTH: usize = 40;
