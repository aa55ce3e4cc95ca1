//! Builds the same small program with each library: what a cold build takes, how many crates it compiles, and how large the program is.
//!
//! ```text
//! cargo run --release -p barebus-benches --bin footprint [-- [--tsv] PROGRAM...]
//! ```
//!
//! The programs are those of `benches/rivals/small`. Each asks for the state of a unit file, with the default features of its library.
//! Their crates are downloaded first. A build starts with an empty target directory and compiles with as many processes as the machine
//! has CPUs. Processor time depends less on other load than wall time. It needs neither root nor a bus. Exit code 2: not measured.

mod build;

use std::env;
use std::process::ExitCode;

use barebus_benches::report::Report;
use build::{Built, build, fetch, version};

/// A program: its name, the crate whose version is told, and what that is used with.
struct Program {
    name: &'static str,
    library: &'static str,
    with: &'static str,
}

const PROGRAMS: [Program; 6] = [
    Program { name: "barebus-blocking", library: "barebus", with: "" },
    Program { name: "barebus-tokio", library: "barebus", with: ", tokio" },
    Program { name: "minidbus-blocking", library: "minidbus", with: "" },
    Program { name: "rustbus-blocking", library: "rustbus", with: "" },
    Program { name: "zbus-blocking", library: "zbus", with: "" },
    Program { name: "zbus-tokio", library: "zbus", with: ", tokio" },
];

fn main() -> ExitCode {
    let mut names: Vec<String> = env::args().skip(1).collect();
    let report = Report::new(&mut names);
    match measure(&names, report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("footprint: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure(names: &[String], report: Report) -> Result<(), String> {
    if let Some(name) = names.iter().find(|name| !PROGRAMS.iter().any(|it| it.name == **name)) {
        return Err(format!("there is no program '{name}'"));
    }
    fetch()?;
    let nothing = build("nothing")?;
    report.line(format_args!(
        "{:<26} {:>8} {:>8} {:>7} {:>10}",
        "program", "wall, s", "CPU, s", "crates", "bytes"
    ));
    for Program { name, library, with } in &PROGRAMS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        let Built { wall, cpu, crates, bytes } = build(name)?;
        let row = format!("{library} {}{with}", version(library)?);
        let bytes = bytes.saturating_sub(nothing.bytes);
        let (wall, cpu) =
            (format!("{:.1}", wall.as_secs_f64()), format!("{:.1}", cpu.as_secs_f64()));
        report.figure(["build", &row, "wall time"], &wall, "s");
        report.figure(["build", &row, "processor time"], &cpu, "s");
        report.figure(["build", &row, "crates"], crates, "");
        report.figure(["build", &row, "bytes over an empty program"], bytes, "");
        report.line(format_args!("{row:<26} {wall:>8} {cpu:>8} {crates:>7} {bytes:>10}"));
    }
    Ok(())
}
