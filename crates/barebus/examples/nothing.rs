//! Does nothing: what the size and the memory of the other examples are measured against.

fn main() {}
