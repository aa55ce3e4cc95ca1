//! Error names. Spec: Valid Names, Error names.

use super::interface::{check, is_valid};

super::name! {
    /// The name of an error, which follows the rules of [`InterfaceName`](crate::InterfaceName). Spec: Valid Names, Error names.
    ErrorName,
    /// An [`ErrorName`] in memory of its own.
    OwnedErrorName,
    is_valid, check
}
