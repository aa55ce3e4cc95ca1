//! The record of a run: what was printed, in `fuzz/record/DATE.md`.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::{Engine, Outcome, folder};
use crate::run::Failure;
use crate::written::{grouped, now};

/// The outcomes of the targets.
pub(super) struct Record {
    engine: Engine,
    minutes: f64,
    outcomes: Vec<(String, Outcome)>,
    /// The file of today, what it held before, and the time of day at which this run began.
    path: PathBuf,
    before: String,
    time: String,
}

impl Record {
    /// Begins a record, after what the file of today holds already.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn new(engine: Engine, minutes: f64) -> Result<Self, Failure> {
        let (date, time) = now()?;
        let path = folder().join("record").join(format!("{date}.md"));
        let before = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => format!("# Fuzzing on {date}\n"),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { engine, minutes, outcomes: Vec::new(), path, before, time })
    }

    /// Adds an outcome, prints it, and writes the file: a run that is interrupted leaves its record.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn add(&mut self, target: &str, outcome: Outcome) -> Result<(), Failure> {
        print!("{}", row(target, &outcome));
        self.outcomes.push((target.to_owned(), outcome));
        fs::create_dir_all(folder().join("record"))?;
        Ok(fs::write(&self.path, format!("{}{}", self.before, self.text()))?)
    }

    /// Ends the run.
    ///
    /// # Errors
    /// An input broke a property.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let path = self.path.display();
        println!("xtask: {path} holds this record");
        match self.findings() {
            0 => Ok(()),
            count => Err(Failure(format!("{count} inputs broke a property; {path} names them"))),
        }
    }

    fn findings(&self) -> usize {
        self.outcomes.iter().map(|(_, outcome)| outcome.findings.len()).sum()
    }

    fn text(&self) -> String {
        let minutes = match self.minutes {
            minutes if (minutes - 1.0).abs() < f64::EPSILON => "1 minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        };
        let mut text =
            format!("\n## {} UTC, {}, {minutes} each\n\n", self.time, self.engine.name());
        text +=
            "| target | executions | per second of processor time | edges | corpus | findings |\n";
        text += "|---|---|---|---|---|---|\n";
        for (target, outcome) in &self.outcomes {
            text += &row(target, outcome);
        }
        let total: u64 = self.outcomes.iter().map(|(_, outcome)| outcome.executions).sum();
        let _ = writeln!(text, "\nTogether {} executions.", grouped(total));
        for (target, outcome) in &self.outcomes {
            for finding in &outcome.findings {
                let _ = writeln!(
                    text,
                    "\n`{target}`: `{}`",
                    finding.rsplit('/').next().unwrap_or(finding)
                );
            }
        }
        text
    }
}

fn row(target: &str, outcome: &Outcome) -> String {
    let seconds = outcome.cpu.as_secs_f64();
    // Of processor time, so that the figure does not depend on what else the machine does.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a number of executions in a second is small"
    )]
    let rate = if seconds > 0.0 { (outcome.executions as f64 / seconds) as u64 } else { 0 };
    format!(
        "| `{target}` | {} | {} | {} | {} | {} |\n",
        grouped(outcome.executions),
        grouped(rate),
        grouped(outcome.edges),
        outcome.corpus,
        outcome.findings.len()
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_record_has_a_row_for_each_target_and_names_the_findings() {
        let mut record = Record {
            engine: Engine::Libfuzzer,
            minutes: 1.0,
            outcomes: Vec::new(),
            path: PathBuf::new(),
            before: String::new(),
            time: "12:34".into(),
        };
        let outcome = Outcome {
            executions: 1_234_567,
            cpu: Duration::from_secs(10),
            edges: 321,
            corpus: 7,
            findings: vec!["artifacts/parse/crash-0a".into()],
        };
        record.outcomes.push(("parse".into(), outcome));
        let expected = "\n## 12:34 UTC, libFuzzer, 1 minute each\n\n\
            | target | executions | per second of processor time | edges | corpus | findings |\n\
            |---|---|---|---|---|---|\n\
            | `parse` | 1,234,567 | 123,456 | 321 | 7 | 1 |\n\
            \nTogether 1,234,567 executions.\n\n`parse`: `crash-0a`\n";
        assert_eq!(record.text(), expected);
        assert_eq!(record.findings(), 1);
    }
}
