//! Credentials of a connection's process. Spec: org.freedesktop.DBus.GetConnectionCredentials.

use std::os::fd::OwnedFd;

use barebus_wire::{Dict, FdIndex, Variant};

use crate::error::CallError;
use crate::reply::Reply;

/// What the bus knows about the process that made a connection. What is not known is `None`, never a default value, so that nobody is
/// taken for root.
///
/// ```no_run
/// use barebus::{Bus, Connection};
///
/// let mut connection = Connection::system()?;
/// let known = Bus::new(&mut connection).get_connection_credentials("org.freedesktop.systemd1")?;
/// println!("user {:?}, process {:?}", known.unix_user_id, known.process_id);
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Credentials {
    /// UnixUserID: the user ID.
    pub unix_user_id: Option<u32>,
    /// UnixGroupIDs: the group IDs, in no particular order.
    pub unix_group_ids: Option<Vec<u32>>,
    /// ProcessFD: a pidfd. It refers to the process even after the process ID has been reused.
    pub process_fd: Option<OwnedFd>,
    /// ProcessID: the process ID. By the time it is used, it may belong to another process.
    pub process_id: Option<u32>,
    /// WindowsSID: the user, on Windows.
    pub windows_sid: Option<String>,
    /// LinuxSecurityLabel: the label of the security module, in no particular encoding, without the NUL that ends it on the wire.
    pub linux_security_label: Option<Vec<u8>>,
}

impl Credentials {
    /// Reads the reply to `GetConnectionCredentials`.
    pub(crate) fn read(reply: Reply<'_>) -> Result<Self, CallError> {
        let mut known = Self::default();
        let mut process = None;
        let (mut entries,): (Dict<'_, &str, Variant<'_>>,) = reply.body()?;
        while let Some(entry) = entries.next() {
            let (key, value) = entry.map_err(|error| entries.explain(error))?;
            match key {
                "UnixUserID" => known.unix_user_id = Some(value.get()?),
                "UnixGroupIDs" => known.unix_group_ids = Some(value.get()?),
                "ProcessID" => known.process_id = Some(value.get()?),
                "ProcessFD" => process = Some(value.get::<FdIndex>()?),
                "WindowsSID" => known.windows_sid = Some(value.get()?),
                "LinuxSecurityLabel" => {
                    let label: &[u8] = value.get()?;
                    known.linux_security_label =
                        Some(label.strip_suffix(b"\0").unwrap_or(label).into());
                }
                _ => {}
            }
        }
        if let Some(FdIndex(index)) = process {
            known.process_fd = reply.into_fds().into_iter().nth(index as usize);
        }
        Ok(known)
    }
}
