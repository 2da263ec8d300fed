//! The zeta function of unequal masses: what it becomes where something simpler is known.

use fieldassay::Error;
use fieldassay::finite_volume::{MovingFrame, ShiftedZeta, z00, z00_derivative};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Seed;

const FRAMES: [[i32; 3]; 4] = [[0, 0, 1], [1, 1, 0], [1, 1, 1], [0, 0, 2]];

/// `(d, γ, α, q²)` over the working range.
fn sample(label: &str, count: usize) -> Vec<([i32; 3], f64, f64, f64)> {
    let mut rng = Seed(20_261_125).stream(label);
    let draw = |i: usize| {
        let (gamma, alpha) = (rng.uniform_in(1.0, 1.5), rng.uniform_in(-0.5, 2.5));
        (FRAMES[i % 4], gamma, alpha, rng.uniform_in(-10.0, 60.0))
    };
    (0..count).map(draw).collect()
}

fn at(d: [i32; 3], gamma: f64, alpha: f64, q2: f64) -> ShiftedZeta {
    MovingFrame::new(d)
        .unwrap()
        .shifted_zeta(gamma, alpha, q2)
        .unwrap()
}

#[test]
fn equal_masses_give_the_zeta_function_of_equal_masses() {
    const SAME: Tol = Tol::rel_abs(1e-12, 1e-12).because("two evaluations, each good to 1e-12");
    let mut worst = Worst::new(SAME);
    for (d, gamma, _, q2) in sample("laws/luscher/equal", 400) {
        let known = MovingFrame::new(d).unwrap().zeta(0, gamma, q2).unwrap();
        worst.see(at(d, gamma, 1.0, q2).value, known, || {
            format!("d = {d:?}, γ = {gamma}, q² = {q2}")
        });
    }
    worst.assert_at_least(400);
}

#[test]
fn without_boost_and_shift_it_is_the_zeta_function_at_rest() {
    const SAME: Tol = Tol::rel_abs(1e-12, 1e-12).because("two evaluations, each good to 1e-12");
    let (mut value, mut slope) = (Worst::new(SAME), Worst::new(SAME));
    for (d, _, _, q2) in sample("laws/luscher/rest", 200) {
        for alpha in [0.0, 2.0] {
            let zeta = at(d, 1.0, alpha, q2);
            value.see(zeta.value, z00(q2).unwrap(), || {
                format!("d = {d:?}, α = {alpha}, q² = {q2}")
            });
            let known = z00_derivative(q2).unwrap();
            slope.see(zeta.d_q2, known, || {
                format!("slope, d = {d:?}, α = {alpha}, q² = {q2}")
            });
        }
    }
    value.assert_at_least(400);
    slope.assert_at_least(400);
}

#[test]
fn exchanging_the_particles_or_shifting_by_the_whole_momentum_changes_nothing() {
    const SAME: Tol = Tol::rel_abs(1e-11, 1e-11).because("α rounds at 2e-16 with slopes up to 1e3");
    let mut worst = Worst::new(SAME);
    for (d, gamma, alpha, q2) in sample("laws/luscher/exchange", 200) {
        let here = at(d, gamma, alpha, q2);
        for (other, sign) in [(2.0 - alpha, -1.0), (-alpha, -1.0), (alpha + 2.0, 1.0)] {
            let there = at(d, gamma, other, q2);
            let case = || format!("d = {d:?}, γ = {gamma}, α = {alpha} and {other}, q² = {q2}");
            let scale = here.value.abs().max(here.d_alpha.abs()).max(1.0);
            worst.see(there.value / scale, here.value / scale, case);
            worst.see(there.d_gamma / scale, here.d_gamma / scale, case);
            worst.see(sign * there.d_alpha / scale, here.d_alpha / scale, case);
        }
    }
    worst.assert_at_least(1800);
}

#[test]
fn the_three_derivatives_are_those_of_the_value() {
    const SLOPE: Tol = Tol::abs(2e-7)
        .because("five-point difference, h = 1e-6, which γ makes 6e-5; poles at 5e-3 or more");
    let mut worst = Worst::new(SLOPE);
    let five_point = |f: &dyn Fn(f64) -> f64| {
        let h = 1e-6;
        (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
    };
    for (d, gamma, alpha, q2) in sample("laws/luscher/derivatives", 300) {
        let gamma = gamma + 1e-4;
        let here = at(d, gamma, alpha, q2);
        // Nearer than 5e-3 to a pole the difference is what fails: γ moves it sixty times as fast as q².
        if here.d_q2 > 1e4 {
            continue;
        }
        let scale = here.d_q2.abs() + here.d_gamma.abs() + here.d_alpha.abs();
        let case = || format!("d = {d:?}, γ = {gamma}, α = {alpha}, q² = {q2}");
        for (slope, difference) in [
            (
                here.d_q2,
                five_point(&|h| at(d, gamma, alpha, q2 + h).value),
            ),
            (
                here.d_gamma,
                five_point(&|h| at(d, gamma + h, alpha, q2).value),
            ),
            (
                here.d_alpha,
                five_point(&|h| at(d, gamma, alpha + h, q2).value),
            ),
        ] {
            worst.see(difference / scale, slope / scale, case);
        }
    }
    worst.assert_at_least(700);
}

#[test]
fn nothing_jumps_where_the_evaluation_changes() {
    const SEAM: Tol = Tol::rel_abs(1e-11, 1e-11).because("both sides within 1e-12, Z'·4e-15 apart");
    let mut worst = Worst::new(SEAM);
    for d in FRAMES {
        for (gamma, alpha) in [(1.053, 0.317), (1.31, 1.613), (1.447, 0.91)] {
            for seam in [-1.0, 10.0, 20.0, 40.0] {
                let [below, above] =
                    [-2e-15, 2e-15].map(|step: f64| at(d, gamma, alpha, seam + step));
                for (a, b) in [
                    (below.value, above.value),
                    (below.d_q2, above.d_q2),
                    (below.d_gamma, above.d_gamma),
                    (below.d_alpha, above.d_alpha),
                ] {
                    worst.see(a, b, || {
                        format!("d = {d:?}, γ = {gamma}, α = {alpha}, {seam}")
                    });
                }
            }
        }
    }
    worst.assert_at_least(192);
}

#[test]
fn what_it_cannot_take_is_refused_by_name() {
    let frame = MovingFrame::new([0, 0, 1]).unwrap();
    for (gamma, alpha, q2, name) in [
        (0.9, 1.0, 0.3, "gamma"),
        (f64::NAN, 1.0, 0.3, "gamma"),
        (1.1, 5.1, 0.3, "alpha"),
        (1.1, f64::NAN, 0.3, "alpha"),
        (1.1, 1.0, 64.1, "q²"),
        (1.1, 1.0, f64::NAN, "q²"),
        (1.0, 1.0, 0.25, "q²"),
        (1.0, 0.5, 0.0625, "q²"),
    ] {
        let refused = frame.shifted_zeta(gamma, alpha, q2).unwrap_err();
        assert!(
            matches!(refused, Error::Domain { what, .. } if what == name),
            "{refused}"
        );
    }
}
