//! Angles modulo whole turns.

use std::f64::consts::{PI, TAU};

use fieldassay::autodiff::grad;
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::{Graph, Shape};

use super::values::evaluate;

const TURN: Tol = Tol::abs(1e-13).because("a hundred turns in f64, and a sine's rounding");

#[test]
fn wrapping_keeps_the_angle_and_its_slope() {
    let angles: Vec<f64> = (-400..=400).map(|k| 0.8 * f64::from(k) + 0.05).collect();
    let mut g = Graph::new();
    let x = g
        .input("x", Shape::shared(&[angles.len()]))
        .expect("an input");
    let y = g.wrap_angle(x).expect("angles");
    let sum = g.sum(y).expect("a sum");
    let slope = grad(&mut g, sum, &[x]).expect("a slope")[0];
    let [wrapped, slopes] = <[_; 2]>::try_from(evaluate(&g, &angles, &[y, slope])).expect("two");
    let mut worst = Worst::new(TURN);
    for (&from, &to) in angles.iter().zip(&wrapped) {
        assert!((-PI..PI).contains(&to), "{from} became {to}");
        worst.see((from - to).rem_euclid(TAU).sin(), 0.0, || format!("{from}"));
    }
    worst.assert_at_least(801);
    assert_eq!(slopes, vec![1.0; angles.len()]);
    for (from, to) in [
        (0.0, 0.0),
        (3.0, 3.0),
        (-3.0, -3.0),
        (PI + 0.5, 0.5 - PI),
        (-PI - 0.5, PI - 0.5),
    ] {
        let mut g = Graph::new();
        let x = g.input("x", Shape::shared(&[1])).expect("an input");
        let y = g.wrap_angle(x).expect("an angle");
        let got = evaluate(&g, &[from], &[y])[0][0];
        assert!((got - to).abs() < 1e-15, "{from}: {got}");
    }
}
