//! The same unit for a systemd that lacks the newer properties.

use std::os::fd::{AsFd, OwnedFd};

use barebus::wire::OwnedValue;

use super::command::without_words;
use super::descriptors::{PIDFDS, PIDS};
use super::prepared::Prepared;
use crate::pidfd::pid_of;
use crate::setting::Properties;

impl Prepared {
    /// With older properties instead of `Exec…Ex` (since 243) and `PIDFDs` (since 253), and with descriptors of its own. `None` if
    /// there are no such properties, or the older ones cannot say the same.
    pub(super) fn older(&self) -> Option<Self> {
        let all = self.auxiliary.iter().map(|(_, properties)| properties);
        if !all.chain([&self.properties]).any(has_newer) {
            return None;
        }
        let older = |properties| older(properties, &self.fds);
        let auxiliary = self.auxiliary.iter();
        Some(Self {
            name: self.name.clone(),
            mode: self.mode,
            properties: older(&self.properties)?,
            auxiliary: auxiliary
                .map(|(name, properties)| Some((name.clone(), older(properties)?)))
                .collect::<Option<_>>()?,
            fds: self.fds.iter().map(|fd| fd.try_clone().ok()).collect::<Option<_>>()?,
        })
    }
}

fn has_newer(properties: &Properties) -> bool {
    properties.iter().any(|(name, _)| older_name(name).is_some())
}

/// The older property that says the same.
fn older_name(name: &str) -> Option<&str> {
    match name {
        PIDFDS => Some(PIDS),
        _ if name.starts_with("Exec") => name.strip_suffix("Ex"),
        _ => None,
    }
}

fn older(properties: &Properties, fds: &[OwnedFd]) -> Option<Properties> {
    let mut result = Properties::new(properties.kind());
    for (name, value) in properties.iter() {
        match (older_name(name), value) {
            (None, value) => {
                result.push(name, value.clone());
            }
            (Some(older), OwnedValue::UnixFds(indices)) => {
                let fds = indices.iter().map(|index| fds.get(index.0 as usize));
                let pids = fds.map(|fd| pid_of(fd?.as_fd())).collect::<Option<Vec<u32>>>()?;
                result.property(older, pids).ok()?;
            }
            (Some(older), value) => {
                result.property(older, without_words(value)?).ok()?;
            }
        }
    }
    Some(result)
}
