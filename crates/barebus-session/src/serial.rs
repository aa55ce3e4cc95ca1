//! Serials of outgoing messages.

use barebus_wire::Serial;

/// Hands out serials: ascending, never 0, never one that is still in use. Spec: Message Format.
#[derive(Debug)]
pub(crate) struct Serials {
    next: Serial,
}

impl Serials {
    pub(crate) const fn starting_at(first: Serial) -> Self {
        Self { next: first }
    }

    /// The next serial for which `is_used` is false.
    #[inline]
    pub(crate) fn take(&mut self, is_used: impl Fn(Serial) -> bool) -> Serial {
        // Terminates: every serial in use takes memory, so there are far fewer than 2^32.
        while is_used(self.next) {
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
    fn skips_zero_and_serials_in_use() {
        let mut serials = Serials::starting_at(Serial::new(u32::MAX - 1).unwrap());
        let taken: alloc::vec::Vec<u32> =
            (0..4).map(|_| serials.take(|serial| serial.get() == 2).get()).collect();
        assert_eq!(taken, [u32::MAX - 1, u32::MAX, 1, 3]);
    }
}
