//! Effective Hamiltonians: fast path, witness, and goldens of 14 digits and more.

use fieldassay::finite_volume::HeftBox;
use fieldassay::io::{Golden, Record};
use fieldassay::num::{Tol, Worst};
use fieldassay::scattering::{FormFactor, PhaseShift, SigmaModel};
use fieldassay::units::{Fm, HbarC, Mev};
use fieldassay_reference::heft::{self as reference, Grid};
use fieldassay_reference::heft_box::{self, Window};

const DELTA: Tol = Tol::abs(1e-10).because("the bar, in radians");
const K_COT: Tol = Tol::rel_abs(1e-10, 1e-8).because("the bar of the phase, and next to zeros");
const TRUNCATED: Tol = Tol::abs(1e-9).because("the bar, in MeV");
const INFINITE: Tol = Tol::abs(1e-8).because("the bar, in MeV");
const LUSCHER: Tol = Tol::abs(1e-8).because("the bar of the levels, in MeV");

/// Records whose shells the witness diagonalises here; `cargo golden` takes all.
const DENSE: [&str; 3] = ["levels_A0_L5.0", "levels_B4_L8.0", "levels_C3_L12.0"];

fn golden(name: &str) -> Golden {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/highprec");
    Golden::load(&path.join(name).with_extension("json")).unwrap()
}

fn conclude(what: &str, worst: &Worst, minimum: usize) {
    println!("{what}: {}", worst.summary());
    worst.assert_at_least(minimum);
}

/// The model of a record, for the fast path and for the witness.
fn models(record: &Record) -> (SigmaModel, reference::SigmaModel) {
    let number = |name: &str| record.parameter_f64(name).unwrap();
    let letter = record.parameter_str("model").unwrap();
    let fast = SigmaModel {
        form_factor: FormFactor::from_id(letter).unwrap(),
        m_sigma: Mev(number("m_sigma_MeV")),
        g: number("g"),
        c: Fm(number("c_fm")),
        contact: number("G"),
        d: Fm(number("d_fm")),
        m_pi: Mev(number("m_pi_MeV")),
        hbarc: HbarC(number("hbarc_MeV_fm")),
    };
    let witness = reference::SigmaModel {
        letter: letter.chars().next().unwrap(),
        m_sigma: fast.m_sigma.0,
        g: fast.g,
        c: fast.c.0,
        contact: fast.contact,
        d: fast.d.0,
        m_pi: fast.m_pi.0,
        hbarc: fast.hbarc.0,
    };
    (fast, witness)
}

fn list(record: &Record, name: &str) -> Vec<f64> {
    let decimals = record.named_list(name).unwrap();
    decimals.iter().map(|decimal| decimal.to_f64()).collect()
}

fn of_kind<'a>(golden: &'a Golden, kind: &str) -> Vec<&'a Record> {
    let prefix = format!("{kind}_");
    let records = golden.records().iter();
    records
        .filter(|record| record.id().starts_with(&prefix))
        .collect()
}

fn energies(record: &Record) -> Vec<f64> {
    let json = record.parameter("E_MeV").unwrap().as_array().unwrap();
    json.iter().map(|energy| energy.as_f64().unwrap()).collect()
}

#[test]
fn golden_phase_shifts_are_reproduced_by_both_paths() {
    let golden = golden("heft");
    let grid = Grid::new(48);
    let (mut fast, mut slow) = (Worst::new(DELTA), Worst::new(DELTA));
    let (mut fast_k, mut slow_k) = (Worst::new(K_COT), Worst::new(K_COT));
    for record in of_kind(&golden, "delta") {
        let (model, witness) = models(record);
        let heft = model.heft().unwrap();
        let curve = PhaseShift::follow(&heft, Mev(1000.0)).unwrap();
        let truths = list(record, "delta_rad")
            .into_iter()
            .zip(list(record, "k_cot_delta_MeV"));
        for (energy, (delta, k_cot)) in energies(record).into_iter().zip(truths) {
            let case = || format!("{} at {energy} MeV", record.id());
            fast.see(curve.at(Mev(energy)).unwrap(), delta, case);
            fast_k.see(heft.k_cot_delta(Mev(energy)).unwrap().0, k_cot, case);
            // The matrix inversion knows the phase modulo π.
            let by_inversion = reference::phase_shift(&witness, energy, &grid);
            slow.see((by_inversion - delta).sin(), 0.0, case);
            slow_k.see(reference::k_cot_delta(&witness, energy, &grid), k_cot, case);
        }
    }
    conclude("delta, fast path", &fast, 360);
    conclude("k cot delta, fast path", &fast_k, 360);
    conclude("delta modulo pi, witness", &slow, 360);
    conclude("k cot delta, witness", &slow_k, 360);
}

fn compare(worst: &mut Worst, record: &Record, levels: &[f64], truths: &[f64]) {
    assert_eq!(levels.len(), truths.len(), "{}", record.id());
    for (level, (value, truth)) in levels.iter().zip(truths).enumerate() {
        worst.see(*value, *truth, || format!("{} level {level}", record.id()));
    }
}

#[test]
fn golden_truncated_levels_are_reproduced_by_both_paths() {
    let golden = golden("heft");
    let (mut fast, mut slow) = (Worst::new(TRUNCATED), Worst::new(TRUNCATED));
    let mut dense = Worst::new(TRUNCATED);
    for record in of_kind(&golden, "levels") {
        let (model, witness) = models(record);
        let heft = model.heft().unwrap();
        let length = record.parameter_f64("L_fm").unwrap();
        let n2_max = record.parameter_i64("N_max").unwrap() as usize;
        let truths = list(record, "E_trunc_MeV");
        let system = HeftBox::new(&heft, Fm(length)).unwrap();
        let numbers = |levels: Vec<Mev>| levels.into_iter().map(|e| e.0).collect::<Vec<f64>>();
        let secular = numbers(system.truncated_levels(n2_max, truths.len()).unwrap());
        compare(&mut fast, record, &secular, &truths);
        if DENSE.contains(&record.id()) {
            let by_matrix = numbers(system.dense_levels(n2_max, truths.len()).unwrap());
            compare(&mut dense, record, &by_matrix, &truths);
            let levels = heft_box::truncated_levels(&witness, length, n2_max, truths.len());
            compare(&mut slow, record, &levels, &truths);
        }
    }
    conclude("E_trunc, secular", &fast, 540);
    conclude("E_trunc, dense", &dense, 30);
    conclude("E_trunc, witness", &slow, 30);
}

#[test]
fn golden_levels_without_a_cut_are_reproduced_by_both_paths() {
    let golden = golden("heft");
    let shells = Window::shells();
    let (mut fast, mut slow) = (Worst::new(INFINITE), Worst::new(INFINITE));
    let mut luscher = Worst::new(LUSCHER);
    for record in of_kind(&golden, "levels") {
        let (model, witness) = models(record);
        let heft = model.heft().unwrap();
        let length = record.parameter_f64("L_fm").unwrap();
        let truths = list(record, "E_inf_MeV");
        let system = HeftBox::new(&heft, Fm(length)).unwrap();
        let levels = system.levels(truths.len()).unwrap();
        assert!(levels.iter().all(|level| level.truncation_error.0 < 1e-8));
        let levels: Vec<f64> = levels.iter().map(|level| level.energy.0).collect();
        compare(&mut fast, record, &levels, &truths);
        let levels = Window::new(&witness, length, &shells).levels(truths.len());
        compare(&mut slow, record, &levels, &truths);
        // Of the predictions of Lüscher's formula, the nearest one counts.
        let predicted = system
            .luscher_levels(
                Mev((truths[0] - 41.0).max(1.0)),
                Mev(truths[truths.len() - 1] + 41.0),
            )
            .unwrap();
        let places = list(record, "luscher_level");
        for (place, truth) in places.iter().zip(list(record, "E_luscher_MeV")) {
            let nearest = predicted.iter().map(|e| e.0);
            let nearest = nearest.min_by(|a, b| (a - truth).abs().total_cmp(&(b - truth).abs()));
            luscher.see(nearest.unwrap_or(f64::NAN), truth, || {
                format!("{} level {place}", record.id())
            });
        }
    }
    conclude("E_inf, fast path", &fast, 540);
    conclude("E_inf, witness", &slow, 540);
    conclude("E_luscher, fast path", &luscher, 500);
}

#[test]
fn golden_scaling_with_the_box_is_reproduced_by_both_paths() {
    let golden = golden("luscher_scaling");
    let shells = Window::shells();
    let (mut fast, mut slow) = (Worst::new(INFINITE), Worst::new(INFINITE));
    let mut luscher = Worst::new(LUSCHER);
    for record in golden.records() {
        let (model, witness) = models(record);
        let heft = model.heft().unwrap();
        let lengths = record.parameter("L_fm").unwrap().as_array().unwrap();
        for (i, length) in lengths.iter().enumerate() {
            let length = length.as_f64().unwrap();
            let truths: Vec<f64> = (0..3)
                .map(|n| list(record, &format!("E_inf_{n}_MeV"))[i])
                .collect();
            let system = HeftBox::new(&heft, Fm(length)).unwrap();
            let levels = system.levels(3).unwrap();
            let levels: Vec<f64> = levels.iter().map(|level| level.energy.0).collect();
            compare(&mut fast, record, &levels, &truths);
            let levels = Window::new(&witness, length, &shells).levels(3);
            compare(&mut slow, record, &levels, &truths);
            let predicted = system.luscher_levels(Mev(120.0), Mev(900.0)).unwrap();
            for n in 0..3 {
                let places = list(record, &format!("L_luscher_{n}_fm"));
                let Some(place) = places.iter().position(|l| *l == length) else {
                    continue;
                };
                let truth = list(record, &format!("E_luscher_{n}_MeV"))[place];
                let nearest = predicted.iter().map(|e| e.0);
                let nearest =
                    nearest.min_by(|a, b| (a - truth).abs().total_cmp(&(b - truth).abs()));
                luscher.see(nearest.unwrap_or(f64::NAN), truth, || {
                    format!("{} level {n} at {length} fm", record.id())
                });
            }
        }
    }
    conclude("scaling E_inf, fast path", &fast, 105);
    conclude("scaling E_inf, witness", &slow, 105);
    conclude("scaling E_luscher, fast path", &luscher, 95);
}

#[test]
fn shells_are_the_symmetric_states_of_plane_waves() {
    const SAME: Tol = Tol::abs(1e-9).because("both matrices are diagonalised to 1e-12");
    let golden = golden("heft");
    let mut worst = Worst::new(SAME);
    for record in of_kind(&golden, "levels").into_iter().step_by(9) {
        let (model, witness) = models(record);
        let length = record.parameter_f64("L_fm").unwrap();
        let waves = heft_box::plane_wave_hamiltonian(&witness, length, 5);
        assert_eq!(waves.len(), 58, "σ and 57 plane waves");
        let (all, _) = fieldassay_reference::linalg::symmetric_eigen(&waves);
        let heft = model.heft().unwrap();
        let system = HeftBox::new(&heft, Fm(length)).unwrap();
        for level in system.truncated_levels(5, 20).unwrap() {
            let nearest = all.iter().copied();
            let nearest =
                nearest.min_by(|a, b| (a - level.0).abs().total_cmp(&(b - level.0).abs()));
            worst.see(nearest.unwrap(), level.0, || record.id().to_owned());
        }
        // The other plane waves are free: their combinations have no S wave.
        let trace: f64 = (0..waves.len()).map(|i| waves[i][i]).sum();
        let symmetric: f64 = system
            .truncated_levels(5, 20)
            .unwrap()
            .iter()
            .map(|e| e.0)
            .sum();
        let free: f64 = heft_box::counted_shells(5)
            .iter()
            .map(|(n2, count)| {
                let k = 2.0 * std::f64::consts::PI * witness.hbarc / length * (*n2 as f64).sqrt();
                (*count as f64 - 1.0) * witness.free_energy(k)
            })
            .sum();
        worst.see(symmetric + free, trace, || {
            format!("trace of {}", record.id())
        });
    }
    worst.assert_at_least(48);
}
