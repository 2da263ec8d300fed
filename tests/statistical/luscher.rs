//! Errors of phases and of fit parameters are what they say: pulls over replicas are N(0, 1).
//!
//! Every replica draws its levels from a stream of its own; mean and variance of the pulls are held
//! against 0 and 1 with the false-fail rate below, and only pass with the power to see the stated bias.

use fieldassay::Seed;
use fieldassay::finite_volume::{
    Amplitude, AmplitudeModel, BoxFrame, LevelForm, LevelSamples, LevelTable, PhaseBranch, SWave,
    TwoBody, UnitSystem, Window,
};
use fieldassay::io::Limits;
use fieldassay::linalg::Matrix;
use fieldassay::rng::Rng;
use fieldassay::stats::{Estimate, Resampling};
use fieldassay::verdict::{Outcome, check};

const SEED: Seed = Seed(20_261_125);
const FALSE_FAIL: f64 = 1e-6;
/// A bias of four tenths of an error, or errors wrong by a quarter: what 600 replicas can show.
const MEAN_BIAS: f64 = 0.4;
const VARIANCE_BIAS: f64 = 0.6;
const REPLICAS: usize = 600;

const TRUTH: [f64; 2] = [0.2, 3.0];

fn pair() -> TwoBody {
    TwoBody::new(0.12, 0.35).unwrap()
}

fn k_cot_delta(k2: f64) -> f64 {
    -TRUTH[0] + 0.5 * TRUTH[1] * k2
}

/// The true levels: energies in the frame of the box, and the digits of `d`.
fn levels() -> Vec<(f64, [i32; 3])> {
    let mut all = Vec::new();
    for d in [[0, 0, 0], [0, 0, 1], [1, 1, 0]] {
        let frame = BoxFrame::natural(26.0, d).unwrap();
        let window = Window {
            e_cm: (0.45, 0.62),
            knots: Vec::new(),
        };
        let amplitude = Amplitude::KCotDelta(&k_cot_delta);
        let found = SWave::new(pair(), frame)
            .levels(&amplitude, &window)
            .unwrap();
        all.extend(found.into_iter().map(|e| (frame.lab_energy(e), d)));
    }
    all
}

fn table(energies: &[f64], frames: &[[i32; 3]], error: f64) -> LevelTable {
    let rows: String = energies
        .iter()
        .zip(frames)
        .map(|(e, d)| format!("{e},{error},{}{}{}\n", d[0], d[1], d[2]))
        .collect();
    let text = format!("E_lab [1/a],E_lab_err [1/a],d\n{rows}");
    let form = LevelForm {
        units: UnitSystem::Lattice,
        pair: pair(),
        length: Some(26.0),
        d: [0; 3],
    };
    LevelTable::from_bytes(
        "replica.csv".as_ref(),
        text.as_bytes(),
        &Limits::default(),
        &form,
    )
    .unwrap()
}

/// A common and an own part: correlation one half.
fn noise(rng: &mut Rng, count: usize, error: f64) -> Vec<f64> {
    let common = rng.normal();
    (0..count)
        .map(|_| error * (common + rng.normal()) / 2_f64.sqrt())
        .collect()
}

fn covariance(count: usize, error: f64) -> Matrix<f64> {
    let entry = |i, j| if i == j { 1.0 } else { 0.5 };
    Matrix::from_fn(count, count, |i, j| error * error * entry(i, j))
}

/// Mean 0 and variance 1, judged by their own errors.
fn assert_standard_normal(name: &str, pulls: &[f64]) {
    let judge = |what: &str, numbers: &[f64], truth: f64, bias: f64| {
        let estimate = Estimate::from_independent(numbers).unwrap();
        let name = format!("{what} of the pulls of {name}");
        let result = check(name, estimate)
            .false_fail(FALSE_FAIL)
            .resolves(bias)
            .against(truth);
        println!("{result:?}");
        assert_eq!(result.outcome, Outcome::Pass, "{result:?}");
    };
    assert!(pulls.len() >= 500, "{} replicas", pulls.len());
    judge("mean", pulls, 0.0, MEAN_BIAS);
    let squares: Vec<f64> = pulls.iter().map(|p| p * p).collect();
    judge("mean square", &squares, 1.0, VARIANCE_BIAS);
}

#[test]
fn pulls_of_propagated_errors_are_standard_normal() {
    let (truth, error) = (levels(), 2e-4);
    let frames: Vec<[i32; 3]> = truth.iter().map(|level| level.1).collect();
    // One level at rest, one in motion.
    for which in [1, truth.len() - 1] {
        let (mut cot, mut delta) = (Vec::new(), Vec::new());
        for replica in 0..REPLICAS {
            let mut rng = SEED.stream(&format!("statistical/luscher/single/{which}/{replica}"));
            let energy = truth[which].0 + error * rng.normal();
            let phases = table(&[energy], &frames[which..=which], error)
                .phases(None, PhaseBranch::Principal)
                .unwrap();
            let level = phases.levels[0];
            // The amplitude at the true momentum: the error is that of the level along its curve.
            let channel = SWave::new(pair(), BoxFrame::natural(26.0, frames[which]).unwrap());
            let e_true = channel.frame().cm_energy(truth[which].0).unwrap();
            let point = channel.at(e_true).unwrap();
            cot.push((level.k_cot_delta.value - point.k_cot_delta) / level.k_cot_delta.error);
            let d = level.delta.unwrap();
            let off = d.value - point.phase().unwrap();
            let off = off - std::f64::consts::PI * (off / std::f64::consts::PI).round();
            delta.push(off / d.error);
        }
        assert_standard_normal(&format!("k cot δ, level {which}"), &cot);
        assert_standard_normal(&format!("δ, level {which}"), &delta);
    }
}

#[test]
fn pulls_of_jackknife_errors_are_standard_normal() {
    const CONFIGURATIONS: usize = 200;
    let (truth, error) = (levels(), 1e-4);
    let frames: Vec<[i32; 3]> = truth.iter().map(|level| level.1).collect();
    let count = 2;
    let mut pulls = vec![Vec::new(); count];
    let mut correlation = Vec::new();
    for replica in 0..REPLICAS {
        let mut rng = SEED.stream(&format!("statistical/luscher/jackknife/{replica}"));
        let width = error * (CONFIGURATIONS as f64).sqrt();
        let data: Vec<Vec<f64>> = (0..CONFIGURATIONS)
            .map(|_| noise(&mut rng, count, width))
            .collect();
        let n = CONFIGURATIONS as f64;
        let sum: Vec<f64> = (0..count)
            .map(|i| data.iter().map(|row| row[i]).sum())
            .collect();
        let mean: Vec<f64> = (0..count).map(|i| truth[i].0 + sum[i] / n).collect();
        let mut text = "E0,E1\n".to_owned();
        for row in &data {
            let left: Vec<f64> = (0..count)
                .map(|i| truth[i].0 + (sum[i] - row[i]) / (n - 1.0))
                .collect();
            text += &format!("{},{}\n", left[0], left[1]);
        }
        let table = table(&mean, &frames[..count], 0.0);
        let samples = LevelSamples::from_bytes(
            "jackknife.csv".as_ref(),
            text.as_bytes(),
            &Limits::default(),
            Resampling::Jackknife,
            &table,
            pair(),
        )
        .unwrap();
        let phases = table
            .phases(Some(&samples), PhaseBranch::Principal)
            .unwrap();
        for i in 0..count {
            let channel = table.levels()[i].channel;
            let e_true = channel.frame().cm_energy(truth[i].0).unwrap();
            let expected = channel.at(e_true).unwrap().k_cot_delta;
            let found = phases.levels[i].k_cot_delta;
            pulls[i].push((found.value - expected) / found.error);
        }
        let c = &phases.k_cot_delta_covariance;
        correlation.push(c[(0, 1)] / (c[(0, 0)] * c[(1, 1)]).sqrt());
    }
    for (i, pulls) in pulls.iter().enumerate() {
        assert_standard_normal(&format!("jackknife, level {i}"), pulls);
    }
    // The energies' correlation, with the signs of the slopes on the zeta curves.
    let exact = table(&[truth[0].0, truth[1].0], &frames[..count], 0.0);
    let slope = |i: usize| {
        let channel = exact.levels()[i].channel;
        let e_true = channel.frame().cm_energy(truth[i].0).unwrap();
        channel.at(e_true).unwrap().k_cot_delta_slope.signum()
    };
    let half = check(
        "correlation",
        Estimate::from_independent(&correlation).unwrap(),
    )
    .false_fail(FALSE_FAIL)
    .resolves(0.05)
    .against(0.5 * slope(0) * slope(1));
    assert_eq!(half.outcome, Outcome::Pass, "{half:?}");
}

#[test]
fn pulls_of_fit_parameters_are_standard_normal_and_chi_squared_is_itself() {
    let (truth, error) = (levels(), 1e-4);
    let frames: Vec<[i32; 3]> = truth.iter().map(|level| level.1).collect();
    let covariance = covariance(truth.len(), error);
    let (mut pulls, mut chi2) = ([Vec::new(), Vec::new()], Vec::new());
    for replica in 0..REPLICAS {
        let mut rng = SEED.stream(&format!("statistical/luscher/fit/{replica}"));
        let shifts = noise(&mut rng, truth.len(), error);
        let energies: Vec<f64> = truth.iter().zip(shifts).map(|((e, _), s)| e + s).collect();
        let fit = table(&energies, &frames, error)
            .fit(AmplitudeModel::EffectiveRange(2), &covariance, None)
            .unwrap();
        assert!(fit.converged, "replica {replica}: {fit:?}");
        for (j, pull) in pulls.iter_mut().enumerate() {
            pull.push((fit.theta[j] - TRUTH[j]) / fit.errors()[j]);
        }
        chi2.push(fit.chi2 / fit.degrees_of_freedom as f64);
    }
    assert_standard_normal("1/a0", &pulls[0]);
    assert_standard_normal("r_eff", &pulls[1]);
    let estimate = Estimate::from_independent(&chi2).unwrap();
    let one = check("χ² per degree of freedom", estimate)
        .false_fail(FALSE_FAIL)
        .resolves(0.3)
        .against(1.0);
    println!("{one:?}");
    assert_eq!(one.outcome, Outcome::Pass, "{one:?}");
}
