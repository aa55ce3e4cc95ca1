//! Acting on units without jobs.

use std::time::Duration;

use crate::ask::{tell, tell_of};
use crate::client::{CallOptions, Client};
use crate::daemon::within;
use crate::error::Error;
use crate::interface::manager::method as call;
use crate::setting::Properties;
use crate::word::{CleanMask, KillWhom, Signal};

/// How long freezing and thawing may take: systemd answers when the kernel has done it.
const FREEZE: Duration = Duration::from_secs(60);

/// How long a changed property lasts.
///
/// ```no_run
/// use barebus_systemd::setting::Properties;
/// use barebus_systemd::unit::Lasting;
/// use barebus_systemd::{Systemd, UnitKind};
///
/// let mut properties = Properties::new(UnitKind::Service);
/// properties.set("MemoryMax", "1G")?;
/// // Until the next boot.
/// Systemd::system()?.set_unit_properties("backup.service", Lasting::Runtime, &properties)?;
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lasting {
    /// Until the next boot.
    Runtime,
    /// For good: systemd writes a drop-in file.
    Persistent,
}

/// A directory that is mounted into the mount namespace of a running service.
///
/// ```
/// use barebus_systemd::unit::BindMount;
///
/// let data = BindMount {
///     source: "/srv/data",
///     destination: "/data",
///     read_only: true,
///     make_destination: true,
/// };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BindMount<'a> {
    /// Path on the host.
    pub source: &'a str,
    /// Path in the service. Empty: the same.
    pub destination: &'a str,
    /// Whether it cannot be written to.
    pub read_only: bool,
    /// Whether the mount point is made if it does not exist.
    pub make_destination: bool,
}

pub(crate) async fn kill_unit<C: Client>(
    client: &C,
    unit: &str,
    whom: KillWhom,
    signal: Signal,
) -> Result<(), Error> {
    let arguments = (unit, whom, signal.number());
    tell_of(client, call::KILL_UNIT, arguments, unit, CallOptions::default()).await
}

pub(crate) async fn queue_signal_unit<C: Client>(
    client: &C,
    unit: &str,
    whom: KillWhom,
    signal: Signal,
    value: i32,
) -> Result<(), Error> {
    let arguments = (unit, whom, signal.number(), value);
    tell_of(client, call::QUEUE_SIGNAL_UNIT, arguments, unit, CallOptions::default()).await
}

pub(crate) async fn clean_unit<C: Client>(
    client: &C,
    unit: &str,
    what: &[CleanMask],
) -> Result<(), Error> {
    tell_of(client, call::CLEAN_UNIT, (unit, what), unit, CallOptions::default()).await
}

pub(crate) async fn freeze_unit<C: Client>(client: &C, unit: &str) -> Result<(), Error> {
    tell_of(client, call::FREEZE_UNIT, (unit,), unit, within(client, FREEZE)).await
}

pub(crate) async fn thaw_unit<C: Client>(client: &C, unit: &str) -> Result<(), Error> {
    tell_of(client, call::THAW_UNIT, (unit,), unit, within(client, FREEZE)).await
}

pub(crate) async fn reset_failed_unit<C: Client>(client: &C, unit: &str) -> Result<(), Error> {
    tell_of(client, call::RESET_FAILED_UNIT, (unit,), unit, CallOptions::default()).await
}

pub(crate) async fn reset_failed<C: Client>(client: &C) -> Result<(), Error> {
    tell(client, call::RESET_FAILED, (), None, CallOptions::default()).await
}

pub(crate) async fn set_unit_properties<C: Client>(
    client: &C,
    unit: &str,
    lasting: Lasting,
    properties: &Properties,
) -> Result<(), Error> {
    let arguments = (unit, lasting == Lasting::Runtime, properties);
    tell_of(client, call::SET_UNIT_PROPERTIES, arguments, unit, CallOptions::default()).await
}

pub(crate) async fn attach_processes_to_unit<C: Client>(
    client: &C,
    unit: &str,
    control_group: &str,
    pids: &[u32],
) -> Result<(), Error> {
    let arguments = (unit, control_group, pids);
    tell_of(client, call::ATTACH_PROCESSES_TO_UNIT, arguments, unit, CallOptions::default()).await
}

pub(crate) async fn ref_unit<C: Client>(client: &C, unit: &str) -> Result<(), Error> {
    tell_of(client, call::REF_UNIT, (unit,), unit, CallOptions::default()).await
}

pub(crate) async fn unref_unit<C: Client>(client: &C, unit: &str) -> Result<(), Error> {
    tell_of(client, call::UNREF_UNIT, (unit,), unit, CallOptions::default()).await
}

pub(crate) async fn bind_mount_unit<C: Client>(
    client: &C,
    unit: &str,
    mount: BindMount<'_>,
) -> Result<(), Error> {
    let BindMount { source, destination, read_only, make_destination } = mount;
    let arguments = (unit, source, destination, read_only, make_destination);
    tell_of(client, call::BIND_MOUNT_UNIT, arguments, unit, CallOptions::default()).await
}

pub(crate) async fn mount_image_unit<C: Client>(
    client: &C,
    unit: &str,
    mount: BindMount<'_>,
    options: &[(&str, &str)],
) -> Result<(), Error> {
    let BindMount { source, destination, read_only, make_destination } = mount;
    let arguments = (unit, source, destination, read_only, make_destination, options);
    tell_of(client, call::MOUNT_IMAGE_UNIT, arguments, unit, CallOptions::default()).await
}

pub(crate) async fn abandon_scope<C: Client>(client: &C, scope: &str) -> Result<(), Error> {
    tell_of(client, call::ABANDON_SCOPE, (scope,), scope, CallOptions::default()).await
}
