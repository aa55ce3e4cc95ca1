//! The questions of a watch.

use barebus::definition::{Request, standard};
use barebus::wire::Flags;
use barebus::wire::definition::Object;
use barebus::{CallError, EncodeBody, OwnedMessage};

use super::asks::{Ask, Detail, List};
use crate::client::{CallOptions, Client, Timeout};
use crate::interface::manager::OBJECT;
use crate::interface::manager::method::{
    GET_UNIT, GET_UNIT_FILE_STATE, LIST_UNITS, LIST_UNITS_BY_PATTERNS, LOAD_UNIT,
};
use crate::interface::service::property::{MAIN_PID, RESULT};
use crate::name::UnitName;
use crate::word::UnitFileState;

/// A question, and what came of it.
pub(super) struct Answer {
    pub(super) ask: Ask,
    pub(super) reply: Result<Reply, CallError>,
}

pub(super) enum Reply {
    Message(OwnedMessage),
    /// To [`Ask::Resolve`].
    Name(Option<String>),
}

/// Puts a question.
pub(super) async fn put<C: Client>(client: &C, ask: Ask) -> Answer {
    let reply = match &ask {
        Ask::List(List { names: None, .. }) => call(client, LIST_UNITS.call(OBJECT, ())).await,
        // The patterns are names: systemd takes a backslash in them as it is.
        Ask::List(List { names: Some(names), .. }) => {
            let patterns: Vec<&str> = names.iter().map(|name| &**name).collect();
            let states: [&str; 0] = [];
            call(client, LIST_UNITS_BY_PATTERNS.call(OBJECT, (&states[..], patterns))).await
        }
        Ask::Details(unit, detail) => details(client, unit, *detail).await,
        Ask::Resolve(name) => {
            let reply = resolve(client, name).await.map(Reply::Name);
            return Answer { ask, reply };
        }
    };
    Answer { reply: reply.map(Reply::Message), ask }
}

async fn call<C: Client, A: EncodeBody, Out>(
    client: &C,
    request: Request<'_, A, Out>,
) -> Result<OwnedMessage, CallError> {
    // A busy systemd answers late, and there is no use in starting it.
    let options = CallOptions { timeout: Timeout::Of(None), ..CallOptions::default() };
    client.call(request.flags(Flags::NO_AUTO_START), options).await
}

/// The property `Result` has the same name and type in all interfaces.
async fn details<C: Client>(
    client: &C,
    unit: &str,
    detail: Detail,
) -> Result<OwnedMessage, CallError> {
    let Ok(unit) = UnitName::parse(unit) else { return Err(CallError::OtherConnection) };
    let path = unit.object_path();
    let object: Object<'_> = OBJECT.at(path.borrow());
    let property = match detail {
        Detail::MainPid => MAIN_PID.name(),
        Detail::Result => RESULT.name(),
    };
    let interface = unit.kind().interface();
    call(client, standard::GET.call(object, (interface, property))).await
}

/// The primary name of a unit. `None` if `name` is it, or if there is no such unit.
async fn resolve<C: Client>(client: &C, name: &str) -> Result<Option<String>, CallError> {
    let reply = match call(client, GET_UNIT.call(OBJECT, (name,))).await {
        Err(CallError::Remote { .. }) => {
            // It is not in memory. Only a file that is a link to another one has another name, and only then systemd is made to load it.
            let state = call(client, GET_UNIT_FILE_STATE.call(OBJECT, (name,))).await;
            let state = match &state {
                Ok(reply) => UnitFileState::from(GET_UNIT_FILE_STATE.answer(reply)?.0),
                Err(CallError::Remote { .. }) => return Ok(None),
                Err(_) => return state.map(|_| None),
            };
            if state != UnitFileState::Alias {
                return Ok(None);
            }
            call(client, LOAD_UNIT.call(OBJECT, (name,))).await?
        }
        reply => reply?,
    };
    let (path,) = GET_UNIT.answer(&reply)?;
    Ok(UnitName::from_object_path(path).ok().map(String::from))
}
