//! Calls of methods by their definitions, and the record of what was called.

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::OwnedFd;

use barebus::definition::{Arguments, Kinds, Method, Object, Path};
use barebus::wire::{DecodeBody, EncodeBody, Flags, OwnedBody};
use barebus::{Connection, OwnedObjectPath, Reply, SubscriptionId};
use barebus_codegen::introspection::MemberKind;
use barebus_systemd::Error;
use barebus_systemd::interface::manager;
use barebus_systemd::interface::manager::method::SUBSCRIBE;
use barebus_systemd::interface::manager::signal::JOB_REMOVED;
use barebus_text::busctl;

use super::definition::failed;
use super::{members, object};
use crate::boxes::PATIENCE;
use crate::places::Place;

/// Objects that have all interfaces with methods, but for that of jobs, which no version has changed.
const PROTOTYPES: [&str; 7] = ["service", "socket", "mount", "slice", "scope", "swap", "timer"];

/// Interface and member.
pub(super) type Name = (&'static str, &'static str);

/// A connection that calls methods by their definitions.
pub(super) struct Caller<'p> {
    pub(super) place: &'p Place,
    pub(super) connection: Connection,
    jobs: SubscriptionId,
    /// The methods that the running version has, by interface.
    present: BTreeMap<String, BTreeSet<String>>,
    pub(super) called: BTreeSet<Name>,
}

impl<'p> Caller<'p> {
    pub(super) fn new(place: &'p Place) -> Self {
        let mut connection = place.connection();
        connection.set_call_timeout(Some(PATIENCE));
        let mut present = members(&mut connection, manager::OBJECT, MemberKind::Method);
        for kind in PROTOTYPES {
            let path = object(&mut connection, &format!("members-prototype.{kind}"));
            let object = manager::OBJECT.at(path.borrow());
            present.extend(members(&mut connection, object, MemberKind::Method));
        }
        let sender =
            if place.is_direct() { Object::direct(manager::OBJECT.path) } else { manager::OBJECT };
        let rule = JOB_REMOVED.rule(sender);
        let jobs = connection.subscribe(&rule.rule().unwrap()).unwrap();
        let mut caller = Self { place, connection, jobs, present, called: BTreeSet::new() };
        caller.act(SUBSCRIBE, manager::OBJECT, ());
        caller
    }

    /// The object of a unit.
    pub(super) fn unit(&mut self, name: &str) -> OwnedObjectPath {
        object(&mut self.connection, name)
    }

    /// Calls a method and passes the reply to `read`. `None`: the version lacks the method, and says so.
    fn request<In: Kinds, Out: Kinds, A: Arguments + EncodeBody, T>(
        &mut self,
        method: Method<In, Out>,
        object: Object<'_>,
        (arguments, fds): (A, Vec<OwnedFd>),
        read: impl FnOnce(Reply<'_>) -> T,
    ) -> Option<Result<T, Error>> {
        let (interface, name) = (method.interface().as_str(), method.name().as_str());
        self.called.insert((interface, name));
        let request = method.call(object, arguments);
        let id = self.connection.start_request_with_fds(request, fds).unwrap();
        let result = self.connection.wait(id);
        let result = result.map_err(|error| failed(name, error)).map(|reply| {
            // The types are those of the definition.
            method.answer(&reply).unwrap_or_else(|error| panic!("{name}: {error}"));
            reply.message().validate().unwrap();
            read(reply)
        });
        if self.present.get(interface).is_some_and(|names| !names.contains(name)) {
            let error = result.err().unwrap_or_else(|| panic!("{name} is said not to exist"));
            assert!(error.is_unsupported(), "{error}");
            return None;
        }
        Some(result)
    }

    /// Calls a method that must succeed. Whether the version has it.
    #[track_caller]
    pub(super) fn act<In: Kinds, Out: Kinds, A: Arguments + EncodeBody>(
        &mut self,
        method: Method<In, Out>,
        object: Object<'_>,
        arguments: A,
    ) -> bool {
        let done = self.request(method, object, (arguments, vec![]), |_| ());
        done.map(|done| done.unwrap_or_else(|error| panic!("{error}"))).is_some()
    }

    /// Calls a method that must succeed, with file descriptors. `None`: the version lacks it.
    #[track_caller]
    pub(super) fn ask<In: Kinds, Out: Kinds, A: Arguments + EncodeBody, T>(
        &mut self,
        method: Method<In, Out>,
        object: Object<'_>,
        arguments: (A, Vec<OwnedFd>),
        read: impl FnOnce(Reply<'_>) -> T,
    ) -> Option<T> {
        let answer = self.request(method, object, arguments, read)?;
        Some(answer.unwrap_or_else(|error| panic!("{error}")))
    }

    /// Calls a method that systemd must refuse with one of these errors.
    #[track_caller]
    pub(super) fn refused<In: Kinds, Out: Kinds, A: Arguments + EncodeBody>(
        &mut self,
        method: Method<In, Out>,
        object: Object<'_>,
        arguments: A,
        names: &[&str],
    ) {
        if let Some(result) = self.request(method, object, (arguments, vec![]), |_| ()) {
            let error = result.unwrap_err();
            assert!(error.remote_name().is_some_and(|name| names.contains(&name)), "{error}");
        }
    }

    /// Calls a method that starts a job and waits until the job was removed, which must be `done`.
    #[track_caller]
    pub(super) fn job<In: Kinds, A: Arguments + EncodeBody>(
        &mut self,
        method: Method<In, (Path,)>,
        object: Object<'_>,
        arguments: A,
    ) {
        let path = self.ask(method, object, (arguments, vec![]), |reply| {
            let (path,): (OwnedObjectPath,) = method.answer_as(&reply).unwrap();
            path
        });
        if let Some(path) = path {
            assert_eq!(self.end_of(&path), "done", "{}", method.name());
        }
    }

    /// Waits for the end of a job.
    pub(super) fn end_of(&mut self, job: &OwnedObjectPath) -> String {
        loop {
            let signal = self.connection.next_signal(self.jobs, Some(PATIENCE)).unwrap().unwrap();
            let (_, path, _, result) = JOB_REMOVED.read(&signal).unwrap();
            if path == job.borrow() {
                return result.to_owned();
            }
        }
    }

    /// Calls a method that must succeed, and compares the answer with what `busctl call` prints of the same call. Returns it in that form.
    #[track_caller]
    pub(super) fn same<In: Kinds, Out: Kinds, A: Arguments + EncodeBody + Copy>(
        &mut self,
        method: Method<In, Out>,
        object: Object<'_>,
        arguments: A,
    ) -> String {
        // What changes between the two is asked for again.
        let mut differences = (String::new(), String::new());
        for _ in 0..20 {
            let Some(ours) = self.ask(method, object, (arguments, vec![]), printed) else {
                return String::new();
            };
            let theirs = self.busctl(method, object, arguments);
            if sorted(&ours) == sorted(&theirs) {
                return ours;
            }
            differences = (ours, theirs);
        }
        panic!("{}: {differences:#?}", method.name());
    }

    /// What `busctl call` prints.
    fn busctl<In, Out, A: Arguments + EncodeBody>(
        &self,
        method: Method<In, Out>,
        object: Object<'_>,
        arguments: A,
    ) -> String {
        let mut line = String::new();
        busctl::print(&OwnedBody::new(&arguments).unwrap(), &mut line).unwrap();
        let arguments = busctl::split(&line).unwrap();
        let names = [
            manager::OBJECT.destination.unwrap().as_str(),
            object.path.as_str(),
            method.interface().as_str(),
            method.name().as_str(),
        ];
        let mut command = self.place.command("busctl");
        // A dump is longer than a line.
        command.args(["call", "--"]).args(names).args(arguments);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {said}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// An instance of a template of these boxes. The private socket has others than the bus of the same box.
    pub(super) fn instance(&self, template: &str, instance: &str) -> String {
        let suffix = if self.place.is_direct() { "_inside" } else { "" };
        format!("members-{template}@{instance}{suffix}.service")
    }

    /// Starts a process that no unit has, and returns its number in the box. It ends with the box, or with the unit that it is attached to.
    pub(super) fn process(&self) -> u32 {
        let script = "sleep infinity >/dev/null 2>&1 & echo $!";
        self.place.printed("sh", &["-c", script]).trim().parse().unwrap()
    }

    /// Calls `Reexecute`, which has no reply.
    pub(super) fn reexecute(&mut self, method: Method<(), ()>) {
        self.called.insert((method.interface().as_str(), method.name().as_str()));
        let mut request = method.call(manager::OBJECT, ()).flags(Flags::NO_REPLY_EXPECTED);
        if self.connection.is_direct() {
            request.call.destination = None;
        }
        self.connection.send(&request.call, &request.arguments).unwrap();
        self.connection.flush().unwrap();
    }

    /// A property of a unit as systemctl shows it.
    pub(super) fn shown(&self, unit: &str, property: &str) -> String {
        self.place.shown(unit, property)
    }
}

/// Lists of units have no order.
fn sorted(printed: &str) -> Vec<&str> {
    let mut words: Vec<_> = printed.split(' ').collect();
    words.sort_unstable();
    words
}

/// A reply as `busctl call` prints it.
fn printed(reply: Reply<'_>) -> String {
    let mut text = String::new();
    busctl::print(reply.message(), &mut text).unwrap();
    text
}

/// The answer as a type of one's own.
pub(super) fn read_as<T: for<'a> DecodeBody<'a>>(reply: Reply<'_>) -> T {
    reply.body().unwrap()
}
