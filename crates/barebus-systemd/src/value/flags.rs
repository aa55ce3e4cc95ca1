//! Sets and enumerations of the kernel that are numbers on the bus.

use std::fmt;

use crate::setting::{NAMESPACES, NUMA_POLICIES, PROPAGATION, capability_name, name_of};

/// Capabilities, a bit each: properties CapabilityBoundingSet and AmbientCapabilities. See capabilities(7).
///
/// The text is the names, for example `cap_kill cap_setuid`. Bits of unknown capabilities are left out.
///
/// ```
/// use barebus_systemd::value::Capabilities;
///
/// assert_eq!(Capabilities(1 << 5 | 1 << 7).to_string(), "cap_kill cap_setuid");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Capabilities(
    /// The bits.
    pub u64,
);

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = (0..u64::BITS).filter(|number| self.0 & (1 << number) != 0);
        for (index, name) in set.filter_map(capability_name).enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}cap_{}", name.to_ascii_lowercase())?;
        }
        Ok(())
    }
}

/// The types of namespaces that a unit may use: property RestrictNamespaces. See clone(2).
///
/// The text is that of the setting: `yes` if none, `no` if all, otherwise the names of the types, for example `net mnt`.
///
/// ```
/// use barebus_systemd::value::Namespaces;
///
/// // CLONE_NEWNET of clone(2).
/// assert_eq!(Namespaces(0x4000_0000).to_string(), "net");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Namespaces(
    /// The flags `CLONE_NEW…` of the types.
    pub u64,
);

impl Namespaces {
    /// systemd's order. A type that came after the setting is no part of `no`.
    const ORDER: [&'static str; 7] = ["cgroup", "ipc", "net", "mnt", "pid", "user", "uts"];

    fn has(self, name: &str) -> bool {
        let known = NAMESPACES.iter().find(|(known, _)| *known == name);
        known.and_then(|(_, flag)| u64::try_from(*flag).ok()).is_some_and(|flag| self.0 & flag != 0)
    }
}

impl fmt::Display for Namespaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Self::ORDER.into_iter().filter(|name| self.has(name)).collect();
        match names.len() {
            0 => f.write_str("yes"),
            all if all == Self::ORDER.len() => f.write_str("no"),
            _ => f.write_str(&names.join(" ")),
        }
    }
}

/// How mounts are passed on: property MountFlags. See mount(2).
///
/// The text is that of the setting: `private`, `slave` or `shared`, or nothing if it is not set. Other flags are a number.
///
/// ```
/// use barebus_systemd::value::MountPropagation;
///
/// // MS_SLAVE of mount(2).
/// assert_eq!(MountPropagation(1 << 19).to_string(), "slave");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MountPropagation(
    /// The flag `MS_…`.
    pub u64,
);

impl fmt::Display for MountPropagation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match i32::try_from(self.0).ok().and_then(|flag| name_of(PROPAGATION, flag)) {
            Some(name) => f.write_str(name),
            None => self.0.fmt(f),
        }
    }
}

/// From which memory nodes memory is taken: property NUMAPolicy. See set_mempolicy(2).
///
/// The text is that of the setting: `default`, `preferred`, `bind`, `interleave` or `local`; `n/a` if it is not set.
///
/// ```
/// use barebus_systemd::value::NumaPolicy;
///
/// // MPOL_BIND of set_mempolicy(2).
/// assert_eq!(NumaPolicy(2).to_string(), "bind");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NumaPolicy(
    /// The number `MPOL_…`, or -1.
    pub i32,
);

impl fmt::Display for NumaPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_of(NUMA_POLICIES, self.0).unwrap_or("n/a"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_shown_by_their_names() {
        assert_eq!(Capabilities(0).to_string(), "");
        assert_eq!(Capabilities(1 << 5 | 1 << 40).to_string(), "cap_kill cap_checkpoint_restore");
        assert!(Capabilities(u64::MAX).to_string().ends_with("cap_checkpoint_restore"));
        assert_eq!(Namespaces(0).to_string(), "yes");
        assert_eq!(Namespaces(0x80).to_string(), "yes");
        assert_eq!(Namespaces(0x7e02_0000).to_string(), "no");
        assert_eq!(Namespaces(0x4002_0000).to_string(), "net mnt");
        assert_eq!(MountPropagation(0).to_string(), "");
        assert_eq!(MountPropagation(1 << 20).to_string(), "shared");
        assert_eq!(MountPropagation(3).to_string(), "3");
        assert_eq!(NumaPolicy(2).to_string(), "bind");
        assert_eq!(NumaPolicy(-1).to_string(), "n/a");
    }
}
