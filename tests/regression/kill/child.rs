//! The process that is killed: it trains, and writes a checkpoint every few steps.

use std::io::Write;
use std::path::PathBuf;

use fieldassay::io::Limits;
use fieldassay::nn::Trainer;

use crate::helper;

/// Where the checkpoint is.
pub const FOLDER: &str = "FIELDASSAY_KILL_FOLDER";
/// After which step to end.
pub const LAST_STEP: &str = "FIELDASSAY_KILL_LAST_STEP";
/// The checkpoint's name.
pub const NAME: &str = "run.safetensors";
/// This test.
pub const TEST: &str = "kill::child::trains_until_killed";

/// Said once, before anything is computed.
pub const READY: u8 = b'r';
/// Said before every step.
pub const COMPUTING: u8 = b'c';
/// Said before every checkpoint.
pub const WRITING: u8 = b'w';

const STEPS_BETWEEN: usize = 4;

/// About a millisecond a step.
pub fn training() -> Trainer<f32> {
    helper::training(32, 200, 1)
}

fn say(what: u8) {
    std::io::stderr().write_all(&[what]).expect("a reader");
}

#[test]
#[ignore = "helper process of the kill test"]
fn trains_until_killed() {
    let variable = |name| std::env::var(name).expect("set by the killer");
    let path = PathBuf::from(variable(FOLDER)).join(NAME);
    let last_step: usize = variable(LAST_STEP).parse().expect("a number");
    let mut training = training();
    say(READY);
    if path.exists() {
        training
            .resume(&path, &Limits::default())
            .expect("a whole checkpoint");
    }
    while training.losses().len() < last_step {
        for _ in 0..STEPS_BETWEEN.min(last_step - training.losses().len()) {
            say(COMPUTING);
            training.step().expect("a step");
        }
        say(WRITING);
        training.save(&path).expect("a checkpoint");
    }
}
