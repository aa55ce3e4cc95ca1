//! What is left out of a message that is marshalled: arrays of bytes that are written from where they are.

/// From this length in bytes on, an array of bytes is left where it is: below, copying costs less than another piece to write.
pub const GATHERED_LEN: usize = 4096;

/// Most arrays that are left out of one message; more are copied.
pub const MOST_HOLES: usize = 16;

/// What is left out of a message: room for it, to be used again.
#[derive(Clone, Debug)]
pub struct Holes<'v> {
    pub(crate) places: Places,
    /// bytes[..places.used] are what is left out.
    pub(crate) bytes: [&'v [u8]; MOST_HOLES],
}

/// Where something is left out.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Offset in the buffer of the byte that follows, and how many bytes are left out: a multiple of 8, so that what follows
    /// keeps its alignment. The array's other bytes, up to 7, are copied.
    pub(crate) places: [(usize, usize); MOST_HOLES],
    pub(crate) used: usize,
}

impl Places {
    /// Notes that `len` bytes are left out at `at`; `false` when there is no place for it.
    pub(crate) fn add(&mut self, at: usize, len: usize) -> bool {
        match self.places.get_mut(self.used) {
            Some(place) => {
                *place = (at, len);
                self.used += 1;
                true
            }
            None => false,
        }
    }
}

impl Holes<'_> {
    /// Room for [`MOST_HOLES`].
    pub const fn new() -> Self {
        let places = Places { places: [(0, 0); MOST_HOLES], used: 0 };
        Self { places, bytes: [&[]; MOST_HOLES] }
    }
}

impl Default for Holes<'_> {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes the byte arrays of a value, in the order of their marshalling: see [`Encode::gather`](crate::Encode::gather).
#[derive(Debug)]
pub struct Gather<'h, 'v> {
    holes: &'h mut Holes<'v>,
    next: usize,
    /// Whether every array offered is the one that was left out.
    agrees: bool,
}

impl<'h, 'v> Gather<'h, 'v> {
    /// For the arrays whose places `holes` has.
    pub(crate) const fn new(holes: &'h mut Holes<'v>) -> Self {
        Self { holes, next: 0, agrees: true }
    }

    /// Whether every array that was left out was offered, in its order; gives the holes back.
    pub(crate) const fn finish(self) -> (&'h mut Holes<'v>, bool) {
        let is_complete = self.agrees && self.next == self.holes.places.used;
        (self.holes, is_complete)
    }
}

impl<'v> Gather<'_, 'v> {
    /// Offers an array of bytes, long or not.
    pub fn offer(&mut self, bytes: &'v [u8]) {
        if bytes.len() < GATHERED_LEN || self.next >= self.holes.places.used {
            // Those behind the last hole were copied.
            return;
        }
        let len = self.holes.places.places.get(self.next).map_or(0, |(_, len)| *len);
        if let Some(place) = self.holes.bytes.get_mut(self.next) {
            *place = bytes.get(..len).unwrap_or_default();
        }
        self.agrees &= len == left_out(bytes.len());
        self.next += 1;
    }
}

/// How much of an array of `len` bytes is left out.
pub(crate) const fn left_out(len: usize) -> usize {
    len & !7
}
