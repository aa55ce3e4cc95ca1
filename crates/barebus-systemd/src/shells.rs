//! The macro that makes the methods of all shells from one list.

/// Makes a method of [`Systemd`](crate::Systemd), of [`Later`](crate::Later) and of `tokio::Systemd` from each flow:
///
/// ```text
/// shells! {
///     /// The documentation of all three methods.
///     fn unit_file_state(unit: &str) -> Result<UnitFileState, Error> = file::state;
/// }
/// ```
///
/// `file::state` is an `async fn` that takes a [`Client`](crate::client::Client) and the same arguments.
macro_rules! shells {
    ($(
        $(#[$doc:meta])*
        fn $name:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty = $flow:path;
    )*) => {
        impl crate::Systemd {
            $(
                $(#[$doc])*
                pub fn $name(&self, $($argument: $type),*) -> $result {
                    self.block_on($flow(&self.shell, $($argument),*))
                }
            )*
        }

        impl crate::Later<'_> {
            $(
                $(#[$doc])*
                pub async fn $name(&self, $($argument: $type),*) -> $result {
                    $flow(self.shell, $($argument),*).await
                }
            )*
        }

        #[cfg(feature = "tokio")]
        impl crate::tokio::Systemd {
            $(
                $(#[$doc])*
                pub async fn $name(&self, $($argument: $type),*) -> $result {
                    $flow(&*self.shell, $($argument),*).await
                }
            )*
        }
    };
}
