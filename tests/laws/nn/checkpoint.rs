//! Checkpoints: a resumed training is the uninterrupted one, to the bit; damage and strangers are named.

use std::fmt::Debug;
use std::path::Path;

use fieldassay::Error;
use fieldassay::autodiff::PlanOptions;
use fieldassay::io::{Limits, safetensors};
use fieldassay::nn::checkpoint::{Element, load_parameters, save_parameters};
use fieldassay::nn::{
    Activation, Dataset, Layer, Method, Network, Noise, Sampling, Source, Status, TrainOptions,
    Trainer,
};
use fieldassay::optimize::{AdamOptions, Momentum, Schedule, SgdOptions};
use fieldassay::rng::Seed;
use fieldassay::tensor::{Shape, Var};

use super::{SEED, mlp, problem, regression};

fn options(method: Method) -> TrainOptions {
    let schedule = Schedule::cosine(0.02, 1e-3, 60).expect("a schedule");
    TrainOptions {
        method,
        schedule: schedule.after_warm_up(7),
        clip: Some(0.5),
        seed: Seed(5),
    }
}

fn methods() -> [Method; 4] {
    let sgd = |momentum| {
        Method::Sgd(SgdOptions {
            momentum,
            weight_decay: 1e-3,
        })
    };
    [
        Method::Adam(AdamOptions::default()),
        sgd(Momentum::None),
        sgd(Momentum::HeavyBall(0.9)),
        sgd(Momentum::Nesterov(0.9)),
    ]
}

fn trainer<T: Element>(method: Method, sampling: Sampling) -> Trainer<T> {
    of_layer(&mlp(&[6, 2], Activation::Tanh), method, sampling, 37)
}

fn of_layer<T: Element>(
    layer: &Layer,
    method: Method,
    sampling: Sampling,
    samples: usize,
) -> Trainer<T> {
    let n = regression(layer, 3, 2);
    let source = Dataset::new(problem::<T>(&n.network, samples), sampling, 8, SEED);
    let source = source.expect("batches");
    Trainer::new(
        &n.network,
        n.loss,
        source,
        options(method),
        PlanOptions::default(),
    )
    .expect("a training")
}

/// `‖A·z + b − z³‖²` of fresh noise: a training without data.
fn on_noise<T: Element>() -> Trainer<T> {
    let mut n = Network::new();
    let z = n.graph.input("z", Shape::batched(&[3])).expect("an input");
    let y = n
        .add("net", &mlp(&[5, 3], Activation::Silu), z)
        .expect("a layer");
    let cube = n.graph.power(z, 3.0).expect("a power");
    let loss: Var =
        fieldassay::nn::loss::mean_squared_error(&mut n.graph, y, cube).expect("a loss");
    let noise = Noise::new("z", 3, 10, SEED).expect("noise");
    let options = options(Method::Adam(AdamOptions::default()));
    Trainer::new(&n, loss, noise, options, PlanOptions::default()).expect("a training")
}

/// Everything that a training shows, as bits.
fn bits<T: Element>(training: &Trainer<T>) -> (Vec<u64>, Vec<u64>) {
    let theta = training.theta().iter().map(|x| x.to_f64().to_bits());
    let losses = training.losses().iter().map(|x| x.to_bits());
    (theta.collect(), losses.collect())
}

/// Runs `make()` for 41 steps in one piece, and in pieces that each begin from a file.
fn resumes_to_the_bit<T: Element>(what: &str, make: impl Fn() -> Trainer<T>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.safetensors");
    let mut whole = make();
    assert_eq!(whole.run(41).expect("steps"), Status::Going, "{what}");
    make().save(&path).expect("a checkpoint");
    for steps in [0, 1, 12, 5, 23] {
        let mut piece = make();
        piece
            .resume(&path, &Limits::default())
            .expect("a checkpoint");
        piece.run(steps).expect("steps");
        piece.save(&path).expect("a checkpoint");
    }
    let mut last = make();
    last.resume(&path, &Limits::default())
        .expect("a checkpoint");
    assert_eq!(last.losses().len(), 41);
    assert_eq!(bits(&last), bits(&whole), "{what}");
    // What comes next is the same too.
    last.run(3).expect("steps");
    whole.run(3).expect("steps");
    assert_eq!(bits(&last), bits(&whole), "{what}, three steps on");
}

fn in_both_types(what: &str, method: Method, sampling: Sampling) {
    resumes_to_the_bit(&format!("{what}, f64"), || trainer::<f64>(method, sampling));
    resumes_to_the_bit(&format!("{what}, f32"), || trainer::<f32>(method, sampling));
}

#[test]
fn a_resumed_training_repeats_the_uninterrupted_one_to_the_bit() {
    for method in methods() {
        for sampling in [
            Sampling::Shuffled,
            Sampling::WithReplacement,
            Sampling::InOrder,
        ] {
            in_both_types(&format!("{method:?}, {sampling:?}"), method, sampling);
        }
    }
    resumes_to_the_bit("noise, f64", on_noise::<f64>);
    resumes_to_the_bit("noise, f32", on_noise::<f32>);
}

#[test]
fn a_diverged_training_stays_so() {
    let make = || {
        let mut training = trainer::<f64>(methods()[1], Sampling::Shuffled);
        training.theta_mut()[0] = f64::NAN;
        training
    };
    let mut training = make();
    let status = training.run(9).expect("steps");
    assert!(matches!(status, Status::Diverged(_)));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.safetensors");
    training.save(&path).expect("a checkpoint");
    let mut back = trainer::<f64>(methods()[1], Sampling::Shuffled);
    back.resume(&path, &Limits::default())
        .expect("a checkpoint");
    assert_eq!(back.run(9).expect("no steps"), status);
    assert_eq!(bits(&back), bits(&training));
}

#[test]
fn arrays_have_readable_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.safetensors");
    let mut training = trainer::<f32>(methods()[0], Sampling::Shuffled);
    training.run(3).expect("steps");
    training.save(&path).expect("a checkpoint");
    let arrays = safetensors::read(&path, &Limits::default()).expect("a file");
    let parameters = [
        "hidden.0.bias",
        "hidden.0.weight",
        "output.bias",
        "output.weight",
    ];
    let mut expected: Vec<String> = vec!["history/loss".into(), "source/order".into()];
    for name in parameters {
        expected.push(format!("net.{name}"));
        expected.push(format!("optimizer/adam.mean/net.{name}"));
        expected.push(format!("optimizer/adam.square/net.{name}"));
    }
    expected.sort();
    assert_eq!(arrays.names().collect::<Vec<_>>(), expected);
    let weight = arrays.get("net.hidden.0.weight").expect("an array");
    assert_eq!(weight.shape(), [6, 3]);
    assert_eq!(weight.as_f32().expect("f32"), &training.theta()[..18]);
    let spec: serde_json::Value = serde_json::from_str(&arrays.metadata()["spec"]).expect("JSON");
    assert_eq!(spec["architecture"]["layer/net"]["activation"], "tanh");
    assert_eq!(spec["training"]["method"]["adam"]["beta2"], 0.999);
    let p = training.parameters();
    let theta = load_parameters::<f32>(&path, p, &Limits::default()).expect("parameters");
    assert_eq!(theta, training.theta());
    let model = folder.path().join("model.safetensors");
    save_parameters(&model, p, &theta).expect("a file");
    assert_eq!(
        load_parameters::<f32>(&model, p, &Limits::default()).expect("them"),
        theta
    );
    let wrong = load_parameters::<f64>(&model, p, &Limits::default());
    told(wrong, "array `net.hidden.0.weight`: dtype");
    let wider = regression(&mlp(&[7, 2], Activation::Tanh), 3, 2).network;
    let wrong = load_parameters::<f32>(&model, wider.parameters(), &Limits::default());
    told(wrong, "array `net.hidden.0.weight`: shape");
}

/// A named error about the file whose field contains `field`.
fn told<V: Debug>(result: Result<V, Error>, field: &str) {
    match result {
        Err(Error::Format { field: found, .. }) if found.contains(field) => {}
        other => panic!("expected an error about `{field}`: {other:?}"),
    }
}

/// `training` refuses the file and is what it was.
fn refuses(training: &mut Trainer<f64>, path: &Path, field: &str) {
    let before = format!("{training:?}");
    told(training.resume(path, &Limits::default()), field);
    assert_eq!(format!("{training:?}"), before, "{field}");
}

#[test]
fn another_training_is_refused_by_the_first_difference() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.safetensors");
    let adam = methods()[0];
    let mut training = trainer::<f64>(adam, Sampling::Shuffled);
    training.run(5).expect("steps");
    training.save(&path).expect("a checkpoint");
    let small = Layer::from(fieldassay::nn::layer::Mlp::new(&[6, 2], Activation::Tanh));
    let layer = |widths: &[usize], activation| {
        of_layer(&mlp(widths, activation), adam, Sampling::Shuffled, 37)
    };
    let mut other: Vec<(Trainer<f64>, &str)> = vec![
        (
            layer(&[7, 2], Activation::Tanh),
            "spec, architecture.layer/net.widths[0]",
        ),
        (
            layer(&[6, 6, 2], Activation::Tanh),
            "spec, architecture.layer/net.widths[1]",
        ),
        (
            layer(&[6, 2], Activation::Sin),
            "spec, architecture.layer/net.activation",
        ),
        (
            of_layer(&small, adam, Sampling::Shuffled, 38),
            "spec, batches.s",
        ),
        (
            trainer(methods()[2], Sampling::Shuffled),
            "spec, training.method",
        ),
        (trainer(adam, Sampling::InOrder), "spec, batches.sampling"),
        (on_noise(), "spec, architecture.layer/net.widths[0]"),
    ];
    for (training, field) in &mut other {
        refuses(training, &path, field);
    }
    let mut single = trainer::<f32>(adam, Sampling::Shuffled);
    told(single.resume(&path, &Limits::default()), "spec, number");
    let missing = training.resume(&folder.path().join("none"), &Limits::default());
    assert!(matches!(missing, Err(Error::Io { .. })));
}

#[test]
fn a_damaged_checkpoint_is_refused_wherever_it_is_damaged() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.safetensors");
    let mut training = trainer::<f64>(methods()[0], Sampling::Shuffled);
    training.run(2).expect("steps");
    training.save(&path).expect("a checkpoint");
    let good = std::fs::read(&path).expect("a file");
    let mut fresh = trainer::<f64>(methods()[0], Sampling::Shuffled);
    let before = format!("{fresh:?}");
    let mut r = SEED.stream("nn/damage");
    let mut refused = 0;
    let mut attack = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("a file");
        match fresh.resume(&path, &Limits::default()) {
            Err(Error::Format { .. }) => refused += 1,
            // Blanks that align the data are no content.
            Ok(()) => panic!("a damaged file was taken"),
            Err(other) => panic!("{other}"),
        }
    };
    for _ in 0..300 {
        attack(&good[..r.below(good.len())]);
        let mut flipped = good.clone();
        // One bit, anywhere; not in the blanks after the header, which mean nothing.
        let place = r.below(good.len());
        flipped[place] ^= 1 << r.below(8);
        if flipped[place].is_ascii_whitespace() || good[place] == b' ' {
            flipped[place] = b'#';
        }
        attack(&flipped);
    }
    attack(&[&good[..], &[0]].concat());
    assert_eq!(refused, 601);
    assert_eq!(format!("{fresh:?}"), before);
    std::fs::write(&path, &good).expect("a file");
    fresh
        .resume(&path, &Limits::default())
        .expect("the undamaged file");
    assert_eq!(bits(&fresh), bits(&training));
}

/// A file with a valid checksum but senseless content, as another program might write.
#[test]
fn a_stranger_is_refused_by_its_field() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.safetensors");
    let mut training = trainer::<f64>(methods()[0], Sampling::Shuffled);
    save_parameters(&path, training.parameters(), training.theta()).expect("a file");
    refuses(&mut training, &path, "metadata, format");
    std::fs::write(&path, b"no such format at all").expect("a file");
    refuses(&mut training, &path, "header length");
    std::fs::write(&path, b"").expect("a file");
    refuses(&mut training, &path, "header length");
}

#[test]
fn descriptions_travel_through_json() {
    let switch = Schedule::step_decay(0.1, 0.5, 10).expect("a schedule");
    let then = Schedule::exponential(0.01, 0.99).expect("a schedule");
    let schedules = [
        Schedule::constant(0.1).expect("a schedule"),
        Schedule::inverse_time(0.1, 30.0).expect("a schedule"),
        switch.then(25, then).after_warm_up(4),
        options(methods()[0]).schedule,
    ];
    for (method, schedule) in methods().into_iter().zip(schedules) {
        let options = TrainOptions {
            schedule,
            ..options(method)
        };
        let text = serde_json::to_string(&options).expect("JSON");
        let back: TrainOptions = serde_json::from_str(&text).expect("options");
        assert_eq!(back, options);
    }
    for (text, told) in [
        (r#"{"constant":-0.1}"#, "learning rate"),
        (
            r#"{"cosine":{"from":0.1,"to":0.01,"steps":0}}"#,
            "number of steps",
        ),
        (
            r#"{"warm_up":{"steps":3,"then":{"constant":0.0}}}"#,
            "learning rate",
        ),
    ] {
        let why = serde_json::from_str::<Schedule>(text).expect_err(text);
        assert!(why.to_string().contains(told), "{why}");
    }
    let source = Noise::<f32>::new("z", 2, 3, SEED).expect("noise");
    assert_eq!(source.spec()["size"], 2);
}
