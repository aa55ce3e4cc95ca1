//! What is written of a record: its page and charts, and what the documents show of the newest one.

use std::fmt::Write as _;
use std::fs;

use super::figures::{Figure, Figures, Table};
use super::folder;
use super::machine;
use super::pictures::{OVERVIEW, alternative, charts, shown};
use crate::run::{Failure, top};

/// A table of a record: program, its table, heading, and what its figures are.
const TABLES: [(&str, &str, &str, &str); 9] = [
    (
        "rivals",
        "instructions",
        "Messages: instructions",
        "Instructions of one run of each workload, as valgrind counts them.",
    ),
    (
        "rivals",
        "time",
        "Messages: time",
        "Processor time of one run, as a multiple of the time that copying the message takes. All libraries and the copy run in turns on one CPU; the shortest of \
         101 rounds. What sd-bus reads comes through a socket pair, whose time in the kernel counts here, but not in the instructions.",
    ),
    (
        "rivals",
        "calls",
        "Calls",
        "Processor time of client and servers, as a multiple of a raw client's, which writes prepared bytes and does not parse; on one CPU, in turns.",
    ),
    (
        "footprint",
        "build",
        "Build time and size",
        "The same small program with each library, in the default release profile, from an empty target directory, with all crates downloaded. The size \
         is that of a stripped program with `opt-level = \"z\"`, LTO and `panic = \"abort\"`, without that of an empty one.",
    ),
    (
        "callgrind",
        "codec",
        "The codec",
        "Instructions, or time as a multiple of copying the payload.",
    ),
    (
        "yardstick",
        "decoding by hand",
        "Decoding, beside a decoder written by hand",
        "Time as a multiple of that of the other; the median of five processes.",
    ),
    (
        "connection",
        "conversation",
        "The connection: time",
        "As a multiple of a raw client; the middle one of five servers.",
    ),
    ("conversation", "conversation", "The connection: counts", ""),
    ("size", "size", "Size and memory", "Bytes, and what the row names."),
];

/// Writes the page and the charts of the record of `date`, and what the documents show of it.
///
/// # Errors
/// Its figures cannot be read, or a file cannot be written.
pub(super) fn write(date: &str) -> Result<(), Failure> {
    let figures = Figures::parse(&fs::read_to_string(folder().join(date).join("figures.tsv"))?)?;
    let mut pictures = Vec::new();
    for (name, chart) in charts(&figures) {
        chart.draw(&folder().join(date).join(format!("{name}.svg")))?;
        pictures.push((name, alternative(&chart)));
    }
    fs::write(folder().join(format!("{date}.md")), page(date, &figures, &pictures))?;
    let image = |path: &str, (name, text): &(&str, String)| {
        format!("![{text}]({path}benches/record/{date}/{name}.svg)\n")
    };
    let first: String =
        pictures.iter().filter(|(name, _)| *name == OVERVIEW).map(|it| image("", it)).collect();
    between("README.md", "chart", &format!("{first}\n{}\n", source("", date)))?;
    let mut all = format!("{}\n\n{}", source("../", date), about(&figures));
    pictures.iter().for_each(|it| all += &format!("\n{}", image("../", it)));
    between("docs/benchmarks.md", "charts", &all)?;
    let build = markdown(&figures.table("footprint", "build"));
    between(
        "docs/promises.md",
        "build",
        &format!("{build}\n{}\n", conditions(&figures, "footprint")),
    )?;
    println!("xtask: {} holds this record", folder().join(format!("{date}.md")).display());
    Ok(())
}

fn source(path: &str, date: &str) -> String {
    format!(
        "Measured on {date} by `cargo xtask bench --record`. All figures: [benches/record/{date}.md]({path}benches/record/{date}.md)."
    )
}

/// The page of a record.
fn page(date: &str, figures: &Figures, pictures: &[(&str, String)]) -> String {
    let mut text = format!(
        "# Benchmarks, {date}\n\n`cargo xtask bench --record` has written this page from [figures.tsv]({date}/figures.tsv). \
         [docs/benchmarks.md](../../docs/benchmarks.md) says what the figures mean.\n\n{}",
        about(figures)
    );
    for (name, alternative) in pictures {
        let _ = writeln!(text, "\n![{alternative}]({date}/{name}.svg)");
    }
    for (program, name, heading, note) in TABLES {
        let table = figures.table(program, name);
        if !table.is_empty() {
            let note = if note.is_empty() { String::new() } else { format!("{note}\n\n") };
            let conditions = conditions(figures, program);
            let _ = write!(text, "\n## {heading}\n\n{note}{conditions}\n\n{}", markdown(&table));
        }
    }
    let _ = write!(text, "{}", missing(figures));
    text
}

/// Names the tables that the record lacks.
fn missing(figures: &Figures) -> String {
    let is_missing = |table: &&(&str, &str, &str, &str)| figures.table(table.0, table.1).is_empty();
    let missing: Vec<String> =
        TABLES.iter().filter(is_missing).map(|(program, ..)| format!("`{program}`")).collect();
    match missing.is_empty() {
        true => String::new(),
        false => format!("\n## Not measured\n\n{}\n", missing.join(", ")),
    }
}

/// Machine and versions.
fn about(figures: &Figures) -> String {
    let mut text = String::new();
    let table = figures.table(machine::PROGRAM, "machine");
    for row in table.rows() {
        let value = table.get(row, "is").map_or("", |figure| &figure.value);
        let _ = writeln!(text, "- {row}: {value}");
    }
    let table = figures.table("rivals", "versions");
    let versions = table
        .rows()
        .into_iter()
        .filter_map(|library| Some(format!("{library} {}", table.get(library, "version")?.value)));
    let _ = writeln!(text, "- libraries: {}", versions.collect::<Vec<_>>().join(", "));
    text
}

/// When `program` ran, and beside how much else.
fn conditions(figures: &Figures, program: &str) -> String {
    let run = figures.table(program, "run");
    let value = |what| run.get("run", what).map_or("unknown", |figure| &figure.value);
    let (begun, before, after) = (value("begun"), value("load before"), value("load after"));
    format!(
        "`{program}`, begun at {begun} UTC; load average of one minute {before} before and {after} after."
    )
}

/// A table in Markdown.
fn markdown(table: &Table<'_>) -> String {
    let columns = table.columns();
    let mut text =
        format!("| | {} |\n|---|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
    for row in table.rows() {
        let cell = |column: &&str| table.get(row, column).map_or("–".to_owned(), cell);
        let cells: Vec<String> = columns.iter().map(cell).collect();
        let _ = writeln!(text, "| {row} | {} |", cells.join(" | "));
    }
    text
}

fn cell(figure: &Figure) -> String {
    match figure.unit.strip_prefix('×') {
        // The text above the table says of what.
        Some(_) => format!("{} ×", figure.value),
        None if figure.unit.is_empty() => shown(&figure.value),
        None => format!("{} {}", figure.value, figure.unit),
    }
}

/// Puts `text` between the marks called `mark` in the file at `path`.
fn between(path: &str, mark: &str, text: &str) -> Result<(), Failure> {
    let path = top().join(path);
    let old = fs::read_to_string(&path)?;
    let new = put(&old, mark, text).ok_or_else(|| {
        Failure(format!(
            "{}: it has no marks <!-- {mark} --> and <!-- end of {mark} -->",
            path.display()
        ))
    })?;
    Ok(fs::write(&path, new)?)
}

fn put(old: &str, mark: &str, text: &str) -> Option<String> {
    let (start, end) = (format!("<!-- {mark} -->\n"), format!("<!-- end of {mark} -->"));
    let (before, rest) = old.split_once(&start)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{start}{text}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_marks_is_replaced() {
        let old = "a\n<!-- x -->\nold\n<!-- end of x -->\nb\n";
        let new = "a\n<!-- x -->\nnew\n<!-- end of x -->\nb\n";
        assert_eq!(put(old, "x", "new\n").as_deref(), Some(new));
        assert_eq!(put(old, "y", "new\n"), None);
    }

    #[test]
    fn a_table_has_a_cell_for_each_row_and_column() {
        let figures = "a\tt\tr\tc\t1234\t\na\tt\tr\td\t2.5\t× raw client\na\tt\ts\td\t3\ts\n";
        let figures = Figures::parse(figures).unwrap();
        let expected = "| | c | d |\n|---|---|---|\n| r | 1,234 | 2.5 × |\n| s | – | 3 s |\n";
        assert_eq!(markdown(&figures.table("a", "t")), expected);
    }

    #[test]
    fn the_documents_have_the_marks() {
        for (path, mark) in [
            ("README.md", "chart"),
            ("docs/benchmarks.md", "charts"),
            ("docs/promises.md", "build"),
        ] {
            let text = fs::read_to_string(top().join(path)).unwrap();
            assert!(put(&text, mark, "").is_some(), "{path} has no marks for {mark}");
        }
    }
}
