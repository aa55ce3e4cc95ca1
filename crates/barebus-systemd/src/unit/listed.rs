//! The units of a list.

use std::sync::Arc;

use barebus::{Array, BodyError, ObjectPath, OwnedMessage};

barebus::wire::structure! {
    /// A unit as `ListUnits` gives it, borrowed from the reply.
    ///
    /// ```no_run
    /// use barebus_systemd::{ListedUnit, Systemd};
    ///
    /// fn is_failed(unit: &ListedUnit<'_>) -> bool {
    ///     unit.active_state == "failed"
    /// }
    ///
    /// let units = Systemd::system()?.list_units()?;
    /// println!("{} units have failed", units.iter().filter(is_failed).count());
    /// # Ok::<(), barebus::Error>(())
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ListedUnit<'a> {
        /// Its name, `dbus.service`.
        pub name: &'a str,
        /// What it is, for people.
        pub description: &'a str,
        /// Whether its file was read: `loaded`, `not-found`, `masked`, `error`, …
        pub load_state: &'a str,
        /// As [`ActiveState`](crate::ActiveState).
        pub active_state: &'a str,
        /// How it is in the words of its own kind: `running`, `mounted`, …
        pub sub_state: &'a str,
        /// The unit that this one follows in its state; empty if none.
        pub following: &'a str,
        /// Its object.
        pub path: ObjectPath<'a>,
        /// The job that is queued for it; 0 if none.
        pub job_id: u32,
        /// What that job is to do: `start`, `stop`, …
        pub job_type: &'a str,
        /// That job's object.
        pub job_path: ObjectPath<'a>,
    }
}

/// The units of one reply to `ListUnits`. It owns the reply; its clones share it.
///
/// `for unit in &list` and [`iter`](Self::iter) give each unit as a [`ListedUnit`] that borrows from the list.
///
/// ```no_run
/// use barebus_systemd::Systemd;
///
/// let systemd = Systemd::system()?;
/// // The list borrows nothing, so units can be asked about while it is walked.
/// for unit in &systemd.list_units()? {
///     println!("{}: {}", unit.name, systemd.status(unit.name)?.sub_state);
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct UnitList {
    /// All units in it were checked.
    reply: Arc<OwnedMessage>,
    len: usize,
}

impl UnitList {
    /// Checks every unit.
    pub(crate) fn new(reply: OwnedMessage) -> Result<Self, BodyError> {
        let mut len = 0;
        for unit in reply.body::<(Array<'_, ListedUnit<'_>>,)>()?.0 {
            unit?;
            len += 1;
        }
        Ok(Self { reply: Arc::new(reply), len })
    }

    /// Number of units.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no units.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The units, in systemd's order, which has no meaning.
    pub fn iter(&self) -> Units<'_> {
        Units(self.reply.body().ok().map(|(units,)| units))
    }
}

impl<'a> IntoIterator for &'a UnitList {
    type Item = ListedUnit<'a>;
    type IntoIter = Units<'a>;

    fn into_iter(self) -> Units<'a> {
        self.iter()
    }
}

/// Iterator over a [`UnitList`].
///
/// ```no_run
/// use barebus_systemd::Systemd;
///
/// let list = Systemd::system()?.list_units()?;
/// let mut units = list.iter();
/// println!("the first of {} units is {:?}", list.len(), units.next());
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Units<'a>(Option<Array<'a, ListedUnit<'a>>>);

impl<'a> Iterator for Units<'a> {
    type Item = ListedUnit<'a>;

    fn next(&mut self) -> Option<ListedUnit<'a>> {
        self.0.as_mut()?.next()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use barebus::Type;

    #[test]
    fn a_listed_unit_has_the_type_that_list_units_answers_with() {
        let expected = "a(ssssssouso)";
        assert_eq!(<Array<'_, ListedUnit<'_>> as Type>::SIGNATURE.as_str(), expected);
    }
}
