//! `cargo xtask demo`: what one would do by hand with gdbus and Python, on a real systemd.

use std::process::Command;
use std::time::{Duration, Instant};

use barebus::{
    BusName, Connection, InterfaceName, MatchRuleBuf, MemberName, MethodCall, ObjectPath,
};
use barebus_box::SystemdBox;
use barebus_systemd::interface::manager::{OBJECT, method::GET_UNIT_FILE_STATE};
use barebus_systemd::interface::unit::property::ACTIVE_STATE;
use barebus_systemd::{Mode, Systemd, UnitName};
use barebus_text::busctl;

use crate::packages;
use crate::run::{Failure, cargo, line, top};

const SYSTEMD: BusName<'static> = BusName::from_static("org.freedesktop.systemd1");
const PATH: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/systemd1");
const MANAGER: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.systemd1.Manager");
const UNIT: &str = "dbus.service";

/// The unit that the demo starts; systemd ends it after a minute, should nobody else do so.
const DEMO: (&str, &str) =
    ("hello.service", "[Service]\nExecStart=/bin/sleep 60\nRuntimeMaxSec=60\n");

/// Where the questions go.
enum Place {
    /// A systemd of our own, which may be told what to do.
    Box(SystemdBox),
    /// The machine's own, which is only asked.
    Host,
}

impl Place {
    /// A command that asks the same systemd.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        match self {
            Self::Box(the_box) => the_box.command(program),
            Self::Host => Command::new(program),
        }
    }
}

pub(crate) fn run(host: bool) -> Result<(), Failure> {
    packages::need(&["cc", "systemctl", "busctl", "dbus-daemon", "nsenter"])?;
    title("The program");
    let mut build = cargo();
    build.args(["build", "--quiet", "--package", "barebus-cli"]);
    println!("$ {}", line(&build));
    crate::run::run(&mut build)?;
    let program = top().join("target/debug/barebus");

    let (place, address) = if host {
        title("This machine's own systemd, which is only asked");
        (Place::Host, None)
    } else {
        title("A real systemd with a real bus, in throw-away namespaces");
        let begun = Instant::now();
        let the_box = SystemdBox::builder().unit(DEMO.0, DEMO.1).boot()?;
        println!(
            "booted in {:.2} s, its PID 1 is our process {}",
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
    show(&mut ask(&["introspect", SYSTEMD.as_str(), PATH.as_str()]), 24)?;

    title("Ask for a unit file's state, three ways");
    let call = MethodCall::new(PATH, MemberName::from_static("GetUnitFileState"))
        .interface(MANAGER)
        .destination(SYSTEMD);
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
        title("Subscribe to signals, start a unit, see its job end");
        signals(&mut systemd)?;
    }

    title("Read a few properties");
    println!("Manager.Version = {}", systemd.version()?);
    let status = systemd.status(UNIT)?;
    println!("{UNIT}: ActiveState = {}", status.active_state);
    println!("{UNIT}: SubState = {}", status.sub_state);
    println!("{UNIT}: MainPID = {:?}", status.main_pid);

    title("What one question costs");
    cost(&place, systemd.connection())
}

/// Starts a unit and prints the Manager's signals until its job has ended.
fn signals(systemd: &mut Systemd) -> Result<(), Failure> {
    let rule = MatchRuleBuf::signals().sender(SYSTEMD).path(PATH).interface(MANAGER);
    let all = systemd.connection().subscribe(&rule.rule()?)?;
    systemd.subscribe()?;
    let job = systemd.start_unit(DEMO.0, Mode::Replace)?;
    println!("StartUnit({}) queued {}", DEMO.0, job.path());
    println!("its job ended: {}", systemd.wait_within(&job, Duration::from_secs(10))?);
    println!("signals that the Manager sent meanwhile:");
    let bus = systemd.connection();
    while let Some(signal) = bus.next_signal(all, Some(Duration::from_millis(50)))? {
        let mut text = String::new();
        busctl::print(signal.message(), &mut text)?;
        println!("  {} {text}", signal.header().member.map_or("", MemberName::as_str));
    }
    bus.unsubscribe(all)?;
    systemd.unsubscribe()?;
    let job = systemd.stop_unit(DEMO.0, Mode::Replace)?;
    println!("and stopped again: {}", systemd.wait(&job)?);
    Ok(())
}

/// The same question by forking systemctl, and on the open connection.
fn cost(place: &Place, bus: &mut Connection) -> Result<(), Failure> {
    const FORKS: u32 = 20;
    const CALLS: u32 = 1000;

    // One shell in the right place asks again and again; the same loop around `true` is what the shell itself costs.
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
        println!("the same question on this connection: {asked:.1?} each (mean of {CALLS})");
        println!(
            "so forking costs {:.0} times as much",
            forked.as_secs_f64() / asked.as_secs_f64()
        );
    };

    let begun = Instant::now();
    for _ in 0..CALLS {
        bus.ask(GET_UNIT_FILE_STATE.call(OBJECT, (UNIT,)))?;
    }
    compare("systemctl is-enabled", forked("systemctl is-enabled")?, begun.elapsed() / CALLS);
    println!("(systemd looks through its folders for either); and of what it has in memory:");
    let path = UnitName::parse(UNIT)?.object_path();
    let begun = Instant::now();
    for _ in 0..CALLS {
        bus.ask(ACTIVE_STATE.get(OBJECT.at(path.borrow())))?;
    }
    compare("systemctl is-active", forked("systemctl is-active")?, begun.elapsed() / CALLS);
    Ok(())
}

fn title(text: &str) {
    println!("\n# {text}");
}

/// Runs a command and shows the first lines of what it prints.
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
