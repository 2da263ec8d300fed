//! Runs of the program killed a hundred times, and interrupted, are the uninterrupted ones to the bit.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fieldassay::io::NamedArrays;
use fieldassay::rng::{Rng, Seed};
use fieldassay::suite::cli;

use super::{bits, read_npz, step_of};

const KILLS: usize = 50;
const SIGKILL: i32 = 9;
const CHECKPOINT: &str = "run.safetensors";

/// Two runs with everything that can be forgotten: what is cached, counted, mixed in, recorded.
const RUNS: [&str; 2] = [
    "phi4 --extents 4,6 --m2 -4 --lambda 8 --length 1.5 --steps 6 --chains 3 --every 3 --thermalise 50",
    "u1-2d --extents 4,4 --beta 2 --sampler heatbath --instanton-hits 1 --start hot --fields --chains 3",
];

fn start(folder: &Path, run: &str, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_fieldassay"))
        .arg("sample")
        .args(run.split_whitespace())
        .args(more)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs")
}

const SAVING: [&str; 4] = ["--checkpoint", CHECKPOINT, "--checkpoint-steps", "7"];

/// The first word that a run says: where it begins.
fn first_line(child: &mut Child) -> String {
    let mut pipe = BufReader::new(child.stderr.as_mut().expect("a pipe"));
    let mut line = String::new();
    pipe.read_line(&mut line).expect("a line");
    line
}

/// Lets a run go on for a random while and kills it.
fn run_and_kill(folder: &Path, run: &str, last: u64, r: &mut Rng) {
    let threads = if r.uniform() < 0.5 { "1" } else { "2" };
    let endless = ["--measurements", "1000000", "--threads", threads];
    let mut child = start(folder, run, &[&SAVING[..], &endless].concat());
    // Some die before they have said anything.
    if r.uniform() < 0.8 {
        let line = first_line(&mut child);
        let begins = if last == 0 && !folder.join(CHECKPOINT).exists() {
            "begun at step 0 of ".to_owned()
        } else {
            format!("resumed at step {last} of ")
        };
        assert!(line.starts_with(&begins), "{line}, expected {begins}");
    }
    let checkpoint = folder.join(CHECKPOINT);
    for _ in 0..r.below(4) {
        let before = identity(&checkpoint);
        wait_until(&mut child, || identity(&checkpoint) != before);
    }
    // Every other one while a checkpoint is written, or shortly after.
    let longest = if r.uniform() < 0.5 {
        wait_until(&mut child, || !half_written(folder).is_empty());
        0.001
    } else {
        0.01
    };
    let moment = Instant::now() + Duration::from_secs_f64(r.uniform_in(0.0, longest));
    while Instant::now() < moment {
        std::hint::spin_loop();
    }
    child.kill().expect("a process to kill");
    let status = child.wait().expect("a status");
    let mut rest = String::new();
    let pipe = child.stderr.as_mut().expect("a pipe");
    pipe.read_to_string(&mut rest).expect("the rest");
    assert_eq!(status.signal(), Some(SIGKILL), "it ended by itself: {rest}");
}

/// Which file stands here.
fn identity(path: &Path) -> Option<(u64, i64, i64)> {
    let found = path.metadata().ok()?;
    Some((found.ino(), found.mtime(), found.mtime_nsec()))
}

fn wait_until(child: &mut Child, mut seen: impl FnMut() -> bool) {
    while !seen() {
        let ended = child.try_wait().expect("a status");
        assert!(ended.is_none(), "it ended by itself: {ended:?}");
        std::thread::sleep(Duration::from_micros(20));
    }
}

fn half_written(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| name.starts_with('.')).collect()
}

/// Ends the run after so many measurements; the recorded numbers.
fn finish(folder: &Path, run: &str, measurements: u64, more: &[&str]) -> Vec<u8> {
    let measurements = measurements.to_string();
    let end = ["--measurements", &measurements, "--output", "run.npz"];
    let child = start(folder, run, &[more, &end].concat());
    let output = child.wait_with_output().expect("an end");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    std::fs::read(folder.join("run.npz")).expect("the file")
}

#[test]
fn runs_killed_a_hundred_times_are_the_uninterrupted_ones_to_the_bit() {
    let mut r = Seed(20_261_127).stream("sample/kill/moments");
    for (run, (every, thermalise)) in RUNS.into_iter().zip([(3, 50), (1, 100)]) {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let (mut last, mut advances, mut orphans) = (0, 0, BTreeSet::new());
        for kill in 0..KILLS {
            run_and_kill(folder, run, last, &mut r);
            orphans.extend(half_written(folder));
            let checkpoint = folder.join(CHECKPOINT);
            let step = if checkpoint.exists() {
                step_of(&checkpoint)
            } else {
                0
            };
            assert!(step >= last, "kill {kill}: step {step} after step {last}");
            advances += usize::from(step > last);
            last = step;
        }
        let measurements = 10 + last.saturating_sub(thermalise) / every;
        let killed = finish(folder, run, measurements, &SAVING);
        assert_eq!(
            half_written(folder),
            Vec::<String>::new(),
            "left by the dead"
        );
        let undisturbed = tempfile::tempdir().expect("a folder");
        let whole = finish(undisturbed.path(), run, measurements, &[]);
        assert!(killed == whole, "{run}: other bytes");
        let orphans = orphans.len();
        println!("{advances} advances to step {last}, {orphans} half-written files; {run}");
        // A killer that always came too early would prove little.
        assert!(
            advances >= KILLS / 2,
            "{advances} kills after a new checkpoint"
        );
        assert!(
            orphans >= 3,
            "{orphans} kills while a checkpoint was written"
        );
    }
}

#[test]
fn ctrl_c_saves_a_checkpoint_that_goes_on_to_the_same_bits() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let [run, _] = RUNS;
    let endless = ["--checkpoint", CHECKPOINT, "--measurements", "1000000"];
    let mut child = start(folder, run, &endless);
    let line = first_line(&mut child);
    assert!(line.starts_with("begun at step 0 of 3000050"), "{line}");
    let press = format!("kill -INT {}", child.id());
    let pressed = Command::new("sh").args(["-c", &press]).status();
    let pressed = pressed.expect("a signal");
    assert!(pressed.success());
    let output = child.wait_with_output().expect("an end");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(cli::INTERRUPTED.into()),
        "{errors}"
    );
    assert!(errors.contains("; saved to run.safetensors"), "{errors}");
    let step = step_of(&folder.join(CHECKPOINT));
    assert!(
        errors.contains(&format!("interrupted at step {step} of 3000050")),
        "{errors}"
    );
    let measurements = 10 + step.saturating_sub(50) / 3;
    finish(folder, run, measurements, &["--checkpoint", CHECKPOINT]);
    let undisturbed = tempfile::tempdir().expect("a folder");
    finish(undisturbed.path(), run, measurements, &[]);
    let [resumed, whole] = [folder, undisturbed.path()].map(|folder| {
        let mut arrays = NamedArrays::new();
        for (name, array) in read_npz(&folder.join("run.npz")).iter() {
            if name != "spec" {
                arrays.insert(name, array.clone()).expect("a new name");
            }
        }
        bits(&arrays)
    });
    assert!(resumed == whole, "other bits after Ctrl-C at step {step}");
}
