//! Structs as D-Bus types without a procedural macro.

/// Declares a struct that is a STRUCT, as `#[derive(Type, Encode, Decode)]` does, and without the feature `derive`: no procedural macro is
/// compiled.
///
/// The struct has named fields and at most one lifetime, which its fields borrow from the message. The derive macros also take type
/// parameters, tuple structs and enums.
///
/// ```
/// use barebus_wire::{ObjectPath, Type};
///
/// barebus_wire::structure! {
///     /// A job, as systemd lists it.
///     #[derive(Debug, PartialEq)]
///     pub struct Job<'a> {
///         pub id: u32,
///         pub unit: &'a str,
///         pub path: ObjectPath<'a>,
///     }
/// }
///
/// assert_eq!(Job::SIGNATURE, "(uso)");
/// # #[cfg(feature = "alloc")] {
/// use barebus_wire::OwnedBody;
///
/// let job = Job { id: 7, unit: "dbus.service", path: ObjectPath::from_static("/job/7") };
/// let body = OwnedBody::new(&(&job,))?;
/// assert_eq!(body.get::<(Job,)>()?.0, job);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! structure {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident $(<$life:lifetime>)? {
            $(#[$first_meta:meta])* $first_vis:vis $first:ident: $first_type:ty
            $(, $(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty)* $(,)?
        }
    ) => {
        $(#[$meta])*
        $vis struct $name $(<$life>)? {
            $(#[$first_meta])* $first_vis $first: $first_type,
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }

        impl $(<$life>)? $crate::derive::Type for $name $(<$life>)? {
            const TEXT: $crate::SignatureText = $crate::SignatureText::structure(
                &$crate::SignatureText::EMPTY
                    .then(&<$first_type as $crate::derive::Type>::TEXT)
                    $(.then(&<$type as $crate::derive::Type>::TEXT))*
            );
            const MIN_LEN: usize = <$first_type as $crate::derive::Type>::MIN_LEN
                $(+ <$type as $crate::derive::Type>::MIN_LEN)*;
        }

        impl $(<$life>)? $crate::derive::Encode for $name $(<$life>)? {
            #[inline]
            fn encode(
                &self,
                writer: &mut $crate::Writer<'_>,
            ) -> ::core::result::Result<(), $crate::EncodeError> {
                writer.enter_struct()?;
                $crate::derive::Encode::encode(&self.$first, writer)?;
                $($crate::derive::Encode::encode(&self.$field, writer)?;)*
                writer.leave();
                ::core::result::Result::Ok(())
            }
        }

        $crate::__decode_declared! {
            $name $(<$life>)?,
            #[inline],
            |reader| {
                let depth = $crate::derive::enter_struct(reader)?;
                let value = $name {
                    // As tuples do it: the first field also reads the padding before the struct.
                    $first: <$first_type as $crate::derive::Decode<'_>>::decode_first(reader)?,
                    $($field: <$type as $crate::derive::Decode<'_>>::decode(reader)?,)*
                };
                $crate::derive::leave_struct(reader, depth);
                ::core::result::Result::Ok(value)
            }
        }
    };
}

/// Declares a struct that is an `a{sv}`, as the derive macros do with `#[barebus(dict)]`, and without the feature `derive`: no
/// procedural macro is compiled.
///
/// Every field is an `Option` and names its key: an entry that is missing is `None`, and `None` is not written. Other entries are
/// skipped. The struct has at most one lifetime.
///
/// ```
/// barebus_wire::dictionary! {
///     #[derive(Debug, Default, PartialEq)]
///     struct Settings<'a> {
///         "Mtu" => mtu: Option<u32>,
///         "Name" => name: Option<&'a str>,
///     }
/// }
///
/// # #[cfg(feature = "alloc")] {
/// use barebus_wire::OwnedBody;
///
/// let settings = Settings { mtu: Some(1500), name: None };
/// let body = OwnedBody::new(&(&settings,))?;
/// assert_eq!(body.signature(), "a{sv}");
/// assert_eq!(body.get::<(Settings,)>()?.0, settings);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! dictionary {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident $(<$life:lifetime>)? {
            $($(#[$field_meta:meta])* $key:literal => $field_vis:vis $field:ident: Option<$type:ty>),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        $vis struct $name $(<$life>)? {
            $($(#[$field_meta])* $field_vis $field: ::core::option::Option<$type>,)+
        }

        impl $(<$life>)? $crate::derive::Type for $name $(<$life>)? {
            const TEXT: $crate::SignatureText = $crate::SignatureText::literal("a{sv}");
            const MIN_LEN: usize = 4;
        }

        impl $(<$life>)? $crate::derive::Encode for $name $(<$life>)? {
            fn encode(
                &self,
                writer: &mut $crate::Writer<'_>,
            ) -> ::core::result::Result<(), $crate::EncodeError> {
                let array = writer.start_array(8)?;
                $(
                    if let ::core::option::Option::Some(value) = &self.$field {
                        $crate::derive::put_entry::<$type>(value, $key, writer)?;
                    }
                )+
                writer.end_array(array)
            }
        }

        $crate::__decode_declared! {
            $name $(<$life>)?,
            ,
            |reader| {
                let mut value = $name { $($field: ::core::option::Option::None,)+ };
                let mut entries = reader.enter_array(8)?;
                while !entries.is_at_end() {
                    entries.enter_struct()?;
                    match entries.read_str()? {
                        $($key => {
                            struct Key;
                            impl $crate::derive::Key for Key {
                                const TEXT: &'static str = $key;
                            }
                            let read = $crate::derive::read_entry::<Key, $type>(&mut entries, reader)?;
                            value.$field = ::core::option::Option::Some(read);
                        })+
                        _ => $crate::derive::skip_entry(&mut entries)?,
                    }
                    entries.leave();
                }
                ::core::result::Result::Ok(value)
            }
        }
    };
}

/// Implements `Decode` for what [`structure!`] or [`dictionary!`] declares: a struct that borrows from the message borrows from any that lives
/// as long.
#[doc(hidden)]
#[macro_export]
macro_rules! __decode_declared {
    ($name:ident<$life:lifetime>, $(#[$meta:meta])?, |$reader:ident| $body:block) => {
        impl<$life> $crate::derive::Decode<$life> for $name<$life> {
            $(#[$meta])?
            fn decode(
                $reader: &mut $crate::Reader<$life>,
            ) -> ::core::result::Result<Self, $crate::DecodeError> {
                $body
            }
        }
    };
    ($name:ident, $(#[$meta:meta])?, |$reader:ident| $body:block) => {
        impl<'message> $crate::derive::Decode<'message> for $name {
            $(#[$meta])?
            fn decode(
                $reader: &mut $crate::Reader<'message>,
            ) -> ::core::result::Result<Self, $crate::DecodeError> {
                $body
            }
        }
    };
}

#[cfg(test)]
mod tests;
