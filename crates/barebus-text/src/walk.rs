//! The way through a value that is being printed.

use core::fmt;

use barebus_wire::{Cursor, CursorEvent};

use crate::error::PrintError;

/// Prints the value that begins with `event`, and takes from `cursor` what belongs to it.
///
/// `begin` prints what an event begins with, knowing of the container around it, and gives what is to be known of the container that
/// it is; `end` is what a container ends with. Neither is called by itself: the stack that this takes does not grow with the depth.
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
