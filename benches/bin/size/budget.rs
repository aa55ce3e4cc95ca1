//! The size budget: what programs add to an empty one, each compared with its recorded size.

use crate::programs::{Features, Linked, Program};

/// A program that grows by more bytes than this fails, unless its row is changed in the same commit.
const TOLERANCE: u64 = 1024;

struct Row {
    what: &'static str,
    linked: Linked,
    package: &'static str,
    example: &'static str,
    features: Features,
    /// Recorded bytes over the empty program.
    recorded: u64,
}

const ROWS: &[Row] = &[
    row("println! alone", "barebus", "print", 5_344),
    row("a blocking call, without println!", "barebus", "is_enabled", 67_648),
    Row {
        features: Features::Default,
        ..row("... with the features tcp and unixexec", "barebus", "is_enabled", 84_040)
    },
    Row {
        linked: Linked::WithoutUnwindTables,
        ..row("... without unwind tables", "barebus", "is_enabled", 52_864)
    },
    row("the typed layer for systemd, and println!", "barebus-systemd", "unit_file_state", 203_872),
    row("tokio, and println!", "barebus-tokio", "ask_with_tokio", 194_576),
    row("a reply as text, and println!", "barebus-text", "reply_as_text", 153_768),
];

const fn row(
    what: &'static str,
    package: &'static str,
    example: &'static str,
    recorded: u64,
) -> Row {
    Row { what, linked: Linked::Shared, package, example, features: Features::None, recorded }
}

/// Builds the programs and prints the table. Whether one has grown.
pub(crate) fn check() -> Result<bool, String> {
    println!("{:<44} {:>9} {:>9}", "bytes over an empty program", "counted", "recorded");
    let mut has_grown = false;
    for row in ROWS {
        let bytes = row.bytes()?;
        let verdict = if bytes > row.recorded + TOLERANCE {
            has_grown = true;
            "GROWN: change the code, or the row in benches/bin/size/budget.rs and docs/promises.md"
        } else if bytes + TOLERANCE < row.recorded {
            "smaller: record it"
        } else {
            ""
        };
        println!("{:<44} {bytes:>9} {:>9} {verdict}", row.what, row.recorded);
    }
    Ok(has_grown)
}

impl Row {
    fn bytes(&self) -> Result<u64, String> {
        let nothing = Program::build(self.linked, "barebus", "nothing", Features::None)?;
        let program = Program::build(self.linked, self.package, self.example, self.features)?;
        Ok(program.bytes.saturating_sub(nothing.bytes))
    }
}
