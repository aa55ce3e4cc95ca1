//! Credentials of a connection's process. Spec: org.freedesktop.DBus.GetConnectionCredentials.

use std::os::fd::OwnedFd;

use barebus_wire::{BodyError, FdIndex};

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

barebus_wire::dictionary! {
    /// The entries of the reply, which borrow from it.
    struct Entries<'a> {
        "UnixUserID" => unix_user_id: Option<u32>,
        "UnixGroupIDs" => unix_group_ids: Option<Vec<u32>>,
        "ProcessFD" => process_fd: Option<FdIndex>,
        "ProcessID" => process_id: Option<u32>,
        "WindowsSID" => windows_sid: Option<String>,
        "LinuxSecurityLabel" => linux_security_label: Option<&'a [u8]>,
    }
}

impl Credentials {
    /// Reads the reply to `GetConnectionCredentials`.
    pub(crate) fn read(reply: Reply<'_>) -> Result<Self, BodyError> {
        let (known,): (Entries<'_>,) = reply.body()?;
        let label = known.linux_security_label;
        let mut credentials = Self {
            unix_user_id: known.unix_user_id,
            unix_group_ids: known.unix_group_ids,
            process_fd: None,
            process_id: known.process_id,
            windows_sid: known.windows_sid,
            linux_security_label: label
                .map(|label| label.strip_suffix(b"\0").unwrap_or(label).into()),
        };
        if let Some(FdIndex(index)) = known.process_fd {
            credentials.process_fd = reply.into_fds().into_iter().nth(index as usize);
        }
        Ok(credentials)
    }
}
