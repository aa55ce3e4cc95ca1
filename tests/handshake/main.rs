//! The handshake: recorded and malformed conversations, and the client with the server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod chunks;
mod corpus;
mod golden;
mod live;
mod proof;
mod sides;
mod states;
mod strict;
