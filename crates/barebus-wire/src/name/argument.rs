//! Names and paths as callers give them: as text, or as the checked types.

use alloc::string::String;
use core::fmt;

use super::{
    BusName, ErrorName, InterfaceName, MemberName, NameError, ObjectPath, OwnedBusName,
    OwnedErrorName, OwnedInterfaceName, OwnedMemberName, OwnedObjectPath,
};

/// An argument that is a name or a path: `&str`, `&String`, or the checked type `N`, borrowed or owned.
///
/// ```
/// use barebus_wire::{MethodCall, ObjectPath};
///
/// // Text is checked when the program runs.
/// let call = MethodCall::new("org.example", "/org/example", "org.example.Calculator", "Add")?;
/// // A checked type is not checked again.
/// let other = MethodCall::new("org.example", ObjectPath::ROOT, "org.example.Calculator", "Add")?;
/// let error = MethodCall::new("org.example", "/", "org.example.Calculator", "Add Up").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"cannot use "Add Up" as member: a character is not allowed at byte 3"#,
/// );
/// # Ok::<(), barebus_wire::name::InvalidName>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither text nor a `{N}`",
    label = "expected `&str`, `&String` or `{N}`"
)]
pub trait IntoName<N>: Sized {
    /// Checks the text. `role` is for the error.
    ///
    /// # Errors
    /// [`InvalidName`] when the text breaks the rules of `N`; the checked types do not fail.
    fn into_name(self, role: NameRole) -> Result<N, InvalidName>;
}

/// What a name or a path is used as.
///
/// ```
/// use barebus_wire::ObjectPath;
/// use barebus_wire::name::{IntoName, NameRole};
///
/// let path: Result<ObjectPath, _> = "/links/".into_name(NameRole::Path);
/// assert_eq!(path.unwrap_err().role, NameRole::Path);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameRole {
    /// The bus name that a call is sent to.
    Destination,
    /// The path of an object.
    Path,
    /// An interface.
    Interface,
    /// A method or a signal.
    Member,
    /// A bus name as an argument of a call.
    BusName,
    /// The name of an ERROR.
    ErrorName,
}

impl fmt::Display for NameRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Destination => "destination",
            Self::Path => "path",
            Self::Interface => "interface",
            Self::Member => "member",
            Self::BusName => "bus name",
            Self::ErrorName => "error name",
        })
    }
}

/// Text that was given as a name or a path and breaks its rules. Nothing was sent.
///
/// ```
/// use barebus_wire::MethodCall;
/// use barebus_wire::name::NameRole;
///
/// let error = MethodCall::new("org.example", "links", "org.example.Link", "Up").unwrap_err();
/// assert_eq!(error.role, NameRole::Path);
/// println!("{error}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName {
    /// What the text was to be used as.
    pub role: NameRole,
    /// The text.
    pub text: String,
    /// The rule that it breaks, and where.
    pub error: NameError,
}

impl InvalidName {
    #[cold]
    fn new(role: NameRole, text: &str, error: NameError) -> Self {
        Self { role, text: text.into(), error }
    }
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot use {:?} as {}: {}", self.text, self.role, self.error)
    }
}

// The rule is part of the text, so it is no source.
impl core::error::Error for InvalidName {}

macro_rules! names {
    ($($name:ident $owned:ident,)*) => {
        $(
            impl<'a> IntoName<$name<'a>> for $name<'a> {
                #[inline]
                fn into_name(self, _: NameRole) -> Result<$name<'a>, InvalidName> {
                    Ok(self)
                }
            }

            impl<'a> IntoName<$name<'a>> for &'a $owned {
                #[inline]
                fn into_name(self, _: NameRole) -> Result<$name<'a>, InvalidName> {
                    Ok(self.borrow())
                }
            }

            impl<'a> IntoName<$name<'a>> for &'a str {
                fn into_name(self, role: NameRole) -> Result<$name<'a>, InvalidName> {
                    $name::parse(self).map_err(|error| InvalidName::new(role, self, error))
                }
            }

            impl<'a> IntoName<$name<'a>> for &'a String {
                fn into_name(self, role: NameRole) -> Result<$name<'a>, InvalidName> {
                    self.as_str().into_name(role)
                }
            }
        )*
    };
}

names! {
    BusName OwnedBusName,
    ErrorName OwnedErrorName,
    ObjectPath OwnedObjectPath,
    InterfaceName OwnedInterfaceName,
    MemberName OwnedMemberName,
}
