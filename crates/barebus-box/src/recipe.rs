//! The steps that create a root from which systemd boots.

use std::ffi::{CStr, OsStr};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::mount::MsFlags;
use nix::sched::CloneFlags;
use nix::sys::socket::UnixAddr;
use nix::sys::stat::Mode;

use crate::builder::Builder;
use crate::plan::{Mounting, Plan, Step, path, text};
use crate::root::Root;
use crate::walk::Walk;

/// The directory that the stage is mounted on, in a mount namespace of its own. Every system has this directory, and the box shows nothing
/// of it.
pub(crate) const STAGE: &str = "/run";
/// The box's terminal: the first, because its devpts is new.
pub(crate) const CONSOLE: &str = "/run/pts/0";
/// The device that creates terminals.
pub(crate) const CONSOLE_MAKER: &str = "/run/pts/ptmx";
/// Mount point of the host's unified cgroup hierarchy.
pub(crate) const CGROUPS: &str = "/run/cgroup";
/// The new root.
pub(crate) const INSIDE: &CStr = c"/run/root";
/// Where a folder is mounted before it is moved into the new root.
pub(crate) const CARRIED_FOLDER: &CStr = c"/run/folder";
/// Where a file is mounted before it is moved into the new root.
pub(crate) const CARRIED_FILE: &CStr = c"/run/file";
/// The socket on which systemd reports that it has booted, as a path inside the box.
pub(crate) const NOTIFY: &str = "/run/barebus-box.notify";
/// The same on the stage, before [`KERNEL`]'s `run` is moved into the new root.
pub(crate) const STAGED_NOTIFY: &str = "/run/kernel/run/barebus-box.notify";
/// The unit that is booted into.
pub(crate) const TARGET: &str = "barebus-box.target";

/// What the supervisor does in its own mount namespace before PID 1 is there.
pub(crate) fn stage(root: &Root) -> Plan {
    let mut plan = vec![
        Step::Mount(Mounting::new("none", "/").flags(MsFlags::MS_REC | MsFlags::MS_PRIVATE)),
        // Entered before the stage is mounted, because the stage may hide it.
        Step::Enter { at: path(&root.path) },
        Step::Mount(Mounting::new("tmpfs", STAGE).options("mode=0755")),
    ];
    for name in ["cgroup", "folder", "kernel", "pts", "root", "upper", "work"] {
        plan.push(folder(Path::new(STAGE).join(name)));
    }
    plan.push(Step::File { at: CARRIED_FILE.into(), text: Vec::new() });
    plan.push(Step::Mount(Mounting::new("cgroup2", CGROUPS).flags(INERT)));
    plan.push(Step::Mount(
        Mounting::new("devpts", "/run/pts")
            .flags(MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC)
            .options("newinstance,ptmxmode=0666,mode=0620,gid=5"),
    ));
    plan
}

/// What PID 1 does before it becomes systemd. `cgroup` is the box's, below [`CGROUPS`].
pub(crate) fn inside(
    builder: &Builder,
    root: &Root,
    carried: &[PathBuf],
    cgroup: &Path,
    notify: (OwnedFd, UnixAddr),
) -> Plan {
    let mut plan = vec![
        Step::Tell { at: path(cgroup.join("cgroup.procs")), text: b"0" },
        Step::Unshare(CloneFlags::CLONE_NEWCGROUP),
        folder("/run/upper/0"),
        folder("/run/work/0"),
        Step::Mount(overlay(INSIDE, 0)),
    ];
    for (number, point) in (1..).zip(carried) {
        plan.push(folder(format!("/run/upper/{number}")));
        plan.push(folder(format!("/run/work/{number}")));
        let overlay = overlay(CARRIED_FOLDER, number);
        plan.push(Step::Carry { point: Walk::new(point), overlay });
    }
    kernel_file_systems(&mut plan, builder.host_network);
    devices(&mut plan);
    plan.push(Step::Bind { socket: notify.0, address: notify.1 });
    for name in KERNEL_FOLDERS {
        // A link counts as existing, so no directory is created at its target.
        plan.push(folder(as_path(INSIDE).join(name)));
        let from = path(Path::new(KERNEL).join(name));
        plan.push(Step::Place { from, at: Walk::new(name) });
    }
    plan.push(Step::Enter { at: INSIDE.into() });
    plan.push(Step::BecomeRoot);
    configuration(&mut plan, builder, root);
    plan.push(Step::Terminal { at: path("/dev/console") });
    plan
}

/// An overlay of the working directory.
fn overlay(at: &CStr, number: usize) -> Mounting {
    let options = format!("lowerdir=.,upperdir=/run/upper/{number},workdir=/run/work/{number}");
    Mounting::new("overlay", as_path(at)).options(options)
}

/// Mounts them on the stage.
fn kernel_file_systems(plan: &mut Plan, host_network: bool) {
    for name in KERNEL_FOLDERS {
        plan.push(folder(Path::new(KERNEL).join(name)));
    }
    plan.push(Step::Mount(Mounting::new("proc", "/run/kernel/proc").flags(INERT)));
    // Most settings in /proc/sys apply to the whole kernel, and systemd writes some during the boot. Those in /proc/sys/net apply to the
    // network namespace.
    plan.push(Step::Mount(Mounting::bind("/run/kernel/proc/sys", "/run/kernel/proc/sys")));
    if !host_network {
        let network = "/run/kernel/proc/sys/net";
        plan.push(Step::Mount(Mounting::bind(network, network)));
    }
    plan.push(Step::ReadOnly { at: path("/run/kernel/proc/sys") });
    // Not every kernel has it.
    plan.push(Step::Protect { at: path("/run/kernel/proc/sysrq-trigger") });
    let sys = Mounting::new("sysfs", "/run/kernel/sys").flags(INERT | MsFlags::MS_RDONLY);
    plan.push(Step::Mount(sys));
    plan.push(Step::Mount(Mounting::new("cgroup2", "/run/kernel/sys/fs/cgroup").flags(INERT)));
    let run = Mounting::new("tmpfs", "/run/kernel/run");
    let run = run.flags(MsFlags::MS_NOSUID | MsFlags::MS_NODEV);
    plan.push(Step::Mount(run.options("mode=0755")));
}

fn devices(plan: &mut Plan) {
    let dev = Mounting::new("tmpfs", "/run/kernel/dev").flags(MsFlags::MS_NOSUID);
    plan.push(Step::Mount(dev.options("mode=0755")));
    for (name, number) in DEVICES {
        plan.push(Step::Device { at: path(Path::new("/run/kernel/dev").join(name)), number });
    }
    plan.push(folder("/run/kernel/dev/pts"));
    plan.push(Step::Mount(Mounting::bind("/run/pts", "/run/kernel/dev/pts")));
    plan.push(link("/run/kernel/dev/ptmx", "pts/ptmx"));
    plan.push(link("/run/kernel/dev/console", "pts/0"));
}

/// Differences from the machine's configuration.
fn configuration(plan: &mut Plan, builder: &Builder, root: &Root) {
    let folders = [
        "tmp",
        "etc/systemd",
        "etc/systemd/system",
        "etc/systemd/journald.conf.d",
        "etc/tmpfiles.d",
    ];
    plan.extend(folders.map(folder));
    for (at, is_folder) in &root.enabled {
        let at = path(at);
        plan.push(if *is_folder { Step::RemoveFolder { at } } else { Step::RemoveFile { at } });
    }
    for table in &root.tables {
        plan.push(file(table, ""));
    }
    for unit in MASKED {
        plan.push(link(unit_path(unit), "/dev/null"));
    }
    // It empties /tmp, which may contain the programs under test.
    plan.push(link("etc/tmpfiles.d/tmp.conf", "/dev/null"));
    // Writing to the machine's journal would copy it into the overlay.
    plan.push(file(
        "etc/systemd/journald.conf.d/zz-barebus-box.conf",
        "[Journal]\nStorage=volatile\n",
    ));
    if let Some(unit) = &root.dbus_link {
        plan.push(Step::Link { at: path(unit_path("dbus.service")), to: path(unit) });
    }
    plan.push(file(unit_path(TARGET), TARGET_TEXT));
    for (name, text) in &builder.units {
        plan.push(file(unit_path(name), text));
    }
}

fn folder(at: impl AsRef<Path>) -> Step {
    Step::Folder { at: path(at), mode: Mode::from_bits_truncate(0o755) }
}

fn link(at: impl AsRef<Path>, to: &str) -> Step {
    Step::Link { at: path(at), to: text(to) }
}

fn file(at: impl AsRef<Path>, text: &str) -> Step {
    Step::File { at: path(at), text: text.as_bytes().to_vec() }
}

fn as_path(text: &CStr) -> &Path {
    Path::new(OsStr::from_bytes(text.to_bytes()))
}

fn unit_path(name: impl AsRef<Path>) -> PathBuf {
    Path::new("etc/systemd/system").join(name)
}

/// What the kernel shows, mounted below this folder of the stage first.
const KERNEL: &str = "/run/kernel";
const KERNEL_FOLDERS: [&str; 4] = ["proc", "sys", "run", "dev"];
const INERT: MsFlags = MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV).union(MsFlags::MS_NOEXEC);

/// Major and minor numbers are part of the kernel's interface.
const DEVICES: [(&str, (u64, u64)); 6] = [
    ("null", (1, 3)),
    ("zero", (1, 5)),
    ("full", (1, 7)),
    ("random", (1, 8)),
    ("urandom", (1, 9)),
    ("tty", (5, 0)),
];

const TARGET_TEXT: &str = "\
[Unit]
Description=Box
Requires=dbus.socket dbus.service
After=dbus.socket dbus.service
DefaultDependencies=no
AllowIsolate=yes
";

/// Units that would affect the host's kernel and devices, or only make the boot slower.
const MASKED: [&str; 29] = [
    "dev-hugepages.mount",
    "kmod-static-nodes.service",
    "ldconfig.service",
    "modprobe@.service",
    "proc-sys-fs-binfmt_misc.automount",
    "proc-sys-fs-binfmt_misc.mount",
    "sys-fs-fuse-connections.mount",
    "sys-kernel-config.mount",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "systemd-binfmt.service",
    "systemd-firstboot.service",
    "systemd-hwdb-update.service",
    "systemd-journal-catalog-update.service",
    "systemd-journal-flush.service",
    "systemd-journald-audit.socket",
    "systemd-modules-load.service",
    "systemd-remount-fs.service",
    "systemd-repart.service",
    "systemd-sysctl.service",
    "systemd-sysusers.service",
    "systemd-tmpfiles-setup-dev-early.service",
    "systemd-tmpfiles-setup-dev.service",
    "systemd-udev-trigger.service",
    "systemd-udevd-control.socket",
    "systemd-udevd-kernel.socket",
    "systemd-udevd.service",
    "systemd-update-utmp.service",
    "tmp.mount",
];
