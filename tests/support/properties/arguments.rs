//! Words as arguments of a method whose parameters are known, and introspection data, which tells them.

use barebus_codegen::introspection::gdbus::{self, Object};
use barebus_codegen::introspection::{self, Node};
use barebus_codegen::{Options, Source, generate};
use barebus_text::arguments::{Notation, Parameter, Prototype, Value};
use barebus_text::{gvariant, json};
use barebus_wire::{Endian, OwnedBody, Signature};

use super::text::is_harmless;

/// A line with the types of parameters, and lines with a word each: words are taken or refused, and what is taken is printed and taken again as
/// the same.
pub fn arguments(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let mut words = text.split('\n');
    let Ok(signature) = Signature::parse(words.next().unwrap_or_default()) else { return };
    let words: Vec<&str> = words.collect();
    let names = ["a", "", "b", "c"];
    let parameters = signature.types().zip(names.into_iter().cycle());
    let parameters = parameters.map(|(signature, name)| Parameter { name, signature }).collect();
    let prototype = Prototype::method("Do", parameters);
    for notation in [Notation::Json, Notation::GVariant] {
        if let Some(body) = take(&prototype, &words, notation) {
            assert_eq!(body.signature(), signature);
            is_taken_again(&prototype, &body);
        }
    }
    match gvariant::parse_untyped_arguments(&words, Endian::NATIVE) {
        Ok(body) => {
            assert_eq!(body.signature().types().count(), words.len());
            let texts = as_gvariant(&body);
            let again = gvariant::parse_untyped_arguments(&texts, Endian::NATIVE).unwrap();
            assert_eq!(as_gvariant(&again), texts);
        }
        Err(error) => is_harmless(&error.to_string()),
    }
}

fn take(prototype: &Prototype<'_>, words: &[&str], notation: Notation) -> Option<OwnedBody> {
    let values = prototype.assign(words, notation);
    let values = values
        .map(|values| -> Vec<_> { values.into_iter().map(|text| text.map(Value::word)).collect() });
    let body = values.and_then(|values| prototype.parse(&values, notation, Endian::NATIVE));
    body.map_err(|error| is_harmless(&error.to_string())).ok()
}

/// What is printed as JSON is taken from a file, what is printed as GVariant text from words.
fn is_taken_again(prototype: &Prototype<'_>, body: &OwnedBody) {
    let types = body.signature().types().count();
    if types > 0 {
        let mut text = String::new();
        json::print(body, &mut text).unwrap();
        let mut values = vec![None; types];
        values[0] = Some(Value::read(text));
        let again = prototype.parse(&values, Notation::Json, Endian::NATIVE).unwrap();
        assert_eq!(again, *body);
    }
    let texts = as_gvariant(body);
    let words: Vec<&str> = texts.iter().map(String::as_str).collect();
    let again = take(prototype, &words, Notation::GVariant).expect("what is printed is taken");
    // Which NaN it was, the text does not tell.
    assert_eq!(as_gvariant(&again), texts);
}

/// Each value as GVariant text.
fn as_gvariant(body: &OwnedBody) -> Vec<String> {
    let values = body.values().unwrap();
    let text = |value| {
        let mut text = String::new();
        let value = OwnedBody::from_values(core::slice::from_ref(value)).unwrap();
        gvariant::print_value(&value, &mut text).unwrap();
        text
    };
    values.iter().map(text).collect()
}

/// Bytes that may be introspection data: it is read or refused, its problems can be shown, what is printed of it has all members, and read for
/// them alone it has the same objects below.
pub fn introspection(bytes: &[u8]) {
    let Ok(xml) = core::str::from_utf8(bytes) else { return };
    match introspection::read(xml) {
        Err(problem) => is_harmless(&problem.to_string()),
        Ok(document) => {
            for problem in &document.problems {
                is_harmless(&problem.to_string());
            }
            let below = introspection::read_children(xml).expect("it is read as a whole");
            assert!(same_names(&below.node, &document.node), "{below:?}");
            let members = count(&document.node);
            let object = Object { node: document.node, ..Object::default() };
            let text = gdbus::print(&object, false);
            assert!(text.lines().count() >= members, "{text}");
            let properties = gdbus::print(&object, true);
            assert!(properties.len() <= text.len());
        }
    }
    match generate(&[Source::new("fuzz.xml", xml)], &Options::default()) {
        Ok(modules) => assert!(modules.iter().all(|module| !module.to_file().is_empty())),
        Err(error) => is_harmless(&error.to_string()),
    }
}

/// Whether the objects below have the same names.
fn same_names(a: &Node, b: &Node) -> bool {
    let mut pairs = a.children.iter().zip(&b.children);
    a.name == b.name && a.children.len() == b.children.len() && pairs.all(|(a, b)| same_names(a, b))
}

/// Nodes, interfaces and members.
fn count(node: &Node) -> usize {
    let interfaces = node.interfaces.iter().map(|interface| 1 + interface.members.len());
    1 + interfaces.sum::<usize>() + node.children.iter().map(count).sum::<usize>()
}
