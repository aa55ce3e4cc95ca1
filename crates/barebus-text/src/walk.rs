//! Walks a value to print it.

use core::fmt;

use barebus_wire::{Cursor, CursorEvent};

use crate::error::PrintError;

/// Prints the value that begins with `event`, and reads the rest of it from `cursor`.
///
/// `begin` prints the start of a value, given the state of the container around it, and returns the state of the container that it starts.
/// `end` returns the text that ends a container. Nothing recurses: the stack use does not grow with the depth.
pub(crate) fn print_from<'a, W: fmt::Write + ?Sized, F>(
    mut event: CursorEvent<'a>,
    cursor: &mut Cursor<'a>,
    out: &mut W,
    begin: impl Fn(
        CursorEvent<'a>,
        Option<&mut F>,
        &mut Cursor<'a>,
        &mut W,
    ) -> Result<Option<F>, PrintError>,
    end: impl Fn(&F) -> &'static str,
) -> Result<(), PrintError> {
    let mut frames = Vec::new();
    loop {
        if event == CursorEvent::End {
            out.write_str(frames.pop().as_ref().map_or("", &end))?;
        } else if let Some(frame) = begin(event, frames.last_mut(), cursor, out)? {
            frames.push(frame);
        }
        if frames.is_empty() {
            return Ok(());
        }
        match cursor.next()? {
            Some(next) => event = next,
            None => return Ok(()),
        }
    }
}
