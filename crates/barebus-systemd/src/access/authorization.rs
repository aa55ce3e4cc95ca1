//! Who may call what: polkit, and the policy of the bus.

use std::fmt;

use barebus::{CallError, MethodCall};

use crate::interface::{job, manager, unit};

/// Who refused a call.
///
/// ```
/// use barebus_systemd::{Error, Refusal};
///
/// fn hint(error: &Error) {
///     match error.refusal() {
///         Some(Refusal::Polkit { may_ask: true, .. }) => println!("a password would do"),
///         Some(refusal) => println!("{refusal}"),
///         None => {}
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// polkit does not allow it to the user.
    Polkit {
        /// The action that polkit was asked about: `org.freedesktop.systemd1.manage-units`. `None` if it is not known.
        action: Option<&'static str>,
        /// Whether a password would help: see [`allow_interactive_authorization`](crate::Systemd::allow_interactive_authorization). It is
        /// asked for by an agent of polkit; without one, nobody asks.
        may_ask: bool,
    },
    /// The policy of the bus does not allow the user to send the message. systemd and polkit have not seen it.
    BusPolicy,
}

impl Refusal {
    /// What `error` refuses, if it is a refusal of the method `member`. `None` also if the kernel or a security module refuses: root, too, may
    /// not do that, and the error's text says what it is.
    pub(crate) fn of(error: &CallError, member: &str) -> Option<Self> {
        let CallError::Remote { name, message } = error else { return None };
        let action = action_of_manager(member);
        match name.strip_prefix("org.freedesktop.DBus.Error.")? {
            "InteractiveAuthorizationRequired" => Some(Self::Polkit { action, may_ask: true }),
            "AccessDenied" if is_from_bus(message) => Some(Self::BusPolicy),
            "AccessDenied" if message == DENIED_BY_POLKIT => {
                Some(Self::Polkit { action, may_ask: false })
            }
            _ => None,
        }
    }
}

/// What systemd says when polkit does not allow something, or is not there: the system's text for EACCES. Errors of the kernel, as EPERM, come
/// with the same name and another text.
const DENIED_BY_POLKIT: &str = "Permission denied";

/// Whether the bus refused to pass a message on: the texts of dbus-daemon and of dbus-broker, which are the same since they were first
/// released. systemd has others.
fn is_from_bus(message: &str) -> bool {
    message.starts_with("Rejected send message")
        || message.starts_with("Sender is not authorized to send")
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Polkit { action, may_ask } => {
                f.write_str("polkit does not allow ")?;
                f.write_str(action.unwrap_or("it"))?;
                f.write_str(match may_ask {
                    true => {
                        " without a password; allow interactive authorization where polkit has an agent, or do it as root"
                    }
                    false => " to this user; do it as root, or add a rule to polkit",
                })
            }
            Self::BusPolicy => f.write_str(
                "the policy of the bus allows this call to root alone, whatever polkit allows",
            ),
        }
    }
}

/// The polkit action that systemd asks about before it does what `call` says; `None` if it does not ask.
pub(crate) fn action(call: &MethodCall<'_>) -> Option<&'static str> {
    let interface = call.interface?;
    let member = call.member.as_str();
    if interface == manager::INTERFACE {
        action_of_manager(member)
    } else if interface == unit::INTERFACE || interface == job::INTERFACE {
        is_change(member).then_some(MANAGE_UNITS)
    } else {
        None
    }
}

const MANAGE_UNITS: &str = "org.freedesktop.systemd1.manage-units";
const MANAGE_UNIT_FILES: &str = "org.freedesktop.systemd1.manage-unit-files";
const RELOAD_DAEMON: &str = "org.freedesktop.systemd1.reload-daemon";
const SET_ENVIRONMENT: &str = "org.freedesktop.systemd1.set-environment";

/// The same for a method of the manager.
fn action_of_manager(member: &str) -> Option<&'static str> {
    Some(match member {
        "Reload" | "Reexecute" => RELOAD_DAEMON,
        "SetEnvironment" | "UnsetEnvironment" | "UnsetAndSetEnvironment" => SET_ENVIRONMENT,
        "SetDefaultTarget" => MANAGE_UNIT_FILES,
        _ if is_of_files(member) => MANAGE_UNIT_FILES,
        "StartTransientUnit"
        | "EnqueueUnitJob"
        | "EnqueueMarkedJobs"
        | "CancelJob"
        | "ClearJobs"
        | "ResetFailed"
        | "SetUnitProperties"
        | "AttachProcessesToUnit" => MANAGE_UNITS,
        _ => {
            let change = member
                .strip_suffix("Unit")
                .or_else(|| member.split_once("Unit").map(|(change, _)| change))?;
            return is_change(change).then_some(MANAGE_UNITS);
        }
    })
}

/// `EnableUnitFiles`, `DisableUnitFilesWithFlagsAndInstallInfo`, …
fn is_of_files(member: &str) -> bool {
    const CHANGES: [&str; 9] = [
        "Enable",
        "Disable",
        "Reenable",
        "Link",
        "Preset",
        "Mask",
        "Unmask",
        "Revert",
        "AddDependency",
    ];
    let change = member.split_once("UnitFiles").map(|(change, _)| change);
    member == "PresetAllUnitFiles" || change.is_some_and(|change| CHANGES.contains(&change))
}

/// Whether a method of a unit or job, or of the manager with `Unit` after it, changes the unit.
fn is_change(member: &str) -> bool {
    matches!(
        member,
        "Start"
            | "Stop"
            | "Reload"
            | "Restart"
            | "TryRestart"
            | "ReloadOrRestart"
            | "ReloadOrTryRestart"
            | "EnqueueJob"
            | "Kill"
            | "QueueSignal"
            | "ResetFailed"
            | "SetProperties"
            | "Clean"
            | "Freeze"
            | "Thaw"
            | "BindMount"
            | "MountImage"
            | "AttachProcesses"
            | "Cancel"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(name: &str, message: &str) -> CallError {
        CallError::Remote {
            name: format!("org.freedesktop.DBus.Error.{name}"),
            message: message.into(),
        }
    }

    #[test]
    fn changes_have_an_action_and_questions_have_none() {
        let units = [
            "StartUnit",
            "StartUnitReplace",
            "StartUnitWithFlags",
            "StopUnit",
            "ReloadUnit",
            "RestartUnit",
            "TryRestartUnit",
            "ReloadOrRestartUnit",
            "ReloadOrTryRestartUnit",
            "EnqueueUnitJob",
            "KillUnit",
            "QueueSignalUnit",
            "CleanUnit",
            "FreezeUnit",
            "ThawUnit",
            "ResetFailedUnit",
            "ResetFailed",
            "SetUnitProperties",
            "BindMountUnit",
            "MountImageUnit",
            "StartTransientUnit",
            "AttachProcessesToUnit",
            "CancelJob",
            "EnqueueMarkedJobs",
        ];
        for member in units {
            assert_eq!(action_of_manager(member), Some(MANAGE_UNITS), "{member}");
        }
        let files = [
            "EnableUnitFiles",
            "EnableUnitFilesWithFlags",
            "DisableUnitFiles",
            "DisableUnitFilesWithFlagsAndInstallInfo",
            "ReenableUnitFiles",
            "LinkUnitFiles",
            "PresetUnitFiles",
            "PresetUnitFilesWithMode",
            "PresetAllUnitFiles",
            "MaskUnitFiles",
            "UnmaskUnitFiles",
            "RevertUnitFiles",
            "AddDependencyUnitFiles",
            "SetDefaultTarget",
        ];
        for member in files {
            assert_eq!(action_of_manager(member), Some(MANAGE_UNIT_FILES), "{member}");
        }
        assert_eq!(action_of_manager("Reload"), Some(RELOAD_DAEMON));
        assert_eq!(action_of_manager("UnsetEnvironment"), Some(SET_ENVIRONMENT));
        let questions = [
            "GetUnit",
            "LoadUnit",
            "ListUnits",
            "ListUnitFiles",
            "GetUnitFileState",
            "GetUnitProcesses",
            "Subscribe",
            "Dump",
            "GetUnitByPIDFD",
            "ListUnitsByPatterns",
            "GetUnitFileLinks",
            "Unsubscribe",
            "GetDefaultTarget",
            "UnrefUnit",
        ];
        for member in questions {
            assert_eq!(action_of_manager(member), None, "{member}");
        }
    }

    #[test]
    fn changes_of_units_and_jobs_have_the_action_of_units() {
        use barebus::InterfaceName;

        let action = |interface: InterfaceName<'static>, member: &str| {
            action(&MethodCall::new("a.b", "/", interface, member).unwrap())
        };
        for member in ["Restart", "Kill", "SetProperties", "Freeze"] {
            assert_eq!(action(unit::INTERFACE, member), Some(MANAGE_UNITS), "{member}");
        }
        assert_eq!(action(job::INTERFACE, "Cancel"), Some(MANAGE_UNITS));
        assert_eq!(action(manager::INTERFACE, "Reload"), Some(RELOAD_DAEMON));
        for member in ["GetProcesses", "Ref", "Unref"] {
            assert_eq!(action(unit::INTERFACE, member), None, "{member}");
        }
        assert_eq!(action(InterfaceName::from_static("a.b"), "Restart"), None);
    }

    #[test]
    fn a_refusal_says_what_helps() {
        let action = Some(MANAGE_UNITS);
        for (refusal, text) in [
            (
                Refusal::Polkit { action, may_ask: true },
                "polkit does not allow org.freedesktop.systemd1.manage-units without a password; allow interactive authorization where \
                 polkit has an agent, or do it as root",
            ),
            (
                Refusal::Polkit { action, may_ask: false },
                "polkit does not allow org.freedesktop.systemd1.manage-units to this user; do it as root, or add a rule to polkit",
            ),
            (
                Refusal::Polkit { action: None, may_ask: false },
                "polkit does not allow it to this user; do it as root, or add a rule to polkit",
            ),
            (
                Refusal::BusPolicy,
                "the policy of the bus allows this call to root alone, whatever polkit allows",
            ),
        ] {
            assert_eq!(refusal.to_string(), text);
        }
    }

    #[test]
    fn the_refusal_of_the_bus_is_told_from_that_of_polkit() {
        let polkit = |action, may_ask| Some(Refusal::Polkit { action, may_ask });
        let of = |error: &CallError, member| Refusal::of(error, member);
        let must_ask =
            remote("InteractiveAuthorizationRequired", "Interactive authentication required.");
        assert_eq!(of(&must_ask, "StartUnit"), polkit(Some(MANAGE_UNITS), true));
        assert_eq!(
            of(&remote("AccessDenied", "Permission denied"), "Reload"),
            polkit(Some(RELOAD_DAEMON), false)
        );
        for text in [
            "Rejected send message, 2 matched rules; type=\"method_call\", sender=\":1.5\"",
            "Sender is not authorized to send message",
        ] {
            assert_eq!(of(&remote("AccessDenied", text), "FreezeUnit"), Some(Refusal::BusPolicy));
        }
        assert_eq!(of(&remote("UnknownMethod", "?"), "StartUnit"), None);
        // What root may not do either.
        for text in [
            "Operation not permitted",
            "Access to org.freedesktop.systemd1.Manager.PowerOff() not permitted.",
            "SELinux policy denies access: Permission denied",
        ] {
            assert_eq!(of(&remote("AccessDenied", text), "FreezeUnit"), None, "{text}");
        }
    }
}
