//! File descriptors that a unit is given, and processes that it takes in.

use std::os::fd::OwnedFd;

use barebus::FdIndex;

use crate::setting::{Properties, SettingError};

/// A standard stream of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stream {
    Input,
    Output,
    Error,
}

impl Stream {
    const fn property(self) -> &'static str {
        match self {
            Self::Input => "StandardInputFileDescriptor",
            Self::Output => "StandardOutputFileDescriptor",
            Self::Error => "StandardErrorFileDescriptor",
        }
    }
}

/// The descriptors of one unit. They are closed when they are dropped.
#[derive(Debug, Default)]
pub(super) struct Descriptors {
    pub(super) streams: Vec<(Stream, OwnedFd)>,
    /// Further ones with their names (`$LISTEN_FDNAMES`).
    pub(super) extra: Vec<(String, OwnedFd)>,
    /// Processes.
    pub(super) pidfds: Vec<OwnedFd>,
}

/// Processes by descriptors, and by numbers. Introspection does not show these: they can only be set, when the unit is made.
pub(super) const PIDFDS: &str = "PIDFDs";
pub(super) const PIDS: &str = "PIDs";
/// Descriptors with names.
const EXTRA: &str = "ExtraFileDescriptors";

impl Descriptors {
    /// Moves the descriptors to those of the whole message, and adds properties with their indices there.
    pub(super) fn put(
        self,
        properties: &mut Properties,
        fds: &mut Vec<OwnedFd>,
    ) -> Result<(), SettingError> {
        let mut index_of = |fd: OwnedFd| {
            fds.push(fd);
            // At most 253 descriptors can be sent with a message.
            FdIndex(u32::try_from(fds.len() - 1).unwrap_or(u32::MAX))
        };
        for (stream, fd) in self.streams {
            properties.property(stream.property(), index_of(fd))?;
        }
        let extra: Vec<_> = self.extra.into_iter().map(|(name, fd)| (index_of(fd), name)).collect();
        if !extra.is_empty() {
            properties.property(EXTRA, extra)?;
        }
        let processes: Vec<_> = self.pidfds.into_iter().map(index_of).collect();
        if !processes.is_empty() {
            properties.property(PIDFDS, processes)?;
        }
        Ok(())
    }
}
