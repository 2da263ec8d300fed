//! The command line of the audit, callable in-process: nothing here ends the program.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use clap::{CommandFactory, FromArgMatches, Parser};
use fieldassay::error::printable;
use fieldassay::report::Progress;
use fieldassay::rng::Seed;
use fieldassay::{Error, Result};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::audit::{Audit, RunInfo};
use crate::claim::{Claim, Tier};
use crate::ledger::Ledger;
use crate::record::Judged;
use crate::runner::{Event, Plan, run as run_claims};
use crate::store::{Old, RunKey, Store, to_json, write_text};
use crate::{claims, page, terminal};

const EXAMPLE: &str = "\
Example: audit two claims and read the report
  cargo assay --only luscher-formula,luscher-zeta-sum --out lusch
  xdg-open lusch/index.html

Exit codes: 0 every verdict equals the committed expectation and every control is Refuted;
1 otherwise, and if --only names no claim that has a decider; 2 bad input; 130 interrupted (what is done is kept, --resume goes on).";

/// Audits the claims of five talks on machine learning in lattice field theory and hadron physics.
///
/// Each claim is decided by an independent reference; a negative control, the same check on an
/// altered claim, must be refuted.
#[derive(Debug, Parser)]
#[command(name = "cargo assay", bin_name = "cargo assay", version, no_binary_name = true, after_help = EXAMPLE)]
struct Args {
    /// Decide at the precision of the ledger (minutes a claim)
    #[arg(long, conflicts_with = "full")]
    standard: bool,
    /// Everything, heavy training included (hours)
    #[arg(long)]
    full: bool,
    /// Only these claims
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    only: Option<Vec<String>>,
    /// List all claims: area, cost, whether a decider exists, expected verdict
    #[arg(long)]
    list: bool,
    /// Root of all random streams
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20_260_901,
        allow_negative_numbers = true
    )]
    seed: u64,
    /// Also write the results to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Folder of the report: index.html, results.json, claims/, figures/
    #[arg(long, value_name = "DIR", default_value = "assay-report")]
    out: PathBuf,
    /// Claims at a time [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Reuse the results in DIR of the same seed, tier and build
    #[arg(long)]
    resume: bool,
}

impl Args {
    const fn tier(&self) -> Tier {
        match (self.full, self.standard) {
            (true, _) => Tier::Full,
            (_, true) => Tier::Standard,
            _ => Tier::Quick,
        }
    }
}

/// Runs the audit of the committed claims with `args` (without the program's name); returns the
/// exit code.
pub fn run(args: impl IntoIterator<Item = String>, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let interrupted = AtomicBool::new(false);
    let session = Session {
        claims: &claims::all(),
        interrupted: &interrupted,
        terminal: false,
    };
    session.run(args, out, err)
}

/// The surroundings of a run.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    /// The claims that have a decider.
    pub claims: &'a [Claim],
    /// Set by Ctrl-C.
    pub interrupted: &'a AtomicBool,
    /// Whether standard error is a terminal, where a progress bar can redraw itself.
    pub terminal: bool,
}

impl Session<'_> {
    /// Runs the audit with `args` (without the program's name); returns the exit code.
    pub fn run(
        &self,
        args: impl IntoIterator<Item = String>,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> u8 {
        let args: Vec<String> = args.into_iter().collect();
        let parsed = Args::command()
            .try_get_matches_from(&args)
            .and_then(|matches| Args::from_arg_matches(&matches));
        // Nobody reads what cannot be written (a closed pipe): the exit code still stands.
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(why) if why.exit_code() == 0 => {
                let _ = write!(out, "{why}");
                return 0;
            }
            Err(why) => {
                let _ = write!(err, "{}", printable(&why.render().to_string()));
                return 2;
            }
        };
        match self.audit(&parsed, &args, out, err) {
            Ok(code) => code,
            Err(why) => {
                let _ = writeln!(err, "error: {}", printable(&why.to_string()));
                2
            }
        }
    }

    fn audit(
        &self,
        args: &Args,
        raw: &[String],
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<u8> {
        let ledger = Ledger::load()?;
        ledger.admit(self.claims)?;
        let only = chosen(&ledger, args.only.as_deref())?;
        let selected = |id: &str| only.as_ref().is_none_or(|only| only.contains(id));
        if args.list {
            let _ = out
                .write_all(terminal::list(&ledger, self.claims, args.tier(), &selected).as_bytes());
            return Ok(0);
        }
        let store = Store::open(&args.out, RunKey::here(Seed(args.seed), args.tier()))?;
        let (started, clock) = (now(), Instant::now());
        let threads = args.threads.map_or_else(cores, usize::from);
        let wanted: Vec<&Claim> = self
            .claims
            .iter()
            .filter(|claim| selected(claim.id))
            .collect();
        let (mut done, todo) = old_results(&store, &wanted, args.resume, err);
        let reused = done.len();
        let plan = Plan {
            seed: Seed(args.seed),
            tier: args.tier(),
            threads,
            interrupted: self.interrupted,
        };
        done.extend(self.decide(&todo, &plan, &store, err)?);
        let is_done = |id: &str| done.iter().any(|judged| judged.report.id == id);
        let unfinished: Vec<String> = wanted
            .iter()
            .filter(|claim| !is_done(claim.id))
            .map(|claim| claim.id.to_owned())
            .collect();
        let info = RunInfo {
            key: store.key().clone(),
            command: command_line(raw),
            threads,
            started,
            seconds: clock.elapsed().as_secs_f64(),
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            reused,
            interrupted: !unfinished.is_empty(),
            unfinished,
        };
        let (reports, figures): (Vec<_>, Vec<_>) = done
            .into_iter()
            .map(|judged| (judged.report, judged.figures))
            .unzip();
        let audit = Audit::assemble(&ledger, &selected, reports, args.tier(), info);
        let figures: Vec<_> = figures.into_iter().flatten().collect();
        let html = page::render(&ledger, &audit, &figures)?;
        publish(&audit, &html, &store, args.json.as_deref())?;
        let _ = out.write_all(terminal::summary(&audit).as_bytes());
        let _ = writeln!(out, "Report: {}", store.path("index.html").display());
        Ok(audit.summary.exit_code)
    }

    fn decide(
        &self,
        todo: &[&Claim],
        plan: &Plan<'_>,
        store: &Store,
        err: &mut dyn Write,
    ) -> Result<Vec<Judged>> {
        let mut progress = Progress::new(todo.len(), self.terminal);
        let judged = run_claims(todo.iter().copied(), plan, |event| {
            match event {
                Event::Started(id) => progress.running(id),
                Event::Finished(judged) => {
                    store.save(judged)?;
                    let _ = progress.finished(terminal::line(&judged.report), err);
                }
            }
            Ok(())
        });
        progress.clear();
        if self.interrupted.load(Ordering::Relaxed) {
            let _ = writeln!(err, "Interrupted: writing what is done.");
        }
        judged
    }
}

/// The ids of `--only`; `None` for all.
fn chosen(ledger: &Ledger, only: Option<&[String]>) -> Result<Option<BTreeSet<String>>> {
    let Some(ids) = only else { return Ok(None) };
    let ids = ids
        .iter()
        .map(|id| ledger.entry(id).map(|entry| entry.id.clone()));
    ids.collect::<Result<_>>().map(Some)
}

/// What `--resume` finds, and the claims that are still to run.
fn old_results<'c>(
    store: &Store,
    wanted: &[&'c Claim],
    resume: bool,
    err: &mut dyn Write,
) -> (Vec<Judged>, Vec<&'c Claim>) {
    let (mut done, mut todo) = (Vec::new(), Vec::new());
    for &claim in wanted {
        let old = if resume {
            store.load(claim.id)
        } else {
            Old::Absent
        };
        match old {
            Old::Reusable(judged) => done.push(*judged),
            Old::Absent => todo.push(claim),
            Old::Stale(reason) => {
                let _ = writeln!(err, "{}: run again, since {reason}", claim.id);
                todo.push(claim);
            }
        }
    }
    if resume {
        let _ = writeln!(err, "Reused {} of {} results.", done.len(), wanted.len());
    }
    (done, todo)
}

fn publish(audit: &Audit, html: &str, store: &Store, json: Option<&Path>) -> Result<()> {
    let results = to_json(audit);
    store.write("results.json", &results)?;
    store.write("index.html", html)?;
    json.map_or(Ok(()), |file| write_text(file, &results))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The time in UTC, to the second.
fn now() -> String {
    let now = OffsetDateTime::now_utc().replace_nanosecond(0);
    now.ok()
        .and_then(|now| now.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// The command, with arguments quoted where a shell would split or expand them.
fn command_line(args: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=,./:".contains(c);
    let quoted = args
        .iter()
        .map(|arg| match !arg.is_empty() && arg.chars().all(plain) {
            true => arg.clone(),
            false => format!("'{}'", arg.replace('\'', r"'\''")),
        });
    std::iter::once("cargo assay".to_owned())
        .chain(quoted)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Names the argument that is no text; for the binary, before [`Session::run`].
///
/// # Errors  `Error::Argument` for an argument that is not UTF-8.
pub fn utf8(args: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Vec<String>> {
    let text = |arg: std::ffi::OsString| {
        arg.into_string()
            .map_err(|arg| Error::argument("command line", format!("{arg:?}"), "UTF-8"))
    };
    args.into_iter().map(text).collect()
}
