//! `barebus introspect`.

use std::collections::{HashMap, HashSet};
use std::process::ExitCode;

use barebus::{
    BusName, CallError, Connection, Dict, InterfaceName, MemberName, MethodCall, ObjectPath, Proxy,
    Variant,
};
use barebus_text::busctl;

use crate::args::{Object, Target};
use crate::command::call::{destination, path};
use crate::command::open;
use crate::exit::{Exit, Failure, Failures};
use crate::introspection::{self, Interface, Member, MemberKind};
use crate::table::{NAME_WIDTH, Table};

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
    let object = introspection::parse(&xml).map_err(|error| {
        Failure::new(Exit::Refused, format_args!("{tried}: the answer cannot be read: {error}"))
    })?;

    let mut failures = Failures::default();
    // In busctl's order.
    let heads = ["NAME", "TYPE", "SIGNATURE", "RESULT/VALUE", "FLAGS"];
    let widest = [NAME_WIDTH, NAME_WIDTH, NAME_WIDTH, VALUE_WIDTH, 0];
    let mut table = Table::new(heads, widest);
    // Somebody who does not answer is not asked again.
    let mut answers = true;
    for interface in &object.interfaces {
        table.push([&interface.name, "interface", "-", "-", "-"]);
        let of_kind = |kind| interface.members.iter().filter(move |member| member.kind == kind);
        for method in of_kind(MemberKind::Method) {
            row(&mut table, interface, method, "method", &method.result);
        }
        let mut values = Values::new();
        if answers && of_kind(MemberKind::Property).next().is_some() {
            match present_values(&mut connection, to, at, interface) {
                Ok(found) => values = found,
                Err(error) => {
                    answers = false;
                    let tried = format_args!("the properties of {}", interface.name);
                    failures.tell(&Failure::call(tried, &error).after(target.reply_timeout()));
                }
            }
        }
        for property in of_kind(MemberKind::Property) {
            let value = values.get(&*property.name).map_or("", |value| value);
            row(&mut table, interface, property, "property", value);
        }
        for signal in of_kind(MemberKind::Signal) {
            row(&mut table, interface, signal, "signal", "");
        }
    }
    for child in &object.children {
        table.push([child, "node", "-", "-", "-"]);
    }
    table.print()?;
    Ok(failures.code())
}

fn introspect(
    connection: &mut Connection,
    to: Option<BusName<'_>>,
    at: ObjectPath<'_>,
) -> Result<String, CallError> {
    let mut call = MethodCall::new(at, INTROSPECT).interface(INTROSPECTABLE);
    call.destination = to;
    let reply = connection.call(&call, &())?;
    let (xml,): (&str,) = reply.body()?;
    Ok(xml.to_owned())
}

/// Values of properties, printed.
type Values<'a> = HashMap<&'a str, String>;

/// The present values of an interface's properties. Those that cannot be had are not among them.
///
/// # Errors
/// Nobody answers.
fn present_values<'a>(
    connection: &mut Connection,
    to: Option<BusName<'_>>,
    at: ObjectPath<'_>,
    interface: &'a Interface,
) -> Result<Values<'a>, CallError> {
    let Ok(name) = InterfaceName::parse(&interface.name) else {
        return Ok(Values::new());
    };
    let mut proxy = Proxy::new(connection, to, at, name);
    let reply = match proxy.get_all() {
        Ok(reply) => reply,
        Err(error @ (CallError::NoReply(_) | CallError::Connection(_))) => return Err(error),
        Err(_) => return Ok(Values::new()),
    };
    let Ok((all,)) = reply.body::<(Dict<'_, &str, Variant<'_>>,)>() else {
        return Ok(Values::new());
    };
    let known: HashSet<&str> = interface.members.iter().map(|member| &*member.name).collect();
    let values = all.filter_map(Result::ok).filter_map(|(key, value)| {
        let key = known.get(key)?;
        let mut text = String::new();
        busctl::print(&value, &mut text).ok()?;
        // The signature stands in its own column.
        let behind = value.signature().as_str().len() + 1;
        Some((*key, text.get(behind..).unwrap_or_default().to_owned()))
    });
    Ok(values.collect())
}

fn row(table: &mut Table<5>, interface: &Interface, member: &Member, kind: &str, value: &str) {
    let name = format!(".{}", member.name);
    let flags = interface.flags(member);
    let [signature, value, flags] =
        [&*member.signature, value, &*flags].map(|cell| if cell.is_empty() { "-" } else { cell });
    table.push([&name, kind, signature, value, flags]);
}

/// As busctl has it; what is longer it cuts, unless told not to.
const VALUE_WIDTH: usize = 40;
