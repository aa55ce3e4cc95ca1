//! Watchers that have nothing to tell.
