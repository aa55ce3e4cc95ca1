//! `barebus introspect`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use barebus::{
    BusName, CallError, Connection, Dict, InterfaceName, MemberName, MethodCall, ObjectPath, Proxy,
    Variant,
};
use barebus_text::busctl;
use roxmltree::{Document, Node, ParsingOptions};
use tabwriter::TabWriter;

use crate::args::{Object, Target};
use crate::command::call::{destination, path};
use crate::command::open;
use crate::exit::{Exit, Failure};
use crate::render::one_line;

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
    let unreadable = |error| {
        Failure::new(Exit::Refused, format_args!("{tried}: the answer cannot be read: {error}"))
    };
    // A document type is what every answer begins with; what it could pull in, or blow up, is bounded.
    let options = ParsingOptions { allow_dtd: true, nodes_limit: 1_000_000 };
    let document = Document::parse_with_options(&xml, options).map_err(unreadable)?;

    let mut table = TabWriter::new(BufWriter::new(io::stdout().lock())).padding(1);
    // Values stand last: some are long, and no column should be as wide as they are.
    writeln!(table, "NAME\tTYPE\tSIGNATURE\tFLAGS\tRESULT/VALUE")?;
    for interface in elements(document.root_element(), "interface") {
        let name = attribute(interface, "name");
        writeln!(table, "{}\tinterface\t-\t-\t-", one_line(name))?;
        for method in elements(interface, "method") {
            let (takes, gives) = (signature(method, "in", "in"), signature(method, "out", "in"));
            row(&mut table, method, "method", &takes, &gives)?;
        }
        let values = match elements(interface, "property").next() {
            Some(_) => values(&mut connection, to, at, name),
            None => Vec::new(),
        };
        for property in elements(interface, "property") {
            let own = attribute(property, "name");
            let value = values.iter().find(|(key, _)| key == own).map(|(_, value)| &**value);
            let signature = attribute(property, "type");
            row(&mut table, property, "property", signature, value.unwrap_or("-"))?;
        }
        for signal in elements(interface, "signal") {
            row(&mut table, signal, "signal", &signature(signal, "out", "out"), "-")?;
        }
    }
    for child in elements(document.root_element(), "node") {
        writeln!(table, "{}\tnode\t-\t-\t-", one_line(attribute(child, "name")))?;
    }
    table.flush()?;
    Ok(ExitCode::SUCCESS)
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

/// The present values of an interface's properties, printed. Those that cannot be had are shown without.
fn values(
    connection: &mut Connection,
    to: Option<BusName<'_>>,
    at: ObjectPath<'_>,
    interface: &str,
) -> Vec<(String, String)> {
    let Ok(interface) = InterfaceName::parse(interface) else {
        return Vec::new();
    };
    let mut proxy = Proxy::new(connection, to, at, interface);
    let Ok(reply) = proxy.get_all() else {
        return Vec::new();
    };
    let Ok((all,)) = reply.body::<(Dict<'_, &str, Variant<'_>>,)>() else {
        return Vec::new();
    };
    all.filter_map(Result::ok)
        .filter_map(|(key, value)| {
            let mut text = String::new();
            busctl::print(&value, &mut text).ok()?;
            // The signature stands in its own column.
            let behind = value.signature().as_str().len() + 1;
            Some((key.to_owned(), text.get(behind..).unwrap_or_default().to_owned()))
        })
        .collect()
}

fn row(
    table: &mut impl Write,
    member: Node<'_, '_>,
    kind: &str,
    signature: &str,
    value: &str,
) -> io::Result<()> {
    let flags = flags(member, kind);
    let signature = if signature.is_empty() { "-" } else { signature };
    let value = if value.is_empty() { "-" } else { value };
    let name = one_line(attribute(member, "name"));
    let (signature, value) = (one_line(signature), one_line(value));
    writeln!(table, ".{name}\t{kind}\t{signature}\t{flags}\t{value}")
}

/// What annotations and access say, in busctl's words.
fn flags(member: Node<'_, '_>, kind: &str) -> String {
    let mut flags = Vec::new();
    if annotation(member, "org.freedesktop.DBus.Deprecated") == Some("true") {
        flags.push("deprecated");
    }
    if annotation(member, "org.freedesktop.DBus.Method.NoReply") == Some("true") {
        flags.push("no-reply");
    }
    if kind == "property" {
        const EMITS: &str = "org.freedesktop.DBus.Property.EmitsChangedSignal";
        // What is said of the interface holds for all its properties that say nothing themselves.
        let of_all = || member.parent().and_then(|interface| annotation(interface, EMITS));
        match annotation(member, EMITS).or_else(of_all) {
            Some("const") => flags.push("const"),
            Some("invalidates") => flags.push("emits-invalidation"),
            Some("false") => {}
            _ => flags.push("emits-change"),
        }
        if attribute(member, "access").contains("write") {
            flags.push("writable");
        }
    }
    if flags.is_empty() { "-".to_owned() } else { flags.join(" ") }
}

fn annotation<'a>(of: Node<'a, '_>, name: &str) -> Option<&'a str> {
    elements(of, "annotation")
        .find(|found| attribute(*found, "name") == name)
        .map(|found| attribute(found, "value"))
}

fn elements<'a, 'input>(
    parent: Node<'a, 'input>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    parent.children().filter(move |child| child.has_tag_name(name))
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.attribute(name).unwrap_or_default()
}

/// The signature of a method's or signal's arguments of one direction.
fn signature(member: Node<'_, '_>, direction: &str, default: &str) -> String {
    elements(member, "arg")
        .filter(|arg| arg.attribute("direction").unwrap_or(default) == direction)
        .map(|arg| attribute(arg, "type"))
        .collect()
}
