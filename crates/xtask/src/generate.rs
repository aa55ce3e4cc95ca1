//! `cargo xtask generate`: systemd's interfaces as definitions, from introspection data in the tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use barebus::{Connection, Proxy};
use barebus_box::SystemdBox;
use barebus_codegen::{Options, Source, generate, mod_items};
use barebus_systemd::{Mode, Systemd};

use crate::run::{Failure, top};

const SYSTEMD: &str = "org.freedesktop.systemd1";

/// Objects with a path that does not change; the others are asked for by the name of a unit.
const FIXED: [(&str, &str); 2] =
    [("manager", "/org/freedesktop/systemd1"), ("log_control", "/org/freedesktop/LogControl1")];

/// Types of units. systemd loads a unit when its object is introspected, whether there is one or not.
const UNIT_TYPES: [&str; 11] = [
    "automount",
    "device",
    "mount",
    "path",
    "scope",
    "service",
    "slice",
    "socket",
    "swap",
    "target",
    "timer",
];

/// A unit whose job does not end.
const HELD: (&str, &str) =
    ("held.service", "[Service]\nType=oneshot\nExecStart=/bin/sleep infinity\n");

/// Writes the definitions, or only checks that the tree has them as they would be written.
pub(crate) fn run(check: bool) -> Result<(), Failure> {
    let written = files()?;
    let folder = interfaces();
    let mut stale = Vec::new();
    for (name, text) in &written {
        let file = folder.join(name);
        if fs::read_to_string(&file).is_ok_and(|present| present == *text) {
            continue;
        }
        stale.push(name.clone());
        if !check {
            fs::create_dir_all(&folder)?;
            fs::write(&file, text)
                .map_err(|error| Failure(format!("{}: {error}", file.display())))?;
        }
    }
    let names: BTreeSet<&str> = written.iter().map(|(name, _)| &**name).collect();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !names.contains(&*name) {
            if !check {
                fs::remove_file(folder.join(&name))?;
            }
            stale.push(name);
        }
    }
    match &*stale {
        [] => println!("xtask: {} files of definitions are as they should be", written.len()),
        stale if check => {
            return Err(Failure(format!(
                "the definitions in {} differ from the introspection data: {}; run `cargo xtask generate`",
                folder.display(),
                stale.join(", ")
            )));
        }
        stale => println!("xtask: wrote {}", stale.join(", ")),
    }
    Ok(())
}

fn interfaces() -> PathBuf {
    top().join("crates/barebus-systemd/src/interface")
}

fn introspection() -> PathBuf {
    top().join("crates/barebus-systemd/introspection")
}

/// The generated files with their names.
fn files() -> Result<Vec<(String, String)>, Failure> {
    // As the tree's rustfmt.toml has it.
    let options = Options {
        call_width: 100,
        made_by: "cargo xtask generate".to_owned(),
        ..Options::default()
    };
    let modules = generate(&sources()?, &options)?;
    let mut files = vec![("mod.rs".to_owned(), format!("{MOD}{}", mod_items(&modules)))];
    files.extend(modules.iter().map(|module| (format!("{}.rs", module.name()), module.to_file())));
    Ok(files)
}

const MOD: &str = "\
//! systemd's interfaces as [definitions](barebus::definition), as of systemd 252 and 257.
//!
//! A member that only one of the versions has says so. Made by `cargo xtask generate` from `introspection/`; do not edit.
//!
//! ```no_run
//! use barebus::Connection;
//! use barebus_systemd::interface::manager::{OBJECT, method::LIST_UNITS, property::VERSION};
//!
//! let mut bus = Connection::system()?;
//! let reply = bus.ask(VERSION.get(OBJECT))?;
//! println!(\"systemd {}\", VERSION.value(&reply)?);
//! let reply = bus.ask(LIST_UNITS.call(OBJECT, ()))?;
//! let (units,) = LIST_UNITS.answer(&reply)?;
//! for unit in units {
//!     let (name, description, ..) = unit?;
//!     println!(\"{name}: {description}\");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

";

/// The introspection data in the tree, the oldest version first.
fn sources() -> Result<Vec<Source>, Failure> {
    let mut versions = Vec::new();
    for entry in fs::read_dir(introspection())? {
        let entry = entry?;
        let version: u32 = entry.file_name().to_string_lossy().parse().map_err(|_| {
            Failure(format!("{} is not named after a version", entry.path().display()))
        })?;
        versions.push((version, entry.path()));
    }
    versions.sort();
    let mut sources = Vec::new();
    for (version, folder) in versions {
        let files: Result<Vec<PathBuf>, std::io::Error> =
            fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut files = files?;
        files.sort();
        for file in files {
            sources.push(source(version, &file)?);
        }
    }
    Ok(sources)
}

fn source(version: u32, file: &Path) -> Result<Source, Failure> {
    let xml = fs::read_to_string(file)?;
    let source = Source::new(format!("systemd {version}"), xml);
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(match FIXED.iter().find(|(name, _)| *name == stem) {
        Some((_, path)) => source.object(SYSTEMD, *path),
        None => source,
    })
}

/// Fetches the introspection data of the systemd of `root`, this machine's own if there is none, from a box.
pub(crate) fn fetch(root: Option<&Path>) -> Result<(), Failure> {
    let mut builder = SystemdBox::builder().unit(HELD.0, HELD.1);
    if let Some(root) = root {
        builder = builder.root(root);
    }
    let the_box = builder.boot()?;
    let mut systemd = Systemd::over(Connection::open(the_box.system_bus_address())?);
    let version = systemd.version()?;
    let number = version.split(|character: char| !character.is_ascii_digit()).next().unwrap_or("");
    let folder = introspection().join(number);
    fs::create_dir_all(&folder)?;
    let job = systemd.start_unit(HELD.0, Mode::Replace)?.path().to_string();
    let units = UNIT_TYPES
        .map(|kind| (kind, format!("/org/freedesktop/systemd1/unit/introspected_2e{kind}")));
    let objects = FIXED.map(|(name, path)| (name, path.to_owned()));
    for (name, path) in objects.into_iter().chain(units).chain([("job", job)]) {
        let mut proxy = Proxy::new(
            systemd.connection(),
            SYSTEMD,
            &path,
            "org.freedesktop.DBus.Introspectable",
        )?;
        let xml = proxy.introspect()?;
        // Which objects are below it is a matter of the machine.
        let kept = xml.lines().filter(|line| !line.trim_start().starts_with("<node name="));
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        fs::write(folder.join(format!("{name}.xml")), kept)?;
    }
    println!("xtask: fetched the introspection data of systemd {version}");
    Ok(())
}
