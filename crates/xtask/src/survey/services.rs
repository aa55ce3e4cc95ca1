//! The services of a system.

use std::path::Path;

use barebus_box::SystemdBox;
use barebus_systemd::{Mode, Systemd};

use super::scratch::Scratch;
use crate::run::{Failure, run};

/// Bus names, and the units that own them. systemd itself runs already.
const SERVICES: [(&str, &str); 11] = [
    ("org.freedesktop.systemd1", "init.scope"),
    ("org.freedesktop.hostname1", "systemd-hostnamed.service"),
    ("org.freedesktop.locale1", "systemd-localed.service"),
    ("org.freedesktop.timedate1", "systemd-timedated.service"),
    ("org.freedesktop.login1", "systemd-logind.service"),
    ("org.freedesktop.machine1", "systemd-machined.service"),
    ("org.freedesktop.network1", "systemd-networkd.service"),
    ("org.freedesktop.resolve1", "systemd-resolved.service"),
    ("org.freedesktop.portable1", "systemd-portabled.service"),
    ("org.freedesktop.import1", "systemd-importd.service"),
    ("org.freedesktop.PolicyKit1", "polkit.service"),
];

/// Boots the system in a box, starts each service that it has, and generates definitions of all its objects.
pub(super) fn generate(root: Option<&Path>, scratch: &mut Scratch) -> Result<(), Failure> {
    let mut builder = SystemdBox::builder();
    if let Some(root) = root {
        builder = builder.root(root);
    }
    let the_box = builder.boot()?;
    let address = the_box.system_bus_address();
    let systemd = Systemd::at(address)?;
    let version = systemd.version()?;
    // The box masks logind.
    run(the_box.command("systemctl").args(["--quiet", "unmask", "systemd-logind.service"]))?;
    systemd.reload()?;
    for (name, unit) in SERVICES {
        if systemd.status(unit)?.load_state == "not-found" {
            println!("xtask: systemd {version}: {name} is not installed, so it is not surveyed");
            continue;
        }
        if unit != "init.scope" {
            let job = systemd.start_unit(unit, Mode::Replace)?;
            let end = systemd.wait(&job)?;
            if !end.is_success() {
                return Err(Failure(format!("{unit} does not start: {end}")));
            }
        }
        let arguments = ["--address", address, "codegen", "--destination", name, "--recursive"];
        let count = scratch.add(name, &arguments)?;
        println!("xtask: systemd {version}: {name} has {count} interfaces");
    }
    Ok(())
}
