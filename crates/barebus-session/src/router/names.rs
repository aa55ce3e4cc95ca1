//! The well-known names that the user talks to, and who owns them.
//!
//! On a bus a reply or a signal counts as a service's only when its SENDER, which the bus writes, owns the service's name. What is known
//! about owners comes from the bus itself: answers to `GetNameOwner`, and `NameOwnerChanged`. Each such *fact* has a number. A call
//! remembers the number of the first fact that can be about it, so a reply is believed from everybody who owned the name at some time
//! since the call was sent.
//!
//! The first call of a name asks for the owner. With the second, or with a subscription, the name is *followed*: the bus is asked to tell
//! its changes. Both cost the bus something, so only a limited number of names is remembered.

use alloc::string::String;
use alloc::vec::Vec;

use super::action::Actions;

/// The bus itself. Spec: Message Bus Specification.
pub(crate) const BUS: &str = "org.freedesktop.DBus";

/// Place of a name in the table. It is reused only when no call, subscription or question refers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameId(u32);

/// An owner of a name.
#[derive(Debug)]
struct Owner {
    /// Number of the last fact that says so.
    fact: u32,
    unique_name: String,
}

/// Whether the bus tells changes of a name's owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Watch {
    #[default]
    No,
    /// `AddMatch` is under way.
    Asked,
    Active,
    Refused,
    /// A unique name: nobody else can own it.
    Needless,
}

/// What is known about a name.
#[derive(Debug, Default)]
struct Name {
    /// Empty: the place is free.
    name: String,
    /// The owners since the oldest outstanding call, at most [`MAX_OWNERS`].
    owners: Vec<Owner>,
    /// Number of the latest fact. The name has an owner if one of `owners` has the same.
    facts: u32,
    /// The bus did not refuse to tell the latest fact.
    is_told: bool,
    /// Questions for the owner that are under way.
    questions: u32,
    watch: Watch,
    /// Outstanding calls.
    calls: u32,
    subscriptions: u32,
    /// When it was used last: the table's count of uses.
    used: u64,
}

/// Owners of one name that are remembered while calls are outstanding. Whoever has so many predecessors since a call was sent is not
/// believed to be its callee.
const MAX_OWNERS: usize = 64;

#[derive(Debug)]
pub(crate) struct Names {
    names: Vec<Name>,
    /// Most names without calls and subscriptions.
    limit: usize,
    uses: u64,
}

impl Names {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { names: Vec::new(), limit, uses: 0 }
    }

    /// Adds an outstanding call to `name`: its place, and the first fact that is about the call. What must be asked before is added to
    /// `actions`.
    pub(crate) fn call(&mut self, name: &str, actions: &mut Actions) -> (NameId, u32) {
        let found = self.find(name);
        let id = found.unwrap_or_else(|| self.add(name, actions));
        let can_follow = found.is_some() && self.limit != 0;
        let Some(entry) = self.use_now(id) else { return (id, 0) };
        entry.calls += 1;
        match entry.watch {
            Watch::Needless => {}
            Watch::Active | Watch::Asked if entry.is_told => {}
            Watch::No if can_follow => entry.follow(id, actions),
            _ => entry.ask(id, actions),
        }
        (id, entry.facts.wrapping_add(entry.questions))
    }

    /// The call that was [added](Self::call) is no longer outstanding.
    pub(crate) fn call_ended(&mut self, id: NameId) {
        if let Some(entry) = self.get_mut(id) {
            entry.calls = entry.calls.saturating_sub(1);
        }
    }

    /// Adds a subscription to signals of `name`, which must be followed.
    pub(crate) fn subscribe(&mut self, name: &str, actions: &mut Actions) -> NameId {
        let id = self.find(name).unwrap_or_else(|| self.add(name, actions));
        let Some(entry) = self.use_now(id) else { return id };
        entry.subscriptions += 1;
        match entry.watch {
            Watch::Needless => {}
            Watch::Active | Watch::Asked if entry.is_told => {}
            Watch::Active | Watch::Asked => entry.ask(id, actions),
            Watch::No | Watch::Refused => entry.follow(id, actions),
        }
        id
    }

    /// The subscription that was [added](Self::subscribe) has ended.
    pub(crate) fn unsubscribe(&mut self, id: NameId) {
        if let Some(entry) = self.get_mut(id) {
            entry.subscriptions = entry.subscriptions.saturating_sub(1);
        }
    }

    /// Asks once more for the owner, unless that is under way. Whether it was asked.
    pub(crate) fn ask_again(&mut self, id: NameId, actions: &mut Actions) -> bool {
        match self.get_mut(id) {
            Some(entry) if entry.questions == 0 => {
                entry.ask(id, actions);
                true
            }
            _ => false,
        }
    }

    /// Follows the name from now on, if it is not followed yet and a call is outstanding: for a name without an owner, whose service the
    /// call starts.
    pub(crate) fn follow_called(&mut self, id: NameId, actions: &mut Actions) {
        let limit = self.limit;
        match self.get_mut(id) {
            Some(entry) if entry.calls != 0 && entry.watch == Watch::No && limit != 0 => {
                entry.follow(id, actions);
            }
            _ => {}
        }
    }

    /// `AddMatch` was answered.
    pub(crate) fn watch_answered(&mut self, id: NameId, is_accepted: bool) {
        if let Some(entry) = self.get_mut(id) {
            entry.watch = if is_accepted { Watch::Active } else { Watch::Refused };
        }
    }

    /// `GetNameOwner` was answered: the owner, or that there is none. `is_told`: it was not refused.
    #[inline(always)]
    pub(crate) fn owner_answered(&mut self, id: NameId, owner: Option<&str>, is_told: bool) {
        if let Some(entry) = self.get_mut(id) {
            entry.questions = entry.questions.saturating_sub(1);
            entry.learn(owner);
            entry.is_told = is_told;
        }
    }

    /// `NameOwnerChanged` came from the bus: the name, if it is one of these.
    pub(crate) fn owner_changed(&mut self, name: &str, new: &str) -> Option<NameId> {
        let id = self.find(name)?;
        self.get_mut(id)?.learn((!new.is_empty()).then_some(new));
        Some(id)
    }

    /// Whether everything that may own the name is known or will be told: no other reply is believed later.
    pub(crate) fn is_followed(&self, id: NameId) -> bool {
        self.get(id).is_some_and(|name| match name.watch {
            Watch::Needless => true,
            watch => watch == Watch::Active && name.questions == 0 && name.is_told,
        })
    }

    /// Whether the bus has answered everything that was asked about the name.
    pub(crate) fn is_settled(&self, id: NameId) -> bool {
        self.get(id).is_none_or(|name| name.watch != Watch::Asked && name.questions == 0)
    }

    /// Whether `sender` is the present owner of the well-known `name`, which is followed.
    pub(crate) fn owns(&self, sender: &str, name: &str) -> bool {
        if name == BUS {
            return sender == BUS;
        }
        self.find(name).and_then(|id| self.get(id)).is_some_and(|entry| {
            entry.watch == Watch::Active && entry.owner().is_some_and(|owner| owner == sender)
        })
    }

    /// Whether `sender` has owned the name since the fact `since`.
    #[inline]
    pub(crate) fn has_owned(&self, id: NameId, since: u32, sender: &str) -> bool {
        self.get(id).is_some_and(|entry| {
            let is_since = |owner: &Owner| !is_before(owner.fact, since);
            entry.owners.iter().any(|owner| is_since(owner) && owner.unique_name == sender)
        })
    }

    /// The entry, which is used now.
    #[inline(always)]
    fn use_now(&mut self, id: NameId) -> Option<&mut Name> {
        self.uses += 1;
        let uses = self.uses;
        let entry = self.get_mut(id)?;
        entry.used = uses;
        Some(entry)
    }

    fn get(&self, id: NameId) -> Option<&Name> {
        self.names.get(id.0 as usize)
    }

    fn get_mut(&mut self, id: NameId) -> Option<&mut Name> {
        self.names.get_mut(id.0 as usize)
    }

    fn find(&self, name: &str) -> Option<NameId> {
        let index = self.names.iter().position(|entry| entry.name == name)?;
        u32::try_from(index).ok().map(NameId)
    }

    /// The least recently used name, if there is no room for another one.
    fn surplus(&mut self) -> Option<&mut Name> {
        let (mut idle, mut oldest) = (0, None::<&mut Name>);
        for entry in self.names.iter_mut().filter(|entry| entry.is_idle()) {
            idle += 1;
            if oldest.as_ref().is_none_or(|oldest| entry.used < oldest.used) {
                oldest = Some(entry);
            }
        }
        oldest.filter(|_| idle >= self.limit.max(1))
    }

    /// Adds a name. If the table is full, lets the least recently used names go.
    #[cold]
    fn add(&mut self, name: &str, actions: &mut Actions) -> NameId {
        // More than one, if more names than the limit were in use at the same time.
        while let Some(oldest) = self.surplus() {
            if oldest.watch == Watch::Active {
                actions.unwatch(&oldest.name);
            }
            *oldest = Name::default();
        }
        let id = self.find("").unwrap_or_else(|| {
            self.names.push(Name::default());
            // Far fewer than 2^32: each takes memory.
            NameId(u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX))
        });
        if let Some(entry) = self.get_mut(id) {
            entry.name = name.into();
            entry.is_told = true;
            if name.starts_with(':') {
                entry.watch = Watch::Needless;
                entry.learn(Some(name));
            }
        }
        id
    }
}

impl Name {
    /// Whether it may be let go.
    fn is_idle(&self) -> bool {
        let is_used = self.calls != 0 || self.subscriptions != 0;
        let is_asked = self.questions != 0 || self.watch == Watch::Asked;
        !is_used && !is_asked && !self.name.is_empty()
    }

    /// `GetNameOwner`.
    fn ask(&mut self, id: NameId, actions: &mut Actions) {
        self.questions += 1;
        actions.get_name_owner(&self.name, id);
    }

    /// `AddMatch`, then `GetNameOwner`, so that no change falls between them.
    fn follow(&mut self, id: NameId, actions: &mut Actions) {
        self.watch = Watch::Asked;
        actions.watch(&self.name, id);
        self.ask(id, actions);
    }

    /// The present owner.
    fn owner(&self) -> Option<&str> {
        let owner = self.owners.iter().find(|owner| owner.fact == self.facts)?;
        Some(&owner.unique_name)
    }

    /// A fact: who owns the name now.
    fn learn(&mut self, owner: Option<&str>) {
        self.facts = self.facts.wrapping_add(1);
        self.is_told = true;
        // Who owned it before matters only to calls that are outstanding.
        if self.calls == 0 {
            self.owners.clear();
        }
        let Some(unique_name) = owner else { return };
        let facts = self.facts;
        if let Some(owner) = self.owners.iter_mut().find(|owner| owner.unique_name == unique_name) {
            owner.fact = facts;
            return;
        }
        let owner = Owner { fact: facts, unique_name: unique_name.into() };
        if self.owners.len() < MAX_OWNERS {
            self.owners.push(owner);
            return;
        }
        let oldest = self.owners.iter_mut().max_by_key(|owner| facts.wrapping_sub(owner.fact));
        if let Some(oldest) = oldest {
            *oldest = owner;
        }
    }
}

/// Whether the fact comes before `since`. Numbers wrap around.
const fn is_before(fact: u32, since: u32) -> bool {
    fact.wrapping_sub(since) > u32::MAX / 2
}

/// A unique name without memory of its own: its bytes, and zeros after them.
pub(crate) type UniqueKey = [u8; 16];

/// The key of a unique name; `None` if it is longer.
pub(crate) fn unique_key(name: &str) -> Option<UniqueKey> {
    let bytes = name.as_bytes();
    let mut key = [0; 16];
    key.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_facts_are_before_another_one_and_half_are_not() {
        for since in [0, 1, u32::MAX / 2, u32::MAX] {
            for (distance, expected) in
                [(0, false), (1, false), (i32::MAX, false), (i32::MIN, true), (-1, true)]
            {
                assert_eq!(is_before(since.wrapping_add_signed(distance), since), expected);
            }
        }
    }
}
