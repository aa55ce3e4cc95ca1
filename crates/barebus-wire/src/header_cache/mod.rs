//! Headers that repeat.

#[cfg(not(compact))]
mod cached;
#[cfg(compact)]
mod uncached;

#[cfg(not(compact))]
pub use cached::HeaderCache;
#[cfg(compact)]
pub use uncached::HeaderCache;
