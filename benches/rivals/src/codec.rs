//! Marshalling and unmarshalling: the same messages by everyone, checked before they are measured.

use barebus_benches::measure::{instructions, ratios_to_memcpy, run_counted};
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

/// Measures all, or those workloads that are named, and prints a row for each.
pub(crate) fn table(names: &[String]) -> Result<(), String> {
    if let Some(name) = names.iter().find(|name| !ROWS.iter().any(|(row, ..)| row == name)) {
        return Err(format!("there is no workload '{name}'"));
    }
    print!("{:<22}{:>12}", "workload", "barebus");
    CODECS.iter().for_each(|codec| print!("{:>22}", codec.name));
    println!();
    for (name, sample, way) in ROWS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        for codec in CODECS {
            check(codec, *sample, *way)
                .map_err(|error| format!("{name}, {}: {error}", codec.name))?;
        }
        let workload = Workload::find(name).ok_or("no such workload")?;
        if let Target::Memcpy(_) = workload.target {
            row_of_ratios(workload, *sample, *way);
        } else {
            row_of_counts(workload, *sample, *way)?;
        }
    }
    Ok(())
}

/// What runs under valgrind: a workload by a library.
pub(crate) fn count(name: &str, library: &str) -> Result<(), String> {
    let (_, sample, way) = ROWS.iter().find(|(row, ..)| *row == name).ok_or("no such workload")?;
    let operation = match CODECS.iter().find(|codec| codec.name == library) {
        Some(codec) => (codec.measured)(*sample, *way),
        None => Workload::find(name).map(|workload| (workload.prepare)()),
    };
    run_counted(operation.ok_or("the library has no way to do that")?);
    Ok(())
}

fn row_of_counts(workload: &Workload, sample: Sample, way: Way) -> Result<(), String> {
    let count = |library| instructions(&["--count", workload.name, library]);
    let barebus = count("barebus")?;
    print!("{:<22}{barebus:>12}", workload.name);
    for codec in CODECS {
        if (codec.measured)(sample, way).is_none() {
            print!("{:>22}", "-");
            continue;
        }
        let rival = count(codec.name)?;
        print!("{rival:>13}{:>9}", format!("({:.1})", rival as f64 / barebus as f64));
    }
    println!();
    Ok(())
}

fn row_of_ratios(workload: &Workload, sample: Sample, way: Way) {
    let mut operations = vec![(workload.prepare)()];
    operations.extend(CODECS.iter().filter_map(|codec| (codec.measured)(sample, way)));
    let mut ratios = ratios_to_memcpy(&mut operations).into_iter();
    let barebus = ratios.next().unwrap_or(f64::NAN);
    print!("{:<22}{:>12}", workload.name, format!("{barebus:.2} x"));
    for codec in CODECS {
        match (codec.measured)(sample, way).and_then(|_| ratios.next()) {
            Some(rival) => {
                print!("{:>13}{:>9}", format!("{rival:.2} x"), format!("({:.1})", rival / barebus))
            }
            None => print!("{:>22}", "-"),
        }
    }
    println!();
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
