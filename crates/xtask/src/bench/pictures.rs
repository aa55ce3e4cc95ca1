//! Which charts a record has, and which figures they show.

use super::chart::{Bar, Chart, Panel};
use super::figures::{Figure, Figures, Table};
use crate::written::grouped;

/// The file of the chart that the README shows.
pub(super) const OVERVIEW: &str = "overview";

/// The charts of a record: name of the file, and the chart. One without figures is left out.
pub(super) fn charts(figures: &Figures) -> Vec<(&'static str, Chart)> {
    let all = [
        (OVERVIEW, overview(figures)),
        ("encoding-instructions", instructions(figures, "Writing a message: instructions", true)),
        ("decoding-instructions", instructions(figures, "Reading a message: instructions", false)),
        ("encoding-time", time(figures, "Writing a message: time", true)),
        ("decoding-time", time(figures, "Reading a message: time", false)),
        ("calls", calls(figures)),
        ("build-and-size", build_and_size(figures)),
    ];
    all.into_iter().filter(|(_, chart)| !chart.panels.is_empty()).collect()
}

/// What the title of a chart of all libraries says.
pub(super) fn alternative(chart: &Chart) -> String {
    format!("{}. {}", chart.title, chart.note)
}

fn overview(figures: &Figures) -> Chart {
    let counts = figures.table("rivals", "instructions");
    let calls = figures.table("rivals", "calls");
    let mut panels = Vec::new();
    for (row, what) in [
        ("w2-encode-400", "Writing the list of 400 units"),
        ("w2-decode-400", "Reading the list of 400 units"),
        ("w3-encode", "Writing 100 properties"),
        ("w3-decode", "Reading 100 properties"),
    ] {
        panels.extend(of_fewest(figures, &counts, row, what));
    }
    for (row, what) in [
        ("dbus-daemon: a call, of a canned service", "A call through dbus-daemon"),
        (
            "dbus-daemon: connect, Hello, a call, of the bus",
            "Connecting to dbus-daemon and calling it",
        ),
    ] {
        let title = format!("{what}: time, × a raw client");
        panels.extend(as_measured(figures, &calls, row, title));
    }
    let build = figures.table("footprint", "build");
    panels.extend(of_column(&build, "processor time", "A cold release build: processor time in s"));
    panels.extend(of_column(
        &build,
        "bytes over an empty program",
        "Size over an empty program: bytes",
    ));
    Chart {
        title: "barebus beside other D-Bus libraries".into(),
        note: "Less is better. Each axis begins at 0.".into(),
        panels,
        columns: 2,
    }
}

/// Rows of the workloads that write messages, or of those that read them.
fn rows<'a>(table: &Table<'a>, writes: bool) -> impl Iterator<Item = &'a str> {
    table.rows().into_iter().filter(move |row| row.contains("-encode") == writes)
}

fn instructions(figures: &Figures, title: &str, writes: bool) -> Chart {
    let table = figures.table("rivals", "instructions");
    Chart {
        title: title.to_owned(),
        note: "As multiples of the fewest, in each panel with an axis of its own from 0. Less is better.".into(),
        panels: rows(&table, writes).filter_map(|row| of_fewest(figures, &table, row, &named(row))).collect(),
        columns: 2,
    }
}

fn time(figures: &Figures, title: &str, writes: bool) -> Chart {
    let table = figures.table("rivals", "time");
    let panel = |row: &str| as_measured(figures, &table, row, format!("{}: × memcpy", named(row)));
    Chart {
        title: title.to_owned(),
        note: "As multiples of copying the message, in each panel with an axis of its own from 0. Less is better.".into(),
        panels: rows(&table, writes).filter_map(panel).collect(),
        columns: 2,
    }
}

fn calls(figures: &Figures) -> Chart {
    let table = figures.table("rivals", "calls");
    let panel = |row: &str| as_measured(figures, &table, row, row.to_owned());
    Chart {
        title: "Calls and connecting: processor time of client and servers".into(),
        note: "As multiples of a raw client, which writes prepared bytes and does not parse. Less is better.".into(),
        panels: table.rows().into_iter().filter_map(panel).collect(),
        columns: 2,
    }
}

fn build_and_size(figures: &Figures) -> Chart {
    let table = figures.table("footprint", "build");
    // Wall time depends on what else the machine does, so it is only in the table.
    let columns = [
        ("processor time", "A cold release build: processor time in s"),
        ("crates", "Crates that are compiled"),
        ("bytes over an empty program", "Built for size: bytes over an empty program"),
    ];
    Chart {
        title: "The same small program with each library".into(),
        note: "It prints the state of a unit file. Each axis begins at 0. Less is better.".into(),
        panels: columns
            .iter()
            .filter_map(|(column, title)| of_column(&table, column, title))
            .collect(),
        columns: 2,
    }
}

/// A workload with what its message is.
fn named(row: &str) -> String {
    let messages = [
        ("w1", "a call"),
        ("w2", "400 units"),
        ("w3", "100 properties"),
        ("w4", "1 MiB of bytes"),
        ("w5", "131,072 numbers"),
        ("w6", "10,000 strings"),
        ("w7", "nested"),
    ];
    let message = messages.iter().find(|(start, _)| row.starts_with(start));
    message.map_or(row.to_owned(), |(_, what)| format!("{row}, {what}"))
}

/// Counts of the libraries in `row` as multiples of the fewest.
fn of_fewest(figures: &Figures, table: &Table<'_>, row: &str, what: &str) -> Option<Panel> {
    let numbers =
        table.columns().into_iter().filter_map(|library| table.get(row, library)?.number());
    let fewest = numbers.reduce(f64::min)?;
    let label = |figure: &Figure, number: f64| {
        format!("{}  ({})", multiple(number / fewest), shown(&figure.value))
    };
    let title = format!("{what}: instructions, 1 = {}", shown(&fewest.to_string()));
    panel(figures, table, row, title, fewest, label)
}

/// Figures of the libraries in `row`.
fn as_measured(figures: &Figures, table: &Table<'_>, row: &str, title: String) -> Option<Panel> {
    panel(figures, table, row, title, 1.0, |figure, _| shown(&figure.value))
}

fn panel(
    figures: &Figures,
    table: &Table<'_>,
    row: &str,
    title: String,
    unit: f64,
    label: impl Fn(&Figure, f64) -> String,
) -> Option<Panel> {
    let bar = |library: &str| {
        let found = table.get(row, library).and_then(|figure| Some((figure, figure.number()?)));
        Bar {
            name: versioned(figures, library),
            value: found.map(|(_, number)| number / unit),
            label: match found {
                Some((figure, number)) => label(figure, number),
                None => "has no way to do it".into(),
            },
        }
    };
    let bars: Vec<Bar> = table.columns().into_iter().map(bar).collect();
    bars.iter().any(|bar| bar.value.is_some()).then_some(Panel { title, bars })
}

/// Figures of all rows in `column`.
fn of_column(table: &Table<'_>, column: &str, title: &str) -> Option<Panel> {
    let bar = |row: &str| {
        let figure = table.get(row, column)?;
        Some(Bar { name: row.to_owned(), value: figure.number(), label: shown(&figure.value) })
    };
    let bars: Vec<Bar> = table.rows().into_iter().filter_map(bar).collect();
    (!bars.is_empty()).then(|| Panel { title: title.to_owned(), bars })
}

fn versioned(figures: &Figures, library: &str) -> String {
    match figures.table("rivals", "versions").get(library, "version") {
        Some(version) => format!("{library} {}", version.value),
        None => library.to_owned(),
    }
}

fn multiple(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { shown(&format!("{value:.0}")) }
}

/// A value for people: whole numbers with commas.
pub(super) fn shown(value: &str) -> String {
    value.parse().map_or_else(|_| value.to_owned(), grouped)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURES: &str = "\
rivals\tversions\tbarebus\tversion\t0.1.0\t
rivals\tversions\tzbus\tversion\t6.2.1\t
rivals\tinstructions\tw1-encode\tbarebus\t619\t
rivals\tinstructions\tw1-encode\tzbus\t12380\t
rivals\tinstructions\tw5-view-at\tbarebus\t543\t
";

    #[test]
    fn a_bar_is_a_multiple_of_the_fewest_and_names_the_version() {
        let figures = Figures::parse(FIGURES).unwrap();
        let chart = instructions(&figures, "", true);
        let [panel] = chart.panels.as_slice() else { panic!("one panel") };
        assert_eq!(panel.title, "w1-encode, a call: instructions, 1 = 619");
        let [barebus, zbus] = panel.bars.as_slice() else { panic!("two bars") };
        assert_eq!((&*barebus.name, barebus.value), ("barebus 0.1.0", Some(1.0)));
        assert_eq!((&*zbus.name, zbus.value), ("zbus 6.2.1", Some(20.0)));
        assert_eq!(zbus.label, "20.0  (12,380)");
    }

    #[test]
    fn a_library_that_has_no_way_to_do_something_is_named_without_a_bar() {
        let figures = Figures::parse(FIGURES).unwrap();
        let chart = instructions(&figures, "", false);
        let bar = &chart.panels[0].bars[1];
        assert_eq!(
            (&*bar.name, bar.value, &*bar.label),
            ("zbus 6.2.1", None, "has no way to do it")
        );
    }

    #[test]
    fn a_chart_without_figures_is_left_out() {
        let figures = Figures::parse(FIGURES).unwrap();
        let names: Vec<&str> = charts(&figures).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["encoding-instructions", "decoding-instructions"]);
    }
}
