//! `fieldassay rediscover evaluate`.

use std::fmt::Write as _;

use super::{EvaluateRequest, generate, training_sets};
use crate::error::Result;
use crate::inverse::{
    ConstantPhase, FromBoxPhase, HeftSpec, Judged, KernelRidge, Learned, LevelPredictor, MeanLevel,
    NearestNeighbour, Phases, Summary, constant_phases, judge,
};
use crate::report::{Table, number};
use crate::rng::Seed;
use crate::scattering::FormFactor;

/// Resamplings behind an interval.
const DRAWS: usize = 200;
/// The talk's measure for constant phase shifts, in MeV.
const REPRODUCED: f64 = 3.0;

/// Networks by the names of their files.
struct Networks(Vec<(String, Learned)>);

impl Networks {
    fn load(request: &EvaluateRequest) -> Result<Self> {
        let load = |path: &std::path::PathBuf| {
            let name = path.file_stem().unwrap_or_default();
            Ok((name.to_string_lossy().into_owned(), Learned::load(path)?))
        };
        request
            .networks
            .iter()
            .map(load)
            .collect::<Result<_>>()
            .map(Self)
    }

    /// All that predicts, and what it is called in a table: each network, and the function of the box of each that has one.
    fn predictors(&self) -> Vec<(String, Box<dyn LevelPredictor + '_>)> {
        let mut all: Vec<(String, Box<dyn LevelPredictor + '_>)> = Vec::new();
        for (name, network) in &self.0 {
            all.push((name.clone(), Box::new(network)));
            if let Some(phase) = network.phase() {
                let alone = FromBoxPhase::new("φ", phase.clone());
                all.push((format!("{name}, φ alone"), Box::new(alone)));
            }
        }
        all
    }
}

pub(super) fn run(request: &EvaluateRequest) -> Result<String> {
    let networks = Networks::load(request)?;
    let mut predictors = networks.predictors();
    if let Some(curves) = request.baselines {
        let sets = training_sets(curves)?;
        let baselines: [Box<dyn LevelPredictor>; 3] = [
            Box::new(KernelRidge::new(&sets)?),
            Box::new(NearestNeighbour::new(&sets)?),
            Box::new(MeanLevel::new(&sets)?),
        ];
        predictors.extend(baselines.map(|b| (b.name().to_owned(), b)));
    }
    if request.constant {
        return constant(request, &predictors);
    }
    let oracle = FromBoxPhase::oracle();
    predictors.push((oracle.name().to_owned(), Box::new(oracle)));
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
        for (name, network) in &networks.0 {
            let what = format!("{set} {} for {name}", form_factor.id());
            network.training().check_fresh(&what, &phases)?;
        }
        let mut found: Vec<(&str, Vec<Judged>)> = Vec::new();
        for (name, predictor) in &predictors {
            found.push((name, judge(&test, &phases, &predictor.levels(&phases)?)?));
        }
        for (kind, steep) in [("smooth", false), ("steep", true)] {
            for (name, levels) in &found {
                let of_kind = only(levels, |l| l.steep == steep);
                row(
                    &mut table,
                    [form_factor.id(), kind, "all", name],
                    &of_kind,
                    true,
                );
                for &length in phases.lengths().iter().filter(|_| request.boxes) {
                    let here = only(&of_kind, |l| l.length == length);
                    let head = [form_factor.id(), kind, &format!("{length} fm"), name];
                    row(&mut table, head, &here, false);
                }
            }
        }
    }
    Ok(format!(
        "fresh phase shifts, {} a model; |ΔE| in MeV, 99 % point with the 95 % interval of a bootstrap over phase shifts\n{table}\n",
        request.curves
    ))
}

fn only(levels: &[Judged], which: impl Fn(&Judged) -> bool) -> Vec<Judged> {
    levels.iter().filter(|l| which(l)).copied().collect()
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

fn constant(
    request: &EvaluateRequest,
    predictors: &[(String, Box<dyn LevelPredictor + '_>)],
) -> Result<String> {
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
    let mut rows: Vec<(&str, ConstantPhase)> = Vec::new();
    for (name, predictor) in predictors {
        let found = constant_phases(predictor.as_ref(), &spec, &degrees)?;
        rows.extend(found.into_iter().map(|found| (name.as_str(), found)));
    }
    let rms =
        |boxes: &[f64]| (boxes.iter().map(|x| x * x).sum::<f64>() / boxes.len() as f64).sqrt();
    let near = |boxes: &[f64]| boxes.iter().filter(|x| **x <= REPRODUCED).count();
    for (name, found) in &rows {
        table.row([
            format!("{}°", found.degrees),
            (*name).to_owned(),
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
