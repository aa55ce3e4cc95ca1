//! Every transport that a client can use, connected to. Spec: Transports.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;

use barebus::{
    Awaited, CallError, Cause, Connection, OpenError, Options, ProgramStatus, SendError,
    SessionError,
};
use barebus_tests::peer::{CLIENT, Peer};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, listen, socket,
};

use crate::handshake::{bus_method, recorded};
use crate::scene::{SHORT, Scene, hasty, method, patient, works};

/// A folder that goes with its test.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("barebus-{test}-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn join(&self, name: &str) -> String {
        self.0.join(name).into_os_string().into_string().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn is_closed_on_exec(fd: impl AsFd) -> bool {
    FdFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFD).unwrap()).contains(FdFlag::FD_CLOEXEC)
}

#[test]
fn a_socket_by_path_is_found_behind_servers_that_are_not_there() {
    let scene = Scene::begin();
    let folder = Folder::new("by path");
    let socket = folder.join("the bus");
    let listener = UnixListener::bind(&socket).unwrap();
    let server = thread::spawn(move || Peer::new(listener.accept().unwrap().0).serve_echo());
    let there = format!("unix:path={}", socket.replace(' ', "%20"));
    let list = format!("kdbus:;unix:path=/no/such/bus;{there};unix:path=/never/tried");
    let mut connection = patient().open(&list).unwrap();
    assert_eq!(connection.address(), there);
    assert!(is_closed_on_exec(&connection));
    works(&mut connection);
    assert_eq!(connection.session_state().passes_fds(), Some(true));
    drop(connection);
    server.join().unwrap();
    drop(folder);
    scene.end();
}

/// Opens `address`, in which `PORT` stands for a server's, which reads `nonce` first and then serves.
fn over_tcp(address: &str, nonce: &'static [u8], act: impl FnOnce(Result<Connection, OpenError>)) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = address.replace("PORT", &listener.local_addr().unwrap().port().to_string());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut read = vec![0; nonce.len()];
        // A client that did not connect is one that this listener's test did.
        if stream.read_exact(&mut read).is_ok() {
            assert_eq!(read, nonce);
            Peer::new(UnixStream::from(OwnedFd::from(stream))).serve_echo();
        }
    });
    act(patient().open(&address));
    server.join().unwrap();
}

#[test]
fn over_tcp_everything_works_but_file_descriptors() {
    let scene = Scene::begin();
    for address in [
        "tcp:host=127.0.0.1,port=PORT",
        "tcp:host=localhost,port=PORT,family=ipv4",
        "tcp:host=127.0.0.1,bind=*,port=PORT,guid=a70c1178e836ccc6d4251f226b04381d",
    ] {
        over_tcp(address, b"", |connection| {
            let mut connection = connection.unwrap();
            assert!(is_closed_on_exec(&connection));
            works(&mut connection);
            // The server would have agreed to them: it was not asked.
            assert_eq!(connection.session_state().passes_fds(), Some(false));
            let null = fs::File::open("/dev/null").unwrap().into();
            let refused = connection.start_call(&method("Take"), &(), vec![null]);
            assert!(matches!(refused, Err(CallError::Send(SendError::FdsNotNegotiated))));
        });
    }
    scene.end();
}

#[test]
fn a_host_has_an_address_of_the_family_asked_for_or_is_not_reached() {
    let scene = Scene::begin();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let result = Options::bus().open(&format!("tcp:host=127.0.0.1,port={port},family=ipv6"));
    let error = result.unwrap_err().to_string();
    assert!(error.contains("no address of the family"), "{error}");
    drop(listener);
    scene.end();
}

#[test]
fn the_nonce_comes_before_everything_else() {
    const NONCE: &[u8; 16] = b"sixteen bytes, 0";
    let scene = Scene::begin();
    let folder = Folder::new("nonce");
    let file = folder.join("nonce");
    fs::write(&file, NONCE).unwrap();
    let address = format!("nonce-tcp:host=127.0.0.1,port=PORT,noncefile={file}");
    over_tcp(&address, NONCE, |connection| {
        let mut connection = connection.unwrap();
        works(&mut connection);
        assert_eq!(connection.session_state().passes_fds(), Some(false));
    });
    drop(folder);
    scene.end();
}

#[test]
fn a_nonce_that_cannot_be_read_is_told() {
    let scene = Scene::begin();
    let folder = Folder::new("no-nonce");
    let file = folder.join("nonce");
    let address = format!("nonce-tcp:host=127.0.0.1,port=PORT,noncefile={file}");
    for (content, words) in [
        (None, "No such file"),
        (Some("only fifteen, x"), "16 bytes"),
        (Some("seventeen of them"), "16 bytes"),
    ] {
        if let Some(content) = content {
            fs::write(&file, content).unwrap();
        }
        over_tcp(&address, b"never sent", |connection| {
            let error = connection.unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        });
    }
    drop(folder);
    scene.end();
}

#[test]
fn a_nonce_file_that_is_no_regular_file_is_refused_without_waiting() {
    let scene = Scene::begin();
    let folder = Folder::new("fifo");
    let fifo = folder.join("nonce");
    nix::unistd::mkfifo(fifo.as_str(), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for file in [&fifo, "/dev/zero"] {
        let address = format!("nonce-tcp:host=127.0.0.1,port=PORT,noncefile={file}");
        over_tcp(&address, b"never sent", |connection| {
            let error = connection.unwrap_err().to_string();
            assert!(error.contains("the key 'noncefile' is no regular file"), "{error}");
        });
    }
    drop(folder);
    scene.end();
}

/// Recites what a bus says, tells of itself, and then does as the script's last line says.
const PROGRAM: &str = "cat \"$1\"; tr '\\0' '\\n' < /proc/$$/cmdline > \"$2\"; echo $$ > \"$3\";";

/// An address whose program says `said` and ends with `last`; its arguments and its number are in `arguments` and `pid`.
fn program(folder: &Folder, said: &[u8], last: &str) -> String {
    fs::write(folder.join("said"), said).unwrap();
    let script = format!("{PROGRAM} {last}");
    let files = ["said", "arguments", "pid"].map(|name| folder.join(name));
    let mut address = "unixexec:path=/bin/sh,argv0=a%20shell,argv1=-c".to_owned();
    for (index, argument) in
        [&*script, "$0"].into_iter().chain(files.iter().map(|s| &**s)).enumerate()
    {
        let argument = barebus::wire::address::escape(argument.as_bytes());
        address += &format!(",argv{}={argument}", index + 2);
    }
    // Behind a gap there are no arguments.
    address + ",argv8=lost"
}

#[test]
fn a_program_is_talked_to_and_reaped() {
    let said = recorded();
    for last in ["exec cat > /dev/null", "exec sleep 1000"] {
        let scene = Scene::begin();
        let folder = Folder::new("program");
        let address = program(&folder, &said, last);
        let mut connection = patient().open(&address).unwrap();
        assert!(is_closed_on_exec(&connection));
        let reply = connection.call(&bus_method(), &("a question",)).unwrap();
        assert_eq!(reply.body::<(&str,)>().unwrap(), ("an answer",));
        assert_eq!(connection.unique_name(), Some(CLIENT));
        let pid = || fs::read_to_string(folder.join("pid")).unwrap_or_default();
        while !pid().ends_with('\n') {
            thread::sleep(SHORT / 50);
        }
        let arguments = fs::read_to_string(folder.join("arguments")).unwrap();
        let arguments: Vec<_> = arguments.lines().collect();
        assert_eq!((arguments[0], arguments[1], arguments[3]), ("a shell", "-c", "$0"));
        assert_eq!(arguments[4..], ["said", "arguments", "pid"].map(|name| folder.join(name)));
        let process = format!("/proc/{}", pid().trim());
        assert!(Path::new(&process).exists());
        drop(connection);
        assert!(!Path::new(&process).exists(), "it is neither running nor waiting to be reaped");
        drop(folder);
        scene.end();
    }
}

#[test]
fn a_program_that_is_not_there_or_ends_is_told() {
    let scene = Scene::begin();
    let error = Options::bus().open("unixexec:path=/no/such/program").unwrap_err().to_string();
    assert!(error.contains("unixexec:path=/no/such/program: No such file"), "{error}");
    let mut connection = patient().open("unixexec:path=/bin/true").unwrap();
    let error = connection.establish().unwrap_err();
    let Cause::Program { program, cause } = &error.cause else { panic!("{error:?}") };
    let status = ProgramStatus::Exited(0);
    assert_eq!((&*program.name, program.status), ("/bin/true", status), "{error}");
    let is_told = match &**cause {
        Cause::Session(SessionError::Closed { awaited, .. }) => {
            matches!(awaited, Some(Awaited::Authentication(_)))
        }
        // It ended before it was spoken to.
        Cause::Io { .. } => true,
        _ => false,
    };
    assert!(is_told, "{error:?}");
    drop(connection);
    scene.end();
}

#[test]
fn a_server_that_accepts_nobody_is_given_up_in_time() {
    let scene = Scene::begin();
    let flags = SockFlag::SOCK_CLOEXEC;
    let server = socket(AddressFamily::Unix, SockType::Stream, flags, None).unwrap();
    let name = format!("barebus-full-{}", std::process::id());
    bind(server.as_raw_fd(), &UnixAddr::new_abstract(name.as_bytes()).unwrap()).unwrap();
    listen(&server, Backlog::new(0).unwrap()).unwrap();
    let begin = std::time::Instant::now();
    // Its queue holds one.
    let mut waiting = Vec::new();
    let error = loop {
        match hasty().open(&format!("unix:abstract={name}")) {
            Ok(connection) => waiting.push(connection),
            Err(error) => break error.to_string(),
        }
        assert!(waiting.len() < 10);
    };
    assert!(error.contains("timed out"), "{error}");
    assert!(begin.elapsed() >= SHORT && begin.elapsed() < SHORT * 8, "{:?}", begin.elapsed());
    drop((waiting, server));
    scene.end();
}
