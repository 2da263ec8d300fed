//! Unequal masses and moving frames against direct sums, and kinematics against bisection.

use fieldassay::finite_volume::{Amplitude, BoxFrame, MovingFrame, SWave, TwoBody, Window};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Seed;
use fieldassay::stats::Resampling;
use fieldassay_reference::dd::Dd;
use fieldassay_reference::shifted_zeta::{self, ShiftedFrame};
use fieldassay_reference::{resampling, two_body};

const FAST: Tol = Tol::rel_abs(1e-12, 1e-12).because("the bar: 1e-12, absolute next to zeros");

fn conclude(what: &str, worst: &Worst, minimum: usize) {
    println!("{what}: {}", worst.summary());
    worst.assert_at_least(minimum);
}

fn witness(d: [i32; 3], gamma: f64, alpha: f64, q2: f64) -> f64 {
    let frame = ShiftedFrame {
        d,
        gamma: Dd::from(gamma),
        alpha: Dd::from(alpha),
    };
    shifted_zeta::z00(Dd::from(q2), &frame).to_f64()
}

#[test]
fn the_shifted_zeta_function_agrees_with_direct_sums() {
    let mut rng = Seed(20_261_125).stream("witness/luscher/shifted");
    let mut worst = Worst::new(FAST);
    for d in [[0, 0, 1], [1, 1, 0], [1, 1, 1], [0, 0, 2]] {
        let frame = MovingFrame::new(d).unwrap();
        for range in [(-8.0, -1.0), (-1.0, 3.0), (3.0, 50.0)] {
            let (gamma, alpha) = (rng.uniform_in(1.0, 1.3), rng.uniform_in(-0.3, 2.3));
            let q2 = rng.uniform_in(range.0, range.1);
            let fast = frame.shifted_zeta(gamma, alpha, q2).unwrap().value;
            worst.see(fast, witness(d, gamma, alpha, q2), || {
                format!("d = {d:?}, γ = {gamma}, α = {alpha}, q² = {q2}")
            });
        }
    }
    conclude("Z00 of unequal masses", &worst, 12);
}

#[test]
fn a_level_of_unequal_masses_in_motion_solves_the_condition_of_the_witness() {
    const SOLVES: Tol = Tol::abs(1e-10).because("the bar on a phase");
    let (m1, m2, length, d) = (0.12, 0.35, 28.0, [1, 1, 0]);
    let pair = TwoBody::new(m1, m2).unwrap();
    let channel = SWave::new(pair, BoxFrame::natural(length, d).unwrap());
    let delta = 0.6;
    let window = Window {
        e_cm: (0.4701, 0.66),
        knots: Vec::new(),
    };
    let found = channel
        .levels(&Amplitude::Delta(&|_| delta), &window)
        .unwrap();
    let mut worst = Worst::new(SOLVES);
    for e in &found[..2] {
        let unit = std::f64::consts::TAU / length;
        let q2 = two_body::momentum2(m1, m2, *e) / (unit * unit);
        let gamma = (e * e + 2.0 * unit * unit).sqrt() / e;
        let alpha = 1.0 + (m1 * m1 - m2 * m2) / (e * e);
        let tangent =
            gamma * std::f64::consts::PI.powf(1.5) * q2.sqrt() / witness(d, gamma, alpha, q2);
        worst.see(tangent.atan(), delta, || format!("E_cm = {e}"));
    }
    conclude("levels in motion", &worst, 2);
}

#[test]
fn momenta_and_free_levels_are_those_of_the_sum_of_roots() {
    const ROOTS: Tol = Tol::rel(1e-13).because("bisection to the last bit of a sum of roots");
    let (mut momenta, mut levels) = (Worst::new(ROOTS), Worst::new(ROOTS));
    let mut rng = Seed(20_261_125).stream("witness/luscher/kinematics");
    for i in 0..200 {
        let (m1, m2) = (rng.uniform_in(0.05, 0.5), rng.uniform_in(0.05, 0.5));
        let pair = TwoBody::new(m1, m2).unwrap();
        let e = pair.threshold() * rng.uniform_in(0.9, 3.0);
        let scale = e * e;
        let case = || format!("{m1}, {m2}, E = {e}");
        let exact = two_body::momentum2(m1, m2, e);
        momenta.see(1.0 + pair.momentum2(e) / scale, 1.0 + exact / scale, case);
        if i % 40 == 0 {
            let d = [[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1], [0, 0, 2]][i / 40];
            let channel = SWave::new(pair, BoxFrame::natural(24.0, d).unwrap());
            let all = two_body::free_energies(m1, m2, 24.0, d, 5);
            let mut known: Vec<f64> = all.into_iter().filter(|e| *e < 1.0).collect();
            known.dedup_by(|a, b| (*a - *b).abs() < 1e-10);
            let found = channel.free_levels(1.0).unwrap();
            assert_eq!(found.len(), known.len(), "d = {d:?}");
            for (a, b) in found.iter().zip(&known) {
                levels.see(*a, *b, || format!("d = {d:?}"));
            }
        }
    }
    conclude("k² of two masses", &momenta, 200);
    conclude("free levels", &levels, 20);
}

#[test]
fn resampled_covariances_are_the_sums_over_pairs() {
    const PAIRS: Tol = Tol::rel_abs(1e-12, 1e-13).because("a sum over pairs needs no mean");
    let mut rng = Seed(20_261_125).stream("witness/luscher/resampling");
    let mut worst = Worst::new(PAIRS);
    for count in [2, 3, 17, 200] {
        let x: Vec<f64> = (0..count).map(|_| 3.0 + rng.normal()).collect();
        let y: Vec<f64> = x.iter().map(|x| 0.5 * x + rng.normal()).collect();
        let case = || format!("{count} samples");
        worst.see(
            Resampling::Jackknife.covariance(&x, &y).unwrap(),
            resampling::jackknife(&x, &y),
            case,
        );
        worst.see(
            Resampling::Bootstrap.covariance(&x, &y).unwrap(),
            resampling::bootstrap(&x, &y),
            case,
        );
    }
    conclude("resampled covariances", &worst, 8);
}
