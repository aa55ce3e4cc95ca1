//! Another machine, reached by ssh: an sshd in the box.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use barebus_systemd::{Mode, Remote, Systemd};

use super::{is_inside, run, the_box};
use crate::boxes::{INSIDE, PATIENCE};
use crate::examples::{cargo, check_all, example};

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
    if !is_inside("access::ssh::another_machine_is_managed_over_ssh") {
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
    const EXAMPLE: &str = "/srv/remote-example";
    const CONFIG: &str = "/root/.ssh/config";

    if std::env::var_os(INSIDE).is_none() {
        let built = cargo("build", "barebus-systemd", "remote").status().unwrap();
        assert!(built.success());
        let copy = the_box().root().join(EXAMPLE.trim_start_matches('/'));
        std::fs::copy(example("remote"), copy).unwrap();
    }
    if !is_inside("access::ssh::the_example_manages_another_machine") {
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
    let mut example = Command::new(EXAMPLE);
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
    if !is_inside("access::ssh::what_ssh_says_reaches_the_user_whole") {
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
    if !is_inside("access::ssh::a_connection_over_ssh_that_is_killed_says_so") {
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
    // A process for each connection; since OpenSSH 9.8 another one below it, which has the connection, too.
    let script = "sessions=$(pgrep -d, -P $0); kill -KILL $(pgrep -P \"$0,$sessions\" '^sshd')";
    run("sh", &["-c", script, &sshd.daemon.id().to_string()]);
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
    // By another process: a file that this one has open for writing, and with it each child until its exec, cannot be run.
    let write = "printf %s \"$1\" > \"$0\" && chmod 755 \"$0\"";
    run("sh", &["-c", write, file.to_str().unwrap(), script]);
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
