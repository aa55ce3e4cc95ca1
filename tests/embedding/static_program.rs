//! A static program, alone in its root directory.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::thread;

use barebus_box::SystemdBox;
use barebus_tests::peer::{OWNER, PATIENCE, Peer};

use crate::{cargo, printed, top};

/// The example `is_enabled`, built for size and statically linked.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let version = printed(Command::new("rustc").arg("-vV"));
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        let target = top().join("target");
        let mut build = cargo();
        build
            .args(["build", "--locked", "--quiet", "--profile", "tiny", "--target", host])
            .args(["-p", "barebus", "--example", "is_enabled", "--target-dir"])
            .arg(&target)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", "-C target-feature=+crt-static");
        printed(&mut build);
        target.join(host).join("tiny/examples/is_enabled")
    })
}

/// A temporary root directory that contains only the program.
struct Root(PathBuf);

impl Root {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("alone");
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        // A copy could be held open for writing by a child of another test, and then could not be executed.
        fs::hard_link(program(), root.join("program")).unwrap();
        Self(root)
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs the program with `chroot`, in the directory `root`.
fn ask(mut chroot: Command, root: &Path, bus: &str, unit: &str) -> Output {
    chroot.arg(root).args(["/program", unit]).env("DBUS_SYSTEM_BUS_ADDRESS", bus).output().unwrap()
}

/// Its output. Standard error must be empty.
fn answer(output: &Output) -> &str {
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    std::str::from_utf8(&output.stdout).unwrap().trim_end()
}

/// The bus's socket, as the program sees it.
const BUS: &str = "unix:path=/bus";

#[test]
fn answers_as_systemctl_does() {
    let the_box = match SystemdBox::builder()
        .timeout(PATIENCE)
        .unit(
            "embedding-on.service",
            "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n",
        )
        .unit("embedding-static.service", "[Service]\nExecStart=/bin/true\n")
        .boot()
    {
        Ok(the_box) => the_box,
        Err(error) => panic!("the test cannot run: {error}"),
    };
    let enable = the_box.command("systemctl").args(["enable", "embedding-on.service"]).output();
    assert!(enable.unwrap().status.success());
    // The directory in the box contains only the program and the bus's socket.
    let prepare = "mkdir /alone && cd /alone && cat > program && chmod +x program && touch bus && \
                   mount --bind /run/dbus/system_bus_socket bus";
    let mut prepare_in_box = the_box.command("sh");
    prepare_in_box.args(["-c", prepare]).stdin(File::open(program()).unwrap());
    printed(&mut prepare_in_box);
    let ask =
        |bus: &str, unit: &str| ask(the_box.command("chroot"), Path::new("/alone"), bus, unit);

    for (unit, expected) in [
        ("embedding-on.service", Some("enabled")),
        ("embedding-static.service", Some("static")),
        ("dbus.service", None),
        ("systemd-journald.service", None),
    ] {
        let said = ask(BUS, unit);
        let systemctl = the_box.command("systemctl").args(["is-enabled", unit]).output().unwrap();
        assert_eq!(answer(&said), answer(&systemctl), "{unit}");
        assert_eq!(said.status.code(), Some(0), "{unit}");
        assert!(expected.is_none_or(|expected| answer(&said) == expected), "{unit}: {said:?}");
    }
    // An unknown unit, and a missing bus.
    let unknown = ask(BUS, "embedding-unknown.service");
    assert_eq!((answer(&unknown), unknown.status.code()), ("", Some(1)));
    let nowhere = ask("unix:path=/nowhere", "dbus.service");
    assert_eq!((answer(&nowhere), nowhere.status.code()), ("", Some(2)));
}

#[test]
fn reaches_tcp_by_number_without_a_resolver() {
    let root = Root::new();
    let ask = |bus: &str, unit: &str| ask(Command::new("chroot"), &root.0, bus, unit);
    for host in ["127.0.0.1", "localhost"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("tcp:host={host},port={}", listener.local_addr().unwrap().port());
        let server = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut peer = Peer::new(UnixStream::from(OwnedFd::from(stream)));
            assert!(peer.greet());
            let call = peer.called("GetUnitFileState").unwrap();
            let reply = peer.reply(&call, Some(OWNER), &("masked",));
            peer.write(&reply);
        });
        let said = ask(&address, "x.service");
        assert_eq!((answer(&said), said.status.code()), ("masked", Some(0)), "{host}");
        server.join().unwrap();
    }
    // Other names are not resolved.
    let said = ask("tcp:host=localhost.,port=1", "x.service");
    assert_eq!((answer(&said), said.status.code()), ("", Some(2)));
}
