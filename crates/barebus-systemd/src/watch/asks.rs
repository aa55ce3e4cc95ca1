//! What a watch has to ask.

use std::collections::BTreeSet;

use super::entry::Entry;
use crate::name::{UnitKind, UnitName};
use crate::word::ActiveState;

/// What has to be asked.
#[derive(Debug, Default)]
pub(super) struct Asks {
    /// Whether all watched units must be listed.
    pub(super) all: bool,
    /// Units to list.
    pub(super) listed: BTreeSet<String>,
    /// Names of which it is not known whether they are other names of loaded units.
    pub(super) unresolved: BTreeSet<String>,
    /// Those of which it is being asked.
    pub(super) resolving: BTreeSet<String>,
    /// What is not known of units.
    pub(super) details: BTreeSet<(String, Detail)>,
    pub(super) is_list_out: bool,
    pub(super) details_out: usize,
}

/// A question for systemd. None of them makes it load a unit: a watcher that made systemd load what it is about to forget would keep
/// itself and other watchers busy for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Units in memory.
    List(List),
    /// The unit in memory that has this name besides its primary one.
    Resolve(String),
    /// A property of a unit that cannot be forgotten at the moment, because it is not inactive.
    Details(String, Detail),
}

/// Which units are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct List {
    /// `None`: all.
    pub(crate) names: Option<BTreeSet<String>>,
    /// Whether all watched units are among them.
    pub(crate) is_complete: bool,
}

/// What a list of units does not tell. `MainPid` is asked first: once the result is known, all is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    MainPid,
    Result,
}

/// So many units are listed by their names; for more, all units are listed, which costs systemd less.
const BY_NAME: usize = 32;

/// So many questions about details are out at a time.
const DETAILS: usize = 16;

impl Asks {
    /// The next question. `watched`: the names that are watched. `is_blind`: nothing is known, so a complete list comes first.
    pub(super) fn next(
        &mut self,
        watched: Option<&BTreeSet<String>>,
        is_blind: bool,
    ) -> Option<Ask> {
        if !self.is_list_out && (self.all || !self.listed.is_empty()) {
            self.is_list_out = true;
            let listed = std::mem::take(&mut self.listed);
            let is_complete = std::mem::take(&mut self.all) || listed.len() > BY_NAME;
            let names = if is_complete { watched.cloned() } else { Some(listed) };
            let names = names.filter(|names| names.len() <= BY_NAME);
            return Some(Ask::List(List { names, is_complete }));
        }
        // Most names turn up in the list.
        let may_resolve = !is_blind && !self.is_list_out;
        if let Some(name) = may_resolve.then(|| self.unresolved.pop_first()).flatten() {
            self.resolving.insert(name.clone());
            return Some(Ask::Resolve(name));
        }
        if self.details_out < DETAILS {
            let (unit, detail) = self.details.pop_first()?;
            self.details_out += 1;
            return Some(Ask::Details(unit, detail));
        }
        None
    }

    /// Asks about what a list does not tell of a unit. The signals tell it, too, but only the next ones.
    pub(super) fn add_details(&mut self, unit: &str, entry: &Entry) {
        if !entry.is_stale {
            return;
        }
        let active = &entry.state.active;
        let details: &[Detail] = match UnitName::parse(unit).map(|name| name.kind()) {
            Ok(UnitKind::Service) if *active != ActiveState::Inactive => {
                &[Detail::MainPid, Detail::Result]
            }
            Ok(UnitKind::Device | UnitKind::Target | UnitKind::Slice) | Err(_) => &[],
            Ok(_) if *active == ActiveState::Failed => &[Detail::Result],
            Ok(_) => &[],
        };
        self.details.extend(details.iter().map(|detail| (unit.to_owned(), *detail)));
    }

    /// Forgets what was to be asked about a unit that is gone.
    pub(super) fn remove(&mut self, unit: &str) {
        self.listed.remove(unit);
        self.details.retain(|(of, _)| of != unit);
    }

    /// Whether all is known that a snapshot tells.
    pub(super) fn is_settled(&self) -> bool {
        let is_resolved = self.unresolved.is_empty() && self.resolving.is_empty();
        is_resolved && self.details.is_empty() && self.details_out == 0
    }
}
