//! Introspection data as JSON. docs/json.md has the keys.

use barebus::definition::Emits;
use barebus_codegen::introspection::{
    Access, Annotation, Argument, Document, Interface, Member, MemberKind,
};

use super::values::Values;
use crate::json::Json;

/// An object: what it is, its interfaces or `only` one, with the values of `values`, and the names of the objects below.
pub(super) fn object(
    service: Option<&str>,
    path: &str,
    document: &Document,
    only: Option<&str>,
    values: &Values<'_>,
) -> Json {
    let node = &document.node;
    let interfaces = node.interfaces.iter().filter(|it| only.is_none_or(|only| only == it.name));
    Json::object([
        ("service", service.into()),
        ("path", path.into()),
        ("annotations", annotations(&node.annotations)),
        ("interfaces", Json::array(interfaces.map(|it| interface(it, values)))),
        ("children", Json::array(node.children.iter().map(|child| (&child.name).into()))),
    ])
}

fn interface(interface: &Interface, values: &Values<'_>) -> Json {
    let of = |kind| interface.members_of(kind);
    Json::object([
        ("name", (&interface.name).into()),
        ("deprecated", interface.is_deprecated().into()),
        ("annotations", annotations(&interface.annotations)),
        ("methods", Json::array(of(MemberKind::Method).map(method))),
        (
            "properties",
            Json::array(of(MemberKind::Property).map(|it| property(interface, it, values))),
        ),
        ("signals", Json::array(of(MemberKind::Signal).map(signal))),
    ])
}

fn method(method: &Member) -> Json {
    let (outs, ins) = method.arguments.iter().partition::<Vec<_>, _>(|argument| argument.is_out);
    Json::object([
        ("name", (&method.name).into()),
        ("in", arguments(ins)),
        ("out", arguments(outs)),
        ("deprecated", method.is_deprecated().into()),
        ("no_reply", method.is_without_reply().into()),
        ("annotations", annotations(&method.annotations)),
    ])
}

fn signal(signal: &Member) -> Json {
    Json::object([
        ("name", (&signal.name).into()),
        ("arguments", arguments(&signal.arguments)),
        ("deprecated", signal.is_deprecated().into()),
        ("annotations", annotations(&signal.annotations)),
    ])
}

fn property(interface: &Interface, property: &Member, values: &Values<'_>) -> Json {
    let access = match property.access {
        Access::Read => "read",
        Access::Write => "write",
        Access::ReadWrite => "readwrite",
    };
    let emits = match interface.emits(property) {
        Emits::Value => "true",
        Emits::Invalidates => "invalidates",
        Emits::Const => "const",
        _ => "false",
    };
    Json::object([
        ("name", (&property.name).into()),
        ("type", (&property.property_type).into()),
        ("access", access.into()),
        ("emits_changed", emits.into()),
        ("value", values.any(interface, property).map(|text| Json::raw(text.to_owned())).into()),
        ("deprecated", property.is_deprecated().into()),
        ("annotations", annotations(&property.annotations)),
    ])
}

fn arguments<'a>(arguments: impl IntoIterator<Item = &'a Argument>) -> Json {
    Json::array(arguments.into_iter().map(|argument| {
        let name = Some(&*argument.name).filter(|name| !name.is_empty());
        Json::object([
            ("name", name.into()),
            ("type", (&argument.signature).into()),
            ("annotations", annotations(&argument.annotations)),
        ])
    }))
}

/// Names and values. A name that the document has twice is there twice.
fn annotations(annotations: &[Annotation]) -> Json {
    Json::object(annotations.iter().map(|it| (&*it.name, (&it.value).into())))
}
