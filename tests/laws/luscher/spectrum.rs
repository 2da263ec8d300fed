//! From a phase to its levels and back, in every frame.

use std::f64::consts::PI;

use fieldassay::finite_volume::{
    Amplitude, BoxFrame, PhaseBranch, PhaseForm, PhaseTable, SWave, TwoBody, UnitSystem, Window,
    levels_constant_delta,
};
use fieldassay::io::Limits;
use fieldassay::num::{Tol, Worst};

const FRAMES: [[i32; 3]; 5] = [[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1], [0, 0, 2]];

type Phase = fn(f64) -> f64;

/// Closed-form phases, continuous in `k` (lattice units).
const PHASES: [(&str, Phase); 4] = [
    ("constant", |_| 0.7),
    ("hard sphere", |k| -3.0 * k),
    ("effective range", |k| k.atan2(-1.0 / 6.0 + 1.2 * k * k)),
    ("resonance", |k| (0.02 * k).atan2(0.04 - k * k)),
];

fn channels() -> Vec<SWave> {
    let pairs = [(0.2, 0.2), (0.12, 0.35)].map(|(a, b)| TwoBody::new(a, b).unwrap());
    let all = pairs
        .iter()
        .flat_map(|pair| FRAMES.map(|d| SWave::new(*pair, BoxFrame::natural(28.0, d).unwrap())));
    all.collect()
}

fn above_threshold(channel: &SWave, factor: f64) -> Window {
    let threshold = channel.pair().threshold();
    Window {
        e_cm: (threshold * 1.0001, threshold * factor),
        knots: Vec::new(),
    }
}

#[test]
fn closed_form_phases_come_back_from_their_levels() {
    const BACK: Tol =
        Tol::abs(1e-10).because("the bar: E to 1e-15, dδ/dE up to 1e4 next to free levels");
    let mut worst = Worst::new(BACK);
    for channel in channels() {
        for (name, delta) in PHASES {
            let window = above_threshold(&channel, 2.2);
            for e in channel.levels(&Amplitude::Delta(&delta), &window).unwrap() {
                let point = channel.at(e).unwrap();
                let turns = (point.phase().unwrap() - delta(point.k2.sqrt())) / PI;
                worst.see((turns - turns.round()) * PI, 0.0, || {
                    format!("{name}, E = {e}, {channel:?}")
                });
            }
        }
    }
    worst.assert_at_least(300);
}

#[test]
fn every_crossing_is_a_level_and_no_other() {
    let mut total = 0;
    for channel in channels() {
        for (name, delta) in PHASES {
            let window = above_threshold(&channel, 1.7);
            let found = channel.levels(&Amplitude::Delta(&delta), &window).unwrap();
            assert!(
                found.windows(2).all(|pair| pair[0] < pair[1]),
                "not ascending: {found:?}"
            );
            // cot(δ − δ_box) has a pole at each level and nowhere else: count sign changes of sin(δ − δ_box).
            let (low, high) = window.e_cm;
            let free = channel.free_levels(high).unwrap();
            let sine = |e: f64| {
                let point = channel.at(e).unwrap();
                let poles = free.partition_point(|pole| *pole <= e) as f64;
                (delta(point.k2.sqrt()) - point.phase().unwrap() + poles * PI).sin()
            };
            let grid: Vec<bool> = (0..=5_000)
                .map(|i| sine(low + (high - low) * (f64::from(i) + 0.3) / 5_001.0) > 0.0)
                .collect();
            let changes = grid.windows(2).filter(|pair| pair[0] != pair[1]).count();
            assert_eq!(found.len(), changes, "{name}: {found:?} of {channel:?}");
            total += changes;
        }
    }
    assert!(total >= 139, "{total} levels");
}

#[test]
fn an_amplitude_gives_the_same_levels_as_its_phase() {
    const SAME: Tol = Tol::rel(1e-13).because("the same crossing, bisected in another angle");
    let mut worst = Worst::new(SAME);
    let cot = |k2: f64| -1.0 / 6.0 + 1.2 * k2;
    let delta = |k: f64| k.atan2(cot(k * k));
    for channel in channels() {
        let window = above_threshold(&channel, 2.0);
        let by_phase = channel.levels(&Amplitude::Delta(&delta), &window).unwrap();
        let by_cot = channel
            .levels(&Amplitude::KCotDelta(&cot), &window)
            .unwrap();
        assert_eq!(by_phase.len(), by_cot.len(), "{channel:?}");
        for (a, b) in by_phase.iter().zip(&by_cot) {
            worst.see(*a, *b, || format!("{channel:?}"));
        }
    }
    worst.assert_at_least(55);
}

#[test]
fn a_constant_phase_at_rest_has_the_known_levels() {
    const SAME: Tol = Tol::rel(1e-11).because("q² from E, amplified by E²/k² ≤ 100");
    let mut worst = Worst::new(SAME);
    let channel = SWave::new(
        TwoBody::new(0.1, 0.4).unwrap(),
        BoxFrame::natural(25.0, [0; 3]).unwrap(),
    );
    for degrees in [10.0_f64, 90.0, 150.0] {
        let delta = degrees.to_radians();
        let found = channel
            .levels(
                &Amplitude::Delta(&|_| delta),
                &above_threshold(&channel, 2.5),
            )
            .unwrap();
        for (e, q2) in found.iter().zip(levels_constant_delta(delta, 10).unwrap()) {
            worst.see(channel.at(*e).unwrap().q2, q2, || format!("δ = {degrees}°"));
        }
    }
    worst.assert_at_least(14);
}

#[test]
fn a_bound_state_is_at_the_same_energy_in_every_frame_of_a_large_box() {
    const LARGE: Tol = Tol::abs(2e-6).because("images of order e^{−κL}, κL = 15, over the slope");
    let kappa = 0.25;
    let mut worst = Worst::new(LARGE);
    for (m1, m2) in [(0.5, 0.5), (0.4, 1.1)] {
        let pair = TwoBody::new(m1, m2).unwrap();
        let bound = pair.energy(-kappa * kappa).unwrap();
        for d in FRAMES {
            let channel = SWave::new(pair, BoxFrame::natural(60.0, d).unwrap());
            let window = Window {
                e_cm: (0.8 * pair.threshold(), 0.99 * pair.threshold()),
                knots: Vec::new(),
            };
            let levels = channel
                .levels(&Amplitude::KCotDelta(&|_| -kappa), &window)
                .unwrap();
            assert_eq!(levels.len(), 1, "{channel:?}: {levels:?}");
            worst.see(levels[0], bound, || format!("d = {d:?}, masses {m1}, {m2}"));
        }
    }
    worst.assert_at_least(10);
}

#[test]
fn a_phase_that_starts_at_threshold_has_no_level_there() {
    let mut seen = 0;
    for channel in channels() {
        for (name, delta) in &PHASES[1..] {
            let threshold = channel.pair().threshold();
            let window = Window {
                e_cm: (threshold, 1.5 * threshold),
                knots: Vec::new(),
            };
            for e in channel.levels(&Amplitude::Delta(delta), &window).unwrap() {
                let k2 = channel.pair().momentum2(e);
                assert!(k2 > 1e-6, "{name}: k² = {k2} at {e} of {channel:?}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 60, "{seen} levels");
}

/// A table of the resonance, as a file.
fn table(text: &str) -> PhaseTable {
    let form = PhaseForm {
        units: UnitSystem::Lattice,
        pair: TwoBody::new(0.12, 0.35).unwrap(),
        q2_length: None,
        branch: PhaseBranch::ZeroAtThreshold,
    };
    PhaseTable::from_bytes(
        "table.csv".as_ref(),
        text.as_bytes(),
        &Limits::default(),
        &form,
    )
    .unwrap()
}

/// The resonance from row `first` to the last of `steps` steps in `k` up to 0.6; its full width is 0.02.
fn resonance_rows(first: usize, steps: usize, shift: impl Fn(usize) -> f64) -> String {
    let row = |i: usize| {
        let k = 0.6 * i as f64 / steps as f64;
        let delta = (0.02 * k).atan2(0.04 - k * k) + shift(i);
        format!("{k},{},0.5\n", delta.to_degrees())
    };
    let rows: String = (first..=steps).map(row).collect();
    format!("k [1/a],delta [deg],delta_err [deg]\n{rows}")
}

#[test]
fn a_dense_table_has_the_levels_of_its_phase() {
    const TABLE: Tol = Tol::rel(2e-6).because("fourth order in a spacing of 1/16 of the width");
    let mut worst = Worst::new(TABLE);
    let (_, delta) = PHASES[3];
    let table = table(&resonance_rows(0, 480, |_| 0.0));
    for channel in channels().into_iter().skip(FRAMES.len()) {
        let energies = table.energies().unwrap();
        let window = Window {
            e_cm: (energies[0] * 1.00001, energies[480]),
            knots: Vec::new(),
        };
        let exact = channel.levels(&Amplitude::Delta(&delta), &window).unwrap();
        let found = table.levels(&channel).unwrap().e_cm;
        let found: Vec<f64> = found.into_iter().filter(|e| *e > window.e_cm.0).collect();
        assert_eq!(found.len(), exact.len(), "{channel:?}");
        for (a, b) in found.iter().zip(&exact) {
            worst.see(*a, *b, || format!("{channel:?}"));
        }
    }
    worst.assert_at_least(20);
}

#[test]
fn the_errors_of_a_table_move_its_levels_as_its_entries_do() {
    const LINEAR: Tol = Tol::rel_abs(1e-5, 2e-8).because(
        "correlations by central difference: 1e-16/2e-5 of an energy, over an error of 1e-5",
    );
    let mut worst = Worst::new(LINEAR);
    let here = table(&resonance_rows(1, 120, |_| 0.0));
    let sigma = 0.5_f64.to_radians();
    for channel in [channels()[5], channels()[7]] {
        let levels = here.levels(&channel).unwrap();
        let step = 1e-5;
        // Without the row at threshold, where a phase moved off zero makes or loses a level.
        let responses: Vec<Vec<f64>> = (1..=120)
            .map(|entry| {
                let moved = |h: f64| {
                    let rows = resonance_rows(1, 120, |i| if i == entry { h } else { 0.0 });
                    table(&rows).levels(&channel).unwrap().e_cm
                };
                let (up, down) = (moved(step), moved(-step));
                up.iter()
                    .zip(&down)
                    .map(|(a, b)| sigma * (a - b) / (2.0 * step))
                    .collect()
            })
            .collect();
        // A level may leave at the upper end of the table: the lower ones stay.
        let stay = levels.e_cm.len() - 1;
        for i in 0..stay {
            for j in 0..stay {
                let sum: f64 = responses.iter().map(|r| r[i] * r[j]).sum();
                let scale = levels.errors()[i] * levels.errors()[j];
                worst.see(levels.covariance[(i, j)] / scale, sum / scale, || {
                    format!("{i}, {j}, {channel:?}")
                });
            }
        }
    }
    worst.assert_at_least(500);
}
