//! From levels back to phases: values, propagated errors, samples.

use fieldassay::finite_volume::{
    Amplitude, BoxFrame, LevelForm, LevelSamples, LevelTable, PhaseBranch, SWave, TwoBody,
    UnitSystem, Window,
};
use fieldassay::io::Limits;
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Seed;
use fieldassay::stats::{Resampling, chi2_tail, normal_two_sided_tail};
use fieldassay::units::HbarC;

const MASSES: (f64, f64) = (0.12, 0.35);

fn form() -> LevelForm {
    LevelForm {
        units: UnitSystem::Lattice,
        pair: TwoBody::new(MASSES.0, MASSES.1).unwrap(),
        length: Some(28.0),
        d: [0; 3],
    }
}

fn read(text: &str) -> LevelTable {
    LevelTable::from_bytes(
        "levels.csv".as_ref(),
        text.as_bytes(),
        &Limits::default(),
        &form(),
    )
    .unwrap()
}

/// Levels of an effective-range amplitude in four frames: `E_lab` and the digits of `d`.
fn levels() -> Vec<(f64, [i32; 3])> {
    let mut all = Vec::new();
    for d in [[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]] {
        let frame = BoxFrame::natural(28.0, d).unwrap();
        let channel = SWave::new(form().pair, frame);
        let window = Window {
            e_cm: (0.4705, 0.72),
            knots: Vec::new(),
        };
        let found = channel
            .levels(&Amplitude::KCotDelta(&amplitude), &window)
            .unwrap();
        all.extend(found.into_iter().map(|e| (frame.lab_energy(e), d)));
    }
    all
}

fn amplitude(k2: f64) -> f64 {
    -1.0 / 5.0 + 1.5 * k2
}

fn table_of(levels: &[(f64, [i32; 3])], error: f64) -> String {
    let row = |(e, d): &(f64, [i32; 3])| format!("{e},{error},{}{}{}\n", d[0], d[1], d[2]);
    let rows: String = levels.iter().map(row).collect();
    format!("E_lab [1/a],E_lab_err [1/a],d\n{rows}")
}

#[test]
fn lab_levels_of_four_frames_give_their_amplitude_back() {
    const BACK: Tol = Tol::abs(1e-10).because("the bar, over an amplitude of order 0.2");
    let mut worst = Worst::new(BACK);
    let phases = read(&table_of(&levels(), 1e-4))
        .phases(None, PhaseBranch::Principal)
        .unwrap();
    for level in &phases.levels {
        worst.see(level.k_cot_delta.value, amplitude(level.k2.value), || {
            format!("{level:?}")
        });
        let Some(delta) = level.delta else { continue };
        let tan = level.k2.value.sqrt() / amplitude(level.k2.value);
        worst.see(delta.value, tan.atan(), || format!("{level:?}"));
    }
    worst.assert_at_least(24);
}

#[test]
fn single_errors_are_the_slope_and_the_reach_is_the_curve() {
    const SLOPE: Tol = Tol::rel(1e-4).because("one error of 1e-7 against its slope");
    let (mut worst, mut reach) = (Worst::new(SLOPE), Worst::new(SLOPE));
    let levels = levels();
    let phases = |shift: f64, error: f64| {
        let moved: Vec<_> = levels.iter().map(|(e, d)| (e + shift, *d)).collect();
        read(&table_of(&moved, error))
            .phases(None, PhaseBranch::Principal)
            .unwrap()
            .levels
    };
    let (here, up, down) = (phases(0.0, 1e-7), phases(1e-7, 0.0), phases(-1e-7, 0.0));
    for (i, level) in here.iter().enumerate() {
        let slope = 0.5 * (up[i].k_cot_delta.value - down[i].k_cot_delta.value);
        worst.see(level.k_cot_delta.error, slope.abs(), || {
            format!("level {i}")
        });
        let delta = |l: &fieldassay::finite_volume::LevelPhase| l.delta.unwrap().value;
        let slope = 0.5 * (delta(&up[i]) - delta(&down[i]));
        worst.see(level.delta.unwrap().error, slope.abs(), || {
            format!("δ of level {i}")
        });
    }
    worst.assert_at_least(16);
    // A tenth of the way to the next free level the curve bends.
    for (i, level) in phases(0.0, 3e-3).iter().enumerate() {
        let frame = BoxFrame::natural(28.0, levels[i].1).unwrap();
        let e_cm = frame.cm_energy(levels[i].0).unwrap();
        let channel = SWave::new(form().pair, frame);
        if level.from_free_level <= 1.0 {
            continue;
        }
        let ends =
            [-1.0, 1.0].map(|s| channel.at(e_cm + s * level.e_cm.error).unwrap().k_cot_delta);
        reach.see(
            level.k_cot_delta.value - level.k_cot_delta.down,
            ends[0],
            || format!("below, {i}"),
        );
        reach.see(
            level.k_cot_delta.value + level.k_cot_delta.up,
            ends[1],
            || format!("above, {i}"),
        );
        assert!(
            level.k_cot_delta.up > level.k_cot_delta.down || level.k_cot_delta.value < 0.0,
            "{level:?}"
        );
    }
    reach.assert_at_least(16);
}

/// Jackknife samples with a known covariance: `x_b = E + √(…)` in two independent directions.
fn samples_text(levels: &[(f64, [i32; 3])], count: usize, scale: f64) -> String {
    let mut rng = Seed(20_261_125).stream("laws/luscher/samples");
    let names: Vec<String> = (0..levels.len()).map(|i| format!("E{i}")).collect();
    let mut text = names.join(",") + ",m1,m2\n";
    for _ in 0..count {
        let common = rng.normal();
        let row: Vec<String> = levels
            .iter()
            .map(|(e, _)| (e + scale * (0.7 * common + 0.7 * rng.normal())).to_string())
            .collect();
        text += &format!("{},{},{}\n", row.join(","), MASSES.0, MASSES.1);
    }
    text
}

#[test]
fn samples_give_the_covariance_that_their_images_have() {
    const LINEAR: Tol = Tol::abs(2e-3).because("errors of 1e-6: the curve is straight");
    let levels = levels();
    let table = read(&table_of(&levels, 0.0));
    let text = samples_text(&levels, 200, 1e-6 / 14.0);
    for (kind, factor) in [(Resampling::Jackknife, 1.0), (Resampling::Bootstrap, 1.0)] {
        let samples = LevelSamples::from_bytes(
            "samples.csv".as_ref(),
            text.as_bytes(),
            &Limits::default(),
            kind,
            &table,
            form().pair,
        )
        .unwrap();
        let energies = samples.covariance().unwrap();
        let phases = table
            .phases(Some(&samples), PhaseBranch::Principal)
            .unwrap();
        let mut worst = Worst::new(LINEAR);
        let slope = |i: usize| {
            let level = &table.levels()[i];
            let e = phases.levels[i].e_cm.value;
            let frame = level.channel.frame();
            level.channel.at(e).unwrap().k_cot_delta_slope * frame.lab_energy(e) / e
        };
        for i in 0..levels.len() {
            for j in 0..levels.len() {
                let expected = factor * slope(i) * slope(j) * energies[(i, j)];
                let scale =
                    (slope(i) * slope(j)).abs() * (energies[(i, i)] * energies[(j, j)]).sqrt();
                let found = phases.k_cot_delta_covariance[(i, j)];
                worst.see(found / scale, expected / scale, || {
                    format!("{kind:?}, {i}, {j}")
                });
            }
        }
        worst.assert_at_least(64);
    }
}

#[test]
fn physical_units_and_lattice_units_agree() {
    const SAME: Tol =
        Tol::rel(1e-9).because("a conversion of masses and energies, amplified by E²/k²");
    let (hbarc, a) = (HbarC::CODATA_2018, 0.09);
    let to_mev = hbarc.0 / a;
    let levels = levels();
    let lattice = read(&table_of(&levels, 1e-4))
        .phases(None, PhaseBranch::Principal)
        .unwrap();
    let units = UnitSystem::Physical(hbarc);
    let pair = TwoBody::new(MASSES.0 * to_mev, MASSES.1 * to_mev).unwrap();
    let physical = LevelForm {
        units,
        pair,
        length: Some(units.length(28.0 * a)),
        d: [0; 3],
    };
    let rows: String = levels
        .iter()
        .map(|(e, d)| format!("{},{}{}{}\n", e * to_mev, d[0], d[1], d[2]))
        .collect();
    let text = format!("E_lab (MeV),d\n{rows}");
    let table = LevelTable::from_bytes(
        "mev.csv".as_ref(),
        text.as_bytes(),
        &Limits::default(),
        &physical,
    );
    let physical = table.unwrap().phases(None, PhaseBranch::Principal).unwrap();
    let mut worst = Worst::new(SAME);
    for (p, l) in physical.levels.iter().zip(&lattice.levels) {
        worst.see(p.q2.value, l.q2.value, || format!("{l:?}"));
        worst.see(
            p.k_cot_delta.value * units.to_wave_number() * a,
            l.k_cot_delta.value,
            || format!("{l:?}"),
        );
    }
    worst.assert_at_least(16);
}

#[test]
fn a_refusal_names_file_column_and_row() {
    let cases: &[(&str, &str)] = &[
        (
            "E_lab [1/a]\n0.1\n",
            "levels.csv: column `E_lab`, row 1: found 0.1",
        ),
        (
            "E_lab [MeV]\n0.5\n",
            "header: found `E_lab [MeV]`, expected `E_lab [unit]` in 1/a",
        ),
        ("E_lab\n0.5\n", "header: found `E_lab` without a unit"),
        (
            "E_lab [1/a],E_cm [1/a]\n0.5,0.5\n",
            "found `E_lab` and `E_cm`, expected only one",
        ),
        (
            "d\n1\n",
            "header: found none of them, expected one column of E_lab, E_cm",
        ),
        (
            "E_lab [1/a],x\n0.5,1\n",
            "header: found x, expected columns called",
        ),
        (
            "E_lab [1/a],E_lab_err [1/a]\n0.5,1\n0.5,-1\n",
            "column `E_lab_err`, row 2: found -1.0",
        ),
        (
            "E_lab [1/a],d\n0.5,12\n",
            "column `d`, row 1: found the moving frame",
        ),
        (
            "E_lab [1/a],d\n0.5,0.5\n",
            "column `d`, row 1: found 0.5, expected the three digits",
        ),
        (
            "E_lab [1/a],L [fm]\n0.5,3\n",
            "found `L [fm]`, expected `L [unit]` in a",
        ),
        (
            "E_lab [1/a],L [a]\n0.5,-3\n",
            "column `L`, row 1: found -3.0",
        ),
        (
            "E_lab [1/a],E_cm_err [1/a]\n0.5,1\n",
            "found `E_cm_err`, expected `E_lab_err`",
        ),
        (
            "E_lab [1/a]\n",
            "rows: found none, expected at least one row",
        ),
        (
            "E_lab [1/a],d\n0.2,1\n",
            "column `E_lab`, row 1: found 0.2, expected an energy with",
        ),
    ];
    for (text, told) in cases {
        let form = LevelForm {
            length: Some(20.0),
            ..form()
        };
        let refused = LevelTable::from_bytes(
            "levels.csv".as_ref(),
            text.as_bytes(),
            &Limits::default(),
            &form,
        );
        match (refused, *text) {
            (Err(error), _) => assert!(error.to_string().contains(told), "{text}: {error}"),
            (Ok(_), "E_lab [1/a]\n0.1\n") => {} // a deep bound state is one
            (Ok(_), _) => panic!("{text} was accepted"),
        }
    }
}

#[test]
fn the_tail_of_chi_squared_has_its_closed_forms() {
    const CLOSED: Tol = Tol::rel_abs(1e-11, 1e-14).because("the accuracy that chi2_tail declares");
    let mut worst = Worst::new(CLOSED);
    for chi2 in [1e-3, 0.4, 1.0, 3.3, 9.0, 25.0, 80.0] {
        worst.see(
            chi2_tail(chi2, 1),
            normal_two_sided_tail(chi2.sqrt()),
            || format!("1, {chi2}"),
        );
        for half in 1..12_u32 {
            let terms = (0..half)
                .map(|k| (0.5 * chi2).powi(k as i32) / (1..=k).map(f64::from).product::<f64>());
            let exact = (-0.5 * chi2).exp() * terms.sum::<f64>();
            worst.see(chi2_tail(chi2, 2 * half as usize), exact, || {
                format!("{}, {chi2}", 2 * half)
            });
        }
    }
    worst.assert_at_least(80);
    assert_eq!((chi2_tail(0.0, 3), chi2_tail(f64::INFINITY, 3)), (1.0, 0.0));
}
