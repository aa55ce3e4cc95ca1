//! Arguments as they are written on the command line, also without their types: those come from introspection.

use std::path::Path;

use barebus::wire::{Endian, OwnedBody};
use barebus::{BusName, Connection, ObjectPath, Signature};
use barebus_codegen::introspection::{Argument, MemberKind};
use barebus_text::arguments::{ArgumentError, Notation, Parameter, Prototype, Value};
use barebus_text::gvariant;

use crate::args::Target;
use crate::command::{message, open};
use crate::exit::{Exit, Failure};
use crate::{input, introspection};

/// A member of an object, whose parameters are looked up.
pub(crate) struct Asked<'a> {
    /// `None` without a bus.
    pub(crate) to: Option<BusName<'a>>,
    pub(crate) at: ObjectPath<'a>,
    pub(crate) interface: &'a str,
    pub(crate) kind: MemberKind,
    pub(crate) member: &'a str,
}

/// Opens the connection, and marshals words as the arguments of a method or the value of a property: by their types with a notation,
/// otherwise by the signature that is the first word. Then what is wrong is told without a connection.
///
/// # Errors
/// The words are wrong; there is no connection; as [`arguments`].
pub(crate) fn open_with(
    target: &Target,
    asked: &Asked<'_>,
    words: &[String],
    notation: Option<Notation>,
) -> Result<(Connection, OwnedBody), Failure> {
    match notation {
        None => {
            let is_property = asked.kind == MemberKind::Property;
            let body = message::body(words, if is_property { "value" } else { "arguments" })?;
            if is_property && !body.signature().is_single() {
                let what = format!("the value for '{}': it is not one type", body.signature());
                return Err(Failure::usage(what));
            }
            Ok((open(target)?, body))
        }
        Some(notation) => {
            let mut connection = open(target)?;
            let body = arguments(&mut connection, asked, words, notation)?;
            Ok((connection, body))
        }
    }
}

/// Marshals words as the arguments of a method or signal, or as the value of a property, in the byte order of this machine.
///
/// # Errors
/// The object cannot be introspected or has no such member; or the words are not its arguments, which is wrong usage.
fn arguments(
    connection: &mut Connection,
    asked: &Asked<'_>,
    words: &[String],
    notation: Notation,
) -> Result<OwnedBody, Failure> {
    let service = asked.to.map_or("the peer", |to| to.as_str());
    let tried = format!("introspecting {} of {service}", asked.at);
    let document = introspection::ask(connection, asked.to, asked.at)
        .map_err(|error| Failure::call(&tried, &error))
        .and_then(|xml| introspection::read(&tried, &xml));
    let member = match &document {
        Ok(document) => introspection::member(document, asked.interface, asked.kind, asked.member),
        Err(_) => None,
    };
    let Some(member) = member else {
        // gdbus calls what is not introspected, too: the words tell their types.
        if notation == Notation::GVariant && asked.kind != MemberKind::Property {
            return gvariant::parse_untyped_arguments(words, Endian::NATIVE)
                .map_err(|error| Failure::usage(format_args!("the arguments: {error}")));
        }
        let kind = asked.kind.as_str();
        document?;
        return Err(Failure::new(
            Exit::Refused,
            format_args!("{tried}: there is no {kind} {} in {}", asked.member, asked.interface),
        ));
    };
    let property = Argument {
        name: member.name.clone(),
        signature: member.property_type.clone(),
        ..Argument::default()
    };
    let is_property = asked.kind == MemberKind::Property;
    let arguments = if is_property { std::slice::from_ref(&property) } else { &*member.arguments };
    let mut parameters = Vec::with_capacity(arguments.len());
    for Argument { name, signature, .. } in arguments.iter().filter(|argument| !argument.is_out) {
        let of = Signature::parse(signature).ok().filter(|of| of.is_single()).ok_or_else(|| {
            let what = format!("{tried}: '{signature}' of {} is not a type", asked.member);
            Failure::new(Exit::Refused, what)
        })?;
        parameters.push(Parameter { name, signature: of });
    }
    let prototype = match parameters.first() {
        Some(property) if is_property => Prototype::property(*property),
        _ => Prototype::method(&member.name, parameters),
    };
    parse(&prototype, words, notation).map_err(|mut failure| {
        if failure.exit == Exit::Usage {
            let what = if is_property { "set" } else { "call" };
            failure.what = format!("cannot {what} {}: {}", asked.member, failure.what);
        }
        failure
    })
}

/// Marshals words as arguments.
fn parse(
    prototype: &Prototype<'_>,
    words: &[String],
    notation: Notation,
) -> Result<OwnedBody, Failure> {
    let wrong = |error: ArgumentError| Failure::usage(error);
    let mut values = Vec::new();
    let mut has_read_stdin = false;
    for word in prototype.assign(words, notation).map_err(wrong)? {
        let value = word.map(|word| match notation {
            Notation::Json => value(word, &mut has_read_stdin),
            Notation::GVariant => Ok(Value::word(word)),
        });
        values.push(value.transpose()?);
    }
    prototype.parse(&values, notation, Endian::NATIVE).map_err(wrong)
}

/// The value of a word that is the only one.
///
/// # Errors
/// Its file cannot be read.
pub(crate) fn value_of(word: &str, notation: Notation) -> Result<Value<'_>, Failure> {
    match notation {
        Notation::Json => value(word, &mut false),
        Notation::GVariant => Ok(Value::word(word)),
    }
}

/// The value of a word: the text of the file after `@`, the word after `@@`, or the word.
fn value<'t>(word: &'t str, has_read_stdin: &mut bool) -> Result<Value<'t>, Failure> {
    let Some(file) = word.strip_prefix('@') else {
        return Ok(Value::word(word));
    };
    if file.starts_with('@') {
        return Ok(Value::word(file));
    }
    if file == "-" && std::mem::replace(has_read_stdin, true) {
        return Err(Failure::usage("only one argument can be the standard input"));
    }
    let file = Path::new(file);
    let text = input::text(file, VALUE_MAX + 1)?;
    if text.len() > usize::try_from(VALUE_MAX).unwrap_or(usize::MAX) {
        let why = format!("it is longer than {VALUE_MAX} bytes");
        return Err(input::unreadable(file, &why));
    }
    Ok(Value::read(text))
}

/// More than the text of any message needs.
const VALUE_MAX: u64 = 512 << 20;
