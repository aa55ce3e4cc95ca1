//! Who owns the well-known names that the user talks to.
//!
//! A reply or a signal is believed only when its SENDER, which the bus writes, is the present owner. The table is filled by
//! `GetNameOwner` and kept by `NameOwnerChanged`, both from the bus itself, whose messages come in the order of the events.

use alloc::string::String;
use alloc::vec::Vec;

/// The bus itself. Spec: Message Bus Specification.
pub(crate) const BUS: &str = "org.freedesktop.DBus";

/// Place of a name in the table; names stay in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameIndex(usize);

/// Who may answer a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Direct connection: whoever is at the other end.
    Anyone,
    /// The bus itself.
    Bus,
    /// The unique name that was called, see [`unique_key`].
    Unique(u128),
    /// The owner of a well-known name, as long as nobody else has become it since the call.
    Owner { name: NameIndex, generation: u32 },
}

#[derive(Debug)]
struct Tracked {
    name: String,
    owner: Owner,
    /// Counts the times that an owner lost the name.
    generation: u32,
}

#[derive(Debug)]
enum Owner {
    /// `GetNameOwner` is on its way.
    Asked,
    /// The name has no owner.
    Nobody,
    /// The owner's unique name.
    Unique(String),
    /// The bus refuses to say.
    Unknown,
}

/// What a change of owner means for the calls that were made to the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) name: NameIndex,
    /// Calls that expect an earlier generation get no reply that could be believed.
    pub(crate) generation: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Owners {
    names: Vec<Tracked>,
}

impl Owners {
    pub(crate) fn find(&self, name: &str) -> Option<NameIndex> {
        self.names.iter().position(|tracked| tracked.name == name).map(NameIndex)
    }

    /// What a call made now to the unique name must be answered by.
    pub(crate) fn expected_unique(&mut self, name: &str) -> Expected {
        if let Some(key) = unique_key(name) {
            return Expected::Unique(key);
        }
        // Longer than any that a known bus gives out: such names own themselves, for ever.
        let index = self.find(name).unwrap_or_else(|| {
            let index = self.add(name);
            self.answered(index, Some(name));
            index
        });
        self.expected(index)
    }

    /// Adds a name whose owner is being asked for.
    pub(crate) fn add(&mut self, name: &str) -> NameIndex {
        self.names.push(Tracked { name: name.into(), owner: Owner::Asked, generation: 0 });
        NameIndex(self.names.len() - 1)
    }

    /// What a call made now to the name must be answered by.
    pub(crate) fn expected(&self, name: NameIndex) -> Expected {
        let generation = self.names.get(name.0).map_or(0, |tracked| tracked.generation);
        Expected::Owner { name, generation }
    }

    /// The name's owner is being asked for.
    pub(crate) fn ask(&mut self, name: NameIndex) {
        if let Some(tracked) = self.names.get_mut(name.0) {
            tracked.owner = Owner::Asked;
        }
    }

    /// Whether the bus refuses to tell the owner of the name.
    pub(crate) fn is_unknown(&self, name: NameIndex) -> bool {
        self.names.get(name.0).is_some_and(|tracked| matches!(tracked.owner, Owner::Unknown))
    }

    /// `GetNameOwner` was answered: with a unique name, or that there is none.
    pub(crate) fn answered(&mut self, name: NameIndex, owner: Option<&str>) {
        if let Some(tracked) = self.names.get_mut(name.0) {
            // What NameOwnerChanged said in the meantime is as true: the bus sends both in order.
            tracked.owner = owner.map_or(Owner::Nobody, |owner| Owner::Unique(owner.into()));
        }
    }

    /// `GetNameOwner` was refused.
    pub(crate) fn refused(&mut self, name: NameIndex) {
        if let Some(tracked) = self.names.get_mut(name.0) {
            tracked.owner = Owner::Unknown;
        }
    }

    /// `NameOwnerChanged` came from the bus. Gives what it ends, if an owner lost the name.
    pub(crate) fn changed(&mut self, name: &str, old: &str, new: &str) -> Option<Change> {
        let index = self.find(name)?;
        let tracked = self.names.get_mut(index.0)?;
        if matches!(tracked.owner, Owner::Asked) {
            // The bus takes the calls that were made since after our question, whose answer is still to come: they go to
            // whoever that will name.
            return None;
        }
        tracked.owner = if new.is_empty() { Owner::Nobody } else { Owner::Unique(new.into()) };
        if old.is_empty() {
            return None;
        }
        tracked.generation = tracked.generation.wrapping_add(1);
        Some(Change { name: index, generation: tracked.generation })
    }

    /// Whether `sender` owns the well-known `name` at present.
    pub(crate) fn owns(&self, sender: &str, name: &str) -> bool {
        if name == BUS {
            return sender == BUS;
        }
        self.names.iter().any(|tracked| {
            tracked.name == name
                && matches!(&tracked.owner, Owner::Unique(owner) if owner == sender)
        })
    }

    /// Whether a reply from `sender` answers a call that expects `expected`. The bus may answer for anybody: it tells that
    /// nobody took the call.
    pub(crate) fn believes(&self, expected: Expected, sender: Option<&str>) -> bool {
        let sender = match (expected, sender) {
            (Expected::Anyone, _) => return true,
            (_, Some(BUS)) => return true,
            (_, None) => return false,
            (_, Some(sender)) => sender,
        };
        match expected {
            Expected::Anyone => true,
            Expected::Bus => false,
            Expected::Unique(key) => unique_key(sender) == Some(key),
            Expected::Owner { name, generation } => self.names.get(name.0).is_some_and(|tracked| {
                tracked.generation == generation
                    && matches!(&tracked.owner, Owner::Unique(owner) if owner == sender)
            }),
        }
    }
}

/// A unique name as a number, so that expecting it takes no memory: its bytes, if there are at most 16 of them.
fn unique_key(name: &str) -> Option<u128> {
    let bytes = name.as_bytes();
    let mut key = [0; 16];
    key.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u128::from_le_bytes(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn believes_the_present_owner_and_the_bus_only() {
        let mut owners = Owners::default();
        let name = owners.add("a.b");
        let expected = owners.expected(name);
        assert!(!owners.believes(expected, Some(":1.1")), "nobody knows the owner yet");
        owners.answered(name, Some(":1.1"));
        assert!(owners.believes(expected, Some(":1.1")));
        assert!(owners.believes(expected, Some(BUS)));
        assert!(!owners.believes(expected, Some(":1.11")));
        assert!(!owners.believes(expected, Some("a.b")));
        assert!(!owners.believes(expected, None));
    }

    #[test]
    fn a_new_owner_does_not_answer_for_the_old_one() {
        let mut owners = Owners::default();
        let name = owners.add("a.b");
        owners.answered(name, Some(":1.1"));
        let before = owners.expected(name);
        let change = owners.changed("a.b", ":1.1", ":1.2").unwrap();
        assert_eq!((change.name, change.generation), (name, 1));
        assert!(!owners.believes(before, Some(":1.2")));
        assert!(!owners.believes(before, Some(":1.1")));
        assert!(owners.believes(owners.expected(name), Some(":1.2")));
    }

    #[test]
    fn a_change_before_the_answer_ends_no_call() {
        let mut owners = Owners::default();
        let name = owners.add("a.b");
        let expected = owners.expected(name);
        assert_eq!(owners.changed("a.b", ":1.1", ":1.2"), None);
        owners.answered(name, Some(":1.2"));
        assert!(owners.believes(expected, Some(":1.2")));
        assert!(!owners.believes(expected, Some(":1.1")));
    }

    #[test]
    fn a_service_that_the_call_starts_may_answer_it() {
        let mut owners = Owners::default();
        let name = owners.add("a.b");
        owners.answered(name, None);
        let expected = owners.expected(name);
        assert_eq!(owners.changed("a.b", "", ":1.7"), None);
        assert!(owners.believes(expected, Some(":1.7")));
    }

    #[test]
    fn unique_names_are_not_confused() {
        assert_ne!(unique_key(":1.1"), unique_key(":1.10"));
        let mut owners = Owners::default();
        let long = owners.expected_unique(":1.12345678901234567");
        assert_eq!(owners.expected_unique(":1.12345678901234567"), long);
        assert!(owners.believes(long, Some(":1.12345678901234567")));
        assert!(!owners.believes(long, Some(":1.12345678901234568")));
    }
}
