//! The bus itself. Spec: Message Bus Messages.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;

use barebus_wire::definition::Object;
use barebus_wire::name::{BusName, InterfaceName, MemberName};
use barebus_wire::{DecodeBody, DecodeError, DecodeErrorKind, Dict, EncodeBody, FdIndex, Variant};

use crate::connection::Connection;
use crate::error::CallError;
use crate::names::{IntoName, NameRole};
use crate::proxy::Proxy;
use crate::reply::Reply;

/// The bus that a connection leads to: who is on it, and under which names. It borrows the connection.
///
/// On a direct connection there is nobody to ask.
#[derive(Debug)]
pub struct Bus<'c> {
    connection: &'c mut Connection,
}

const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.freedesktop.DBus");
const OBJECT: Object<'static> = Object::new("org.freedesktop.DBus", "/org/freedesktop/DBus");

/// How a name is requested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NameFlags(u32);

impl NameFlags {
    /// No flag: whoever has the name keeps it, and we wait in its queue.
    pub const NONE: Self = Self(0);
    /// ALLOW_REPLACEMENT: another connection that asks for it may take the name over.
    pub const ALLOW_REPLACEMENT: Self = Self(1);
    /// REPLACE_EXISTING: takes the name over from an owner that allows it.
    pub const REPLACE_EXISTING: Self = Self(2);
    /// DO_NOT_QUEUE: without the name now, does not wait for it; without it later, does not wait to get it back.
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
    /// What came of requesting a name.
    RequestName {
        /// The name is ours, as of now.
        PrimaryOwner = 1,
        /// It is another's; we wait in its queue.
        InQueue = 2,
        /// It is another's, and we do not wait.
        Exists = 3,
        /// It was ours already.
        AlreadyOwner = 4,
    }
}

answers! {
    /// What came of releasing a name.
    ReleaseName {
        /// It is no longer ours, or we no longer wait for it.
        Released = 1,
        /// Nobody has it.
        NonExistent = 2,
        /// It is another's, and we did not wait for it.
        NotOwner = 3,
    }
}

answers! {
    /// What came of starting a service.
    StartService {
        /// It was started.
        Success = 1,
        /// Its name has an owner already.
        AlreadyRunning = 2,
    }
}

/// What the bus knows of whoever made a connection. What it does not know, or what we do not know, is absent: never a default,
/// so that nobody is taken for root.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Credentials {
    /// UnixUserID: its user.
    pub unix_user_id: Option<u32>,
    /// UnixGroupIDs: its groups, in no particular order.
    pub unix_group_ids: Option<Vec<u32>>,
    /// ProcessFD: a descriptor of its process, which stays that process's when its number is another's.
    pub process_fd: Option<OwnedFd>,
    /// ProcessID: its process. By the time that it is looked at, the number may be another's.
    pub process_id: Option<u32>,
    /// WindowsSID: its user, on Windows.
    pub windows_sid: Option<String>,
    /// LinuxSecurityLabel: what security modules call it, in no particular encoding; without the NUL that ends it on the wire.
    pub linux_security_label: Option<Vec<u8>>,
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

    /// The bus's object, for what has no method here.
    pub const fn proxy(&mut self) -> Proxy<'_, 'static> {
        Proxy::for_object(self.connection, OBJECT, INTERFACE)
    }

    /// Asks for a well-known name. Signals `NameAcquired` and `NameLost` of the bus tell what becomes of it later.
    ///
    /// # Errors
    /// As [`Connection::call`]; `Remote` when the name is not for us.
    pub fn request_name<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
        flags: NameFlags,
    ) -> Result<RequestName, CallError> {
        let body = (name.into_name(NameRole::BusName)?.as_str(), flags.0);
        self.answer(const { MemberName::from_static("RequestName") }, &body, RequestName::new)
    }

    /// Gives a well-known name back, or leaves its queue.
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

    /// Who waits for a name, as unique names: its owner first.
    ///
    /// # Errors
    /// As [`Connection::call`]; `Remote` when nobody has it.
    pub fn list_queued_owners<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<Vec<String>, CallError> {
        self.ask(
            const { MemberName::from_static("ListQueuedOwners") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// All names that have an owner, unique ones among them.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn list_names(&mut self) -> Result<Vec<String>, CallError> {
        self.ask(const { MemberName::from_static("ListNames") }, &())
    }

    /// All names that the bus starts a service for.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn list_activatable_names(&mut self) -> Result<Vec<String>, CallError> {
        self.ask(const { MemberName::from_static("ListActivatableNames") }, &())
    }

    /// Whether a name has an owner.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn name_has_owner<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<bool, CallError> {
        self.ask(
            const { MemberName::from_static("NameHasOwner") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// The unique name of a name's owner.
    ///
    /// # Errors
    /// As [`Connection::call`]; `Remote` when it has none, `org.freedesktop.DBus.Error.NameHasNoOwner`.
    pub fn get_name_owner<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<String, CallError> {
        self.ask(
            const { MemberName::from_static("GetNameOwner") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// Starts the service that is to own a name, and waits until it does.
    ///
    /// # Errors
    /// As [`Connection::call`]; `Remote` when the bus knows no such service, or it does not start.
    pub fn start_service_by_name<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<StartService, CallError> {
        // The flags have no meaning.
        let body = (name.into_name(NameRole::BusName)?.as_str(), 0_u32);
        let member = const { MemberName::from_static("StartServiceByName") };
        self.answer(member, &body, StartService::new)
    }

    /// Sets variables in the environment of services that the bus starts from now on.
    ///
    /// # Errors
    /// As [`Connection::call`]; `Remote` when the bus does not let us, or has systemd start its services.
    pub fn update_activation_environment(
        &mut self,
        variables: &BTreeMap<&str, &str>,
    ) -> Result<(), CallError> {
        let member = const { MemberName::from_static("UpdateActivationEnvironment") };
        self.call(member, &(variables,)).map(|_| ())
    }

    /// The user of a connection.
    ///
    /// # Errors
    /// As [`Connection::call`]; `Remote` when the name has no owner, or the bus does not know. Every error means: nobody.
    pub fn get_connection_unix_user<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<u32, CallError> {
        self.ask(
            const { MemberName::from_static("GetConnectionUnixUser") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// The process of a connection. By the time that it is looked at, the number may be another's: see
    /// [`Credentials::process_fd`].
    ///
    /// # Errors
    /// As [`get_connection_unix_user`](Self::get_connection_unix_user).
    pub fn get_connection_unix_process_id<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<u32, CallError> {
        self.ask(
            const { MemberName::from_static("GetConnectionUnixProcessID") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// All that the bus knows of whoever made a connection.
    ///
    /// # Errors
    /// As [`get_connection_unix_user`](Self::get_connection_unix_user); `CallError::Body` when something is known of another
    /// type than the specification gives it.
    pub fn get_connection_credentials<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<Credentials, CallError> {
        let member = const { MemberName::from_static("GetConnectionCredentials") };
        credentials(self.call(member, &(name.into_name(NameRole::BusName)?.as_str(),))?)
    }

    /// What SELinux calls a connection's process.
    ///
    /// # Errors
    /// As [`Connection::call`]; `Remote` where there is no SELinux.
    pub fn get_connection_selinux_security_context<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<Vec<u8>, CallError> {
        let member = const { MemberName::from_static("GetConnectionSELinuxSecurityContext") };
        self.ask(member, &(name.into_name(NameRole::BusName)?.as_str(),))
    }

    /// What Solaris's audit knows of a connection's process.
    ///
    /// # Errors
    /// As [`Connection::call`]; `Remote` on other systems.
    pub fn get_adt_audit_session_data<'n>(
        &mut self,
        name: impl IntoName<BusName<'n>>,
    ) -> Result<Vec<u8>, CallError> {
        self.ask(
            const { MemberName::from_static("GetAdtAuditSessionData") },
            &(name.into_name(NameRole::BusName)?.as_str(),),
        )
    }

    /// The bus's id, 32 hexadecimal digits: another than that of any server it listens as. Spec: UUIDs.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn get_id(&mut self) -> Result<String, CallError> {
        self.ask(const { MemberName::from_static("GetId") }, &())
    }

    /// Property Features: what this bus can beyond what every bus can, `SystemdActivation` and others.
    ///
    /// # Errors
    /// As [`Proxy::get`]; `Remote` from a bus that is older than the property.
    pub fn features(&mut self) -> Result<Vec<String>, CallError> {
        self.proxy().get("Features")
    }

    /// Property Interfaces: which interfaces this bus has beyond its own and the standard ones.
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
    fn ask<B: EncodeBody, T>(
        &mut self,
        member: MemberName<'static>,
        body: &B,
    ) -> Result<T, CallError>
    where
        (T,): for<'a> DecodeBody<'a>,
    {
        let (answer,) = self.call(member, body)?.body()?;
        Ok(answer)
    }

    /// What the number that is the reply means.
    fn answer<B: EncodeBody, T>(
        &mut self,
        member: MemberName<'static>,
        body: &B,
        meaning: fn(u32) -> Option<T>,
    ) -> Result<T, CallError> {
        let reply = self.call(member, body)?;
        let (number,) = reply.body()?;
        let at = reply.message().as_bytes().len().saturating_sub(size_of::<u32>());
        meaning(number).ok_or_else(|| DecodeError::new(DecodeErrorKind::UnknownValue, at).into())
    }
}

/// Reads the reply to `GetConnectionCredentials`.
fn credentials(reply: Reply<'_>) -> Result<Credentials, CallError> {
    let mut known = Credentials::default();
    let mut process = None;
    let (entries,): (Dict<'_, &str, Variant<'_>>,) = reply.body()?;
    for entry in entries {
        let (key, value) = entry?;
        match key {
            "UnixUserID" => known.unix_user_id = Some(value.get()?),
            "UnixGroupIDs" => known.unix_group_ids = Some(value.get()?),
            "ProcessID" => known.process_id = Some(value.get()?),
            "ProcessFD" => process = Some(value.get::<FdIndex>()?),
            "WindowsSID" => known.windows_sid = Some(value.get()?),
            "LinuxSecurityLabel" => {
                let label: &[u8] = value.get()?;
                known.linux_security_label =
                    Some(label.strip_suffix(b"\0").unwrap_or(label).into());
            }
            _ => {}
        }
    }
    if let Some(FdIndex(index)) = process {
        known.process_fd = reply.into_fds().into_iter().nth(index as usize);
    }
    Ok(known)
}
