//! `barebus capture`.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use barebus_text::capture::PcapngWriter;

use super::monitor::{tell, tell_end};
use crate::args::{Capture, Globals};
use crate::command::open_to_watch;
use crate::exit::Failure;
use crate::watch::{Flow, Left, Live, Wanted, become_monitor, end_of};

pub(crate) fn run(globals: &Globals, asked: &Capture) -> Result<ExitCode, Failure> {
    if io::stdout().is_terminal() {
        return Err(Failure::usage("captures are not for terminals: redirect the output"));
    }
    let wanted = Wanted {
        services: &asked.services,
        rules: &globals.selection.rules,
        narrow: &asked.narrow,
        destination: globals.sending.destination.as_deref(),
        only_signals: false,
    };
    let rules = wanted.rules()?;
    let mut connection = open_to_watch(&globals.target)?;
    become_monitor(&mut connection, &rules)?;
    let mut live = Live::new()?;
    let application = concat!("barebus ", env!("CARGO_PKG_VERSION"));
    let size = globals.selection.size.map(|size| u32::try_from(size).unwrap_or(u32::MAX));
    let os = system();
    let writer = PcapngWriter::start(os.as_deref(), application, size, live.out.bytes());
    tell(globals, "Monitoring bus message stream.");
    let mut left = Left::of(globals);
    let stopped = live.run(&mut connection, end_of(globals), |seen, out| {
        if left.flow() == Flow::End {
            return Ok(Flow::End);
        }
        writer.packet(seen.time, seen.message.as_bytes(), out.bytes());
        Ok(left.one())
    })?;
    tell_end(globals, stopped);
    Ok(ExitCode::SUCCESS)
}

/// PRETTY_NAME of os-release(5).
fn system() -> Option<String> {
    let files = ["/etc/os-release", "/usr/lib/os-release"];
    let text = files.iter().find_map(|file| std::fs::read_to_string(file).ok())?;
    pretty_name(&text)
}

fn pretty_name(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?.trim();
    let quoted = |quote| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    let name = match (quoted('"'), quoted('\'')) {
        // Within double quotes, a backslash makes the next character an ordinary one.
        (Some(value), _) => {
            let mut characters = value.chars();
            let next = || match characters.next()? {
                '\\' => characters.next(),
                other => Some(other),
            };
            std::iter::from_fn(next).collect()
        }
        (_, Some(value)) => value.to_owned(),
        (None, None) => value.to_owned(),
    };
    Some(name).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_system_is_without_its_quotes() {
        for (line, name) in [
            ("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"", "Debian GNU/Linux 12 (bookworm)"),
            ("PRETTY_NAME='a b'", "a b"),
            ("PRETTY_NAME=a", "a"),
            (r#"PRETTY_NAME="a \"b\" \$c""#, r#"a "b" $c"#),
        ] {
            assert_eq!(pretty_name(&format!("ID=x\n{line}\n")).as_deref(), Some(name));
        }
        assert_eq!(pretty_name("NAME=x\n"), None);
        assert_eq!(pretty_name("PRETTY_NAME=\"\"\n"), None);
    }
}
