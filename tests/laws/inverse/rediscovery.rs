//! Levels from phase shifts: the quantisation condition, the learned function of the box, judging, leaks, files.

use std::sync::OnceLock;

use fieldassay::finite_volume::{levels_constant_delta, quantization_phase};
use fieldassay::inverse::{
    BoxPhase, FromBoxPhase, HeftData, HeftSpec, Judged, LevelPredictor, LuscherNetwork,
    LuscherRecipe, MeanLevel, NearestNeighbour, Phases, Summary, constant_phases, judge,
};
use fieldassay::rng::Seed;
use fieldassay::scattering::FormFactor;

const SEED: Seed = Seed(20_261_126);
/// Hamiltonians of each of the models A and C in the training set.
const TRAINED: usize = 100;
/// Fresh Hamiltonians a model.
const FRESH: usize = 40;

fn data(set: &str, form_factor: FormFactor, curves: usize) -> HeftData {
    HeftData::generate(&HeftSpec::talk(SEED, set, form_factor, curves), || {}).unwrap()
}

fn training() -> &'static [HeftData] {
    static SETS: OnceLock<Vec<HeftData>> = OnceLock::new();
    SETS.get_or_init(|| {
        let models = [FormFactor::Monopole, FormFactor::Gaussian];
        models.map(|model| data("train", model, TRAINED)).into()
    })
}

/// A recipe that takes seconds.
fn recipe() -> LuscherRecipe {
    let mut recipe = LuscherRecipe::standard(1);
    recipe.phase.epochs = 200.0;
    recipe.phase.batch = 200;
    if let Some(fit) = &mut recipe.correction {
        fit.hidden = vec![32, 32];
        fit.epochs = 20.0;
        fit.batch = 200;
    }
    recipe
}

fn trained(threads: usize) -> LuscherNetwork {
    LuscherNetwork::train(&recipe(), training(), threads, &mut |_| {}).unwrap()
}

fn network() -> &'static LuscherNetwork {
    static NETWORK: OnceLock<LuscherNetwork> = OnceLock::new();
    NETWORK.get_or_init(|| trained(1))
}

fn median(test: &HeftData, predictor: &dyn LevelPredictor) -> f64 {
    let phases = Phases::of(test).unwrap();
    let levels = predictor.levels(&phases).unwrap();
    let judged = judge(test, &phases, &levels).unwrap();
    Summary::of(judged.iter()).unwrap().median
}

#[test]
fn constant_phases_have_the_levels_of_luschers_formula_and_no_other_number() {
    let spec = HeftSpec::talk(SEED, "constant", FormFactor::Monopole, 0);
    let degrees = [-75.0, -20.0, 10.0, 90.0];
    let phases = Phases::constant(&spec, &degrees).unwrap();
    let found = FromBoxPhase::oracle().levels(&phases).unwrap();
    let [_, boxes, levels] = phases.shape();
    let mut seen = 0;
    for (curve, degrees) in degrees.iter().enumerate() {
        let q2 = levels_constant_delta(degrees.to_radians(), levels).unwrap();
        for (b, &length) in phases.lengths().iter().enumerate() {
            // With δ > 0 the level n = 0 lies below threshold.
            let first = usize::from(*degrees > 0.0);
            for n in first..levels {
                let exact = phases.energy(q2[n - first], length).min(phases.e_max());
                let found = found[(curve * boxes + b) * levels + n];
                assert!(
                    (found - exact).abs() < 1e-6,
                    "{degrees}° {length} fm {n}: {found} {exact}"
                );
                seen += usize::from(exact < phases.e_max());
            }
            if first == 1 {
                assert_eq!(found[(curve * boxes + b) * levels], phases.threshold());
            }
        }
    }
    assert!(seen > 200, "{seen} levels");
}

#[test]
fn the_oracle_is_right_in_large_boxes() {
    let test = data("oracle", FormFactor::Monopole, FRESH);
    let phases = Phases::of(&test).unwrap();
    let levels = FromBoxPhase::oracle().levels(&phases).unwrap();
    let judged = judge(&test, &phases, &levels).unwrap();
    let large = judged.iter().filter(|l| l.length >= 12.0 && !l.steep);
    let summary = Summary::of(large).unwrap();
    assert!(
        summary.count > 300 && summary.median < 0.02 && summary.right > 0.99,
        "{summary:?}"
    );
}

#[test]
fn a_network_that_has_never_seen_the_zeta_function_finds_its_phase() {
    let phi = network().phase();
    let mut worst = [0.0_f64; 2];
    for i in 1..500 {
        // Between the free levels 0, 1, 2, 3, 4, 5, 6, 8, where the boxes of the training set have levels.
        let q2 = 0.01 * f64::from(i);
        let off = (phi.at(q2).unwrap() - quantization_phase(q2).unwrap()).abs();
        let at = usize::from(q2 > 0.25);
        worst[at] = worst[at].max(off);
    }
    // Of a phase that grows by π between two free levels.
    assert!(worst[1] < 0.15 && worst[0] < 0.5, "{worst:?} rad");
}

#[test]
fn it_predicts_a_model_that_it_was_not_trained_on_better_than_looking_up() {
    let test = data("test", FormFactor::Dipole, FRESH);
    let found = median(&test, network());
    let nearest = median(&test, &NearestNeighbour::new(training()).unwrap());
    let mean = median(&test, &MeanLevel::new(training()).unwrap());
    assert!(
        3.0 * found < nearest && nearest < mean,
        "{found} {nearest} {mean} MeV"
    );
}

#[test]
fn the_box_matters() {
    let test = data("test", FormFactor::Monopole, FRESH);
    let mut shuffled = test.clone();
    shuffled.spec.lengths.reverse();
    let (right, wrong) = (median(&test, network()), median(&shuffled, network()));
    assert!(10.0 * right < wrong, "{right} and {wrong} MeV");
}

#[test]
fn a_leak_of_test_curves_into_training_is_refused_by_name() {
    let fresh = Phases::of(&data("test", FormFactor::Monopole, 3)).unwrap();
    network().training().check_fresh("test", &fresh).unwrap();
    let mut leaked = data("test", FormFactor::Gaussian, 3);
    let known = &training()[1];
    leaked.delta[200..300].copy_from_slice(&known.delta[500..600]);
    let phases = Phases::of(&leaked).unwrap();
    let refusal = network()
        .training()
        .check_fresh("test C", &phases)
        .unwrap_err()
        .to_string();
    assert!(
        refusal.contains("test C") && refusal.contains("curve 2"),
        "{refusal}"
    );
}

#[test]
fn a_leak_is_known_when_its_last_bits_are_others() {
    // As another machine would draw the same curves: 1e-13 rad is some hundred ulp.
    let known = Phases::of(&training()[0]).unwrap();
    let mut moved = training()[0].clone();
    for delta in &mut moved.delta {
        *delta += 1e-13;
    }
    let again = Phases::of(&moved).unwrap();
    for curve in 0..TRAINED {
        assert_eq!(again.digest(curve), known.digest(curve), "curve {curve}");
    }
    let training_set = network().training();
    assert!(training_set.check_fresh("moved", &again).is_err());
    // 1e-3 rad are another curve.
    for delta in &mut moved.delta {
        *delta += 1e-3;
    }
    let fresh = Phases::of(&moved).unwrap();
    training_set.check_fresh("moved", &fresh).unwrap();
}

#[test]
fn threads_do_not_change_a_bit_and_a_file_brings_it_back() {
    let test = data("file", FormFactor::Dipole, 4);
    let phases = Phases::of(&test).unwrap();
    let levels = network().levels(&phases).unwrap();
    assert_eq!(trained(2).levels(&phases).unwrap(), levels);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    network().save(&path).unwrap();
    let loaded = LuscherNetwork::load(&path).unwrap();
    assert_eq!(loaded.levels(&phases).unwrap(), levels);
    assert_eq!(loaded.recipe(), network().recipe());
    let refusal = loaded
        .training()
        .check_fresh("again", &Phases::of(&training()[0]).unwrap());
    assert!(refusal.is_err());
}

#[test]
fn a_file_that_is_no_network_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.safetensors");
    let arrays = fieldassay::io::NamedArrays::new();
    fieldassay::io::safetensors::write(&path, &arrays).unwrap();
    let refusal = LuscherNetwork::load(&path).unwrap_err().to_string();
    assert!(
        refusal.contains("other.safetensors") && refusal.contains("spec"),
        "{refusal}"
    );
}

#[test]
fn levels_are_judged_between_threshold_and_the_last_energy_only() {
    let test = data("judge", FormFactor::Monopole, 5);
    let phases = Phases::of(&test).unwrap();
    let shifted: Vec<f64> = test.levels.iter().map(|e| e - 2.0).collect();
    let judged = judge(&test, &phases, &shifted).unwrap();
    let inside = test.levels.iter().filter(|e| **e > 279.14 && **e < 1000.0);
    assert_eq!(judged.len(), inside.count());
    assert!(judged.len() < test.levels.len());
    for level in &judged {
        assert!((level.difference() - 2.0).abs() < 1e-9);
        let b = phases
            .lengths()
            .iter()
            .position(|l| *l == level.length)
            .unwrap();
        assert_eq!(
            test.levels[(level.curve * 9 + b) * 10 + level.n],
            level.energy
        );
    }
    assert!(judge(&test, &phases, &shifted[1..]).is_err());
    let mut broken = shifted;
    broken[3] = f64::NAN;
    assert!(judge(&test, &phases, &broken).is_err());
}

#[test]
fn quantiles_are_nearest_ranks_and_their_interval_covers_them() {
    let level = |i: usize| Judged {
        curve: i / 10,
        steep: false,
        length: 5.0,
        n: i % 10,
        energy: 500.0,
        predicted: 500.0 - 0.01 * (i + 1) as f64,
    };
    let levels: Vec<Judged> = (0..200).map(level).collect();
    let summary = Summary::of(levels.iter()).unwrap();
    let near = |x: f64, y: f64| (x - y).abs() < 1e-9;
    assert!(near(summary.median, 1.0) && near(summary.p90, 1.8) && near(summary.p99, 1.98));
    assert!((summary.right - 0.5).abs() < 0.006, "{summary:?}");
    let mut rng = SEED.stream("inverse/interval");
    let [low, high] = Summary::interval(&levels, |s| s.median, 400, &mut rng);
    // The median of twenty curves has a spread of 0.22 MeV, that of 200 independent levels would have 0.07 MeV.
    assert!(low < 0.75 && high > 1.25, "{low} {high}");
    assert!(low > 0.3 && high < 1.7, "{low} {high}");
}

#[test]
fn one_whole_number_is_all_that_may_be_corrected() {
    /// Lüscher's levels, counted from another one.
    struct Miscounted;
    impl LevelPredictor for Miscounted {
        fn name(&self) -> &str {
            "miscounted"
        }
        fn levels(&self, phases: &Phases) -> fieldassay::Result<Vec<f64>> {
            let mut levels = FromBoxPhase::oracle().levels(phases)?;
            for of_box in levels.chunks_exact_mut(phases.levels()) {
                of_box.rotate_left(1);
            }
            Ok(levels)
        }
    }
    let spec = HeftSpec::talk(SEED, "constant", FormFactor::Monopole, 0);
    for found in constant_phases(&Miscounted, &spec, &[-40.0, 30.0]).unwrap() {
        assert_eq!(found.shift, -1);
        assert!(found.raw.iter().all(|rms| *rms > 20.0), "{found:?}");
        assert!(found.corrected.iter().all(|rms| *rms < 1e-6), "{found:?}");
    }
}
