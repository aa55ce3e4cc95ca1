//! The macro that makes the methods of all shells from one list.

/// Makes a method of [`Systemd`](crate::Systemd), of [`Later`](crate::Later) and of `tokio::Systemd` from each flow:
///
/// ```text
/// shells! {
///     /// The documentation of all three methods.
///     fn unit_file_state(unit: &str) -> Result<UnitFileState, Error> = file::state;
/// }
/// ```
///
/// `file::state` is an `async fn` that takes a [`Client`](crate::client::Client) and the same arguments.
macro_rules! shells {
    ($(
        $(#[$doc:meta])*
        fn $name:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty = $flow:path;
    )*) => {
        impl crate::Systemd {
            $(
                $(#[$doc])*
                pub fn $name(&self, $($argument: $type),*) -> $result {
                    self.block_on($flow(&self.shell, $($argument),*))
                }
            )*
        }

        impl crate::Later<'_> {
            $(
                $(#[$doc])*
                pub async fn $name(&self, $($argument: $type),*) -> $result {
                    $flow(self.shell, $($argument),*).await
                }
            )*
        }

        #[cfg(feature = "tokio")]
        impl crate::tokio::Systemd {
            $(
                $(#[$doc])*
                pub async fn $name(&self, $($argument: $type),*) -> $result {
                    $flow(&*self.shell, $($argument),*).await
                }
            )*
        }
    };
}

/// Methods of [`Systemd`](crate::Systemd) and `tokio::Systemd` that set limits, and wait for nothing.
macro_rules! limits {
    ($($shell:ty),*) => {
        $(impl $shell {
            /// How many calls may be outstanding at a time; default: 100. dbus-daemon gives a connection of the system bus 128.
            pub fn set_call_limit(&self, limit: usize) {
                self.shell.state().calls.set_limit(limit);
            }

            /// How many jobs may be out at a time; default: 100. systemd can follow about 500 jobs that were queued over the bus; with more it
            /// loses results, or its connection to the bus.
            pub fn set_job_limit(&self, limit: usize) {
                self.shell.state().jobs.turns.set_limit(limit);
            }

            /// Whether polkit may ask the user for a password before it allows what needs authorization; default: no. Calls that it is asked
            /// about, and no others, carry the flag `ALLOW_INTERACTIVE_AUTHORIZATION` then. They wait for the user without a time limit.
            pub fn allow_interactive_authorization(&self, allow: bool) {
                self.shell.state().set_interactive(allow);
            }

            /// How long systemd may be away while it re-executes itself, before whoever waits gets an error; default: 5 s.
            pub fn set_absence(&self, time: std::time::Duration) {
                self.shell.state().set_absence(time);
            }

            /// Limits the calls that wait longer than the connection's time limit: [`reload`](Self::reload) and [`reexecute`](Self::reexecute),
            /// also the reload after unit files were changed, have 300 s, [`freeze_unit`](Self::freeze_unit) and
            /// [`thaw_unit`](Self::thaw_unit) 60 s. They wait for at most `time` then.
            pub fn limit_slow_calls(&self, time: std::time::Duration) {
                self.shell.state().limit_slow_calls(time);
            }
        })*
    };
}
