//! Documents that are read.
