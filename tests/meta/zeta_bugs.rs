//! Lüscher's zeta function under planted bugs: few points, chosen so that each branch of the fast path
//! meets the witness. The whole domain is the business of `tests/witness/zeta.rs`.

use fieldassay::finite_volume::{
    MovingFrame, levels_constant_delta, z00, z00_derivative, z00_regular, zlm,
};
use fieldassay::num::{Tol, Worst};
use fieldassay_reference::dd::Dd;
use fieldassay_reference::zeta::{self as witness, Frame};
use serde_json::Value;

use crate::tree;

const ZETA: Tol =
    Tol::rel(1e-12).because("declared accuracy of the zeta functions off their zeros");

/// Images, both sides of threshold, and every split point up to q² = 60.
const POINTS: [f64; 10] = [-6.3, -1.5, -0.98, -0.4, 0.31, 0.9, 3.7, 7.3, 17.3, 42.1];

#[test]
fn z00_agrees_with_the_witness_on_every_branch() {
    let mut worst = Worst::new(ZETA);
    for q2 in POINTS {
        let fast = z00(q2).expect("off the poles");
        worst.see(fast, witness::z00(Dd::from(q2)).to_f64(), || {
            format!("q² = {q2}")
        });
    }
    worst.assert_at_least(POINTS.len());
}

#[test]
fn z00_agrees_with_the_witness_next_to_poles() {
    let mut worst = Worst::new(ZETA);
    for pole in [1.0, 5.0, 14.0, 38.0] {
        for distance in [-1e-3, -1e-6, 1e-9, 1e-12, 1e-6] {
            let q2 = pole + distance;
            let fast = z00(q2).expect("next to a pole, not on it");
            worst.see(fast, witness::z00(Dd::from(q2)).to_f64(), || {
                format!("q² = {q2}")
            });
        }
    }
    worst.assert_at_least(20);
}

#[test]
fn the_derivative_agrees_with_the_witness_on_every_branch() {
    let mut worst = Worst::new(ZETA);
    for q2 in POINTS {
        let fast = z00_derivative(q2).expect("off the poles");
        worst.see(fast, witness::z00_derivative(Dd::from(q2)).to_f64(), || {
            format!("q² = {q2}")
        });
    }
    worst.assert_at_least(POINTS.len());
}

#[test]
fn z00_without_its_threshold_pole_agrees_with_z00() {
    const REGULAR: Tol =
        Tol::rel_abs(1e-13, 1e-13).because("both are good to 1e-13 where 1/q² is of order one");
    let mut worst = Worst::new(REGULAR);
    for q2 in [-2.5, -0.7, -0.3, 0.4, 0.8] {
        let whole =
            (4.0 * std::f64::consts::PI).sqrt() * z00(q2).expect("off the poles") + 1.0 / q2;
        worst.see(z00_regular(q2).expect("below one"), whole, || {
            format!("q² = {q2}")
        });
    }
    worst.assert_at_least(5);
}

#[test]
fn higher_waves_and_moving_frames_agree_with_the_witness() {
    const DIRECT: Tol = Tol::rel(1e-9)
        .because("direct sums with a polynomial weight of this size are smooth to 1e-9");
    let mut worst = Worst::new(DIRECT);
    for (l, m, q2) in [(4, 0, 0.31), (6, 0, 2.3), (6, 4, -0.5)] {
        let slow = witness::zlm(l, m, Dd::from(q2), &Frame::REST).to_f64();
        worst.see(zlm(l, m, q2).expect("off the poles"), slow, || {
            format!("Z{l}{m}, q² = {q2}")
        });
    }
    for (d, gamma, l, q2) in [([0, 0, 1], 1.1, 0, 0.31), ([0, 0, 1], 1.3, 2, 0.6)] {
        let frame = Frame {
            d,
            gamma: Dd::from(gamma),
        };
        let slow = witness::zlm(l, 0, Dd::from(q2), &frame).to_f64();
        let fast = MovingFrame::new(d).and_then(|frame| frame.zeta(l, gamma, q2));
        worst.see(fast.expect("off the poles"), slow, || {
            format!("Z{l}0, d = {d:?}, γ = {gamma}")
        });
    }
    worst.assert_at_least(5);
}

#[test]
fn every_level_of_a_constant_phase_is_found() {
    const LEVELS: Tol =
        Tol::rel(1e-13).because("both bisect to the last bit of functions good to 1e-14");
    let mut worst = Worst::new(LEVELS);
    for delta in [0.3, 1.2, 2.9] {
        let fast = levels_constant_delta(delta, 6).expect("a phase between 0 and π");
        let slow = witness::levels_constant_delta(delta, 6);
        assert_eq!(fast.len(), slow.len());
        for (level, (fast, slow)) in fast.iter().zip(&slow).enumerate() {
            worst.see(*fast, *slow, || format!("level {level} at δ = {delta}"));
        }
    }
    worst.assert_at_least(18);
}

/// The decimal string with its `place`-th significant digit (from 1) raised or lowered by one.
fn altered(decimal: &str, place: usize) -> String {
    let mut seen = 0;
    let alter = |c: char| {
        seen += usize::from(c.is_ascii_digit() && (seen > 0 || c != '0'));
        match c {
            _ if seen != place || !c.is_ascii_digit() => c,
            '9' => '8',
            digit => char::from_digit(digit.to_digit(10).unwrap_or(0) + 1, 10).unwrap_or(c),
        }
    };
    decimal.chars().map(alter).collect()
}

#[test]
fn an_altered_golden_digit_disagrees_with_the_witness() {
    let golden: Value =
        serde_json::from_str(&tree::read("golden/highprec/luscher_zeta_rest.json")).expect("JSON");
    let records = golden["records"].as_array().expect("a list of records");
    let mut seen = 0;
    for record in records {
        let parameters = &record["parameters"];
        if parameters["l"] != 0 {
            continue;
        }
        let q2 = parameters["q2"].as_f64().expect("a number q2");
        let printed = record["value"].as_str().expect("a decimal value");
        let truth = witness::z00(Dd::from(q2)).to_f64();
        let agrees = |text: &str| {
            ZETA.compare(text.parse().expect("a decimal number"), truth)
                .passed
        };
        assert!(
            agrees(printed),
            "{}: {printed} against {truth:e}",
            record["id"]
        );
        for place in [1, 5, 11] {
            let altered = altered(printed, place);
            assert!(
                !agrees(&altered),
                "{}: {altered} passes for {printed}",
                record["id"]
            );
            seen += 1;
        }
    }
    assert!(seen >= 90, "{seen} digits altered");
}

#[test]
fn the_digit_that_is_altered_is_the_one_that_was_asked_for() {
    assert_eq!(altered("-0.07651", 2), "-0.07751");
    assert_eq!(altered("19.5", 2), "18.5");
}
