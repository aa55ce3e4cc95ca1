//! Prints what was measured.

use std::fmt::Write;
use std::thread::available_parallelism;

use crate::render::{json_string, one_line};
use crate::terminal::{Style, Styles};

/// Something measured, and what it is compared with.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: String,
    /// Bytes of a message, or of its payload.
    pub(super) bytes: usize,
    /// The time of one operation in nanoseconds.
    pub(super) ours: f64,
    /// The time of the same bytes by memcpy, or by a client that neither checks nor decodes, in nanoseconds.
    pub(super) other: f64,
}

impl Row {
    fn ratio(&self) -> f64 {
        self.ours / self.other.max(1e-3)
    }

    fn per_second(time: f64) -> f64 {
        1e9 / time.max(1e-3)
    }
}

/// What ratios depend on.
struct Machine {
    processor: String,
    processors: usize,
    kernel: String,
}

impl Machine {
    fn this() -> Self {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find(|line| line.starts_with("model name"));
        let model = model.and_then(|line| line.split_once(':')).map_or("unknown", |(_, name)| name);
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            processor: model.trim().to_owned(),
            processors: available_parallelism().map_or(1, Into::into),
            kernel: kernel.trim().to_owned(),
        }
    }
}

/// Appends the rows as a table.
pub(super) fn print(codec: &[Row], bus: &[Row], styles: Styles, out: &mut String) {
    let Machine { processor, processors, kernel } = Machine::this();
    // Writing to a String does not fail.
    let _ = writeln!(
        out,
        "{}, {processors} processors, Linux {}",
        one_line(&processor),
        one_line(&kernel)
    );
    let heads = |out: &mut String, heads: [&str; 5]| {
        let [name, first, ours, other, ratio] = heads;
        let line = format!("{name:<36} {first:>8} {ours:>12} {other:>12} {ratio:>8}");
        let _ = writeln!(out, "\n{}", styles.paint(Style::Underlined, line));
    };
    heads(out, ["CODEC", "BYTES", "ns", "memcpy ns", "RATIO"]);
    for row in codec {
        let Row { name, bytes, ours, other } = row;
        let _ =
            writeln!(out, "{name:<36} {bytes:>8} {ours:>12.1} {other:>12.1} {:>8.2}", row.ratio());
    }
    if bus.is_empty() {
        return;
    }
    heads(out, ["BUS", "MB/s", "per second", "raw client", "RATIO"]);
    for row in bus {
        let (ours, raw) = (Row::per_second(row.ours), Row::per_second(row.other));
        let rate = match row.bytes {
            0 => "-".to_owned(),
            bytes => format!("{:.1}", ours * bytes as f64 / 1e6),
        };
        let name = &row.name;
        let _ = writeln!(out, "{name:<36} {rate:>8} {ours:>12.0} {raw:>12.0} {:>8.2}", row.ratio());
    }
}

/// Appends the rows as an object on a line.
pub(super) fn print_json(codec: &[Row], bus: &[Row], out: &mut String) {
    let Machine { processor, processors, kernel } = Machine::this();
    let _ = write!(
        out,
        "{{\"processor\":{},\"processors\":{processors},\"kernel\":{}",
        json_string(&processor),
        json_string(&kernel)
    );
    for (key, other, rows) in [("codec", "memcpy_ns", codec), ("bus", "raw_ns", bus)] {
        let _ = write!(out, ",\"{key}\":[");
        for (index, row) in rows.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let Row { name, bytes, ours, other: theirs } = row;
            let _ = write!(
                out,
                "{comma}{{\"workload\":\"{name}\",\"bytes\":{bytes},\"ns\":{:.1},\"{other}\":{:.1},\"ratio\":{:.3}}}",
                ours,
                theirs,
                row.ratio()
            );
        }
        out.push(']');
    }
    out.push_str("}\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_stand_out_and_rows_fit_a_terminal() {
        let row = |name: &str, bytes| Row { name: name.into(), bytes, ours: 1.0, other: 2.0 };
        let (codec, bus) = ([row("marshal a call", 144)], [row("signals to ourselves, 1 MiB", 1)]);
        let mut plain = String::new();
        print(&codec, &bus, Styles::NONE, &mut plain);
        assert!(plain.lines().skip(1).all(|line| line.len() <= 80), "{plain}");
        let mut styled = String::new();
        print(&codec, &bus, Styles::ALL, &mut styled);
        assert_eq!(styled.matches("\x1b[4m").count(), 2, "{styled}");
        assert_eq!(styled.replace("\x1b[4m", "").replace("\x1b[0m", ""), plain);
    }
}
