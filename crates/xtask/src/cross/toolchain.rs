//! Debian's Rust 1.85.0, the oldest that the published crates support, for this machine and for others.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::root::mirror;
use crate::run::{Failure, run, top};

/// Debian 12 has the packages; only there the compiler is called rustc-web.
const RELEASE: &str = "bookworm";
/// The compiler, which runs on x86-64, and what it loads.
const COMPILER: &[&str] = &["rustc-web", "libstd-rust-web-1.85", "libllvm19", "libz3-4"];
/// The standard library of each machine.
const LIBRARY: &str = "libstd-rust-web-dev";
const HOST: &str = "amd64";
const DEFAULT_MIRROR: &str = "http://deb.debian.org/debian";

/// Makes the compiler `rustc` with standard libraries for `architectures`, and gives its path. Packages are downloaded into a folder of their
/// own and are not installed, so apt's own lists do not change.
///
/// # Errors
/// This is no Debian on x86-64, or a package cannot be downloaded.
pub(super) fn rustc(architectures: &[&str]) -> Result<PathBuf, Failure> {
    let folder = top().join("target/cross/rust-1.85");
    let rustc = folder.join("rustc");
    let unpacked = folder.join("unpacked");
    let mut missing: Vec<String> = Vec::new();
    for architecture in [HOST].iter().chain(architectures) {
        if !folder.join(architecture).exists() {
            missing.push(format!("{LIBRARY}:{architecture}"));
        }
    }
    if !rustc.exists() {
        missing.extend(COMPILER.iter().map(|name| format!("{name}:{HOST}")));
    }
    if missing.is_empty() {
        return Ok(rustc);
    }
    packages::need(&["apt-get", "dpkg-deb"])?;
    println!("xtask: downloading {}", missing.join(" "));
    let apt = Apt::new(folder.join("apt"), architectures)?;
    for package in apt.download(&missing)? {
        run(Command::new("dpkg-deb").arg("-x").args([&package, &unpacked]))?;
        fs::remove_file(package)?;
    }
    for architecture in [HOST].iter().chain(architectures) {
        fs::write(folder.join(architecture), "")?;
    }
    let libraries = unpacked.join("usr/lib/x86_64-linux-gnu");
    let script = format!(
        "#!/bin/sh\nLD_LIBRARY_PATH='{}' exec '{}' \"$@\"\n",
        libraries.display(),
        unpacked.join("usr/bin/rustc").display()
    );
    fs::write(&rustc, script)?;
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755))?;
    Ok(rustc)
}

/// An apt with lists of its own.
struct Apt {
    folder: PathBuf,
    options: Vec<String>,
}

impl Apt {
    fn new(folder: PathBuf, architectures: &[&str]) -> Result<Self, Failure> {
        for name in ["lists/partial", "archives/partial"] {
            fs::create_dir_all(folder.join(name))?;
        }
        let source = mirror().unwrap_or_else(|| DEFAULT_MIRROR.into());
        fs::write(folder.join("sources.list"), format!("deb {source} {RELEASE} main\n"))?;
        let options = options(&folder, architectures);
        let apt = Self { folder, options };
        run(apt.command().args(["update", "-qq"]))?;
        Ok(apt)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("apt-get");
        command.args(&self.options).current_dir(&self.folder);
        command
    }

    /// The files.
    fn download(&self, packages: &[String]) -> Result<Vec<PathBuf>, Failure> {
        run(self.command().args(["download", "-qq"]).args(packages))?;
        let files = fs::read_dir(&self.folder)?.map(|entry| entry.map(|entry| entry.path()));
        let files: Vec<PathBuf> = files.collect::<Result<_, _>>()?;
        Ok(files
            .into_iter()
            .filter(|path| path.extension().is_some_and(|it| it == "deb"))
            .collect())
    }
}

fn options(folder: &Path, architectures: &[&str]) -> Vec<String> {
    let folder = folder.display();
    let mut options = vec![
        format!("Dir::Etc::sourcelist={folder}/sources.list"),
        "Dir::Etc::sourceparts=-".into(),
        format!("Dir::State::lists={folder}/lists"),
        // As if nothing were installed.
        "Dir::State::status=/dev/null".into(),
        format!("Dir::Cache={folder}"),
        // Its own user cannot read the folder.
        "APT::Sandbox::User=root".into(),
        format!("APT::Architecture={HOST}"),
    ];
    let all = [HOST].iter().chain(architectures);
    options.extend(all.map(|name| format!("APT::Architectures::={name}")));
    options.iter().flat_map(|option| ["-o".to_owned(), option.clone()]).collect()
}
