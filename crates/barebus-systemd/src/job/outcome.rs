//! How a unit is after its job has ended.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use barebus::definition::standard::GET_ALL;
use barebus::{CallError, Dict, OwnedMessage, Variant};

use crate::client::{CallOptions, Client};
use crate::error::Error;
use crate::interface::manager::OBJECT;
use crate::interface::unit;
use crate::name::UnitName;
use crate::word::{ActiveState, LoadState, SubState, UnitResult};

/// How a unit is after a job for it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnitOutcome {
    /// Whether its file was read; `not-found` also for a transient unit that systemd has forgotten since.
    pub load_state: LoadState,
    /// Its state.
    pub active_state: ActiveState,
    /// Its state in the words of its own type.
    pub sub_state: SubState,
    /// How its last run ended. `None` for units of types that have no such property: targets, slices, devices.
    pub result: Option<UnitResult>,
    /// How the main process of a service ended last; `None` if none has ended.
    pub main_process: Option<ProcessEnd>,
    /// Whether the conditions held when it was last started; `None` if they were not checked.
    pub conditions_held: Option<bool>,
    /// Whether the assertions held when it was last started; `None` if they were not checked.
    pub assertions_held: Option<bool>,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProcessEnd {
    /// By itself, with this exit code.
    Exited(i32),
    /// By this signal.
    Killed(i32),
    /// By this signal, and it dumped core.
    Dumped(i32),
}

impl ProcessEnd {
    /// From the code and status of waitid(2), which are the properties ExecMainCode and ExecMainStatus.
    pub(crate) const fn new(code: i32, status: i32) -> Option<Self> {
        match code {
            1 => Some(Self::Exited(status)),
            2 => Some(Self::Killed(status)),
            3 => Some(Self::Dumped(status)),
            _ => None,
        }
    }
}

/// Asks for the properties of a unit, in one round trip. This loads the unit if systemd has forgotten it.
pub(super) async fn outcome<C: Client>(client: &C, unit: &str) -> Result<UnitOutcome, Error> {
    let failed = |error: CallError| Error::new("the state", unit, error);
    let name = UnitName::parse(unit).map_err(|error| Error::new("the state", unit, error))?;
    let path = name.object_path();
    let object = OBJECT.at(path.borrow());
    let common =
        client.call(GET_ALL.call(object, (unit::INTERFACE.as_str(),)), CallOptions::default());
    let own = name.kind().interface();
    let own = client.call(GET_ALL.call(object, (own.as_str(),)), CallOptions::default());
    let (common, own) = both(common, own).await;
    let (common, own) = (common.map_err(failed)?, own.map_err(failed)?);
    let mut outcome = UnitOutcome {
        load_state: LoadState::Stub,
        active_state: ActiveState::Inactive,
        sub_state: SubState::Dead,
        result: None,
        main_process: None,
        conditions_held: None,
        assertions_held: None,
    };
    outcome.read(&common).and_then(|()| outcome.read_own(&own)).map_err(failed)?;
    Ok(outcome)
}

impl UnitOutcome {
    /// Takes the properties that all units have.
    fn read(&mut self, reply: &OwnedMessage) -> Result<(), CallError> {
        let (mut condition, mut assertion) = ((false, 0_u64), (false, 0_u64));
        for property in properties(reply)? {
            let (name, value) = property?;
            match name {
                "LoadState" => self.load_state = value.get::<&str>()?.into(),
                "ActiveState" => self.active_state = value.get::<&str>()?.into(),
                "SubState" => self.sub_state = value.get::<&str>()?.into(),
                "ConditionResult" => condition.0 = value.get()?,
                "ConditionTimestamp" => condition.1 = value.get()?,
                "AssertResult" => assertion.0 = value.get()?,
                "AssertTimestamp" => assertion.1 = value.get()?,
                _ => {}
            }
        }
        // No time: they were not checked.
        let known = |(held, time)| if time == 0 { None } else { Some(held) };
        self.conditions_held = known(condition);
        self.assertions_held = known(assertion);
        Ok(())
    }

    /// Takes the properties of the unit's own type.
    fn read_own(&mut self, reply: &OwnedMessage) -> Result<(), CallError> {
        let (mut code, mut status) = (0, 0);
        for property in properties(reply)? {
            let (name, value) = property?;
            match name {
                "Result" => self.result = Some(value.get::<&str>()?.into()),
                "ExecMainCode" => code = value.get()?,
                "ExecMainStatus" => status = value.get()?,
                _ => {}
            }
        }
        self.main_process = ProcessEnd::new(code, status);
        Ok(())
    }
}

fn properties(reply: &OwnedMessage) -> Result<Dict<'_, &str, Variant<'_>>, CallError> {
    Ok(GET_ALL.answer(reply)?.0)
}

/// Waits for both.
async fn both<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut one, mut other) = (None, None);
    poll_fn(|cx| {
        poll_into(&mut one, a.as_mut(), cx);
        poll_into(&mut other, b.as_mut(), cx);
        match (one.take(), other.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            (a, b) => {
                (one, other) = (a, b);
                Poll::Pending
            }
        }
    })
    .await
}

fn poll_into<F: Future>(
    result: &mut Option<F::Output>,
    future: Pin<&mut F>,
    cx: &mut std::task::Context<'_>,
) {
    if result.is_none() {
        if let Poll::Ready(output) = future.poll(cx) {
            *result = Some(output);
        }
    }
}
