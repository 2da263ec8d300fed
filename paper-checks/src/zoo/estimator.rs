//! What becomes of samples: means, their errors, ratios, reweighting. Every chain is a replica that reports a value
//! and an error; the truth is known.

use fieldassay::stats::{Blocks, Histories, ImportanceWeights, reweighted};

use super::report::{Report, average, block_means, judged};
use super::{Check, Draws, Family, Measured, Row};

/// Replicas of a run.
pub const REPLICAS: usize = 256;
/// Blocks of a replica.
pub const BLOCKS: usize = 12;
/// Samples in a block: many autocorrelation times.
pub const BLOCK: usize = 150;
const SAMPLES: usize = BLOCKS * BLOCK;
/// `x' = ρx + √(1−ρ²) η`: `2τ_int = 12.3`.
const RHO: f64 = 0.85;
/// `⟨x⟩`.
const MEAN: f64 = 0.3;

const CHECKS: &[Check] = &[
    Check::mean(
        "bias",
        0.08,
        "the values' mean is the truth, in units of the spread of x",
    ),
    Check::mean(
        "error",
        2.4,
        "ln of the squared pulls: errors are neither too small nor too large",
    ),
    Check::fact("floor", "an ESS that one sample makes is called a floor"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bug {
    None,
    Naive,
    ShortWindow,
    JackknifeWithoutFactor,
    Absolute,
    ReplicasAlike,
    FrozenDenominator,
    WeightsInverted,
    WeightsNotNormalised,
    Unconnected,
    FloorMeasured,
}

/// The table.
pub const FAMILY: Family = Family {
    name: "estimator",
    checks: CHECKS,
    rows: &[
        Row::healthy("blocks", |draws| mean(Bug::None, draws)),
        Row::healthy("variance", |draws| variance(Bug::None, draws)),
        Row::healthy("ratio", |draws| ratio(Bug::None, draws)),
        Row::healthy("reweighted", |draws| reweight(Bug::None, draws)),
        Row::healthy("stats::Blocks", library_mean),
        Row::healthy("stats::reweighted", library_reweighted),
        Row::healthy("stats::ImportanceWeights", |draws| floor(Bug::None, draws)),
        Row::mutant(
            "naive-error",
            "error",
            "the error of independent samples for a correlated chain",
            |draws| mean(Bug::Naive, draws),
        ),
        Row::mutant(
            "window-of-one",
            "error",
            "τ_int summed to the first lag only",
            |draws| mean(Bug::ShortWindow, draws),
        ),
        Row::mutant(
            "jackknife-no-factor",
            "error",
            "the spread of jackknife samples taken for the error",
            |draws| mean(Bug::JackknifeWithoutFactor, draws),
        ),
        Row::mutant(
            "absolute-for-signed",
            "bias",
            "⟨|x|⟩ reported as ⟨x⟩",
            |draws| mean(Bug::Absolute, draws),
        ),
        Row::mutant(
            "replicas-alike",
            "error",
            "eight replicas of one stream count as eight",
            |draws| mean(Bug::ReplicasAlike, draws),
        ),
        Row::mutant(
            "unconnected",
            "bias",
            "⟨x²⟩ reported as the variance",
            |draws| variance(Bug::Unconnected, draws),
        ),
        Row::mutant(
            "frozen-denominator",
            "error",
            "a jackknife of ⟨x⁴⟩/⟨x²⟩² with the denominator of all samples",
            |draws| ratio(Bug::FrozenDenominator, draws),
        ),
        Row::mutant(
            "weights-inverted",
            "bias",
            "reweighted with e^{+ΔS}",
            |draws| reweight(Bug::WeightsInverted, draws),
        ),
        Row::mutant(
            "weights-not-normalised",
            "bias",
            "divided by the number of samples, not by the weights",
            |draws| reweight(Bug::WeightsNotNormalised, draws),
        ),
        Row::mutant(
            "floor-measured",
            "floor",
            "an ESS of one sample reported as a measurement",
            |draws| floor(Bug::FloorMeasured, draws),
        ),
    ],
};

/// Replicas of a Gaussian chain in equilibrium, `(samples, replicas)`.
fn chains(rho: f64, draws: &Draws) -> Vec<f64> {
    let mut x = vec![0.0; SAMPLES * REPLICAS];
    draws.chains("samples", REPLICAS).normal(&mut x);
    let fresh = (1.0 - rho * rho).sqrt();
    for i in REPLICAS..x.len() {
        x[i] = rho * x[i - REPLICAS] + fresh * x[i];
    }
    x
}

/// The variance of the mean of `n` samples in succession, exactly.
fn variance_of_mean(n: usize) -> f64 {
    let lag = |t: usize| 2.0 * (n - t) as f64 * RHO.powi(t as i32);
    (n as f64 + (1..n).map(lag).sum::<f64>()) / (n * n) as f64
}

/// `ln` of a mean's variance over what blocks say it is on average: they are not quite independent.
fn ln_understated() -> f64 {
    let (all, block) = (variance_of_mean(SAMPLES), variance_of_mean(BLOCK));
    (all * (BLOCKS - 1) as f64 / (block - all)).ln()
}

fn mean(bug: Bug, draws: &Draws) -> Vec<Measured> {
    let x = chains(RHO, draws);
    let value = |x: f64| match bug {
        Bug::Absolute => (x + MEAN).abs(),
        _ => x + MEAN,
    };
    let means = block_means(|i| value(x[i]));
    let mut reports: Vec<Report> = means
        .iter()
        .map(|means| Report::from_blocks(means))
        .collect();
    // Of the samples themselves: x is stationary, and lag one loses one sample.
    let naive = || block_means(|i| x[i] * x[i]);
    let lagged = || block_means(|i| x[i] * x.get(i + REPLICAS).copied().unwrap_or(0.0));
    let squares: Vec<f64> = match bug {
        Bug::Naive => naive().iter().map(|own| average(own)).collect(),
        Bug::ShortWindow => {
            let both = naive().into_iter().zip(lagged());
            both.map(|(zero, one)| average(&zero) + 2.0 * average(&one))
                .collect()
        }
        _ => Vec::new(),
    };
    for (replica, report) in reports.iter_mut().enumerate() {
        let blocks = BLOCKS as f64;
        match bug {
            Bug::Naive | Bug::ShortWindow => {
                report.error = (squares[replica] / SAMPLES as f64).sqrt();
            }
            Bug::JackknifeWithoutFactor => report.error /= (blocks - 1.0).sqrt(),
            Bug::ReplicasAlike => report.error /= 8.0_f64.sqrt(),
            _ => {}
        }
    }
    judged(&reports, MEAN, Some(ln_understated()))
}

fn library_mean(draws: &Draws) -> Vec<Measured> {
    let x = chains(RHO, draws);
    let report = |replica: usize| {
        let own: Vec<f64> = x.iter().skip(replica).step_by(REPLICAS).copied().collect();
        let data = Histories::of_chain(&own).expect("a chain");
        let blocks = Blocks::new(&data, BLOCK).expect("twelve blocks");
        let found = blocks
            .jackknife(|means| means[0] + MEAN)
            .expect("finite means");
        Report::of(&found.estimate)
    };
    let reports: Vec<Report> = (0..REPLICAS).map(report).collect();
    judged(&reports, MEAN, Some(ln_understated()))
}

/// `⟨x²⟩ − ⟨x⟩²`, which is `1 − ⟨x̄²⟩` on average, exactly.
fn variance(bug: Bug, draws: &Draws) -> Vec<Measured> {
    let x = chains(RHO, draws);
    let means = block_means(|i| x[i] + MEAN);
    let squares = block_means(|i| (x[i] + MEAN).powi(2));
    let report = |(means, squares): (&Vec<f64>, &Vec<f64>)| {
        let subtracted = match bug {
            Bug::Unconnected => 0.0,
            _ => average(means).powi(2),
        };
        let mut report = Report::from_blocks(squares);
        report.value -= subtracted;
        report
    };
    let reports: Vec<Report> = means.iter().zip(&squares).map(report).collect();
    judged(&reports, 1.0 - variance_of_mean(SAMPLES), None)
}

/// `⟨a⟩/⟨b⟩` of `b = 2 + x` and `a = ½b + z/10`: one half, and the fluctuations of `a` and `b` all but cancel.
fn ratio(bug: Bug, draws: &Draws) -> Vec<Measured> {
    let x = chains(0.0, draws);
    let mut z = vec![0.0; REPLICAS * BLOCKS];
    draws.chains("noise", REPLICAS).normal(&mut z);
    let noise = 0.1 / (BLOCK as f64).sqrt();
    let report = |(replica, b): (usize, &Vec<f64>)| {
        let noises = z.iter().skip(replica).step_by(REPLICAS);
        let a: Vec<f64> = b
            .iter()
            .zip(noises)
            .map(|(b, z)| 0.5 * b + noise * z)
            .collect();
        let (all_a, all_b): (f64, f64) = (a.iter().sum(), b.iter().sum());
        let n = BLOCKS as f64;
        let without = |(a, b): (&f64, &f64)| match bug {
            Bug::FrozenDenominator => (all_a - a) / (n - 1.0) / (all_b / n),
            _ => (all_a - a) / (all_b - b),
        };
        let samples: Vec<f64> = a.iter().zip(b).map(without).collect();
        Report::from_jackknife(all_a / all_b, &samples)
    };
    let means = block_means(|i| 2.0 + x[i]);
    let reports: Vec<Report> = means.iter().enumerate().map(report).collect();
    judged(&reports, 0.5, Some(0.0))
}

/// The stiffness that `⟨x²⟩` is reweighted to, from 1.
const STIFFER: f64 = 1.15;

fn reweight(bug: Bug, draws: &Draws) -> Vec<Measured> {
    let x = chains(0.0, draws);
    let sign = if bug == Bug::WeightsInverted {
        1.0
    } else {
        -1.0
    };
    let weights: Vec<f64> = x
        .iter()
        .map(|x| (sign * 0.5 * (STIFFER - 1.0) * x * x).exp())
        .collect();
    let above = block_means(|i| weights[i] * x[i] * x[i]);
    let below = block_means(|i| weights[i]);
    let report = |(above, below): (&Vec<f64>, &Vec<f64>)| {
        let mut report = Report::from_blocks(above);
        if bug != Bug::WeightsNotNormalised {
            report.value /= average(below);
        }
        report
    };
    let reports: Vec<Report> = above.iter().zip(&below).map(report).collect();
    judged(&reports, 1.0 / STIFFER, None)
}

fn library_reweighted(draws: &Draws) -> Vec<Measured> {
    let x = chains(0.0, draws);
    let report = |replica: usize| {
        let own = x.iter().skip(replica).step_by(REPLICAS);
        let squares: Vec<f64> = own.map(|x| x * x).collect();
        let ln_w: Vec<f64> = squares.iter().map(|s| -0.5 * (STIFFER - 1.0) * s).collect();
        let found = reweighted(&squares, &ln_w, BLOCK).expect("finite weights");
        Report::of(&found.estimate)
    };
    let reports: Vec<Report> = (0..REPLICAS).map(report).collect();
    judged(&reports, 1.0 / STIFFER, None)
}

/// Sixty-four weights of which one is all.
fn floor(bug: Bug, draws: &Draws) -> Vec<Measured> {
    let mut r = draws.stream("weights");
    let ln_w: Vec<f64> = (0..64).map(|_| 1e6 * r.normal()).collect();
    let weights = ImportanceWeights::from_logarithms(&ln_w).expect("finite weights");
    let measured = bug == Bug::FloorMeasured && weights.ess() > 0.0;
    vec![
        Measured::Nothing,
        Measured::Nothing,
        Measured::Fact(weights.ess_is_floor() && !measured),
    ]
}
