//! `barebus introspect`.

mod flags;
mod gdbus;
mod json;
mod values;

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use barebus::Variant;
use barebus_codegen::introspection::{Document, Interface, Member, MemberKind};
use barebus_codegen::{Options, Source, generate};
use barebus_text::PrintError;

use crate::args::{Form, Format, Globals, Introspect, Object};
use crate::command::codegen::text_of;
use crate::command::tree::Room;
use crate::command::{message, open};
use crate::exit::{Exit, Failure, Failures};
use crate::introspection;
use crate::render::{put, warn};
use crate::table::Table;
use crate::terminal;

use gdbus::Reader;
use values::{ValueReader, Values};

pub(crate) fn run(globals: &Globals, asked: &Introspect) -> Result<ExitCode, Failure> {
    let Globals { target, format, .. } = globals;
    let form = form(format, asked)?;
    let (object, only) = (&asked.object, asked.interface.as_deref());
    let at = message::path(&object.path)?;
    let to = message::to(target, &object.service)?;
    let mut connection = open(target)?;
    let tried = format!("introspecting {} of {}", object.path, object.service);
    let failed = |error| Failure::call(&tried, &error);
    let question = introspection::start(&mut connection, to, at).map_err(failed)?;
    let print = if form == Form::Table { values::in_words } else { in_json };
    let mut reader = ValueReader::new(&mut connection, to, at, target.reply_timeout(), print);
    if let (Some(interface), Form::Table | Form::Json | Form::JsonPretty) = (only, form) {
        // Most likely it has properties: then their values arrive with the introspection data.
        reader.ask(interface)?;
    }
    if let Form::Xml | Form::Rust = form {
        let xml = introspection::wait(reader.connection(), question).map_err(failed)?;
        put(&if form == Form::Xml { xml + "\n" } else { definitions(xml, object, only)? })?;
        return Ok(ExitCode::SUCCESS);
    }
    let document = introspection::wait_for_document(reader.connection(), question, &tried);
    // Freeing hundreds of pieces takes time, and the process does not live long.
    let document = ManuallyDrop::new(document.map_err(failed)??);
    introspection::warn_of_problems(&tried, &document);
    if only.is_some_and(|only| !document.node.interfaces.iter().any(|it| it.name == only)) {
        warn(format_args!("{tried}: it has no interface {}", only.unwrap_or_default()));
    }
    let mut failures = Failures::default();
    if form == Form::Gdbus {
        let failures = &mut failures;
        let connection = &mut connection;
        Reader { connection, to, target, asked, failures, objects: 1, room: Room::default() }
            .print(&object.path, ManuallyDrop::into_inner(document))?;
        return Ok(failures.code());
    }
    let values = ManuallyDrop::new(reader.read(&document, only, &mut failures));
    if form == Form::Table {
        let mut table = table(&document, only, &values, !format.no_legend);
        if only.is_none() && terminal::is_output() {
            for child in &document.node.children {
                table.push([&child.name, "node", "-", "-", &flags::of_node(child)]);
            }
        }
        table.full(format.full).print()?;
    } else {
        let service = to.map(|to| to.as_str());
        json::object(service, &object.path, &document, only, &values).print_as(form)?;
    }
    Ok(failures.code())
}

/// The form of the output. busctl's --json does not change its table.
fn form(format: &Format, asked: &Introspect) -> Result<Form, Failure> {
    const KNOWN: [Form; 6] =
        [Form::Text, Form::Table, Form::Xml, Form::Json, Form::Gdbus, Form::Rust];
    let form = match format.output {
        Some(_) => format.form(&KNOWN)?,
        None if format.xml_interface => Form::Xml,
        None => Form::Table,
    };
    for (is_given, option) in
        [(asked.recurse, "--recurse"), (asked.only_properties, "--only-properties")]
    {
        if is_given && form != Form::Gdbus {
            return Err(Failure::usage(format_args!("{option} needs -o gdbus")));
        }
    }
    Ok(if form == Form::Text { Form::Table } else { form })
}

/// A value with its type.
fn in_json(value: &Variant<'_>) -> Result<String, PrintError> {
    let mut text = String::new();
    barebus_text::json::print_value(value, &mut text)?;
    Ok(text)
}

/// Rust definitions, as `barebus codegen` generates them.
fn definitions(xml: String, object: &Object, only: Option<&str>) -> Result<String, Failure> {
    let source = Source::new(&object.service, xml).object(&object.service, &object.path);
    let options =
        Options { interfaces: only.map(str::to_owned).into_iter().collect(), ..Options::default() };
    let modules = generate(&[source], &options);
    modules.map(|modules| text_of(&modules)).map_err(|error| Failure::new(Exit::Refused, error))
}

/// The rows in busctl's order: by interface, kind, name and signature, as bytes.
fn table(document: &Document, only: Option<&str>, values: &Values<'_>, has_head: bool) -> Table<5> {
    let heads = ["NAME", "TYPE", "SIGNATURE", "RESULT/VALUE", "FLAGS"];
    let mut table = if has_head { Table::new(heads) } else { Table::without_heads() };
    // As in busctl, the columns are as wide as the heads.
    table.widen(heads.map(str::len));
    let mut rows = Vec::new();
    for interface in &document.node.interfaces {
        if only.is_none_or(|only| only == interface.name) {
            rows.push((interface, None));
            rows.extend(interface.members.iter().map(|member| (interface, Some(member))));
        }
    }
    rows.sort_by_cached_key(|(interface, member)| {
        let member = member.map(|member| (member.kind.as_str(), &*member.name, member.signature()));
        (&*interface.name, member)
    });
    for (interface, member) in rows {
        match member {
            Some(member) => row(&mut table, interface, member, values),
            // With one interface its own row is left out, but the column is as wide as its name.
            None if only.is_some() => {
                table.widen([interface.name.len(), "interface".len(), 0, 0, 0]);
            }
            None => {
                let flags = flags::of_interface(interface);
                let name = if interface.name.is_empty() { "-" } else { &interface.name };
                table.push_bold([name, "interface", "-", "-", &flags]);
            }
        }
    }
    table
}

fn row(table: &mut Table<5>, interface: &Interface, member: &Member, values: &Values<'_>) {
    let name = format!(".{}", if member.name.is_empty() { "-" } else { &member.name });
    let signature = member.signature();
    let result = member.result();
    let result = match member.kind {
        MemberKind::Property => values.get(interface, member).unwrap_or_default(),
        _ => &result,
    };
    let [signature, result] =
        [&*signature, result].map(|cell| if cell.is_empty() { "-" } else { cell });
    let flags = flags::of_member(interface, member);
    table.push([&name, member.kind.as_str(), signature, result, &flags]);
}
