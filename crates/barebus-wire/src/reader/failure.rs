//! How reading fails: with the first error, for good.

use super::{Reader, Window};
use crate::error::{BodyError, DecodeError, DecodeErrorKind as Kind, Expected, SignatureExcerpt};
use crate::limits;

/// Why nothing is read any more, and how to say more of it than the error does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure {
    error: DecodeError,
    explain: Option<Explain>,
}

/// Says more of an error that the reader failed with. A function, so that a program in which nothing fails with it has none of
/// its code.
pub(crate) type Explain = fn(&Reader<'_>, DecodeError) -> BodyError;

impl Reader<'_> {
    /// The error that an earlier read failed with, if one did.
    pub(crate) const fn check(&self) -> Result<(), DecodeError> {
        match self.failed {
            Some(failure) => Err(failure.error),
            None => Ok(()),
        }
    }

    /// The error of `kind` at byte `at` of the message, from now on the answer to every read: for a [`Decode`](crate::Decode) of
    /// one's own that has read what it cannot take. An error that came before stays.
    #[cfg_attr(not(compact), cold, inline(never))]
    pub fn fail(&mut self, kind: Kind, at: usize) -> DecodeError {
        self.fail_with(Failure { error: DecodeError::new(kind, at), explain: None })
    }

    /// As [`Reader::fail`]; [`Reader::explain`] gives what `explain` makes of the error.
    #[cfg_attr(not(compact), cold, inline(never))]
    pub(crate) fn fail_explained(
        &mut self,
        kind: Kind,
        at: usize,
        explain: Explain,
    ) -> DecodeError {
        self.fail_with(Failure { error: DecodeError::new(kind, at), explain: Some(explain) })
    }

    /// Fails with an error that was maybe met without this reader's knowing.
    #[cfg_attr(not(compact), cold, inline(never))]
    pub(crate) fn give_up(&mut self, error: DecodeError) -> DecodeError {
        self.fail_with(Failure { error, explain: None })
    }

    /// Fails with the error of `inner`, which read an array in what this reader reads.
    #[cfg_attr(not(compact), cold, inline(never))]
    pub(crate) fn fail_within(&mut self, inner: &Self, error: DecodeError) -> DecodeError {
        let known = inner.failed.filter(|failure| failure.error == error);
        self.fail_with(known.unwrap_or(Failure { error, explain: None }))
    }

    fn fail_with(&mut self, failure: Failure) -> DecodeError {
        let failure = self.failed.get_or_insert(failure);
        self.pos = (self.bytes.len() + 1) | 1;
        self.window = Window::EMPTY;
        failure.error
    }

    /// An error that a read failed with, in full: with both types where a variant holds another one than was asked for, with the
    /// entry's key where a dictionary was read as a struct, and with index and number where a descriptor did not come.
    #[cfg_attr(not(compact), cold, inline(never))]
    pub fn explain(&self, error: DecodeError) -> BodyError {
        match self.failed {
            Some(Failure { error: known, explain: Some(explain) }) if known == error => {
                explain(self, error)
            }
            _ => BodyError::Decode(error),
        }
    }

    /// The error in full for a variant at the error's place that holds something else than `expected`.
    #[cfg_attr(not(compact), cold, inline(never))]
    pub(crate) fn wrong_variant(
        &self,
        expected: &'static Expected,
        error: DecodeError,
    ) -> BodyError {
        let mut reader = Self::new(self.bytes, self.endian);
        reader.start_at(error.at as usize);
        // What is no signature was refused for that.
        let found = SignatureExcerpt::new(reader.read_variant_signature().unwrap_or_default());
        BodyError::Variant { expected, found, error }
    }

    /// The error in full for a UNIX_FD at the error's place that names no descriptor.
    #[cfg_attr(not(compact), cold, inline(never))]
    pub(crate) fn missing_fd(&self, error: DecodeError) -> BodyError {
        let rest = self.bytes.get(error.at as usize..);
        let index = rest.and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        BodyError::FdIndex { index: self.u32_of(index), count: self.fds, error }
    }

    /// The error for a value of which `missing` is the offset of a byte that lies beyond the end.
    ///
    /// Where that byte would still be the message's, it is the array's length that cuts the value off.
    #[cfg_attr(not(compact), cold, inline(never))]
    pub(super) fn fail_end(&mut self, missing: usize) -> DecodeError {
        let kind = if missing < self.outer_len as usize {
            Kind::ArrayLengthIncorrect
        } else {
            Kind::NotEnoughData
        };
        self.fail(kind, self.bytes.len())
    }

    #[cfg_attr(not(compact), cold, inline(never))]
    pub(super) fn fail_padding(&mut self) -> DecodeError {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let offset = rest.iter().position(|byte| *byte != 0).unwrap_or(0);
        self.fail(Kind::PaddingNotZero, self.pos + offset)
    }

    #[cfg_attr(not(compact), cold, inline(never))]
    pub(super) fn fail_array(&mut self, len: u32, length_at: usize) -> DecodeError {
        let kind = if len as usize > self.outer_remaining() {
            Kind::LengthOutOfBounds
        } else if len > limits::ARRAY_LEN {
            Kind::ArrayTooLong
        } else {
            Kind::ArrayLengthIncorrect
        };
        self.fail(kind, length_at)
    }
}
