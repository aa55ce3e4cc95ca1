//! `barebus introspect`.

mod values;

use std::process::ExitCode;

use barebus::{BusName, CallError, Connection, InterfaceName, MemberName, MethodCall, ObjectPath};

use crate::args::{Object, Target};
use crate::command::call::{destination, path};
use crate::command::open;
use crate::exit::{Exit, Failure, Failures};
use crate::introspection::{self, Interface, Member, MemberKind, Warnings};
use crate::render::warn;
use crate::table::{NAME_WIDTH, Table};

use values::ValueReader;

const INTROSPECTABLE: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.DBus.Introspectable");
const INTROSPECT: MemberName<'static> = MemberName::from_static("Introspect");

pub(crate) fn run(target: &Target, object: &Object) -> Result<ExitCode, Failure> {
    let at = path(&object.path)?;
    let to = match target.peer {
        Some(_) => None,
        None => Some(destination(&object.destination)?),
    };
    let mut connection = open(target)?;
    let tried = format!("introspecting {} of {}", object.path, object.destination);
    let xml = introspect(&mut connection, to, at).map_err(|error| Failure::call(&tried, &error))?;
    let described = introspection::parse(&xml).map_err(|error| {
        Failure::new(Exit::Refused, format_args!("{tried}: the answer cannot be read: {error}"))
    })?;
    tell_warnings(&tried, &described.warnings);

    let mut failures = Failures::default();
    let mut reader = ValueReader::new(&mut connection, to, at, target.reply_timeout());
    // In busctl's order.
    let heads = ["NAME", "TYPE", "SIGNATURE", "RESULT/VALUE", "FLAGS"];
    let widest = [NAME_WIDTH, NAME_WIDTH, NAME_WIDTH, VALUE_WIDTH, 0];
    let mut table = Table::new(heads, widest);
    for interface in &described.interfaces {
        table.push([&interface.name, "interface", "-", "-", &or_dash(interface.flags())]);
        let of_kind = |kind| interface.members.iter().filter(move |member| member.kind == kind);
        for method in of_kind(MemberKind::Method) {
            row(&mut table, interface, method, "method", &method.result);
        }
        let values = reader.read(interface, &mut failures);
        for property in of_kind(MemberKind::Property) {
            let value = values.get(&*property.name).map_or("", |value| value);
            row(&mut table, interface, property, "property", value);
        }
        for signal in of_kind(MemberKind::Signal) {
            row(&mut table, interface, signal, "signal", "");
        }
    }
    for child in &described.children {
        table.push([&child.name, "node", "-", "-", &or_dash(child.flags())]);
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

/// Prints a line for each warning. They do not change the exit code: nothing is missing.
fn tell_warnings(tried: &str, warnings: &Warnings) {
    for warning in &warnings.first {
        warn(format_args!("{tried}: {warning}"));
    }
    if warnings.more > 0 {
        warn(format_args!("{tried}: {} more of such values", warnings.more));
    }
}

fn row(table: &mut Table<5>, interface: &Interface, member: &Member, kind: &str, value: &str) {
    let name = format!(".{}", member.name);
    let [signature, value] =
        [&*member.signature, value].map(|cell| if cell.is_empty() { "-" } else { cell });
    table.push([&name, kind, signature, value, &or_dash(interface.member_flags(member))]);
}

fn or_dash(cell: String) -> String {
    if cell.is_empty() { "-".to_owned() } else { cell }
}

/// As in busctl. busctl cuts longer values; here they stick out of their column.
const VALUE_WIDTH: usize = 40;
