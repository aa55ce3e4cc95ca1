//! Becoming the user that a bus accepts.

use std::fs;
use std::os::unix::fs::MetadataExt;

use nix::unistd::{Gid, Uid, geteuid, setegid, seteuid, setgroups};

use crate::args::Place;
use crate::exit::{Exit, Failure};
use crate::process::Users;

/// A server on this machine, which this process may connect to as far as its user decides.
#[derive(Clone, Copy, Debug)]
pub(super) enum Local<'a> {
    System,
    Session,
    Address(&'a str),
    Peer(&'a str),
    /// The bus of a user, who this process is now.
    User(u32),
    Machine(&'a str),
    Capsule(&'a str),
}

impl<'a> Local<'a> {
    /// Becomes the user that the place names, if it names one.
    ///
    /// # Errors
    /// There is no such user, or this process must not become it.
    pub(super) fn of(place: Place<'a>) -> Result<Self, Failure> {
        Ok(match place {
            Place::System => Self::System,
            Place::User => Self::Session,
            Place::Address(address) => Self::Address(address),
            Place::Peer(address) => Self::Peer(address),
            Place::Machine { name, user } => Self::machine(name, user)?,
            Place::Capsule(name) => Self::capsule(name)?,
            Place::Host(_) => unreachable!("another machine is reached over ssh"),
        })
    }

    fn machine(name: &'a str, is_user: bool) -> Result<Self, Failure> {
        let Some((user, container)) = name.split_once('@') else {
            return match (is_user, name) {
                (true, ".host") => Ok(Self::Session),
                (true, _) => Err(Failure::usage(format_args!(
                    "cannot reach the bus of a user in the container '{name}', only its system bus"
                ))),
                (false, _) => Ok(Self::Machine(name)),
            };
        };
        if !matches!(container, "" | ".host") {
            return Err(Failure::usage(format_args!(
                "cannot reach a bus in the container '{container}' as a user; leave out '{user}@'"
            )));
        }
        let (uid, gid) = Users::read().find(user).ok_or_else(|| {
            Failure::new(Exit::Connection, format_args!("there is no user '{user}' in /etc/passwd"))
        })?;
        become_user(uid, gid, user)?;
        // As in systemctl, USER@.host without --user is the system bus, used by that user.
        Ok(if container.is_empty() || is_user { Self::User(uid) } else { Self::System })
    }

    fn capsule(name: &'a str) -> Result<Self, Failure> {
        if name.is_empty() || name.starts_with('.') || name.contains('/') {
            return Err(Failure::usage(format_args!("'{name}' is not the name of a capsule")));
        }
        let folder = format!("/run/capsules/{name}");
        let found = fs::symlink_metadata(&folder).map_err(|error| {
            let what = format!("cannot find the capsule '{name}': {folder}: {error}");
            Failure::new(Exit::Connection, what)
        })?;
        // Whatever the folder leads to, root does not go there: it belongs to the capsule.
        become_user(found.uid(), found.gid(), name)?;
        Ok(Self::Capsule(name))
    }
}

/// The kernel tells the other side of a socket which user has connected.
fn become_user(uid: u32, gid: u32, name: &str) -> Result<(), Failure> {
    if geteuid().as_raw() == uid {
        return Ok(());
    }
    let gid = Gid::from_raw(gid);
    let became = setgroups(&[gid]).and_then(|()| setegid(gid));
    became.and_then(|()| seteuid(Uid::from_raw(uid))).map_err(|error| {
        let what = format!("cannot act as '{name}' (user {uid}): {error}; only root can");
        Failure::new(Exit::Connection, what)
    })
}
