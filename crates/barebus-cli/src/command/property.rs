//! `barebus get-property` and `barebus set-property`.

use std::process::ExitCode;

use barebus::wire::{EncodeError, Layout, OwnedBody};
use barebus::{CallError, MethodCall, Reply, Signature, Variant};
use barebus_codegen::introspection::MemberKind;
use barebus_text::{Form, check_fd_indices};

use crate::args::{GetProperty, Globals, SetProperty};
use crate::command::{message, open};
use crate::descriptors;
use crate::exit::{Exit, Failure, Failures};
use crate::render::put_as;
use crate::written::{self, Asked};

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Prints properties, all asked for in one write. One that cannot be read costs its own value only.
pub(crate) fn get(globals: &Globals, asked: &GetProperty) -> Result<ExitCode, Failure> {
    let Globals { target, format, .. } = globals;
    let form = format.values()?;
    let GetProperty { object, interface, properties } = asked;
    let call = message::call(target, &object.service, &object.path, PROPERTIES, "Get")?;
    message::interface(interface)?;
    let mut connection = open(target)?;
    let mut failures = Failures::default();
    let mut text = String::new();
    let calls: Vec<(MethodCall<'_>, _)> =
        properties.iter().map(|name| (call, (&**interface, &**name))).collect();
    for (calls, names) in calls.chunks(CALLS_AT_ONCE).zip(properties.chunks(CALLS_AT_ONCE)) {
        let read = connection.call_all(calls, |index, reply| {
            let name = names.get(index).map_or("", String::as_str);
            let tried = format!("{interface}.{name} of {}", object.service);
            let printed = reply.map_err(|error| Failure::call(&tried, &error)).and_then(|reply| {
                print(&reply, form, &mut text).map_err(|why| {
                    let what = format!("{tried}: the reply cannot be printed: {why}");
                    Failure::new(Exit::Refused, what)
                })
            });
            if let Err(failure) = printed {
                failures.tell(&failure.after(target.reply_timeout()));
            }
            Ok(())
        });
        if let Err(error) = read {
            let tried = format!("cannot read properties of {}", object.service);
            failures.tell(&Failure::call(tried, &error).after(target.reply_timeout()));
            break;
        }
    }
    put_as(&text, form)?;
    Ok(failures.code())
}

/// Maximum number of outstanding calls: half of what dbus-daemon allows on the system bus (max_replies_per_connection, 128).
pub(crate) const CALLS_AT_ONCE: usize = 64;

/// Prints the value in the reply to `Get`.
fn print(reply: &Reply<'_>, form: Form, text: &mut String) -> Result<(), String> {
    check_fd_indices(reply.message()).map_err(|error| error.to_string())?;
    let (value,): (Variant<'_>,) = reply.body().map_err(|error| error.to_string())?;
    form.print_value(&value, text).map_err(|error| error.to_string())
}

pub(crate) fn set(globals: &Globals, asked: &SetProperty) -> Result<ExitCode, Failure> {
    let Globals { target, sending, .. } = globals;
    let SetProperty { object, interface, property, written, words } = asked;
    let call = message::call(target, &object.service, &object.path, PROPERTIES, "Set")?;
    let call = call.flags(message::flags(sending));
    let asked = Asked {
        to: call.destination,
        at: message::path(&object.path)?,
        interface,
        kind: MemberKind::Property,
        member: property,
    };
    let notation = written.notation(globals.format.values()?);
    let (mut connection, value) = written::open_with(target, &asked, words, notation)?;
    let body = in_variant(interface, property, &value)?;
    let (body, fds) = descriptors::of(body)?;
    let tried = format!("cannot set {interface}.{property} of {}", object.service);
    let failed = |error: CallError| Failure::call(&tried, &error);
    let sent = connection.start_call(&call, &body, fds).map_err(failed)?;
    connection.wait(sent).map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

/// The arguments of `Set` with a value.
fn in_variant(interface: &str, property: &str, value: &OwnedBody) -> Result<OwnedBody, Failure> {
    let types = Signature::from_static("ssv");
    let body = OwnedBody::build(types, value.endian(), |writer| {
        writer.put_str(interface)?;
        writer.put_str(property)?;
        writer.enter_variant(value.signature())?;
        Layout::new(value.signature()).put(value.reader(), writer)?;
        writer.leave();
        Ok::<_, EncodeError>(())
    });
    body.map_err(|error| Failure::usage(format_args!("cannot set {property}: {error}")))
}
