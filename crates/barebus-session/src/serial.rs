//! Serials of messages sent.

use barebus_wire::Serial;

/// Hands out serials: ascending on the wire, never 0, never one whose reply is still awaited. Spec: Message Format.
#[derive(Debug)]
pub(crate) struct Serials {
    next: Serial,
}

impl Serials {
    pub(crate) const fn starting_at(first: Serial) -> Self {
        Self { next: first }
    }

    /// The next serial for which `outstanding` is false.
    #[inline]
    pub(crate) fn take(&mut self, outstanding: impl Fn(Serial) -> bool) -> Serial {
        // Ends: there are far fewer calls outstanding than serials, each takes memory.
        while outstanding(self.next) {
            self.next = self.next.next();
        }
        let serial = self.next;
        self.next = serial.next();
        serial
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_over_zero_and_over_those_outstanding() {
        let mut serials = Serials::starting_at(Serial::new(u32::MAX - 1).unwrap());
        let taken: alloc::vec::Vec<u32> =
            (0..4).map(|_| serials.take(|serial| serial.get() == 2).get()).collect();
        assert_eq!(taken, [u32::MAX - 1, u32::MAX, 1, 3]);
    }
}
