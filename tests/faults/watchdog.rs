//! Ends the program if a scene hangs, and names the scene.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::plan::Planned;

/// The current scene and its start.
static PLAYED: Mutex<Option<(Vec<Planned>, Instant)>> = Mutex::new(None);

/// Far longer than a scene of some milliseconds takes on a busy machine.
const LONGEST: Duration = Duration::from_secs(120);

/// Begins to watch scenes.
pub(crate) fn start() {
    static WATCHING: Once = Once::new();

    WATCHING.call_once(|| drop(thread::spawn(watch)));
}

/// Held while a scene runs.
pub(crate) struct Watched;

impl Watched {
    pub(crate) fn new(plan: &[Planned]) -> Self {
        *played() = Some((plan.to_vec(), Instant::now()));
        Self
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        *played() = None;
    }
}

fn played() -> MutexGuard<'static, Option<(Vec<Planned>, Instant)>> {
    PLAYED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch() {
    loop {
        thread::sleep(LONGEST / 8);
        let played = played();
        let Some((plan, begin)) = &*played else { continue };
        if begin.elapsed() > LONGEST {
            let _ = writeln!(std::io::stderr(), "a scene hangs with {plan:?}");
            std::process::abort();
        }
    }
}
