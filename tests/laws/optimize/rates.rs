//! Learning-rate schedules by their formulas, and bounds on gradients.

use fieldassay::num::simd::Float;
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{Schedule, clip_by_norm, clip_by_value, norm};
use fieldassay::{Error, Seed};

const FORMULA: Tol = Tol::rel(1e-14).because("a handful of roundings, and one power or cosine");

fn see_all(worst: &mut Worst, name: &str, schedule: &Schedule, expected: &[(u64, f64)]) {
    for (step, rate) in expected {
        worst.see(schedule.at(*step), *rate, || format!("{name}, step {step}"));
    }
}

#[test]
fn schedules_have_their_values() {
    let mut worst = Worst::new(FORMULA);
    let constant = Schedule::constant(3e-4).expect("sound");
    see_all(
        &mut worst,
        "constant",
        &constant,
        &[(0, 3e-4), (1_000_000, 3e-4)],
    );
    let stairs = Schedule::step_decay(1e-3, 0.5, 10).expect("sound");
    let expected = [
        (0, 1e-3),
        (9, 1e-3),
        (10, 5e-4),
        (19, 5e-4),
        (20, 2.5e-4),
        (99, 1e-3 / 512.0),
    ];
    see_all(&mut worst, "stairs", &stairs, &expected);
    let exponential = Schedule::exponential(1e-2, 0.9).expect("sound");
    let expected = [
        (0, 1e-2),
        (1, 9e-3),
        (2, 8.1e-3),
        (10, 1e-2 * 0.348_678_440_1),
    ];
    see_all(&mut worst, "exponential", &exponential, &expected);
    let inverse = Schedule::inverse_time(0.1, 50.0).expect("sound");
    see_all(
        &mut worst,
        "inverse time",
        &inverse,
        &[(0, 0.1), (50, 0.05), (450, 0.01)],
    );
    // cos(π/3) = ½: three quarters of the way are left at a third of the time.
    let cosine = Schedule::cosine(1e-3, 1e-5, 300).expect("sound");
    let expected = [
        (0, 1e-3),
        (100, 1e-5 + 0.75 * 9.9e-4),
        (150, 5.05e-4),
        (200, 1e-5 + 0.25 * 9.9e-4),
        (300, 1e-5),
        (u64::MAX, 1e-5),
    ];
    see_all(&mut worst, "cosine", &cosine, &expected);
    worst.assert_at_least(21);
}

#[test]
fn schedules_compose() {
    let mut worst = Worst::new(FORMULA);
    let cosine = Schedule::cosine(1e-3, 1e-5, 100).expect("sound");
    let warm = cosine.clone().after_warm_up(4);
    let rise = [
        (0, 2.5e-4),
        (1, 5e-4),
        (2, 7.5e-4),
        (3, 1e-3),
        (4, 1e-3),
        (54, 5.05e-4),
    ];
    see_all(&mut worst, "warm-up", &warm, &rise);
    let tail = Schedule::exponential(1e-5, 0.5).expect("sound");
    let joined = warm.clone().then(104, tail);
    let expected = [(3, 1e-3), (54, 5.05e-4), (104, 1e-5), (105, 5e-6)];
    see_all(&mut worst, "joined", &joined, &expected);
    assert_eq!(warm.clone().after_warm_up(0), warm.clone().after_warm_up(0));
    assert_eq!(cosine.clone().after_warm_up(0).at(7), cosine.at(7));
    worst.assert_at_least(10);
    // A rate is never zero, which an optimiser would refuse.
    let vanishing = Schedule::exponential(1.0, 0.5).expect("sound");
    assert!(vanishing.at(u64::MAX) > 0.0);
}

#[test]
fn schedules_refuse_what_is_no_rate() {
    let refused = [
        Schedule::constant(0.0),
        Schedule::constant(f64::NAN),
        Schedule::step_decay(1e-3, 0.5, 0),
        Schedule::step_decay(1e-3, -0.5, 10),
        Schedule::exponential(f64::INFINITY, 0.5),
        Schedule::inverse_time(1e-3, 0.0),
        Schedule::cosine(1e-3, 0.0, 10),
        Schedule::cosine(1e-3, 1e-5, 0),
    ];
    for (case, schedule) in refused.into_iter().enumerate() {
        assert!(matches!(schedule, Err(Error::Domain { .. })), "case {case}");
    }
}

fn clipped_norm_is_the_limit<T: Float>(tol: Tol) {
    let mut rng = Seed(20_260_901).stream("laws/optimize/clip");
    let mut worst = Worst::new(tol);
    for n in [1, 15, 16, 17, 33, 1000] {
        for scale in [1e-15, 1.0, 1e15] {
            let gradient: Vec<T> = (0..n).map(|_| T::of(scale * rng.normal())).collect();
            let square: f64 = gradient.iter().map(|x| x.to_f64().powi(2)).sum();
            let length = square.sqrt();
            let mut clipped = gradient.clone();
            let told = clip_by_norm(&mut clipped, 0.1 * length).expect("sound");
            worst.see(told, length, || format!("norm of {n} at {scale:e}"));
            worst.see(norm(&clipped), 0.1 * length, || {
                format!("clipped norm of {n}")
            });
            for (x, y) in clipped.iter().zip(&gradient) {
                worst.see(x.to_f64(), 0.1 * y.to_f64(), || format!("direction of {n}"));
            }
            let mut kept = gradient.clone();
            clip_by_norm(&mut kept, 1.1 * length).expect("sound");
            assert_eq!(kept, gradient);
        }
    }
    worst.assert_at_least(3 * (2 * 6 + 1082));
}

#[test]
fn clipping_by_norm_keeps_the_direction_and_leaves_short_gradients_alone() {
    clipped_norm_is_the_limit::<f64>(Tol::rel(1e-13).because("sums of 1000 squares"));
    clipped_norm_is_the_limit::<f32>(Tol::rel(2e-7).because("one rounding to single precision"));
}

#[test]
fn the_norm_neither_overflows_nor_vanishes_nor_hides_nan() {
    let mut worst = Worst::new(Tol::rel(1e-15).because("a 3-4-5 triangle"));
    for exponent in [-300, -170, -150, 0, 150, 170, 300] {
        let unit = 10f64.powi(exponent);
        worst.see(norm(&[3.0 * unit, 4.0 * unit]), 5.0 * unit, || {
            format!("1e{exponent}")
        });
    }
    worst.assert_at_least(7);
    assert_eq!(norm::<f64>(&[]), 0.0);
    assert_eq!(norm(&[0.0_f32; 5]), 0.0);
    assert!(norm(&[1.0, f64::NAN, f64::INFINITY]).is_nan());
    assert_eq!(norm(&[1.0, f64::NEG_INFINITY]), f64::INFINITY);
    let mut diverged = [1.0, f64::INFINITY];
    assert_eq!(
        clip_by_norm(&mut diverged, 1.0).expect("data"),
        f64::INFINITY
    );
    assert_eq!(diverged, [1.0, f64::INFINITY]);
}

#[test]
fn clipping_by_value_bounds_every_entry_and_keeps_nan() {
    let mut gradient = [0.5, -3.0, 2.0, f64::NAN, f64::NEG_INFINITY, -1.0];
    assert_eq!(clip_by_value(&mut gradient, 1.0).expect("sound"), 3);
    assert_eq!(gradient[..3], [0.5, -1.0, 1.0]);
    assert!(gradient[3].is_nan());
    assert_eq!(gradient[4..], [-1.0, -1.0]);
    for limit in [0.0, -1.0, f64::NAN] {
        assert!(matches!(
            clip_by_value(&mut gradient, limit),
            Err(Error::Domain { .. })
        ));
        assert!(matches!(
            clip_by_norm(&mut gradient, limit),
            Err(Error::Domain { .. })
        ));
    }
}
