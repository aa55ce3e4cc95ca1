//! systemd's Manager: org.freedesktop.systemd1.Manager.

use barebus::definition::{Method, Path, Str};
use barebus::{Array, CallError, Connection, Decode, OwnedObjectPath, Proxy};

use crate::error::Error;
use crate::interface::manager::method::{
    GET_UNIT, GET_UNIT_FILE_STATE, LIST_UNITS, LOAD_UNIT, RESTART_UNIT, START_UNIT, STOP_UNIT,
    SUBSCRIBE,
};
use crate::interface::manager::property::VERSION;
use crate::interface::manager::{INTERFACE, OBJECT};
use crate::job::{Job, Mode};
use crate::unit::{ListedUnit, Unit, UnitList};
use crate::word::UnitFileState;

/// systemd's manager object.
///
/// It holds no connection: each method takes the connection that it uses, over the bus or over systemd's private socket. So the
/// units, jobs and lists that the methods return do not block the connection:
///
/// ```no_run
/// use barebus::Connection;
/// use barebus_systemd::{Manager, Mode};
///
/// let mut bus = Connection::system()?;
/// let manager = Manager::new();
/// let a = manager.start_unit(&mut bus, "a.service", Mode::Replace)?;
/// let b = manager.start_unit(&mut bus, "b.service", Mode::Replace)?;
/// println!("{}, {}", a.wait(&mut bus, None)?, b.wait(&mut bus, None)?);
/// for unit in &manager.list_units(&mut bus)? {
///     let pid = manager.get_unit(&mut bus, unit.name)?.main_pid(&mut bus);
///     println!("{}: {pid:?}", unit.name);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Manager {}

impl Manager {
    /// The manager. On a bus it is the owner of `org.freedesktop.systemd1`, on a direct connection the other end.
    pub const fn new() -> Self {
        Self {}
    }

    /// The manager's object, for members that have no method here.
    pub const fn proxy(self, connection: &mut Connection) -> Proxy<'_, 'static> {
        Proxy::for_object(connection, OBJECT, INTERFACE)
    }

    /// Returns whether a unit file is enabled, as `systemctl is-enabled` does.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] when there is no such file.
    pub fn get_unit_file_state(
        self,
        connection: &mut Connection,
        unit: &str,
    ) -> Result<UnitFileState, Error> {
        let mut state = || -> Result<UnitFileState, CallError> {
            let reply = connection.request(GET_UNIT_FILE_STATE.call(OBJECT, (unit,)))?;
            Ok(UnitFileState::from(GET_UNIT_FILE_STATE.answer(&reply)?.0))
        };
        state().map_err(|error| Error::new(GET_UNIT_FILE_STATE.name().as_str(), unit, error))
    }

    /// Lists all units that systemd has in memory. The list owns one copy of the reply, so the connection can be used while it
    /// is iterated. [`list_units_borrowed`](Self::list_units_borrowed) makes no copy.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    pub fn list_units(self, connection: &mut Connection) -> Result<UnitList, Error> {
        let reply = connection.request(LIST_UNITS.call(OBJECT, ()));
        reply
            .and_then(|reply| Ok(UnitList::new(reply.message())?))
            .map_err(|error| Error::new(LIST_UNITS.name().as_str(), None, error))
    }

    /// As [`list_units`](Self::list_units) without a copy: the units borrow from the connection's receive buffer, and each is
    /// checked when the iterator reaches it. An error is the last item.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    pub fn list_units_borrowed<'c>(
        self,
        connection: &'c mut Connection,
    ) -> Result<impl Iterator<Item = Result<ListedUnit<'c>, Error>> + use<'c>, Error> {
        let failed = |error: CallError| Error::new(LIST_UNITS.name().as_str(), None, error);
        let reply = connection.request(LIST_UNITS.call(OBJECT, ())).map_err(failed)?;
        let units = LIST_UNITS.answer_as::<(Array<'c, ListedUnit<'c>>,)>(&reply);
        let (units,) = units.map_err(|error| failed(error.into()))?;
        Ok(units.map(move |unit| unit.map_err(|error| failed(error.into()))))
    }

    /// Returns a unit that systemd has in memory.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; see [`Error::is_no_such_unit`].
    pub fn get_unit(self, connection: &mut Connection, unit: &str) -> Result<Unit, Error> {
        load(connection, GET_UNIT, unit)
    }

    /// Returns a unit. systemd reads its file if the unit is not in memory. A unit without a file is returned too; its load
    /// state is `not-found`.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    pub fn load_unit(self, connection: &mut Connection, unit: &str) -> Result<Unit, Error> {
        load(connection, LOAD_UNIT, unit)
    }

    /// Queues a job that starts the unit. [`Job::wait`] returns its result.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; see [`Error::is_no_such_unit`].
    pub fn start_unit(
        self,
        connection: &mut Connection,
        unit: &str,
        mode: Mode,
    ) -> Result<Job, Error> {
        Job::queue(connection, START_UNIT, unit, mode)
    }

    /// Queues a job that stops the unit. [`Job::wait`] returns its result.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; see [`Error::is_no_such_unit`].
    pub fn stop_unit(
        self,
        connection: &mut Connection,
        unit: &str,
        mode: Mode,
    ) -> Result<Job, Error> {
        Job::queue(connection, STOP_UNIT, unit, mode)
    }

    /// Queues a job that stops the unit and starts it again. [`Job::wait`] returns its result.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; see [`Error::is_no_such_unit`].
    pub fn restart_unit(
        self,
        connection: &mut Connection,
        unit: &str,
        mode: Mode,
    ) -> Result<Job, Error> {
        Job::queue(connection, RESTART_UNIT, unit, mode)
    }

    /// Asks systemd to send its signals (`JobRemoved`, `UnitNew`, …) to this connection. Once is enough; calling it again does
    /// no harm.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    pub fn subscribe(self, connection: &mut Connection) -> Result<(), Error> {
        match connection.request(SUBSCRIBE.call(OBJECT, ())) {
            Ok(_) => Ok(()),
            Err(error)
                if error.remote_name() == Some("org.freedesktop.systemd1.AlreadySubscribed") =>
            {
                Ok(())
            }
            Err(error) => Err(Error::new(SUBSCRIBE.name().as_str(), None, error)),
        }
    }

    /// Property Version: `252.39-1~deb12u2`.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    pub fn version(self, connection: &mut Connection) -> Result<String, Error> {
        self.get(connection, VERSION.name())
    }

    /// Any property of the manager.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    pub fn get<T: for<'a> Decode<'a>>(
        self,
        connection: &mut Connection,
        property: &str,
    ) -> Result<T, Error> {
        let value = self.proxy(connection).get(property);
        value.map_err(|error| Error::new(property, None, error))
    }
}

/// Calls `GetUnit` or `LoadUnit`.
fn load(
    connection: &mut Connection,
    method: Method<(Str,), (Path,)>,
    unit: &str,
) -> Result<Unit, Error> {
    let reply = connection.request(method.call(OBJECT, (unit,)));
    let path = reply.and_then(|reply| Ok(method.answer_as::<(OwnedObjectPath,)>(&reply)?.0));
    let path = path.map_err(|error| Error::new(method.name().as_str(), unit, error))?;
    Ok(Unit::new(path, unit.into()))
}
