//! Walks a path below an untrusted root without following links.

use core::fmt;
use std::ffi::CString;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path};

use nix::errno::Errno;
use nix::fcntl::{self, OFlag};
use nix::sys::stat::{self, FileStat, Mode, SFlag};

use crate::plan;

/// The names on the path from a root to a file below it. None of them is `..`.
#[derive(Debug)]
pub(crate) struct Walk(Vec<CString>);

impl Walk {
    /// The walk to `path`, which is relative to the root.
    pub(crate) fn new(path: impl AsRef<Path>) -> Self {
        let names = path.as_ref().components().filter_map(|component| match component {
            Component::Normal(name) => Some(plan::path(name)),
            _ => None,
        });
        Self(names.collect())
    }

    /// Opens the file at the end of the path with `O_PATH`. Makes system calls only.
    ///
    /// # Errors
    /// `ELOOP`: the path contains or ends at a link.
    pub(crate) fn from(&self, root: impl AsFd) -> nix::Result<OwnedFd> {
        let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let mut at = fcntl::openat(root, c".", flags | OFlag::O_DIRECTORY, Mode::empty())?;
        for name in &self.0 {
            at = fcntl::openat(&at, name.as_c_str(), flags, Mode::empty())?;
            if kind(&at)? == SFlag::S_IFLNK {
                return Err(Errno::ELOOP);
            }
        }
        Ok(at)
    }
}

/// The type of an open file.
pub(crate) fn kind(file: impl AsFd) -> nix::Result<SFlag> {
    stat::fstat(file).map(|status| kind_of(&status))
}

/// The type of a file.
pub(crate) fn kind_of(status: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(status.st_mode) & SFlag::S_IFMT
}

impl fmt::Display for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|name| write!(f, "/{}", name.to_string_lossy()))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::{env, fs, process};

    use super::*;

    #[test]
    fn follows_no_link_wherever_it_stands() {
        let root = env::temp_dir().join(format!("barebus-box-walk-{}", process::id()));
        fs::create_dir_all(root.join("a/b")).unwrap();
        symlink("b", root.join("a/relative")).unwrap();
        symlink(root.join("a"), root.join("absolute")).unwrap();
        let folder = plan::open_folder(&plan::path(&root)).unwrap();
        let walked = |path: &str| Walk::new(path).from(&folder).map(|end| kind(&end));
        let refused = ["a/relative", "absolute", "absolute/b"].map(|path| walked(path).err());
        let (found, missing) = (walked("a/b"), walked("a/c").err());
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, Ok(Ok(SFlag::S_IFDIR)));
        assert_eq!(refused, [Some(Errno::ELOOP); 3]);
        assert_eq!(missing, Some(Errno::ENOENT));
    }

    #[test]
    fn leaves_no_way_up() {
        assert_eq!(Walk::new("/../a/./b").to_string(), "/a/b");
    }
}
