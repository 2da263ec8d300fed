//! Laws of Lüscher's zeta functions and of the quantisation condition: no table of numbers needed.

use std::f64::consts::{FRAC_PI_2, PI};

use fieldassay::Error;
use fieldassay::finite_volume::{
    MovingFrame, THRESHOLD_I, THRESHOLD_J, THRESHOLD_K, k_cot_delta, levels, levels_constant_delta,
    levels_near_threshold, phase_shift, poles, quantization_phase, threshold_q2, z00,
    z00_derivative, z00_regular, zlm, zlm_derivative,
};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Seed;
use fieldassay::units::{Fm, NuclearA0};

const SQRT_4PI: f64 = 3.544_907_701_811_032;

/// `q²` spread over the working range, off the poles by at least 1e-4.
fn sample_q2(count: usize) -> Vec<f64> {
    let mut rng = Seed(20_260_901).stream("laws/zeta/q2");
    let draw = || rng.uniform_in(-10.0, 60.0);
    std::iter::repeat_with(draw)
        .filter(|q2| (q2 - q2.round()).abs() > 1e-4)
        .take(count)
        .collect()
}

#[test]
fn poles_are_the_sums_of_three_squares() {
    let is_sum =
        |n: i32| (0..=16).any(|x| (0..=16).any(|y| (0..=16).any(|z| x * x + y * y + z * z == n)));
    let counted: Vec<f64> = (0..256).filter(|n| is_sum(*n)).map(f64::from).collect();
    assert_eq!(
        poles(counted.len()),
        counted,
        "by counting, up to the end of the range"
    );
    assert_eq!(
        poles(12),
        [
            0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0, 10.0, 11.0, 12.0
        ]
    );
    for missing in [7.0, 15.0, 23.0, 28.0, 31.0, 39.0, 47.0, 55.0, 60.0] {
        assert!(
            !poles(80).contains(&missing),
            "{missing} is no sum of three squares"
        );
        assert!(z00(missing).is_ok(), "Z00 is regular at q² = {missing}");
    }
}

#[test]
fn each_pole_has_the_residue_of_its_shell() {
    const RESIDUE: Tol = Tol::rel(1e-7).because("the next term is of relative order 1e-8 · Z/r3");
    let shells = [
        (0.0, 1.0),
        (1.0, 6.0),
        (2.0, 12.0),
        (3.0, 8.0),
        (9.0, 30.0),
        (14.0, 48.0),
        (59.0, 72.0),
    ];
    let mut worst = Worst::new(RESIDUE);
    for (n2, count) in shells {
        for step in [1e-9, -1e-9] {
            let residue = SQRT_4PI * z00(n2 + step).unwrap() * -((n2 + step) - n2);
            worst.see(residue, count, || format!("n² = {n2}, step {step:e}"));
        }
    }
    worst.assert_at_least(14);
}

#[test]
fn a_pole_is_an_error_that_names_q2() {
    for pole in poles(40) {
        let error = z00(pole).unwrap_err();
        assert!(
            matches!(error, Error::Domain { what: "q²", value, .. } if value == pole),
            "{error}"
        );
    }
    for q2 in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
        assert!(
            matches!(z00(q2), Err(Error::Domain { what: "q²", .. })),
            "q² = {q2}"
        );
        assert!(matches!(
            quantization_phase(q2),
            Err(Error::Domain { what: "q²", .. })
        ));
    }
    assert!(matches!(zlm(3, 0, 0.5), Err(Error::Unsupported { .. })));
    assert!(matches!(
        MovingFrame::new([0, 0, 3]),
        Err(Error::Unsupported { .. })
    ));
    let frame = MovingFrame::new([0, 0, 1]).unwrap();
    assert!(matches!(
        frame.zeta(0, 0.9, 0.3),
        Err(Error::Domain { what: "gamma", .. })
    ));
    assert!(matches!(
        frame.zeta(0, f64::NAN, 0.3),
        Err(Error::Domain { what: "gamma", .. })
    ));
    assert!(
        matches!(
            frame.zeta(0, 1.0, 0.25),
            Err(Error::Domain { what: "q²", .. })
        ),
        "a pole"
    );
}

#[test]
fn the_derivative_is_positive_and_that_of_the_function() {
    const SLOPE: Tol =
        Tol::rel(3e-7).because("five-point difference, h = 2e-5, next pole at 1e-4·10");
    let mut worst = Worst::new(SLOPE);
    for q2 in sample_q2(400)
        .into_iter()
        .filter(|q2| (q2 - q2.round()).abs() > 1e-2)
    {
        let (f, df): (fn(f64) -> f64, f64) = (|x| z00(x).unwrap(), z00_derivative(q2).unwrap());
        let h = 2e-5;
        let difference =
            (8.0 * (f(q2 + h) - f(q2 - h)) - (f(q2 + 2.0 * h) - f(q2 - 2.0 * h))) / (12.0 * h);
        assert!(df > 0.0, "dZ00/dq² = {df} at q² = {q2}");
        worst.see(difference, df, || format!("q² = {q2}"));
        for (l, m) in [(4, 0), (4, 4), (6, 0), (6, 4)] {
            let g = |x| zlm(l, m, x).unwrap();
            let slope = zlm_derivative(l, m, q2).unwrap();
            let difference =
                (8.0 * (g(q2 + h) - g(q2 - h)) - (g(q2 + 2.0 * h) - g(q2 - 2.0 * h))) / (12.0 * h);
            // A slope may vanish between poles: compare on the scale of the function.
            let scale = slope.abs() + g(q2).abs();
            worst.see(1.0 + difference / scale, 1.0 + slope / scale, || {
                format!("Z{l}{m}, q² = {q2}")
            });
        }
    }
    worst.assert_at_least(1900);
}

#[test]
fn nothing_jumps_where_the_evaluation_changes() {
    const SEAM: Tol = Tol::rel(1e-12).because("the two sides differ by Z'·4e-15 and rounding");
    let mut worst = Worst::new(SEAM);
    // The split changes at 2, 4, 8, …, which are poles: both sides of those are the witness's. Here the
    // change to images at −1, and points that are regular although their neighbours are poles.
    let seams = [-1.0, 7.0, 15.0, 23.0, 28.0, 31.0];
    for seam in seams.into_iter().chain([4.5, 8.5, 16.5, 32.5]) {
        let (below, above): (f64, f64) = (seam - 2e-15, seam + 2e-15);
        for (l, m) in [(0, 0), (4, 0), (6, 4)] {
            worst.see(zlm(l, m, below).unwrap(), zlm(l, m, above).unwrap(), || {
                format!("Z{l}{m} at {seam}")
            });
        }
    }
    worst.assert_at_least(30);
}

#[test]
fn components_of_one_degree_keep_their_cubic_ratio() {
    const RATIO: Tol =
        Tol::rel_abs(1e-11, 1e-11).because("two independent sums, worst next to zeros");
    let (mut four, mut six) = (Worst::new(RATIO), Worst::new(RATIO));
    for q2 in sample_q2(300) {
        let z = |l, m| zlm(l, m, q2).unwrap();
        four.see(z(4, 4), (5.0_f64 / 14.0).sqrt() * z(4, 0), || {
            format!("q² = {q2}")
        });
        six.see(z(6, 4), -(3.5_f64).sqrt() * z(6, 0), || {
            format!("q² = {q2}")
        });
        assert_eq!(z(2, 0), 0.0, "no quadrupole in a cube");
    }
    four.assert_at_least(300);
    six.assert_at_least(300);
}

#[test]
fn known_zeros_of_z00_are_zeros() {
    const ZERO: Tol = Tol::abs(1e-13).because("argument rounded at 1e-15, slope below 40");
    let mut worst = Worst::new(ZERO);
    for q2 in [
        -0.095_900_719_461_176_5,
        0.472_894_247_259_651,
        1.441_591_312_955_97,
    ] {
        worst.see(z00(q2).unwrap(), 0.0, || format!("q² = {q2}"));
    }
    worst.assert_at_least(3);
}

#[test]
fn the_phase_starts_at_zero_rises_and_passes_pole_j_at_j_pi() {
    const ON_POLE: Tol = Tol::abs(1e-13).because("a multiple of π, rounded");
    let mut worst = Worst::new(ON_POLE);
    for (j, pole) in poles(60).into_iter().enumerate() {
        worst.see(quantization_phase(pole).unwrap(), j as f64 * PI, || {
            format!("pole {pole}")
        });
    }
    worst.assert_at_least(60);
    let grid: Vec<f64> = (0..60_000).map(|i| f64::from(i) * 1e-3).collect();
    let phases: Vec<f64> = grid
        .iter()
        .map(|q2| quantization_phase(*q2).unwrap())
        .collect();
    for (pair, q2) in phases.windows(2).zip(&grid) {
        assert!(
            pair[0] < pair[1] && pair[1] - pair[0] < 0.1,
            "jump or fall of φ at q² = {q2}"
        );
    }
    assert!(quantization_phase(-0.1).is_err());
}

#[test]
fn the_phase_solves_the_formula_of_the_talk() {
    const FORMULA: Tol = Tol::abs(1e-12).because("atan2 and tan, both well conditioned off π/2");
    let mut worst = Worst::new(FORMULA);
    for q2 in sample_q2(2000).into_iter().filter(|q2| *q2 > 0.0) {
        let delta = phase_shift(q2).unwrap();
        let cot = z00(q2).unwrap() / (PI.powf(1.5) * q2.sqrt());
        worst.see(
            delta.sin().mul_add(cot, -delta.cos()) / cot.hypot(1.0),
            0.0,
            || format!("q² = {q2}"),
        );
        let k_cot = k_cot_delta(q2, Fm(5.0)).unwrap().0;
        let k = 2.0 * PI * q2.sqrt() / 5.0;
        worst.see((k_cot / k - cot) / cot.hypot(1.0), 0.0, || {
            format!("k cot δ at {q2}")
        });
    }
    worst.assert_at_least(3000);
}

#[test]
fn a_level_lies_between_any_two_poles_and_gives_its_phase_back() {
    const BACK: Tol = Tol::abs(1e-12).because("q² to 1e-14 relative, dφ/dq² below 3");
    let mut worst = Worst::new(BACK);
    for degrees in (1..180).step_by(7) {
        let delta = f64::from(degrees).to_radians();
        let found = levels_constant_delta(delta, 210).unwrap();
        for (q2, edge) in found.iter().zip(poles(211).windows(2)) {
            assert!(
                edge[0] < *q2 && *q2 < edge[1],
                "level {q2} outside {edge:?}"
            );
            worst.see(phase_shift(*q2).unwrap(), delta, || {
                format!("δ = {degrees}°, q² = {q2}")
            });
        }
    }
    worst.assert_at_least(5000);
    for bad in [0.0, PI, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            levels_constant_delta(bad, 3),
            Err(Error::Domain { what: "delta", .. })
        ));
    }
}

#[test]
fn the_general_search_finds_what_the_constant_one_finds() {
    const SAME: Tol = Tol::rel(1e-13).because("the same equation, bisected in other brackets");
    let mut worst = Worst::new(SAME);
    for degrees in [10.0_f64, 45.0, 90.0, 135.0, 179.0] {
        let delta = degrees.to_radians();
        let exact = levels_constant_delta(delta, 10).unwrap();
        let found = levels(|_| delta, 11.0).unwrap();
        assert_eq!(found.len(), 10, "δ = {degrees}°");
        for (a, b) in found.iter().zip(&exact) {
            worst.see(*a, *b, || format!("δ = {degrees}°"));
        }
    }
    worst.assert_at_least(50);
}

#[test]
fn a_resonance_adds_one_level() {
    let width = 0.4;
    let resonance = |q2: f64| (width * q2.sqrt()).atan2(5.5 - q2);
    let free = levels(|_| 1e-9, 11.5).unwrap().len();
    let found = levels(resonance, 11.5).unwrap();
    assert_eq!(found.len(), free + 1, "{found:?}");
    for q2 in found {
        let total = quantization_phase(q2).unwrap() + resonance(q2);
        assert!(
            (total / PI - (total / PI).round()).abs() < 1e-12,
            "q² = {q2} solves nothing"
        );
    }
}

#[test]
fn every_crossing_of_a_rising_and_falling_phase_is_a_level() {
    const SOLVES: Tol = Tol::abs(1e-11).because("q² to the last bit, total phase steeper than 20");
    // Steep enough that φ + δ falls as well as rises between poles.
    let delta = |q2: f64| 2.5 * (4.0 * q2).cos();
    let total = |q2: f64| quantization_phase(q2).unwrap() + delta(q2);
    let found = levels(delta, 9.3).unwrap();
    let mut worst = Worst::new(SOLVES);
    for q2 in &found {
        let turns = total(*q2) / PI;
        worst.see((turns - turns.round()) * PI, 0.0, || format!("q² = {q2}"));
    }
    worst.assert_at_least(20);
    assert!(
        found.windows(2).all(|pair| pair[0] < pair[1]),
        "not ascending: {found:?}"
    );
    let grid: Vec<f64> = (0..=930_000)
        .map(|i| (total(f64::from(i) * 1e-5) / PI).floor())
        .collect();
    let crossings: f64 = grid.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    assert_eq!(
        found.len() as f64,
        crossings,
        "counted on a grid 1500 times finer"
    );
    let falls = grid.windows(2).filter(|pair| pair[1] < pair[0]).count();
    assert!(
        falls >= 5,
        "only {falls} falling crossings: the test lost its point"
    );
}

#[test]
fn r3_a_weak_repulsion_has_its_lowest_level_and_none_at_threshold() {
    for strength in [0.01, 0.05, 0.3, 1.0] {
        let delta = |q2: f64| -strength * q2.sqrt();
        let found = levels(delta, 2.5).unwrap();
        // φ + δ falls from zero, then rises to the end: it passes 0, π, ….
        let end = quantization_phase(2.5).unwrap() + delta(2.5);
        let passed = (end / PI).floor() as usize + 1;
        assert_eq!(found.len(), passed, "strength {strength}: {found:?}");
        // M. Lüscher's expansion: q² = x/π (1 + 2.84 x + …) with x = a₀/L.
        let x = strength / (2.0 * PI);
        let ratio = found[0] * PI / x;
        assert!(
            ratio > 1.0 + 2.0 * x && ratio < 1.0 + 5.0 * x,
            "strength {strength}: {ratio}"
        );
    }
}

#[test]
fn levels_near_threshold_are_found_wherever_they_are_put() {
    const PUT: Tol = Tol::abs(1e-11).because("bisected to the last bit; G has slope of order one");
    let mut worst = Worst::new(PUT);
    for q2 in [
        -1.97, -1.0, -0.31, -1e-3, 1e-3, 0.2, 0.5, 0.985, 0.999, 0.999_99,
    ] {
        let l_k_cot = k_cot_delta(q2, Fm(1.0)).unwrap().0;
        let found = levels_near_threshold(|_| l_k_cot, -2.0).unwrap();
        let nearest = found
            .iter()
            .copied()
            .min_by(|a, b| (a - q2).abs().total_cmp(&(b - q2).abs()));
        worst.see(nearest.unwrap_or(f64::NAN), q2, || format!("{found:?}"));
    }
    worst.assert_at_least(10);
}

#[test]
fn below_threshold_k_cot_delta_is_minus_kappa_and_the_nearest_images() {
    const IMAGES: Tol =
        Tol::rel(1e-8).because("the second shell of images is e^{−2π·0.41·√6} of the first");
    let mut worst = Worst::new(IMAGES);
    for (q2, length) in [(-6.0_f64, 1.0), (-7.5, 3.0), (-9.0, 10.0)] {
        let kappa_l = 2.0 * PI * (-q2).sqrt();
        let expected = (-kappa_l + 6.0 * (-kappa_l).exp()) / length;
        worst.see(k_cot_delta(q2, Fm(length)).unwrap().0, expected, || {
            format!("q² = {q2}")
        });
    }
    worst.assert_at_least(3);
}

#[test]
fn moving_frames_do_not_jump_where_the_evaluation_changes() {
    const SEAM: Tol = Tol::rel_abs(1e-11, 1e-12).because("both sides within 1e-12, Z'·4e-15 apart");
    let mut worst = Worst::new(SEAM);
    for d in [[0, 0, 1], [1, 1, 0], [1, 1, 1]] {
        let frame = MovingFrame::new(d).unwrap();
        for (l, gamma) in [(0, 1.0), (0, 1.3), (2, 1.2), (4, 1.0), (4, 1.45)] {
            for seam in [-1.0, 10.0, 20.0, 40.0] {
                let [below, above] =
                    [seam - 2e-15, seam + 2e-15].map(|q2: f64| frame.zeta(l, gamma, q2));
                // With γ = 1 a seam may be a pole of the frame.
                if let (Ok(below), Ok(above)) = (below, above) {
                    worst.see(below, above, || {
                        format!("d = {d:?}, l = {l}, γ = {gamma}, {seam}")
                    });
                }
            }
        }
    }
    worst.assert_at_least(50);
}

#[test]
fn the_regular_part_is_analytic_through_threshold() {
    const SERIES: Tol = Tol::abs(2e-10).because("next term 6.95 q⁶ with |q²| ≤ 3e-4");
    let mut worst = Worst::new(SERIES);
    for i in -30..=30 {
        let q2 = f64::from(i) * 1e-5;
        let series = THRESHOLD_I + q2 * (THRESHOLD_J + q2 * THRESHOLD_K);
        worst.see(z00_regular(q2).unwrap(), series, || format!("q² = {q2}"));
    }
    worst.assert_at_least(61);
    const SAME: Tol = Tol::rel_abs(1e-13, 1e-12).because("one rounding of 1/q²");
    let mut same = Worst::new(SAME);
    for q2 in [-9.0, -2.0, -0.9, -0.3, 0.2, 0.6, 0.95] {
        let direct = SQRT_4PI * z00(q2).unwrap() + 1.0 / q2;
        same.see(z00_regular(q2).unwrap(), direct, || format!("q² = {q2}"));
    }
    same.assert_at_least(7);
}

#[test]
fn the_threshold_expansion_meets_the_exact_lowest_level() {
    let mut seen = 0;
    for r_eff in [0.0, 1.0, 3.0] {
        for x in [-0.02, -0.01, -0.005, -0.001, 0.001, 0.005, 0.01, 0.02] {
            let length = Fm(10.0);
            let a0 = NuclearA0(Fm(x * length.0));
            let expansion = threshold_q2(a0, Fm(r_eff), length).unwrap();
            let l_k_cot = |q2: f64| -1.0 / x + 0.5 * r_eff / length.0 * 4.0 * PI * PI * q2;
            let exact = levels_near_threshold(l_k_cot, -2.0).unwrap();
            let nearest = exact
                .iter()
                .copied()
                .min_by_key(|q2| ((q2 - expansion).abs() * 1e15) as u64)
                .unwrap();
            let relative = (expansion / nearest - 1.0).abs();
            // Next order of the series: about 30 x⁴ at zero range, and r²/L² x² terms with range.
            let allowed =
                40.0 * x.powi(4) + 60.0 * (r_eff / length.0).abs() * x.abs().powi(3) + 1e-11;
            assert!(
                relative <= allowed,
                "x = {x}, r = {r_eff}: {expansion} against {nearest}, {relative:e}"
            );
            assert!(
                (expansion > 0.0) == (x > 0.0),
                "repulsion raises, attraction lowers the level"
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 24);
    let far = threshold_q2(NuclearA0(Fm(2.0)), Fm(0.0), Fm(10.0));
    assert!(matches!(far, Err(Error::Domain { what: "a0/L", .. })));
}

#[test]
fn a_bound_state_stands_alone_below_threshold_in_a_large_box() {
    const DEEP: Tol = Tol::rel(1e-9).because("image corrections e^{−κL} = e^{−25}");
    // k cot δ = −1/a0 with a0 = 1 fm binds at κ = 1/fm.
    let length = 25.0;
    let found = levels_near_threshold(|_| -length, -30.0).unwrap();
    let bound = -(length / (2.0 * PI)).powi(2);
    let mut worst = Worst::new(DEEP);
    worst.see(found[0], bound, || "κL = 25".to_owned());
    worst.assert_at_least(1);
    assert_eq!(found.iter().filter(|q2| **q2 < 0.0).count(), 1, "{found:?}");
}

#[test]
fn a_moving_frame_without_boost_is_a_shifted_lattice() {
    // γ = 1 and d = 001: points (n_x, n_y, n_z − ½); the pole at r² = ¼ has multiplicity two.
    const RESIDUE: Tol = Tol::rel(1e-6).because("regular part over a residue of 2/√4π at 1e-8");
    let frame = MovingFrame::new([0, 0, 1]).unwrap();
    let mut worst = Worst::new(RESIDUE);
    for step in [1e-8, -1e-8] {
        let z = frame.zeta(0, 1.0, 0.25 + step).unwrap();
        worst.see(-SQRT_4PI * z * ((0.25 + step) - 0.25), 2.0, || {
            format!("step {step:e}")
        });
    }
    // d = 110: (½, ½, 0) up to signs, two of four directions; d = 111: two of eight.
    for (d, r2) in [([1, 1, 0], 0.5), ([1, 1, 1], 0.75)] {
        let frame = MovingFrame::new(d).unwrap();
        let z = frame.zeta(0, 1.0, r2 + 1e-8).unwrap();
        let count = if d[2] == 0 { 4.0 } else { 8.0 };
        worst.see(-SQRT_4PI * z * ((r2 + 1e-8) - r2), count, || {
            format!("d = {d:?}")
        });
    }
    worst.assert_at_least(4);
}

#[test]
fn the_phase_of_a_worked_example_comes_out() {
    const PRINTED: Tol =
        Tol::abs(6e-5).because("four decimals printed, of q = 0.1207·24/2π as given");
    let q: f64 = 0.1207 * 24.0 / (2.0 * PI);
    let mut worst = Worst::new(PRINTED);
    worst.see(phase_shift(q * q).unwrap().to_degrees(), 136.6527, || {
        "degrees".to_owned()
    });
    worst.assert_at_least(1);
}

#[test]
fn deep_below_threshold_only_the_images_next_door_count() {
    const IMAGE: Tol =
        Tol::rel(1e-12).because("the second shell is e^{−2π·3·0.41}·2 of the first: kept too");
    let mut worst = Worst::new(IMAGE);
    for kappa in [2.0_f64, 3.0, 5.0] {
        let term =
            |n2: f64, count: f64| count * PI * (-2.0 * PI * kappa * n2.sqrt()).exp() / n2.sqrt();
        let shells = [
            (1.0, 6.0),
            (2.0, 12.0),
            (3.0, 8.0),
            (4.0, 6.0),
            (5.0, 24.0),
            (6.0, 24.0),
        ];
        let sum: f64 = shells.iter().map(|&(n2, count)| term(n2, count)).sum();
        let expected = (sum - 2.0 * PI * PI * kappa) / SQRT_4PI;
        worst.see(z00(-kappa * kappa).unwrap(), expected, || {
            format!("κ = {kappa}")
        });
    }
    worst.assert_at_least(3);
    assert!(z00(-1e12).unwrap() < 0.0);
    let half = phase_shift(0.472_894_247_259_651).unwrap();
    assert!((half - FRAC_PI_2).abs() < 1e-12);
}
