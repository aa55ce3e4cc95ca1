//! The operations on transient units.

use std::time::Duration;

use barebus::{Connection, Options};

use super::{RunEnd, TransientUnit, run, start};
use crate::client::Client;
use crate::daemon;
use crate::error::Error;
use crate::job::{Job, JobEnd};
use crate::together::Limit;
#[cfg(feature = "tokio")]
use crate::together::alongside;

shells! {
    /// Makes a unit and queues a job that starts it. [`wait`](Self::wait) returns the job's result; [`run`](Self::run) waits until the unit has
    /// stopped.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Cause::UnitExists`](crate::Cause::UnitExists) if there is a unit of that name.
    fn start_transient_unit(unit: TransientUnit) -> Result<Job, Error> = start::start_transient_unit;

    /// Makes a scope, and waits until its job has ended: then the processes are in its control group.
    ///
    /// # Errors
    /// As [`start_transient_unit`](Self::start_transient_unit).
    fn start_scope(scope: TransientUnit) -> Result<JobEnd, Error> = start::start_scope;
}

/// Documents the method of each shell.
macro_rules! run_method {
    ($($method:item)*) => {$(
        /// Makes a unit, starts it, and waits until it has stopped. Returns how: exit code or signal, result, run time, CPU time, memory.
        ///
        /// A unit that has failed stays, as its status may be of interest, and is in the way of another of its name until
        /// [`reset_failed_unit`](Self::reset_failed_unit); with [`CollectMode::InactiveOrFailed`](crate::word::CollectMode::InactiveOrFailed) it
        /// does not. If this is given up or the connection ends, the unit goes on.
        ///
        /// A unit that succeeded is forgotten by systemd at once, unless a client on a bus holds a reference to it. So over systemd's private socket,
        /// this method opens a second connection, to the bus, and uses it for the run. If there is no bus, the resources that a successful unit used
        /// are not known. The method of [`Later`](crate::Later) opens no second connection: over the private socket it does not know them either.
        ///
        /// # Errors
        /// As [`start_transient_unit`](Self::start_transient_unit). That the command fails is no error.
        $method
    )*};
}

/// Documents the method of each shell.
macro_rules! run_within_method {
    ($($method:item)*) => {$(
        /// As [`run`](Self::run), with a time limit. The unit goes on when it has passed.
        ///
        /// # Errors
        /// As [`run`](Self::run); [`Error::is_timeout`] if the unit has not stopped within this time.
        $method
    )*};
}

impl crate::Systemd {
    run_method! {
        pub fn run(&self, unit: TransientUnit) -> Result<RunEnd, Error> {
            self.run_limited(unit, None)
        }
    }

    run_within_method! {
        pub fn run_within(&self, unit: TransientUnit, timeout: Duration) -> Result<RunEnd, Error> {
            self.run_limited(unit, Some(timeout))
        }
    }

    fn run_limited(&self, unit: TransientUnit, limit: Option<Duration>) -> Result<RunEnd, Error> {
        let limit = Limit::from_now(limit);
        let bus = bus_beside(&self.shell).map(Self::over);
        // An answer shows that it can be used.
        let bus = bus.filter(|bus| {
            let version = daemon::version(&bus.shell);
            bus.block_on(limit.keep(&bus.shell, version)).is_some_and(|version| version.is_ok())
        });
        let systemd = bus.as_ref().unwrap_or(self);
        systemd.block_on(run::run_limited(&systemd.shell, unit, limit))
    }
}

impl crate::Later<'_> {
    run_method! {
        pub async fn run(&self, unit: TransientUnit) -> Result<RunEnd, Error> {
            run::run(self.shell, unit).await
        }
    }

    run_within_method! {
        pub async fn run_within(
            &self,
            unit: TransientUnit,
            timeout: Duration,
        ) -> Result<RunEnd, Error> {
            run::run_limited(self.shell, unit, Limit::from_now(Some(timeout))).await
        }
    }
}

#[cfg(feature = "tokio")]
impl crate::tokio::Systemd {
    run_method! {
        pub async fn run(&self, unit: TransientUnit) -> Result<RunEnd, Error> {
            self.run_limited(unit, None).await
        }
    }

    run_within_method! {
        pub async fn run_within(
            &self,
            unit: TransientUnit,
            timeout: Duration,
        ) -> Result<RunEnd, Error> {
            self.run_limited(unit, Some(timeout)).await
        }
    }

    async fn run_limited(
        &self,
        unit: TransientUnit,
        limit: Option<Duration>,
    ) -> Result<RunEnd, Error> {
        let limit = Limit::from_now(limit);
        let Some(bus) = bus_beside(&*self.shell) else {
            return run::run_limited(&*self.shell, unit, limit).await;
        };
        let (bus, driver) = Self::over(bus);
        let flow = async {
            // An answer shows that it can be used.
            let version = limit.keep(&*bus.shell, daemon::version(&*bus.shell)).await;
            let systemd = if version.is_some_and(|version| version.is_ok()) { &bus } else { self };
            run::run_limited(&*systemd.shell, unit, limit).await
        };
        alongside(flow, driver).await
    }
}

/// A connection to the bus of the systemd that a direct connection leads to, where it has one.
fn bus_beside<C: Client>(client: &C) -> Option<Connection> {
    let address = client.address();
    let bus = match address.strip_suffix("/run/systemd/private") {
        Some(root) => format!("{root}/run/dbus/system_bus_socket"),
        None => format!("{}/bus", address.strip_suffix("/systemd/private")?),
    };
    Options::bus().open(&bus).ok()
}
