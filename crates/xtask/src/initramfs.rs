//! `cargo xtask initramfs`: boots Debian's cloud kernel with systemd and the programs without libc, and nothing else, in qemu.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::apt::Apt;
use crate::packages;
use crate::run::{Failure, cargo, run, top};

/// The programs of `tests/embedding/nolibc`, each asks for the state of the unit that it is started by.
const PROGRAMS: [&str; 2] = ["nolibc-codec", "nolibc-session"];

/// Runs the programs one after the other, with the console as their output, then turns the machine off.
const ASK: &str = "\
[Unit]
DefaultDependencies=no
SuccessAction=poweroff-immediate
FailureAction=poweroff-immediate

[Service]
Type=oneshot
ExecStart=/nolibc-codec --private ask.service
ExecStart=/nolibc-session --private ask.service
StandardOutput=tty
StandardError=tty
TTYPath=/dev/console
";

const TARGET: &str = "[Unit]\nDefaultDependencies=no\nWants=ask.service\n";

/// What the programs print. The unit has no section `[Install]`.
const ANSWER: &str = "static";

/// Seconds until qemu is ended. An idle machine takes under ten, a busy one half a minute.
const PATIENCE: &str = "600";

/// Builds the image, boots it, and prints what the machine's console prints.
///
/// # Errors
/// Something cannot be built or downloaded, or the programs print something else than systemd's answer.
pub(crate) fn boot() -> Result<(), Failure> {
    packages::need(&["cc", "cpio", "ldd", "systemctl", "timeout", "qemu-system-x86_64"])?;
    let folder = top().join("target/initramfs");
    let kernel = kernel(&folder.join("kernel"))?;
    let image = image(&folder)?;
    println!(
        "xtask: kernel {}, image of {} bytes, of which the programs take {}",
        kernel.file_name().unwrap_or_default().to_string_lossy(),
        fs::metadata(&image)?.len(),
        PROGRAMS.iter().try_fold(0, |sum, name| Ok::<_, Failure>(
            sum + fs::metadata(folder.join("root").join(name))?.len()
        ))?
    );
    let console = console(&kernel, &image)?;
    print!("{console}");
    let answers = console.lines().filter(|line| line.trim() == ANSWER).count();
    if answers != PROGRAMS.len() {
        return Err(Failure(format!(
            "{answers} of {} programs printed '{ANSWER}' on the console",
            PROGRAMS.len()
        )));
    }
    println!("xtask: each of {} printed systemd's answer", PROGRAMS.join(" and "));
    Ok(())
}

/// Debian's kernel for virtual machines: its package is downloaded and unpacked, not installed.
fn kernel(folder: &Path) -> Result<PathBuf, Failure> {
    let found = || {
        let entries = fs::read_dir(folder.join("boot")).ok()?;
        let mut files = entries.filter_map(|entry| Some(entry.ok()?.path()));
        files.find(|file| {
            file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"vmlinuz"))
        })
    };
    if let Some(kernel) = found() {
        return Ok(kernel);
    }
    let _ = fs::remove_dir_all(folder);
    let apt = Apt::new(top().join("target/initramfs/apt"), &[])?;
    // This package only depends on the one that has the latest kernel.
    let package = apt.dependency("linux-image-cloud-amd64")?;
    apt.unpack(&[&package], folder)?;
    found().ok_or_else(|| Failure(format!("{package} has no kernel")))
}

/// Packs systemd, its libraries and the programs.
fn image(folder: &Path) -> Result<PathBuf, Failure> {
    let root = folder.join("root");
    let _ = fs::remove_dir_all(&root);
    for directory in ["dev", "proc", "sys", "run", "tmp", "etc"] {
        fs::create_dir_all(root.join(directory))?;
    }
    // systemd makes one, which takes time, and prints so.
    fs::write(root.join("etc/machine-id"), "uninitialized\n")?;
    let systemd = "/usr/lib/systemd/systemd";
    copy_with_libraries(systemd, &root)?;
    // Since version 254 it starts programs by another one.
    if Path::new("/usr/lib/systemd/systemd-executor").exists() {
        copy_with_libraries("/usr/lib/systemd/systemd-executor", &root)?;
    }
    symlink(systemd, root.join("init"))?;
    let units = root.join("usr/lib/systemd/system");
    fs::create_dir_all(&units)?;
    fs::write(units.join("ask.service"), ASK)?;
    fs::write(units.join("default.target"), TARGET)?;
    for name in PROGRAMS {
        let workspace = top().join("tests/embedding/nolibc");
        let mut build = cargo();
        build.args(["build", "--quiet", "--locked", "--release", "-p", name]);
        // The flags stand in its `.cargo/config.toml`, which is read only from there.
        build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").current_dir(&workspace);
        run(build.arg("--target-dir").arg(workspace.join("target")))?;
        fs::copy(workspace.join("target/release").join(name), root.join(name))?;
    }
    let image = folder.join("initramfs.cpio");
    let mut pack = Command::new("sh");
    pack.args(["-c", "find . -print0 | cpio --null --create --quiet --format=newc --owner=+0:+0"]);
    run(pack.current_dir(&root).stdout(fs::File::create(&image)?))?;
    Ok(image)
}

/// Copies a program, and the libraries that ldd lists, each to its own path.
fn copy_with_libraries(program: &str, root: &Path) -> Result<(), Failure> {
    let output = Command::new("ldd").arg(program).output()?;
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    // "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)", or a path alone.
    let libraries = listed.split_whitespace().filter(|word| word.starts_with('/'));
    for file in libraries.chain([program]) {
        let place = root.join(file.trim_start_matches('/'));
        if let (false, Some(parent)) = (place.exists(), place.parent()) {
            fs::create_dir_all(parent)?;
            fs::copy(file, &place)?;
        }
    }
    Ok(())
}

/// Boots the machine and returns what its console prints until it is off. Without KVM: in a virtual machine it may hang.
fn console(kernel: &Path, image: &Path) -> Result<String, Failure> {
    let mut qemu = Command::new("timeout");
    qemu.args([PATIENCE, "qemu-system-x86_64", "-accel", "tcg", "-m", "512", "-no-reboot"]);
    qemu.args(["-display", "none", "-nodefaults", "-serial", "stdio", "-kernel"]);
    qemu.arg(kernel).arg("-initrd").arg(image).args(["-append", "console=ttyS0 quiet panic=-1"]);
    let output = qemu.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let console = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => Ok(console),
        false => Err(Failure(format!("qemu: {}\n{console}", output.status))),
    }
}
