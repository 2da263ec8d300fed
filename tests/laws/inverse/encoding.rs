//! What the talk's network is shown, and what it is taught.

use std::f64::consts::PI;

use fieldassay::inverse::{
    HeftData, HeftSpec, Learned, LevelInput, LevelNetwork, LevelPredictor, LevelRecipe,
    LevelTarget, Phases, Summary, judge,
};
use fieldassay::rng::Seed;
use fieldassay::scattering::FormFactor;

const SEED: Seed = Seed(20_261_128);

fn data(set: &str, curves: usize) -> HeftData {
    HeftData::generate(
        &HeftSpec::talk(SEED, set, FormFactor::Monopole, curves),
        || {},
    )
    .unwrap()
}

#[test]
fn every_input_is_the_phase_shift_in_another_form() {
    let spec = HeftSpec::talk(SEED, "constant", FormFactor::Monopole, 0);
    let empty = Phases::new(&spec, Vec::new()).unwrap();
    // A line in the momentum is a line at momenta equidistant, whatever the energies.
    let line: Vec<f64> = empty
        .energies()
        .iter()
        .map(|&e| 0.01 * empty.momentum(e))
        .collect();
    let shifted: Vec<f64> = line.iter().map(|delta| delta + PI).collect();
    let phases = Phases::new(&spec, [line.clone(), shifted].concat()).unwrap();
    let last = line[line.len() - 1];
    let momentum = LevelInput::Momentum.of(&phases, 0).unwrap();
    assert_eq!(momentum.len(), line.len());
    for (i, delta) in momentum.iter().enumerate() {
        let expected = last * i as f64 / (line.len() - 1) as f64;
        assert!(
            (delta - expected).abs() < 1e-12,
            "{i}: {delta} and {expected}"
        );
    }
    assert_eq!(LevelInput::Energy.of(&phases, 0).unwrap(), line);
    // Levels do not know δ from δ + π, nor does its direction.
    let [one, other] = [0, 1].map(|i| LevelInput::Direction.of(&phases, i).unwrap());
    assert_eq!(one.len(), LevelInput::Direction.width(line.len()));
    for (i, delta) in line.iter().enumerate() {
        assert!((one[i] - (2.0 * delta).cos()).abs() < 1e-15);
        assert!((one[line.len() + i] - (2.0 * delta).sin()).abs() < 1e-15);
    }
    assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-12));
}

#[test]
fn a_network_learns_from_every_input_every_target_and_its_file_says_which() {
    let sets = [data("train", 100)];
    let test = data("test", 40);
    let phases = Phases::of(&test).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    for (input, target) in [
        (LevelInput::Momentum, LevelTarget::Shift),
        (LevelInput::Direction, LevelTarget::Shift),
        (LevelInput::Energy, LevelTarget::Q2),
    ] {
        let mut recipe = LevelRecipe::talk(1);
        (recipe.input, recipe.target) = (input, target);
        recipe.fit.hidden = vec![48, 48];
        recipe.fit.epochs = 300.0;
        recipe.fit.batch = 100;
        let network = LevelNetwork::train(&recipe, &sets, 2, &mut |_| {}).unwrap();
        let levels = network.levels(&phases).unwrap();
        let judged = judge(&test, &phases, &levels).unwrap();
        let median = Summary::of(judged.iter()).unwrap().median;
        println!("{input:?}, {target:?}: {median:.2} MeV");
        assert!(median < 4.0, "{input:?}, {target:?}: {median} MeV");
        network.save(&path).unwrap();
        let loaded = Learned::load(&path).unwrap();
        assert_eq!(loaded.levels(&phases).unwrap(), levels);
        // What a network has seen is known by the samples, in whatever form it saw them.
        let known = Phases::of(&sets[0]).unwrap();
        assert!(loaded.training().check_fresh("again", &known).is_err());
        loaded.training().check_fresh("fresh", &phases).unwrap();
    }
    let refusal = "momenta".parse::<LevelInput>().unwrap_err().to_string();
    assert!(refusal.contains("did you mean `momentum`"), "{refusal}");
}
