//! Damaged checkpoints: every one is refused with the file's name, and nothing has changed.

use std::path::{Path, PathBuf};

use fieldassay::Error;
use fieldassay::ensemble::{Ensemble, Named, Plan};
use fieldassay::io::{Array, Limits, NamedArrays, safetensors};
use fieldassay::rng::Seed;

use super::{PLAN, bits, everyday, example};

const FLIPS: usize = 300;

fn with_checkpoint(test: impl FnOnce(&Path, &mut Ensemble<'_>)) {
    let folder = tempfile::tempdir().expect("a folder");
    let path: PathBuf = folder.path().join("run.safetensors");
    let target = Named::find("u1-2d").expect("a target");
    let (density, sampler) = (example(target), everyday(target, target.methods[1]));
    let plan = Plan { threads: 2, ..PLAN };
    let mut saved = Ensemble::new(density.as_ref(), &sampler, plan).expect("an ensemble");
    saved.advance(12);
    saved.save(&path).expect("a checkpoint");
    let mut other = Ensemble::new(density.as_ref(), &sampler, plan).expect("an ensemble");
    other.advance(8);
    test(&path, &mut other);
    other.resume(&path).expect("the whole file again");
    other.advance(u64::MAX);
    saved.advance(u64::MAX);
    let [other, saved] = [other, saved].map(|e| bits(&e.arrays().expect("arrays")));
    assert_eq!(other, saved);
}

/// What a checkpoint of it would hold.
fn standing(beside: &Path, ensemble: &Ensemble<'_>) -> Vec<u8> {
    let path = beside.with_extension("now");
    ensemble.save(&path).expect("a checkpoint");
    std::fs::read(&path).expect("the file")
}

fn refused(path: &Path, ensemble: &mut Ensemble<'_>, what: &str) {
    let before = bits(&ensemble.arrays().expect("arrays"));
    match ensemble.resume(path) {
        Err(Error::Format { path: named, .. }) => assert_eq!(Path::new(&named), path),
        found => panic!("{what}: {found:?}"),
    }
    assert_eq!(ensemble.step(), 8, "{what}");
    assert_eq!(bits(&ensemble.arrays().expect("arrays")), before, "{what}");
}

#[test]
fn a_truncated_or_altered_checkpoint_is_refused() {
    with_checkpoint(|path, ensemble| {
        let bytes = std::fs::read(path).expect("the file");
        let mut r = Seed(9).stream("sample/damage");
        for length in (0..8).chain((0..30).map(|_| r.below(bytes.len()))) {
            std::fs::write(path, &bytes[..length]).expect("written");
            refused(path, ensemble, &format!("{length} bytes"));
        }
        for _ in 0..FLIPS {
            let (place, bit) = (r.below(bytes.len()), r.below(8));
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << bit;
            std::fs::write(path, &damaged).expect("written");
            refused(path, ensemble, &format!("bit {bit} of byte {place}"));
        }
        std::fs::write(path, &bytes).expect("written");
    });
}

/// A checkpoint with another array, and a digest that fits.
fn forged(whole: &NamedArrays, name: &str, array: &Array) -> NamedArrays {
    let mut forged = NamedArrays::new();
    for (old, content) in whole.iter() {
        let content = if old == name { array } else { content };
        forged.insert(old, content.clone()).expect("a new name");
    }
    for (key, value) in whole.metadata() {
        forged.insert_metadata(key, value);
    }
    let digest = forged.sha256("sha256");
    forged.insert_metadata("sha256", digest);
    forged
}

#[test]
fn a_checkpoint_whose_parts_do_not_fit_is_refused_whole() {
    with_checkpoint(|path, ensemble| {
        let bytes = std::fs::read(path).expect("the file");
        let whole = safetensors::read(path, &Limits::default()).expect("the file");
        let array = |shape: &[usize]| {
            let count = shape.iter().product();
            Array::new(shape.to_vec(), vec![0.0; count]).expect("an array")
        };
        // Generators of which the last chain's, on the second thread, are no state.
        let mut words = whole
            .get("state/generators")
            .expect("words")
            .as_i64()
            .expect("i64")
            .to_vec();
        let last = words.len() - 4;
        words[last..].fill(0);
        let words = Array::new(vec![5, 8, 4], words).expect("an array");
        for (name, array) in [
            ("state/field", array(&[5, 47])),
            ("state/field", array(&[4, 48])),
            ("state/tally", array(&[5, 1])),
            ("state/generators", array(&[5, 8, 4])),
            ("state/generators", words),
            ("record/plaquette", array(&[5, 3])),
            ("record/field", array(&[5, 2, 4, 6, 1])),
        ] {
            let forged = forged(&whole, name, &array);
            safetensors::write(path, &forged).expect("written");
            let before = standing(path, ensemble);
            refused(path, ensemble, name);
            assert!(
                standing(path, ensemble) == before,
                "{name}: something has moved"
            );
        }
        std::fs::write(path, &bytes).expect("written");
    });
}
