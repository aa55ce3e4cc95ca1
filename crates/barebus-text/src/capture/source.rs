//! A stream of bytes, plain or decoded from hexadecimal digits.

use std::io::{BufRead, BufReader, Read};

use super::error::{CaptureError, CaptureErrorKind as Kind};

/// The reader of a file, with the current position.
#[derive(Debug)]
pub(super) struct Source<R> {
    reader: BufReader<R>,
    /// Bytes that were read ahead.
    peeked: Vec<u8>,
    /// Number of bytes read; for hexadecimal text, of decoded bytes.
    taken: u64,
    pub(super) hexadecimal: bool,
    hex: Hex,
}

/// Position in hexadecimal text.
#[derive(Debug, Default)]
struct Hex {
    /// Number of characters read.
    at: u64,
    /// The first digit of an incomplete byte.
    high: Option<u8>,
    /// Whether the rest of the line is a comment.
    comment: bool,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader: BufReader::new(reader),
            peeked: Vec::new(),
            taken: 0,
            hexadecimal: false,
            hex: Hex::default(),
        }
    }

    /// Offset of the next byte.
    pub(super) const fn offset(&self) -> u64 {
        self.taken
    }

    /// Returns the first bytes, at most `len`, without consuming them.
    pub(super) fn peek(&mut self, len: usize) -> Result<&[u8], CaptureError> {
        let missing = len.saturating_sub(self.peeked.len()) as u64;
        let reader = self.reader.by_ref();
        match reader.take(missing).read_to_end(&mut self.peeked) {
            Ok(_) => Ok(&self.peeked),
            Err(error) => Err(self.io(error)),
        }
    }

    fn io(&self, error: std::io::Error) -> CaptureError {
        CaptureError { kind: Kind::Io(error), offset: self.taken }
    }

    /// Appends at most `len` of the next bytes to `bytes`. Returns their number.
    pub(super) fn read(&mut self, len: u64, bytes: &mut Vec<u8>) -> Result<u64, CaptureError> {
        let before = bytes.len();
        let result = if self.hexadecimal {
            self.read_hexadecimal(len, bytes)
        } else {
            let kept = usize::try_from(len).unwrap_or(usize::MAX).min(self.peeked.len());
            bytes.extend(self.peeked.drain(..kept));
            let reader = self.reader.by_ref();
            let result = reader.take(len - kept as u64).read_to_end(bytes);
            result.map(drop).map_err(|error| self.io(error))
        };
        let count = (bytes.len() - before) as u64;
        self.taken += count;
        result.map(|()| count)
    }

    /// The next `N` bytes; `None` at the end.
    pub(super) fn read_array<const N: usize>(&mut self) -> Result<Option<[u8; N]>, CaptureError> {
        let offset = self.offset();
        let mut bytes = Vec::with_capacity(N);
        match self.read(N as u64, &mut bytes)? {
            0 => Ok(None),
            _ => match bytes.first_chunk() {
                Some(array) => Ok(Some(*array)),
                None => Err(CaptureError { kind: Kind::Truncated, offset }),
            },
        }
    }

    /// Appends the next `len` bytes to `bytes`. If there are fewer, the error is for the item that starts at `offset`.
    pub(super) fn read_all(
        &mut self,
        len: u64,
        bytes: &mut Vec<u8>,
        offset: u64,
    ) -> Result<(), CaptureError> {
        if self.read(len, bytes)? == len {
            return Ok(());
        }
        Err(CaptureError { kind: Kind::Truncated, offset })
    }

    /// Skips `len` bytes. If there are fewer, the error is for the item that starts at `offset`.
    pub(super) fn skip(&mut self, len: u64, offset: u64) -> Result<(), CaptureError> {
        let mut left = len;
        let mut passed = Vec::new();
        while left > 0 {
            passed.clear();
            let step = left.min(SKIP_LEN);
            self.read_all(step, &mut passed, offset)?;
            left -= step;
        }
        Ok(())
    }

    fn read_hexadecimal(&mut self, len: u64, bytes: &mut Vec<u8>) -> Result<(), CaptureError> {
        let mut left = len;
        while left > 0 {
            let text = match self.peeked.as_slice() {
                [] => match self.reader.fill_buf() {
                    Ok(text) => text,
                    Err(error) => {
                        return Err(CaptureError { kind: Kind::Io(error), offset: self.taken });
                    }
                },
                peeked => peeked,
            };
            if text.is_empty() {
                return self.hex.end();
            }
            let mut used = 0;
            for character in text {
                used += 1;
                if let Some(byte) = self.hex.next(*character)? {
                    bytes.push(byte);
                    left -= 1;
                    if left == 0 {
                        break;
                    }
                }
            }
            if self.peeked.is_empty() {
                self.reader.consume(used);
            } else {
                self.peeked.drain(..used);
            }
        }
        Ok(())
    }
}

/// Number of bytes skipped at a time.
const SKIP_LEN: u64 = 64 * 1024;

impl Hex {
    /// Reads a character and returns the byte that it completes.
    fn next(&mut self, character: u8) -> Result<Option<u8>, CaptureError> {
        let offset = self.at;
        self.at += 1;
        if self.comment {
            self.comment = character != b'\n';
            return Ok(None);
        }
        let digit = match character {
            b'0'..=b'9' => character - b'0',
            b'a'..=b'f' => character - b'a' + 10,
            b'A'..=b'F' => character - b'A' + 10,
            // `0x` is a prefix of a byte.
            b'x' | b'X' if self.high == Some(0) => {
                self.high = None;
                return Ok(None);
            }
            b' ' | b'\t' | b'\r' | b'\n' | b':' | b',' | b'#' => {
                self.comment = character == b'#';
                return match self.high {
                    None => Ok(None),
                    Some(_) => Err(CaptureError { kind: Kind::HalfByte, offset }),
                };
            }
            other => return Err(CaptureError { kind: Kind::NotHex(other), offset }),
        };
        match self.high.take() {
            Some(high) => Ok(Some(high << 4 | digit)),
            None => {
                self.high = Some(digit);
                Ok(None)
            }
        }
    }

    /// Checks that no byte is incomplete.
    fn end(&self) -> Result<(), CaptureError> {
        match self.high {
            None => Ok(()),
            Some(_) => Err(CaptureError { kind: Kind::HalfByte, offset: self.at }),
        }
    }
}
