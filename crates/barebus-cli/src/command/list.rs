//! `barebus list`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::process::ExitCode;

use barebus::{
    Bus, CallError, CallId, Connection, Dict, Flags, InterfaceName, MemberName, MethodCall,
    ObjectPath, Reply, Variant,
};

use crate::args::{Form, Globals, Selection};
use crate::command::property::CALLS_AT_ONCE;
use crate::command::{message, open};
use crate::exit::Failure;
use crate::json::Json;
use crate::process::{Peer, Roots, Users, comm};
use crate::table::Table;

pub(crate) fn run(globals: &Globals) -> Result<ExitCode, Failure> {
    let Globals { target, format, sending, selection } = globals;
    let form = format.form(&[Form::Text, Form::Table, Form::Json])?;
    if target.is_peer() {
        return Err(Failure::usage("cannot list names: a peer has none, only a bus has"));
    }
    let mut connection = open(target)?;
    let names = names(&mut connection, selection)?;
    let mut owners = owners(&mut connection, &names, selection.show_machine)?;
    let has_processes = sending.augment_creds && target.has_our_processes(&connection);
    let users = Users::read();
    let mut roots = Roots::new();
    // A process can have many names.
    let mut processes = BTreeMap::new();
    for row in owners.values_mut() {
        row.user = row.uid.map(|uid| users.name(uid));
        let Some(pid) = row.pid else { continue };
        row.process = Some("n/a".to_owned());
        if has_processes {
            let process: &Option<String> = processes.entry(pid).or_insert_with(|| comm(pid));
            row.process = process.clone().or_else(|| row.process.take());
            let cgroup = roots.of(pid);
            row.unit = cgroup.as_ref().and_then(|cgroup| cgroup.unit());
            row.session = cgroup.as_ref().and_then(|cgroup| cgroup.session());
        }
    }
    print(&names, &owners, globals, form)?;
    Ok(ExitCode::SUCCESS)
}

/// What is known about the owner of a name.
#[derive(Debug, Default)]
struct Row {
    pid: Option<u32>,
    uid: Option<u32>,
    connection: Option<String>,
    machine: Option<String>,
    process: Option<String>,
    user: Option<String>,
    unit: Option<String>,
    session: Option<String>,
}

/// The selected names, sorted as bytes, and whether each has an owner.
fn names(
    connection: &mut Connection,
    selection: &Selection,
) -> Result<BTreeMap<String, bool>, Failure> {
    let is_all = !(selection.unique || selection.acquired || selection.activatable);
    let (unique, acquired) = (is_all || selection.unique, is_all || selection.acquired);
    let failed = |error| Failure::call("cannot list the names", &error);
    let activatable = (is_all || selection.activatable)
        .then(|| connection.start_call(&bus_call("ListActivatableNames"), &(), Vec::new()))
        .transpose()
        .map_err(failed)?;
    let mut names = BTreeMap::new();
    if unique || acquired {
        let owned = Bus::new(connection).list_names().map_err(failed)?;
        names.extend(owned.into_iter().map(|name| (name, true)));
    }
    if let Some(asked) = activatable {
        let reply = connection.wait(asked).map_err(failed)?;
        let (activatable,): (Vec<String>,) = reply.body().map_err(|error| failed(error.into()))?;
        for name in activatable {
            names.entry(name).or_insert(false);
        }
    }
    names.retain(|name, is_owned| match (*is_owned, name.starts_with(':')) {
        (false, _) => true,
        (true, true) => unique,
        (true, false) => acquired,
    });
    Ok(names)
}

pub(crate) fn bus_call(member: &'static str) -> MethodCall<'static> {
    MethodCall::from_static(BUS, "/org/freedesktop/DBus", BUS, member)
}

pub(crate) const BUS: &str = "org.freedesktop.DBus";

/// The calls about one name.
struct Asked<'n> {
    name: &'n str,
    credentials: Option<CallId>,
    owner: Option<CallId>,
    machine: Option<CallId>,
}

/// Asks about all names that have an owner. What is refused is not known: a name may have lost its owner meanwhile.
fn owners(
    connection: &mut Connection,
    names: &BTreeMap<String, bool>,
    with_machine: bool,
) -> Result<HashMap<String, Row>, Failure> {
    let failed = |error| Failure::call("cannot ask for the owners of names", &error);
    let owned = names.iter().filter(|(_, is_owned)| **is_owned).map(|(name, _)| &**name);
    let owned: Vec<&str> = owned.collect();
    let mut rows = HashMap::new();
    for names in owned.chunks(CALLS_AT_ONCE) {
        let asked = names.iter().map(|name| ask(connection, name, with_machine));
        for asked in asked.collect::<Result<Vec<_>, _>>().map_err(failed)? {
            let name = asked.name.to_owned();
            rows.insert(name, answer(connection, asked, with_machine).map_err(failed)?);
        }
    }
    Ok(rows)
}

fn ask<'n>(
    connection: &mut Connection,
    name: &'n str,
    with_machine: bool,
) -> Result<Asked<'n>, CallError> {
    let mut asked = Asked { name, credentials: None, owner: None, machine: None };
    if with_machine && connection.unique_name() != Some(name) {
        let mut call = MACHINE_ID;
        call.destination = message::destination(name).ok();
        asked.machine = Some(connection.start_call(&call, &(), Vec::new())?);
    }
    // The bus has no connection to itself.
    if name != BUS {
        let mut ask = |member| connection.start_call(&bus_call(member), &(name,), Vec::new());
        if !name.starts_with(':') {
            asked.owner = Some(ask("GetNameOwner")?);
        }
        asked.credentials = Some(ask("GetConnectionCredentials")?);
    }
    Ok(asked)
}

const MACHINE_ID: MethodCall<'static> =
    MethodCall::checked(ObjectPath::from_static("/"), MemberName::from_static("GetMachineId"))
        .interface(InterfaceName::from_static("org.freedesktop.DBus.Peer"))
        .flags(Flags::NO_AUTO_START);

fn answer(
    connection: &mut Connection,
    asked: Asked<'_>,
    with_machine: bool,
) -> Result<Row, CallError> {
    let mut row = Row::default();
    let name = asked.name;
    match asked.credentials {
        Some(credentials) => {
            row.connection = match asked.owner {
                Some(owner) => text(connection, owner)?,
                None => Some(name.to_owned()),
            };
            let ids = heard(connection.wait(credentials).and_then(|reply| ids(&reply)))?;
            match ids {
                Some((pid, uid)) => (row.pid, row.uid) = (pid, uid),
                None => row.connection = None,
            }
        }
        None => {
            let peer = Peer::of(connection);
            (row.pid, row.uid) = (peer.map(|peer| peer.pid), peer.map(|peer| peer.uid));
        }
    }
    row.machine = match asked.machine {
        Some(machine) => text(connection, machine)?,
        None if with_machine => machine_id(),
        None => None,
    };
    Ok(row)
}

/// The text in a reply; `None` if the call was refused or not answered.
fn text(connection: &mut Connection, asked: CallId) -> Result<Option<String>, CallError> {
    let reply = connection.wait(asked);
    heard(reply.and_then(|reply| {
        let (text,): (String,) = reply.body()?;
        Ok(text)
    }))
}

/// `None` if the other side does not answer as it should. That the connection has ended is an error.
fn heard<T>(reply: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match reply {
        Err(error @ CallError::Connection(_)) => Err(error),
        reply => Ok(reply.ok()),
    }
}

/// Process and user ID in a reply to `GetConnectionCredentials`.
pub(crate) fn ids(reply: &Reply<'_>) -> Result<(Option<u32>, Option<u32>), CallError> {
    let (entries,): (Dict<'_, &str, Variant<'_>>,) = reply.body()?;
    let (mut pid, mut uid) = (None, None);
    for entry in entries {
        let Ok((key, value)) = entry else { break };
        match key {
            "ProcessID" => pid = value.get().ok(),
            "UnixUserID" => uid = value.get().ok(),
            _ => {}
        }
    }
    Ok((pid, uid))
}

/// The ID of this machine. machine-id(5).
fn machine_id() -> Option<String> {
    let text = fs::read_to_string("/etc/machine-id").ok()?;
    Some(text.trim().to_owned()).filter(|id| !id.is_empty())
}

fn print(
    names: &BTreeMap<String, bool>,
    owners: &HashMap<String, Row>,
    globals: &Globals,
    form: Form,
) -> Result<(), Failure> {
    let none = Row::default();
    let rows =
        names.iter().map(|(name, is_owned)| (name, is_owned, owners.get(name).unwrap_or(&none)));
    let with_machine = globals.selection.show_machine;
    if form.is_json() {
        let rows = rows.map(|(name, is_owned, row)| json(name, *is_owned, row, with_machine));
        Json::array(rows).print_as(form)?;
        return Ok(());
    }
    let heads = [
        "NAME",
        "PID",
        "PROCESS",
        "USER",
        "CONNECTION",
        "UNIT",
        "SESSION",
        "DESCRIPTION",
        "MACHINE",
    ];
    let mut table =
        if globals.format.no_legend { Table::without_heads() } else { Table::new(heads) };
    table = table.align_right(1).grey(&[NOTHING, ACTIVATABLE]);
    if !with_machine {
        table = table.columns(heads.len() - 1);
    }
    for (name, is_owned, row) in rows {
        let pid = row.pid.map(|pid| pid.to_string());
        let connection = if *is_owned { row.connection.as_deref() } else { Some(ACTIVATABLE) };
        let cells = [
            Some(&**name),
            pid.as_deref(),
            row.process.as_deref(),
            row.user.as_deref(),
            connection,
            row.unit.as_deref(),
            row.session.as_deref(),
            // Only a bus in the kernel knew descriptions of connections.
            None,
            row.machine.as_deref(),
        ];
        table.push(cells.map(|cell| cell.unwrap_or(NOTHING)));
    }
    table.full(globals.format.full).print()?;
    Ok(())
}

/// Stands in a cell without a value.
const NOTHING: &str = "-";

/// Stands in the column CONNECTION if a name has no owner, but a service that can be started.
const ACTIVATABLE: &str = "(activatable)";

fn json(name: &String, is_owned: bool, row: &Row, with_machine: bool) -> Json {
    let text = |text: &Option<String>| Json::from(text.as_ref());
    let connection = match is_owned {
        true => text(&row.connection),
        false => Json::from(ACTIVATABLE),
    };
    let mut members = vec![
        ("name", Json::from(name)),
        ("pid", Json::from(row.pid)),
        ("process", text(&row.process)),
        ("user", text(&row.user)),
        ("connection", connection),
        ("unit", text(&row.unit)),
        ("session", text(&row.session)),
        ("description", text(&None)),
    ];
    if with_machine {
        members.push(("machine", text(&row.machine)));
    }
    Json::object(members)
}
