//! What the kernel says about processes: files below `/proc`, and the credentials of a socket's other end.

mod capability;
mod cgroup;
mod peer;
mod proc;
mod users;

pub(crate) use cgroup::Roots;
pub(crate) use peer::Peer;
pub(crate) use proc::{Facts, comm, is_pid};
pub(crate) use users::Users;
