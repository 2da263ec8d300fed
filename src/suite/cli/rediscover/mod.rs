//! `fieldassay rediscover`: data sets, training and evaluation of the networks of [`crate::inverse`].

mod evaluate;
mod train;

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{DONE, Stop, Streams};
use crate::error::{Error, Result};
use crate::inverse::{HeftData, HeftSpec};
use crate::report::{Bar, number};
use crate::rng::Seed;
use crate::scattering::FormFactor;

const DATA_EXAMPLE: &str = r#"Example:
  $ fieldassay rediscover data --model B --curves 2
  2 phase shifts of model B at 100 energies, 10 levels in each of 9 boxes; cutting …
  nothing written: no --output

The file (.npz) holds energy, delta, length, level, truncation_error, parameter, and the law
they are drawn by."#;

const TRAIN_EXAMPLE: &str = r#"Example:
  $ fieldassay rediscover train --curves 2 --epochs 0.5
  trained on 2 phase shifts of model A, 2 of model C
  nothing written: no --output

`luscher` learns a function of the box and what small boxes add to it; `levels` is the talk's
network, which reads phase shift and box and names the levels. The other options are those of the
network that sees the phase shift."#;

const EVALUATE_EXAMPLE: &str = r#"Example:
  $ fieldassay rediscover evaluate --model C --curves 3
  fresh phase shifts, 3 a model; |ΔE| in MeV, …
  …
   C       smooth         all   Lüscher       71…

Each network is a file that `fieldassay rediscover train` wrote. A phase shift is steep if it moves
by more than 1 rad between two of its samples: they do not determine it. Networks never see model B
in training."#;

/// What to do with networks that learn levels from phase shifts.
#[derive(Debug, Subcommand)]
pub(super) enum RediscoverAction {
    /// Draw Hamiltonians; phase shifts and levels of each
    #[command(after_help = DATA_EXAMPLE)]
    Data(DataRequest),
    /// Train a network on models A and C
    #[command(after_help = TRAIN_EXAMPLE)]
    Train(TrainRequest),
    /// Compare networks with the levels and with Lüscher's formula
    #[command(after_help = EVALUATE_EXAMPLE)]
    Evaluate(EvaluateRequest),
}

/// A data set.
#[derive(Args, Debug)]
pub(super) struct DataRequest {
    /// The form factor: A, B or C
    #[arg(long, value_name = "LETTER", default_value = "A")]
    model: String,
    /// How many Hamiltonians
    #[arg(long, default_value_t = 2500)]
    curves: usize,
    /// The name of the set: another, other Hamiltonians
    #[arg(long, default_value = "train")]
    set: String,
    /// The root of all randomness
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The file to write, .npz
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Which kind of network.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Kind {
    /// A function of the box, and a correction
    Luscher,
    /// From phase shift and box to levels
    Levels,
}

/// A training.
#[derive(Args, Debug)]
pub(super) struct TrainRequest {
    /// The kind of network
    #[arg(long, value_enum, default_value = "luscher")]
    network: Kind,
    /// Training sets, from `rediscover data`; left out, they are drawn
    #[arg(long, value_name = "FILE")]
    data: Vec<PathBuf>,
    /// Hamiltonians of each of the models A and C [default: luscher 10000, levels 2500]
    #[arg(long, conflicts_with = "data")]
    curves: Option<usize>,
    /// The seed of the network, not of the training set
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Hidden layers, such as 128,128,128
    #[arg(long, value_name = "WIDTHS", value_delimiter = ',')]
    hidden: Option<Vec<usize>>,
    /// The function between layers: softplus, relu, silu, tanh, …
    #[arg(long, value_name = "NAME")]
    activation: Option<String>,
    /// What `levels` sees of δ: it at energy or momentum equidistant, or direction of exp(2iδ)
    #[arg(long, value_name = "WHAT")]
    input: Option<String>,
    /// What `levels` learns: energy, or from the free level the shift in energy or q2
    #[arg(long, value_name = "WHAT")]
    target: Option<String>,
    /// How often each level is seen
    #[arg(long)]
    epochs: Option<f64>,
    /// Threads
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// The file to write, .safetensors
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// An evaluation.
#[derive(Args, Debug)]
pub(super) struct EvaluateRequest {
    /// Networks
    #[arg(value_name = "NETWORK")]
    networks: Vec<PathBuf>,
    /// Only this model; all three by default
    #[arg(long, value_name = "LETTER")]
    model: Option<String>,
    /// Fresh Hamiltonians a model
    #[arg(long, default_value_t = 1000)]
    curves: usize,
    /// The name of the set; training uses `train`
    #[arg(long, default_value = "test")]
    set: String,
    /// The root of all randomness
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Interpolate so many training Hamiltonians too, as baselines
    #[arg(long, value_name = "CURVES")]
    baselines: Option<usize>,
    /// A row for every box too
    #[arg(long)]
    boxes: bool,
    /// Constant phase shifts instead
    #[arg(long, conflicts_with_all = ["model", "curves", "set", "boxes"])]
    constant: bool,
}

pub(super) fn run(
    action: &RediscoverAction,
    streams: &mut Streams<'_>,
) -> std::result::Result<u8, Stop> {
    let text = match action {
        RediscoverAction::Data(request) => data(request)?,
        RediscoverAction::Train(request) => train::run(request)?,
        RediscoverAction::Evaluate(request) => evaluate::run(request)?,
    };
    streams.output.write_all(text.as_bytes())?;
    Ok(DONE)
}

fn bar(total: u64, what: &str) -> Bar {
    Bar::new(total, what, std::io::stderr().is_terminal())
}

fn generate(spec: &HeftSpec) -> Result<HeftData> {
    if spec.curves == 0 {
        return Err(Error::argument("--curves", "0", "at least one"));
    }
    let bar = bar(spec.curves as u64, &format!("model {}", spec.form_factor));
    HeftData::generate(spec, || bar.advance(1))
}

fn data(request: &DataRequest) -> Result<String> {
    let form_factor = FormFactor::from_id(&request.model)?;
    let (seed, set) = (Seed(request.seed), &request.set);
    let spec = HeftSpec::talk(seed, set, form_factor, request.curves);
    let data = generate(&spec)?;
    let moved = data.truncation_error.iter().copied().fold(0.0, f64::max);
    let mut text = format!(
        "{} phase shifts of model {} at {} energies, {} levels in each of {} boxes; cutting the basis moves a level by at \
         most {} MeV\n",
        spec.curves,
        spec.form_factor,
        spec.energies,
        spec.levels,
        spec.lengths.len(),
        number(moved, 2)
    );
    if let Some(path) = &request.output {
        data.write(path)?;
    }
    text += &written(request.output.as_ref());
    Ok(text)
}

/// Training sets of models A and C.
fn training_sets(curves: usize) -> Result<Vec<HeftData>> {
    let letters = [FormFactor::Monopole, FormFactor::Gaussian];
    let spec = |letter| HeftSpec::talk(Seed(1), "train", letter, curves);
    let sets = letters.map(|letter| generate(&spec(letter)));
    sets.into_iter().collect()
}

fn written(path: Option<&PathBuf>) -> String {
    path.map_or_else(
        || "nothing written: no --output\n".to_owned(),
        |path| format!("written to {}\n", path.display()),
    )
}
