//! Units, slices and sessions by the path of a control group. systemd names control groups after its units.

use std::collections::HashMap;

use barebus_systemd::UnitName;
use barebus_systemd::name::UnitKind;

/// The path of a control group, as systemd reads it.
#[derive(Clone, Debug)]
pub(crate) struct Cgroup {
    /// The whole path.
    pub(crate) path: String,
    /// The part below the control group that systemd itself has.
    below: String,
}

/// The control group below which systemd has made all others, which is not the root in a container.
#[derive(Debug)]
pub(crate) struct Roots {
    root: String,
    known: HashMap<u32, Option<Cgroup>>,
}

impl Roots {
    pub(crate) fn new() -> Self {
        let mut root = path_of(1).unwrap_or_default();
        for own in ["/init.scope", "/system.slice", "/system"] {
            if let Some(above) = root.strip_suffix(own) {
                root = above.to_owned();
                break;
            }
        }
        Self { root: root.trim_end_matches('/').to_owned(), known: HashMap::new() }
    }

    /// The control group of a process.
    pub(crate) fn of(&mut self, pid: u32) -> Option<Cgroup> {
        let root = &self.root;
        let known = self.known.entry(pid).or_insert_with(|| {
            path_of(pid).map(|path| {
                let below = path.strip_prefix(&**root).filter(|below| below.starts_with('/'));
                let below = below.unwrap_or(&path).to_owned();
                Cgroup { path, below }
            })
        });
        known.clone()
    }
}

/// The control group that systemd tracks processes with.
fn path_of(pid: u32) -> Option<String> {
    let file = super::proc::read(pid, "cgroup")?;
    let text = String::from_utf8_lossy(&file).into_owned();
    let line = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    let unified = line("0::");
    // Where the unified hierarchy is mounted beside others, systemd may still use its own of the older kind.
    let older =
        text.lines().find_map(|line| line.split_once(":name=systemd:").map(|(_, path)| path));
    match (unified, older) {
        (Some("/") | None, Some(path)) => Some(path.to_owned()),
        (unified, _) => unified.map(str::to_owned),
    }
}

impl Cgroup {
    /// The unit of the system's systemd.
    pub(crate) fn unit(&self) -> Option<String> {
        unit(&self.below)
    }

    /// The slice of that unit.
    pub(crate) fn slice(&self) -> String {
        slice(&self.below)
    }

    /// The unit of the systemd of a user.
    pub(crate) fn user_unit(&self) -> Option<String> {
        unit(user_part(&self.below)?)
    }

    /// The slice of that unit.
    pub(crate) fn user_slice(&self) -> Option<String> {
        user_part(&self.below).map(slice)
    }

    /// The session of systemd-logind.
    pub(crate) fn session(&self) -> Option<String> {
        let unit = self.unit()?;
        let session = unit.strip_prefix("session-")?.strip_suffix(".scope")?;
        let is_valid =
            !session.is_empty() && session.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_valid.then(|| session.to_owned())
    }

    /// The user whose slice it is.
    pub(crate) fn owner(&self) -> Option<u32> {
        self.slice().strip_prefix("user-")?.strip_suffix(".slice")?.parse().ok()
    }
}

/// The first component of a path, and what follows it.
fn first(path: &str) -> Option<(&str, &str)> {
    let path = path.trim_start_matches('/');
    let (name, rest) = path.split_once('/').unwrap_or((path, ""));
    // A name that the kernel could take for one of its files has an underscore before it.
    Some((name.strip_prefix('_').unwrap_or(name), rest)).filter(|(name, _)| !name.is_empty())
}

fn kind(name: &str) -> Option<UnitKind> {
    UnitName::parse(name).ok().filter(|name| !name.is_template()).map(|name| name.kind())
}

/// The first component that is a unit other than a slice.
fn unit(path: &str) -> Option<String> {
    let (name, _) = first(skip_slices(path))?;
    kind(name).filter(|kind| *kind != UnitKind::Slice).map(|_| name.to_owned())
}

fn skip_slices(mut path: &str) -> &str {
    while let Some((_, rest)) = first(path).filter(|(name, _)| kind(name) == Some(UnitKind::Slice))
    {
        path = rest;
    }
    path
}

/// The last of the slices that a path begins with.
fn slice(mut path: &str) -> String {
    let mut slice = "-.slice";
    while let Some((name, rest)) =
        first(path).filter(|(name, _)| kind(name) == Some(UnitKind::Slice))
    {
        slice = name;
        path = rest;
    }
    slice.to_owned()
}

/// What is below the systemd of a user, or below a session.
fn user_part(path: &str) -> Option<&str> {
    let (name, rest) = first(skip_slices(path))?;
    let manager = name.strip_prefix("user@").and_then(|name| name.strip_suffix(".service"));
    let is_manager = manager.is_some_and(|uid| uid.parse::<u32>().is_ok());
    let is_session = name.starts_with("session-") && name.ends_with(".scope");
    (is_manager || is_session).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cgroup(path: &str) -> Cgroup {
        Cgroup { path: path.to_owned(), below: path.to_owned() }
    }

    #[test]
    fn units_slices_and_sessions_are_read_from_the_path() {
        for (path, unit, slice, session, owner) in [
            ("/init.scope", Some("init.scope"), "-.slice", None, None),
            ("/system.slice/dbus.service", Some("dbus.service"), "system.slice", None, None),
            (
                "/system.slice/system-getty.slice/getty@tty1.service/x",
                Some("getty@tty1.service"),
                "system-getty.slice",
                None,
                None,
            ),
            (
                "/user.slice/user-1000.slice/session-3.scope",
                Some("session-3.scope"),
                "user-1000.slice",
                Some("3"),
                Some(1000),
            ),
            ("/_cpu.service/x", Some("cpu.service"), "-.slice", None, None),
            ("/", None, "-.slice", None, None),
            ("/system.slice", None, "system.slice", None, None),
            ("/docker/0123", None, "-.slice", None, None),
            ("/system.slice/getty@.service", None, "system.slice", None, None),
        ] {
            let cgroup = cgroup(path);
            assert_eq!(cgroup.unit().as_deref(), unit, "{path}");
            assert_eq!(cgroup.slice(), slice, "{path}");
            assert_eq!(cgroup.session().as_deref(), session, "{path}");
            assert_eq!(cgroup.owner(), owner, "{path}");
        }
    }

    #[test]
    fn units_of_a_user_are_below_its_systemd() {
        let cgroup = cgroup("/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope");
        assert_eq!(cgroup.unit().as_deref(), Some("user@1000.service"));
        assert_eq!(cgroup.user_unit().as_deref(), Some("app-x.scope"));
        assert_eq!(cgroup.user_slice().as_deref(), Some("app.slice"));
        assert_eq!(user_part("/system.slice/a.service"), None);
    }
}
