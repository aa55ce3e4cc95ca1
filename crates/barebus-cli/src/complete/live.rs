//! What the bus and systemd know. Nothing here starts a service.

use std::collections::BTreeMap;

use barebus::{Bus, CallId, Connection, Flags, MethodCall};
use barebus_codegen::introspection::Document;

use super::Candidate;
use crate::args::{Partial, Target};
use crate::command::list::bus_call;
use crate::command::tree::Room;
use crate::command::{message, open, unit};
use crate::exit::Failure;
use crate::introspection;
use crate::process::Users;

/// A connection for questions.
pub(super) struct Live<'p> {
    connection: Connection,
    target: &'p Target,
}

impl<'p> Live<'p> {
    pub(super) fn open(partial: &'p Partial) -> Result<Self, Failure> {
        let target = &partial.globals.target;
        Ok(Self { connection: open(target)?, target })
    }

    /// The names on the bus. Unique ones are for who types a colon.
    pub(super) fn services(
        &mut self,
        current: &str,
        with_activatable: bool,
    ) -> Result<Vec<Candidate>, Failure> {
        if self.target.is_peer() {
            return Ok(Vec::new());
        }
        let failed = |error| Failure::call("cannot list the names", &error);
        let activatable = bus_call("ListActivatableNames");
        let activatable = with_activatable
            .then(|| self.connection.start_call(&activatable, &(), Vec::new()))
            .transpose()
            .map_err(failed)?;
        let owned = Bus::new(&mut self.connection).list_names().map_err(failed)?;
        let mut names: BTreeMap<String, &str> = owned.into_iter().map(|name| (name, "")).collect();
        if let Some(asked) = activatable {
            let reply = self.connection.wait(asked).map_err(failed)?;
            let (more,): (Vec<String>,) = reply.body().map_err(|error| failed(error.into()))?;
            for name in more {
                names.entry(name).or_insert("can be started");
            }
        }
        let is_unique = current.starts_with(':');
        let shown = names.into_iter().filter(|(name, _)| name.starts_with(':') == is_unique);
        Ok(shown.map(|(name, help)| Candidate::new(name, help)).collect())
    }

    /// The objects whose paths begin with `current`, level by level, as far as few questions lead.
    pub(super) fn objects(
        &mut self,
        service: &str,
        current: &str,
    ) -> Result<Vec<Candidate>, Failure> {
        let base = match current.rfind('/') {
            None | Some(0) => "/",
            Some(end) => current.get(..end).unwrap_or("/"),
        };
        let mut found = vec![base.to_owned()];
        let mut level = vec![base.to_owned()];
        let mut questions = 0;
        let mut room = Room::default();
        while !level.is_empty() && questions + level.len() <= QUESTIONS_MAX {
            questions += level.len();
            let mut asked = Vec::new();
            for path in std::mem::take(&mut level) {
                let question = self.start(service, &path)?;
                asked.push((path, question));
            }
            for (path, question) in asked {
                // An object that does not answer has no children.
                let answer = introspection::wait_for_children(&mut self.connection, question, "");
                let Ok(Ok(document)) = answer else { continue };
                let children = document.node.children.iter();
                let children = children.map_while(|child| room.path(&path, &child.name));
                let children = children
                    .filter(|path| path.starts_with(current) && message::path(path).is_ok());
                level.extend(children);
            }
            found.extend(level.iter().cloned());
        }
        Ok(found.into_iter().map(|path| Candidate::new(path, "")).collect())
    }

    pub(super) fn introspect(&mut self, service: &str, object: &str) -> Result<Document, Failure> {
        let question = self.start(service, object)?;
        let answer = introspection::wait_for_document(&mut self.connection, question, "");
        answer.map_err(|error| Failure::call("", &error))?
    }

    fn start(&mut self, service: &str, object: &str) -> Result<CallId, Failure> {
        let to = message::to(self.target, service)?;
        let at = message::path(object)?;
        let mut call = MethodCall::checked(at, introspection::INTROSPECT)
            .interface(introspection::INTROSPECTABLE)
            .flags(Flags::NO_AUTO_START);
        call.destination = to;
        let asked = self.connection.start_call(&call, &(), Vec::new());
        asked.map_err(|error| Failure::call(object, &error))
    }
}

/// A service can have any number of objects.
const QUESTIONS_MAX: usize = 24;

/// The names of units, of unit files, or of jobs, as the verb takes them.
pub(super) fn units(
    partial: &Partial,
    verb: &str,
    current: &str,
) -> Result<Vec<Candidate>, Failure> {
    // systemd needs a second for all unit files, and milliseconds for few.
    let pattern = format!("{current}*");
    let systemd = unit::open(&partial.globals.target, false)?;
    let mut candidates: Vec<Candidate> = match verb {
        "enable" | "disable" | "reenable" | "mask" | "unmask" | "preset" | "revert" | "state"
        | "start" | "cat" | "set-default"
            if !current.is_empty() =>
        {
            let files = systemd.list_unit_files_by_patterns(&[], &[&*pattern])?;
            let files =
                files.iter().filter(|it| verb != "set-default" || it.name().ends_with(".target"));
            files.map(|file| Candidate::new(file.name(), file.state.as_str())).collect()
        }
        "cancel" => {
            let jobs = systemd.list_jobs()?;
            jobs.iter().map(|job| Candidate::new(job.id.to_string(), &*job.unit)).collect()
        }
        "run" | "link" | "daemon-reload" | "get-default" | "jobs" => Vec::new(),
        _ => {
            let units = systemd.list_units_by_patterns(&[], &[&*pattern])?;
            units.iter().map(|unit| Candidate::new(unit.name, unit.description)).collect()
        }
    };
    candidates.sort_by(|one, other| one.word.cmp(&other.word));
    Ok(candidates)
}

/// `USER@`, for each user.
pub(super) fn users() -> Vec<Candidate> {
    Users::read().names().map(|name| Candidate::new(format!("{name}@"), "")).collect()
}
