//! Error names. Spec: Valid Names, Error names.

use super::interface::{check, is_valid};

super::name! {
    /// The name of an error, which follows the rules of [`InterfaceName`](crate::InterfaceName). Spec: Valid Names, Error names.
    ///
    /// ```
    /// use barebus_wire::ErrorName;
    ///
    /// const FAILED: ErrorName<'static> = ErrorName::from_static("org.freedesktop.DBus.Error.Failed");
    /// assert_eq!(FAILED, "org.freedesktop.DBus.Error.Failed");
    /// ```
    ErrorName,
    /// An [`ErrorName`] in memory of its own.
    ///
    /// ```
    /// use barebus_wire::ErrorName;
    /// use barebus_wire::name::OwnedErrorName;
    ///
    /// let owned: OwnedErrorName = ErrorName::parse(&String::from("org.example.Error"))?.to_owned();
    /// assert_eq!(owned.as_str(), "org.example.Error");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    OwnedErrorName,
    is_valid, check
}
