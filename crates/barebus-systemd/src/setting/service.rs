//! Settings of services and scopes, and of what is killed. systemd.service(5), systemd.scope(5), systemd.kill(5).

use super::basic::{boolean, seconds, text, uint32};
use super::constant::{exit_code, signal};
use super::error::Expected;
use super::parse::{Splitter, span, unescape};
use super::table::Rule;
use super::translation::{Outcome, Translation};

pub(super) const KILL: &[Rule] = &[
    (text, &["KillMode"]),
    (boolean, &["SendSIGHUP", "SendSIGKILL"]),
    (
        kill_signal,
        &["KillSignal", "RestartKillSignal", "FinalKillSignal", "WatchdogSignal", "ReloadSignal"],
    ),
];

pub(super) const OF_SCOPES: &[Rule] = &[
    (seconds, &["RuntimeMaxSec", "RuntimeRandomizedExtraSec", "TimeoutStopSec"]),
    (text, &["User", "Group", "OOMPolicy"]),
];

pub(super) const SETTINGS: &[Rule] = &[
    (
        text,
        &[
            "PIDFile",
            "Type",
            "ExitType",
            "Restart",
            "RestartMode",
            "BusName",
            "NotifyAccess",
            "USBFunctionDescriptors",
            "USBFunctionStrings",
            "OOMPolicy",
            "TimeoutStartFailureMode",
            "TimeoutStopFailureMode",
            "FileDescriptorStorePreserve",
        ],
    ),
    (
        boolean,
        &["PermissionsStartOnly", "RootDirectoryStartOnly", "RemainAfterExit", "GuessMainPID"],
    ),
    (
        seconds,
        &[
            "RestartSec",
            "RestartMaxDelaySec",
            "TimeoutStartSec",
            "TimeoutStopSec",
            "TimeoutAbortSec",
            "RuntimeMaxSec",
            "RuntimeRandomizedExtraSec",
            "WatchdogSec",
        ],
    ),
    (start_and_stop, &["TimeoutSec"]),
    (uint32, &["FileDescriptorStoreMax", "RestartSteps"]),
    (exit_status, &["RestartPreventExitStatus", "RestartForceExitStatus", "SuccessExitStatus"]),
    (open_file, &["OpenFile"]),
];

fn kill_signal(t: &mut Translation<'_>) -> Outcome {
    t.some(signal(t.text), Expected::Signal)
}

fn start_and_stop(t: &mut Translation<'_>) -> Outcome {
    let span = span(t.text).ok_or(Expected::Span)?;
    t.put("TimeoutStartUSec", span)?;
    t.put("TimeoutStopUSec", span)
}

/// Exit codes and signals, each in a list of its own. A number is an exit code.
fn exit_status(t: &mut Translation<'_>) -> Outcome {
    let (mut codes, mut signals) = (Vec::new(), Vec::new());
    for word in Splitter::new(t.text).unquote() {
        let word = word.map_err(|()| Expected::Words)?;
        match exit_code(&word) {
            Some(code) => codes.push(code),
            None => signals.push(signal(&word).ok_or(Expected::ExitStatus)?),
        }
    }
    t.same((codes, signals))
}

/// Bits of OpenFile's options.
const OPTIONS: [(&str, u64); 4] =
    [("read-only", 1), ("append", 2), ("truncate", 4), ("graceful", 8)];

/// A path, the name of its descriptor, and options.
fn open_file(t: &mut Translation<'_>) -> Outcome {
    let mut fields = t.text.splitn(3, ':').map(|field| {
        let bytes = unescape(field, false).ok_or(Expected::OpenFile)?;
        String::from_utf8(bytes).map_err(|_| Expected::OpenFile)
    });
    let path = fields.next().transpose()?.filter(|path| path.starts_with('/'));
    let path = path.ok_or(Expected::OpenFile)?;
    let name = fields.next().transpose()?.filter(|name| !name.is_empty());
    // Without a name the file's own.
    let name = match name {
        Some(name) => name,
        None => path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned(),
    };
    let mut flags = 0;
    for option in fields.next().transpose()?.unwrap_or_default().split(',') {
        let known = OPTIONS.iter().find(|(known, _)| *known == option);
        flags |= match known {
            Some((_, flag)) => *flag,
            None if option.is_empty() => 0,
            None => return Err(Expected::OpenFile),
        };
    }
    t.same(vec![(path, name, flags)])
}
