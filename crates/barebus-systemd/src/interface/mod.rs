//! systemd's interfaces as [definitions](barebus::definition), as of systemd 252 and 257.
//!
//! A member that only one of the versions has says so. Made by `cargo xtask generate` from `introspection/`; do not edit.
//!
//! ```no_run
//! use barebus::Connection;
//! use barebus_systemd::interface::manager::{OBJECT, method::LIST_UNITS, property::VERSION};
//!
//! let mut bus = Connection::system()?;
//! let reply = bus.request(VERSION.get(OBJECT))?;
//! println!("systemd {}", VERSION.value(&reply)?);
//! let reply = bus.request(LIST_UNITS.call(OBJECT, ()))?;
//! let (units,) = LIST_UNITS.answer(&reply)?;
//! for unit in units {
//!     let (name, description, ..) = unit?;
//!     println!("{name}: {description}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod automount;
pub mod device;
pub mod job;
pub mod log_control1;
pub mod manager;
pub mod mount;
pub mod path;
pub mod scope;
pub mod service;
pub mod slice;
pub mod socket;
pub mod swap;
pub mod target;
pub mod timer;
pub mod unit;
