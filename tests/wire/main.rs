//! The wire format against other projects' corpus, golden bytes and properties.

mod corpus;
mod golden;
mod kinds;
mod properties;
mod sending;
