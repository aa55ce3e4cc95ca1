//! What a transient unit is to be.

use std::os::fd::OwnedFd;

use barebus::Encode;

use super::command::{ExecCommand, ExecKind};
use super::descriptors::{Descriptors, PIDS, Stream};
use crate::job::Mode;
use crate::name::{NameError, NameErrorKind, UnitKind, UnitName};
use crate::setting::{Properties, SettingError};
use crate::word::{CollectMode, Restart, ServiceType};

/// A unit without a file, before it is started.
///
/// Settings have the names and texts of unit files, see [`set`](Self::set). What cannot be text is set by methods of its own: argument
/// lists, file descriptors, processes.
///
/// ```
/// use barebus_systemd::transient::TransientUnit;
/// use barebus_systemd::word::Restart;
///
/// let mut unit = TransientUnit::new("worker.service")?;
/// unit.description("Works through the queue")?
///     .exec_start(["/usr/bin/worker", "--queue", "my queue"])?
///     .restart(Restart::OnFailure)?
///     .set("CPUQuota", "50%")?
///     .set("TimeoutStopSec", "1min 30s")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "the unit is started by `start_transient_unit`, `start_scope` or `run`"]
pub struct TransientUnit {
    pub(super) name: UnitName,
    pub(super) properties: Properties,
    pub(super) descriptors: Descriptors,
    pub(super) auxiliary: Vec<Self>,
    pub(super) mode: Mode,
}

impl TransientUnit {
    /// A unit of this name, whose end says its type: `worker.service`, `batch.scope`, `nightly.timer`, …
    ///
    /// # Errors
    /// When the name breaks a rule (see [`UnitName::parse`]), is a template, or is of a type that cannot be transient: target, device,
    /// swap. systemd would name an arbitrary setting as the cause instead.
    pub fn new(name: &str) -> Result<Self, NameError> {
        let parsed = UnitName::parse(name)?;
        let kind = parsed.kind();
        let refused = match kind {
            _ if parsed.is_template() => Some((NameErrorKind::IsTemplate, name.find('@'))),
            UnitKind::Target | UnitKind::Device | UnitKind::Swap => {
                Some((NameErrorKind::NotTransient(kind), name.rfind('.').map(|dot| dot + 1)))
            }
            _ => None,
        };
        match refused {
            Some((kind, at)) => Err(NameError::of_unit(name, kind, at.unwrap_or_default())),
            None => Ok(Self {
                properties: Properties::new(kind),
                name: parsed,
                descriptors: Descriptors::default(),
                auxiliary: Vec::new(),
                mode: Mode::Fail,
            }),
        }
    }

    /// The name.
    pub const fn name(&self) -> &UnitName {
        &self.name
    }

    /// The settings so far, as properties.
    pub const fn properties(&self) -> &Properties {
        &self.properties
    }

    /// Adds a setting by its name and text in unit files, for example `("MemoryMax", "64M")`. Whatever `systemd-run -p` takes is taken: see
    /// [`Properties::set`].
    ///
    /// # Errors
    /// When units of this type have no such setting, or the text is not what it takes. Then nothing was added.
    pub fn set(&mut self, setting: &str, text: &str) -> Result<&mut Self, SettingError> {
        self.properties.set(setting, text)?;
        Ok(self)
    }

    /// Adds a setting as a line of a unit file, for example `MemoryMax=64M`.
    ///
    /// # Errors
    /// As [`set`](Self::set), and when there is no `=`.
    pub fn assign(&mut self, assignment: &str) -> Result<&mut Self, SettingError> {
        self.properties.assign(assignment)?;
        Ok(self)
    }

    /// Adds a property by its name and value on the bus, unchecked: see [`Properties::property`].
    ///
    /// # Errors
    /// When D-Bus cannot carry the value, as a text with a NUL.
    pub fn property<T: Encode>(&mut self, name: &str, value: T) -> Result<&mut Self, SettingError> {
        self.properties.property(name, value)?;
        Ok(self)
    }

    /// Sets what the unit is, for people. Default: the name.
    ///
    /// # Errors
    /// When the text contains a NUL.
    pub fn description(&mut self, text: &str) -> Result<&mut Self, SettingError> {
        self.property("Description", text)
    }

    /// Runs a program: the first of the list is its absolute path, the others are its arguments, which it gets as they are.
    /// [`exec`](Self::exec) has more options.
    ///
    /// # Errors
    /// When the unit is no service, or a text contains a NUL.
    pub fn exec_start<T: Into<String>>(
        &mut self,
        arguments: impl IntoIterator<Item = T>,
    ) -> Result<&mut Self, SettingError> {
        self.exec(ExecKind::Start, ExecCommand::from_list(arguments))
    }

    /// Adds a command to those of its kind.
    ///
    /// # Errors
    /// When units of this type run no such commands, or a text contains a NUL.
    pub fn exec(
        &mut self,
        kind: ExecKind,
        command: ExecCommand,
    ) -> Result<&mut Self, SettingError> {
        self.properties.check_setting(kind.setting())?;
        command.put(kind, &mut self.properties)?;
        Ok(self)
    }

    /// Sets when the service counts as started. Default: [`ServiceType::Simple`].
    ///
    /// # Errors
    /// When the unit is no service.
    pub fn service_type(&mut self, service_type: ServiceType) -> Result<&mut Self, SettingError> {
        self.set("Type", service_type.as_str())
    }

    /// Sets when the service is started again after it has ended. Default: never.
    ///
    /// # Errors
    /// When the unit is no service.
    pub fn restart(&mut self, restart: Restart) -> Result<&mut Self, SettingError> {
        self.set("Restart", restart.as_str())
    }

    /// Sets when systemd forgets the unit. By default a unit that has failed is kept, and in the way of another of its name, until
    /// somebody resets it.
    ///
    /// # Errors
    /// None: every type of unit has this setting.
    pub fn collect_mode(&mut self, collect_mode: CollectMode) -> Result<&mut Self, SettingError> {
        self.set("CollectMode", collect_mode.as_str())
    }

    /// Sets an environment variable. The value is taken as it is, without quotes.
    ///
    /// # Errors
    /// When units of this type have no environment, or a text contains a NUL.
    pub fn environment(&mut self, name: &str, value: &str) -> Result<&mut Self, SettingError> {
        self.properties.check_setting("Environment")?;
        self.property("Environment", [[name, "=", value].concat()])
    }

    /// Takes the processes with these numbers into a scope (or a service with `Delegate=`); 0 is the caller. The numbers are those in
    /// the caller's PID namespace.
    ///
    /// # Errors
    /// None: any numbers can be sent.
    pub fn pids(&mut self, pids: &[u32]) -> Result<&mut Self, SettingError> {
        self.property(PIDS, pids)
    }

    /// Takes a process into a scope, by a descriptor of it (pidfd_open(2)): the process cannot be mistaken for another one. systemd
    /// before 253 gets its number instead.
    pub fn pidfd(&mut self, pidfd: impl Into<OwnedFd>) -> &mut Self {
        self.descriptors.pidfds.push(pidfd.into());
        self
    }

    /// Sets the standard input of a service: a file, pipe or socket. The descriptor is closed here when it was sent, and when the unit
    /// is dropped.
    pub fn stdin(&mut self, fd: impl Into<OwnedFd>) -> &mut Self {
        self.stream(Stream::Input, fd.into())
    }

    /// Sets the standard output of a service, as [`stdin`](Self::stdin).
    pub fn stdout(&mut self, fd: impl Into<OwnedFd>) -> &mut Self {
        self.stream(Stream::Output, fd.into())
    }

    /// Sets the standard error of a service, as [`stdin`](Self::stdin).
    pub fn stderr(&mut self, fd: impl Into<OwnedFd>) -> &mut Self {
        self.stream(Stream::Error, fd.into())
    }

    fn stream(&mut self, stream: Stream, fd: OwnedFd) -> &mut Self {
        self.descriptors.streams.retain(|(other, _)| *other != stream);
        self.descriptors.streams.push((stream, fd));
        self
    }

    /// Passes a further descriptor to a service, which finds it by its name with sd_listen_fds_with_names(3): from number 3 on, in the
    /// order of these calls. Since systemd 257.
    pub fn extra_descriptor(&mut self, name: &str, fd: impl Into<OwnedFd>) -> &mut Self {
        self.descriptors.extra.push((name.to_owned(), fd.into()));
        self
    }

    /// Makes another unit together with this one, as the service that a timer starts. Its own mode and auxiliary units are not used.
    pub fn auxiliary(&mut self, unit: Self) -> &mut Self {
        self.auxiliary.push(unit);
        self
    }

    /// Sets what the job does to those that are queued already. Default: [`Mode::Fail`].
    pub fn mode(&mut self, mode: Mode) -> &mut Self {
        self.mode = mode;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_cannot_be_transient_is_refused_with_the_reason() {
        let refused = |name: &str| TransientUnit::new(name).unwrap_err().to_string();
        assert_eq!(
            refused("a@.service"),
            "cannot use 'a@.service' as a unit name: it is a template; put an instance after the '@'"
        );
        assert_eq!(
            refused("a.target"),
            "cannot use 'a.target' as a unit name: a target cannot be transient"
        );
        assert!(refused("a/b.service").contains("byte 1"));
        for name in
            ["a@b.service", "a.scope", "a-b.slice", "a.timer", "a.socket", "a.path", "mnt.mount"]
        {
            assert_eq!(TransientUnit::new(name).unwrap().name(), &name);
        }
    }

    #[test]
    fn what_units_of_the_type_do_not_have_is_refused() {
        let mut slice = TransientUnit::new("a.slice").unwrap();
        assert!(slice.exec_start(["/bin/true"]).is_err());
        assert!(slice.environment("A", "b").is_err());
        assert!(slice.restart(Restart::Always).is_err());
        let error = slice.exec(ExecKind::StopPre, ExecCommand::new("/bin/true")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot set 'ExecStopPre' of a slice: a socket has that setting"
        );
        assert!(slice.properties().is_empty());
        let mut socket = TransientUnit::new("a.socket").unwrap();
        assert!(socket.exec(ExecKind::StopPre, ExecCommand::new("/bin/true")).is_ok());
    }

    #[test]
    fn a_stream_that_is_set_twice_is_the_later_one() {
        use std::fs::File;
        use std::os::fd::AsRawFd;

        let open = || File::open("/dev/null").unwrap();
        let later = open();
        let number = later.as_raw_fd();
        let mut unit = TransientUnit::new("a.service").unwrap();
        unit.stdout(open()).stdout(later);
        let streams = unit.descriptors.streams;
        assert_eq!(streams.len(), 1);
        assert_eq!(streams[0].1.as_raw_fd(), number);
    }
}
