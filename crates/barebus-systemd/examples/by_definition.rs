//! Asks systemd ten things by definitions. `by_hand` asks the same with names written by hand; the size of both is compared.

use std::process::ExitCode;

use barebus::{CallError, Connection};
use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::{
    GET_DEFAULT_TARGET, GET_UNIT, GET_UNIT_FILE_STATE, LIST_JOBS, LIST_UNITS,
};
use barebus_systemd::interface::manager::property::{
    ENVIRONMENT, FEATURES, N_FAILED_UNITS, N_JOBS, VERSION,
};

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
    let reply = bus.request(GET_UNIT_FILE_STATE.call(OBJECT, ("dbus.service",)))?;
    count += GET_UNIT_FILE_STATE.answer(&reply)?.0.len();
    let reply = bus.request(GET_DEFAULT_TARGET.call(OBJECT, ()))?;
    count += GET_DEFAULT_TARGET.answer(&reply)?.0.len();
    let reply = bus.request(GET_UNIT.call(OBJECT, ("dbus.service",)))?;
    count += GET_UNIT.answer(&reply)?.0.as_str().len();
    let reply = bus.request(LIST_UNITS.call(OBJECT, ()))?;
    count += LIST_UNITS.answer(&reply)?.0.count();
    let reply = bus.request(LIST_JOBS.call(OBJECT, ()))?;
    count += LIST_JOBS.answer(&reply)?.0.count();
    let reply = bus.request(VERSION.get(OBJECT))?;
    count += VERSION.value(&reply)?.len();
    let reply = bus.request(FEATURES.get(OBJECT))?;
    count += FEATURES.value(&reply)?.len();
    let reply = bus.request(N_FAILED_UNITS.get(OBJECT))?;
    count += usize::from(N_FAILED_UNITS.value(&reply)? == 0);
    let reply = bus.request(N_JOBS.get(OBJECT))?;
    count += usize::from(N_JOBS.value(&reply)? == 0);
    let reply = bus.request(ENVIRONMENT.get(OBJECT))?;
    count += ENVIRONMENT.value(&reply)?.count();
    Ok(count)
}
