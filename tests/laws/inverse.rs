//! Data sets: named streams, the law of the parameters, files.

mod encoding;
mod level_network;
mod rediscovery;

use fieldassay::Error;
use fieldassay::inverse::{HeftData, HeftLaw, HeftSpec};
use fieldassay::rng::Seed;
use fieldassay::scattering::{FormFactor, PhaseShift};
use fieldassay::units::Mev;
use std::sync::atomic::{AtomicUsize, Ordering};

fn spec(set: &str, form_factor: FormFactor, curves: usize) -> HeftSpec {
    let mut spec = HeftSpec::talk(Seed(20_260_901), set, form_factor, curves);
    spec.lengths = vec![5.0, 9.0];
    spec
}

fn generate(spec: &HeftSpec) -> HeftData {
    HeftData::generate(spec, || {}).unwrap()
}

#[test]
fn a_curve_does_not_depend_on_how_many_others_there_are() {
    for form_factor in FormFactor::ALL {
        let (few, many) = (
            generate(&spec("train", form_factor, 2)),
            generate(&spec("train", form_factor, 5)),
        );
        assert_eq!(few.parameters[..], many.parameters[..few.parameters.len()]);
        assert_eq!(few.delta[..], many.delta[..few.delta.len()]);
        assert_eq!(few.levels[..], many.levels[..few.levels.len()]);
        assert_eq!(few.delta.len(), 200);
        assert_eq!(few.levels.len(), 40);
        let other = generate(&spec("test", form_factor, 2));
        assert!(
            other
                .parameters
                .iter()
                .zip(&few.parameters)
                .all(|(a, b)| a != b)
        );
    }
}

#[test]
fn a_set_does_not_depend_on_the_number_of_threads() {
    let spec = spec("threads", FormFactor::Dipole, 6);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| generate(&spec))
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn every_finished_curve_is_reported() {
    let seen = AtomicUsize::new(0);
    let spec = spec("progress", FormFactor::Gaussian, 7);
    let count = || {
        seen.fetch_add(1, Ordering::Relaxed);
    };
    HeftData::generate(&spec, count).unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), 7);
}

#[test]
fn models_keep_the_law_and_have_no_bound_states() {
    let law = HeftLaw::default();
    let mut rejected = 0;
    for form_factor in FormFactor::ALL {
        for index in 0..200 {
            let drawn = law
                .draw(Seed(20_260_901), "law", form_factor, index)
                .unwrap();
            let model = drawn.model;
            rejected += drawn.draws - 1;
            let (c, d) = (model.c.0, model.d.0);
            assert!((350.0..700.0).contains(&model.m_sigma.0));
            assert!((0.5..2.0).contains(&c) && (0.5..2.0).contains(&d));
            assert!(
                (0.5..1.7).contains(&(model.g / (1.0 + 0.6 * (c - 0.5)))),
                "{model:?}"
            );
            let scaled = model.contact / (0.4 + d);
            assert!(
                (-0.5..0.9).contains(&scaled) && model.contact.abs() >= 0.05,
                "{model:?}"
            );
            assert_eq!(drawn.heft.bound_states().unwrap(), []);
        }
    }
    assert!(rejected > 20, "{rejected} models were drawn anew");
}

#[test]
fn phases_and_levels_are_those_of_the_models() {
    let spec = spec("content", FormFactor::Monopole, 3);
    let data = generate(&spec);
    let grid = spec.grid();
    assert_eq!((grid[0], grid[99], grid.len()), (279.14, 1000.0, 100));
    for index in 0..3 {
        let drawn = spec
            .law
            .draw(Seed(spec.seed), "content", FormFactor::Monopole, index)
            .unwrap();
        let curve = PhaseShift::follow(&drawn.heft, Mev(1000.0)).unwrap();
        for (energy, delta) in grid.iter().zip(&data.delta[100 * index..]) {
            assert_eq!(curve.at(Mev(*energy)).unwrap(), *delta);
        }
        assert_eq!(data.delta[100 * index], 0.0, "δ = 0 on threshold");
    }
    for levels in data.levels.chunks_exact(10) {
        assert!(levels.is_sorted(), "{levels:?}");
    }
    assert!(data.truncation_error.iter().all(|error| *error < 1e-6));
}

#[test]
fn a_set_comes_back_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("train.npz");
    let data = generate(&spec("file", FormFactor::Gaussian, 2));
    data.write(&path).unwrap();
    assert_eq!(HeftData::read(&path).unwrap(), data);
    let refused = HeftData::generate(
        &HeftSpec {
            energies: 1,
            ..data.spec.clone()
        },
        || {},
    );
    assert!(matches!(refused, Err(Error::Argument { .. })));
    let letter = HeftSpec {
        form_factor: "D".to_owned(),
        ..data.spec
    };
    let refused = HeftData::generate(&letter, || {});
    assert!(matches!(refused, Err(Error::UnknownName { .. })));
}

/// A file whose parts do not fit is refused, and the message names the part.
#[test]
fn a_damaged_set_is_refused_by_name() {
    use fieldassay::io::{Array, Limits, NamedArrays, npz};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("train.npz");
    let data = generate(&spec("damaged", FormFactor::Gaussian, 2));
    data.write(&path).unwrap();
    let whole = npz::read(&path, &Limits::default()).unwrap();
    let narrow = HeftSpec {
        energies: 1,
        ..data.spec
    };
    let narrow = serde_json::to_vec(&narrow).unwrap();
    for (name, other, told) in [
        ("draws", Array::new(vec![1], vec![1_i64]), "array `draws`"),
        (
            "delta",
            Array::new(vec![2], vec![0.0, 1.0]),
            "array `delta`",
        ),
        (
            "spec",
            Array::new(vec![narrow.len()], narrow),
            "spec, energies",
        ),
    ] {
        let mut damaged = NamedArrays::new();
        for (known, array) in whole.iter() {
            let array = if known == name {
                other.as_ref().unwrap()
            } else {
                array
            };
            damaged.insert(known, array.clone()).unwrap();
        }
        npz::write(&path, &damaged).unwrap();
        let refused = HeftData::read(&path).unwrap_err();
        assert!(matches!(refused, Error::Format { .. }), "{refused}");
        assert!(refused.to_string().contains(told), "{refused}");
    }
}
