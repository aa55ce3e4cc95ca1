//! Units: those that the manager lists, and single ones.

mod change;
mod control;
mod end;
mod file;
mod list;
mod listed;
mod lookup;
mod methods;
mod reading;
mod resources;
pub(crate) mod status;

pub use change::{FileChange, FileChanges, FileDependency, FileOptions};
pub use control::{BindMount, Lasting};
pub use end::ProcessEnd;
pub use list::{ListedJob, ListedUnitFile, UnitProcess};
pub use listed::{ListedUnit, UnitList, Units};
pub(crate) use reading::Reading;
pub use resources::Resources;
pub use status::Status;

use barebus::{
    CallError, Connection, Decode, InterfaceName, IntoName, NameRole, ObjectPath, OwnedObjectPath,
    Proxy,
};

use crate::error::Error;
use crate::interface::manager::OBJECT;
use crate::interface::service::property::MAIN_PID;
use crate::interface::unit::property::{ACTIVE_STATE, SUB_STATE};
use crate::interface::{service, unit};
use crate::word::ActiveState;

/// One unit's object. It holds no connection; each method takes the connection that it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    path: OwnedObjectPath,
    name: String,
}

impl Unit {
    pub(crate) const fn new(path: OwnedObjectPath, name: String) -> Self {
        Self { path, name }
    }

    /// The name that the unit was looked up by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The object's path.
    pub fn path(&self) -> ObjectPath<'_> {
        self.path.borrow()
    }

    /// Property ActiveState.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    pub fn active_state(&self, connection: &mut Connection) -> Result<ActiveState, Error> {
        let state: String = self.get(connection, unit::INTERFACE, ACTIVE_STATE.name())?;
        Ok(ActiveState::from(&*state))
    }

    /// Property SubState: the state in the words of the unit's own type.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    pub fn sub_state(&self, connection: &mut Connection) -> Result<String, Error> {
        self.get(connection, unit::INTERFACE, SUB_STATE.name())
    }

    /// Property MainPID of a service; `None` while it has no main process.
    ///
    /// # Errors
    /// Returns the failed operation and its cause. Only services have this property.
    pub fn main_pid(&self, connection: &mut Connection) -> Result<Option<u32>, Error> {
        let pid: u32 = self.get(connection, service::INTERFACE, MAIN_PID.name())?;
        Ok(Some(pid).filter(|pid| *pid != 0))
    }

    /// Any property of one of the unit's interfaces.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    pub fn get<'i, T: for<'a> Decode<'a>>(
        &self,
        connection: &mut Connection,
        interface: impl IntoName<InterfaceName<'i>>,
        property: &str,
    ) -> Result<T, Error> {
        let interface = interface.into_name(NameRole::Interface);
        interface
            .map_err(CallError::from)
            .and_then(|interface| {
                Proxy::for_object(connection, OBJECT.at(self.path()), interface).get(property)
            })
            .map_err(|error: CallError| Error::new(property, &*self.name, error))
    }
}
