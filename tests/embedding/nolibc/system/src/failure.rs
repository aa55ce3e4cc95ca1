//! Why there is no answer.

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// Why there is no answer: one byte, and its text in a table.
        #[derive(Clone, Copy)]
        pub enum Failure {
            $($(#[$doc])* $name,)*
        }

        const TEXTS: &[&str] = &[$($text,)*];
    };
}

failures! {
    /// There is no socket, or nobody listens.
    Connect "cannot connect",
    /// The server refuses the user, or is no D-Bus server.
    Authenticate "cannot authenticate",
    /// A system call failed.
    System "I/O error",
    /// The server closed the connection.
    Closed "connection closed",
    /// The time is over.
    TimedOut "no answer in time",
    /// A message breaks a rule, or the answer has other types.
    Invalid "invalid message",
    /// A message is longer than the buffer.
    TooLong "too long a message",
}

impl Failure {
    /// What to print.
    pub fn text(self) -> &'static str {
        TEXTS.get(self as usize).copied().unwrap_or_default()
    }
}
