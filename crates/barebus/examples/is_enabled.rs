//! Prints the state of a unit file, as `systemctl is-enabled` does, and carries as little as can be: what goes wrong is told by the
//! exit code alone, 1 when systemd refuses, 2 when it is not reached.

use std::process::ExitCode;

use barebus::{CallError, Connection, MethodCall};

const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

fn main() -> ExitCode {
    let unit = std::env::args_os().nth(1).and_then(|unit| unit.into_string().ok());
    let (Some(unit), Ok(mut bus)) = (unit, Connection::system()) else {
        return ExitCode::from(2);
    };
    match print_state(&mut bus, &unit) {
        Ok(()) => ExitCode::SUCCESS,
        Err(CallError::Remote { .. }) => ExitCode::from(1),
        Err(_) => ExitCode::from(2),
    }
}

fn print_state(bus: &mut Connection, unit: &str) -> Result<(), CallError> {
    let reply = bus.call(&GET_UNIT_FILE_STATE, &(unit,))?;
    let (state,): (&str,) = reply.body()?;
    let mut line = String::from(state);
    line.push('\n');
    // Past the buffer of std's standard output, which takes 1.5 KB. Whoever has closed it does not want to know.
    let _ = nix::unistd::write(std::io::stdout(), line.as_bytes());
    Ok(())
}
