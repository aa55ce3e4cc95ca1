//! Units and unit files: how they are, lists of them, and what is done to them.

mod change;
mod control;
mod end;
mod file;
mod list;
mod listed;
mod lookup;
mod methods;
mod reading;
mod resources;
pub(crate) mod status;

pub use change::{FileChange, FileChanges, FileDependency, FileOptions};
pub use control::{BindMount, Lasting};
pub use end::ProcessEnd;
pub use list::{ListedJob, ListedUnitFile, UnitProcess};
pub use listed::{ListedUnit, UnitList, Units};
pub(crate) use reading::Reading;
pub use resources::Resources;
pub use status::Status;
