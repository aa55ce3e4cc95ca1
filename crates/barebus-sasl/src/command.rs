//! The names of the commands.

use core::fmt;

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// A command of either side. Spec: Authentication Protocol.
        ///
        /// ```
        /// use barebus_sasl::{Command, SaslErrorKind, Server};
        ///
        /// /// Whether a client sent something that the server did not wait for.
        /// fn came_too_early(kind: SaslErrorKind) -> bool {
        ///     matches!(kind, SaslErrorKind::Unexpected { command: Command::Begin, .. })
        /// }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Command {
            $($(#[$doc])* $name,)*
            /// A command that the specification does not define.
            Unknown,
        }

        const COMMANDS: &[Command] = &[$(Command::$name,)*];

        impl fmt::Display for Command {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $text,)*
                    Self::Unknown => "unknown command",
                })
            }
        }

        const NAMES: &str = concat!($($text, " ",)*);
    };
}

commands! {
    /// `AUTH`: the client starts a mechanism, or asks for the list of mechanisms.
    Auth "AUTH",
    /// `CANCEL`: the client gives up a mechanism.
    Cancel "CANCEL",
    /// `BEGIN`: the client starts to send messages.
    Begin "BEGIN",
    /// `DATA`: a challenge of the server, or the response of the client.
    Data "DATA",
    /// `ERROR`: the peer did not understand a command, or refused it.
    Error "ERROR",
    /// `NEGOTIATE_UNIX_FD`: the client asks to pass file descriptors.
    NegotiateUnixFd "NEGOTIATE_UNIX_FD",
    /// `REJECTED`: the server refuses the client and lists its mechanisms.
    Rejected "REJECTED",
    /// `OK`: the server accepts the client.
    Ok "OK",
    /// `AGREE_UNIX_FD`: the server agrees to pass file descriptors.
    AgreeUnixFd "AGREE_UNIX_FD",
}

impl Command {
    pub(crate) fn named(name: &[u8]) -> Self {
        let command = index_of(name, NAMES).and_then(|index| COMMANDS.get(index));
        command.copied().unwrap_or(Self::Unknown)
    }
}

/// Index of `name` in `names`, which are separated by spaces.
///
/// One text is smaller than an array of texts, each with a pointer, a length and a relocation.
#[inline(never)]
pub(crate) fn index_of(name: &[u8], names: &str) -> Option<usize> {
    names.as_bytes().split(|&byte| byte == b' ').position(|known| known == name)
}
