//! Command lines as lists of arguments. systemd.service(5), "Command Lines".

use barebus::Variant;
use barebus::wire::{OwnedBody, OwnedValue};

use crate::setting::{Properties, SettingError};

/// When a command of a unit is run.
///
/// ```
/// use barebus_systemd::transient::ExecKind;
///
/// assert_eq!(ExecKind::StartPre.setting(), "ExecStartPre");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExecKind {
    /// Before all others; decides whether the service is started. Services.
    Condition,
    /// Before the main command. Services and sockets.
    StartPre,
    /// The main command. Services.
    Start,
    /// After the start. Services and sockets.
    StartPost,
    /// To reload. Services.
    Reload,
    /// Before the stop. Sockets.
    StopPre,
    /// To stop. Services.
    Stop,
    /// After the stop, whatever led to it. Services and sockets.
    StopPost,
}

impl ExecKind {
    /// The setting's name: `ExecStart`.
    pub const fn setting(self) -> &'static str {
        match self {
            Self::Condition => "ExecCondition",
            Self::StartPre => "ExecStartPre",
            Self::Start => "ExecStart",
            Self::StartPost => "ExecStartPost",
            Self::Reload => "ExecReload",
            Self::StopPre => "ExecStopPre",
            Self::Stop => "ExecStop",
            Self::StopPost => "ExecStopPost",
        }
    }
}

/// A command that systemd runs: a program, its arguments, and how it is run.
///
/// systemd gets the arguments as they are: no quotes are removed, and `$` stands for itself unless
/// [`expand_variables`](Self::expand_variables) is called. [`Properties::set`] takes command lines in the form of unit files instead.
///
/// systemd 252 reads a transient unit wrongly after a reload: commands that are run from then on have a `\` before each `;` and `$` of their
/// arguments.
///
/// ```
/// use barebus_systemd::transient::ExecCommand;
///
/// let command = ExecCommand::new("/bin/sh").args(["-c", "exit $((1 + 1))"]).ignore_failure();
/// # let _ = command;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecCommand {
    path: String,
    /// The first is the name that the program sees as its own.
    arguments: Vec<String>,
    expands_variables: bool,
    ignores_failure: bool,
    /// What only the `…Ex` properties can say.
    privilege: Option<&'static str>,
}

impl ExecCommand {
    /// Runs the program at this absolute path, without arguments. From systemd 254 on, a name without `/` is looked for in systemd's
    /// search path.
    pub fn new(path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            arguments: vec![path.clone()],
            path,
            expands_variables: false,
            ignores_failure: false,
            privilege: None,
        }
    }

    /// The first of a list is the program, the others are its arguments. An empty list is refused by systemd.
    pub(super) fn from_list<T: Into<String>>(list: impl IntoIterator<Item = T>) -> Self {
        let mut list = list.into_iter();
        let command = Self::new(list.next().map(Into::into).unwrap_or_default());
        command.args(list)
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<T: Into<String>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets the name that the program sees as its own (`argv[0]`) instead of its path. `@` in unit files.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        if let Some(first) = self.arguments.first_mut() {
            *first = name.into();
        }
        self
    }

    /// Lets systemd replace `$NAME` and `${NAME}` in the arguments by the unit's environment variables.
    #[must_use]
    pub const fn expand_variables(mut self) -> Self {
        self.expands_variables = true;
        self
    }

    /// An exit code other than 0 is no failure. `-` in unit files.
    #[must_use]
    pub const fn ignore_failure(mut self) -> Self {
        self.ignores_failure = true;
        self
    }

    /// Runs it as root without the sandbox of the unit. `+` in unit files. Since systemd 243 by D-Bus.
    #[must_use]
    pub const fn privileged(mut self) -> Self {
        self.privilege = Some("privileged");
        self
    }

    /// Runs it as root, in the sandbox of the unit otherwise. `!` in unit files. Since systemd 243 by D-Bus.
    #[must_use]
    pub const fn without_setuid(mut self) -> Self {
        self.privilege = Some("no-setuid");
        self
    }

    /// Adds the property.
    pub(super) fn put(
        self,
        kind: ExecKind,
        properties: &mut Properties,
    ) -> Result<(), SettingError> {
        let arguments = match self.expands_variables {
            true => self.arguments,
            // `$$` is a `$` in every version; the flag for it is known to later ones only, and to the `…Ex` properties.
            false => doubled(&self.arguments),
        };
        let setting = kind.setting();
        let Some(privilege) = self.privilege else {
            return properties
                .property(setting, vec![(self.path, arguments, self.ignores_failure)])
                .map(drop);
        };
        // In the order in which systemd names them.
        let words: Vec<&str> = self
            .ignores_failure
            .then_some("ignore-failure")
            .into_iter()
            .chain([privilege])
            .collect();
        properties
            .property(&[setting, "Ex"].concat(), vec![(self.path, arguments, words)])
            .map(drop)
    }
}

/// The commands of an `Exec…Ex` property as the older property has them, which only has room for "ignore a failure"; `None` if the words
/// ask for more than that.
pub(super) fn without_words(value: &OwnedValue) -> Option<Vec<(String, Vec<String>, bool)>> {
    let body = OwnedBody::new(&(value,)).ok()?;
    let (value,) = body.get::<(Variant<'_>,)>().ok()?;
    let commands = value.get::<Vec<(String, Vec<String>, Vec<&str>)>>().ok()?;
    commands
        .into_iter()
        .map(|(path, arguments, words)| {
            let is_known = |word: &&str| matches!(*word, "ignore-failure" | "no-env-expand");
            let arguments = match words.contains(&"no-env-expand") {
                true => doubled(&arguments),
                false => arguments,
            };
            words.iter().all(is_known).then(|| (path, arguments, words.contains(&"ignore-failure")))
        })
        .collect()
}

/// Arguments in which `$` stands for itself where variables are expanded.
fn doubled(arguments: &[String]) -> Vec<String> {
    arguments.iter().map(|argument| argument.replace('$', "$$")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::UnitKind;

    fn put(kind: ExecKind, command: ExecCommand) -> Properties {
        let mut properties = Properties::new(UnitKind::Service);
        command.put(kind, &mut properties).unwrap();
        properties
    }

    /// What the same setting is translated to from the text of a unit file.
    fn translated(setting: &str, text: &str) -> Properties {
        let mut properties = Properties::new(UnitKind::Service);
        properties.set(setting, text).unwrap();
        properties
    }

    #[test]
    fn a_command_is_what_the_same_line_of_a_unit_file_is() {
        let command = || ExecCommand::new("/bin/x").args(["a b", "'c'"]).expand_variables();
        let cases = [
            (command(), r#"/bin/x "a b" "'c'""#),
            (command().ignore_failure(), r#"-/bin/x "a b" "'c'""#),
            (command().name("y"), r#"@/bin/x y "a b" "'c'""#),
            (command().privileged(), r#"+/bin/x "a b" "'c'""#),
            (command().without_setuid(), r#"!/bin/x "a b" "'c'""#),
            (command().privileged().ignore_failure(), r#"+-/bin/x "a b" "'c'""#),
        ];
        for (command, line) in cases {
            assert_eq!(
                put(ExecKind::StopPost, command),
                translated("ExecStopPost", line),
                "{line}"
            );
        }
    }

    #[test]
    fn each_kind_of_command_is_a_setting() {
        for (kind, setting) in [
            (ExecKind::Condition, "ExecCondition"),
            (ExecKind::StartPre, "ExecStartPre"),
            (ExecKind::Start, "ExecStart"),
            (ExecKind::StartPost, "ExecStartPost"),
            (ExecKind::Reload, "ExecReload"),
            (ExecKind::Stop, "ExecStop"),
            (ExecKind::StopPost, "ExecStopPost"),
        ] {
            assert_eq!(put(kind, ExecCommand::new("/bin/x")), translated(setting, "/bin/x"));
        }
    }

    #[test]
    fn a_dollar_stands_for_itself_unless_variables_are_expanded() {
        let command = || ExecCommand::new("/bin/echo").arg("$HOME costs $5");
        let expected = translated("ExecStart", "/bin/echo '$$HOME costs $$5'");
        assert_eq!(put(ExecKind::Start, command()), expected);
        let expected = translated("ExecStart", "/bin/echo '$HOME costs $5'");
        assert_eq!(put(ExecKind::Start, command().expand_variables()), expected);
    }

    #[test]
    fn words_that_the_older_property_can_say_are_said_so() {
        let older = |line| {
            let properties = translated("ExecStart", line);
            let (name, value) = properties.iter().next().unwrap();
            assert_eq!(name, "ExecStartEx");
            without_words(value)
        };
        let command = |arguments: &[&str], ignores_failure| {
            let arguments = arguments.iter().map(|text| String::from(*text)).collect();
            Some(vec![("/bin/x".to_owned(), arguments, ignores_failure)])
        };
        assert_eq!(older(":/bin/x $A"), command(&["/bin/x", "$$A"], false));
        assert_eq!(older(":-/bin/x $A"), command(&["/bin/x", "$$A"], true));
        assert_eq!(older("+/bin/x"), None);
        assert_eq!(older("!!/bin/x"), None);
    }
}
