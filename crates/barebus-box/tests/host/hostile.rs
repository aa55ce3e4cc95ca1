//! Roots whose links lead to files of the host.

use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::{fs, io};

use barebus_box::SystemdBox;
use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

use crate::room::PATIENCE;
use crate::snapshot::{self, Snapshot};

/// Boots every root of the table. Panics if one of them reaches a file of the host.
pub(crate) fn boot_all() {
    boots_the_hosts_root_with_a_link();
    boots_with_a_link_to_a_folder_of_its_own();
    shows_no_mount_point_behind_a_link();
    for place in PLACES {
        for target in targets(place) {
            let _victim = Victim::make();
            let root = Root::without_programs();
            root.link(place, &target);
            expect_untouched(&format!("{place} -> {}", target.display()));
        }
    }
}

/// Boots a box that fails when systemd would be started.
fn expect_untouched(case: &str) {
    let watched = Watched::new();
    let booted = SystemdBox::builder().root(ROOT).timeout(PATIENCE).boot().map(drop);
    assert!(booted.is_err(), "{case}: it boots");
    watched.expect_untouched(&format!("{case}: {booted:?}"));
}

/// A root with harmless links reaches the start of systemd, and so does one with a mount point that a later mount hides.
fn shows_no_mount_point_behind_a_link() {
    let _victim = Victim::make();
    let root = Root::without_programs();
    let folder = Path::new(ROOT).join("srv");
    fs::create_dir_all(folder.join("net")).expect("a folder");
    mount_at(&folder.join("net"), "tmpfs", MsFlags::empty());
    mount_at(&folder, "tmpfs", MsFlags::empty());
    symlink(Path::new(VICTIM).join("net"), folder.join("net")).expect("a link");
    let watched = Watched::new();
    let booted = SystemdBox::builder().root(ROOT).timeout(PATIENCE).boot().map(drop);
    assert!(format!("{booted:?}").contains("start systemd"), "{booted:?}");
    watched.expect_untouched("a hidden mount point");
    umount2(&folder, MntFlags::MNT_DETACH).expect("it is mounted");
    umount2(&folder.join("net"), MntFlags::MNT_DETACH).expect("it is mounted");
    drop(root);
}

/// The link leads to files that also exist in the box, which changes only its own.
fn boots_the_hosts_root_with_a_link() {
    let _victim = Victim::make();
    let _link = HostsLink::make();
    let watched = Watched::new();
    let the_box = SystemdBox::builder().timeout(PATIENCE).boot().expect("the box boots");
    let script = "readlink $1/systemd-udevd.service; ls -d $1/*.wants";
    let listed = the_box.command("sh").args(["-c", script, "sh", VICTIM]).output();
    drop(the_box);
    assert_eq!(String::from_utf8_lossy(&listed.expect("sh starts").stdout), "/dev/null\n");
    watched.expect_unchanged("the host's own root");
}

/// `/etc/systemd/system` of this host as a link to the victim.
struct HostsLink;

impl HostsLink {
    fn make() -> Self {
        mount_at(Path::new(HOSTS_UNITS), "tmpfs", MsFlags::empty());
        symlink(VICTIM, Path::new(HOSTS_UNITS).join("system")).expect("a link");
        Self
    }
}

impl Drop for HostsLink {
    fn drop(&mut self) {
        umount2(HOSTS_UNITS, MntFlags::MNT_DETACH).expect("it is mounted");
    }
}

/// As on NixOS, whose `/etc/systemd/system` is an absolute link. The folder has the path of the victim.
fn boots_with_a_link_to_a_folder_of_its_own() {
    let _victim = Victim::make();
    let root = Root::with_programs();
    let inside = Path::new(ROOT).join(VICTIM.trim_start_matches('/'));
    fs::create_dir_all(inside.join("multi-user.target.wants")).expect("a folder");
    fs::write(inside.join("multi-user.target.wants/some.service"), "").expect("a file");
    root.link("etc/systemd/system", Path::new(VICTIM));
    let watched = Watched::new();
    let the_box = SystemdBox::builder().root(ROOT).timeout(PATIENCE).boot().expect("the box boots");
    let script = "readlink $1/systemd-udevd.service; ls -d $1/*.wants";
    let listed = the_box.command("sh").args(["-c", script, "sh", VICTIM]).output();
    let listed = listed.expect("sh starts").stdout;
    drop(the_box);
    watched.expect_untouched("a link to a folder of the root's own");
    // Masked in the folder that the link leads to, where nothing is enabled any more.
    assert_eq!(String::from_utf8_lossy(&listed), "/dev/null\n");
}

/// Links to the victim, from `place` of the root.
fn targets(place: &str) -> Vec<PathBuf> {
    let victim = VICTIM.trim_start_matches('/');
    let depth = Path::new(ROOT).join(place).components().count() - 2;
    let mut targets: Vec<PathBuf> = [
        VICTIM.to_owned(),
        format!("{}{victim}", "../".repeat(depth)),
        format!("{}{victim}", "../".repeat(depth + 10)),
        format!("/proc/self/root{VICTIM}"),
        format!("/proc/1/root{VICTIM}"),
        format!("/proc/self/cwd/../../..{VICTIM}"),
    ]
    .map(PathBuf::from)
    .into();
    // Any directory of the host that the process has open.
    if place == "etc/systemd" {
        targets.extend((3..20).map(|fd| PathBuf::from(format!("/proc/self/fd/{fd}"))));
    }
    targets
}

/// A root with little in it.
struct Root;

impl Root {
    /// A root with everything that a box looks for, but without programs.
    fn without_programs() -> Self {
        let root = Path::new(ROOT);
        for folder in FOLDERS {
            fs::create_dir_all(root.join(folder)).expect("a folder");
        }
        for link in ["bin", "lib", "lib64", "sbin"] {
            symlink(Path::new("usr").join(link), root.join(link)).expect("a link");
        }
        for file in FILES {
            fs::write(root.join(file), "").expect("a file");
        }
        Self
    }

    /// A root that boots, with the host's `/usr`.
    fn with_programs() -> Self {
        let made = Self::without_programs();
        let etc = Path::new(ROOT).join("etc");
        for file in ["group", "passwd"] {
            fs::copy(Path::new("/etc").join(file), etc.join(file)).expect("a copy");
        }
        // Without one systemd takes this for the first boot, and enables units.
        fs::write(etc.join("machine-id"), "0123456789abcdef0123456789abcdef\n").expect("a file");
        mount_at(&Path::new(ROOT).join("usr"), "/usr", MsFlags::MS_BIND);
        made
    }

    /// Replaces a file by a link.
    fn link(&self, place: &str, target: &Path) {
        let place = Path::new(ROOT).join(place);
        let removed = match fs::symlink_metadata(&place) {
            Ok(status) if status.is_dir() => fs::remove_dir_all(&place),
            Ok(_) => fs::remove_file(&place),
            Err(_) => Ok(()),
        };
        removed.and_then(|()| symlink(target, place)).expect("a link");
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let _ = umount2(&Path::new(ROOT).join("usr"), MntFlags::MNT_DETACH);
        fs::remove_dir_all(ROOT).expect("the root can be removed");
    }
}

fn mount_at(folder: &Path, what: &str, flags: MsFlags) {
    mount(Some(what), folder, Some("tmpfs"), flags, None::<&str>).expect("a mount");
}

/// A tree of the host, with something at each path that a box removes, replaces or mounts over.
struct Victim;

impl Victim {
    fn make() -> Self {
        for folder in VICTIM_FOLDERS {
            fs::create_dir_all(Path::new(VICTIM).join(folder)).expect("a folder");
        }
        for file in VICTIM_FILES {
            fs::write(Path::new(VICTIM).join(file), "important").expect("a file");
        }
        Self
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        fs::remove_dir_all(VICTIM).expect("the victim can be removed");
    }
}

/// The state of the host, for comparison.
struct Watched {
    before: Snapshot,
    /// Of what is opened below the victim.
    events: Inotify,
}

impl Watched {
    fn new() -> Self {
        let before = look();
        let events = Inotify::init(InitFlags::IN_NONBLOCK).expect("inotify");
        for folder in VICTIM_FOLDERS {
            let folder = Path::new(VICTIM).join(folder);
            events.add_watch(&folder, AddWatchFlags::IN_ALL_EVENTS).expect("inotify");
        }
        Self { before, events }
    }

    fn expect_untouched(&self, case: &str) {
        match self.events.read_events() {
            Err(Errno::EAGAIN) => {}
            events => panic!("{case}: the host's files are opened: {events:?}"),
        }
        self.expect_unchanged(case);
    }

    fn expect_unchanged(&self, case: &str) {
        let difference = snapshot::difference(&self.before, &look());
        assert!(difference.is_empty(), "{case}: the host is not as it was: {difference:#?}");
    }
}

fn look() -> Snapshot {
    let mut lines = snapshot::take();
    for folder in [VICTIM, ROOT].map(Path::new).into_iter().filter(|folder| folder.exists()) {
        describe(folder, &mut lines).expect("a tree");
    }
    lines
}

/// One line per file, which changes with any change of the file.
fn describe(path: &Path, lines: &mut Snapshot) -> io::Result<()> {
    // The host's /usr is too large to be looked at each time.
    if path == Path::new(ROOT).join("usr") {
        return Ok(());
    }
    let status = path.symlink_metadata()?;
    let changed = format!("{}.{}", status.ctime(), status.ctime_nsec());
    let target = fs::read_link(path).unwrap_or_default();
    lines.insert(format!("{} {} {changed} {}", path.display(), status.ino(), target.display()));
    if status.is_dir() {
        for entry in fs::read_dir(path)? {
            describe(&entry?.path(), lines)?;
        }
    }
    Ok(())
}

const ROOT: &str = "/tmp/root";
const HOSTS_UNITS: &str = "/etc/systemd";
const VICTIM: &str = "/tmp/victim";

const FOLDERS: [&str; 10] = [
    "dev",
    "etc/systemd/journald.conf.d",
    "etc/systemd/system/multi-user.target.wants",
    "etc/tmpfiles.d",
    "proc",
    "run",
    "sys",
    "usr/bin",
    "usr/lib/systemd/system",
    "var/lib",
];

const FILES: [&str; 6] = [
    "etc/fstab",
    "etc/systemd/system/multi-user.target.wants/some.service",
    "usr/bin/dbus-daemon",
    "usr/lib/systemd/system/dbus.service",
    "usr/lib/systemd/system/dbus.socket",
    "usr/lib/systemd/systemd",
];

/// Where a link is put: each component of each path that a box uses before it has changed its root.
const PLACES: [&str; 18] = [
    "bin",
    "dev",
    "etc",
    "etc/fstab",
    "etc/systemd",
    "etc/systemd/journald.conf.d",
    "etc/systemd/journald.conf.d/zz-barebus-box.conf",
    "etc/systemd/system",
    "etc/systemd/system/dbus.service",
    "etc/systemd/system/multi-user.target.wants",
    "etc/systemd/system/systemd-udevd.service",
    "etc/tmpfiles.d",
    "lib",
    "proc",
    "run",
    "sys",
    "tmp",
    "usr",
];

const VICTIM_FOLDERS: [&str; 17] = [
    "",
    "dbus",
    "fs/cgroup",
    "journald.conf.d",
    "lib/systemd/system",
    "multi-user.target.wants",
    "net",
    "pts",
    "sys/net",
    "system",
    "system/multi-user.target.wants",
    "systemd",
    "systemd/journald.conf.d",
    "systemd/system",
    "systemd/system/multi-user.target.wants",
    "tmpfiles.d",
    "bin",
];

const VICTIM_FILES: [&str; 15] = [
    "bin/dbus-daemon",
    "dbus.service",
    "fstab",
    "lib/systemd/system/dbus.service",
    "lib/systemd/system/dbus.socket",
    "lib/systemd/systemd",
    "multi-user.target.wants/some.service",
    "null",
    "system/dbus.service",
    "system/multi-user.target.wants/some.service",
    "systemd-udevd.service",
    "systemd/system/dbus.service",
    "systemd/system/multi-user.target.wants/some.service",
    "systemd/systemd",
    "tmp.conf",
];
