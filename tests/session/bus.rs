//! A cooperative bus: it answers calls about names and rules, and replies for the services.

use std::collections::BTreeSet;

use crate::scene::{BUS, DENIED, Scene, argument, member};

/// The owner of every name.
pub(crate) const OWNER: &str = ":1.7";

#[derive(Default)]
pub(crate) struct Bus {
    /// Refuses calls of this method.
    pub(crate) denied: &'static str,
    /// Current match rules.
    pub(crate) rules: BTreeSet<String>,
    /// Highest number of match rules so far.
    pub(crate) most_rules: usize,
    /// Calls of `GetNameOwner`.
    pub(crate) questions: usize,
}

impl Bus {
    /// Answers all written messages.
    pub(crate) fn serve(&mut self, scene: &mut Scene) {
        for message in scene.written() {
            let member = member(&message);
            match &*member {
                "GetNameOwner" => self.questions += 1,
                "AddMatch" if self.denied != "AddMatch" => {
                    assert!(self.rules.insert(argument(&message)), "added twice");
                    self.most_rules = self.most_rules.max(self.rules.len());
                }
                "RemoveMatch" => {
                    assert!(self.rules.remove(&argument(&message)), "removes what is not there");
                    continue;
                }
                _ => {}
            }
            match &*member {
                denied if denied == self.denied => scene.refuse(&message, DENIED),
                "GetNameOwner" => scene.answer(&message, BUS, &(OWNER,)),
                "AddMatch" => scene.answer(&message, BUS, &()),
                _ => scene.answer(&message, OWNER, &(7_u32,)),
            }
        }
        scene.process();
    }
}
