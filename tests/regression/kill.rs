//! A training killed two hundred times, while it computes and while it writes, is the uninterrupted one to the bit.
//!
//! The training is this executable as another process (`child`). It says on a pipe what it is about to do, one byte each;
//! the killer waits for a random number of bytes and a random moment more, and sends SIGKILL.

#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use fieldassay::io::Limits;
use fieldassay::nn::Trainer;
use fieldassay::rng::{Rng, Seed};

use crate::helper;

mod child;

use child::{COMPUTING, FOLDER, LAST_STEP, NAME, READY, WRITING};

const KILLS: usize = 200;
const SIGKILL: i32 = 9;

/// Where a killed training was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Starting,
    Computing,
    Writing,
}

fn start(folder: &Path, last_step: usize) -> Child {
    helper::process(child::TEST)
        .env(FOLDER, folder)
        .env(LAST_STEP, last_step.to_string())
        .spawn()
        .expect("this executable runs")
}

/// Lets a training run for a random while and kills it; where it was then.
fn run_and_kill(folder: &Path, r: &mut Rng) -> Phase {
    let mut child = start(folder, usize::MAX);
    let mut pipe = child.stderr.take().expect("a pipe");
    let mut told = vec![0; r.below(24)];
    pipe.read_exact(&mut told).expect("a training that goes on");
    // Between two words pass a tenth of a millisecond to some milliseconds.
    let moment = Instant::now() + Duration::from_secs_f64(r.uniform_in(0.0, 0.003));
    while Instant::now() < moment {
        std::hint::spin_loop();
    }
    child.kill().expect("a process to kill");
    let status = child.wait().expect("a status");
    assert_eq!(
        status.signal(),
        Some(SIGKILL),
        "it ended by itself: {status}"
    );
    pipe.read_to_end(&mut told).expect("the rest of the pipe");
    match told.last() {
        Some(&WRITING) => Phase::Writing,
        Some(&COMPUTING) => Phase::Computing,
        Some(&READY) | None => Phase::Starting,
        Some(_) => panic!("{}", String::from_utf8_lossy(&told)),
    }
}

fn at_checkpoint(folder: &Path) -> Trainer<f32> {
    let mut training = child::training();
    let path = folder.join(NAME);
    if path.exists() {
        training
            .resume(&path, &Limits::default())
            .expect("a whole checkpoint");
    }
    training
}

fn bits(training: &Trainer<f32>) -> (Vec<u32>, Vec<u64>) {
    let theta = training.theta().iter().map(|x| x.to_bits());
    let losses = training.losses().iter().map(|x| x.to_bits());
    (theta.collect(), losses.collect())
}

#[test]
fn a_training_killed_two_hundred_times_is_the_uninterrupted_one_to_the_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut r = Seed(20_261_123).stream("kill/moments");
    let mut phases: BTreeMap<Phase, usize> = BTreeMap::new();
    let mut advances = 0;
    let mut last = 0;
    let mut orphans = BTreeSet::new();
    for kill in 0..KILLS {
        *phases.entry(run_and_kill(folder, &mut r)).or_default() += 1;
        orphans.extend(half_written(folder));
        let step = at_checkpoint(folder).losses().len();
        assert!(step >= last, "kill {kill}: step {step} after step {last}");
        advances += usize::from(step > last);
        last = step;
    }
    let end = last + 10;
    let status = start(folder, end).wait_with_output().expect("an end");
    assert!(status.status.success(), "{status:?}");
    let mut whole = child::training();
    whole.run(end).expect("steps");
    assert_eq!(bits(&at_checkpoint(folder)), bits(&whole));
    assert_eq!(
        half_written(folder),
        Vec::<String>::new(),
        "left by the dead"
    );
    let orphans = orphans.len();
    println!("{phases:?}, {orphans} half-written files, {advances} advances, {end} steps");
    let of = |phase| phases.get(&phase).copied().unwrap_or(0);
    assert_eq!(phases.values().sum::<usize>(), KILLS);
    // A killer that always came too early, or always at the same work, would prove little.
    assert!(of(Phase::Computing) >= 20, "{phases:?}");
    assert!(of(Phase::Writing) >= 20, "{phases:?}");
    assert!(orphans >= 10, "{orphans} files");
    assert!(
        advances >= KILLS / 4,
        "{advances} kills after a new checkpoint"
    );
}

/// Temporary files that a killed writer left: proof that kills fell into writing.
fn half_written(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| name != NAME).collect()
}
