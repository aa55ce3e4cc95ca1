//! Through xdg-dbus-proxy, as every flatpak talks to the bus.

use std::io::Read;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use barebus::{
    Bus, BusName, CallError, Connection, HandshakeAttempts, Identity, InterfaceName, MatchRuleBuf,
    Mechanism, MemberName, MethodCall, NameFlags, ObjectPath, Options, RequestName,
};
use barebus_box::SystemdBox;
use barebus_systemd::interface::manager::{OBJECT, method::GET_UNIT_FILE_STATE};

use crate::boxes::{LONG, PATIENCE, both, connect};

const SYSTEMD: BusName<'static> = BusName::from_static("org.freedesktop.systemd1");
const NOBODY: u32 = 65534;

/// A name for each time that one is wanted.
fn new_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("org.example.Hidden-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A proxy inside a box, in front of its bus.
struct Proxy {
    process: Child,
    address: String,
}

impl Proxy {
    fn start(the_box: &SystemdBox, uid: u32, options: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let path = format!("/run/proxies/{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = ["mkdir -p -m 777 /run/proxies && chmod 777 /run/proxies"];
        assert!(the_box.command("sh").arg("-c").args(folder).status().unwrap().success());
        let mut process = the_box
            .command("setpriv")
            .args([format!("--reuid={uid}"), format!("--regid={uid}"), "--clear-groups".into()])
            .args(["xdg-dbus-proxy", "--fd=1", "unix:path=/run/dbus/system_bus_socket", &path])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // It writes a byte when it listens.
        let is_ready = process.stdout.as_mut().unwrap().read_exact(&mut [0]);
        is_ready.expect("the live tests cannot run: xdg-dbus-proxy does not start");
        let address = format!("unix:path={}{path}", the_box.root().display());
        Self { process, address }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Every way to authenticate through a proxy of `uid`: as its user, and as the usual client does.
fn clients(uid: u32) -> Vec<Options> {
    let patient = Options::bus().handshake_timeout(PATIENCE).call_timeout(Some(PATIENCE));
    let named = Mechanism::External(Identity::Uid(uid));
    let options = [patient.clone(), patient.mechanisms(named.into())];
    options.into_iter().flat_map(|options| [options.clone().step_by_step(), options]).collect()
}

/// Plays `act` through proxies in front of both buses, of both users, with every client.
fn through(options: &[&str], act: impl Fn(&SystemdBox, &mut Connection)) {
    for the_box in both() {
        for uid in [0, NOBODY] {
            let proxy = Proxy::start(the_box, uid, options);
            for client in clients(uid) {
                let mut connection = client.open(&proxy.address).unwrap();
                act(the_box, &mut connection);
            }
        }
    }
}

fn calls_systemd(connection: &mut Connection) {
    let reply = connection.ask(GET_UNIT_FILE_STATE.call(OBJECT, (LONG,))).unwrap();
    assert_eq!(GET_UNIT_FILE_STATE.answer(&reply).unwrap(), ("disabled",));
}

#[test]
fn without_a_filter_everything_works() {
    through(&[], |the_box, connection| {
        connection.establish().unwrap();
        assert_ne!(connection.session_state().handshake_attempts(), HandshakeAttempts::Pipelined);
        for _ in 0..3 {
            calls_systemd(connection);
        }
        let mut direct = connect(the_box);
        let owner = Bus::new(&mut direct).get_name_owner(SYSTEMD).unwrap();
        let mut bus = Bus::new(connection);
        assert!(bus.name_has_owner(SYSTEMD).unwrap());
        assert_eq!(bus.get_name_owner(SYSTEMD).unwrap(), owner);

        let new = new_name();
        let new = BusName::parse(&new).unwrap();
        let changed = MatchRuleBuf::signals()
            .sender(BusName::from_static("org.freedesktop.DBus"))
            .member(MemberName::from_static("NameOwnerChanged"))
            .argument(0, new.as_str());
        let id = connection.subscribe(&changed.rule().unwrap()).unwrap();
        request(&mut direct, new);
        let signal = connection.next_signal(id, Some(PATIENCE)).unwrap().unwrap();
        let (name, ..) = signal.body::<(&str, &str, &str)>().unwrap();
        assert_eq!(name, new.as_str());
    });
}

fn request(owner: &mut Connection, name: BusName<'_>) {
    let requested = Bus::new(owner).request_name(name, NameFlags::NONE).unwrap();
    assert_eq!(requested, RequestName::PrimaryOwner);
}

/// The proxy answers for what it hides, without SENDER.
#[test]
fn with_a_filter_hidden_names_are_told_of_at_once() {
    through(&["--filter", "--talk=org.freedesktop.systemd1"], |the_box, connection| {
        let mut owner = connect(the_box);
        let hidden = new_name();
        let hidden = BusName::parse(&hidden).unwrap();
        request(&mut owner, hidden);
        let call = MethodCall::new(ObjectPath::ROOT, MemberName::from_static("Ping"))
            .interface(InterfaceName::from_static("org.freedesktop.DBus.Peer"))
            .destination(hidden);
        for _ in 0..3 {
            let error = connection.call(&call, &()).unwrap_err();
            assert_eq!(
                error.remote_name(),
                Some("org.freedesktop.DBus.Error.ServiceUnknown"),
                "{error}"
            );
        }
        let mut bus = Bus::new(connection);
        assert!(!bus.name_has_owner(hidden).unwrap());
        let error: CallError = bus.get_name_owner(hidden).unwrap_err();
        assert_eq!(
            error.remote_name(),
            Some("org.freedesktop.DBus.Error.NameHasNoOwner"),
            "{error}"
        );
        assert!(Bus::new(&mut owner).name_has_owner(hidden).unwrap(), "it is there");
        // What is visible works as ever.
        for _ in 0..3 {
            calls_systemd(connection);
        }
        assert!(Bus::new(connection).name_has_owner(SYSTEMD).unwrap());
    });
}
