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
    /// A column whose cells end at its right edge.
    right: Option<usize>,
    /// How many columns are printed: `columns <= N`
    columns: usize,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(heads: [&str; N]) -> Self {
        let mut table = Self::without_heads();
        table.push(heads);
        table
    }

    pub(crate) const fn without_heads() -> Self {
        Self { text: String::new(), widths: [0; N], right: None, columns: N }
    }

    /// Aligns the cells of a column to the right.
    pub(crate) const fn align_right(mut self, column: usize) -> Self {
        self.right = Some(column);
        self
    }

    /// Leaves out the columns behind the first `columns`.
    pub(crate) fn columns(mut self, columns: usize) -> Self {
        self.columns = columns.min(N);
        self
    }

    /// Makes columns at least this wide.
    pub(crate) fn widen(&mut self, widths: [usize; N]) {
        for (width, least) in self.widths.iter_mut().zip(widths) {
            *width = (*width).max(least);
        }
    }

    /// Adds a row. Unsafe characters are escaped.
    pub(crate) fn push(&mut self, cells: [&str; N]) {
        for (cell, width) in cells.map(one_line).iter().zip(&mut self.widths) {
            *width = (*width).max(cell.width());
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
        let mut cells = self.text.split_terminator('\t').peekable();
        while cells.peek().is_some() {
            let mut missing = 0;
            for (column, width) in self.widths.iter().enumerate() {
                let cell = cells.next().unwrap_or_default();
                if column >= self.columns {
                    continue;
                }
                // A space between columns, none after the last one.
                let space = if column == 0 { "" } else { " " };
                let rest = width.saturating_sub(cell.width());
                let is_right = self.right == Some(column);
                let indent = if is_right { rest } else { 0 };
                write!(out, "{:missing$}{space}{:indent$}{cell}", "", "")?;
                missing = if is_right { 0 } else { rest };
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

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
        let mut table = Table::new(["A", "B", "C"]);
        table.push(["漢字", "", "x\ty"]);
        table.push(["", "bé", ""]);
        assert_eq!(written(&table), "A    B  C\n漢字    x\\ty\n     bé \n");
    }

    #[test]
    fn a_column_can_end_at_its_right_edge() {
        let mut table = Table::new(["NAME", "PID", "USER"]).align_right(1);
        table.push(["a", "12345", "root"]);
        table.push(["bbbbb", "-", "r"]);
        assert_eq!(written(&table), "NAME    PID USER\na     12345 root\nbbbbb     - r\n");
    }

    #[test]
    fn heads_and_columns_can_be_left_out() {
        let mut table = Table::without_heads().columns(2);
        table.push(["a", "b", "c"]);
        table.push(["aa", "b", "c"]);
        assert_eq!(written(&table), "a  b\naa b\n");
    }
}
