//! What written records have in common: the date, and numbers for people.

use std::process::Command;

use crate::run::Failure;

/// Date and time of day in UTC.
pub(crate) fn now() -> Result<(String, String), Failure> {
    let output = Command::new("date").args(["-u", "+%F %H:%M"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let (date, time) = text.split_once(' ').ok_or_else(|| Failure("date tells no date".into()))?;
    Ok((date.to_owned(), time.to_owned()))
}

/// A number with a comma between each three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
