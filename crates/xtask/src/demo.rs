//! `cargo xtask demo`: introspects, queries and controls a real systemd, as one would by hand with gdbus or Python.

use std::process::Command;
use std::time::{Duration, Instant};

use barebus::{Connection, MatchRuleBuf, MemberName, MethodCall};
use barebus_box::SystemdBox;
use barebus_systemd::interface::manager::{OBJECT, method::GET_UNIT_FILE_STATE};
use barebus_systemd::interface::unit::property::ACTIVE_STATE;
use barebus_systemd::{Mode, Systemd, UnitName};
use barebus_text::busctl;

use crate::packages;
use crate::run::{Failure, cargo, line, top};

const SYSTEMD: &str = "org.freedesktop.systemd1";
const PATH: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const UNIT: &str = "dbus.service";

/// The unit that the demo starts. systemd stops it after a minute at the latest.
const DEMO: (&str, &str) =
    ("hello.service", "[Service]\nExecStart=/bin/sleep 60\nRuntimeMaxSec=60\n");

/// The systemd that the demo talks to.
enum Place {
    /// A systemd in temporary namespaces, whose state the demo may change.
    Box(SystemdBox),
    /// The machine's own, which the demo only queries.
    Host,
}

impl Place {
    /// A command that talks to the same systemd.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        match self {
            Self::Box(the_box) => the_box.command(program),
            Self::Host => Command::new(program),
        }
    }
}

pub(crate) fn run(host: bool) -> Result<(), Failure> {
    packages::need(&["cc", "systemctl", "busctl", "dbus-daemon", "nsenter"])?;
    title("Compile the program `barebus`");
    let mut build = cargo();
    build.args(["build", "--package", "barebus-cli"]);
    println!(
        "The first time this compiles about 60 crates, which takes a minute or two on two cores. The rest takes seconds."
    );
    println!("$ {}", line(&build));
    crate::run::run(&mut build)?;
    let program = top().join("target/debug/barebus");

    let (place, address) = if host {
        title("This machine's own systemd (queries only)");
        (Place::Host, None)
    } else {
        title("Boot a real systemd with a real bus, in temporary namespaces");
        let begun = Instant::now();
        let the_box = SystemdBox::builder().unit(DEMO.0, DEMO.1).boot()?;
        println!(
            "booted in {:.2} s; its PID 1 is process {} of this machine",
            begun.elapsed().as_secs_f64(),
            the_box.pid()
        );
        let address = the_box.system_bus_address().to_owned();
        (Place::Box(the_box), Some(address))
    };
    let mut bus = match &address {
        Some(address) => Connection::open(address)?,
        None => Connection::system()?,
    };
    let ask = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        if let Some(address) = &address {
            command.env("DBUS_SYSTEM_BUS_ADDRESS", address);
        }
        command.args(arguments);
        command
    };

    title("Introspect the Manager: its methods, signals and properties");
    show(&mut ask(&["introspect", SYSTEMD, PATH]), 24)?;

    title("Query a unit file's state, in three ways");
    let call = MethodCall::new(SYSTEMD, PATH, MANAGER, "GetUnitFileState")?;
    let mut text = String::new();
    busctl::print(bus.call(&call, &(UNIT,))?.message(), &mut text)?;
    println!("dynamic call: {text}");
    let mut systemd = Systemd::over(bus);
    println!("typed layer:  {}", systemd.unit_file_state(UNIT)?);
    show(&mut ask(&["unit", "state", UNIT]), 1)?;

    title("List units");
    show(&mut ask(&["unit", "list"]), 10)?;
    let units = systemd.list_units()?.len();
    println!("(the typed layer has all {units} of them in one copy of the reply)");

    if matches!(place, Place::Box(_)) {
        title("Subscribe to signals, start a unit, wait for its job");
        signals(&mut systemd)?;
    }

    title("Read a few properties");
    println!("Manager.Version = {}", systemd.version()?);
    let status = systemd.status(UNIT)?;
    println!("{UNIT}: ActiveState = {}", status.active_state);
    println!("{UNIT}: SubState = {}", status.sub_state);
    println!("{UNIT}: MainPID = {:?}", status.main_pid);

    title("What a query costs");
    cost(&place, systemd.connection())
}

/// Starts a unit and prints the Manager's signals until its job has ended.
fn signals(systemd: &mut Systemd) -> Result<(), Failure> {
    let rule = MatchRuleBuf::signals().sender(SYSTEMD).path(PATH).interface(MANAGER);
    let all = systemd.connection().subscribe(&rule.rule()?)?;
    systemd.subscribe()?;
    let job = systemd.start_unit(DEMO.0, Mode::Replace)?;
    println!("StartUnit({}) queued {}", DEMO.0, job.path());
    println!("result of the job: {}", systemd.wait_within(&job, Duration::from_secs(10))?);
    println!("signals of the Manager in the meantime:");
    let bus = systemd.connection();
    while let Some(signal) = bus.next_signal(all, Some(Duration::from_millis(50)))? {
        let mut text = String::new();
        busctl::print(signal.message(), &mut text)?;
        println!("  {} {text}", signal.header().member.map_or("", MemberName::as_str));
    }
    bus.unsubscribe(all)?;
    systemd.unsubscribe()?;
    let job = systemd.stop_unit(DEMO.0, Mode::Replace)?;
    println!("result of stopping it: {}", systemd.wait(&job)?);
    Ok(())
}

/// Compares a query by forking systemctl with the same query on the open connection.
fn cost(place: &Place, bus: &mut Connection) -> Result<(), Failure> {
    const FORKS: u32 = 20;
    const CALLS: u32 = 1000;

    // One shell repeats the query. The same loop with `:` measures the shell itself.
    let loop_of = |what: &str| {
        format!("i=0; while [ $i -lt {FORKS} ]; do {what} >/dev/null; i=$((i+1)); done")
    };
    let time = |script: String| -> Result<Duration, Failure> {
        let mut command = place.command("sh");
        command.args(["-c", &script]);
        let begun = Instant::now();
        crate::run::run(&mut command)?;
        Ok(begun.elapsed())
    };
    let empty = time(loop_of(":"))?;
    let forked = |question: &str| -> Result<Duration, Failure> {
        Ok(time(loop_of(&format!("{question} {UNIT}")))?.saturating_sub(empty) / FORKS)
    };
    let compare = |question: &str, forked: Duration, asked: Duration| {
        println!("forking `{question} {UNIT}`: {forked:.1?} each (mean of {FORKS})");
        println!("the same query on this connection: {asked:.1?} each (mean of {CALLS})");
        println!("forking takes {:.0} times as long", forked.as_secs_f64() / asked.as_secs_f64());
    };

    let begun = Instant::now();
    for _ in 0..CALLS {
        bus.request(GET_UNIT_FILE_STATE.call(OBJECT, (UNIT,)))?;
    }
    compare("systemctl is-enabled", forked("systemctl is-enabled")?, begun.elapsed() / CALLS);
    println!("(here systemd searches its unit directories; the next query reads its memory)");
    let path = UnitName::parse(UNIT)?.object_path();
    let begun = Instant::now();
    for _ in 0..CALLS {
        bus.request(ACTIVE_STATE.get(OBJECT.at(path.borrow())))?;
    }
    compare("systemctl is-active", forked("systemctl is-active")?, begun.elapsed() / CALLS);
    Ok(())
}

fn title(text: &str) {
    println!("\n# {text}");
}

/// Runs a command and prints the first lines of its output.
fn show(command: &mut Command, lines: usize) -> Result<(), Failure> {
    println!("$ {}", line(command));
    let output = command.output()?;
    if !output.status.success() {
        return Err(Failure(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    for line in text.lines().take(lines) {
        println!("{}", line.chars().take(110).collect::<String>());
    }
    let more = text.lines().count().saturating_sub(lines);
    if more > 0 {
        println!("… and {more} lines more");
    }
    Ok(())
}
