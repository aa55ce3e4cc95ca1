//! Completion in shells that run: what is on the command line after a tab.

use crate::support::{BAREBUS, Way, stdout};

/// What is typed, and what the line is then. `S`, `O` and `M` are systemd's name, object and interface.
const LINES: [(&str, &str); 22] = [
    ("intro", "introspect "),
    ("unit is-act", "unit is-active "),
    ("unit reset", "unit reset-failed "),
    ("call org.freedesktop.syst", "call S "),
    ("introspect S O/unit/dbus_2ese", "introspect S O/unit/dbus_2eservice "),
    ("call S O M", "call S O M "),
    ("call S O M GetUnitFileS", "call S O M GetUnitFileState "),
    ("call S O M StartUnit ", "call S O M StartUnit ss "),
    // The shell's own characters are quoted.
    ("call S O M SetUnitProperties ", r"call S O M SetUnitProperties sba\(sv\) "),
    // More of the word follows.
    ("call -t S O M StartUnit na", "call -t S O M StartUnit name="),
    ("call -o ver", "call -o verbose "),
    ("get-property S O M Vers", "get-property S O M Version "),
    ("set-property S O M LogLe", "set-property S O M LogLevel "),
    ("wait S O M JobR", "wait S O M JobRemoved "),
    ("wait --property S O M Versi", "wait --property S O M Version="),
    ("unit start dbus.ser", "unit start dbus.service "),
    ("unit is-active dbus.ser", "unit is-active dbus.service "),
    ("monitor --match=ty", "monitor --match=type="),
    ("monitor --match type=signal,mem", "monitor --match type=signal,member="),
    ("monitor --type=si", "monitor --type=signal "),
    ("man unit da", "man unit daemon-reload "),
    // Nothing answers, so there is nothing to offer, options included.
    ("--peer unix:path=/nonexistent call a.b ", "--peer unix:path=/nonexistent call a.b "),
];

fn line(words: &str) -> String {
    let words = words.split(' ').map(|word| match word {
        "S" => "org.freedesktop.systemd1".to_owned(),
        "M" => "org.freedesktop.systemd1.Manager".to_owned(),
        word => match word.strip_prefix('O') {
            Some(rest) => format!("/org/freedesktop/systemd1{rest}"),
            None => word.to_owned(),
        },
    });
    format!("barebus {}", words.collect::<Vec<_>>().join(" "))
}

/// Runs a script of zsh or fish, with the program in PATH, in a folder of its own. It prints a line for each of `lines`.
fn run(shell: &[&str], name: &str, lines: &[String]) -> Vec<String> {
    const START: &str =
        "mkdir -p /tmp/$0 && cd /tmp/$0 && PATH=$1:$PATH && shift && exec timeout -k 1 600 \"$@\"";

    let mut command = Way::Daemon.inside("sh");
    let folder = BAREBUS.rsplit_once('/').map_or(".", |(folder, _)| folder);
    command.args(["-c", START, &format!("barebus-completed-{name}"), folder]).args(shell);
    let printed = stdout(command.args(lines));
    printed.lines().map(|line| line.trim_end_matches('\r').to_owned()).collect()
}

/// Completes each line. A busy machine may have no candidates in time, so those are completed again.
fn complete(expected: &[String], once: impl Fn(&[String]) -> Vec<String>) {
    let typed = LINES.map(|(typed, _)| line(typed));
    let mut completed = once(&typed);
    for _ in 0..100 {
        let is_missing = |index: &usize| completed.get(*index) != expected.get(*index);
        let missing: Vec<usize> = (0..typed.len()).filter(is_missing).collect();
        if missing.is_empty() {
            return;
        }
        let again: Vec<String> = missing.iter().map(|index| typed[*index].clone()).collect();
        for (index, line) in missing.into_iter().zip(once(&again)) {
            completed[index] = line;
        }
    }
    assert_eq!(completed, expected);
}

#[test]
fn bash_and_zsh_complete_what_is_typed() {
    let expected = LINES.map(|(_, completed)| format!("{}|", line(completed)));
    for shell in ["bash", "zsh"] {
        let script = ["zsh", "-f", "-c", include_str!("typed.zsh"), "typed", shell];
        complete(&expected, |lines| run(&script, shell, lines));
    }
}

#[test]
fn fish_offers_the_word_that_fits() {
    const SCRIPT: &str = "barebus completions fish | source
for line in $argv
    set found (complete -C $line | string split -f 1 \\t)
    echo (string join -- , $found)
end";

    let word = |(typed, completed): (&str, &str)| {
        let quoted = line(completed);
        let word = quoted.trim_end().rsplit(' ').next().unwrap_or_default().replace('\\', "");
        if typed == completed { String::new() } else { word }
    };
    let expected = LINES.map(word);
    complete(&expected, |lines| run(&["fish", "-c", SCRIPT], "fish", lines));
}
