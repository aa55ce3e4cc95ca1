//! A systemd of a user: a service of the system's.

use barebus::{Bus, Connection};
use barebus_systemd::{Mode, Systemd};

use super::{AS_USER, run_inside, the_box};
use crate::boxes::{INSIDE, connect};

/// A user manager.
pub(super) const MANAGER: &str = "
[Service]
Type=notify
User=nobody
Environment=XDG_RUNTIME_DIR=/run/user/65534
ExecStartPre=+/bin/install -d -o nobody -m 700 /run/user/65534
ExecStart=/lib/systemd/systemd --user
Delegate=yes
";

/// Gives users a session bus, as the package dbus-user-session does.
const SESSION_BUS: &str = "
mkdir -p /etc/systemd/user
printf '[Socket]\nListenStream=%%t/bus\n' > /etc/systemd/user/dbus.socket
printf '[Unit]\nRequires=dbus.socket\n[Service]\nType=notify\nExecStart=/usr/bin/dbus-daemon --session --address=systemd: --nofork --nopidfile --systemd-activation\n' > /etc/systemd/user/dbus.service
";

#[test]
fn a_user_manager_is_managed() {
    let written = the_box().command("sh").args(["-c", SESSION_BUS]).status().unwrap();
    assert!(written.success(), "{written}");
    let outside = Systemd::over(connect(the_box()));
    let job = outside.start_unit("manager.service", Mode::Replace).unwrap();
    let end = outside.wait_unit(&job).unwrap();
    assert!(end.end.is_success(), "{end:?}");
    const INSIDE_TEST: &str = "access::users::of_a_user";
    run_inside(&[&AS_USER[..], &["XDG_RUNTIME_DIR=/run/user/65534"]].concat(), INSIDE_TEST);
    let unset = ["--unset=XDG_RUNTIME_DIR"];
    run_inside(&[&AS_USER[..], &unset].concat(), INSIDE_TEST);
    run_inside(&[&["env"], &unset[..]].concat(), INSIDE_TEST);
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
    if nix::unistd::geteuid().is_root() {
        // root has none.
        let error = Systemd::user().unwrap_err().to_string();
        let hint = "XDG_RUNTIME_DIR is not set; log in, or start the user's systemd";
        assert!(error.ends_with(hint), "{error}");
    } else {
        // Without the variable it is found, too.
        let mut own = Systemd::user().unwrap();
        assert!(own.connection().is_direct());
        assert_eq!(own.version().unwrap(), systemd.version().unwrap());
        over_its_bus(&own);
    }
    assert!(Systemd::user_of(4_000_000).unwrap_err().to_string().contains("/run/user/4000000/bus"));
}

fn over_its_bus(own: &Systemd) {
    let job = own.start_unit("dbus.service", Mode::Replace).unwrap();
    assert!(own.wait(&job).unwrap().is_success());
    let mut connection = Connection::open("unix:path=/run/user/65534/bus").unwrap();
    // It comes to the bus in its own time.
    while !Bus::new(&mut connection).name_has_owner("org.freedesktop.systemd1").unwrap() {}
    let systemd = Systemd::over(connection);
    assert_eq!(systemd.version().unwrap(), own.version().unwrap());
    let job = systemd.start_unit("timers.target", Mode::Replace).unwrap();
    assert!(systemd.wait(&job).unwrap().is_success());
    assert!(own.status("timers.target").unwrap().active_state.is_active());
}
