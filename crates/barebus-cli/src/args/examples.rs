//! The examples in the help and in the manual page of each verb.

use clap::Command;

/// Adds their examples to the help of the program and of each verb.
pub(super) fn everywhere(program: Command) -> Command {
    below(program, &mut Vec::new())
}

/// Adds the examples of one verb, and of the verbs in it.
pub(super) fn of_verb(verb: Command) -> Command {
    below(verb, &mut vec!["barebus".to_owned()])
}

fn below(verb: Command, path: &mut Vec<String>) -> Command {
    path.push(verb.get_name().to_owned());
    let name = path.iter().skip(1).map(String::as_str).collect::<Vec<_>>().join(" ");
    let verb = match of(&name) {
        [] => verb,
        lines => verb.after_help(text(lines)),
    };
    let verb = verb.mut_subcommands(|verb| below(verb, path));
    path.pop();
    verb
}

fn text(lines: &[&str]) -> String {
    let lines = lines.iter().map(|line| format!("\n  barebus {line}").replace(' ', UNBROKEN));
    format!("Examples:{}", lines.collect::<String>())
}

/// Stands for a space at which clap must not wrap a line: what is copied from a terminal has to be whole.
const UNBROKEN: &str = "\u{a0}";

/// The help as it is shown.
pub(crate) fn spaced(help: &str) -> String {
    help.replace(UNBROKEN, " ")
}

/// The examples of a verb, without the name of the program.
fn of(verb: &str) -> &'static [&'static str] {
    match verb {
        "" => &["list --acquired", "introspect org.freedesktop.systemd1 /org/freedesktop/systemd1"],
        "list" => &["list --acquired", "--user list --json=short | jq -r '.[].name'"],
        "status" => &["status org.freedesktop.systemd1", "--user status"],
        "tree" => {
            &["tree org.freedesktop.systemd1", "tree --list org.freedesktop.login1 | grep session"]
        }
        "introspect" => &[
            "introspect org.freedesktop.systemd1 /org/freedesktop/systemd1",
            "introspect -o xml org.freedesktop.DBus / > bus.xml",
        ],
        "call" => &[
            "call org.freedesktop.DBus / org.freedesktop.DBus GetNameOwner s org.freedesktop.systemd1",
            "call -t org.example.Net /eth0 org.example.Link Configure mode=fast options='{\"Mtu\": 1500}'",
            "call org.example.Net /eth0 org.example.Link Configure 'sa{sv}' fast 1 Mtu u 1500",
            "-o plain call org.freedesktop.DBus / org.freedesktop.DBus GetId",
        ],
        "emit" => &[
            "emit /org/example org.example.Clock Tick u 7",
            "emit --destination=org.example.Clock /org/example org.example.Clock Tick",
        ],
        "get-property" => &[
            "get-property org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager Version Tainted",
            "-o plain get-property org.freedesktop.hostname1 /org/freedesktop/hostname1 org.freedesktop.hostname1 Hostname",
        ],
        "set-property" => &[
            "set-property org.example.Net /eth0 org.example.Link Names as 2 lan wan",
            "set-property -t org.example.Net /eth0 org.example.Link Names '[\"lan\", \"wan\"]'",
        ],
        "wait" => &[
            "wait --timeout=10s org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager JobRemoved",
            "wait --name org.example.Calculator --activate",
            "wait --property org.example.Music /player org.example.Player Status=paused",
        ],
        "monitor" => &[
            "monitor org.freedesktop.systemd1",
            "monitor --signals --member=NameOwnerChanged --json=short | jq .payload.data",
        ],
        "capture" => {
            &["capture > bus.pcapng", "capture -N 100 org.freedesktop.systemd1 | barebus decode -"]
        }
        "trace" => &["trace org.freedesktop.systemd1", "trace -c --by=service bus.pcapng"],
        "ping" => &[
            "ping org.freedesktop.systemd1",
            "ping -n 100000 --in-flight=100 org.freedesktop.systemd1",
        ],
        "replay" => &[
            "replay --only=call --dest=org.example.Service --check bus.pcapng",
            "replay --peer=unix:path=/run/example/socket --raw crash.bin",
        ],
        "bench" => &["bench", "bench --user -o json > bench.json"],
        "codegen" => &[
            "codegen --destination org.freedesktop.login1 --object /org/freedesktop/login1 > login1.rs",
            "codegen --output src/interface org.example.Net.xml",
        ],
        "validate" => &["validate bus.pcapng", "validate --format hex message.txt"],
        "decode" => &["decode bus.pcapng", "decode -o text bus.pcapng | grep error"],
        "encode" => &["encode messages.json > messages.raw", "encode --text --hex messages.txt"],
        "generate" => &[
            "generate --signature 'a{sv}' --count 100 > messages.raw",
            "generate --broken --count 50 --directory corpus",
        ],
        "box" => &["box -- busctl list", "box --broker -- sh -c 'systemctl status; barebus list'"],
        "completions" => &[
            "completions bash > /etc/bash_completion.d/barebus",
            "completions fish > ~/.config/fish/completions/barebus.fish",
        ],
        "man" => &["man unit run", "man --directory /usr/local/share/man/man1"],
        _ => verb.strip_prefix("unit").map_or(&[], |verb| of_unit(verb.trim_start())),
    }
}

fn of_unit(verb: &str) -> &'static [&'static str] {
    match verb {
        "" => &["unit list --state=failed", "unit run --wait -p MemoryMax=64M -- make"],
        "state" => &["unit state ssh.service", "unit state -q ssh && echo enabled"],
        "active" => &["unit active ssh", "unit active -q ssh || barebus unit start ssh"],
        "failed" => &["unit failed backup", "unit failed 'backup@*'"],
        "status" => &["unit status", "unit status ssh cron"],
        "show" => {
            &["unit show -p MainPID,ActiveState ssh", "unit show -o json ssh | jq .MemoryCurrent"]
        }
        "cat" => &["unit cat ssh", "unit cat 'systemd-*.socket'"],
        "start" => &["unit start ssh cron", "unit start --no-block backup"],
        "stop" => &["unit stop ssh", "unit stop 'backup@*'"],
        "restart" => &["unit restart ssh", "unit restart --timeout=1min ssh cron"],
        "try-restart" => &["unit try-restart ssh", "unit try-restart 'getty@*'"],
        "reload" => &["unit reload ssh", "unit reload --no-block nginx"],
        "reload-or-restart" => &["unit reload-or-restart ssh", "unit reload-or-restart nginx cron"],
        "try-reload-or-restart" => {
            &["unit try-reload-or-restart ssh", "unit try-reload-or-restart 'nginx*'"]
        }
        "isolate" => &["unit isolate rescue", "unit isolate --no-block multi-user.target"],
        "kill" => &["unit kill -s HUP ssh", "unit kill --kill-whom=main -s SIGUSR1 nginx"],
        "freeze" => &["unit freeze backup", "unit freeze user.slice"],
        "thaw" => &["unit thaw backup", "unit thaw user.slice"],
        "enable" => &["unit enable ssh", "unit enable --now ssh cron"],
        "disable" => &["unit disable ssh", "unit disable --now ssh"],
        "reenable" => &["unit reenable ssh", "unit reenable ssh cron"],
        "link" => &["unit link /srv/app/app.service", "unit link --runtime /srv/app/app.service"],
        "mask" => &["unit mask ssh", "unit mask --now --runtime ssh"],
        "unmask" => &["unit unmask ssh", "unit unmask --runtime ssh"],
        "preset" => &["unit preset ssh", "unit preset --preset-mode=enable-only ssh"],
        "revert" => &["unit revert ssh", "unit revert ssh cron"],
        "reset-failed" => &["unit reset-failed", "unit reset-failed backup"],
        "set-property" => &[
            "unit set-property ssh CPUWeight=50 MemoryMax=1G",
            "unit set-property --runtime user.slice MemoryHigh=80%",
        ],
        "list" => &["unit list --state=failed", "unit list -o json 'ssh*' | jq -r '.[].unit'"],
        "files" => &["unit files --state=enabled", "unit files --type=timer"],
        "jobs" => &["unit jobs", "unit jobs 'backup@*'"],
        "cancel" => &["unit cancel 117", "unit cancel"],
        "watch" => {
            &["unit watch ssh", "unit watch -o json | jq -c 'select(.event == \"changed\")'"]
        }
        "run" => {
            &["unit run --wait -p CPUQuota=50% -- make", "unit run -P -E LANG=C -- sort < list.txt"]
        }
        "daemon-reload" => &["unit daemon-reload", "--user unit daemon-reload"],
        "get-default" => &["unit get-default", "unit get-default --machine=web"],
        "set-default" => &["unit set-default multi-user", "unit set-default graphical.target"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::process::Command as Process;

    use clap::CommandFactory;

    use super::*;
    use crate::args::{Arguments, getopt};

    fn verbs(verb: &Command, before: &str, found: &mut Vec<String>) {
        for verb in verb.get_subcommands().filter(|verb| verb.get_name() != "help") {
            let name = format!("{before}{}", verb.get_name());
            verbs(verb, &format!("{name} "), found);
            found.push(name);
        }
    }

    /// The words of an example up to the first that only a shell understands, as a shell reads them.
    fn words(example: &str) -> Vec<OsString> {
        let ends = [" | ", " > ", " < ", " && ", " || "];
        let end = ends.iter().filter_map(|it| example.find(it)).min().unwrap_or(example.len());
        let script = format!("printf '%s\\0' barebus {}", &example[..end]);
        let output = Process::new("sh").args(["-c", &script]).output().unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        output.split_terminator('\0').map(OsString::from).collect()
    }

    #[test]
    fn each_verb_has_two_examples_and_each_can_be_parsed() {
        let mut names = vec![String::new()];
        verbs(&Arguments::command(), "", &mut names);
        for name in names {
            let examples = of(&name);
            assert!(examples.len() >= 2, "{name}: {examples:?}");
            for example in examples {
                let ordered = getopt::order(&Arguments::command(), words(example)).ok().unwrap();
                let line: Vec<_> = ordered.words.iter().map(|it| it.to_string_lossy()).collect();
                assert!(line.join(" ").starts_with(&format!("barebus {name}")), "{example}");
                let parsed = Arguments::command().try_get_matches_from(ordered.words);
                assert!(parsed.is_ok(), "{example}: {}", parsed.unwrap_err());
            }
        }
    }

    #[test]
    fn what_follows_in_an_example_names_the_program_too() {
        let program = crate::args::program();
        let mut all = Vec::new();
        verbs(&program, "", &mut all);
        for line in all.iter().flat_map(|verb| of(verb)) {
            for command in line.split([';', '&', '|']).skip(1) {
                let first = command.split_whitespace().next().unwrap_or_default();
                assert!(program.find_subcommand(first).is_none(), "{line}");
            }
        }
    }
}
