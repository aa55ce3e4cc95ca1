//! Figures for people, as a table, or for programs, as rows of tab-separated values.

use core::fmt::Display;

/// How a program shows its figures. With `--tsv` each figure is a row: table, row, column, value, unit.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    is_tsv: bool,
}

impl Report {
    /// Takes `--tsv` out of the program's arguments.
    pub fn new(arguments: &mut Vec<String>) -> Self {
        let count = arguments.len();
        arguments.retain(|argument| argument != "--tsv");
        Self { is_tsv: arguments.len() < count }
    }

    /// A line of the table.
    pub fn line(&self, line: impl Display) {
        if !self.is_tsv {
            println!("{line}");
        }
    }

    /// A figure of the line that comes next.
    pub fn figure(&self, [table, row, column]: [&str; 3], value: impl Display, unit: &str) {
        if self.is_tsv {
            println!("{table}\t{row}\t{column}\t{value}\t{unit}");
        }
    }
}
