//! Asks systemd ten things with names written by hand: what `by_definition` is compared with.

use std::process::ExitCode;

use barebus::{
    Array, BusName, CallError, Connection, InterfaceName, MemberName, MethodCall, ObjectPath,
    Variant,
};

const fn manager(member: &'static str) -> MethodCall<'static> {
    call("org.freedesktop.systemd1.Manager", member)
}

const fn call(interface: &'static str, member: &'static str) -> MethodCall<'static> {
    MethodCall::checked(
        ObjectPath::from_static("/org/freedesktop/systemd1"),
        MemberName::from_static(member),
    )
    .interface(InterfaceName::from_static(interface))
    .destination(BusName::from_static("org.freedesktop.systemd1"))
}

const GET_UNIT_FILE_STATE: MethodCall<'static> = manager("GetUnitFileState");
const GET_DEFAULT_TARGET: MethodCall<'static> = manager("GetDefaultTarget");
const GET_UNIT: MethodCall<'static> = manager("GetUnit");
const LIST_UNITS: MethodCall<'static> = manager("ListUnits");
const LIST_JOBS: MethodCall<'static> = manager("ListJobs");
const GET: MethodCall<'static> = call("org.freedesktop.DBus.Properties", "Get");
const MANAGER: &str = "org.freedesktop.systemd1.Manager";

type Unit<'a> = (
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    ObjectPath<'a>,
    u32,
    &'a str,
    ObjectPath<'a>,
);
type Job<'a> = (u32, &'a str, &'a str, &'a str, ObjectPath<'a>, ObjectPath<'a>);

fn main() -> ExitCode {
    let asked = Connection::system().map_err(drop).and_then(|mut bus| ask(&mut bus).map_err(drop));
    match asked {
        Ok(count) => ExitCode::from(u8::from(count == 0)),
        Err(()) => ExitCode::from(2),
    }
}

/// Asks, and tells how much came.
fn ask(bus: &mut Connection) -> Result<usize, CallError> {
    let mut count = 0;
    let reply = bus.call(&GET_UNIT_FILE_STATE, &("dbus.service",))?;
    count += reply.body::<(&str,)>()?.0.len();
    let reply = bus.call(&GET_DEFAULT_TARGET, &())?;
    count += reply.body::<(&str,)>()?.0.len();
    let reply = bus.call(&GET_UNIT, &("dbus.service",))?;
    count += reply.body::<(ObjectPath<'_>,)>()?.0.as_str().len();
    let reply = bus.call(&LIST_UNITS, &())?;
    count += reply.body::<(Array<'_, Unit<'_>>,)>()?.0.count();
    let reply = bus.call(&LIST_JOBS, &())?;
    count += reply.body::<(Array<'_, Job<'_>>,)>()?.0.count();
    let reply = bus.call(&GET, &(MANAGER, "Version"))?;
    count += reply.body::<(Variant<'_>,)>()?.0.get::<&str>()?.len();
    let reply = bus.call(&GET, &(MANAGER, "Features"))?;
    count += reply.body::<(Variant<'_>,)>()?.0.get::<&str>()?.len();
    let reply = bus.call(&GET, &(MANAGER, "NFailedUnits"))?;
    count += usize::from(reply.body::<(Variant<'_>,)>()?.0.get::<u32>()? == 0);
    let reply = bus.call(&GET, &(MANAGER, "NJobs"))?;
    count += usize::from(reply.body::<(Variant<'_>,)>()?.0.get::<u32>()? == 0);
    let reply = bus.call(&GET, &(MANAGER, "Environment"))?;
    count += reply.body::<(Variant<'_>,)>()?.0.get::<Array<'_, &str>>()?.count();
    Ok(count)
}
