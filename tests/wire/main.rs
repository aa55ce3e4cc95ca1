//! The wire format against other projects' corpus, golden bytes and properties.

mod corpus;
mod properties;
