//! Finds what is installed in the root to boot.
//!
//! Links are resolved inside the root ([`open_in_root`]), never to the host's files.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::{self, SFlag};

use crate::builder::Bus;
use crate::error::BoxError;
use crate::plan;
use crate::resolve::open_in_root;
use crate::walk;

/// A root that has everything a box needs.
#[derive(Debug)]
pub(crate) struct Root {
    /// Absolute, without links.
    pub(crate) path: PathBuf,
    /// systemd itself, as seen from inside.
    pub(crate) systemd: &'static str,
    /// Target of the link `dbus.service`; `None` if the distribution's `dbus.service` is already the requested bus.
    pub(crate) dbus_link: Option<PathBuf>,
    /// Files that would start units which the host has enabled: path below the root, and whether it is a directory. Directories come after their
    /// contents.
    pub(crate) enabled: Vec<(PathBuf, bool)>,
    /// Tables from which systemd would generate units for the host's disks, below the root.
    pub(crate) tables: Vec<&'static str>,
}

impl Root {
    /// Looks into `root`.
    pub(crate) fn survey(root: &Path, bus: Bus) -> Result<Self, BoxError> {
        let surveyed = Surveyed::open(root)?;
        let systemd = SYSTEMD.into_iter().find(|program| surveyed.has(program));
        let systemd = systemd.ok_or_else(|| surveyed.missing("systemd", "systemd"))?;
        let dbus_link = surveyed.bus_unit(bus)?;
        let tables = TABLES.into_iter().filter(|table| surveyed.has(table)).collect();
        let enabled = surveyed.enabled();
        Ok(Self { systemd, dbus_link, enabled, tables, path: surveyed.path })
    }
}

/// A root that is being searched.
struct Surveyed {
    path: PathBuf,
    folder: OwnedFd,
}

impl Surveyed {
    fn open(root: &Path) -> Result<Self, BoxError> {
        let refused = |source| BoxError::Root { root: root.to_path_buf(), source };
        let path = root.canonicalize().map_err(refused)?;
        let folder =
            plan::open_folder(&plan::path(&path)).map_err(|errno| refused(errno.into()))?;
        match open_in_root(&folder, ".", OFlag::O_PATH) {
            Ok(_) => Ok(Self { path, folder }),
            Err(errno @ (Errno::ENOSYS | Errno::EPERM)) => Err(refused(no_openat2(errno))),
            Err(errno) => Err(refused(errno.into())),
        }
    }

    /// Whether `path` exists inside.
    fn has(&self, path: impl AsRef<Path>) -> bool {
        open_in_root(&self.folder, path, OFlag::O_PATH).is_ok()
    }

    /// Finds the unit of the requested bus and the programs that it runs.
    fn bus_unit(&self, bus: Bus) -> Result<Option<PathBuf>, BoxError> {
        if self.vendor_unit("dbus.socket").is_none() {
            return Err(self.missing("dbus.socket", "dbus"));
        }
        match bus {
            Bus::Daemon => {
                if !self.has("/usr/bin/dbus-daemon") {
                    return Err(self.missing("dbus-daemon", "dbus-daemon"));
                }
                // If a distribution ships both buses, the daemon's unit has another name.
                if let Some(unit) = self.vendor_unit("dbus-daemon.service") {
                    return Ok(Some(unit));
                }
                match self.vendor_unit("dbus.service") {
                    Some(_) => Ok(None),
                    None => Err(self.missing("dbus.service", "dbus")),
                }
            }
            Bus::Broker => {
                for program in ["/usr/bin/dbus-broker", "/usr/bin/dbus-broker-launch"] {
                    if !self.has(program) {
                        return Err(self.missing("dbus-broker", "dbus-broker"));
                    }
                }
                let unit = self.vendor_unit("dbus-broker.service");
                unit.map(Some).ok_or_else(|| self.missing("dbus-broker.service", "dbus-broker"))
            }
        }
    }

    /// The unit file that the distribution ships, as seen from inside.
    fn vendor_unit(&self, name: &str) -> Option<PathBuf> {
        let units = UNIT_FOLDERS.into_iter().map(|folder| Path::new(folder).join(name));
        units.into_iter().find(|unit| self.has(unit))
    }

    /// The contents of `*.wants` and similar directories, and an administrator's `dbus.service`.
    fn enabled(&self) -> Vec<(PathBuf, bool)> {
        let mut found = Vec::new();
        let folder = Path::new("etc/systemd/system");
        for (name, is_folder) in self.list(folder) {
            let path = folder.join(&name);
            let starts_others = path.extension().is_some_and(|kind| {
                STARTING_FOLDERS.iter().any(|starting| kind.eq_ignore_ascii_case(starting))
            });
            if name.as_os_str() == "dbus.service" {
                found.push((path, false));
            } else if starts_others {
                // For a link to a directory only the link is removed.
                if is_folder {
                    let inside = self.list(&path).into_iter();
                    found.extend(inside.map(|(link, is_folder)| (path.join(link), is_folder)));
                }
                found.push((path, is_folder));
            }
        }
        found
    }

    /// Names in a directory, each with whether it is a directory. Empty if the directory does not exist.
    fn list(&self, folder: &Path) -> Vec<(PathBuf, bool)> {
        let opened = open_in_root(&self.folder, folder, OFlag::O_RDONLY | OFlag::O_DIRECTORY);
        let Ok(mut folder) = opened.and_then(Dir::from_fd) else { return Vec::new() };
        let names: Vec<_> =
            folder.iter().flatten().map(|entry| entry.file_name().to_owned()).collect();
        let names = names.into_iter().filter(|name| **name != *c"." && **name != *c"..");
        names
            .map(|name| {
                let found = stat::fstatat(&folder, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW);
                let is_folder = found.is_ok_and(|found| walk::kind_of(&found) == SFlag::S_IFDIR);
                (PathBuf::from(OsStr::from_bytes(name.to_bytes())), is_folder)
            })
            .collect()
    }

    fn missing(&self, program: &'static str, package: &'static str) -> BoxError {
        BoxError::Missing { program, package, root: self.path.clone() }
    }
}

fn no_openat2(errno: Errno) -> io::Error {
    let source = io::Error::from(errno);
    let text = format!(
        "openat2(2) is refused: {source}; use Linux 5.6 or later without a seccomp filter that refuses it"
    );
    io::Error::new(source.kind(), text)
}

const SYSTEMD: [&str; 2] = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"];
const UNIT_FOLDERS: [&str; 2] = ["/usr/lib/systemd/system", "/lib/systemd/system"];
const STARTING_FOLDERS: [&str; 3] = ["wants", "requires", "upholds"];
const TABLES: [&str; 4] = ["etc/crypttab", "etc/fstab", "etc/integritytab", "etc/veritytab"];
