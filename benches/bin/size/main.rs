//! Counts what a program carries and holds that asks for a unit file's state: bytes, crates, memory; and whether it runs without
//! any file of the system.
//!
//! ```text
//! cargo run --release -q -p barebus-benches --bin size [-- --tsv]
//! cargo run --release -q -p barebus-benches --bin size -- budget
//! ```
//!
//! It builds examples with the profile `tiny`, as shared and as static programs, and runs them against a dbus-daemon of its own, on
//! which a service of canned replies has taken systemd's name. It needs root, for the empty root directory of a static program. A
//! target that is missed makes the exit code 1; something that cannot be measured, 2. With `budget` it only compares the sizes of shared
//! programs with the recorded ones, and with `unused` it only measures definitions that no program uses; both need neither.

mod budget;
mod programs;
mod root;
mod unused;

use std::env;
use std::process::ExitCode;

use barebus_benches::memory;
use barebus_benches::peers::servers::{Server, serve_if_asked};
use barebus_benches::report::Report;
use programs::{Features, Linked, Program};

/// What the service in systemd's place answers.
const ANSWER: &str = "enabled\n";

/// Bytes over the program that does nothing.
const MOST_BYTES: u64 = 70_000;
/// Bytes that a program grows by when it asks ten things by definitions instead of names written by hand.
const MOST_DEFINED: u64 = 1024;
/// Crates from the registry.
const MOST_CRATES: usize = 8;
/// Bytes in memory over the program that does nothing, each at its most.
const MOST_MEMORY: u64 = 300_000;

fn main() -> ExitCode {
    if let Some(served) = serve_if_asked() {
        return ExitCode::from(u8::from(served.is_err()));
    }
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let report = Report::new(&mut arguments);
    let measured = match arguments.first().map(String::as_str) {
        Some("budget") => budget::check(),
        Some("unused") => {
            let mut table = Table { report, missed: false };
            unused(&mut table).map(|()| table.missed)
        }
        _ => measure(report),
    };
    match measured {
        Ok(missed) => ExitCode::from(u8::from(missed)),
        Err(error) => {
            eprintln!("size: {error}");
            ExitCode::from(2)
        }
    }
}

/// Prints a row for each figure. Whether a target is missed.
fn measure(report: Report) -> Result<bool, String> {
    let crates = programs::registry_crates()?;
    let server = Server::daemon()?;
    let mut table = Table { report, missed: false };
    report.line(format_args!("{:<66} {:>9} {:>9}", "", "counted", "target"));
    for linked in [Linked::Shared, Linked::Static] {
        let nothing = Program::build(linked, "barebus", "nothing", Features::None)?;
        table.row(&format!("{linked}: bytes of a program that does nothing"), nothing.bytes, None);
        let over = |program: &Program| program.bytes.saturating_sub(nothing.bytes);
        let whole = Program::build(linked, "barebus", "is_enabled", Features::Default)?;
        let what = format!("{linked}: bytes that is_enabled adds, with tcp and unixexec");
        table.row(&what, over(&whole), None);
        let measured = Program::build(linked, "barebus", "is_enabled", Features::None)?;
        let most = (linked == Linked::Shared).then_some(MOST_BYTES);
        table.row(&format!("{linked}: bytes that is_enabled adds"), over(&measured), most);
        for (package, name) in OTHERS {
            let other = Program::build(linked, package, name, Features::Default)?;
            table.row(&format!("{linked}: bytes that {name} adds"), over(&other), None);
        }
        let build = |name| Program::build(linked, "barebus-systemd", name, Features::None);
        let (defined, by_hand) = (build("by_definition")?, build("by_hand")?);
        let what = format!("{linked}: bytes that ten definitions add to names by hand");
        table.row(&what, defined.bytes.saturating_sub(by_hand.bytes), Some(MOST_DEFINED));
        let arguments = ["dbus.service"];
        let least = memory::peak(&nothing.path, &[], &server.address, Some(""))?;
        let peak = memory::peak(&measured.path, &arguments, &server.address, Some(ANSWER))?;
        table.row(&format!("{linked}: memory of a program that does nothing"), least, None);
        let what = format!("{linked}: memory that is_enabled adds");
        table.row(&what, peak.saturating_sub(least), Some(MOST_MEMORY));
        if linked == Linked::Static {
            let answer = root::answer(&measured.path, &arguments, &server.address)?;
            let what = format!("{linked}: wrong answers, alone in its root directory");
            table.row(&what, u64::from(answer != ANSWER), Some(0));
        }
    }
    unused(&mut table)?;
    let count = u64::try_from(crates.len()).unwrap_or(u64::MAX);
    table.row("crates from the registry", count, u64::try_from(MOST_CRATES).ok());
    report.line(crates.join(", "));
    Ok(table.missed)
}

/// Rows of the programs that have definitions and use none.
fn unused(table: &mut Table) -> Result<(), String> {
    for (what, bytes) in unused::grown()? {
        table.row(&format!("bytes that {what} add unused"), bytes, Some(0));
    }
    Ok(())
}

/// Programs that are only looked at, with all transports.
const OTHERS: [(&str, &str); 3] =
    [("barebus", "ping"), ("barebus", "unit_state"), ("barebus-systemd", "unit_file_state")];

struct Table {
    report: Report,
    missed: bool,
}

impl Table {
    fn row(&mut self, what: &str, counted: u64, most: Option<u64>) {
        let is_missed = most.is_some_and(|most| counted > most);
        self.missed |= is_missed;
        let target = most.map_or("-".into(), |most| most.to_string());
        let verdict = if is_missed { "MISSED" } else { "" };
        self.report.figure(["size", what, "counted"], counted, "");
        self.report.figure(["size", what, "target"], &target, "");
        self.report.line(format_args!("{what:<66} {counted:>9} {target:>9} {verdict}"));
    }
}

/// The directory of the workspace.
fn top() -> Result<std::path::PathBuf, String> {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or("not started by cargo")?;
    let top = std::path::Path::new(&manifest).parent().ok_or("the workspace is not there")?;
    Ok(top.to_owned())
}
