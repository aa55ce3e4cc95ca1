//! `barebus introspect`.

mod flags;
mod values;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use barebus_codegen::introspection::{Document, Interface, Member, MemberKind};

use crate::args::{Form, Globals, Introspect};
use crate::command::{message, open};
use crate::exit::{Failure, Failures};
use crate::introspection;
use crate::render::warn;
use crate::table::Table;

use values::{ValueReader, Values};

pub(crate) fn run(globals: &Globals, asked: &Introspect) -> Result<ExitCode, Failure> {
    let Globals { target, format, .. } = globals;
    // busctl's --json does not change its table.
    let form = match format.output {
        Some(_) => format.form(&[Form::Text, Form::Table, Form::Xml])?,
        None if format.xml_interface => Form::Xml,
        None => Form::Table,
    };
    let (object, only) = (&asked.object, asked.interface.as_deref());
    let at = message::path(&object.path)?;
    let to = message::to(target, &object.service)?;
    let mut connection = open(target)?;
    let tried = format!("introspecting {} of {}", object.path, object.service);
    let failed = |error| Failure::call(&tried, &error);
    let question = introspection::start(&mut connection, to, at).map_err(failed)?;
    let mut reader = ValueReader::new(&mut connection, to, at, target.reply_timeout());
    if let (Some(interface), Form::Text | Form::Table) = (only, form) {
        // Most likely it has properties: then their values arrive with the introspection data.
        reader.ask(interface)?;
    }
    let xml = introspection::wait(reader.connection(), question).map_err(failed)?;
    if form == Form::Xml {
        writeln!(io::stdout().lock(), "{xml}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let document = introspection::read(&tried, &xml)?;
    introspection::warn_of_problems(&tried, &document);
    let mut failures = Failures::default();
    let values = reader.read(&document, only, &mut failures);
    let mut table = table(&document, only, &values, !format.no_legend);
    if only.is_none() && io::stdout().is_terminal() {
        for child in &document.node.children {
            table.push([&child.name, "node", "-", "-", &flags::of_node(child)]);
        }
    }
    table.print()?;
    if only.is_some_and(|only| !document.node.interfaces.iter().any(|it| it.name == only)) {
        warn(format_args!("{tried}: it has no interface {}", only.unwrap_or_default()));
    }
    Ok(failures.code())
}

/// The rows in busctl's order: by interface, kind, name and signature, as bytes.
fn table(document: &Document, only: Option<&str>, values: &Values<'_>, has_head: bool) -> Table<5> {
    let heads = ["NAME", "TYPE", "SIGNATURE", "RESULT/VALUE", "FLAGS"];
    let mut table = Table::without_heads();
    match has_head {
        true => table.push(heads),
        // As in busctl, the columns are as wide as the heads.
        false => table.widen(heads.map(str::len)),
    }
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
                table.push([name, "interface", "-", "-", &flags]);
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
