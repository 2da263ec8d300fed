//! What can be typed: subcommands, flags, and a worked example for each, which the tests run.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand};

use super::luscher::LuscherAction;
use super::rediscover::RediscoverAction;
use super::sample::SampleRequest;
use crate::suite::evaluation::Method;
use crate::suite::quantity::ALL;

const ABOUT: &str = "Reference quantities of lattice field theory and hadron physics, each with its \
                     error and an independent witness";

const EXAMPLE: &str = r#"Example:
  $ fieldassay compute luscher-zeta q2=0.31
  {
    "quantity": "luscher-zeta",
    "arguments": {"q2": 0.31, "l": 0, "m": 0, "d": [0, 0, 0], "gamma": 1.0},
    "values": {"zeta": {"value": -1.66863326984999, "error": 1.7e-12, "unit": "1"}},
    "method": "heat-kernel split at rest and in moving frames; sum over images for q² ≤ −1"
  }

Exit codes: 0 done, 2 bad input (the message names the field and what was expected),
130 interrupted, where the same command goes on."#;

const LIST_EXAMPLE: &str = "\
Example:
  $ fieldassay list
  Quantities (fieldassay compute QUANTITY key=value…):
    luscher-zeta             Lüscher's zeta function Z^d_lm(1; q²) of a cubic box
  …";

const COMPUTE_EXAMPLE: &str = r#"Examples:
  $ fieldassay compute luscher-phase-shift q2=0.31 --witness
  {
    "quantity": "luscher-phase-shift",
    "arguments": {"q2": 0.31},
    "values": {
      "delta_deg": {
        "value": 118.289773501242,
        "error": 1.2e-11,
        "unit": "deg",
        "witness": 118.289773501242,
        "difference": 0.0,
        "agrees": true
      },
  …

  $ echo '{"id": 7, "quantity": "luscher-zeta", "q2": 0.31}' | fieldassay compute --batch -
  {"id":7,"quantity":"luscher-zeta","arguments":{"q2":0.31,"l":0,"m":0,"d":[0,0,0],"gamma":1.0},…

  $ echo '{"quantity": "luscher-zeta", "q": 0.31}' | fieldassay compute --batch -
  {"line":1,"error":"unknown argument `q`: did you mean `q2`?"}

A bad line does not stop a batch; the exit code is then 2."#;

const SPEED_EXAMPLE: &str = r#"Examples:
  $ fieldassay speed mlp_infer --size 256 --seconds 0.5
  mlp_infer 256, 1 thread: …

  $ printf 'go 0.5\nquit\n' | fieldassay speed mlp_train --size 256 --serve
  {"ready":true,"first_call_s":…}
  {"workload":"mlp_train","impl":"fieldassay","size":256,"threads":1,"unit":"steps/s",…

Timings mean something from a release build: cargo run --release -- speed …"#;

const COMPLETIONS_EXAMPLE: &str = "\
Example:
  $ fieldassay completions bash
  _fieldassay() {
  …

To install it: fieldassay completions bash > ~/.local/share/bash-completion/completions/fieldassay";

const MAN_EXAMPLE: &str = "\
Example:
  $ fieldassay man
  …
  .SH NAME
  fieldassay \\- Reference quantities …
  …

To read it: fieldassay man | man -l -";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "fieldassay", version, about = ABOUT, after_help = EXAMPLE)]
#[command(term_width = 0)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) action: Action,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// List what exists, or one quantity in full
    #[command(after_help = LIST_EXAMPLE)]
    List {
        /// The quantity to show in full: definition, arguments, results, example
        #[arg(value_parser = quantities(), hide_possible_values = true)]
        quantity: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Evaluate one quantity, or a file of records, and print JSON
    #[command(after_help = COMPUTE_EXAMPLE)]
    Compute(Request),
    /// Lüscher's method: phase shifts to levels in a box, levels to phase shifts, fits
    Luscher {
        /// What to do
        #[command(subcommand)]
        action: LuscherAction,
    },
    /// Networks that learn levels in a box from phase shifts
    Rediscover {
        /// What to do
        #[command(subcommand)]
        action: RediscoverAction,
    },
    /// Run a sampler on a target, both by name; record, save, resume
    Sample(SampleRequest),
    /// Time one workload of the core, for comparison with other programs
    #[command(after_help = SPEED_EXAMPLE)]
    Speed(SpeedRequest),
    /// Print the completion script of a shell
    #[command(after_help = COMPLETIONS_EXAMPLE)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual pages, of all commands one after the other
    #[command(after_help = MAN_EXAMPLE)]
    Man,
}

/// What to compute.
#[derive(Args, Debug)]
pub(super) struct Request {
    /// The quantity; left out, they are listed
    #[arg(value_parser = quantities(), hide_possible_values = true)]
    pub(super) quantity: Option<String>,
    /// Its arguments; `fieldassay list QUANTITY` describes them
    #[arg(value_name = "KEY=VALUE")]
    pub(super) arguments: Vec<String>,
    /// Answer every line of a JSONL file (`-`: standard input); the "id" of a line is optional
    #[arg(long, value_name = "FILE", conflicts_with = "quantity")]
    pub(super) batch: Option<PathBuf>,
    /// Show the independent reference's value and the difference beside each value
    #[arg(long, conflicts_with = "by")]
    pub(super) witness: bool,
    /// Who computes
    #[arg(long, value_name = "METHOD", default_value = "fast")]
    pub(super) by: Method,
}

/// What to time.
#[derive(Args, Debug)]
pub(super) struct SpeedRequest {
    /// The workload; left out, they are listed
    #[arg(value_parser = workloads(), hide_possible_values = true)]
    pub(super) workload: Option<String>,
    /// Its size; each workload says what that counts
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(super) size: Option<u32>,
    /// Threads
    #[arg(long, default_value = "1", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(super) threads: u32,
    /// How long to measure
    #[arg(long, default_value = "2", value_parser = seconds)]
    pub(super) seconds: f64,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Answer each line `go SECONDS` with a measurement, until `quit`
    #[arg(long, conflicts_with_all = ["json", "seconds"])]
    pub(super) serve: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: Option<f64> = text.parse().ok();
    let seconds = seconds.filter(|s| (0.0..=3600.0).contains(s));
    seconds.ok_or_else(|| "expected seconds, from 0 to 3600".to_owned())
}

fn workloads() -> PossibleValuesParser {
    let value = |workload: &&'static crate::suite::speed::Workload| {
        PossibleValue::new(workload.id).help(workload.summary)
    };
    crate::suite::speed::ALL
        .iter()
        .map(value)
        .collect::<Vec<_>>()
        .into()
}

impl Request {
    pub(super) const fn method(&self) -> Method {
        if self.witness { Method::Both } else { self.by }
    }
}

fn quantities() -> PossibleValuesParser {
    let value = |quantity: &&'static crate::suite::Quantity| {
        PossibleValue::new(quantity.id).help(quantity.summary)
    };
    ALL.iter().map(value).collect::<Vec<_>>().into()
}
