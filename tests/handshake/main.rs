//! The authentication conversation: recorded ones, broken ones, and the client against the server.

mod golden;
