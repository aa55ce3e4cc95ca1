//! Debian packages that are downloaded and unpacked, not installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::root::mirror;
use crate::run::{Failure, run};

const RELEASE: &str = "bookworm";
/// The architecture of packages that name none.
pub(crate) const HOST: &str = "amd64";
const DEFAULT_MIRROR: &str = "http://deb.debian.org/debian";

/// An apt of Debian 12 with lists of its own, so that the machine's own lists do not change.
pub(crate) struct Apt {
    folder: PathBuf,
    options: Vec<String>,
}

impl Apt {
    /// Downloads the lists to `folder`, for x86-64 and for `architectures`.
    ///
    /// # Errors
    /// This is no Debian, or the lists cannot be downloaded.
    pub(crate) fn new(folder: PathBuf, architectures: &[&str]) -> Result<Self, Failure> {
        packages::need(&["apt-get", "apt-cache", "dpkg-deb"])?;
        for name in ["lists/partial", "archives/partial"] {
            fs::create_dir_all(folder.join(name))?;
        }
        let source = mirror().unwrap_or_else(|| DEFAULT_MIRROR.into());
        fs::write(folder.join("sources.list"), format!("deb {source} {RELEASE} main\n"))?;
        let options = options(&folder, architectures);
        let apt = Self { folder, options };
        run(apt.command("apt-get").args(["update", "-qq"]))?;
        Ok(apt)
    }

    /// Downloads packages, `name` or `name:architecture`, and unpacks them into the folder `into`.
    ///
    /// # Errors
    /// A package cannot be downloaded or unpacked.
    pub(crate) fn unpack<S: AsRef<str>>(&self, packages: &[S], into: &Path) -> Result<(), Failure> {
        let names: Vec<&str> = packages.iter().map(AsRef::as_ref).collect();
        println!("xtask: downloading {}", names.join(" "));
        let downloaded = self.folder.join("downloaded");
        // What is left of a download that failed.
        let _ = fs::remove_dir_all(&downloaded);
        fs::create_dir_all(&downloaded)?;
        let mut download = self.command("apt-get");
        run(download.args(["download", "-qq"]).args(names).current_dir(&downloaded))?;
        fs::create_dir_all(into)?;
        for entry in fs::read_dir(&downloaded)? {
            run(Command::new("dpkg-deb").arg("-x").args([&*entry?.path(), into]))?;
        }
        fs::remove_dir_all(&downloaded)?;
        Ok(())
    }

    /// The first package that `package` depends on.
    ///
    /// # Errors
    /// The lists have no such package, or it depends on none.
    pub(crate) fn dependency(&self, package: &str) -> Result<String, Failure> {
        let output = self.command("apt-cache").args(["depends", package]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let found = text.lines().find_map(|line| line.trim().strip_prefix("Depends: "));
        found
            .map(str::to_owned)
            .ok_or_else(|| Failure(format!("apt knows no package that {package} depends on")))
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.args(&self.options);
        command
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
