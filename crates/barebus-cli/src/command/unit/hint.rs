//! What is good to know beside the result of a job. Whoever cannot be asked is silent: nothing here fails.

use barebus_systemd::Systemd;
use barebus_systemd::word::ActiveState;

use crate::render::warn;

/// Warns if systemd does not know what is in the files of the unit now.
pub(super) fn files_have_changed(systemd: &Systemd, unit: &str) {
    if systemd.status(unit).is_ok_and(|status| status.needs_reload) {
        warn(format_args!(
            "files of {unit} have changed since systemd read them; 'barebus unit daemon-reload' reads them"
        ));
    }
}

/// Warns of units that are active and start those that were stopped.
pub(super) fn can_be_started_again<'u>(systemd: &Systemd, units: impl Iterator<Item = &'u str>) {
    let is_active = |unit: &String| {
        systemd.status(unit).is_ok_and(|status| {
            matches!(status.active_state, ActiveState::Active | ActiveState::Reloading)
        })
    };
    for unit in units {
        let Ok(status) = systemd.status(unit) else { continue };
        let active: Vec<_> = status.triggered_by.into_iter().filter(is_active).collect();
        if !active.is_empty() {
            let active = active.join(", ");
            warn(format_args!("{unit} can still be started by {active}"));
        }
    }
}
