//! The zero between two poles: enclosed whatever the function does on the way.

use std::cell::Cell;
use std::convert::Infallible;

use fieldassay::num::{Bracket, Sample, Tol, Worst, rising_zero};
use fieldassay::rng::{Rng, Seed};

/// Three times the documented 16 ulp, since zero and evaluation have their own rounding.
const CLOSED: Tol = Tol::rel(48.0 * f64::EPSILON).because("three times the 16 ulp documented");

/// The zero, and how many evaluations it took.
fn found(bracket: Bracket, f: impl Fn(f64) -> Sample) -> (f64, usize) {
    let calls = Cell::new(0);
    let zero = rising_zero(bracket, |x| {
        assert!(x > bracket.low && x < bracket.high, "{x} in {bracket:?}");
        calls.set(calls.get() + 1);
        Ok::<_, Infallible>(f(x))
    });
    (zero.unwrap(), calls.get())
}

fn stream(label: &str) -> Rng {
    Seed(20_260_901).stream(&format!("laws/root/{label}"))
}

/// `slope·(x − zero) + Σ w/(p − x)` less its value at the zero, with poles at the ends of (0, 1) and outside.
struct Poles {
    zero: f64,
    slope: f64,
    poles: Vec<(f64, f64)>,
}

impl Poles {
    fn random(rng: &mut Rng) -> Self {
        let zero = rng.uniform_in(0.001, 0.999);
        let mut poles = vec![
            (0.0, 10_f64.powf(rng.uniform_in(-8.0, 1.0))),
            (1.0, 10_f64.powf(rng.uniform_in(-8.0, 1.0))),
        ];
        for _ in 0..4 {
            let beyond = 10_f64.powf(rng.uniform_in(-9.0, 0.5));
            let at = if rng.uniform() < 0.5 {
                -beyond
            } else {
                1.0 + beyond
            };
            poles.push((at, 10_f64.powf(rng.uniform_in(-8.0, 1.0))));
        }
        Self {
            zero,
            slope: 10_f64.powf(rng.uniform_in(-6.0, 1.0)),
            poles,
        }
    }

    /// Every pole's part vanishes at the zero by itself, so that it is where it is to the last bit.
    fn at(&self, x: f64) -> Sample {
        let (mut value, mut slope) = (self.slope * (x - self.zero), self.slope);
        for (at, weight) in &self.poles {
            value += weight * (x - self.zero) / ((at - x) * (at - self.zero));
            slope += weight / ((at - x) * (at - x));
        }
        Sample { value, slope }
    }

    fn bracket(&self) -> Bracket {
        Bracket {
            poles: [true; 2],
            ..Bracket::new(0.0, 1.0)
        }
    }
}

#[test]
fn zeros_between_poles_are_found_whatever_lies_behind_these() {
    let mut worst = Worst::new(CLOSED);
    let mut rng = stream("poles");
    let mut calls = 0;
    for index in 0..20_000 {
        let f = Poles::random(&mut rng);
        let (zero, count) = found(f.bracket(), |x| f.at(x));
        worst.see(zero, f.zero, || format!("function {index}"));
        calls += count;
    }
    worst.assert_at_least(20_000);
    assert!(calls < 20_000 * 5, "{calls} evaluations");
}

#[test]
fn kinks_next_to_the_zero_do_not_move_it() {
    let mut worst = Worst::new(CLOSED);
    let mut rng = stream("kinks");
    for index in 0..20_000 {
        // Slopes that change at a kink by a factor from 5/3 to ten powers of ten, as near to the zero as 1e-15.
        let zero = rng.uniform_in(0.001, 0.999);
        let slope = 10_f64.powf(rng.uniform_in(-5.0, 5.0));
        let factor = 10_f64.powf(rng.uniform_in(0.222, 10.0));
        let [before, after] = if rng.uniform() < 0.5 {
            [slope, slope * factor]
        } else {
            [slope * factor, slope]
        };
        let distance = 10_f64.powf(rng.uniform_in(-15.0, -1.0));
        let kink = if rng.uniform() < 0.5 {
            distance
        } else {
            -distance
        };
        let f = |x: f64| {
            let (x, sides) = (
                x - zero,
                if kink > 0.0 {
                    [before, after]
                } else {
                    [after, before]
                },
            );
            let [inner, outer] = sides;
            if (x - kink) * kink > 0.0 {
                Sample {
                    value: inner * kink + outer * (x - kink),
                    slope: outer,
                }
            } else {
                Sample {
                    value: inner * x,
                    slope: inner,
                }
            }
        };
        let (found, count) = found(Bracket::new(0.0, 1.0), f);
        worst.see(found, zero, || format!("function {index}"));
        assert!(count < 200, "{count} evaluations");
    }
    worst.assert_at_least(20_000);
}

#[test]
fn slopes_that_are_wrong_cost_evaluations_only() {
    let mut worst = Worst::new(CLOSED);
    let mut rng = stream("slopes");
    for index in 0..5000 {
        let f = Poles::random(&mut rng);
        let wrong = [f64::NAN, 0.0, -1.0, 1e300, f64::INFINITY, 0.5][index % 6];
        let (zero, count) = found(f.bracket(), |x| {
            let Sample { value, slope } = f.at(x);
            Sample {
                value,
                slope: slope * wrong,
            }
        });
        worst.see(zero, f.zero, || {
            format!("function {index}, slopes times {wrong}")
        });
        assert!(count < 200, "{count} evaluations");
    }
    worst.assert_at_least(5000);
}

#[test]
fn known_ends_save_evaluations() {
    // A parabola times distances: the ends and their slopes give the zero at once.
    let mut rng = stream("ends");
    for _ in 0..100 {
        let zero = rng.uniform_in(0.1, 0.9);
        let bend = rng.uniform_in(-0.9, 0.9);
        let tamed = |x: f64| Sample {
            value: (x - zero) * (1.0 + bend * (x - zero)),
            slope: 1.0 + 2.0 * bend * (x - zero),
        };
        let f = |x: f64| {
            let (tamed, distance) = (tamed(x), x * (1.0 - x));
            Sample {
                value: tamed.value / distance,
                slope: (tamed.slope - tamed.value * (1.0 - 2.0 * x) / distance) / distance,
            }
        };
        let bracket = Bracket {
            low: 0.0,
            high: 1.0,
            poles: [true; 2],
            ends: [Some(tamed(0.0)), Some(tamed(1.0))],
        };
        let (found, count) = found(bracket, f);
        assert!((found - zero).abs() < 1e-14, "{found}, {zero}");
        assert!(count <= 3, "{count} evaluations");
    }
}

#[test]
fn a_zero_at_the_very_end_is_found() {
    for zero in [f64::MIN_POSITIVE, 1e-200, 1e-20, 1.0 - 1e-16] {
        let (found, _) = found(Bracket::new(0.0, 1.0), |x| Sample {
            value: x - zero,
            slope: 1.0,
        });
        assert!(
            (found - zero).abs() <= 48.0 * f64::EPSILON * zero,
            "{found}, {zero}"
        );
    }
}

#[test]
fn a_value_that_is_no_number_has_no_zero() {
    let (zero, _) = found(Bracket::new(0.0, 1.0), |x| Sample {
        value: if x > 0.3 { f64::NAN } else { x - 0.4 },
        slope: 1.0,
    });
    assert!(zero.is_nan(), "{zero}");
}
