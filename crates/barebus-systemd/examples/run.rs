//! Runs a command as a transient service with at most 64 MiB of memory, and tells how it ended: `run /bin/sh -c 'exit 3'`.

use std::process::ExitCode;

use barebus_systemd::Systemd;
use barebus_systemd::transient::TransientUnit;
use barebus_systemd::word::CollectMode;

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut unit = TransientUnit::new(&format!("run-{}.service", std::process::id()))?;
    unit.exec_start(std::env::args().skip(1))?
        .set("MemoryMax", "64M")?
        .collect_mode(CollectMode::InactiveOrFailed)?;
    let end = Systemd::system()?.run(unit)?;
    println!("{end}");
    Ok(end.exit_code().into())
}
