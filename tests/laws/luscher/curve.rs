//! The curve through a table: exact on cubics, fourth order, no wiggle, and linear in its entries.

use fieldassay::Error;
use fieldassay::finite_volume::Curve;
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Seed;

fn uneven(count: usize) -> Vec<f64> {
    let mut rng = Seed(20_261_125).stream("laws/luscher/curve");
    let mut x = 0.0;
    (0..count)
        .map(|_| {
            x += rng.uniform_in(0.02, 0.1);
            x
        })
        .collect()
}

fn between(x: &[f64]) -> Vec<f64> {
    let inner = |pair: &[f64]| [0.1, 0.37, 0.5, 0.93].map(|t| pair[0] + t * (pair[1] - pair[0]));
    x.windows(2).flat_map(inner).collect()
}

#[test]
fn a_rising_cubic_is_itself_on_any_grid() {
    const CUBIC: Tol = Tol::rel(1e-12).because("rounding of the slopes' weights");
    let f = |x: f64| 1.0 + x + 0.5 * x * x + 0.2 * x * x * x;
    let slope = |x: f64| 1.0 + x + 0.6 * x * x;
    let x = uneven(40);
    let curve = Curve::new(x.clone(), x.iter().map(|x| f(*x)).collect()).unwrap();
    let mut worst = Worst::new(CUBIC);
    for at in between(&x).into_iter().chain(x) {
        worst.see(curve.value(at), f(at), || format!("value at {at}"));
        worst.see(curve.derivative(at), slope(at), || format!("slope at {at}"));
    }
    worst.assert_at_least(350);
}

#[test]
fn halving_the_spacing_of_a_smooth_phase_gains_a_factor_of_sixteen() {
    let phase = |k: f64| k.atan2(0.4 + 0.3 * k * k);
    let error = |count: u32| {
        let x: Vec<f64> = (0..=count)
            .map(|i| f64::from(i) / f64::from(count))
            .collect();
        let curve = Curve::new(x.clone(), x.iter().map(|x| phase(*x)).collect()).unwrap();
        between(&x)
            .into_iter()
            .map(|x| (curve.value(x) - phase(x)).abs())
            .fold(0.0, f64::max)
    };
    let (coarse, fine) = (error(40), error(80));
    assert!(fine < 2e-7, "error {fine}");
    let order = (coarse / fine).log2();
    assert!(order > 3.5, "order {order}: {coarse} and {fine}");
}

#[test]
fn a_monotone_table_gives_a_monotone_curve() {
    let mut rng = Seed(20_261_125).stream("laws/luscher/monotone");
    let mut seen = 0;
    for _ in 0..200 {
        let x = uneven(15);
        let mut y = 0.0;
        // Flat stretches and jumps of three decades: a resonance that the table does not resolve.
        let table: Vec<f64> = x
            .iter()
            .map(|_| {
                y += [0.0, 1e-3, 1.0][rng.below(3)] * rng.uniform();
                y
            })
            .collect();
        let curve = Curve::new(x.clone(), table.clone()).unwrap();
        let fine: Vec<f64> = (0..=1400)
            .map(|i| x[0] + (x[14] - x[0]) * f64::from(i) / 1400.0)
            .collect();
        for pair in fine.windows(2) {
            let (a, b) = (curve.value(pair[0]), curve.value(pair[1]));
            assert!(
                b >= a - 1e-15 * table[14].max(1.0),
                "falls at {}: {a} to {b}",
                pair[1]
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 280_000);
}

#[test]
fn the_sensitivities_are_those_of_the_curve() {
    const LINEAR: Tol =
        Tol::rel_abs(1e-6, 1e-9).because("central difference, h = 1e-7, piecewise linear");
    let mut worst = Worst::new(LINEAR);
    let x = uneven(12);
    for table in [
        x.iter().map(|x| (2.0 * x).sin()).collect::<Vec<_>>(),
        vec![
            0.0, 0.1, 0.11, 0.12, 2.9, 3.0, 3.01, 2.5, 2.4, 2.6, 2.61, 2.7,
        ],
    ] {
        let curve = Curve::new(x.clone(), table.clone()).unwrap();
        for at in between(&x) {
            let sensitivity = curve.sensitivity(at);
            for entry in 0..x.len() {
                let moved = |h: f64| {
                    let mut table = table.clone();
                    table[entry] += h;
                    Curve::new(x.clone(), table).unwrap().value(at)
                };
                let difference = (moved(1e-7) - moved(-1e-7)) / 2e-7;
                let part = sensitivity
                    .iter()
                    .find(|(i, _)| *i == entry)
                    .map_or(0.0, |(_, w)| *w);
                worst.see(part, difference, || format!("entry {entry} at {at}"));
            }
        }
    }
    worst.assert_at_least(1000);
}

#[test]
fn what_is_no_table_is_refused() {
    let refused = |x: &[f64], y: &[f64]| Curve::new(x.to_vec(), y.to_vec()).unwrap_err();
    assert!(matches!(
        refused(&[1.0], &[1.0]),
        Error::ShapeMismatch { .. }
    ));
    assert!(matches!(
        refused(&[1.0, 2.0], &[1.0]),
        Error::ShapeMismatch { .. }
    ));
    assert!(matches!(
        refused(&[1.0, 1.0], &[1.0, 2.0]),
        Error::Domain { .. }
    ));
    assert!(matches!(
        refused(&[1.0, f64::NAN], &[1.0, 2.0]),
        Error::Domain { .. }
    ));
    assert!(matches!(
        refused(&[1.0, 2.0], &[1.0, f64::INFINITY]),
        Error::Domain { .. }
    ));
    let two = Curve::new(vec![0.0, 1.0], vec![1.0, 3.0]).unwrap();
    assert_eq!(
        [two.value(0.5), two.value(-1.0), two.value(9.0)],
        [2.0, 1.0, 3.0]
    );
}
