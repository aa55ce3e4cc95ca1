//! The operations on units and unit files.

use std::os::fd::BorrowedFd;

use barebus::wire::OwnedValue;

use super::{
    BindMount, FileChanges, FileDependency, FileOptions, Lasting, ListedJob, ListedUnitFile,
    Status, UnitList, UnitProcess, control, file, list, lookup, properties, status,
};
use crate::error::Error;
use crate::name::UnitName;
use crate::setting::Properties;
use crate::word::{CleanMask, KillWhom, PresetMode, Signal, UnitFileState};

shells! {
    /// Returns the state of a unit file, as `systemctl is-enabled` prints it. [`UnitFileState::is_enabled`] is its exit code.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such file,
    /// [`Cause::Name`](crate::Cause::Name) when the name is invalid.
    fn unit_file_state(unit: &str) -> Result<UnitFileState, Error> = file::unit_file_state;

    /// Enables unit files: makes the links that their `[Install]` sections ask for. Files are named, or given by their absolute paths, which links
    /// them as well. Reloads afterwards, see [`FileOptions`]. Nothing is started.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn enable_unit_files(files: &[&str], options: FileOptions) -> Result<FileChanges, Error> = file::enable_unit_files;

    /// Disables unit files: removes all links to them. Reloads afterwards, see [`FileOptions`]. Nothing is stopped.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn disable_unit_files(files: &[&str], options: FileOptions) -> Result<FileChanges, Error> = file::disable_unit_files;

    /// Disables unit files, then enables them. Reloads afterwards, see [`FileOptions`].
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn reenable_unit_files(files: &[&str], options: FileOptions) -> Result<FileChanges, Error> = file::reenable_unit_files;

    /// Links unit files from elsewhere, given by their absolute paths, into the search path. Reloads afterwards, see [`FileOptions`].
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn link_unit_files(paths: &[&str], options: FileOptions) -> Result<FileChanges, Error> = file::link_unit_files;

    /// Masks units: links their names to `/dev/null`, so that they cannot be started. Reloads afterwards, see [`FileOptions`].
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn mask_unit_files(files: &[&str], options: FileOptions) -> Result<FileChanges, Error> = file::mask_unit_files;

    /// Unmasks units. Reloads afterwards, see [`FileOptions`].
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn unmask_unit_files(files: &[&str], options: FileOptions) -> Result<FileChanges, Error> = file::unmask_unit_files;

    /// Enables or disables unit files as the presets say. Reloads afterwards, see [`FileOptions`].
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn preset_unit_files(files: &[&str], mode: PresetMode, options: FileOptions) -> Result<FileChanges, Error> = file::preset_unit_files;

    /// Enables or disables all unit files as the presets say. Reloads afterwards, see [`FileOptions`].
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn preset_all_unit_files(mode: PresetMode, options: FileOptions) -> Result<FileChanges, Error> = file::preset_all_unit_files;

    /// Removes what the administrator changed of units that the vendor has files of: drop-in files, files in `/etc` and `/run`, masks.
    /// Reloads afterwards, see [`FileOptions`].
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn revert_unit_files(files: &[&str], options: FileOptions) -> Result<FileChanges, Error> = file::revert_unit_files;

    /// Makes `target` want or require units. Reloads afterwards, see [`FileOptions`].
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn add_dependency_unit_files(files: &[&str], target: &str, dependency: FileDependency, options: FileOptions) -> Result<FileChanges, Error> = file::add_dependency_unit_files;

    /// Returns the paths of all links that disabling a unit file would remove.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn unit_file_links(file: &str, runtime: bool) -> Result<Vec<String>, Error> = list::unit_file_links;

    /// Returns the target that is started at boot.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn default_target() -> Result<String, Error> = file::default_target;

    /// Sets the target that is started at boot. [`FileOptions::force`] replaces one that was set before. Reloads afterwards.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn set_default_target(target: &str, options: FileOptions) -> Result<FileChanges, Error> = file::set_default_target;

    /// Lists all units that systemd has in memory. The list owns one copy of the reply, so the connection can be used while it is iterated.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn list_units() -> Result<UnitList, Error> = list::list_units;

    /// Lists the units in memory that are in one of the states: a load state, active state or sub-state. None: all.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn list_units_filtered(states: &[&str]) -> Result<UnitList, Error> = list::list_units_filtered;

    /// Lists the units in memory that are in one of the states (none: any) and whose name matches one of the patterns (none: any), as
    /// `["ssh*", "*.socket"]`. systemd filters. It loads nothing: a unit that is not in memory is not listed.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn list_units_by_patterns(states: &[&str], patterns: &[&str]) -> Result<UnitList, Error> = list::list_units_by_patterns;

    /// Lists the units of these names. systemd loads those that are not in memory; one without a file is listed as `not-found`.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn list_units_by_names(names: &[&str]) -> Result<UnitList, Error> = list::list_units_by_names;

    /// Lists all unit files, and whether they are enabled.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn list_unit_files() -> Result<Vec<ListedUnitFile>, Error> = list::list_unit_files;

    /// Lists the unit files that are in one of the states (none: any) and whose name matches one of the patterns (none: any).
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn list_unit_files_by_patterns(states: &[&str], patterns: &[&str]) -> Result<Vec<ListedUnitFile>, Error> = list::list_unit_files_by_patterns;

    /// Lists all jobs that are queued or run.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn list_jobs() -> Result<Vec<ListedJob>, Error> = list::list_jobs;

    /// Lists the processes of a unit, those of its sub-groups included.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn unit_processes(unit: &str) -> Result<Vec<UnitProcess>, Error> = list::unit_processes;

    /// Returns how a unit is, in one round trip. systemd loads the unit if it is not in memory; one without a file is
    /// [`LoadState::NotFound`](crate::word::LoadState::NotFound), and no error.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Cause::Name`](crate::Cause::Name) when the name is invalid.
    fn status(unit: &str) -> Result<Status, Error> = status::status;

    /// Returns all properties of a unit, of all its interfaces, in systemd's order. As [`status`](Self::status), this loads the unit.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    fn unit_properties(unit: &str) -> Result<Vec<(String, OwnedValue)>, Error> = properties::unit_properties;

    /// Returns all properties of systemd's manager, in its order.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn manager_properties() -> Result<Vec<(String, OwnedValue)>, Error> = properties::manager_properties;

    /// Returns the unit of a process. The number may be another process's by the time that systemd looks;
    /// [`unit_by_pidfd`](Self::unit_by_pidfd) cannot be mistaken.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn unit_by_pid(pid: u32) -> Result<UnitName, Error> = lookup::unit_by_pid;

    /// Returns the unit of a process, by a descriptor of it (pidfd_open(2)). systemd before 253 is asked by the number, which is checked
    /// before and after.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn unit_by_pidfd(pidfd: BorrowedFd<'_>) -> Result<UnitName, Error> = lookup::unit_by_pidfd;

    /// Returns the unit of a control group, for example `/system.slice/sshd.service/sub`.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn unit_by_control_group(control_group: &str) -> Result<UnitName, Error> = lookup::unit_by_control_group;

    /// Returns the unit of which this is the present run.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn unit_by_invocation_id(invocation_id: [u8; 16]) -> Result<UnitName, Error> = lookup::unit_by_invocation_id;

    /// Sends a signal to processes of a unit.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn kill_unit(unit: &str, whom: KillWhom, signal: Signal) -> Result<(), Error> = control::kill_unit;

    /// Sends a signal with a value to the main or control process of a unit, as sigqueue(3) does. Since systemd 254.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn queue_signal_unit(unit: &str, whom: KillWhom, signal: Signal, value: i32) -> Result<(), Error> = control::queue_signal_unit;

    /// Removes files of a unit that is stopped: its state, cache, logs, …
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn clean_unit(unit: &str, what: &[CleanMask]) -> Result<(), Error> = control::clean_unit;

    /// Freezes the processes of a unit, and waits until they are frozen: at most 60 s. Since systemd 246.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn freeze_unit(unit: &str) -> Result<(), Error> = control::freeze_unit;

    /// Thaws the processes of a unit, and waits until they run: at most 60 s. Since systemd 246.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn thaw_unit(unit: &str) -> Result<(), Error> = control::thaw_unit;

    /// Makes a unit that has failed inactive, and resets its count of restarts.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn reset_failed_unit(unit: &str) -> Result<(), Error> = control::reset_failed_unit;

    /// Makes all units that have failed inactive.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn reset_failed() -> Result<(), Error> = control::reset_failed;

    /// Changes settings of a unit, which take effect at once: those of resource control, mostly.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn set_unit_properties(unit: &str, lasting: Lasting, properties: &Properties) -> Result<(), Error> = control::set_unit_properties;

    /// Moves processes into a unit that is started: into `control_group` below the unit's own, for example `/workers`, or into the unit's own (empty).
    /// Services and scopes with `Delegate=`; the processes must belong to the unit's user.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn attach_processes_to_unit(unit: &str, control_group: &str, pids: &[u32]) -> Result<(), Error> = control::attach_processes_to_unit;

    /// Keeps a unit in memory until [`unref_unit`](Self::unref_unit), or the end of the connection. Only over a bus: on the private socket
    /// systemd refuses it.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn ref_unit(unit: &str) -> Result<(), Error> = control::ref_unit;

    /// Lets a unit go that [`ref_unit`](Self::ref_unit) kept.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn unref_unit(unit: &str) -> Result<(), Error> = control::unref_unit;

    /// Mounts a directory of the host into a service that runs and has a mount namespace of its own. Since systemd 248.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn bind_mount_unit(unit: &str, mount: BindMount<'_>) -> Result<(), Error> = control::bind_mount_unit;

    /// Mounts an image into a service that runs, as [`bind_mount_unit`](Self::bind_mount_unit). Options are pairs of a partition and its
    /// mount options. Since systemd 248.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn mount_image_unit(unit: &str, mount: BindMount<'_>, options: &[(&str, &str)]) -> Result<(), Error> = control::mount_image_unit;

    /// Takes the controller off a scope: it is stopped without asking it.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such unit.
    fn abandon_scope(scope: &str) -> Result<(), Error> = control::abandon_scope;
}
