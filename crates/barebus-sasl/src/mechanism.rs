//! The mechanisms that a client can try, and those that a server offers.

use core::fmt;

use crate::command::index_of;

/// A mechanism of the client. Spec: Authentication Mechanisms.
///
/// ```
/// use barebus_sasl::{Identity, Mechanism};
///
/// assert_eq!(Mechanism::External(Identity::Uid(1000)).name(), "EXTERNAL");
/// assert_eq!(Mechanism::Anonymous.name(), "ANONYMOUS");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// The kernel tells the server who the client is. The client says which identity it wants.
    External(Identity),
    /// The client has no identity. Few servers allow this.
    Anonymous,
}

impl Mechanism {
    /// The mechanism's name in the protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::External(_) => "EXTERNAL",
            Self::Anonymous => "ANONYMOUS",
        }
    }
}

/// The identity that an EXTERNAL client asks for.
///
/// ```
/// use barebus_sasl::{Client, Identity, Mechanism, Options, Pacing};
///
/// let client = |identity| {
///     Client::new(Options {
///         mechanisms: Mechanism::External(identity).into(),
///         negotiate_unix_fd: false,
///         pacing: Pacing::StepByStep,
///     })
/// };
/// // The user ID in decimal digits, and these in hexadecimal.
/// assert_eq!(client(Identity::Uid(1000)).output(), b"\0AUTH EXTERNAL 31303030\r\n");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// This user. Sent as the uid's decimal digits, each as two hex digits.
    Uid(u32),
    /// The user that the kernel reports. The client sends `AUTH EXTERNAL` without a response, and an empty `DATA` after the
    /// server's challenge. This works also where client and server have different numbers for a user, as in user namespaces.
    Empty,
}

/// The mechanisms to try, in order.
///
/// After each `REJECTED` the client tries the next one that the server offers.
///
/// ```
/// use barebus_sasl::{Identity, Mechanism, Mechanisms};
///
/// let mut mechanisms = Mechanisms::only(Mechanism::External(Identity::Uid(1000)));
/// mechanisms.fallbacks[0] = Some(Mechanism::Anonymous);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mechanisms {
    /// Tried first, whatever the server offers.
    pub first: Mechanism,
    /// Tried afterwards, each once; `None` is skipped. Only [`Pacing::StepByStep`](crate::Pacing::StepByStep) uses them.
    pub fallbacks: [Option<Mechanism>; 3],
}

impl Mechanisms {
    /// `mechanism` without fallbacks.
    pub const fn only(mechanism: Mechanism) -> Self {
        Self { first: mechanism, fallbacks: [None; 3] }
    }
}

impl From<Mechanism> for Mechanisms {
    fn from(mechanism: Mechanism) -> Self {
        Self::only(mechanism)
    }
}

/// The mechanisms that a server listed in `REJECTED`.
///
/// ```
/// use barebus_sasl::{Client, Identity, Mechanism, Options, Pacing, SaslErrorKind};
///
/// let mut client = Client::new(Options {
///     mechanisms: Mechanism::External(Identity::Uid(0)).into(),
///     negotiate_unix_fd: false,
///     pacing: Pacing::StepByStep,
/// });
/// let error = client.receive(b"REJECTED DBUS_COOKIE_SHA1 ANONYMOUS\r\n").unwrap_err();
/// let (SaslErrorKind::Rejected(offered) | SaslErrorKind::OutOfMechanisms(offered)) = error.kind else {
///     panic!("{error}");
/// };
/// assert!(offered.allows(Mechanism::Anonymous));
/// assert!(!offered.external());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Offered {
    /// A bit for each of [`KNOWN`], in this order, and one for all others.
    listed: u8,
}

const KNOWN: &str = "EXTERNAL ANONYMOUS DBUS_COOKIE_SHA1";

impl Offered {
    /// EXTERNAL is in the list.
    pub const fn external(self) -> bool {
        self.listed & 1 != 0
    }

    /// ANONYMOUS is in the list.
    pub const fn anonymous(self) -> bool {
        self.listed & 2 != 0
    }

    /// DBUS_COOKIE_SHA1 is in the list. This crate does not implement it.
    pub const fn dbus_cookie_sha1(self) -> bool {
        self.listed & 4 != 0
    }

    /// A mechanism that the specification does not define is in the list.
    pub const fn other(self) -> bool {
        self.listed & 8 != 0
    }

    /// The list is empty. Old sd-bus servers list nothing.
    pub const fn is_empty(self) -> bool {
        self.listed == 0
    }

    /// Whether it makes sense to try `mechanism`: the server listed it, or listed no mechanism at all.
    pub const fn allows(self, mechanism: Mechanism) -> bool {
        self.is_empty()
            || match mechanism {
                Mechanism::External(_) => self.external(),
                Mechanism::Anonymous => self.anonymous(),
            }
    }

    /// Adds a name of the list.
    pub(crate) fn add(&mut self, name: &[u8]) {
        self.listed |= 1 << index_of(name, KNOWN).unwrap_or(3);
    }
}

impl fmt::Display for Offered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("the server offers no mechanism by name");
        }
        f.write_str("the server offers")?;
        for (is_listed, name) in [
            (self.external(), " EXTERNAL"),
            (self.anonymous(), " ANONYMOUS"),
            (self.dbus_cookie_sha1(), " DBUS_COOKIE_SHA1"),
            (self.other(), " unknown mechanisms"),
        ] {
            if is_listed {
                f.write_str(name)?;
            }
        }
        Ok(())
    }
}
