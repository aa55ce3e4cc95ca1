//! `cargo xtask generate`: generates the definitions of systemd's interfaces from introspection data in the tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use barebus::{Connection, Proxy};
use barebus_box::SystemdBox;
use barebus_codegen::introspection::MemberKind;
use barebus_codegen::{Module, Options, Source, generate, mod_items};
use barebus_systemd::{Mode, Systemd};

use crate::run::{Failure, top};

const SYSTEMD: &str = "org.freedesktop.systemd1";

/// Objects with a fixed path.
const FIXED: [(&str, &str); 2] =
    [("manager", "/org/freedesktop/systemd1"), ("log_control", "/org/freedesktop/LogControl1")];

/// Types of units. systemd creates the object of any unit name when it is introspected.
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

/// Writes the definitions, and the list of them for the tests. With `check`, only compares them with those in the tree.
pub(crate) fn run(check: bool) -> Result<(), Failure> {
    let written = files()?;
    let mut stale = Vec::new();
    for (file, text) in &written {
        if fs::read_to_string(file).is_ok_and(|present| present == *text) {
            continue;
        }
        stale.push(named(file));
        if !check {
            fs::create_dir_all(file.parent().unwrap_or(file))?;
            fs::write(file, text)
                .map_err(|error| Failure(format!("{}: {error}", file.display())))?;
        }
    }
    let kept: BTreeSet<&Path> = written.iter().map(|(file, _)| &**file).collect();
    for entry in fs::read_dir(interfaces())? {
        let file = entry?.path();
        if !kept.contains(&*file) {
            if !check {
                fs::remove_file(&file)?;
            }
            stale.push(named(&file));
        }
    }
    match &*stale {
        [] => println!("xtask: {} files of definitions are up to date", written.len()),
        stale if check => {
            return Err(Failure(format!(
                "definitions differ from the introspection data: {}; run `cargo xtask generate`",
                stale.join(", ")
            )));
        }
        stale => println!("xtask: wrote {}", stale.join(", ")),
    }
    Ok(())
}

/// The file, as seen from the top of the tree.
fn named(file: &Path) -> String {
    file.strip_prefix(top()).unwrap_or(file).display().to_string()
}

fn interfaces() -> PathBuf {
    top().join("crates/barebus-systemd/src/interface")
}

fn introspection() -> PathBuf {
    top().join("crates/barebus-systemd/introspection")
}

/// The generated files.
fn files() -> Result<Vec<(PathBuf, String)>, Failure> {
    // As the tree's rustfmt.toml has it.
    let options = Options {
        call_width: 100,
        made_by: "cargo xtask generate".to_owned(),
        ..Options::default()
    };
    let modules = generate(&sources()?, &options)?;
    let folder = interfaces();
    let mut files = vec![(folder.join("mod.rs"), format!("{MOD}{}", mod_items(&modules)))];
    files.extend(modules.iter().map(|it| (folder.join(format!("{}.rs", it.name())), it.to_file())));
    files.push((top().join("tests/live/members/table.rs"), table(&modules)));
    Ok(files)
}

/// Lists the constants of methods and properties for the tests that go through all of them.
fn table(modules: &[Module]) -> String {
    let mut text = TABLE.to_owned();
    for module in modules {
        text += &format!("    {} {{\n", module.name());
        for kind in [MemberKind::Method, MemberKind::Property] {
            text += &format!("        {}:", kind.as_str());
            let mut column = usize::MAX;
            for (_, name) in module.constants().filter(|(found, _)| *found == kind) {
                if column.saturating_add(name.len()) > 120 {
                    text += "\n           ";
                    column = 11;
                }
                text += &format!(" {name}");
                column += 1 + name.len();
            }
            text += ";\n";
        }
        text += "    }\n";
    }
    text + "}\n"
}

const TABLE: &str = "\
//! Every method and property of systemd's definitions. Made by `cargo xtask generate`; do not edit.

super::definition::table! {
";

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
//! let reply = bus.request(VERSION.get(OBJECT))?;
//! println!(\"systemd {}\", VERSION.value(&reply)?);
//! let reply = bus.request(LIST_UNITS.call(OBJECT, ()))?;
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

/// Boots the systemd of `root` (default: this machine's) in a box and writes its introspection data to the tree.
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
        // The objects below differ between machines.
        let kept = xml.lines().filter(|line| !line.trim_start().starts_with("<node name="));
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        fs::write(folder.join(format!("{name}.xml")), kept)?;
    }
    println!("xtask: fetched the introspection data of systemd {version}");
    Ok(())
}
