//! `barebus status`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use barebus::{CallError, Connection};

use crate::args::{Form, Globals, Place, Status};
use crate::command::list::{BUS, bus_call, ids};
use crate::command::{message, open};
use crate::exit::{Exit, Failure};
use crate::json::Json;
use crate::process::{Facts, Peer, is_pid};
use crate::render::one_line;
use crate::terminal::{Style, Styles};

pub(crate) fn run(globals: &Globals, asked: &Status) -> Result<ExitCode, Failure> {
    let Globals { target, format, sending, .. } = globals;
    // busctl's --json does not change its status.
    let form = match format.output {
        Some(_) => format.form(&[Form::Text, Form::Json])?,
        None => Form::Text,
    };
    let mut lines = Lines::default();
    let known = match asked.of.as_deref().filter(|of| !of.is_empty()) {
        Some(of) => match is_pid(of) {
            Some(pid) => {
                let facts = Facts::read(pid).ok_or_else(|| {
                    let what = format!("cannot show process {of}: there is no such process");
                    Failure::new(Exit::Refused, what)
                })?;
                Known { pid: Some(pid), facts: Some(facts), ..Known::default() }
            }
            None => {
                let mut connection = open(target)?;
                let augment = sending.augment_creds && target.has_our_processes(&connection);
                of_name(&mut connection, of, augment)?
            }
        },
        None => {
            let mut connection = open(target)?;
            let failed =
                |error| Failure::call("cannot connect to the bus", &CallError::from(error));
            connection.establish().map_err(failed)?;
            lines.add("BusAddress", connection.address());
            match target.place()? {
                Place::System => lines.add("BusScope", "system"),
                Place::User => lines.add("BusScope", "user"),
                _ => {}
            }
            if let Some(guid) = connection.session_state().guid() {
                lines.add("BusID", guid.to_string());
            }
            let augment = sending.augment_creds && target.has_our_processes(&connection);
            of_owner(&connection, augment)?
        }
    };
    known.list(&mut lines);
    match form.is_json() {
        true => lines.json().print_as(form)?,
        false => lines.print()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The credentials of a process.
#[derive(Debug, Default)]
struct Known {
    pid: Option<u32>,
    /// As the bus or the socket tells it, without `/proc`.
    uid: Option<u32>,
    gid: Option<u32>,
    groups: Option<Vec<u32>>,
    unique_name: Option<String>,
    facts: Option<Facts>,
}

/// The process that owns a name.
fn of_name(connection: &mut Connection, name: &str, augment: bool) -> Result<Known, Failure> {
    if name == BUS {
        return of_owner(connection, augment);
    }
    message::destination(name)?;
    let failed = |error| Failure::call(format_args!("cannot show {name}"), &error);
    let mut ask = |member| connection.start_call(&bus_call(member), &(name,), Vec::new());
    let owner = ask("GetNameOwner").map_err(failed)?;
    let credentials = ask("GetConnectionCredentials").map_err(failed)?;
    let reply = connection.wait(owner).map_err(failed)?;
    let (unique_name,): (String,) = reply.body().map_err(|error| failed(error.into()))?;
    let reply = connection.wait(credentials).map_err(failed)?;
    let (pid, uid) = ids(&reply).map_err(failed)?;
    let facts = pid.filter(|_| augment).and_then(Facts::read);
    let unique_name = Some(unique_name);
    Ok(Known { pid, uid, unique_name, facts, ..Known::default() })
}

/// The process behind the socket: of the bus, or who made the socket for it.
fn of_owner(connection: &Connection, augment: bool) -> Result<Known, Failure> {
    let peer = Peer::of(connection).ok_or_else(|| {
        Failure::new(Exit::Refused, "cannot show the owner of the bus: the kernel does not tell it")
    })?;
    let Peer { pid, uid, gid } = peer;
    let facts = Facts::read(pid);
    let groups = facts.as_ref().and_then(|facts| facts.groups.clone());
    let facts = facts.filter(|_| augment);
    Ok(Known { pid: Some(pid), uid: Some(uid), gid: Some(gid), groups, unique_name: None, facts })
}

impl Known {
    /// The lines of busctl, in its order.
    fn list(&self, lines: &mut Lines) {
        lines.add_known("PID", self.pid);
        let Some(facts) = &self.facts else {
            lines.add_known("EUID", self.uid);
            lines.add_known("EGID", self.gid);
            lines.add_known("SupplementaryGIDs", self.groups.as_deref().map(join));
            lines.add_known("UniqueName", self.unique_name.as_ref());
            return;
        };
        lines.add_or_not("PPID", facts.parent.filter(|parent| *parent > 0));
        lines.add_or_not("TTY", facts.tty.as_ref());
        for (names, ids) in [
            (["UID", "EUID", "SUID", "FSUID"], facts.uids),
            (["GID", "EGID", "SGID", "FSGID"], facts.gids),
        ] {
            for (name, id) in names.into_iter().zip(ids.into_iter().flatten()) {
                lines.add(name, id);
            }
            if names[0] == "UID" {
                lines.add_known("OwnerUID", facts.cgroup.as_ref().and_then(|it| it.owner()));
            }
        }
        lines.add_known("SupplementaryGIDs", facts.groups.as_deref().map(join));
        lines.add_known("Comm", facts.comm.as_ref());
        if let Some(exe) = &facts.exe {
            lines.add_or_not("Exe", exe.as_ref());
        }
        lines.add_or_not("CommandLine", facts.command_line.as_ref().map(|words| words.join(" ")));
        lines.add_known("Label", facts.label.as_ref());
        if let Some(cgroup) = &facts.cgroup {
            lines.add("CGroup", &cgroup.path);
            lines.add_or_not("Unit", cgroup.unit());
            lines.add("Slice", cgroup.slice());
            lines.add_or_not("UserUnit", cgroup.user_unit());
            lines.add_or_not("UserSlice", cgroup.user_slice());
            lines.add_or_not("Session", cgroup.session());
        }
        lines.add_or_not("AuditLoginUID", facts.login_uid);
        lines.add_or_not("AuditSessionID", facts.audit_session);
        lines.add_known("UniqueName", self.unique_name.as_ref());
        for (name, set) in [
            ("EffectiveCapabilities", &facts.effective),
            ("PermittedCapabilities", &facts.permitted),
            ("InheritableCapabilities", &facts.inheritable),
            ("BoundingCapabilities", &facts.bounding),
        ] {
            if let Some(set) = set {
                lines.0.push((name, Some(Value::Set(set.clone()))));
            }
        }
    }
}

fn join(ids: &[u32]) -> String {
    ids.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}

/// Lines `Name=value`.
#[derive(Debug, Default)]
struct Lines(Vec<(&'static str, Option<Value>)>);

#[derive(Debug)]
enum Value {
    Number(u32),
    Text(String),
    /// Capabilities.
    Set(Vec<String>),
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl Lines {
    fn add(&mut self, name: &'static str, value: impl Into<Value>) {
        self.add_or_not(name, Some(value));
    }

    /// No line without a value.
    fn add_known(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        if value.is_some() {
            self.add_or_not(name, value);
        }
    }

    /// Without a value, the line says that there is none.
    fn add_or_not(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        self.0.push((name, value.map(Into::into)));
    }

    fn print(&self) -> io::Result<()> {
        let styles = Styles::of_output();
        let mut text = String::new();
        for (name, value) in &self.0 {
            let value = match value {
                None => "n/a".into(),
                Some(Value::Number(value)) => value.to_string().into(),
                Some(Value::Text(value)) => one_line(value),
                Some(Value::Set(names)) => {
                    let mut set = String::new();
                    for (index, name) in names.iter().enumerate() {
                        set.push_str(if index == 0 { "" } else { " " });
                        // busctl's columns.
                        set.push_str(if index % 4 == 3 { "\n        " } else { "" });
                        set.push_str(name);
                    }
                    set.into()
                }
            };
            // Writing to a String does not fail.
            let _ = writeln!(text, "{name}={}", styles.paint(Style::Bold, value));
        }
        io::stdout().write_all(text.as_bytes())
    }

    fn json(&self) -> Json {
        Json::object(self.0.iter().map(|(name, value)| {
            let value = match value {
                None => Json::from(None::<u32>),
                Some(Value::Number(value)) => Json::from(*value),
                Some(Value::Text(text)) => Json::from(text),
                Some(Value::Set(names)) => Json::from(&**names),
            };
            (*name, value)
        }))
    }
}
