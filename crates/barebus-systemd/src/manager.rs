//! systemd's Manager: org.freedesktop.systemd1.Manager.

use barebus::definition::{Method, Path, Str};
use barebus::{Array, CallError, Connection, Decode, OwnedObjectPath, Proxy};

use crate::error::Error;
use crate::interface::manager::method::{GET_UNIT, GET_UNIT_FILE_STATE, LIST_UNITS, LOAD_UNIT};
use crate::interface::manager::property::VERSION;
use crate::interface::manager::{INTERFACE, OBJECT};
use crate::unit::{ListedUnit, Unit, UnitList};
use crate::word::UnitFileState;

/// systemd's manager object. It holds no connection: each method takes the connection that it uses.
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
            let reply = connection.ask(GET_UNIT_FILE_STATE.call(OBJECT, (unit,)))?;
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
        let reply = connection.ask(LIST_UNITS.call(OBJECT, ()));
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
        let reply = connection.ask(LIST_UNITS.call(OBJECT, ())).map_err(failed)?;
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
    let reply = connection.ask(method.call(OBJECT, (unit,)));
    let path = reply.and_then(|reply| Ok(method.answer_as::<(OwnedObjectPath,)>(&reply)?.0));
    let path = path.map_err(|error| Error::new(method.name().as_str(), unit, error))?;
    Ok(Unit::new(path, unit.into()))
}
