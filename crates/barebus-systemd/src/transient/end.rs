//! How what was run has ended.

use std::fmt;

use crate::job::JobEnd;
use crate::unit::{ProcessEnd, Status};
use crate::word::UnitResult;

/// How a transient unit has ended.
///
/// Its text says all that is known: `success: exit code 0 after 1.2s, 15ms of CPU time`.
///
/// ```
/// use barebus_systemd::transient::RunEnd;
///
/// /// Ends as the command did, as `systemd-run --wait` does.
/// fn exit(end: &RunEnd) -> std::process::ExitCode {
///     if !end.is_success() {
///         eprintln!("{end}");
///     }
///     end.exit_code().into()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunEnd {
    /// How the job that started the unit ended. It fails, too, if the command of a `Type=oneshot` service does.
    pub job: JobEnd,
    /// The unit after it had stopped: result, how the main process ended, run time, what it used. Without a bus, systemd forgets a unit that
    /// has succeeded before it can be asked. Then only properties are known whose changes systemd tells: not what it used.
    pub status: Status,
    /// Whether the end was lost: systemd re-executed itself, and did not know the unit any more. `status` is then the last that was known.
    pub is_lost: bool,
}

impl RunEnd {
    /// Whether the unit ran and its result is success.
    pub fn is_success(&self) -> bool {
        !self.is_lost
            && self.status.run_time.is_some()
            && self.status.result.as_ref().is_none_or(|result| *result == UnitResult::Success)
    }

    /// The exit code for a program that runs the unit in place of its command, as `systemd-run --wait` has it: 0 for success, and if a condition of
    /// the unit did not hold; that of the main process, if that is why the unit failed; 255 if a signal is; otherwise 1.
    pub fn exit_code(&self) -> u8 {
        const FAILURE: u8 = 1;

        let Status { result, main_process, run_time, .. } = &self.status;
        if self.is_success() || !self.is_lost && run_time.is_none() && self.job.is_success() {
            return 0;
        }
        match result {
            _ if self.is_lost || run_time.is_none() => FAILURE,
            Some(UnitResult::ExitCode) => {
                let code = main_process.and_then(ProcessEnd::code);
                let code = code.and_then(|code| u8::try_from(code).ok());
                code.filter(|code| *code != 0).unwrap_or(FAILURE)
            }
            Some(UnitResult::Signal | UnitResult::CoreDump) => u8::MAX,
            _ => FAILURE,
        }
    }
}

impl fmt::Display for RunEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Status { result, main_process, run_time, resources, .. } = &self.status;
        match (self.is_lost, run_time, result) {
            (true, ..) => f.write_str("the end was lost")?,
            // It did not get so far.
            (false, None, _) if self.status.conditions_held == Some(false) => {
                f.write_str("not started: a condition does not hold")?;
            }
            (false, None, _) => write!(f, "not started: {}", self.job)?,
            (false, Some(_), Some(result)) => result.fmt(f)?,
            (false, Some(_), None) => self.status.active_state.fmt(f)?,
        }
        if let Some(end) = main_process {
            write!(f, ": {end}")?;
        }
        if let Some(time) = run_time {
            write!(f, " after {time:?}")?;
        }
        if let Some(time) = resources.cpu {
            write!(f, ", {time:?} of CPU time")?;
        }
        if let Some(bytes) = resources.memory_peak {
            write!(f, ", at most {bytes} bytes of memory")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::job::JobResult;
    use crate::name::UnitName;
    use crate::unit::Reading;
    use crate::word::ActiveState;

    #[test]
    fn the_text_says_all_that_is_known() {
        let status = Reading::of(&UnitName::parse("a.service").unwrap()).status();
        let done = JobEnd::Result(JobResult::Done);
        let mut end = RunEnd { job: JobEnd::Result(JobResult::Timeout), status, is_lost: false };
        assert_eq!(end.to_string(), "not started: timeout");
        end.job = done;
        end.status.run_time = Some(Duration::from_millis(1500));
        end.status.active_state = ActiveState::Inactive;
        assert_eq!(end.to_string(), "inactive after 1.5s");
        end.status.result = Some(UnitResult::ExitCode);
        end.status.main_process = Some(ProcessEnd::Exited(3));
        end.status.resources.cpu = Some(Duration::from_millis(15));
        end.status.resources.memory_peak = Some(4096);
        let used = "exit code 3 after 1.5s, 15ms of CPU time, at most 4096 bytes of memory";
        assert_eq!(end.to_string(), format!("exit-code: {used}"));
        assert_eq!(end.exit_code(), 3);
        // What was last known need not be how it ended.
        end.is_lost = true;
        assert_eq!(end.to_string(), format!("the end was lost: {used}"));
        assert!(!end.is_success());
        assert_eq!(end.exit_code(), 1);
    }
}
