//! What the root that is to be booted has in it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::builder::Bus;
use crate::error::BoxError;

/// A root with all that a box needs.
#[derive(Debug)]
pub(crate) struct Root {
    /// Absolute, without links.
    pub(crate) path: PathBuf,
    /// systemd itself, as seen from inside.
    pub(crate) systemd: &'static str,
    /// What `dbus.service` has to be a link to; None when the vendor's own `dbus.service` is the bus that is wanted.
    pub(crate) dbus_link: Option<PathBuf>,
    /// What would start units of the host's choice: `(path below the root, whether it is a folder)`, folders after what is in them.
    pub(crate) enabled: Vec<(PathBuf, bool)>,
    /// Tables that would make units for the host's disks, below the root.
    pub(crate) tables: Vec<&'static str>,
}

impl Root {
    /// Looks into `root`.
    pub(crate) fn survey(root: &Path, bus: Bus) -> Result<Self, BoxError> {
        let path = root
            .canonicalize()
            .map_err(|source| BoxError::Root { root: root.to_path_buf(), source })?;
        let systemd = SYSTEMD.into_iter().find(|program| has(&path, program));
        let systemd = systemd.ok_or_else(|| missing(&path, "systemd", "systemd"))?;
        let dbus_link = bus_unit(&path, bus)?;
        let tables = TABLES.into_iter().filter(|table| has(&path, table)).collect();
        Ok(Self { systemd, dbus_link, enabled: enabled(&path), tables, path })
    }
}

/// Finds the unit of the bus that is wanted and the programs it runs.
fn bus_unit(root: &Path, bus: Bus) -> Result<Option<PathBuf>, BoxError> {
    if vendor_unit(root, "dbus.socket").is_none() {
        return Err(missing(root, "dbus.socket", "dbus"));
    }
    match bus {
        Bus::Daemon => {
            if !has(root, "/usr/bin/dbus-daemon") {
                return Err(missing(root, "dbus-daemon", "dbus-daemon"));
            }
            // Where distributions ship both buses, the daemon's unit has a name of its own.
            if let Some(unit) = vendor_unit(root, "dbus-daemon.service") {
                return Ok(Some(unit));
            }
            match vendor_unit(root, "dbus.service") {
                Some(_) => Ok(None),
                None => Err(missing(root, "dbus.service", "dbus")),
            }
        }
        Bus::Broker => {
            for program in ["/usr/bin/dbus-broker", "/usr/bin/dbus-broker-launch"] {
                if !has(root, program) {
                    return Err(missing(root, "dbus-broker", "dbus-broker"));
                }
            }
            let unit = vendor_unit(root, "dbus-broker.service");
            unit.map(Some).ok_or_else(|| missing(root, "dbus-broker.service", "dbus-broker"))
        }
    }
}

/// The unit file that the distribution ships, as seen from inside.
fn vendor_unit(root: &Path, name: &str) -> Option<PathBuf> {
    let units = UNIT_FOLDERS.into_iter().map(|folder| Path::new(folder).join(name));
    units.into_iter().find(|unit| has(root, unit))
}

/// Links in `*.wants` and the like, and an administrator's own `dbus.service`.
fn enabled(root: &Path) -> Vec<(PathBuf, bool)> {
    let mut found = Vec::new();
    let folder = Path::new("etc/systemd/system");
    for entry in list(&root.join(folder)) {
        let path = folder.join(&entry);
        let starts_others = path.extension().is_some_and(|kind| {
            STARTING_FOLDERS.iter().any(|starting| kind.eq_ignore_ascii_case(starting))
        });
        if entry.as_os_str() == "dbus.service" {
            found.push((path, false));
        } else if starts_others && root.join(&path).symlink_metadata().is_ok_and(|m| m.is_dir()) {
            found.extend(list(&root.join(&path)).into_iter().map(|link| (path.join(link), false)));
            found.push((path, true));
        }
    }
    found
}

/// Names in a folder; none when there is no such folder.
fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| PathBuf::from(entry.file_name())).collect()
}

/// Whether the root has `path`; a link counts, wherever it leads: from out here an absolute one leads astray.
fn has(root: &Path, path: impl AsRef<Path>) -> bool {
    let path = path.as_ref();
    root.join(path.strip_prefix("/").unwrap_or(path)).symlink_metadata().is_ok()
}

fn missing(root: &Path, program: &'static str, package: &'static str) -> BoxError {
    BoxError::Missing { program, package, root: root.to_path_buf() }
}

const SYSTEMD: [&str; 2] = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"];
const UNIT_FOLDERS: [&str; 2] = ["/usr/lib/systemd/system", "/lib/systemd/system"];
const STARTING_FOLDERS: [&str; 3] = ["wants", "requires", "upholds"];
const TABLES: [&str; 4] = ["etc/crypttab", "etc/fstab", "etc/integritytab", "etc/veritytab"];
