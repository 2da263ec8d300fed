//! The quantisation condition along the trajectory of a level, in every frame and for every pair.

use fieldassay::finite_volume::{BoxFrame, SWave, TwoBody, k_cot_delta, threshold_q2};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Seed;
use fieldassay::units::{Fm, NuclearA0};

use std::f64::consts::PI;

const FRAMES: [[i32; 3]; 5] = [[0, 0, 0], [0, 0, 1], [1, 0, -1], [1, 1, 1], [0, 2, 0]];

/// Pairs (masses 0.06 to 0.4), boxes (L = 20 to 40) and frames of a named stream, lattice units.
fn channels(label: &str, count: usize) -> Vec<SWave> {
    let mut rng = Seed(20_261_125).stream(label);
    let draw = |i: usize| {
        let pair = TwoBody::new(rng.uniform_in(0.1, 0.4), rng.uniform_in(0.1, 0.4)).unwrap();
        let frame = BoxFrame::natural(rng.uniform_in(20.0, 40.0), FRAMES[i % 5]).unwrap();
        SWave::new(pair, frame)
    };
    (0..count).map(draw).collect()
}

#[test]
fn every_free_level_is_a_pole_where_the_phase_passes_zero() {
    let mut seen = 0;
    for channel in channels("laws/luscher/poles", 40) {
        let free = channel
            .free_levels(1.5 * channel.pair().threshold())
            .unwrap();
        for e in free {
            let step = 1e-9 * e;
            let (before, after) = (channel.at(e - step), channel.at(e + step));
            let (before, after) = (before.unwrap().k_cot_delta, after.unwrap().k_cot_delta);
            // Z ~ −ν/(r² − q²)√4π with ν ≥ 1 vectors.
            assert!(
                before > 1e3 && after < -1e3,
                "E = {e} of {channel:?}: {before}, {after}"
            );
            seen += 1;
        }
    }
    assert!(seen >= 100, "{seen} free levels");
}

#[test]
fn the_order_of_the_particles_and_the_axes_do_not_matter() {
    const SAME: Tol =
        Tol::rel_abs(1e-10, 1e-11).because("α and 2 − α round differently, next to poles");
    let mut worst = Worst::new(SAME);
    let mut rng = Seed(20_261_125).stream("laws/luscher/order");
    for channel in channels("laws/luscher/exchange/pairs", 100) {
        let e = channel.pair().threshold() * rng.uniform_in(0.99, 1.3);
        let [m1, m2] = channel.pair().masses();
        let [x, y, z] = channel.frame().d();
        let turned = BoxFrame::natural(channel.frame().length(), [z, -x, y]).unwrap();
        let other = SWave::new(TwoBody::new(m2, m1).unwrap(), turned);
        let (here, there) = (channel.at(e).unwrap(), other.at(e).unwrap());
        worst.see(there.k_cot_delta, here.k_cot_delta, || {
            format!("E = {e} of {channel:?}")
        });
    }
    worst.assert_at_least(100);
}

#[test]
fn the_slope_is_that_of_k_cot_delta_along_the_trajectory() {
    const SLOPE: Tol = Tol::rel(1e-6).because("five-point difference, h = 1e-6 of the energy");
    let mut worst = Worst::new(SLOPE);
    let mut rng = Seed(20_261_125).stream("laws/luscher/slope");
    for channel in channels("laws/luscher/slope/pairs", 150) {
        let e = channel.pair().threshold() * rng.uniform_in(0.99, 1.2);
        let here = channel.at(e).unwrap();
        if here.k_cot_delta.abs() > 2.0 {
            continue; // next to a pole
        }
        let h = 1e-6 * e;
        let difference = |f: &dyn Fn(f64) -> f64| {
            (8.0 * (f(e + h) - f(e - h)) - (f(e + 2.0 * h) - f(e - 2.0 * h))) / (12.0 * h)
        };
        let cot = |e| channel.at(e).unwrap().k_cot_delta;
        let case = || format!("E = {e} of {channel:?}");
        worst.see(difference(&cot), here.k_cot_delta_slope, case);
        if let Some(slope) = here.phase_slope().filter(|_| here.k2 > 1e-3) {
            let phase = |e| channel.at(e).unwrap().phase().unwrap();
            worst.see(difference(&phase), slope, case);
        }
    }
    worst.assert_at_least(150);
}

#[test]
fn at_rest_it_is_the_known_formula_whatever_the_masses() {
    const SAME: Tol = Tol::rel_abs(1e-10, 1e-10).because("q² from E, amplified by E²/k²");
    let mut worst = Worst::new(SAME);
    for (m1, m2) in [(0.2, 0.2), (0.1, 0.4)] {
        let pair = TwoBody::new(m1, m2).unwrap();
        let channel = SWave::new(pair, BoxFrame::natural(32.0, [0, 0, 0]).unwrap());
        for q2 in [-0.24, -0.1, 0.2, 0.7, 1.5, 3.3] {
            let e = pair.energy(q2 * (2.0 * PI / 32.0_f64).powi(2)).unwrap();
            let known = k_cot_delta(q2, Fm(32.0)).unwrap().0;
            worst.see(channel.at(e).unwrap().k_cot_delta, known, || {
                format!("{m1}, {m2}, q² = {q2}")
            });
        }
    }
    worst.assert_at_least(12);
}

#[test]
fn the_lowest_level_of_unequal_masses_has_the_threshold_expansion_with_the_reduced_mass() {
    // ΔE = k²/2μ − … : the next term of the kinematics is of relative order k²/m².
    const SERIES: Tol = Tol::rel(2e-4).because("30 x⁴ and k²/4m² at |x| ≤ 0.02, L m = 60");
    let mut worst = Worst::new(SERIES);
    let (m1, m2, length) = (2.0, 6.0, 30.0);
    let reduced = m1 * m2 / (m1 + m2);
    let pair = TwoBody::new(m1, m2).unwrap();
    let channel = SWave::new(pair, BoxFrame::natural(length, [0, 0, 0]).unwrap());
    for x in [-0.02, -0.01, 0.01, 0.02] {
        let a0 = NuclearA0(Fm(x * length));
        let q2 = threshold_q2(a0, Fm(0.0), Fm(length)).unwrap();
        let expected = (2.0 * PI / length).powi(2) * q2 / (2.0 * reduced);
        let cot = |_: f64| -1.0 / a0.0.0;
        let amplitude = fieldassay::finite_volume::Amplitude::KCotDelta(&cot);
        let window = fieldassay::finite_volume::Window {
            e_cm: (pair.threshold() - 0.05, pair.threshold() + 0.005),
            knots: Vec::new(),
        };
        let levels = channel.levels(&amplitude, &window).unwrap();
        let nearest = levels.iter().map(|e| e - pair.threshold());
        let nearest = nearest.min_by(|a, b| (a - expected).abs().total_cmp(&(b - expected).abs()));
        worst.see(nearest.unwrap_or(f64::NAN), expected, || {
            format!("a0/L = {x}: {levels:?}")
        });
    }
    worst.assert_at_least(4);
}
