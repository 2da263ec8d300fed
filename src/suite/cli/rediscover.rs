//! `fieldassay rediscover`: data sets, training and evaluation of the networks of [`crate::inverse`].

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{DONE, Stop, Streams};
use crate::error::{Error, Result};
use crate::inverse::{
    ConstantPhase, FromBoxPhase, HeftData, HeftSpec, Judged, LevelPredictor, LuscherNetwork,
    LuscherRecipe, Phases, Summary, constant_phases, judge,
};
use crate::report::{Bar, Table, number};
use crate::rng::Seed;
use crate::scattering::FormFactor;

/// Resamplings behind an interval.
const DRAWS: usize = 200;
/// The talk's measure for constant phase shifts, in MeV.
const REPRODUCED: f64 = 3.0;

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

The stored network: fieldassay rediscover train --seed 1 --output network.safetensors"#;

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

/// A training.
#[derive(Args, Debug)]
pub(super) struct TrainRequest {
    /// Training sets, from `rediscover data`; left out, they are drawn
    #[arg(long, value_name = "FILE")]
    data: Vec<PathBuf>,
    /// Hamiltonians of each of the models A and C
    #[arg(long, default_value_t = 10_000, conflicts_with = "data")]
    curves: usize,
    /// The seed of the network, not of the training set
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How often the second network sees each level
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
        RediscoverAction::Train(request) => train(request)?,
        RediscoverAction::Evaluate(request) if request.constant => constant(request)?,
        RediscoverAction::Evaluate(request) => evaluate(request)?,
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

fn written(path: Option<&PathBuf>) -> String {
    path.map_or_else(
        || "nothing written: no --output\n".to_owned(),
        |path| format!("written to {}\n", path.display()),
    )
}

fn train(request: &TrainRequest) -> Result<String> {
    let sets: Vec<HeftData> = if request.data.is_empty() {
        let letters = [FormFactor::Monopole, FormFactor::Gaussian];
        let spec = |letter| HeftSpec::talk(Seed(1), "train", letter, request.curves);
        letters
            .map(|letter| generate(&spec(letter)))
            .into_iter()
            .collect::<Result<_>>()?
    } else {
        request
            .data
            .iter()
            .map(|path| HeftData::read(path))
            .collect::<Result<_>>()?
    };
    let mut recipe = LuscherRecipe::standard(request.seed);
    if let (Some(fit), Some(epochs)) = (&mut recipe.correction, request.epochs) {
        fit.epochs = epochs;
    }
    let mut current: Option<(String, Bar)> = None;
    let network = LuscherNetwork::train(&recipe, &sets, request.threads, &mut |report| {
        if current
            .as_ref()
            .is_none_or(|(stage, _)| stage != report.stage)
        {
            current = Some((report.stage.to_owned(), bar(report.steps, report.stage)));
        }
        if let Some((stage, bar)) = &current {
            bar.at(report.step, &format!("{stage}, loss {:.4}", report.loss));
        }
    })?;
    drop(current);
    let of = |spec: &HeftSpec| format!("of model {}", spec.form_factor);
    let mut parts = network.training().iter().enumerate().map(|(i, spec)| {
        let noun = if i == 0 { " phase shifts" } else { "" };
        format!("{}{noun} {}", spec.curves, of(spec))
    });
    let parts: Vec<String> = parts.by_ref().collect();
    if let Some(path) = &request.output {
        network.save(path)?;
    }
    let mut text = format!("trained on {}\n", parts.join(", "));
    text += &written(request.output.as_ref());
    Ok(text)
}

/// The networks, what each is called in a table, and `φ` of each alone.
fn predictors(paths: &[PathBuf]) -> Result<(Vec<LuscherNetwork>, Vec<String>)> {
    let networks: Vec<LuscherNetwork> = paths
        .iter()
        .map(|path| LuscherNetwork::load(path))
        .collect::<Result<_>>()?;
    let names = networks
        .iter()
        .map(|network| format!("network {}", network.recipe().seed));
    let names = names.collect();
    Ok((networks, names))
}

fn evaluate(request: &EvaluateRequest) -> Result<String> {
    let (networks, names) = predictors(&request.networks)?;
    let models = match &request.model {
        Some(letter) => vec![FormFactor::from_id(letter)?],
        None => FormFactor::ALL.to_vec(),
    };
    let mut table = Table::new([
        "model",
        "phase shifts",
        "box",
        "by",
        "levels",
        "median",
        "90 %",
        "99 %",
        "within 1 MeV",
    ]);
    for column in 4..9 {
        table = table.right(column);
    }
    for form_factor in models {
        let (seed, set) = (Seed(request.seed), &request.set);
        let test = generate(&HeftSpec::talk(seed, set, form_factor, request.curves))?;
        let phases = Phases::of(&test)?;
        for (network, name) in networks.iter().zip(&names) {
            network.check_fresh(&format!("{set} {} for {name}", form_factor.id()), &phases)?;
        }
        let oracle = FromBoxPhase::oracle();
        let mut found: Vec<(String, Vec<Judged>)> = Vec::new();
        for (network, name) in networks.iter().zip(&names) {
            found.push((
                name.clone(),
                judge(&test, &phases, &network.levels(&phases)?)?,
            ));
            let alone = FromBoxPhase::new("φ", network.phase().clone()).levels(&phases)?;
            found.push(("its φ alone".to_owned(), judge(&test, &phases, &alone)?));
        }
        found.push((
            oracle.name().to_owned(),
            judge(&test, &phases, &oracle.levels(&phases)?)?,
        ));
        for (kind, steep) in [("smooth", false), ("steep", true)] {
            for (name, levels) in &found {
                let of_kind: Vec<Judged> = levels
                    .iter()
                    .filter(|l| l.steep == steep)
                    .copied()
                    .collect();
                row(
                    &mut table,
                    [form_factor.id(), kind, "all", name],
                    &of_kind,
                    true,
                );
                for &length in phases.lengths().iter().filter(|_| request.boxes) {
                    let here: Vec<Judged> = of_kind
                        .iter()
                        .filter(|l| l.length == length)
                        .copied()
                        .collect();
                    row(
                        &mut table,
                        [form_factor.id(), kind, &format!("{length} fm"), name],
                        &here,
                        false,
                    );
                }
            }
        }
    }
    Ok(format!(
        "fresh phase shifts, {} a model; |ΔE| in MeV, 99 % point with the 95 % interval of a bootstrap over phase shifts\n{table}\n",
        request.curves
    ))
}

fn row(table: &mut Table, head: [&str; 4], levels: &[Judged], interval: bool) {
    let Some(summary) = Summary::of(levels.iter()) else {
        return;
    };
    let mut last = number(summary.p99, 3);
    if interval {
        let mut rng = Seed(1).stream("rediscover/bootstrap");
        let [low, high] = Summary::interval(levels, |s| s.p99, DRAWS, &mut rng);
        let _ = write!(last, " [{}, {}]", number(low, 3), number(high, 3));
    }
    let cells = [
        summary.count.to_string(),
        number(summary.median, 3),
        number(summary.p90, 3),
        last,
        format!("{:.2} %", 100.0 * summary.right),
    ];
    table.row(head.map(str::to_owned).into_iter().chain(cells));
}

fn constant(request: &EvaluateRequest) -> Result<String> {
    let (networks, names) = predictors(&request.networks)?;
    let degrees: Vec<f64> = (-9..=9).map(|i| 10.0 * f64::from(i)).collect();
    let spec = HeftSpec::talk(Seed(request.seed), "constant", FormFactor::Monopole, 0);
    let mut table = Table::new([
        "δ",
        "by",
        "RMS",
        "shift",
        "RMS, shifted",
        "boxes within 3 MeV",
    ]);
    for column in 2..6 {
        table = table.right(column);
    }
    let mut rows: Vec<(String, ConstantPhase)> = Vec::new();
    for (network, name) in networks.iter().zip(&names) {
        let alone = FromBoxPhase::new("φ", network.phase().clone());
        let both: [(&str, &dyn LevelPredictor); 2] = [(name, network), ("its φ alone", &alone)];
        for (name, predictor) in both {
            let found = constant_phases(predictor, &spec, &degrees)?;
            rows.extend(found.into_iter().map(|found| (name.to_owned(), found)));
        }
    }
    let rms =
        |boxes: &[f64]| (boxes.iter().map(|x| x * x).sum::<f64>() / boxes.len() as f64).sqrt();
    let near = |boxes: &[f64]| boxes.iter().filter(|x| **x <= REPRODUCED).count();
    for (name, found) in &rows {
        table.row([
            format!("{}°", found.degrees),
            name.clone(),
            number(rms(&found.raw), 3),
            found.shift.to_string(),
            number(rms(&found.corrected), 3),
            format!("{}/{}", near(&found.corrected), found.corrected.len()),
        ]);
    }
    Ok(format!(
        "constant phase shifts; deviation from Lüscher's formula in MeV, levels 2 to 9\n{table}\n"
    ))
}
