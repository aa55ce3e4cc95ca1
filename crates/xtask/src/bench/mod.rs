//! `cargo xtask bench`: the benchmarks, and their record: figures, tables and charts.

mod chart;
mod figures;
mod machine;
mod pictures;
mod record;

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use clap::Args;

use crate::packages;
use crate::run::{self, Failure, cargo, line, top};
use crate::written::now;
use figures::{Figure, Figures};

#[derive(Debug, Args)]
pub(crate) struct BenchOptions {
    /// Measures all programs, or only the named ones, and writes benches/record/DATE.md with its charts, which the documents show
    #[arg(long)]
    record: bool,
    /// Measures nothing: writes the tables and charts of the newest record again from its figures
    #[arg(long, conflicts_with = "record")]
    draw: bool,
    /// Arguments for the benchmarks; a name selects those that contain it. With --record: names of programs
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Programs that measure, in the order in which they run: first those whose figures depend on what else the machine does.
const PROGRAMS: [&str; 7] =
    ["rivals", "connection", "yardstick", "footprint", "callgrind", "conversation", "size"];

pub(crate) fn run(options: &BenchOptions) -> Result<(), Failure> {
    if options.record {
        return measure(&options.arguments);
    }
    if options.draw {
        return record::write(&newest()?);
    }
    packages::need(&["valgrind"])?;
    run::run(cargo().args(["run", "--release", "-p", "barebus-benches", "--bin", "callgrind"]))?;
    run::run(cargo().args(["bench", "-p", "barebus-benches", "--"]).args(&options.arguments))
}

/// Runs the programs and writes the record of today. What today's record already has of others stays in it.
fn measure(names: &[String]) -> Result<(), Failure> {
    if let Some(name) = names.iter().find(|name| !PROGRAMS.contains(&&***name)) {
        let known = PROGRAMS.join(", ");
        return Err(Failure(format!("no program '{name}' measures; there are {known}")));
    }
    packages::need(&["valgrind", "strace", "dbus-daemon", "dbus-broker"])?;
    need_libraries()?;
    let date = now()?.0;
    let path = folder().join(&date).join("figures.tsv");
    add(&path, machine::PROGRAM, machine::describe()?)?;
    for program in PROGRAMS {
        if names.is_empty() || names.iter().any(|name| name == program) {
            // After each, so that a run that is interrupted leaves what it has measured.
            add(&path, program, of_program(program)?)?;
        }
    }
    record::write(&date)
}

/// Compiles the programs that use other libraries. They are workspaces of their own, which nothing else compiles.
///
/// # Errors
/// One does not compile.
pub(crate) fn check_rivals() -> Result<(), Failure> {
    need_libraries()?;
    let check = |manifest| {
        let mut check = cargo();
        check.args(["check", "--locked", "--quiet", "--all-features", "--ignore-rust-version"]);
        check.args(["--manifest-path", manifest, "--target-dir", "target/rivals"]);
        run::run(&mut check)
    };
    check("benches/rivals/Cargo.toml")?;
    check("benches/rivals/small/Cargo.toml")?;
    check("benches/rivals/programs/Cargo.toml")
}

/// What `benches/rivals` links with.
fn need_libraries() -> Result<(), Failure> {
    packages::need(&["cc", "pkg-config"])?;
    packages::need_libraries(&["libsystemd", "dbus-1"])
}

/// Puts the figures of `program` into the file at `path`.
fn add(path: &Path, program: &str, figures: Vec<Figure>) -> Result<(), Failure> {
    let mut all = match fs::read_to_string(path) {
        Ok(text) => Figures::parse(&text)?,
        Err(error) if error.kind() == ErrorKind::NotFound => Figures::default(),
        Err(error) => return Err(error.into()),
    };
    all.replace(program, figures);
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    Ok(fs::write(path, all.to_string())?)
}

/// Runs `program` and returns its figures, and when it ran under which load.
fn of_program(program: &str) -> Result<Vec<Figure>, Failure> {
    let mut command = cargo();
    command.args(["run", "--release", "--quiet"]).args(place(program)).args(["--", "--tsv"]);
    println!("xtask: {}", line(&command));
    build(program)?;
    let (_, begun) = now()?;
    let before = machine::load()?;
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut found = Vec::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            found.push(Figure::of(program, &line));
        }
    }
    let status = child.wait()?;
    // 1: a target is missed, which the figures show.
    if !matches!(status.code(), Some(0 | 1)) {
        return Err(Failure(format!("{program}: {status}")));
    }
    let mut figures: Vec<Figure> = found.into_iter().collect::<Result<_, _>>()?;
    if figures.is_empty() {
        return Err(Failure(format!("{program} has measured nothing")));
    }
    let after = machine::load()?;
    let about = [("begun", begun), ("load before", before), ("load after", after)];
    let about = about.map(|(what, value)| Figure::new(program, ["run", "run", what], &value, ""));
    figures.extend(about);
    Ok(figures)
}

/// Builds `program` first: what that takes must not count as load.
fn build(program: &str) -> Result<(), Failure> {
    run::run(cargo().args(["build", "--release", "--quiet"]).args(place(program)))
}

/// Where cargo finds `program`.
fn place(program: &str) -> Vec<&str> {
    match program {
        "rivals" => vec!["--manifest-path", "benches/rivals/Cargo.toml"],
        program => vec!["-p", "barebus-benches", "--bin", program],
    }
}

/// Where records are.
fn folder() -> PathBuf {
    top().join("benches/record")
}

/// The date of the newest record that has figures.
fn newest() -> Result<String, Failure> {
    let mut dates = Vec::new();
    for entry in fs::read_dir(folder())? {
        let entry = entry?;
        if entry.path().join("figures.tsv").is_file() {
            dates.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    dates.into_iter().max().ok_or_else(|| Failure("benches/record has no figures".into()))
}
