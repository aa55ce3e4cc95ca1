//! Measured figures: rows of tab-separated values, as the programs of `benches` print them with `--tsv`, and tables of them.

use std::fmt;

use crate::run::Failure;

/// What one program has measured at one place of one of its tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Figure {
    pub(crate) program: String,
    pub(crate) table: String,
    pub(crate) row: String,
    pub(crate) column: String,
    /// A number, or a word.
    pub(crate) value: String,
    /// Empty if the number is a count, or what `column` says.
    pub(crate) unit: String,
}

impl Figure {
    /// A figure in a row that `program` printed.
    ///
    /// # Errors
    /// The row has not five fields.
    pub(crate) fn of(program: &str, line: &str) -> Result<Self, Failure> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [table, row, column, value, unit] = fields.as_slice() else {
            return Err(Failure(format!("{program}: '{line}' has not five fields")));
        };
        Ok(Self::new(program, [table, row, column], value, unit))
    }

    pub(crate) fn new(
        program: &str,
        [table, row, column]: [&str; 3],
        value: &str,
        unit: &str,
    ) -> Self {
        Self {
            program: program.to_owned(),
            table: table.to_owned(),
            row: row.to_owned(),
            column: column.to_owned(),
            value: value.to_owned(),
            unit: unit.to_owned(),
        }
    }

    /// The value, if it is a number.
    pub(crate) fn number(&self) -> Option<f64> {
        self.value.parse().ok()
    }
}

/// All figures of a record, in the order in which they were measured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures(Vec<Figure>);

impl Figures {
    /// The figures in a file that [`Display`](fmt::Display) wrote.
    ///
    /// # Errors
    /// A row has not six fields.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let figure = |line: &str| match line.split_once('\t') {
            Some((program, rest)) => Figure::of(program, rest),
            None => Err(Failure(format!("'{line}' has not six fields"))),
        };
        text.lines().map(figure).collect::<Result<_, _>>().map(Self)
    }

    /// Puts new figures of `program` in the place of those that it has measured before.
    pub(crate) fn replace(&mut self, program: &str, figures: Vec<Figure>) {
        self.0.retain(|figure| figure.program != program);
        self.0.extend(figures);
    }

    /// A table of `program`, without figures if there is none.
    pub(crate) fn table<'a>(&'a self, program: &str, name: &str) -> Table<'a> {
        let is_in = |figure: &&Figure| figure.program == program && figure.table == name;
        Table(self.0.iter().filter(is_in).collect())
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Figure { program, table, row, column, value, unit } in &self.0 {
            writeln!(f, "{program}\t{table}\t{row}\t{column}\t{value}\t{unit}")?;
        }
        Ok(())
    }
}

/// The figures of one table.
#[derive(Clone, Debug)]
pub(crate) struct Table<'a>(Vec<&'a Figure>);

impl<'a> Table<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn rows(&self) -> Vec<&'a str> {
        distinct(self.0.iter().map(|figure| &*figure.row))
    }

    pub(crate) fn columns(&self) -> Vec<&'a str> {
        distinct(self.0.iter().map(|figure| &*figure.column))
    }

    pub(crate) fn get(&self, row: &str, column: &str) -> Option<&'a Figure> {
        self.0.iter().find(|figure| figure.row == row && figure.column == column).copied()
    }
}

fn distinct<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for one in all {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "rivals\ttime\tw1\tzbus\t2.10\t× memcpy\nsize\tsize\tbytes\tcounted\t7\t\n";

    #[test]
    fn figures_are_written_as_they_are_read() {
        let figures = Figures::parse(ROWS).unwrap();
        assert_eq!(figures.to_string(), ROWS);
        let table = figures.table("rivals", "time");
        assert_eq!(table.get("w1", "zbus").and_then(Figure::number), Some(2.1));
        assert!(figures.table("rivals", "calls").is_empty());
    }

    #[test]
    fn a_row_with_too_few_fields_is_refused() {
        assert!(Figures::parse("rivals\ttime\tw1\tzbus\t2.10\n").is_err());
        assert!(Figures::parse("rivals\n").is_err());
    }

    #[test]
    fn what_a_program_measures_again_replaces_what_it_measured_before() {
        let mut figures = Figures::parse(ROWS).unwrap();
        figures.replace("rivals", vec![Figure::new("rivals", ["time", "w1", "zbus"], "3", "")]);
        let expected = "size\tsize\tbytes\tcounted\t7\t\nrivals\ttime\tw1\tzbus\t3\t\n";
        assert_eq!(figures.to_string(), expected);
    }
}
