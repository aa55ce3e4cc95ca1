//! Headers that repeat.

#[cfg(compact)]
mod anew;
#[cfg(not(compact))]
mod known;

#[cfg(compact)]
pub use anew::FamiliarHeader;
#[cfg(not(compact))]
pub use known::FamiliarHeader;
