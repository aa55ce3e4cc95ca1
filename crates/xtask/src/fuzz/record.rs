//! The record of a run: what was printed, in `fuzz/record/DATE.md`.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::process::Command;

use super::{Engine, Outcome, folder};
use crate::run::Failure;

/// The outcomes of the targets.
pub(super) struct Record {
    engine: Engine,
    minutes: f64,
    outcomes: Vec<(String, Outcome)>,
}

impl Record {
    pub(super) const fn new(engine: Engine, minutes: f64) -> Self {
        Self { engine, minutes, outcomes: Vec::new() }
    }

    /// Adds an outcome and prints it.
    pub(super) fn add(&mut self, target: &str, outcome: Outcome) {
        print!("{}", row(target, &outcome));
        self.outcomes.push((target.to_owned(), outcome));
    }

    /// Writes the file of today, behind what it holds already.
    ///
    /// # Errors
    /// The file cannot be written, or an input broke a property.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let (date, time) = now()?;
        let record = folder().join("record");
        fs::create_dir_all(&record)?;
        let path = record.join(format!("{date}.md"));
        let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
        if file.metadata()?.len() == 0 {
            writeln!(file, "# Fuzzing on {date}")?;
        }
        file.write_all(self.text(&time).as_bytes())?;
        println!("xtask: {} holds this record", path.display());
        match self.findings() {
            0 => Ok(()),
            count => Err(Failure(format!(
                "{count} inputs broke a property; {} names them",
                path.display()
            ))),
        }
    }

    fn findings(&self) -> usize {
        self.outcomes.iter().map(|(_, outcome)| outcome.findings.len()).sum()
    }

    fn text(&self, time: &str) -> String {
        let minutes = match self.minutes {
            minutes if (minutes - 1.0).abs() < f64::EPSILON => "1 minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        };
        let mut text = format!("\n## {time} UTC, {}, {minutes} each\n\n", self.engine.name());
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

/// A number with a comma between each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Date and time of day in UTC.
fn now() -> Result<(String, String), Failure> {
    let output = Command::new("date").args(["-u", "+%F %H:%M"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let (date, time) = text.split_once(' ').ok_or_else(|| Failure("date tells no date".into()))?;
    Ok((date.to_owned(), time.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_record_has_a_row_for_each_target_and_names_the_findings() {
        let mut record = Record::new(Engine::Libfuzzer, 1.0);
        let outcome = Outcome {
            executions: 1_234_567,
            cpu: Duration::from_secs(10),
            edges: 321,
            corpus: 7,
            findings: vec!["artifacts/parse/crash-0a".into()],
        };
        record.add("parse", outcome);
        let expected = "\n## 12:34 UTC, libFuzzer, 1 minute each\n\n\
            | target | executions | per second of processor time | edges | corpus | findings |\n\
            |---|---|---|---|---|---|\n\
            | `parse` | 1,234,567 | 123,456 | 321 | 7 | 1 |\n\
            \nTogether 1,234,567 executions.\n\n`parse`: `crash-0a`\n";
        assert_eq!(record.text("12:34"), expected);
        assert_eq!(record.findings(), 1);
    }
}
