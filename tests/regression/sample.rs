//! `fieldassay sample` and the ensembles behind it: neither kills, nor threads, nor neighbours change a bit.

use std::path::Path;

use fieldassay::Error;
use fieldassay::ensemble::target::ALL;
use fieldassay::ensemble::{
    Ensemble, Kind, Method, Named, Plan, Presence, Sampled, Sampler, Start, Value, Values,
};
use fieldassay::io::{Limits, NamedArrays, npz, safetensors};
use fieldassay::rng::Seed;

mod damage;
mod killed;
mod loops;
mod typed;

/// A target at its registry's example.
fn example(target: &Named) -> Box<dyn Sampled> {
    let read = |(name, text): &(&'static str, &str)| {
        let parameter = target.parameters.iter().find(|p| p.name == *name);
        let value = parameter.expect("a parameter of the target").read(text);
        (*name, value.expect("a value of its kind"))
    };
    let given: Vec<(&str, Value)> = target.example.iter().map(read).collect();
    let values = Values::new(target.parameters, &given).expect("a whole example");
    (target.make)(&values).expect("a density")
}

/// A sampler at its defaults, with small steps where it has none, and everything that the target mixes in.
fn everyday(target: &Named, method: &'static Method) -> Sampler {
    let needed = method.parameters.iter().filter_map(|p| {
        let needed = matches!((p.presence, p.kind), (Presence::Required, Kind::Positive));
        needed.then_some((p.name, Value::Real(0.01)))
    });
    let sampler = Sampler::new(method, &needed.collect::<Vec<_>>()).expect("a sampler");
    let mixed = target.mixed.iter();
    mixed.fold(sampler, |sampler, kernel| {
        sampler.mixed_with(kernel.name, 2)
    })
}

const PLAN: Plan = Plan {
    chains: 5,
    thermalise: 4,
    measurements: 6,
    every: 3,
    start: Start::Hot,
    fields: true,
    seed: Seed(3),
    threads: 1,
};

/// The bits of all that is recorded, by name.
fn bits(arrays: &NamedArrays) -> Vec<(String, Vec<usize>, Vec<u64>)> {
    let row = |(name, array): (&str, &fieldassay::io::Array)| {
        let numbers = array.as_f64().expect("doubles").iter();
        let bits = numbers.map(|x| x.to_bits()).collect();
        (name.to_owned(), array.shape().to_vec(), bits)
    };
    arrays.iter().map(row).collect()
}

/// Calls `each` for every sampler of every target of the registry.
fn for_all(mut each: impl FnMut(&str, &dyn Sampled, &Sampler)) {
    let mut seen = 0;
    for target in ALL {
        let density = example(target);
        for method in target.methods {
            let name = format!("{}, {}", target.id, method.id);
            each(&name, density.as_ref(), &everyday(target, method));
            seen += 1;
        }
    }
    assert!(seen >= 9, "{seen} samplers of targets");
}

fn whole(density: &dyn Sampled, sampler: &Sampler, plan: Plan) -> NamedArrays {
    let mut ensemble = Ensemble::new(density, sampler, plan).expect("an ensemble");
    ensemble.advance(u64::MAX);
    assert!(ensemble.finished());
    ensemble.arrays().expect("arrays")
}

#[test]
fn every_file_of_a_target_has_its_row() {
    let files = std::fs::read_dir("src/ensemble/target").expect("the folder");
    let names = files.map(|file| file.expect("an entry").file_name());
    let mut names: Vec<String> = names
        .filter_map(|name| Some(name.to_str()?.strip_suffix(".rs")?.replace('_', "-")))
        .filter(|name| name != "mod")
        .collect();
    let mut ids: Vec<&str> = ALL.iter().map(|target| target.id).collect();
    names.sort();
    ids.sort_unstable();
    assert_eq!(names, ids);
    assert!(ids.len() >= 2);
}

#[test]
fn every_run_gives_the_same_bits_on_any_number_of_threads() {
    for_all(|name, density, sampler| {
        let one = bits(&whole(density, sampler, PLAN));
        for threads in [2, 3, 8] {
            let plan = Plan { threads, ..PLAN };
            assert_eq!(bits(&whole(density, sampler, plan)), one, "{name}");
        }
    });
}

#[test]
fn a_chain_of_a_run_does_not_notice_its_neighbours() {
    for_all(|name, density, sampler| {
        let few = bits(&whole(density, sampler, Plan { chains: 2, ..PLAN }));
        let many = bits(&whole(density, sampler, PLAN));
        assert_eq!(few.len(), many.len());
        for ((column, shape, few), (_, _, many)) in few.iter().zip(&many) {
            assert_eq!(shape[0], 2);
            assert_eq!(few[..], many[..few.len()], "{name}: {column}");
        }
    });
}

#[test]
fn chains_differ_and_move() {
    for_all(|name, density, sampler| {
        let arrays = whole(density, sampler, PLAN);
        let (shape, action) = arrays.f64("action").expect("a column");
        assert_eq!(shape, [5, 6]);
        assert!(action.iter().all(|s| s.is_finite()), "{name}");
        let chains: Vec<&[f64]> = action.chunks_exact(6).collect();
        for (i, one) in chains.iter().enumerate() {
            assert!(
                one.iter().any(|s| *s != one[0]),
                "{name}: chain {i} stands still"
            );
            for other in &chains[..i] {
                assert!(one != other, "{name}: {one:?} twice");
            }
        }
        let (_, divergent) = arrays.f64("divergent").expect("a column");
        assert!(divergent.iter().all(|d| *d == 0.0), "{name}");
        let (_, shares) = arrays.f64("acceptance").expect("a column");
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        // Spins at β = 0.4 turn over least often.
        assert!((0.15..=1.0).contains(&mean), "{name}: acceptance {mean}");
    });
}

/// Saves at every step of a run, and goes on from there in a new ensemble on other threads.
#[test]
fn every_run_resumes_at_any_step_to_the_same_bits() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.safetensors");
    for_all(|name, density, sampler| {
        let expected = bits(&whole(density, sampler, PLAN));
        let mut first = Ensemble::new(density, sampler, PLAN).expect("an ensemble");
        for step in 0..=first.steps() {
            first.save(&path).expect("a checkpoint");
            let threads = 1 + (step % 3) as usize;
            let plan = Plan { threads, ..PLAN };
            let mut resumed = Ensemble::new(density, sampler, plan).expect("an ensemble");
            resumed.resume(&path).expect("a whole checkpoint");
            assert_eq!(resumed.step(), step);
            resumed.advance(u64::MAX);
            let arrays = resumed.arrays().expect("arrays");
            assert_eq!(bits(&arrays), expected, "{name}, step {step}");
            first.advance(1);
        }
    });
}

#[test]
fn a_checkpoint_of_another_run_is_refused_and_a_longer_one_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.safetensors");
    let target = Named::find("phi4").expect("a target");
    let (density, hmc) = (example(target), &target.methods[0]);
    let sampler = everyday(target, hmc);
    let ensemble = |sampler: &Sampler, plan: Plan| {
        Ensemble::new(density.as_ref(), sampler, plan).expect("an ensemble")
    };
    let mut run = ensemble(&sampler, PLAN);
    run.advance(u64::MAX);
    run.save(&path).expect("a checkpoint");

    let steps = Sampler::new(hmc, &[("steps", Value::Count(7))]).expect("a sampler");
    let other_seed = Seed(4);
    let others: [(&str, Ensemble<'_>); 5] = [
        ("spec, sampler.steps", ensemble(&steps, PLAN)),
        (
            "spec, chains",
            ensemble(&sampler, Plan { chains: 4, ..PLAN }),
        ),
        ("spec, every", ensemble(&sampler, Plan { every: 2, ..PLAN })),
        (
            "spec, seed",
            ensemble(
                &sampler,
                Plan {
                    seed: other_seed,
                    ..PLAN
                },
            ),
        ),
        (
            "measurements",
            ensemble(
                &sampler,
                Plan {
                    measurements: 5,
                    ..PLAN
                },
            ),
        ),
    ];
    for (at, mut other) in others {
        match other.resume(&path) {
            Err(Error::Format { field, .. }) => assert_eq!(field, at),
            found => panic!("{at}: {found:?}"),
        }
        assert_eq!(other.step(), 0, "{at}");
    }
    let longer = Plan {
        measurements: 9,
        ..PLAN
    };
    let mut prolonged = ensemble(&sampler, longer);
    prolonged.resume(&path).expect("a shorter run of the same");
    prolonged.advance(u64::MAX);
    let arrays = prolonged.arrays().expect("arrays");
    assert_eq!(
        bits(&arrays),
        bits(&whole(density.as_ref(), &sampler, longer))
    );
}

fn read_npz(path: &Path) -> NamedArrays {
    npz::read(path, &Limits::default()).expect("an .npz file")
}

/// The step that a checkpoint stands at.
fn step_of(path: &Path) -> u64 {
    let arrays = safetensors::read(path, &Limits::default()).expect("a whole file");
    let state: serde_json::Value = serde_json::from_str(&arrays.metadata()["state"]).expect("JSON");
    state["step"].as_u64().expect("a step")
}
