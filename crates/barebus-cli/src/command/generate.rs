//! `barebus generate`.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use barebus::wire::DecodeErrorKind as Rule;
use barebus_gen::{Generated, Generator, ShapeError, is_large, rules};
use barebus_text::capture::PcapngWriter;

use crate::args::{GenerateLayout, GenerateOptions, Verdicts};
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::verdict::Verdict;

pub(crate) fn run(options: &GenerateOptions) -> Result<ExitCode, Failure> {
    let out = Output::new();
    if options.verdicts.list_rules {
        for rule in rules() {
            out.line(rule.name())?;
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    let layout = &options.layout;
    let is_text = layout.hex || layout.tsv || layout.directory.is_some();
    if io::stdout().is_terminal() && !is_text {
        return Err(Failure::usage(
            "messages are not for terminals: redirect the output, or use --hex",
        ));
    }
    let generator = Generator::new(options.seed, options.shape.shape());
    let rules = Rules::new(&options.verdicts);
    let mut writer = Writer::new(layout, &out)?;
    for number in (options.first..).take(usize::try_from(options.count).unwrap_or(usize::MAX)) {
        let generated = match rules.of(number) {
            Some(rule) => generator.broken(number, rule),
            None => generator.valid(number),
        };
        writer.write(number, &generated.map_err(refused)?)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn refused(error: ShapeError) -> Failure {
    Failure::usage(error)
}

/// Which rule each message breaks.
struct Rules {
    /// In turn; none for valid messages.
    rules: Vec<Rule>,
    /// Whether every second message is valid.
    mixed: bool,
}

impl Rules {
    fn new(options: &Verdicts) -> Self {
        let rules = match &*options.rule {
            [] if options.broken || options.mixed => {
                rules().filter(|rule| !is_large(*rule)).collect()
            }
            named => named.to_vec(),
        };
        Self { rules, mixed: options.mixed }
    }

    /// The rule that the message `number` breaks.
    fn of(&self, number: u64) -> Option<Rule> {
        let turn = match self.mixed {
            true if number % 2 == 0 => return None,
            true => number / 2,
            false => number,
        };
        let index = turn.checked_rem(self.rules.len() as u64)?;
        self.rules.get(usize::try_from(index).ok()?).copied()
    }
}

/// Writes messages in the form that the options select.
struct Writer<'o> {
    layout: &'o GenerateLayout,
    out: &'o Output,
    pcapng: Option<PcapngWriter>,
}

impl<'o> Writer<'o> {
    fn new(layout: &'o GenerateLayout, out: &'o Output) -> Result<Self, Failure> {
        let mut pcapng = None;
        if layout.pcapng {
            let mut head = Vec::new();
            let application = concat!("barebus ", env!("CARGO_PKG_VERSION"));
            // Nothing of this machine: the same seed gives the same file everywhere.
            pcapng = Some(PcapngWriter::start(None, application, None, &mut head));
            out.bytes(&head)?;
        }
        if let Some(directory) = &layout.directory {
            fs::create_dir_all(directory).map_err(|error| unwritable(directory, &error))?;
        }
        Ok(Self { layout, out, pcapng })
    }

    fn write(&mut self, number: u64, generated: &Generated) -> Result<(), Failure> {
        let Generated { bytes, error } = generated;
        let verdict = Verdict::expected(*error);
        if let Some(pcapng) = &self.pcapng {
            let mut packet = Vec::new();
            // A message each second since 1970.
            pcapng.packet(Duration::from_secs(number), bytes, &mut packet);
            self.out.bytes(&packet)?;
        } else if let Some(directory) = &self.layout.directory {
            let file = directory.join(format!("{number:06}-{}", verdict.word));
            fs::write(&file, bytes).map_err(|error| unwritable(&file, &error))?;
        } else if self.layout.tsv {
            let (word, at) = (verdict.word, verdict.place());
            self.out.line(format_args!("{number}\t{word}\t{at}\t{}", hex::encode(bytes)))?;
        } else if self.layout.hex {
            self.out.line(hex::encode(bytes))?;
        } else {
            self.out.bytes(bytes)?;
        }
        Ok(())
    }
}

fn unwritable(file: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Files, format_args!("cannot write {}: {error}", file.display()))
}
