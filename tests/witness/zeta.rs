//! Lüscher's zeta functions: fast path, smoothed direct sums of the reference, and 70-digit goldens.

use fieldassay::finite_volume::{
    MovingFrame, levels_constant_delta, z00, z00_derivative, zlm, zlm_derivative,
};
use fieldassay::io::{Golden, Record};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Seed;
use fieldassay_reference::dd::Dd;
use fieldassay_reference::zeta as reference;
use fieldassay_reference::zeta::Frame;

const FAST: Tol = Tol::rel_abs(1e-12, 1e-12).because("the bar: 1e-12, absolute next to zeros");
const GOLDEN: Tol = Tol::rel(1e-12).because("the bar; measured 6e-15");
const LOW_L: Tol = Tol::rel(1e-12).because("the bar for l < 4");
const HIGH_L: Tol = Tol::rel(1e-9).because("the bar for l ≥ 4");

/// Asserts, and says with `--nocapture` what was found: the README quotes these lines.
fn conclude(what: &str, worst: &Worst, minimum: usize) {
    println!("{what}: {}", worst.summary());
    worst.assert_at_least(minimum);
}

fn golden(name: &str) -> Golden {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    Golden::load(
        &path
            .join("golden/highprec")
            .join(name)
            .with_extension("json"),
    )
    .unwrap()
}

struct Parameters {
    l: u32,
    m: u32,
    q2: f64,
    d: Option<[i32; 3]>,
    gamma: f64,
}

impl Parameters {
    fn of(record: &Record) -> Self {
        let integer = |name| u32::try_from(record.parameter_i64(name).unwrap()).unwrap();
        let moving = record.parameter_names().any(|name| name == "d");
        let d = moving.then(|| {
            let d = record.parameter("d").unwrap().as_array().unwrap();
            std::array::from_fn(|i| d[i].as_i64().unwrap() as i32)
        });
        let gamma = if moving {
            record.parameter_f64("gamma").unwrap()
        } else {
            1.0
        };
        Self {
            l: integer("l"),
            m: integer("m"),
            q2: record.parameter_f64("q2").unwrap(),
            d,
            gamma,
        }
    }

    fn fast(&self) -> f64 {
        match self.d {
            None => zlm(self.l, self.m, self.q2).unwrap(),
            Some(d) => MovingFrame::new(d)
                .unwrap()
                .zeta(self.l, self.gamma, self.q2)
                .unwrap(),
        }
    }

    fn witness(&self) -> f64 {
        let frame = Frame {
            d: self.d.unwrap_or_default(),
            gamma: Dd::from(self.gamma),
        };
        match (self.l, self.d) {
            (0, None) => reference::z00(Dd::from(self.q2)).to_f64(),
            (l, _) => reference::zlm(l, self.m, Dd::from(self.q2), &frame).to_f64(),
        }
    }
}

fn reproduce(name: &str, records: usize) {
    let golden = golden(name);
    let (mut fast, mut low, mut high) = (Worst::new(GOLDEN), Worst::new(LOW_L), Worst::new(HIGH_L));
    for record in golden.records() {
        let (case, truth) = (Parameters::of(record), record.number().unwrap().to_f64());
        fast.see(case.fast(), truth, || record.id().to_owned());
        let witness = if case.l < 4 { &mut low } else { &mut high };
        witness.see(case.witness(), truth, || record.id().to_owned());
    }
    conclude(&format!("{name}, fast path"), &fast, records);
    assert_eq!(
        low.seen() + high.seen(),
        records,
        "every record is judged by the witness too"
    );
    conclude(&format!("{name}, witness, l < 4"), &low, 1);
    conclude(&format!("{name}, witness, l ≥ 4"), &high, 1);
}

#[test]
fn rest_frame_goldens_are_reproduced_by_both_paths() {
    reproduce("luscher_zeta_rest", 66);
}

#[test]
fn moving_frame_goldens_are_reproduced_by_both_paths() {
    reproduce("luscher_zeta_moving", 13);
}

#[test]
fn golden_levels_are_reproduced_by_both_paths() {
    const LEVEL: Tol = Tol::rel(1e-12).because("the bar; measured 8e-16 in q²");
    let golden = golden("luscher_levels");
    let (mut fast, mut witness) = (Worst::new(LEVEL), Worst::new(LEVEL));
    let mut known: Vec<(f64, [Vec<f64>; 2])> = Vec::new();
    for record in golden.records() {
        let degrees = record.parameter_f64("delta_deg").unwrap();
        // The levels in q² depend on δ alone: solved once for all boxes.
        let solved = match known.iter().position(|(angle, _)| *angle == degrees) {
            Some(i) => i,
            None => {
                let delta = degrees.to_radians();
                let fast = levels_constant_delta(delta, 10).unwrap();
                known.push((degrees, [fast, reference::levels_constant_delta(delta, 10)]));
                known.len() - 1
            }
        };
        let [by_fast, by_witness] = &known[solved].1;
        for (levels, worst) in [(by_fast, &mut fast), (by_witness, &mut witness)] {
            compare_levels(record, levels, worst);
        }
    }
    conclude("levels, fast path", &fast, 900);
    conclude("levels, witness", &witness, 900);
}

fn compare_levels(record: &Record, levels: &[f64], worst: &mut Worst) {
    let parameter = |name| record.parameter_f64(name).unwrap();
    let (length, mass, hbarc) = (
        parameter("L_fm"),
        parameter("m_pi_MeV"),
        parameter("hbarc_MeV_fm"),
    );
    let column = |name| record.named_list(name).unwrap();
    for (i, q2) in levels.iter().enumerate() {
        let k = 2.0 * std::f64::consts::PI * q2.sqrt() * hbarc / length;
        let energy = 2.0 * mass.hypot(k);
        for (name, value) in [("q2", *q2), ("k_MeV", k), ("E_MeV", energy)] {
            worst.see(value, column(name)[i].to_f64(), || {
                format!("{} {name}[{i}]", record.id())
            });
        }
    }
}

#[test]
fn z00_and_its_derivative_agree_with_direct_sums_over_the_whole_range() {
    const SLOPE: Tol = Tol::rel(1e-12).because("positive terms only");
    let (mut value, mut slope) = (Worst::new(FAST), Worst::new(SLOPE));
    for i in 0..1400 {
        let q2 = 0.05_f64.mul_add(f64::from(i), -10.0 + 0.0123);
        let exact = Dd::from(q2);
        value.see(z00(q2).unwrap(), reference::z00(exact).to_f64(), || {
            format!("q² = {q2}")
        });
        let derivative = reference::z00_derivative(exact).to_f64();
        slope.see(z00_derivative(q2).unwrap(), derivative, || {
            format!("q² = {q2}")
        });
    }
    conclude("Z00 over the range", &value, 1400);
    conclude("dZ00/dq² over the range", &slope, 1400);
}

#[test]
fn z00_is_right_next_to_its_poles_and_zeros() {
    let mut worst = Worst::new(FAST);
    for pole in fieldassay::finite_volume::poles(52) {
        for step in [1e-3, 1e-6, 1e-9, 1e-12] {
            for q2 in [pole - step, pole + step] {
                let exact = reference::z00(Dd::from(q2)).to_f64();
                worst.see(z00(q2).unwrap(), exact, || {
                    format!("q² = {pole} ± {step:e}")
                });
            }
        }
    }
    for zero in levels_constant_delta(std::f64::consts::FRAC_PI_2, 52).unwrap() {
        for q2 in [zero - 1e-9, zero, zero + 1e-9] {
            let exact = reference::z00(Dd::from(q2)).to_f64();
            worst.see(z00(q2).unwrap(), exact, || format!("zero at q² = {zero}"));
        }
    }
    conclude("Z00 next to poles and zeros", &worst, 570);
}

#[test]
fn higher_harmonics_agree_with_direct_sums_at_random_q2() {
    let mut rng = Seed(20_260_901).stream("witness/zeta/lm");
    let mut rest = Worst::new(FAST);
    for (l, m) in [(4, 0), (6, 4)] {
        for _ in 0..4 {
            let q2 = rng.uniform_in(-10.0, 60.0);
            let exact = reference::zlm(l, m, Dd::from(q2), &Frame::REST).to_f64();
            rest.see(zlm(l, m, q2).unwrap(), exact, || {
                format!("Z{l}{m} at q² = {q2}")
            });
        }
    }
    conclude("Z_lm at rest, random q²", &rest, 8);
}

#[test]
fn derivatives_of_higher_harmonics_agree_with_direct_sums() {
    const SLOPE: Tol =
        Tol::rel_abs(1e-12, 1e-12).because("the accuracy that zlm_derivative declares");
    let mut worst = Worst::new(SLOPE);
    for (l, m, q2) in [(4, 0, 0.4), (6, 0, -1.7), (6, 4, 11.3), (4, 4, 37.7)] {
        let exact = reference::zlm_derivative(l, m, Dd::from(q2)).to_f64();
        worst.see(zlm_derivative(l, m, q2).unwrap(), exact, || {
            format!("Z{l}{m} at {q2}")
        });
    }
    conclude("dZ_lm/dq² at rest", &worst, 4);
}

#[test]
fn the_end_of_the_range_is_as_good_as_its_middle() {
    let mut worst = Worst::new(FAST);
    for q2 in [64.4, 75.3, 97.7, 128.5, 130.4, 200.2, 250.6, 255.9] {
        let exact = reference::z00(Dd::from(q2)).to_f64();
        worst.see(z00(q2).unwrap(), exact, || format!("q² = {q2}"));
    }
    conclude("Z00 up to 256", &worst, 8);
}

#[test]
fn moving_frames_agree_with_direct_sums_below_threshold() {
    let mut worst = Worst::new(FAST);
    for d in [[0, 0, 1], [1, 1, 0], [1, 1, 1]] {
        let frame = MovingFrame::new(d).unwrap();
        for (l, q2) in [(0, -1.7), (2, -1.2), (4, -1.05), (0, -6.3), (4, -0.95)] {
            let exact = Frame {
                d,
                gamma: Dd::from(1.2),
            };
            let exact = reference::zlm(l, 0, Dd::from(q2), &exact).to_f64();
            let case = || format!("d = {d:?}, l = {l}, q² = {q2}");
            worst.see(frame.zeta(l, 1.2, q2).unwrap(), exact, case);
        }
    }
    conclude("moving frames below threshold", &worst, 15);
}

#[test]
fn moving_frames_are_right_next_to_their_poles() {
    const POLE: Tol = Tol::rel(1e-12).because("the distance to the pole is carried in two words");
    let mut worst = Worst::new(POLE);
    // Layer s, and n_⊥² of a shell in it, such that r² = n_⊥² + (s − d²/2)²/(d²γ²) is a pole.
    for (d, d2, twice_offset, rho2, gamma, step) in [
        ([0, 0, 1], 1.0, 1.0_f64, 0.0, 1.1_f64, 1e-6_f64),
        ([0, 0, 1], 1.0, 3.0, 2.0, 1.37, -1e-9),
        ([1, 1, 0], 2.0, 2.0, 0.0, 1.37, 1e-9),
        ([1, 1, 1], 3.0, 1.0, 2.0 / 3.0, 1.1, -1e-6),
    ] {
        let q2 = rho2 + (0.5 * twice_offset / gamma).powi(2) / d2 + step;
        let exact = Frame {
            d,
            gamma: Dd::from(gamma),
        };
        let exact = reference::zlm(0, 0, Dd::from(q2), &exact).to_f64();
        assert!(
            exact.abs() > 0.1 / step.abs(),
            "q² = {q2} is not next to a pole: {exact}"
        );
        let value = MovingFrame::new(d).unwrap().zeta(0, gamma, q2).unwrap();
        worst.see(value, exact, || {
            format!("d = {d:?}, γ = {gamma}, q² = {q2}")
        });
    }
    conclude("moving frames next to poles", &worst, 4);
}

#[test]
fn moving_frames_agree_with_direct_sums_at_random_gamma_and_q2() {
    let mut rng = Seed(20_260_901).stream("witness/zeta/moving");
    let mut worst = Worst::new(FAST);
    for d in [[0, 0, 1], [1, 1, 0], [1, 1, 1]] {
        let frame = MovingFrame::new(d).unwrap();
        for (l, range) in [
            (0, (-10.0, 4.0)),
            (2, (-1.0, 16.0)),
            (4, (4.0, 60.0)),
            (0, (4.0, 60.0)),
        ] {
            let (gamma, q2) = (rng.uniform_in(1.0, 1.5), rng.uniform_in(range.0, range.1));
            let exact = Frame {
                d,
                gamma: Dd::from(gamma),
            };
            let exact = reference::zlm(l, 0, Dd::from(q2), &exact).to_f64();
            let case = || format!("d = {d:?}, l = {l}, γ = {gamma}, q² = {q2}");
            worst.see(frame.zeta(l, gamma, q2).unwrap(), exact, case);
        }
    }
    conclude("moving frames, random γ and q²", &worst, 12);
}
