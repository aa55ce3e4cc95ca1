//! Prints tables.

use std::io::{self, BufWriter, Write};

use unicode_width::UnicodeWidthStr;

use crate::render::one_line;

/// A table of `N` columns. Each column is as wide as its widest cell.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    /// Cells, each followed by a tab. Cells contain no tabs.
    text: String,
    widths: [usize; N],
    /// `widths <= widest`
    widest: [usize; N],
}

impl<const N: usize> Table<N> {
    /// A cell that is wider than `widest` extends beyond its column and does not widen the other rows.
    pub(crate) fn new(heads: [&str; N], widest: [usize; N]) -> Self {
        let mut table = Self { text: String::new(), widths: [0; N], widest };
        table.push(heads);
        table
    }

    /// Adds a row. Unsafe characters are escaped.
    pub(crate) fn push(&mut self, cells: [&str; N]) {
        let limits = self.widths.iter_mut().zip(self.widest);
        for (cell, (width, widest)) in cells.map(one_line).iter().zip(limits) {
            *width = (*width).max(Some(cell.width()).filter(|own| *own <= widest).unwrap_or(0));
            self.text.push_str(cell);
            self.text.push('\t');
        }
    }

    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = BufWriter::new(io::stdout().lock());
        self.write(&mut out)?;
        out.flush()
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut cells = self.text.split_terminator('\t');
        while let Some(first) = cells.next() {
            let [first_width, widths @ ..] = &self.widths[..] else { break };
            out.write_all(first.as_bytes())?;
            let mut missing = first_width.saturating_sub(first.width());
            for (width, cell) in widths.iter().zip(&mut cells) {
                // A space between columns, none after the last one.
                write!(out, "{:missing$} {cell}", "")?;
                missing = width.saturating_sub(cell.width());
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// Names of buses, interfaces, members and units, and signatures, have at most 255. Spec: Valid Names, Valid Signatures.
pub(crate) const NAME_WIDTH: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    fn written<const N: usize>(table: &Table<N>) -> String {
        let mut out = Vec::new();
        table.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(["A", "B", "C"], [9; 3]);
        table.push(["漢字", "", "x\ty"]);
        table.push(["", "bé", ""]);
        assert_eq!(written(&table), "A    B  C\n漢字    x\\ty\n     bé \n");
    }

    #[test]
    fn a_cell_that_is_too_wide_sticks_out() {
        let mut table = Table::new(["A", "B", "C"], [9, 3, 9]);
        table.push(["a", "bbb", "c"]);
        table.push(["a", "bbbb", "c"]);
        table.push(["a", "b", "cccccccccccc"]);
        assert_eq!(written(&table), "A B   C\na bbb c\na bbbb c\na b   cccccccccccc\n");
    }
}
