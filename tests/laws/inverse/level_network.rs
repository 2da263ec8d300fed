//! The talk's network, and kernel ridge regression beside it.

use fieldassay::inverse::{
    HeftData, HeftSpec, KernelRidge, Learned, LevelNetwork, LevelPredictor, LevelRecipe,
    LevelTarget, MeanLevel, NearestNeighbour, Phases, Summary, judge,
};
use fieldassay::rng::Seed;
use fieldassay::scattering::FormFactor;

const SEED: Seed = Seed(20_261_127);
/// Hamiltonians of each of the models A and C in the training set.
const TRAINED: usize = 100;
/// Fresh Hamiltonians a model.
const FRESH: usize = 40;

fn data(set: &str, form_factor: FormFactor, curves: usize) -> HeftData {
    HeftData::generate(&HeftSpec::talk(SEED, set, form_factor, curves), || {}).unwrap()
}

fn training() -> [HeftData; 2] {
    [FormFactor::Monopole, FormFactor::Gaussian].map(|model| data("train", model, TRAINED))
}

/// A recipe that takes seconds.
fn recipe(target: LevelTarget) -> LevelRecipe {
    let mut recipe = LevelRecipe::talk(1);
    recipe.target = target;
    recipe.fit.hidden = vec![48, 48];
    recipe.fit.epochs = 300.0;
    recipe.fit.batch = 100;
    recipe
}

fn trained(target: LevelTarget, threads: usize) -> LevelNetwork {
    LevelNetwork::train(&recipe(target), &training(), threads, &mut |_| {}).unwrap()
}

fn median(test: &HeftData, predictor: &dyn LevelPredictor) -> f64 {
    let phases = Phases::of(test).unwrap();
    let levels = predictor.levels(&phases).unwrap();
    Summary::of(judge(test, &phases, &levels).unwrap().iter())
        .unwrap()
        .median
}

#[test]
fn levels_are_learned_in_either_form_and_interpolation_is_hard_to_beat() {
    let test = data("test", FormFactor::Monopole, FRESH);
    let sets = training();
    let mean = median(&test, &MeanLevel::new(&sets).unwrap());
    let neighbour = median(&test, &NearestNeighbour::new(&sets).unwrap());
    let kernel = median(&test, &KernelRidge::new(&sets).unwrap());
    let [shift, energy] =
        [LevelTarget::Shift, LevelTarget::Energy].map(|target| median(&test, &trained(target, 2)));
    println!(
        "MeV: shift {shift:.2}, energy {energy:.2}, kernel {kernel:.2}, neighbour {neighbour:.2}, mean {mean:.2}"
    );
    assert!(2.5 * shift < mean, "{shift} and {mean} MeV");
    assert!(1.5 * energy < mean, "{energy} and {mean} MeV");
    assert!(
        3.0 * kernel < neighbour && neighbour < mean,
        "{kernel} and {neighbour} MeV"
    );
}

#[test]
fn threads_do_not_change_a_bit_and_a_file_says_which_kind_it_is() {
    let phases = Phases::of(&data("file", FormFactor::Dipole, 4)).unwrap();
    let network = trained(LevelTarget::Shift, 1);
    let levels = network.levels(&phases).unwrap();
    assert_eq!(
        trained(LevelTarget::Shift, 2).levels(&phases).unwrap(),
        levels
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    network.save(&path).unwrap();
    let loaded = Learned::load(&path).unwrap();
    assert_eq!(loaded.levels(&phases).unwrap(), levels);
    assert_eq!(loaded.name(), "level network");
    assert!(loaded.phase().is_none());
    let refusal = fieldassay::inverse::LuscherNetwork::load(&path).unwrap_err();
    assert!(refusal.to_string().contains("luscher network"), "{refusal}");
    let known = Phases::of(&training()[0]).unwrap();
    let leak = loaded.training().check_fresh("again", &known).unwrap_err();
    assert!(leak.to_string().contains("curve 0"), "{leak}");
    assert!("levels".parse::<LevelTarget>().is_err());
}

#[test]
fn kernel_ridge_is_its_formula_and_reproduces_its_training_set() {
    let known = training();
    let kernel = KernelRidge::new(&known).unwrap();
    let [width, ridge] = kernel.chosen();
    assert!(width > 0.0 && ridge > 0.0);
    // What it leaves of a training level is the ridge times a coefficient.
    for set in &known {
        assert!(median(set, &kernel) < 0.05, "{} MeV", median(set, &kernel));
    }
    let other = HeftSpec {
        levels: 9,
        ..HeftSpec::talk(SEED, "constant", FormFactor::Monopole, 0)
    };
    let refusal = kernel.levels(&Phases::constant(&other, &[10.0]).unwrap());
    assert!(refusal.unwrap_err().to_string().contains("10 levels"));
}
