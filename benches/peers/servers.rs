//! The servers: processes that end with whoever started them.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use barebus_box::{Bus, SystemdBox};

use super::{canned, connect};

/// A server that is up.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: String,
    /// The last is the server itself.
    processes: Vec<Process>,
    the_box: Option<SystemdBox>,
}

/// A process that ends with the server.
#[derive(Debug)]
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// A dbus-daemon of our own, on which a service of canned replies has taken systemd's name.
    ///
    /// # Errors
    /// What could not be started.
    pub fn daemon() -> Result<Self, String> {
        let address = format!("unix:abstract=barebus-bench-daemon-{}", process::id());
        let mut daemon = Command::new("dbus-daemon");
        daemon.args(["--session", "--nofork", "--nopidfile", "--address"]).arg(&address);
        let daemon = start(&mut daemon)?;
        await_listener(&address)?;
        let mut service = start(canned_self().arg(SERVICE).arg(&address).stdout(Stdio::piped()))?;
        let stdout = service.0.stdout.take().ok_or("the service has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(|error| error.to_string())?;
        if line != "ready\n" {
            return Err("the service did not get its name".into());
        }
        Ok(Self { address, processes: vec![service, daemon], the_box: None })
    }

    /// A dbus-broker with a real systemd on it, in a box of its own.
    ///
    /// # Errors
    /// Why the box does not boot; it needs root.
    pub fn broker() -> Result<Self, String> {
        let the_box =
            SystemdBox::builder().bus(Bus::Broker).boot().map_err(|error| error.to_string())?;
        let address = the_box.system_bus_address().to_owned();
        Ok(Self { address, processes: Vec::new(), the_box: Some(the_box) })
    }

    /// The bus's process.
    ///
    /// # Errors
    /// When it is not to be found.
    pub fn bus_pid(&self) -> Result<u32, String> {
        let Some(the_box) = &self.the_box else {
            return self.processes.last().map(|process| process.0.id()).ok_or("none runs".into());
        };
        let namespace = |pid: u32| fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
        let of_box = namespace(the_box.pid());
        let is_bus = |pid: &u32| {
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            name == "dbus-broker\n" && namespace(*pid) == of_box
        };
        let processes = fs::read_dir("/proc").map_err(|error| error.to_string())?;
        let mut numbers =
            processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        numbers.find(is_bus).ok_or("the box has no dbus-broker".into())
    }

    /// The processes that work for an answer: the bus and the service of canned replies.
    ///
    /// # Errors
    /// When they are not to be found.
    pub fn pids(&self) -> Result<Vec<u32>, String> {
        match self.the_box {
            Some(_) => Ok(vec![self.bus_pid()?]),
            None => Ok(self.processes.iter().map(|process| process.0.id()).collect()),
        }
    }

    /// The server of canned replies.
    ///
    /// # Errors
    /// What could not be started.
    pub fn canned() -> Result<Self, String> {
        let name = format!("barebus-bench-canned-{}", process::id());
        let server = start(canned_self().arg(SERVER).arg(&name))?;
        let address = format!("unix:abstract={name}");
        await_listener(&address)?;
        Ok(Self { address, processes: vec![server], the_box: None })
    }
}

/// Does what this program was started again for, if it was: its other processes are this program, too.
pub fn serve_if_asked() -> Option<io::Result<()>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match *arguments.iter().map(String::as_str).collect::<Vec<_>>() {
        [SERVER, name] => Some(canned::serve(name)),
        [SERVICE, address] => Some(canned::take_name(address)),
        _ => None,
    }
}

fn canned_self() -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.stdout(Stdio::null());
    command
}

fn start(command: &mut Command) -> Result<Process, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).spawn().map(Process).map_err(|error| format!("{name}: {error}"))
}

fn await_listener(address: &str) -> Result<(), String> {
    let start = Instant::now();
    while let Err(error) = connect(address) {
        if start.elapsed() > Duration::from_secs(10) {
            return Err(format!("{address}: {error}"));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

const SERVER: &str = "--canned-server";
const SERVICE: &str = "--canned-service";
