//! What a unit uses.

use std::time::Duration;

use barebus::{BodyError, Variant};

use crate::interface::service::property::{
    CPU_USAGE_NSEC, IO_READ_BYTES, IO_WRITE_BYTES, IP_EGRESS_BYTES, IP_INGRESS_BYTES,
    MEMORY_CURRENT, MEMORY_PEAK, MEMORY_SWAP_CURRENT, MEMORY_SWAP_PEAK, TASKS_CURRENT,
};
use crate::value::Amount;

/// What the processes of a unit use or have used. `None`: systemd does not measure it (`MemoryAccounting=` and the like), cannot
/// measure it on that machine, or does not know it yet.
///
/// ```no_run
/// use barebus_systemd::Systemd;
///
/// let resources = Systemd::system()?.status("dbus.service")?.resources;
/// match resources.memory {
///     Some(bytes) => println!("{bytes} bytes"),
///     None => println!("systemd does not measure its memory"),
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resources {
    /// Processes and threads that exist now.
    pub tasks: Option<u64>,
    /// Memory in use now, in bytes.
    pub memory: Option<u64>,
    /// Most memory that was in use at a time, in bytes. Since systemd 255.
    pub memory_peak: Option<u64>,
    /// Swap space in use now, in bytes. Since systemd 255.
    pub swap: Option<u64>,
    /// Most swap space that was in use at a time, in bytes. Since systemd 255.
    pub swap_peak: Option<u64>,
    /// Time that was used of all processors.
    pub cpu: Option<Duration>,
    /// Bytes read from block devices.
    pub io_read: Option<u64>,
    /// Bytes written to block devices.
    pub io_written: Option<u64>,
    /// Bytes received by IP.
    pub ip_received: Option<u64>,
    /// Bytes sent by IP.
    pub ip_sent: Option<u64>,
}

impl Resources {
    /// Takes the value of a property of the type's interface. Returns whether it is one of these.
    ///
    /// All types with a control group have them under the same names.
    pub(super) fn take(&mut self, name: &str, value: &Variant<'_>) -> Result<bool, BodyError> {
        let places = [
            (TASKS_CURRENT, &mut self.tasks),
            (MEMORY_CURRENT, &mut self.memory),
            (MEMORY_PEAK, &mut self.memory_peak),
            (MEMORY_SWAP_CURRENT, &mut self.swap),
            (MEMORY_SWAP_PEAK, &mut self.swap_peak),
            (IO_READ_BYTES, &mut self.io_read),
            (IO_WRITE_BYTES, &mut self.io_written),
            (IP_INGRESS_BYTES, &mut self.ip_received),
            (IP_EGRESS_BYTES, &mut self.ip_sent),
        ];
        for (property, place) in places {
            if property.name() == name {
                *place = Amount::from(property.read(value)?).0;
                return Ok(true);
            }
        }
        if name == CPU_USAGE_NSEC.name() {
            let nanoseconds = Amount::from(CPU_USAGE_NSEC.read(value)?).0;
            self.cpu = nanoseconds.map(Duration::from_nanos);
            return Ok(true);
        }
        Ok(false)
    }
}
