//! Tests that run in a process of their own: this executable again, with one test that is otherwise ignored.

use std::process::{Command, Stdio};

use fieldassay::autodiff::PlanOptions;
use fieldassay::nn::layer::Mlp;
use fieldassay::nn::{
    Activation, Data, Dataset, Method, Network, Noise, Sampling, TrainOptions, Trainer, loss,
};
use fieldassay::optimize::{AdamOptions, Schedule};
use fieldassay::rng::Seed;
use fieldassay::tensor::Shape;

/// The ignored test `name` as a process, with its output on a pipe.
pub fn process(name: &str) -> Command {
    let executable = std::env::current_exe().expect("the path of this executable");
    let mut command = Command::new(executable);
    command
        .args([
            name,
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A small training with everything that can be forgotten: moments, shuffled epochs, warm-up, clipping.
pub fn training(width: usize, batch: usize, threads: usize) -> Trainer<f32> {
    let mut n = Network::new();
    let input = |n: &mut Network, name| n.graph.input(name, Shape::batched(&[1]));
    let x = input(&mut n, "x").expect("an input");
    let target = input(&mut n, "target").expect("an input");
    let layer = Mlp::new(&[width, width, 1], Activation::Tanh).into();
    let y = n.add("net", &layer, x).expect("a layer");
    let loss = loss::mean_squared_error(&mut n.graph, y, target).expect("a loss");
    let xs: Vec<f32> = (0..301).map(|i| i as f32 / 150.0 - 1.0).collect();
    let ys: Vec<f32> = xs.iter().map(|x| (5.0 * x).sin()).collect();
    let data = Data::new(&n, &[("x", &xs), ("target", &ys)]).expect("data that fit");
    let source = Dataset::new(data, Sampling::Shuffled, batch, Seed(8)).expect("batches");
    let schedule = Schedule::cosine(0.01, 1e-4, 2000).expect("a schedule");
    let options = TrainOptions {
        method: Method::Adam(AdamOptions::default()),
        schedule: schedule.after_warm_up(20),
        clip: Some(0.5),
        seed: Seed(8),
    };
    let plan = PlanOptions {
        threads,
        ..PlanOptions::default()
    };
    Trainer::new(&n, loss, source, options, plan).expect("a training")
}

/// A small training without data: an affine map of normals towards `z³`, new ones in every step.
pub fn training_on_noise(batch: usize) -> Trainer<f32> {
    const SIZE: usize = 3;
    let mut n = Network::new();
    let z = n
        .graph
        .input("z", Shape::batched(&[SIZE]))
        .expect("an input");
    let layer = Mlp::new(&[8, SIZE], Activation::Silu).into();
    let y = n.add("net", &layer, z).expect("a layer");
    let cube = n.graph.power(z, 3.0).expect("a power");
    let loss = loss::mean_squared_error(&mut n.graph, y, cube).expect("a loss");
    let noise = Noise::new("z", SIZE, batch, Seed(8)).expect("noise");
    let options = TrainOptions {
        method: Method::Adam(AdamOptions::default()),
        schedule: Schedule::constant(1e-3).expect("a rate"),
        clip: None,
        seed: Seed(8),
    };
    Trainer::new(&n, loss, noise, options, PlanOptions::default()).expect("a training")
}
