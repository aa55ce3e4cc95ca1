//! Units: as the Manager lists them, and by themselves.

use barebus::wire::{DecodeError, Reader};
use barebus::{
    BusName, CallError, Connection, Decode, InterfaceName, ObjectPath, OwnedObjectPath, Proxy, Type,
};

use crate::error::Error;
use crate::state::ActiveState;

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

/// One unit's object.
#[derive(Debug)]
pub struct Unit<'c> {
    connection: &'c mut Connection,
    destination: Option<BusName<'static>>,
    path: OwnedObjectPath,
    name: String,
}

const UNIT: InterfaceName<'static> = InterfaceName::from_static("org.freedesktop.systemd1.Unit");
const SERVICE: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.systemd1.Service");

impl<'c> Unit<'c> {
    pub(crate) const fn new(
        connection: &'c mut Connection,
        destination: Option<BusName<'static>>,
        path: OwnedObjectPath,
        name: String,
    ) -> Self {
        Self { connection, destination, path, name }
    }

    /// Its object's path.
    pub fn path(&self) -> ObjectPath<'_> {
        self.path.borrow()
    }

    /// Property ActiveState.
    ///
    /// # Errors
    /// What was asked and why it came to nothing.
    pub fn active_state(&mut self) -> Result<ActiveState, Error> {
        self.get::<String>(UNIT, "ActiveState").map(|word| ActiveState::from(&*word))
    }

    /// Property SubState: how the unit is in the words of its own kind.
    ///
    /// # Errors
    /// What was asked and why it came to nothing.
    pub fn sub_state(&mut self) -> Result<String, Error> {
        self.get(UNIT, "SubState")
    }

    /// Property MainPID of a service; `None` while it has no main process.
    ///
    /// # Errors
    /// What was asked and why it came to nothing; other kinds of units have no such property.
    pub fn main_pid(&mut self) -> Result<Option<u32>, Error> {
        self.get::<u32>(SERVICE, "MainPID").map(|pid| Some(pid).filter(|pid| *pid != 0))
    }

    /// Any property, of `interface`.
    ///
    /// # Errors
    /// What was asked and why it came to nothing.
    pub fn get<T: for<'a> Decode<'a>>(
        &mut self,
        interface: InterfaceName<'_>,
        property: &str,
    ) -> Result<T, Error> {
        let path = self.path.borrow();
        Proxy::new(self.connection, self.destination, path, interface)
            .get(property)
            .map_err(|error: CallError| Error::new(property, &*self.name, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_unit_has_the_type_that_list_units_answers_with() {
        let expected = "a(ssssssouso)";
        assert_eq!(<barebus::Array<'_, ListedUnit<'_>> as Type>::SIGNATURE.as_str(), expected);
    }
}
