//! The processes behind unique names, asked for on a connection beside the monitor, which cannot ask.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd};

use barebus::{Bus, CallError, CallId, Connection, Event, MethodCall, Reply};

use crate::exit::Failure;
use crate::process::comm;
use crate::watch::ended;

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// The name of the program, as in `/proc/PID/comm`; `None` if the process has ended or is elsewhere.
    pub(crate) name: Option<String>,
}

/// `busctl[1234]`, or `[1234]`.
impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.name.as_deref().unwrap_or_default(), self.pid)
    }
}

/// What is known about the process of a name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known<'a> {
    Process(&'a Process),
    /// It has none, or nobody knows it.
    Nothing,
    /// The bus has not answered yet.
    Asked,
}

#[derive(Debug)]
enum State {
    Asked,
    Answered(Option<Process>),
}

/// Asks the bus for the processes of its connections.
#[derive(Debug)]
pub(crate) struct Processes {
    connection: Connection,
    names: HashMap<String, State>,
    /// The order in which names were asked for.
    order: VecDeque<String>,
    asked: HashMap<CallId, String>,
    /// Whether the bus counts processes as we do, so that `/proc` is about the same ones.
    is_here: bool,
}

/// Names that are remembered. Connections come and go as long as a bus lives.
const NAMES_MAX: usize = 4096;

const GET_PROCESS_ID: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.DBus",
    "/org/freedesktop/DBus",
    "org.freedesktop.DBus",
    "GetConnectionUnixProcessID",
);

impl Processes {
    /// # Errors
    /// The bus does not answer.
    pub(crate) fn new(mut connection: Connection) -> Result<Self, Failure> {
        connection.establish().map_err(|error| ended(&error))?;
        let ours = connection.unique_name().unwrap_or_default().to_owned();
        let pid = Bus::new(&mut connection).get_connection_unix_process_id(&*ours);
        let is_here = pid.is_ok_and(|pid| pid == std::process::id());
        let (names, order, asked) = (HashMap::new(), VecDeque::new(), HashMap::new());
        Ok(Self { connection, names, order, asked, is_here })
    }

    /// The unique name of this connection.
    pub(crate) fn unique_name(&self) -> &str {
        self.connection.unique_name().unwrap_or_default()
    }

    /// Those of `names` that have an owner, with their owners.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) fn owners(&mut self, names: &[String]) -> Result<Vec<(String, String)>, Failure> {
        let mut owners = Vec::new();
        for name in names.iter().filter(|name| !name.starts_with(':')) {
            match Bus::new(&mut self.connection).get_name_owner(name.as_str()) {
                Ok(owner) => owners.push((name.clone(), owner)),
                Err(CallError::Remote { .. }) => {}
                Err(error) => {
                    return Err(Failure::call(format_args!("GetNameOwner of {name}"), &error));
                }
            }
        }
        Ok(owners)
    }

    /// Asks for the process of a unique name, unless that was done.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) fn ask(&mut self, name: &str) -> Result<(), Failure> {
        if !name.starts_with(':') || self.names.contains_key(name) {
            return Ok(());
        }
        if self.names.len() >= NAMES_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.names.remove(&oldest);
            }
        }
        let call = self.connection.start_call(&GET_PROCESS_ID, &(name,), Vec::new());
        let call = call.map_err(|error| Failure::call("GetConnectionUnixProcessID", &error))?;
        self.asked.insert(call, name.to_owned());
        self.order.push_back(name.to_owned());
        self.names.insert(name.to_owned(), State::Asked);
        Ok(())
    }

    /// Sends questions and takes answers, without waiting.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) fn process(&mut self) -> Result<(), Failure> {
        if self.asked.is_empty() {
            return Ok(());
        }
        self.connection.process().map_err(|error| ended(&error))?;
        while let Some(event) = self.connection.poll_event().map_err(|error| ended(&error))? {
            let (call, pid) = match event {
                Event::Reply { call, reply } => {
                    let pid = Reply::try_from(reply)
                        .ok()
                        .and_then(|reply| reply.body::<(u32,)>().ok().map(|(pid,)| pid));
                    (call, pid)
                }
                Event::NoReply { call, .. } => (call, None),
                _ => continue,
            };
            let Some(name) = self.asked.remove(&call) else { continue };
            let is_here = self.is_here;
            let process =
                pid.map(|pid| Process { pid, name: if is_here { comm(pid) } else { None } });
            if let Some(state) = self.names.get_mut(&name) {
                *state = State::Answered(process);
            }
        }
        Ok(())
    }

    /// What is known about a name.
    pub(crate) fn get(&self, name: &str) -> Known<'_> {
        match self.names.get(name) {
            Some(State::Asked) => Known::Asked,
            Some(State::Answered(Some(process))) => Known::Process(process),
            Some(State::Answered(None)) | None => Known::Nothing,
        }
    }
}

impl AsFd for Processes {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.connection.as_fd()
    }
}
