//! The authentication conversation: recorded ones, broken ones, and the client against the server.

mod chunks;
mod corpus;
mod golden;
mod sides;
mod states;
mod strict;
