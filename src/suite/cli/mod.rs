//! The `fieldassay` command line, callable in-process: [`run`] takes its streams and returns the exit
//! code, and nothing below it exits, prints or panics on what a user typed.
//!
//! Exit codes: 0 done, 2 bad input (the message names the field and what was expected), 130 interrupted; 1 is kept for
//! verdicts.

mod command;
mod compute;
mod list;
mod luscher;
mod pretty;
mod rediscover;
mod sample;
mod speed;

use std::ffi::OsString;
use std::io::{self, BufRead, Write};

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::error::{Error, Result, printable};
use command::{Action, CommandLine};
pub use sample::interrupt;

/// Exit code: done.
pub const DONE: u8 = 0;
/// Exit code: bad input.
pub const BAD_INPUT: u8 = 2;
/// Exit code: interrupted, where it can be resumed (128 + SIGINT).
pub const INTERRUPTED: u8 = 130;

/// The longest argument accepted, in bytes; messages repeat what they refuse.
const LONGEST_ARGUMENT: usize = 4096;

/// The streams of one run.
struct Streams<'a> {
    input: &'a mut dyn BufRead,
    output: &'a mut dyn Write,
    errors: &'a mut dyn Write,
    /// The command line, for files that say what made them.
    command: String,
}

/// Why a run stopped early.
enum Stop {
    /// The user's input.
    Refused(Error),
    /// The output stream, whatever went into it.
    Output(io::Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Runs the command line `args` (the program's name first) and returns the exit code.
///
/// A reader that closes our output early (`| head`) ends the run quietly with [`DONE`].
///
/// ```
/// let (mut out, mut err) = (Vec::new(), Vec::new());
/// let args = ["fieldassay", "compute", "luscher-zeta", "q2=2"].map(Into::into);
/// let code = fieldassay::suite::cli::run(args, &mut std::io::empty(), &mut out, &mut err);
/// assert_eq!(code, fieldassay::suite::cli::BAD_INPUT);
/// assert!(String::from_utf8(err).unwrap().contains("`q2`: found 2.0, expected a value off the"));
/// ```
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let mut streams = Streams {
        input,
        output,
        errors,
        command: quoted(&args),
    };
    let finished = parse(args, &mut streams).and_then(|parsed| match parsed {
        Ok(action) => act(&action, &mut streams),
        Err(code) => Ok(code),
    });
    let flushed = finished.and_then(|code| {
        streams.output.flush()?;
        Ok(code)
    });
    match flushed {
        Ok(code) => code,
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => DONE,
        Err(Stop::Output(error)) => complain(&mut streams, &format!("output: {error}")),
        Err(Stop::Refused(error)) => complain(&mut streams, &error.to_string()),
    }
}

/// The action, or the exit code where clap has already said all there is to say (`--help`, misuse).
fn parse(
    args: Vec<OsString>,
    streams: &mut Streams<'_>,
) -> std::result::Result<std::result::Result<Action, u8>, Stop> {
    check_lengths(&args)?;
    let error = match CommandLine::try_parse_from(args) {
        Ok(command_line) => return Ok(Ok(command_line.action)),
        Err(error) => error,
    };
    let text = printable(&error.render().to_string());
    if error.use_stderr() {
        // Nothing can be done for an error stream that does not take its message.
        let _ = streams.errors.write_all(text.as_bytes());
        let usage = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
        debug_assert!(usage || text.starts_with("error: "));
        return Ok(Err(BAD_INPUT));
    }
    streams.output.write_all(text.as_bytes())?;
    Ok(Err(DONE))
}

/// The words after the program's name as a shell would take them.
fn quoted(args: &[OsString]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=,./:".contains(c);
    let words = args.iter().skip(1).map(|word| word.to_string_lossy());
    let quoted = words.map(|word| match !word.is_empty() && word.chars().all(plain) {
        true => word.into_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    });
    let program = std::iter::once("fieldassay".to_owned());
    program.chain(quoted).collect::<Vec<_>>().join(" ")
}

fn check_lengths(args: &[OsString]) -> Result<()> {
    let too_long = |arg: &OsString| arg.len() > LONGEST_ARGUMENT;
    match args.iter().position(too_long) {
        None => Ok(()),
        Some(place) => Err(Error::argument(
            format!("word {place} of the command line"),
            format!("{} bytes", args[place].len()),
            format!("at most {LONGEST_ARGUMENT} bytes"),
        )),
    }
}

fn act(action: &Action, streams: &mut Streams<'_>) -> std::result::Result<u8, Stop> {
    match action {
        Action::List { quantity, json } => list::run(quantity.as_deref(), *json, streams.output),
        Action::Compute(request) => compute::run(request, streams),
        Action::Luscher { action } => luscher::run(action, streams),
        Action::Rediscover { action } => rediscover::run(action, streams),
        Action::Sample(request) => sample::run(request, streams),
        Action::Speed(request) => speed::run(request, streams),
        Action::Completions { shell } => {
            // Rendered in memory first: clap_complete panics where its writer fails.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut full_command(), "fieldassay", &mut script);
            streams.output.write_all(&script)?;
            Ok(DONE)
        }
        Action::Man => {
            manual(&full_command(), "fieldassay", streams.output)?;
            Ok(DONE)
        }
    }
}

/// The page of `command`, then those of its subcommands.
fn manual(command: &clap::Command, title: &str, output: &mut dyn Write) -> io::Result<()> {
    let page = clap_mangen::Man::new(command.clone().display_name(title.to_owned()));
    page.title(title)
        .source(concat!("fieldassay ", env!("CARGO_PKG_VERSION")))
        .render(output)?;
    let shown = |sub: &&clap::Command| sub.get_name() != "help";
    for sub in command.get_subcommands().filter(shown) {
        manual(sub, &format!("{title}-{}", sub.get_name()), output)?;
    }
    Ok(())
}

fn full_command() -> clap::Command {
    let mut command = CommandLine::command();
    command.build();
    command
}

fn complain(streams: &mut Streams<'_>, message: &str) -> u8 {
    // Nothing can be done for an error stream that does not take its message.
    let _ = writeln!(streams.errors, "error: {}", printable(message));
    BAD_INPUT
}
