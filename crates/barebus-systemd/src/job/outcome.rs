//! How a unit is after its job has ended.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use barebus::definition::standard::{GET_ALL, PROPERTIES_CHANGED};
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
    let mut seen = Seen::default();
    let read = |reply| Ok::<_, CallError>(GET_ALL.answer(reply)?.0);
    read(&common).and_then(|properties| seen.read(properties)).map_err(failed)?;
    read(&own).and_then(|properties| seen.read(properties)).map_err(failed)?;
    Ok(seen.outcome())
}

/// What is known of a unit's properties.
#[derive(Debug, Default)]
pub(super) struct Seen {
    load_state: Option<LoadState>,
    active_state: Option<ActiveState>,
    sub_state: Option<SubState>,
    result: Option<UnitResult>,
    exec_main_code: i32,
    exec_main_status: i32,
    condition: Check,
    assertion: Check,
}

/// The result of a unit's conditions or assertions.
#[derive(Debug, Default)]
struct Check {
    held: bool,
    /// When they were checked; 0 if they were not.
    timestamp: u64,
}

impl Check {
    fn held(&self) -> Option<bool> {
        Some(self.held).filter(|_| self.timestamp != 0)
    }
}

impl Seen {
    /// Takes what changed from a `PropertiesChanged`.
    pub(super) fn change(&mut self, signal: &OwnedMessage) -> Result<(), CallError> {
        let (_, changed, _) = PROPERTIES_CHANGED.read(signal)?;
        self.read(changed)
    }

    fn read(&mut self, properties: Dict<'_, &str, Variant<'_>>) -> Result<(), CallError> {
        for property in properties {
            let (name, value) = property?;
            match name {
                "LoadState" => self.load_state = Some(value.get::<&str>()?.into()),
                "ActiveState" => self.active_state = Some(value.get::<&str>()?.into()),
                "SubState" => self.sub_state = Some(value.get::<&str>()?.into()),
                "ConditionResult" => self.condition.held = value.get()?,
                "ConditionTimestamp" => self.condition.timestamp = value.get()?,
                "AssertResult" => self.assertion.held = value.get()?,
                "AssertTimestamp" => self.assertion.timestamp = value.get()?,
                "Result" => self.result = Some(value.get::<&str>()?.into()),
                "ExecMainCode" => self.exec_main_code = value.get()?,
                "ExecMainStatus" => self.exec_main_status = value.get()?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the unit was started.
    pub(super) const fn was_checked(&self) -> bool {
        self.condition.timestamp != 0
    }

    pub(super) fn outcome(self) -> UnitOutcome {
        UnitOutcome {
            load_state: self.load_state.unwrap_or(LoadState::Loaded),
            active_state: self.active_state.unwrap_or(ActiveState::Inactive),
            sub_state: self.sub_state.unwrap_or(SubState::Dead),
            result: self.result,
            main_process: ProcessEnd::new(self.exec_main_code, self.exec_main_status),
            conditions_held: self.condition.held(),
            assertions_held: self.assertion.held(),
        }
    }
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
