//! What the terminal can show.

use std::fmt::{self, Display};
use std::io::{self, IsTerminal};
use std::sync::OnceLock;

/// Whether the standard output is a terminal. The kernel is asked once.
pub(crate) fn is_output() -> bool {
    static IS_OUTPUT: OnceLock<bool> = OnceLock::new();
    *IS_OUTPUT.get_or_init(|| io::stdout().is_terminal())
}

/// The columns of the terminal that the standard output is; `None`: it is none, or has no size.
pub(crate) fn width() -> Option<usize> {
    let out = io::stdout();
    if !is_output() {
        return None;
    }
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let asked = || Some(usize::from(rustix::termios::tcgetwinsize(&out).ok()?.ws_col));
    said.or_else(asked).filter(|columns| *columns > 0)
}

/// Whether text on a stream may have colours. <https://no-color.org>
fn has_colours(is_terminal: bool) -> bool {
    let is_set = |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    is_terminal && !is_set("NO_COLOR") && !is_dumb
}

/// How text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Bold,
    Underlined,
    Red,
    Green,
    Yellow,
    Blue,
    /// As systemd's programs have it, which needs a terminal with 256 colours.
    Grey,
}

impl Style {
    /// The parameter of the sequence SGR. ECMA-48, 8.3.117.
    const fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Underlined => "4",
            Self::Red => "1;31",
            Self::Green => "1;32",
            Self::Yellow => "1;33",
            Self::Blue => "1;34",
            Self::Grey => "38;5;245",
        }
    }
}

/// The styles of a stream: all, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Styles(bool);

impl Styles {
    #[cfg(test)]
    pub(crate) const ALL: Self = Self(true);
    #[cfg(test)]
    pub(crate) const NONE: Self = Self(false);

    pub(crate) fn of_output() -> Self {
        Self(has_colours(is_output()))
    }

    pub(crate) fn of_errors() -> Self {
        Self(has_colours(io::stderr().is_terminal()))
    }

    /// Whether there are any.
    pub(crate) const fn are_there(self) -> bool {
        self.0
    }

    /// The text in this style. What a peer wrote must have been escaped.
    pub(crate) const fn paint<T: Display>(self, style: Style, text: T) -> Painted<T> {
        Painted { style: if self.0 { Some(style) } else { None }, text }
    }
}

/// Text in a style.
pub(crate) struct Painted<T> {
    style: Option<Style>,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            Some(style) => write!(f, "\x1b[{}m{}\x1b[0m", style.code(), self.text),
            None => self.text.fmt(f),
        }
    }
}
