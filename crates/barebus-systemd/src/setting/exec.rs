//! Command lines of services and sockets. systemd.service(5), "Command Lines".

use super::error::Expected;
use super::parse::Splitter;
use super::table::Rule;
use super::translation::{Outcome, Translation};

pub(super) const OF_SERVICES: &[Rule] = &[(
    command,
    &[
        "ExecCondition",
        "ExecStartPre",
        "ExecStart",
        "ExecStartPost",
        "ExecReload",
        "ExecStop",
        "ExecStopPost",
        "ExecConditionEx",
        "ExecStartPreEx",
        "ExecStartEx",
        "ExecStartPostEx",
        "ExecReloadEx",
        "ExecStopEx",
        "ExecStopPostEx",
    ],
)];

pub(super) const OF_SOCKETS: &[Rule] =
    &[(command, &["ExecStartPre", "ExecStartPost", "ExecStopPre", "ExecStopPost"])];

/// What the signs before a command line ask for.
#[derive(Default)]
struct Signs {
    /// `-`: a failure is none.
    ignores_failure: bool,
    /// `@`: the first argument is the second word.
    has_own_name: bool,
    /// `:`: variables are not expanded.
    keeps_variables: bool,
    /// `+`: no sandbox and no other user.
    is_privileged: bool,
    /// `!`: no other user; `!!`: where the kernel can keep the capabilities for one.
    keeps_user: u8,
}

impl Signs {
    /// The signs, and the text without them. Each counts once, `!` twice; the first that does not belongs to the command.
    fn split(text: &str) -> (Self, &str) {
        let mut signs = Self::default();
        let mut rest = text;
        while signs.take(rest.chars().next()) {
            rest = rest.get(1..).unwrap_or_default();
        }
        (signs, rest)
    }

    fn take(&mut self, sign: Option<char>) -> bool {
        let is_free = |flag: &mut bool| !std::mem::replace(flag, true);
        match sign {
            Some('-') => is_free(&mut self.ignores_failure),
            Some('@') => is_free(&mut self.has_own_name),
            Some(':') => is_free(&mut self.keeps_variables),
            Some('+') => self.keeps_user == 0 && is_free(&mut self.is_privileged),
            Some('!') if !self.is_privileged && self.keeps_user < 2 => {
                self.keeps_user += 1;
                true
            }
            _ => false,
        }
    }

    /// The words that the `…Ex` properties have for them.
    fn words(&self) -> Vec<&'static str> {
        [
            (self.ignores_failure, "ignore-failure"),
            (self.is_privileged, "privileged"),
            (self.keeps_user == 1, "no-setuid"),
            (self.keeps_user == 2, "ambient"),
            (self.keeps_variables, "no-env-expand"),
        ]
        .into_iter()
        .filter_map(|(is_set, word)| is_set.then_some(word))
        .collect()
    }

    /// Whether only the `…Ex` properties can say them.
    fn need_words(&self) -> bool {
        self.is_privileged || self.keeps_user > 0 || self.keeps_variables
    }
}

/// One command line; no text empties the list. Signs that the older property has no room for go to the `…Ex` one.
fn command(t: &mut Translation<'_>) -> Outcome {
    let (signs, text) = Signs::split(t.text);
    let mut words = Splitter::new(text).unquote().escapes();
    let mut path = None;
    if signs.has_own_name {
        path = words.next().transpose().map_err(|()| Expected::Words)?;
    }
    let arguments = words.words().ok_or(Expected::Words)?;
    let path = path.or_else(|| arguments.first().cloned()).unwrap_or_default();
    let is_empty = arguments.is_empty();
    let name = t.name.strip_suffix("Ex").unwrap_or(t.name);
    if name == t.name && !signs.need_words() {
        let command = (path, arguments, signs.ignores_failure);
        return t.same(if is_empty { Vec::new() } else { vec![command] });
    }
    let command = (path, arguments, signs.words());
    t.put([name, "Ex"].concat(), if is_empty { Vec::new() } else { vec![command] })
}
