//! What has become of the messages.

use std::fmt::Write;
use std::process::ExitCode;

use super::Stop;
use crate::exit::{Exit, Failure};
use crate::render::{json_string, one_line};

/// Counts messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    pub(super) calls: u64,
    pub(super) signals: u64,
    /// Messages of other types, with `--raw`.
    pub(super) others: u64,
    /// Calls that were answered, by a METHOD_RETURN or an ERROR.
    pub(super) answered: u64,
    /// Replies that were compared with the recorded ones, and those that differ.
    pub(super) compared: u64,
    pub(super) differing: u64,
    /// Calls without a reply, and messages that could not be sent.
    pub(super) failed: u64,
    /// Messages that are not sent: replies, and what opens a connection.
    pub(super) skipped: u64,
    /// Files that could not be read to their end, and messages in them that are invalid.
    pub(super) unreadable: Option<Exit>,
    /// Why the other side hung up, and where the last message is that was sent before.
    pub(super) hung_up: Option<(String, String)>,
}

impl Report {
    pub(super) const fn sent(&self) -> u64 {
        self.calls + self.signals + self.others
    }

    /// Tells and notes that a file, or a message in it, cannot be read.
    pub(super) fn unreadable(&mut self, failure: &Failure) {
        failure.tell();
        self.unreadable = Some(failure.exit);
    }

    /// Adds why nothing more was sent; `last` is the place of the last message.
    ///
    /// # Errors
    /// What failed on this side.
    pub(super) fn ended(mut self, why: Result<(), Stop>, last: String) -> Result<Self, Failure> {
        match why {
            Ok(()) | Err(Stop::Interrupted) => {}
            Err(Stop::HungUp(why)) => self.hung_up = Some((why, last)),
            Err(Stop::Failed(failure)) => return Err(failure),
        }
        Ok(self)
    }

    pub(super) fn exit(&self) -> ExitCode {
        if self.hung_up.is_some() {
            return Exit::Connection.into();
        }
        if let Some(exit) = self.unreadable {
            return exit.into();
        }
        match (self.failed, self.differing) {
            (0, 0) => ExitCode::SUCCESS,
            (0, _) => Exit::Refused.into(),
            _ => Exit::NoReply.into(),
        }
    }

    pub(super) fn print(&self, has_checked: bool, out: &mut String) {
        let Self { calls, signals, others, answered, failed, skipped, .. } = self;
        // Writing to a String does not fail.
        let _ = write!(out, "sent {} ({calls} calls, {signals} signals", self.sent());
        if *others > 0 {
            let _ = write!(out, ", {others} others");
        }
        let _ = write!(out, "), answered {answered}");
        if has_checked {
            let _ = write!(out, ", compared {}, differing {}", self.compared, self.differing);
        }
        let _ = writeln!(out, ", failed {failed}, skipped {skipped}");
    }

    /// Says whether the other side hung up. `is_tried`: also that it did not, which is a result where messages could make it hang up.
    pub(super) fn print_end(&self, is_tried: bool, out: &mut String) {
        // Writing to a String does not fail.
        let _ = match &self.hung_up {
            Some((why, last)) => {
                let (number, last, why) = (self.sent(), one_line(last), one_line(why));
                match number {
                    0 => writeln!(out, "the other side hung up before the first message: {why}"),
                    _ => writeln!(
                        out,
                        "the other side hung up after message {number} ({last}): {why}"
                    ),
                }
            }
            None if is_tried => writeln!(out, "the other side did not hang up"),
            None => Ok(()),
        };
    }

    pub(super) fn print_json(&self, out: &mut String) {
        let Self { calls, signals, others, answered, compared, differing, failed, .. } = self;
        let _ = write!(
            out,
            "{{\"sent\":{},\"calls\":{calls},\"signals\":{signals},\"others\":{others},\
             \"answered\":{answered},\"compared\":{compared},\"differing\":{differing},\
             \"failed\":{failed},\"skipped\":{},\"hung_up\":",
            self.sent(),
            self.skipped,
        );
        match &self.hung_up {
            Some((why, last)) => {
                let (number, last, why) = (self.sent(), json_string(last), json_string(why));
                let _ = write!(out, "{{\"number\":{number},\"after\":{last},\"reason\":{why}}}");
            }
            None => out.push_str("null"),
        }
        out.push_str("}\n");
    }
}
