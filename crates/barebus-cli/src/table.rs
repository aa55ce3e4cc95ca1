//! Prints tables.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::output::BUFFER_LEN;
use crate::render::{is_utf8, one_line};
use crate::terminal::{self, Style, Styles};

/// A table of `N` columns. Each column is as wide as its widest cell. On a terminal the widest columns are cut until rows fit:
/// names in the first column inside, other cells at their ends.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    /// Cells, each followed by a tab. Cells contain no tabs.
    text: String,
    widths: [usize; N],
    /// A column whose cells end at its right edge.
    right: Option<usize>,
    /// How many columns are printed: `columns <= N`
    columns: usize,
    /// Whether nothing is cut.
    is_full: bool,
    has_heads: bool,
    rows: usize,
    /// Rows that stand out, in order.
    bold: Vec<usize>,
    /// Cells with one of these texts are grey.
    grey: &'static [&'static str],
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(heads: [&str; N]) -> Self {
        let mut table = Self::without_heads();
        table.push(heads);
        table.has_heads = true;
        table
    }

    pub(crate) const fn without_heads() -> Self {
        Self {
            text: String::new(),
            widths: [0; N],
            right: None,
            columns: N,
            is_full: false,
            has_heads: false,
            rows: 0,
            bold: Vec::new(),
            grey: &[],
        }
    }

    /// Aligns the cells of a column to the right.
    pub(crate) const fn align_right(mut self, column: usize) -> Self {
        self.right = Some(column);
        self
    }

    /// Leaves out the columns after the first `columns`.
    pub(crate) fn columns(mut self, columns: usize) -> Self {
        self.columns = columns.min(N);
        self
    }

    /// Cuts nothing, on a terminal either.
    pub(crate) fn full(mut self, is_full: bool) -> Self {
        self.is_full = is_full;
        self
    }

    /// Makes cells with one of these texts grey.
    pub(crate) const fn grey(mut self, texts: &'static [&'static str]) -> Self {
        self.grey = texts;
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
            *width = (*width).max(width_of(cell));
            self.text.push_str(cell);
            self.text.push('\t');
        }
        self.rows += 1;
    }

    /// Adds a row that stands out.
    pub(crate) fn push_bold(&mut self, cells: [&str; N]) {
        self.bold.push(self.rows);
        self.push(cells);
    }

    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = BufWriter::with_capacity(BUFFER_LEN, io::stdout().lock());
        let width = if self.is_full { None } else { terminal::width() };
        self.write(&mut out, width, Styles::of_output())?;
        out.flush()
    }

    fn write(&self, out: &mut impl Write, width: Option<usize>, styles: Styles) -> io::Result<()> {
        let widths = width.map_or(self.widths, |width| self.fitted(width));
        let mut cells = self.text.split_terminator('\t').peekable();
        let mut bold = self.bold.iter().peekable();
        let mut row = String::new();
        for number in 0..self.rows {
            let is_head = self.has_heads && number == 0;
            row.clear();
            let mut missing = 0;
            for (column, width) in widths.iter().enumerate() {
                let cell = cells.next().unwrap_or_default();
                if column >= self.columns {
                    continue;
                }
                let is_grey = !is_head && self.grey.contains(&cell);
                let cell = if column == 0 { cut_inside(cell, *width) } else { cut(cell, *width) };
                // A space between columns, none after the last one.
                let space = usize::from(column > 0);
                let rest = width.saturating_sub(width_of(&cell));
                let is_right = self.right == Some(column);
                let indent = if is_right { rest } else { 0 };
                indent_by(&mut row, missing + space + indent);
                // Writing to a String does not fail.
                let _ = match is_grey {
                    true => write!(row, "{}", styles.paint(Style::Grey, &cell)),
                    false => row.write_str(&cell),
                };
                missing = if is_right { 0 } else { rest };
            }
            let is_bold = bold.next_if_eq(&&number).is_some();
            match (is_head, is_bold) {
                (true, _) => writeln!(out, "{}", styles.paint(Style::Underlined, &row))?,
                (false, true) => writeln!(out, "{}", styles.paint(Style::Bold, &row))?,
                (false, false) => writeln!(out, "{row}")?,
            }
        }
        Ok(())
    }

    /// The widths of columns with which a row has at most `width` characters, if none becomes too narrow to be read. The widest columns
    /// become equally wide.
    fn fitted(&self, width: usize) -> [usize; N] {
        let shown = self.columns.min(N);
        let room = width.saturating_sub(shown.saturating_sub(1));
        let taken = |most: usize| -> usize {
            self.widths.iter().take(shown).map(|width| *width.min(&most)).sum()
        };
        let widest = self.widths.iter().take(shown).copied().max().unwrap_or(0);
        // By halves, because cells can be huge: `fits <= the greatest that fits < too_wide`.
        let (mut fits, mut too_wide) = (NARROWEST, widest.max(NARROWEST) + 1);
        while fits + 1 < too_wide {
            let middle = fits + (too_wide - fits) / 2;
            match taken(middle) <= room {
                true => fits = middle,
                false => too_wide = middle,
            }
        }
        // What is left is less than a character for each of them.
        let mut left = room.saturating_sub(taken(fits));
        let mut widths = self.widths;
        for width in widths.iter_mut().take(shown).rev().filter(|width| **width > fits) {
            *width = fits + usize::from(left > 0);
            left = left.saturating_sub(1);
        }
        widths
    }
}

/// A column is not made narrower than this.
const NARROWEST: usize = 8;

/// Appends spaces, a piece at a time.
fn indent_by(row: &mut String, mut count: usize) {
    const SPACES: &str = "                                                                ";
    while let Some(rest) = count.checked_sub(SPACES.len()) {
        row.push_str(SPACES);
        count = rest;
    }
    row.push_str(SPACES.get(..count).unwrap_or_default());
}

/// The columns that a cell takes. Its characters are those that can be shown.
fn width_of(cell: &str) -> usize {
    if cell.is_ascii() { cell.len() } else { cell.width() }
}

/// The beginning of a cell that is too wide.
fn cut(cell: &str, width: usize) -> Cow<'_, str> {
    if width_of(cell) <= width {
        return Cow::Borrowed(cell);
    }
    let gap = gap();
    let mut text: String = fitting(cell.chars(), width.saturating_sub(gap.width())).collect();
    text.push_str(gap);
    Cow::Owned(text)
}

/// The beginning and the end of a name that is too wide. Most begin alike, as org.freedesktop, so the end gets two thirds.
fn cut_inside(name: &str, width: usize) -> Cow<'_, str> {
    if width_of(name) <= width {
        return Cow::Borrowed(name);
    }
    let gap = gap();
    let room = width.saturating_sub(gap.width());
    let mut text: String = fitting(name.chars(), room / 3).collect();
    let left = room - width_of(&text);
    text.push_str(gap);
    let end: usize = fitting(name.chars().rev(), left).map(char::len_utf8).sum();
    text.push_str(&name[name.len() - end..]);
    Cow::Owned(text)
}

/// What stands for the characters that are left out.
fn gap() -> &'static str {
    if is_utf8() { "…" } else { "..." }
}

/// The first characters that take at most `room` columns.
fn fitting(characters: impl Iterator<Item = char>, room: usize) -> impl Iterator<Item = char> {
    let mut left = room;
    characters.take_while(move |character| {
        let wide = character.width().unwrap_or(0);
        let is_room = wide <= left;
        left = if is_room { left - wide } else { 0 };
        is_room
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<const N: usize>(table: &Table<N>) -> String {
        let mut out = Vec::new();
        table.write(&mut out, None, Styles::NONE).unwrap();
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

    #[test]
    fn the_widest_columns_are_cut_until_a_row_fits() {
        let mut table = Table::new(["NAME", "VALUE", "FLAGS"]);
        table.push(["org.example.Interface", "a value that is much longer than others", "const"]);
        table.push(["漢字漢字漢字漢字漢字漢字", "short", "-"]);
        let mut out = Vec::new();
        table.write(&mut out, Some(40), Styles::NONE).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(
            out,
            "NAME             VALUE             FLAGS\n\
             org.e….Interface a value that is … const\n\
             漢字…字漢字漢字  short             -\n"
        );
        assert!(out.lines().all(|line| line.width() <= 40));
        // What cannot be read at all is worse than lines that are broken.
        assert_eq!(table.fitted(1), [8, 8, 5]);
        assert_eq!(table.fitted(1000), table.widths);
    }

    #[test]
    fn columns_of_any_width_are_fitted() {
        let mut table = Table::without_heads();
        // Without steps of one character, which would take for ever.
        table.widen([usize::MAX / 4, usize::MAX / 4, 3]);
        assert_eq!(table.fitted(80), [37, 38, 3]);
        assert_eq!(table.fitted(79), [37, 37, 3]);
        assert_eq!(table.fitted(20), [8, 8, 3]);
        assert_eq!(table.columns(1).fitted(79), [79, usize::MAX / 4, 3]);
    }

    #[test]
    fn heads_and_interfaces_stand_out() {
        let mut table = Table::new(["A", "B"]);
        table.push(["a", "b"]);
        table.push_bold(["c", "d"]);
        let mut out = Vec::new();
        table.write(&mut out, None, Styles::ALL).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, "\x1b[4mA B\x1b[0m\na b\n\x1b[1mc d\x1b[0m\n");
    }

    #[test]
    fn cells_without_a_value_are_grey() {
        let mut table = Table::new(["A", "-", "C"]).align_right(1).grey(&["-", "(none at all)"]);
        table.push(["a", "-", "-"]);
        table.push(["-b", "12", "(none at all)"]);
        let mut out = Vec::new();
        table.write(&mut out, Some(14), Styles::ALL).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(
            out,
            "\x1b[4mA   - C\x1b[0m\n\
             a   \x1b[38;5;245m-\x1b[0m \x1b[38;5;245m-\x1b[0m\n\
             -b 12 \x1b[38;5;245m(none a…\x1b[0m\n"
        );
    }

    #[test]
    fn a_cell_can_have_any_length() {
        let long = "x".repeat(100_000);
        let mut table = Table::new(["A", "B"]).align_right(0);
        table.push([&long, &long]);
        table.push(["a", "b"]);
        assert_eq!(written(&table).lines().last().map(str::len), Some(100_002));
    }
}
