//! Where systemd is reached, and what it refuses.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use barebus::wire::Flags;
use barebus::{Event, MessageType};
use barebus_box::SystemdBox;
use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::{
    GET_DEFAULT_TARGET, MASK_UNIT_FILES, RELOAD, SET_ENVIRONMENT,
};
use barebus_systemd::{Error, Mode, Refusal, Remote, Systemd};

use crate::boxes::{INSIDE, PATIENCE, connect};
use crate::examples::{cargo, check_all, example};

/// A box of its own: it gets an sshd, a user manager and polkit.
fn the_box() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| {
        SystemdBox::builder()
            .timeout(PATIENCE)
            .unit("far.service", "[Service]\nExecStart=/bin/sleep infinity\n")
            .unit("manager.service", MANAGER)
            .boot()
            .unwrap_or_else(|error| panic!("the live tests cannot run: {error}"))
    })
}

/// A user manager, and a session bus.
const MANAGER: &str = "
[Service]
Type=notify
User=nobody
Environment=XDG_RUNTIME_DIR=/run/user/65534
ExecStartPre=+/bin/install -d -o nobody -m 700 /run/user/65534
ExecStart=/lib/systemd/systemd --user
Delegate=yes
";

/// Runs the test of that name inside the box, with `prefix` before the command; `true` when this is that process.
fn is_inside(test: &str, prefix: &[&str]) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let this = std::env::current_exe().unwrap();
    let mut words: Vec<&str> = prefix.to_vec();
    words.extend([this.to_str().unwrap(), "--exact", test, "--nocapture"]);
    let status = the_box().command(words[0]).args(&words[1..]).env(INSIDE, "1").status().unwrap();
    assert!(status.success(), "{test}, inside the box: {status}");
    false
}

/// Runs a command and checks that it succeeds.
fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status();
    let status = status.unwrap_or_else(|error| panic!("the test cannot run: {program}: {error}"));
    assert!(status.success(), "{program} {arguments:?}: {status}");
}

/// An sshd on the loopback address, with a key that it accepts.
struct Sshd {
    daemon: Child,
    directory: String,
    port: u16,
}

impl Sshd {
    fn start() -> Self {
        let directory = format!("/tmp/barebus-sshd-{}", std::process::id());
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::create_dir_all("/run/sshd").unwrap();
        for key in ["host", "user", "other", "lame"] {
            let file = format!("{directory}/{key}");
            run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &file]);
        }
        let key = |name: &str| std::fs::read_to_string(format!("{directory}/{name}.pub")).unwrap();
        // Who comes with the last one finds no bridge.
        let keys = format!("{}command=\"/no/such/bridge\" {}", key("user"), key("lame"));
        std::fs::write(format!("{directory}/keys"), keys).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let option = |text: &str| ["-o".to_owned(), text.to_owned()];
        let daemon = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f", "/dev/null", "-h", &format!("{directory}/host")])
            .args(["-p", &port.to_string()])
            .args(option("ListenAddress=127.0.0.1"))
            .args(option(&format!("AuthorizedKeysFile={directory}/keys")))
            .args(option("StrictModes=no"))
            .args(option("PasswordAuthentication=no"))
            .args(option("KbdInteractiveAuthentication=no"))
            .args(option("PidFile=none"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("the test cannot run: /usr/sbin/sshd: {error}"));
        let mut sshd = Self { daemon, directory, port };
        sshd.wait();
        sshd
    }

    /// Waits until it says that it listens.
    fn wait(&mut self) {
        let mut said = BufReader::new(self.daemon.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "sshd has ended");
        }
        // It goes on to talk.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    }

    fn remote(&self, key: &str) -> Remote {
        self.remote_at("127.0.0.1", self.port, key)
    }

    fn remote_at(&self, host: &str, port: u16, key: &str) -> Remote {
        let key = format!("{}/{key}", self.directory);
        Remote::new(&format!("root@{host}:{port}"))
            .unwrap()
            .ssh_arguments(["-F", "/dev/null", "-i", &key, "-o", "IdentitiesOnly=yes"])
            .ssh_arguments(["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"])
            .timeout(PATIENCE)
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn failure(remote: &Remote) -> String {
    let systemd = Systemd::over(remote.open().unwrap());
    systemd.version().unwrap_err().to_string()
}

#[test]
fn another_machine_is_managed_over_ssh() {
    if !is_inside("access::another_machine_is_managed_over_ssh", &["env"]) {
        return;
    }
    let sshd = Sshd::start();
    let here = Systemd::system().unwrap();
    for remote in [sshd.remote("user"), sshd.remote("user").private_socket()] {
        let systemd = Systemd::over(remote.open().unwrap());
        assert_eq!(systemd.version().unwrap(), here.version().unwrap());
        let mut watch = systemd.watch(["far.service"]).unwrap();
        let job = systemd.restart_unit("far.service", Mode::Replace).unwrap();
        assert!(systemd.wait(&job).unwrap().is_success());
        let state = loop {
            use barebus_systemd::watch::Event;

            match watch.next_within(PATIENCE).unwrap().expect("an event") {
                Event::Changed { new, .. } if new.main_pid.is_some() => break new,
                _ => {}
            }
        };
        let outcome = here.unit_file_state("far.service").unwrap();
        assert_eq!((state.active.as_str(), outcome.as_str()), ("active", "static"));
    }
}

/// The example, with the options of ssh in its own file, as users have them.
#[test]
fn the_example_manages_another_machine() {
    const CONFIG: &str = "/root/.ssh/config";

    if std::env::var_os(INSIDE).is_none() {
        let built = cargo("build", "barebus-systemd", "remote").status().unwrap();
        assert!(built.success());
    }
    if !is_inside("access::the_example_manages_another_machine", &["env"]) {
        return;
    }
    let sshd = Sshd::start();
    // The box is thrown away.
    std::fs::create_dir_all("/root/.ssh").unwrap();
    let key = format!("{}/user", sshd.directory);
    let config = format!(
        "Host 127.0.0.1\nIdentityFile {key}\nIdentitiesOnly yes\nStrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n"
    );
    std::fs::write(CONFIG, config).unwrap();
    let host = format!("root@127.0.0.1:{}", sshd.port);
    let mut example = Command::new(example("remote"));
    let mut running = example.args([&host, "far.service"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let lines: Vec<_> = lines.take(4).map(Result::unwrap).collect();
    running.kill().unwrap();
    running.wait().unwrap();
    std::fs::remove_file(CONFIG).unwrap();
    check_all(&lines, "static", "remote.service");
}

#[test]
fn what_ssh_says_reaches_the_user_whole() {
    if !is_inside("access::what_ssh_says_reaches_the_user_whole", &["env"]) {
        return;
    }
    let sshd = Sshd::start();
    let error = failure(&sshd.remote("other"));
    assert!(error.contains("ssh ended with exit code 255: "), "{error}");
    assert!(error.contains("root@127.0.0.1: Permission denied (publickey)."), "{error}");
    let error = failure(&sshd.remote_at("127.0.0.1", 1, "user"));
    let refused = "ssh: connect to host 127.0.0.1 port 1: Connection refused";
    assert!(error.contains(refused), "{error}");
    let error = failure(&sshd.remote_at("nowhere.invalid", 22, "user"));
    assert!(error.contains("ssh: Could not resolve hostname nowhere.invalid: "), "{error}");
    let error = failure(&sshd.remote("lame"));
    assert!(error.contains("ssh ended with exit code 127: "), "{error}");
    assert!(error.contains("/no/such/bridge"), "{error}");
}

#[test]
fn a_connection_over_ssh_that_is_killed_says_so() {
    if !is_inside("access::a_connection_over_ssh_that_is_killed_says_so", &["env"]) {
        return;
    }
    let sshd = Sshd::start();
    for remote in [sshd.remote("user"), sshd.remote("user").private_socket()] {
        let systemd = Systemd::over(remote.open().unwrap());
        systemd.version().unwrap();
        let ours = std::process::id().to_string();
        run("pkill", &["-KILL", "-P", &ours, "-x", "ssh"]);
        let error = systemd.version().unwrap_err();
        assert!(error.is_disconnected(), "{error}");
        assert!(error.to_string().contains("signal 9 ended ssh"), "{error}");
    }

    let systemd = Systemd::over(sshd.remote("user").open().unwrap());
    systemd.version().unwrap();
    run("pkill", &["-KILL", "-P", &sshd.daemon.id().to_string()]);
    let error = systemd.version().unwrap_err().to_string();
    assert!(error.contains("ssh ended with exit code 255: "), "{error}");
    // ssh notices it by reading or by writing.
    let words = ["closed by remote host", "Broken pipe", "Connection reset"];
    assert!(words.iter().any(|words| error.contains(words)), "{error}");
}

/// A program in place of ssh.
#[test]
fn any_program_can_stand_in_for_ssh() {
    let directory = std::env::temp_dir().join(format!("barebus-ssh-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("ssh");
    let script = "#!/bin/sh\necho \"$0 $*\" >&2\nprintf 'kex: \\033[31mbad\\n' >&2\nexit 255\n";
    std::fs::write(&file, script).unwrap();
    run("chmod", &["755", file.to_str().unwrap()]);
    let remote = Remote::new("me@[::1]:2222").unwrap().program(file.to_str().unwrap());
    let error = failure(&remote);
    let said = format!(
        "{0} ended with exit code 255: {0} -xT -o BatchMode=yes -p 2222 -- me@::1 systemd-stdio-bridge; kex: \\u{{1b}}[31mbad",
        file.display()
    );
    assert!(error.contains(&said), "{error}");
    std::fs::remove_dir_all(&directory).unwrap();
    let error = remote.open().unwrap_err().to_string();
    assert!(error.contains("No such file"), "{error}");
}

#[test]
fn a_container_is_reached_by_a_process_of_it() {
    let pid = the_box().pid();
    let systemd = Systemd::root_of(pid).unwrap();
    assert_eq!(systemd.unit_file_state("far.service").unwrap().as_str(), "static");
    // A process that has no such thing in its root.
    let error = Systemd::root_of(u32::MAX).unwrap_err().to_string();
    assert!(error.contains("PID namespace"), "{error}");
}

#[test]
fn a_machine_is_looked_up_by_machined() {
    if !is_inside("access::a_machine_is_looked_up_by_machined", &["env"]) {
        return;
    }
    assert!(Systemd::machine(".host").unwrap().version().is_ok());
    let error = Systemd::machine("nowhere").unwrap_err().to_string();
    assert!(error.starts_with("GetMachine of nowhere: "), "{error}");
}

#[test]
fn a_user_manager_is_managed() {
    let outside = Systemd::over(connect(the_box()));
    let job = outside.start_unit("manager.service", Mode::Replace).unwrap();
    let end = outside.wait_unit(&job).unwrap();
    assert!(end.end.is_success(), "{end:?}");
    inside_a_user_manager();
}

fn inside_a_user_manager() {
    let user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "env"];
    let this = std::env::current_exe().unwrap();
    for (variable, who) in [("XDG_RUNTIME_DIR=/run/user/65534", &user[..]), ("X=", &["env"])] {
        let mut words: Vec<&str> = who.to_vec();
        words.extend([
            variable,
            this.to_str().unwrap(),
            "--exact",
            "access::of_a_user",
            "--nocapture",
        ]);
        let status =
            the_box().command(words[0]).args(&words[1..]).env(INSIDE, "1").status().unwrap();
        assert!(status.success(), "{words:?}: {status}");
    }
}

/// Run by `a_user_manager_is_managed`.
#[test]
fn of_a_user() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let systemd = Systemd::user_of(65534).unwrap();
    let job = systemd.start_unit("basic.target", Mode::Replace).unwrap();
    assert!(systemd.wait(&job).unwrap().is_success());
    if std::env::var_os("XDG_RUNTIME_DIR").is_some() {
        let mut own = Systemd::user().unwrap();
        assert!(own.connection().is_direct());
        assert_eq!(own.version().unwrap(), systemd.version().unwrap());
    } else {
        let error = Systemd::user().unwrap_err().to_string();
        assert!(error.contains("XDG_RUNTIME_DIR is not set"), "{error}");
    }
    assert!(Systemd::user_of(4_000_000).unwrap_err().to_string().contains("/run/user/4000000/bus"));
}

/// The flags of calls by their members.
fn flags_of_calls(monitor: &mut barebus::Connection, last: &str) -> BTreeMap<String, bool> {
    let mut flags = BTreeMap::new();
    loop {
        let event = monitor.next_event(Some(PATIENCE)).unwrap().expect("a message");
        let Event::Monitored(message) = event else { continue };
        let header = message.message.header();
        if header.message_type == MessageType::MethodCall {
            let member = header.member.unwrap().as_str().to_owned();
            let is_interactive = header.flags.contains(Flags::ALLOW_INTERACTIVE_AUTHORIZATION);
            if header.destination.is_some_and(|name| name.as_str() == "org.freedesktop.systemd1") {
                flags.insert(member.clone(), is_interactive);
            }
            if member == last {
                return flags;
            }
        }
    }
}

#[test]
fn a_refusal_says_who_refused_and_the_flag_is_on_that_call_alone() {
    let mut monitor = connect(the_box());
    monitor.become_monitor(&[]).unwrap();
    let status = as_user("access::refusals_of_a_user");
    assert!(status.success(), "{status}");
    let flags = flags_of_calls(&mut monitor, "GetDefaultTarget");
    let flagged: Vec<&str> =
        flags.iter().filter(|(_, is_set)| **is_set).map(|(name, _)| &**name).collect();
    assert_eq!(flagged, ["StopUnit"], "{flags:?}");
    for member in ["StartUnit", "Reload", "MaskUnitFiles", "SetEnvironment", "Subscribe", "Get"] {
        assert_eq!(flags.get(member), Some(&false), "{member}: {flags:?}");
    }
}

fn as_user(test: &str) -> std::process::ExitStatus {
    let this = std::env::current_exe().unwrap();
    the_box()
        .command("setpriv")
        .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"])
        .arg(this)
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .unwrap()
}

/// Run by the test before.
#[test]
fn refusals_of_a_user() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let systemd = Systemd::system().unwrap();
    let action = |error: &Error| match error.refusal() {
        Some(Refusal::Polkit { action, may_ask: true }) => action.unwrap(),
        other => panic!("{other:?}: {error}"),
    };
    let error = systemd.start_unit("far.service", Mode::Replace).unwrap_err();
    assert_eq!(action(&error), "org.freedesktop.systemd1.manage-units");
    assert!(
        error
            .to_string()
            .contains("manage-units without a password; allow interactive authorization"),
        "{error}"
    );
    systemd.allow_interactive_authorization(true);
    // The box has no agent that could ask the user.
    let error = systemd.stop_unit("far.service", Mode::Replace).unwrap_err();
    let refused =
        Refusal::Polkit { action: Some("org.freedesktop.systemd1.manage-units"), may_ask: true };
    assert_eq!(error.refusal(), Some(refused), "{error}");
    let _ = systemd.version().unwrap();
    systemd.allow_interactive_authorization(false);
    by_definition(systemd, action);
}

fn by_definition(mut systemd: Systemd, action: impl Fn(&Error) -> &'static str) {
    let error = |operation: &str, cause| Error { operation: operation.into(), cause };
    let cause = systemd.connection().request(RELOAD.call(OBJECT, ())).unwrap_err();
    assert_eq!(action(&error("Reload", cause.into())), "org.freedesktop.systemd1.reload-daemon");
    let mask = MASK_UNIT_FILES.call(OBJECT, (&["far.service"][..], true, true));
    let cause = systemd.connection().request(mask).unwrap_err();
    let found = action(&error("MaskUnitFiles", cause.into()));
    assert_eq!(found, "org.freedesktop.systemd1.manage-unit-files");
    let set = SET_ENVIRONMENT.call(OBJECT, (&["A=b"][..],));
    let cause = systemd.connection().request(set).unwrap_err();
    let error = error("SetEnvironment", cause.into());
    assert_eq!(error.refusal(), Some(Refusal::BusPolicy), "{error}");
    systemd.subscribe().unwrap();
    systemd.unsubscribe().unwrap();
    systemd.version().unwrap();
    // The last one.
    systemd.connection().request(GET_DEFAULT_TARGET.call(OBJECT, ())).unwrap();
}
