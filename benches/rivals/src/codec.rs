//! Marshalling and unmarshalling: the same messages by everyone, checked before they are measured.

use barebus_benches::measure::{copy, instructions, rounds, run_counted};
use barebus_benches::report::Report;
use barebus_benches::{Operation, Sample, Target, Workload};
use barebus_wire::Message;

use crate::seen::{Checked, Measured, leaves_of, seen};

/// What is done with a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// Written, with its header.
    Encode,
    /// Read, each value as it comes; long arrays where they are.
    Decode,
    /// Read into a hash map.
    Map,
    /// Read into a vector.
    Copy,
}

/// A library.
struct Codec {
    name: &'static str,
    measured: Prepare,
    checked: Prepare,
}

/// Makes the operation, if the library has a way to do it.
type Prepare = fn(Sample, Way) -> Option<Operation>;

macro_rules! codecs {
    ($($name:literal $module:ident)*) => {
        &[$(Codec {
            name: $name,
            measured: crate::$module::operation::<Measured>,
            checked: crate::$module::operation::<Checked>,
        }),*]
    };
}

const CODECS: &[Codec] =
    codecs! { "zbus" zbus "rustbus" rustbus "sd-bus" sd_bus "libdbus" libdbus };
const ROWS: &[(&str, Sample, Way)] = &[
    ("w1-encode", Sample::Call, Way::Encode),
    ("w1-decode", Sample::Call, Way::Decode),
    ("w2-encode-400", Sample::Units, Way::Encode),
    ("w2-decode-400", Sample::Units, Way::Decode),
    ("w2-decode-foreign", Sample::ForeignUnits, Way::Decode),
    ("w3-encode", Sample::Properties, Way::Encode),
    ("w3-decode", Sample::Properties, Way::Decode),
    ("w3-decode-map", Sample::Properties, Way::Map),
    ("w4-encode", Sample::Bytes, Way::Encode),
    ("w4-decode", Sample::Bytes, Way::Decode),
    ("w5-encode-at", Sample::Numbers, Way::Encode),
    ("w5-encode-at-foreign", Sample::ForeignNumbers, Way::Encode),
    ("w5-view-at", Sample::Numbers, Way::Decode),
    ("w5-copy-at", Sample::Numbers, Way::Copy),
    ("w5-copy-at-foreign", Sample::ForeignNumbers, Way::Copy),
    ("w6-encode", Sample::Strings, Way::Encode),
    ("w6-decode", Sample::Strings, Way::Decode),
    ("w7-encode-arrays", Sample::Arrays, Way::Encode),
    ("w7-decode-arrays", Sample::Arrays, Way::Decode),
    ("w7-encode-variants", Sample::Variants, Way::Encode),
    ("w7-decode-variants", Sample::Variants, Way::Decode),
];

/// Measures all, or those workloads that are named, and prints two lines for each: instructions and time.
pub(crate) fn table(names: &[String], report: Report) -> Result<(), String> {
    if let Some(name) = names.iter().find(|name| !ROWS.iter().any(|(row, ..)| row == name)) {
        return Err(format!("there is no workload '{name}'"));
    }
    let libraries: String = libraries().map(|name| format!("{name:>20}")).collect();
    report.line(format_args!("{:<34}{libraries}", "workload"));
    for (name, sample, way) in ROWS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        for codec in CODECS {
            check(codec, *sample, *way)
                .map_err(|error| format!("{name}, {}: {error}", codec.name))?;
        }
        let workload = Workload::find(name).ok_or("no such workload")?;
        // Where it is copied, the count depends on how the processor copies.
        if !matches!(workload.target, Target::Memcpy(_)) {
            Line { workload, what: "instructions", unit: "" }.print(
                &counts(workload, *sample, *way)?,
                |value| format!("{value:.0}"),
                report,
            );
        }
        Line { workload, what: "time", unit: "× memcpy" }.print(
            &times(workload, *sample, *way),
            significant,
            report,
        );
    }
    Ok(())
}

/// Names of all libraries, barebus first.
fn libraries() -> impl Iterator<Item = &'static str> {
    ["barebus"].into_iter().chain(CODECS.iter().map(|codec| codec.name))
}

/// What runs under valgrind: a workload by a library.
pub(crate) fn count(name: &str, library: &str) -> Result<(), String> {
    let (_, sample, way) = ROWS.iter().find(|(row, ..)| *row == name).ok_or("no such workload")?;
    let workload = Workload::find(name).ok_or("no such workload")?;
    let operation = operation(workload, library, *sample, *way);
    run_counted(operation.ok_or("the library has no way to do that")?);
    Ok(())
}

/// Instructions by each library that has a way to do it.
fn counts(workload: &Workload, sample: Sample, way: Way) -> Result<Vec<Option<f64>>, String> {
    let count = |library| match operation(workload, library, sample, way) {
        Some(_) => {
            instructions(&["--count", workload.name, library]).map(|count| Some(count as f64))
        }
        None => Ok(None),
    };
    libraries().map(count).collect()
}

/// Time by each library that has a way to do it, as a multiple of the time that copying the message takes, all in turns. The shortest of
/// many rounds counts: a megabyte that another program has evicted from the caches takes several times as long.
fn times(workload: &Workload, sample: Sample, way: Way) -> Vec<Option<f64>> {
    let mut operations = vec![copy(sample.message().as_bytes())];
    operations.extend(libraries().filter_map(|name| operation(workload, name, sample, way)));
    let rounds = rounds(&mut operations);
    let shortest =
        |index: usize| rounds.iter().map(|times| times[index]).fold(f64::INFINITY, f64::min);
    let copied = shortest(0);
    let mut multiples = (1..operations.len()).map(|index| shortest(index) / copied);
    let has_way = |library| operation(workload, library, sample, way).is_some();
    libraries().map(|library| has_way(library).then(|| multiples.next()).flatten()).collect()
}

fn operation(workload: &Workload, library: &str, sample: Sample, way: Way) -> Option<Operation> {
    match CODECS.iter().find(|codec| codec.name == library) {
        Some(codec) => (codec.measured)(sample, way),
        None => Some((workload.prepare)()),
    }
}

/// A line of figures of one workload.
struct Line<'a> {
    workload: &'a Workload,
    what: &'a str,
    unit: &'a str,
}

impl Line<'_> {
    /// Prints the figures of all libraries, and those of the rivals as multiples of barebus', too.
    fn print(&self, values: &[Option<f64>], show: impl Fn(f64) -> String, report: Report) {
        let Self { workload, what, unit } = self;
        let barebus = values.first().copied().flatten().unwrap_or(f64::NAN);
        let mut line = String::new();
        for (index, (library, value)) in libraries().zip(values).enumerate() {
            let Some(value) = value else {
                line += &format!("{:>20}", "-");
                continue;
            };
            report.figure([what, workload.name, library], show(*value), unit);
            let multiple = match index {
                0 => String::new(),
                _ => format!("({:.1})", value / barebus),
            };
            line += &format!("{:>12}{multiple:>8}", show(*value));
        }
        report.line(format_args!("{:<22}{what:<12}{line}", workload.name));
    }
}

/// With three significant digits, as far as they stand after the point.
fn significant(value: f64) -> String {
    let digits = 2 - value.abs().max(1e-9).log10().floor() as i32;
    format!("{value:.*}", usize::try_from(digits).unwrap_or(0))
}

/// Whether what the library writes carries the same values, and what it reads are the same values.
fn check(codec: &Codec, sample: Sample, way: Way) -> Result<(), String> {
    let Some(mut operation) = (codec.checked)(sample, way) else {
        return Ok(());
    };
    let expected = sample.message();
    // What comes second must be right, too: buffers are used again.
    for _ in 0..2 {
        operation();
        let seen = seen();
        if way != Way::Encode {
            if seen != leaves_of(&expected) {
                return Err("it has read other values".into());
            }
            continue;
        }
        let message = Message::parse(&seen).map_err(|error| error.to_string())?;
        message.validate().map_err(|error| error.to_string())?;
        let mut header = *message.header();
        // Flags are as each sets them.
        header.flags = expected.header().flags;
        // It has no way to write it.
        if codec.name == "rustbus" {
            header.sender = expected.header().sender;
        }
        if header != *expected.header() {
            return Err(format!("it has written another header: {header:?}"));
        }
        if message.body_bytes() != expected.body_bytes() {
            return Err("it has written other values".into());
        }
    }
    Ok(())
}
