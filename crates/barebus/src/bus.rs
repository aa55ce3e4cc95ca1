//! Methods of the bus itself. Spec: Message Bus Messages.

use std::collections::BTreeMap;

use barebus_wire::definition::Object;
use barebus_wire::name::{BusName, InterfaceName, MemberName};
use barebus_wire::{BodyError, DecodeBody, DecodeError, DecodeErrorKind, EncodeBody};

use crate::connection::Connection;
use crate::credentials::Credentials;
use crate::error::CallError;
use crate::proxy::Proxy;
use crate::reply::Reply;
use barebus_wire::name::{IntoName, NameRole};

/// The bus at the other end of a connection: which clients are connected, and under which names. It borrows the connection.
///
/// ```no_run
/// use barebus::{Bus, Connection};
///
/// let mut connection = Connection::system()?;
/// for name in Bus::new(&mut connection).list_names()? {
///     println!("{name}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A direct connection has no bus: every method fails there.
#[derive(Debug)]
pub struct Bus<'c> {
    connection: &'c mut Connection,
}

const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.freedesktop.DBus");
const OBJECT: Object<'static> =
    Object::from_static("org.freedesktop.DBus", "/org/freedesktop/DBus");

/// Flags of a request for a name. Spec: org.freedesktop.DBus.RequestName.
///
/// ```no_run
/// use barebus::{Bus, Connection, NameFlags, RequestName};
///
/// let mut connection = Connection::session()?;
/// let flags = NameFlags::DO_NOT_QUEUE.with(NameFlags::REPLACE_EXISTING);
/// match Bus::new(&mut connection).request_name("org.example.Daemon", flags)? {
///     RequestName::PrimaryOwner | RequestName::AlreadyOwner => println!("the name is ours"),
///     RequestName::InQueue | RequestName::Exists => println!("it is running already"),
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NameFlags(u32);

impl NameFlags {
    /// No flag: the present owner keeps the name, and we wait in its queue.
    pub const NONE: Self = Self(0);
    /// ALLOW_REPLACEMENT: another connection may take the name over.
    pub const ALLOW_REPLACEMENT: Self = Self(1);
    /// REPLACE_EXISTING: takes the name over from an owner that allows that.
    pub const REPLACE_EXISTING: Self = Self(2);
    /// DO_NOT_QUEUE: does not wait in the queue, neither now nor if the name is lost later.
    pub const DO_NOT_QUEUE: Self = Self(4);

    /// These and `other`.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

macro_rules! answers {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $answer:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$of])* $answer = $number,)*
        }

        impl $name {
            fn new(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$answer),)*
                    _ => None,
                }
            }
        }
    };
}

answers! {
    /// The result of [requesting a name](Bus::request_name); [`NameFlags`] has an example.
    RequestName {
        /// The name is ours now.
        PrimaryOwner = 1,
        /// Another connection owns it; we wait in its queue.
        InQueue = 2,
        /// Another connection owns it, and we do not wait.
        Exists = 3,
        /// The name was ours already.
        AlreadyOwner = 4,
    }
}

answers! {
    /// The result of [releasing a name](Bus::release_name).
    ///
    /// ```no_run
    /// use barebus::{Bus, Connection, ReleaseName};
    ///
    /// let mut connection = Connection::session()?;
    /// let released = Bus::new(&mut connection).release_name("org.example.Daemon")?;
    /// assert_eq!(released, ReleaseName::NonExistent);
    /// # Ok::<(), barebus::Error>(())
    /// ```
    ReleaseName {
        /// The name is no longer ours, or we no longer wait for it.
        Released = 1,
        /// The name has no owner.
        NonExistent = 2,
        /// Another connection owns it, and we did not wait for it.
        NotOwner = 3,
    }
}

answers! {
    /// The result of [starting a service](Bus::start_service_by_name).
    ///
    /// ```no_run
    /// use barebus::{Bus, Connection, StartService};
    ///
    /// let mut connection = Connection::system()?;
    /// let mut bus = Bus::new(&mut connection);
    /// if bus.start_service_by_name("org.freedesktop.hostname1")? == StartService::Success {
    ///     println!("hostnamed was not running");
    /// }
    /// # Ok::<(), barebus::Error>(())
    /// ```
    StartService {
        /// It was started.
        Success = 1,
        /// Its name has an owner already.
        AlreadyRunning = 2,
    }
}

impl<'c> Bus<'c> {
    /// The bus at the other end of the connection.
    pub const fn new(connection: &'c mut Connection) -> Self {
        Self { connection }
    }

    /// The connection.
    pub const fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    /// The object of the bus, for methods that this type lacks.
    pub const fn proxy(&mut self) -> Proxy<'_, 'static> {
        Proxy::for_object(self.connection, OBJECT, INTERFACE)
    }

    /// Requests a well-known name. The bus reports later changes with the signals `NameAcquired` and `NameLost`.
    ///
    /// # Errors
    /// As [`Connection::call`]. [`CallError::Remote`]: the bus does not let us own the name.
    pub fn request_name<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
        flags: NameFlags,
    ) -> Result<RequestName, CallError> {
        let body = (name.into_name(NameRole::BusName)?.as_str(), flags.0);
        self.answer(const { MemberName::from_static("RequestName") }, &body, RequestName::new)
    }

    /// Releases a well-known name, or leaves its queue.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn release_name<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<ReleaseName, CallError> {
        let body = (name.into_name(NameRole::BusName)?.as_str(),);
        self.answer(const { MemberName::from_static("ReleaseName") }, &body, ReleaseName::new)
    }

    /// The unique names of the connections that own a name or wait for it, the owner first.
    ///
    /// # Errors
    /// As [`Connection::call`]. [`CallError::Remote`]: the name has no owner.
    pub fn list_queued_owners<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<Vec<String>, CallError> {
        self.call_for_value(
            const { MemberName::from_static("ListQueuedOwners") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// All names that have an owner, including unique names.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn list_names(&mut self) -> Result<Vec<String>, CallError> {
        self.call_for_value(const { MemberName::from_static("ListNames") }, &())
    }

    /// All names for which the bus can start a service.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn list_activatable_names(&mut self) -> Result<Vec<String>, CallError> {
        self.call_for_value(const { MemberName::from_static("ListActivatableNames") }, &())
    }

    /// Whether a name has an owner.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn name_has_owner<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<bool, CallError> {
        self.call_for_value(
            const { MemberName::from_static("NameHasOwner") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// The unique name of the owner of a name.
    ///
    /// # Errors
    /// As [`Connection::call`]. [`CallError::Remote`] with `org.freedesktop.DBus.Error.NameHasNoOwner`: the name has no owner.
    pub fn get_name_owner<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<String, CallError> {
        self.call_for_value(
            const { MemberName::from_static("GetNameOwner") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// Starts the service for a name, and waits until the service owns it.
    ///
    /// # Errors
    /// As [`Connection::call`]. [`CallError::Remote`]: the bus knows no such service, or it does not start.
    pub fn start_service_by_name<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<StartService, CallError> {
        // The flags have no meaning.
        let body = (name.into_name(NameRole::BusName)?.as_str(), 0_u32);
        let member = const { MemberName::from_static("StartServiceByName") };
        self.answer(member, &body, StartService::new)
    }

    /// Sets environment variables of services that the bus starts from now on.
    ///
    /// # Errors
    /// As [`Connection::call`]. [`CallError::Remote`]: the bus does not allow it, or lets systemd start its services.
    pub fn update_activation_environment(
        &mut self,
        variables: &BTreeMap<&str, &str>,
    ) -> Result<(), CallError> {
        let member = const { MemberName::from_static("UpdateActivationEnvironment") };
        self.call(member, &(variables,)).map(|_| ())
    }

    /// The user ID of a connection.
    ///
    /// # Errors
    /// As [`Connection::call`]. [`CallError::Remote`]: the name has no owner, or the bus does not know the user. Treat every error as an
    /// unknown user.
    pub fn get_connection_unix_user<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<u32, CallError> {
        self.call_for_value(
            const { MemberName::from_static("GetConnectionUnixUser") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// The process ID of a connection. By the time it is used, it may belong to another process: see [`Credentials::process_fd`].
    ///
    /// # Errors
    /// As [`get_connection_unix_user`](Self::get_connection_unix_user).
    pub fn get_connection_unix_process_id<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<u32, CallError> {
        self.call_for_value(
            const { MemberName::from_static("GetConnectionUnixProcessID") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// Everything that the bus knows about the process that made a connection.
    ///
    /// # Errors
    /// As [`get_connection_unix_user`](Self::get_connection_unix_user). [`CallError::Body`]: a value has another type than the
    /// specification gives it.
    pub fn get_connection_credentials<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<Credentials, CallError> {
        let member = const { MemberName::from_static("GetConnectionCredentials") };
        let reply = self.call(member, &(name.into_name(NameRole::BusName)?.as_str(),))?;
        Credentials::read(reply).map_err(|error| unreadable(member, error))
    }

    /// The SELinux security context of a connection's process.
    ///
    /// # Errors
    /// As [`Connection::call`]. [`CallError::Remote`]: the system has no SELinux.
    pub fn get_connection_selinux_security_context<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<Vec<u8>, CallError> {
        let member = const { MemberName::from_static("GetConnectionSELinuxSecurityContext") };
        self.call_for_value(member, &(name.into_name(NameRole::BusName)?.as_str(),))
    }

    /// The audit session data of a connection's process, on Solaris.
    ///
    /// # Errors
    /// As [`Connection::call`]. [`CallError::Remote`] on other systems.
    pub fn get_adt_audit_session_data<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<Vec<u8>, CallError> {
        self.call_for_value(
            const { MemberName::from_static("GetAdtAuditSessionData") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// The ID of the bus, 32 hexadecimal digits. It differs from the GUIDs of the servers that the bus listens as. Spec: UUIDs.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn get_id(&mut self) -> Result<String, CallError> {
        self.call_for_value(const { MemberName::from_static("GetId") }, &())
    }

    /// Property Features: optional features of this bus, such as `SystemdActivation`.
    ///
    /// # Errors
    /// As [`Proxy::get`]. [`CallError::Remote`]: the bus is older than the property.
    pub fn features(&mut self) -> Result<Vec<String>, CallError> {
        self.proxy().get("Features")
    }

    /// Property Interfaces: the interfaces of this bus, except its own and the standard ones.
    ///
    /// # Errors
    /// As [`features`](Self::features).
    pub fn interfaces(&mut self) -> Result<Vec<String>, CallError> {
        self.proxy().get("Interfaces")
    }

    fn call<B: EncodeBody>(
        &mut self,
        member: MemberName<'static>,
        body: &B,
    ) -> Result<Reply<'_>, CallError> {
        let call = self.proxy().method_of(INTERFACE, member);
        self.connection.call(&call, body)
    }

    /// The only argument of the reply.
    fn call_for_value<B: EncodeBody, T>(
        &mut self,
        member: MemberName<'static>,
        body: &B,
    ) -> Result<T, CallError>
    where
        (T,): for<'a> DecodeBody<'a>,
    {
        let body = self.call(member, body)?.body();
        let (answer,) = body.map_err(|error| unreadable(member, error))?;
        Ok(answer)
    }

    /// Calls a method and interprets the number that it returns.
    fn answer<B: EncodeBody, T>(
        &mut self,
        member: MemberName<'static>,
        body: &B,
        meaning: fn(u32) -> Option<T>,
    ) -> Result<T, CallError> {
        let reply = self.call(member, body)?;
        let (number,) = reply.body().map_err(|error| unreadable(member, error))?;
        let at = reply.message().as_bytes().len().saturating_sub(size_of::<u32>());
        let unknown = || unreadable(member, DecodeError::new(DecodeErrorKind::UnknownValue, at));
        meaning(number).ok_or_else(unknown)
    }
}

/// The error of a reply of the bus that cannot be read.
#[cold]
fn unreadable(member: MemberName<'_>, error: impl Into<BodyError>) -> CallError {
    CallError::body(INTERFACE, member.as_str(), OBJECT.path, error)
}
