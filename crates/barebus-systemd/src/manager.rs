//! systemd's Manager: org.freedesktop.systemd1.Manager.

use barebus::{
    Array, BusName, CallError, Connection, Decode, InterfaceName, MemberName, ObjectPath,
    OwnedObjectPath, Proxy, Reply,
};

use crate::error::Error;
use crate::job::{Job, Mode};
use crate::state::UnitFileState;
use crate::unit::{ListedUnit, Unit};

/// systemd itself. It borrows the connection: over the bus, or over systemd's private socket.
#[derive(Debug)]
pub struct Manager<'c> {
    connection: &'c mut Connection,
    destination: Option<BusName<'static>>,
    is_subscribed: bool,
}

pub(crate) const MANAGER: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.systemd1.Manager");
pub(crate) const MANAGER_PATH: ObjectPath<'static> =
    ObjectPath::from_static("/org/freedesktop/systemd1");
const SYSTEMD: BusName<'static> = BusName::from_static("org.freedesktop.systemd1");

impl<'c> Manager<'c> {
    /// The manager at the other end of the connection: on a bus the owner of `org.freedesktop.systemd1`.
    pub const fn new(connection: &'c mut Connection) -> Self {
        let destination = if connection.is_direct() { None } else { Some(SYSTEMD) };
        Self { connection, destination, is_subscribed: false }
    }

    /// The connection.
    pub const fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    /// Whom calls go to.
    pub(crate) const fn destination(&self) -> Option<BusName<'static>> {
        self.destination
    }

    /// The Manager's object, for what has no method here.
    pub const fn proxy(&mut self) -> Proxy<'_, 'static> {
        Proxy::new(self.connection, self.destination, MANAGER_PATH, MANAGER)
    }

    /// Whether a unit file is enabled: what `systemctl is-enabled` says.
    ///
    /// # Errors
    /// What was asked and why it came to nothing; [`Error::is_no_such_unit`] when there is no such file.
    pub fn get_unit_file_state(&mut self, unit: &str) -> Result<UnitFileState, Error> {
        const NAME: MemberName<'static> = MemberName::from_static("GetUnitFileState");
        let state = || -> Result<UnitFileState, CallError> {
            let mut proxy = self.proxy();
            let reply = proxy.call(NAME, &(unit,))?;
            let (state,): (&str,) = reply.body()?;
            Ok(UnitFileState::from(state))
        };
        about("GetUnitFileState", unit, state)
    }

    /// All units that systemd has in memory.
    ///
    /// # Errors
    /// What was asked and why it came to nothing.
    pub fn list_units(&mut self) -> Result<UnitList<'_>, Error> {
        const NAME: MemberName<'static> = MemberName::from_static("ListUnits");
        let call = self.proxy().method(NAME);
        let reply = self.connection.call(&call, &());
        let list = reply.and_then(|reply| {
            // The signature is checked here once; the units as they are walked.
            reply.body::<(Array<'_, ListedUnit<'_>>,)>()?;
            Ok(UnitList { reply })
        });
        list.map_err(|error| Error::new("ListUnits", None, error))
    }

    /// A unit that systemd has in memory.
    ///
    /// # Errors
    /// What was asked and why it came to nothing; [`Error::is_no_such_unit`].
    pub fn get_unit(&mut self, unit: &str) -> Result<Unit<'_>, Error> {
        self.unit("GetUnit", const { MemberName::from_static("GetUnit") }, unit)
    }

    /// A unit, read from its file if systemd does not have it in memory. One that has no file is there too, `not-found`.
    ///
    /// # Errors
    /// What was asked and why it came to nothing.
    pub fn load_unit(&mut self, unit: &str) -> Result<Unit<'_>, Error> {
        self.unit("LoadUnit", const { MemberName::from_static("LoadUnit") }, unit)
    }

    fn unit(
        &mut self,
        asked: &str,
        member: MemberName<'static>,
        unit: &str,
    ) -> Result<Unit<'_>, Error> {
        let path = self.proxy().ask::<_, (OwnedObjectPath,)>(member, &(unit,));
        let (path,) = path.map_err(|error| Error::new(asked, unit, error))?;
        Ok(Unit::new(self.connection, self.destination, path, unit.into()))
    }

    /// Queues a job that starts the unit; [`Job::wait`] tells how it ended.
    ///
    /// # Errors
    /// What was asked and why it came to nothing; [`Error::is_no_such_unit`].
    pub fn start_unit<'m>(&'m mut self, unit: &str, mode: Mode) -> Result<Job<'m, 'c>, Error> {
        Job::queue(self, "StartUnit", const { MemberName::from_static("StartUnit") }, unit, mode)
    }

    /// Queues a job that stops the unit; [`Job::wait`] tells how it ended.
    ///
    /// # Errors
    /// What was asked and why it came to nothing; [`Error::is_no_such_unit`].
    pub fn stop_unit<'m>(&'m mut self, unit: &str, mode: Mode) -> Result<Job<'m, 'c>, Error> {
        Job::queue(self, "StopUnit", const { MemberName::from_static("StopUnit") }, unit, mode)
    }

    /// Queues a job that stops the unit and starts it again; [`Job::wait`] tells how it ended.
    ///
    /// # Errors
    /// What was asked and why it came to nothing; [`Error::is_no_such_unit`].
    pub fn restart_unit<'m>(&'m mut self, unit: &str, mode: Mode) -> Result<Job<'m, 'c>, Error> {
        Job::queue(
            self,
            "RestartUnit",
            const { MemberName::from_static("RestartUnit") },
            unit,
            mode,
        )
    }

    /// Asks systemd to send its signals (`JobRemoved`, `UnitNew`, …) to this connection; once is enough.
    ///
    /// # Errors
    /// What was asked and why it came to nothing.
    pub fn subscribe(&mut self) -> Result<(), Error> {
        const NAME: MemberName<'static> = MemberName::from_static("Subscribe");
        if self.is_subscribed {
            return Ok(());
        }
        match self.proxy().call(NAME, &()) {
            Ok(_) => {}
            // Another Manager on this connection has done it.
            Err(error) if error.name() == Some("org.freedesktop.systemd1.AlreadySubscribed") => {}
            Err(error) => return Err(Error::new("Subscribe", None, error)),
        }
        self.is_subscribed = true;
        Ok(())
    }

    /// Property Version: `252.39-1~deb12u2`.
    ///
    /// # Errors
    /// What was asked and why it came to nothing.
    pub fn version(&mut self) -> Result<String, Error> {
        self.get("Version")
    }

    /// Any property of the Manager.
    ///
    /// # Errors
    /// What was asked and why it came to nothing.
    pub fn get<T: for<'a> Decode<'a>>(&mut self, property: &str) -> Result<T, Error> {
        about(property, None, || self.proxy().get(property))
    }
}

fn about<'a, T>(
    asked: &str,
    about: impl Into<Option<&'a str>>,
    ask: impl FnOnce() -> Result<T, CallError>,
) -> Result<T, Error> {
    ask().map_err(|error| Error::new(asked, about, error))
}

/// The answer to `ListUnits`: walked, each unit borrows from it.
#[derive(Debug)]
pub struct UnitList<'a> {
    reply: Reply<'a>,
}

impl<'a> UnitList<'a> {
    /// The units, in no particular order. After an error there are no more.
    pub fn iter(&self) -> impl Iterator<Item = Result<ListedUnit<'a>, Error>> + use<'a> {
        let units = self.reply.body::<(Array<'a, ListedUnit<'a>>,)>();
        let (units, failed) = match units {
            Ok((units,)) => (Some(units), None),
            Err(error) => (None, Some(Err(error.into()))),
        };
        failed
            .into_iter()
            .chain(units.into_iter().flatten().map(|unit| unit.map_err(CallError::from)))
            .map(|unit| unit.map_err(|error| Error::new("ListUnits", None, error)))
    }
}
