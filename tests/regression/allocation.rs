//! A training step after the first allocates nothing.
//!
//! Counted in a process of its own: the allocator sees all threads, and other tests allocate.

use fieldassay::nn::Trainer;

use crate::{ALLOCATOR, helper};

/// Nine epochs of 301 samples in batches of 40; an epoch ends within.
const STEPS: usize = 70;
const BATCHES: [usize; 2] = [40, 3000];

fn count(what: &str, mut training: Trainer<f32>) {
    // Room for the losses of all that follows: a list doubles.
    training.run(4 * STEPS).expect("steps");
    training.run(1).expect("a step");
    let before = ALLOCATOR.total_allocated();
    for _ in 0..STEPS {
        training.step().expect("a step");
    }
    let steps = ALLOCATOR.total_allocated() - before;
    drop(std::hint::black_box(vec![0_u8; 100]));
    let control = ALLOCATOR.total_allocated() - before - steps;
    println!("\n{what}: {steps} bytes, control {control} bytes");
}

#[test]
#[ignore = "helper process of allocation::a_training_step_allocates_nothing"]
fn counts_its_bytes() {
    for batch in BATCHES {
        count(
            &format!("data, batch {batch}"),
            helper::training(32, batch, 1),
        );
        count(
            &format!("noise, batch {batch}"),
            helper::training_on_noise(batch),
        );
    }
}

#[test]
fn a_training_step_allocates_nothing() {
    let output = helper::process("allocation::counts_its_bytes")
        .output()
        .expect("this executable runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    for batch in BATCHES {
        for source in ["data", "noise"] {
            // The control shows that the counter counts.
            let line = format!("{source}, batch {batch}: 0 bytes, control 100 bytes");
            assert!(text.lines().any(|told| told == line), "{text}");
        }
    }
}
