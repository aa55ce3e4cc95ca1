//! Which jobs are out: state without I/O.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Weak};
use std::task::Waker;

use barebus::OwnedObjectPath;

use super::end::JobResult;
use super::job::{End, Ended};

/// The jobs of a connection.
///
/// A job is known by its path, never by its unit. Its end can be told before the reply that tells its path. So while a call that starts a job is
/// outstanding, the ends of unknown jobs are kept.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Jobs that have not ended.
    jobs: HashMap<OwnedObjectPath, Entry>,
    /// The calls that start jobs and have not been answered, by the time at which they were made.
    starting: BTreeSet<u64>,
    /// Ends of jobs that were unknown when they were told, oldest first.
    early: VecDeque<Early>,
    /// A clock that advances with each call and each look.
    time: u64,
}

/// Ends of unknown jobs that are kept at most. A result beyond is lost, and [`Table::retain`] tells so.
const EARLY: usize = 10_000;

#[derive(Debug)]
struct Entry {
    /// Dead when all handles of the job were dropped.
    end: Weak<End>,
    /// Whether it counts against the limit.
    is_counted: bool,
    /// When it was added.
    since: u64,
}

#[derive(Debug)]
struct Early {
    path: OwnedObjectPath,
    unit: String,
    result: JobResult,
    /// When it came. Only calls that were made before can be about it.
    at: u64,
}

/// A job that was added.
#[derive(Debug)]
pub(super) struct Added {
    pub(super) end: Arc<End>,
    /// Whether it is out, and counts against the limit from now on.
    pub(super) is_counted: bool,
}

/// What follows from the ends of jobs, to be done when no lock is held.
#[derive(Debug, Default)]
#[must_use]
pub(super) struct News {
    /// How many jobs fewer count against the limit.
    pub(super) fewer: usize,
    /// The tasks that waited.
    pub(super) woken: Vec<Waker>,
}

impl News {
    fn add(&mut self, entry: &Entry, ended: Ended, unit: &str) {
        self.fewer += usize::from(entry.is_counted);
        if let Some(end) = entry.end.upgrade() {
            self.woken.extend(end.set(ended, unit));
        }
    }
}

impl Table {
    fn tick(&mut self) -> u64 {
        self.time += 1;
        self.time
    }

    /// A call is made that starts a job. Returns what [`answered`](Self::answered) takes.
    pub(super) fn call(&mut self) -> u64 {
        let time = self.tick();
        self.starting.insert(time);
        time
    }

    /// The call was answered, and its jobs were added; or it was given up.
    pub(super) fn answered(&mut self, call: u64) {
        self.starting.remove(&call);
        match self.starting.first() {
            None => self.early.clear(),
            Some(first) => {
                while self.early.front().is_some_and(|early| early.at < *first) {
                    self.early.pop_front();
                }
            }
        }
    }

    /// Adds a job that systemd has named in its answer. `counts`: whether it counts against the limit.
    pub(super) fn add(&mut self, path: &OwnedObjectPath, counts: bool) -> Added {
        if let Some(index) = self.early.iter().position(|early| early.path == *path) {
            let end = Arc::new(End::default());
            if let Some(early) = self.early.get(index) {
                // Nobody waits for it yet.
                let _ = end.set(Ended::Told(early.result.clone()), &early.unit);
            }
            return Added { end, is_counted: false };
        }
        let since = self.tick();
        let new = || Entry { end: Weak::new(), is_counted: false, since };
        let entry = self.jobs.entry(path.clone()).or_insert_with(new);
        let end = entry.end.upgrade().unwrap_or_default();
        entry.end = Arc::downgrade(&end);
        let is_counted = counts && !entry.is_counted;
        entry.is_counted |= counts;
        Added { end, is_counted }
    }

    /// A job has ended.
    pub(super) fn removed(&mut self, path: &str, unit: &str, result: &str, news: &mut News) {
        let result = JobResult::from(result);
        match self.jobs.remove(path) {
            Some(entry) => news.add(&entry, Ended::Told(result), unit),
            None => self.keep(path, unit, result),
        }
    }

    fn keep(&mut self, path: &str, unit: &str, result: JobResult) {
        if self.starting.is_empty() {
            return;
        }
        let Ok(path) = barebus::ObjectPath::parse(path) else { return };
        if self.early.len() >= EARLY {
            self.early.pop_front();
        }
        let at = self.time;
        self.early.push_back(Early { path: path.to_owned(), unit: unit.into(), result, at });
    }

    /// systemd is asked which jobs there are. Returns what [`retain`](Self::retain) takes.
    pub(super) fn look(&mut self) -> u64 {
        self.tick()
    }

    /// The answer: those jobs that were out at the time of `look` and are not in `listed` have ended, and their results were lost.
    pub(super) fn retain(&mut self, look: u64, listed: &HashSet<&str>, news: &mut News) {
        self.jobs.retain(|path, entry| {
            let is_out = entry.since > look || listed.contains(path.as_str());
            if !is_out {
                news.add(entry, Ended::Lost, "");
            }
            is_out
        });
    }

    /// Whether the job is out and is this one.
    pub(super) fn has(&self, path: &str, end: &Arc<End>) -> bool {
        self.jobs.get(path).is_some_and(|entry| std::ptr::eq(entry.end.as_ptr(), Arc::as_ptr(end)))
    }

    /// Whether the end of a job is of interest to anybody.
    pub(super) fn is_watched(&self) -> bool {
        !self.starting.is_empty() || self.jobs.values().any(|entry| entry.end.strong_count() != 0)
    }

    /// Whether no job is out.
    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A job has ended. Returns how many jobs fewer count.
    fn removed(table: &mut Table, path: &str, result: &str) -> usize {
        let mut news = News::default();
        table.removed(path, "x.service", result, &mut news);
        news.fewer
    }

    fn path(text: &str) -> OwnedObjectPath {
        barebus::ObjectPath::parse(text).map(|path| path.to_owned()).expect("a path")
    }

    #[test]
    fn a_result_that_comes_before_the_reply_counts() {
        let mut table = Table::default();
        let call = table.call();
        assert_eq!(removed(&mut table, "/job/1", "failed"), 0);
        let added = table.add(&path("/job/1"), true);
        table.answered(call);
        assert_eq!(added.end.get(), Some(Ended::Told(JobResult::Failed)));
        assert_eq!((added.is_counted, &*added.end.unit()), (false, "x.service"));
        assert!(table.is_empty() && table.early.is_empty() && !table.is_watched());
    }

    #[test]
    fn results_of_others_are_kept_only_for_calls_that_were_made_before() {
        let mut table = Table::default();
        assert_eq!(removed(&mut table, "/job/1", "done"), 0);
        assert!(table.early.is_empty());
        let first = table.call();
        removed(&mut table, "/job/2", "done");
        let second = table.call();
        removed(&mut table, "/job/3", "done");
        table.answered(first);
        assert_eq!(table.early.len(), 1);
        assert_eq!(table.add(&path("/job/2"), true).end.get(), None);
        assert!(table.add(&path("/job/3"), true).end.get().is_some());
        table.answered(second);
        assert!(table.early.is_empty());
    }

    #[test]
    fn two_starts_of_one_unit_are_one_job() {
        let mut table = Table::default();
        let first = table.add(&path("/job/1"), true);
        let second = table.add(&path("/job/1"), true);
        assert_eq!((first.is_counted, second.is_counted), (true, false));
        assert_eq!(removed(&mut table, "/job/1", "done"), 1);
        assert_eq!(first.end.get(), Some(Ended::Told(JobResult::Done)));
        assert_eq!(second.end.get(), first.end.get());
    }

    #[test]
    fn a_job_that_is_missing_is_lost_unless_it_was_added_after_the_question() {
        let mut table = Table::default();
        let [gone, listed] = ["/job/1", "/job/2"].map(|job| table.add(&path(job), true));
        let look = table.look();
        let later = table.add(&path("/job/3"), false);
        let mut news = News::default();
        table.retain(look, &HashSet::from(["/job/2"]), &mut news);
        assert_eq!(news.fewer, 1);
        assert_eq!(gone.end.get(), Some(Ended::Lost));
        assert_eq!((listed.end.get(), later.end.get()), (None, None));
        assert!(table.has("/job/2", &listed.end) && !table.has("/job/2", &later.end));
    }

    #[test]
    fn a_job_that_nobody_holds_still_counts() {
        let mut table = Table::default();
        drop(table.add(&path("/job/1"), true));
        assert!(!table.is_watched() && !table.is_empty());
        assert_eq!(removed(&mut table, "/job/1", "done"), 1);
    }

    #[test]
    fn what_is_kept_is_limited() {
        let mut table = Table::default();
        let _call = table.call();
        for job in 0..=EARLY {
            removed(&mut table, &format!("/job/{job}"), "done");
        }
        assert_eq!(table.early.len(), EARLY);
    }
}
