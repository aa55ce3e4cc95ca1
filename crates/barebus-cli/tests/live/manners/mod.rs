//! What all verbs have in common: exit codes, the terminal, completion.

mod codes;
mod completion;
mod shells;
mod terminal;
