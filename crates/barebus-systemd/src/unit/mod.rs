//! Units: those that the manager lists, and single ones.

mod change;
mod exit;
pub(crate) mod file;
mod resources;
mod status;

pub use change::{FileChange, FileChanges, FileOptions};
pub use exit::ProcessExit;
pub use resources::Resources;
pub use status::Status;

use barebus::wire::{DecodeError, Reader};
use barebus::{
    Array, BodyError, CallError, Connection, Decode, InterfaceName, IntoName, Message, NameRole,
    ObjectPath, OwnedObjectPath, Proxy, Type,
};

use crate::error::Error;
use crate::interface::manager::OBJECT;
use crate::interface::service::property::MAIN_PID;
use crate::interface::unit::property::{ACTIVE_STATE, SUB_STATE};
use crate::interface::{service, unit};
use crate::word::ActiveState;

/// A unit as `ListUnits` gives it, borrowed from the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedUnit<'a> {
    /// Its name, `dbus.service`.
    pub name: &'a str,
    /// What it is, for people.
    pub description: &'a str,
    /// Whether its file was read: `loaded`, `not-found`, `masked`, `error`, …
    pub load_state: &'a str,
    /// As [`ActiveState`].
    pub active_state: &'a str,
    /// How it is in the words of its own kind: `running`, `mounted`, …
    pub sub_state: &'a str,
    /// The unit that this one follows in its state; empty if none.
    pub following: &'a str,
    /// Its object.
    pub path: ObjectPath<'a>,
    /// The job that is queued for it; 0 if none.
    pub job_id: u32,
    /// What that job is to do: `start`, `stop`, …
    pub job_type: &'a str,
    /// That job's object.
    pub job_path: ObjectPath<'a>,
}

/// A [`ListedUnit`] as D-Bus has it.
type Fields<'a> = (
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    ObjectPath<'a>,
    u32,
    &'a str,
    ObjectPath<'a>,
);

impl Type for ListedUnit<'_> {
    const TEXT: barebus::wire::SignatureText = <Fields<'static> as Type>::TEXT;
    const MIN_LEN: usize = <Fields<'static> as Type>::MIN_LEN;
}

impl<'a> Decode<'a> for ListedUnit<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let (
            name,
            description,
            load_state,
            active_state,
            sub_state,
            following,
            path,
            job_id,
            job_type,
            job_path,
        ) = Fields::decode(reader)?;
        Ok(Self {
            name,
            description,
            load_state,
            active_state,
            sub_state,
            following,
            path,
            job_id,
            job_type,
            job_path,
        })
    }
}

/// The units of one reply to `ListUnits`, as one copy of the reply.
///
/// `for unit in &list` and [`iter`](Self::iter) give each unit as a [`ListedUnit`] that borrows from the list.
#[derive(Clone, Debug)]
pub struct UnitList {
    /// The reply. All units in it were checked.
    message: Box<[u8]>,
    len: usize,
}

impl UnitList {
    /// Checks every unit and copies the reply.
    pub(crate) fn new(reply: &Message<'_>) -> Result<Self, BodyError> {
        let mut len = 0;
        for unit in reply.body::<(Array<'_, ListedUnit<'_>>,)>()?.0 {
            unit?;
            len += 1;
        }
        Ok(Self { message: reply.as_bytes().into(), len })
    }

    /// Number of units.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no units.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The units, in systemd's order, which has no meaning.
    pub fn iter(&self) -> Units<'_> {
        let body = Message::parse(&self.message).ok().and_then(|reply| reply.body().ok());
        Units(body.map(|(units,)| units))
    }
}

impl<'a> IntoIterator for &'a UnitList {
    type Item = ListedUnit<'a>;
    type IntoIter = Units<'a>;

    fn into_iter(self) -> Units<'a> {
        self.iter()
    }
}

/// Iterator over a [`UnitList`].
#[derive(Clone, Debug)]
pub struct Units<'a>(Option<Array<'a, ListedUnit<'a>>>);

impl<'a> Iterator for Units<'a> {
    type Item = ListedUnit<'a>;

    fn next(&mut self) -> Option<ListedUnit<'a>> {
        self.0.as_mut()?.next()?.ok()
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_unit_has_the_type_that_list_units_answers_with() {
        let expected = "a(ssssssouso)";
        assert_eq!(<Array<'_, ListedUnit<'_>> as Type>::SIGNATURE.as_str(), expected);
    }
}
