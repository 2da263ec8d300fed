//! Adam, AdamW and descent with momentum against the printed formulas in double-double.

use std::ops::{Add, Div, Mul, Sub};

use fieldassay::num::simd::{Float, Level};
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{
    Adam, AdamOptions, Epsilon, FirstOrder, Momentum, OptimizerState, Sgd, SgdOptions,
};
use fieldassay::{Error, Seed};
use fieldassay_reference::dd::Dd;
use fieldassay_reference::optimize::{self as witness, Descent, Root};

const SEED: Seed = Seed(20_260_901);
const STEPS: u32 = 2000;
const TRAJECTORY: Tol = Tol::rel_abs(1e-12, 1e-12)
    .because("2000 steps of a few ε each, on problems that contract: below 1e-13 was measured");

/// What a toy problem computes with: `f64` for the library, double-double for the witness.
trait Number:
    Copy + From<f64> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    fn exponential(self) -> Self;
}

impl Number for f64 {
    fn exponential(self) -> Self {
        self.exp()
    }
}

impl Number for Dd {
    fn exponential(self) -> Self {
        self.exp()
    }
}

/// `∇[½ Σ k² (x_k − 1/k)²]`: condition number 25.
fn bowl<N: Number>(x: &[N]) -> Vec<N> {
    let term = |(k, x): (usize, &N)| {
        let k = (k + 1) as f64;
        N::from(k * k) * *x - N::from(k)
    };
    x.iter().enumerate().map(term).collect()
}

/// The gradient of Rosenbrock's valley `(1 − x)² + 100(y − x²)²`.
fn valley<N: Number>(x: &[N]) -> Vec<N> {
    let (a, b) = (N::from(1.0) - x[0], x[1] - x[0] * x[0]);
    vec![
        N::from(-2.0) * a - N::from(400.0) * x[0] * b,
        N::from(200.0) * b,
    ]
}

/// The gradient of the mean logistic loss of six labelled points, with bias, and a penalty of 0.01.
fn logistic<N: Number>(w: &[N]) -> Vec<N> {
    const POINTS: [([f64; 2], f64); 6] = [
        ([0.5, 1.5], 1.0),
        ([1.0, -0.25], 1.0),
        ([-1.25, 0.75], 0.0),
        ([-0.5, -1.0], 0.0),
        ([0.25, -1.75], 1.0),
        ([-0.125, 0.5], 0.0),
    ];
    let mut sum: Vec<N> = w.iter().map(|w| N::from(0.01) * *w).collect();
    for (x, label) in POINTS {
        let z = w[0] * N::from(x[0]) + w[1] * N::from(x[1]) + w[2];
        let error = N::from(1.0) / (N::from(1.0) + (N::from(0.0) - z).exponential());
        let share = (error - N::from(label)) / N::from(6.0);
        for (sum, x) in sum.iter_mut().zip([x[0], x[1], 1.0]) {
            *sum = *sum + share * N::from(x);
        }
    }
    sum
}

type Gradient<N> = fn(&[N]) -> Vec<N>;

struct Toy {
    name: &'static str,
    start: &'static [f64],
    ours: Gradient<f64>,
    theirs: Gradient<Dd>,
}

const TOYS: [Toy; 3] = [
    Toy {
        name: "bowl",
        start: &[2.0, -1.0, 0.5, 3.0, -2.0],
        ours: bowl,
        theirs: bowl,
    },
    Toy {
        name: "valley",
        start: &[-1.2, 1.0],
        ours: valley,
        theirs: valley,
    },
    Toy {
        name: "logistic",
        start: &[0.0, 0.0, 0.5],
        ours: logistic,
        theirs: logistic,
    },
];

/// Compares every point of two runs; `method` makes the library's optimiser for `n` parameters.
fn compare(
    worst: &mut Worst,
    what: &str,
    rate: f64,
    method: impl Fn(usize) -> Box<dyn FirstOrder<f64>>,
    path: impl Fn(&Toy) -> Vec<Vec<Dd>>,
) {
    for toy in &TOYS {
        let mut theta = toy.start.to_vec();
        let mut ours = method(theta.len());
        for (t, expected) in path(toy).iter().enumerate() {
            let gradient = (toy.ours)(&theta);
            ours.step(rate, &mut theta, &gradient).expect("sound input");
            for (k, (x, y)) in theta.iter().zip(expected).enumerate() {
                worst.see(*x, y.to_f64(), || {
                    format!("{what}, {}, step {}, θ_{k}", toy.name, t + 1)
                });
            }
        }
    }
}

fn adam(n: usize, options: AdamOptions) -> Adam<f64> {
    Adam::new(n, options).expect("sound options")
}

/// Adam with both placements of ε and AdamW, small and large ε.
fn adam_cases() -> Vec<(AdamOptions, Root)> {
    let mut cases = Vec::new();
    for epsilon in [1e-8, 1e-3] {
        for weight_decay in [0.0, 0.05] {
            for (placed, root) in [
                (Epsilon::OutsideRoot(epsilon), Root::EpsilonOutside),
                (Epsilon::InsideRoot(epsilon), Root::EpsilonInside),
            ] {
                let options = AdamOptions {
                    epsilon: placed,
                    weight_decay,
                    ..AdamOptions::default()
                };
                cases.push((options, root));
            }
        }
    }
    cases
}

#[test]
fn adam_follows_the_printed_formula_for_2000_steps() {
    const RATE: f64 = 0.01;
    let mut worst = Worst::new(TRAJECTORY);
    for (options, root) in adam_cases() {
        let (Epsilon::OutsideRoot(epsilon) | Epsilon::InsideRoot(epsilon)) = options.epsilon;
        let constants = witness::Adam {
            rate: RATE,
            beta1: options.beta1,
            beta2: options.beta2,
            epsilon,
            root,
            decay: options.weight_decay,
        };
        compare(
            &mut worst,
            &format!("{options:?}"),
            RATE,
            |n| Box::new(adam(n, options)),
            |toy| witness::adam(&constants, toy.start, STEPS, |_, x| (toy.theirs)(x)),
        );
    }
    println!("{}", worst.summary());
    worst.assert_at_least(8 * 10 * STEPS as usize);
}

#[test]
fn descent_follows_the_printed_formula_for_2000_steps() {
    const RATE: f64 = 5e-4;
    let mut worst = Worst::new(TRAJECTORY);
    for momentum in [
        Momentum::None,
        Momentum::HeavyBall(0.9),
        Momentum::Nesterov(0.9),
    ] {
        for weight_decay in [0.0, 0.05] {
            let options = SgdOptions {
                momentum,
                weight_decay,
            };
            let constants = Descent {
                rate: RATE,
                momentum: if momentum == Momentum::None { 0.0 } else { 0.9 },
                nesterov: momentum == Momentum::Nesterov(0.9),
                decay: weight_decay,
            };
            compare(
                &mut worst,
                &format!("{options:?}"),
                RATE,
                |n| Box::new(Sgd::new(n, options).expect("sound options")),
                |toy| witness::descend(&constants, toy.start, STEPS, |_, x| (toy.theirs)(x)),
            );
        }
    }
    println!("{}", worst.summary());
    worst.assert_at_least(6 * 10 * STEPS as usize);
}

/// Every method, for `n` parameters, at `level`.
fn methods<T: Float>(n: usize, level: Level) -> Vec<Box<dyn FirstOrder<T>>> {
    let mut all: Vec<Box<dyn FirstOrder<T>>> = Vec::new();
    for (options, _) in adam_cases() {
        all.push(Box::new(
            Adam::new(n, options)
                .expect("sound options")
                .with_level(level),
        ));
    }
    for momentum in [
        Momentum::None,
        Momentum::HeavyBall(0.9),
        Momentum::Nesterov(0.9),
    ] {
        let options = SgdOptions {
            momentum,
            weight_decay: 0.01,
        };
        all.push(Box::new(
            Sgd::new(n, options)
                .expect("sound options")
                .with_level(level),
        ));
    }
    all
}

/// `count` gradients of `n` entries each, over many orders of magnitude.
fn gradients<T: Float>(n: usize, count: usize) -> Vec<Vec<T>> {
    let mut rng = SEED.stream("laws/optimize/gradients");
    let mut entry = || T::of(rng.normal() * 10f64.powf(rng.uniform_in(-4.0, 2.0)));
    (0..count)
        .map(|_| (0..n).map(|_| entry()).collect())
        .collect()
}

const LENGTHS: [usize; 9] = [0, 1, 7, 15, 16, 17, 33, 64, 100];

/// After ten steps at every level and length each parameter is what it is alone, at the baseline.
fn lanes_agree<T: Float>(tol: Tol) {
    let mut worst = Worst::new(tol);
    for level in Level::available() {
        for n in LENGTHS {
            for (k, mut method) in methods::<T>(n, level).into_iter().enumerate() {
                let gradients = gradients::<T>(n, 10);
                let mut theta = vec![T::ONE; n];
                for g in &gradients {
                    method.step(0.01, &mut theta, g).expect("sound input");
                }
                for (i, x) in theta.iter().enumerate() {
                    let mut alone = methods::<T>(1, Level::PORTABLE).swap_remove(k);
                    let mut y = [T::ONE];
                    for g in &gradients {
                        alone.step(0.01, &mut y, &[g[i]]).expect("sound input");
                    }
                    worst.see(x.to_f64(), y[0].to_f64(), || {
                        format!("{}, length {n}, method {k}, entry {i}", level.name())
                    });
                }
            }
        }
    }
    println!("{}", worst.summary());
    worst.assert_at_least(Level::available().len() * 11 * LENGTHS.iter().sum::<usize>());
}

#[test]
fn every_lane_and_level_makes_the_same_step_in_double_precision() {
    lanes_agree::<f64>(
        Tol::rel_abs(1e-14, 1e-14).because("ten steps, one rounding apart per product"),
    );
}

#[test]
fn every_lane_and_level_makes_the_same_step_in_single_precision() {
    lanes_agree::<f32>(Tol::rel_abs(1e-5, 1e-5).because(
        "ten steps of up to 1 at momentum 0.9 and gradients of 100, one rounding of 6e-8 apart per product",
    ));
}

#[test]
fn single_precision_follows_double_precision() {
    let mut worst = Worst::new(
        Tol::rel_abs(2e-5, 2e-5)
            .because("200 steps of up to 0.01, each rounded to 6e-8 of θ and of the step"),
    );
    for (k, (mut single, mut double)) in methods::<f32>(2, Level::best())
        .into_iter()
        .zip(methods::<f64>(2, Level::best()))
        .enumerate()
    {
        let (mut x, mut y) = ([0.5_f32, -0.25], [0.5, -0.25]);
        for _ in 0..200 {
            let (g, h) = (x.map(|x| x - 1.0), y.map(|y| y - 1.0));
            single.step(0.01, &mut x, &g).expect("sound input");
            double.step(0.01, &mut y, &h).expect("sound input");
            for i in 0..2 {
                worst.see(f64::from(x[i]), y[i], || format!("method {k}, entry {i}"));
            }
        }
    }
    worst.assert_at_least(11 * 400);
}

fn continues_bit_by_bit<T: Float>() {
    let n = 33;
    let gradients = gradients::<T>(n, 40);
    for k in 0..methods::<T>(n, Level::best()).len() {
        let fresh = || methods::<T>(n, Level::best()).swap_remove(k);
        let (mut whole, mut first, mut second) = (fresh(), fresh(), fresh());
        let (mut x, mut y) = (vec![T::ONE; n], vec![T::ONE; n]);
        for (t, g) in gradients.iter().enumerate() {
            whole.step(0.01, &mut x, g).expect("sound input");
            if t < 17 {
                first.step(0.01, &mut y, g).expect("sound input");
                continue;
            }
            if t == 17 {
                let state = first.state();
                assert_eq!(state.steps, 17);
                second.restore(&state).expect("a state of the same method");
                assert_eq!(second.state(), state);
            }
            second.step(0.01, &mut y, g).expect("sound input");
        }
        assert_eq!(x, y, "method {k}");
        assert_eq!(whole.state(), second.state(), "method {k}");
    }
}

#[test]
fn a_restored_state_continues_bit_by_bit() {
    continues_bit_by_bit::<f64>();
    continues_bit_by_bit::<f32>();
}

#[test]
fn a_state_that_does_not_fit_is_refused_by_name() {
    let mut target = adam(3, AdamOptions::default());
    target
        .step(0.1, &mut [0.0; 3], &[1.0, 2.0, 3.0])
        .expect("sound input");
    let sound = target.state();
    let alter = |change: fn(&mut OptimizerState<f64>)| {
        let mut state = sound.clone();
        change(&mut state);
        state
    };
    let cases = [
        (
            alter(|s| drop(s.vectors.remove("adam.square"))),
            "adam.square",
        ),
        (
            alter(|s| s.vectors.get_mut("adam.mean").expect("there").truncate(2)),
            "adam.mean",
        ),
        (
            alter(|s| s.vectors.get_mut("adam.mean").expect("there")[1] = f64::NAN),
            "adam.mean",
        ),
        (
            alter(|s| s.vectors.get_mut("adam.square").expect("there")[2] = -1.0),
            "adam.square",
        ),
        (
            alter(|s| drop(s.vectors.insert("sgd.velocity".into(), vec![0.0; 3]))),
            "sgd.velocity",
        ),
    ];
    for (state, name) in &cases {
        match target.restore(state) {
            Err(Error::Argument { field, .. }) => assert!(field.contains(name), "{field}"),
            other => panic!("{name}: {other:?}"),
        }
        assert_eq!(
            target.state(),
            sound,
            "a refused state has changed something"
        );
    }
    let mut plain = Sgd::<f64>::new(3, SgdOptions::default()).expect("sound options");
    assert!(matches!(plain.restore(&sound), Err(Error::Argument { .. })));
}

#[test]
fn bad_options_and_arguments_are_refused_and_change_nothing() {
    let defaults = AdamOptions::default();
    for (options, name) in [
        (
            AdamOptions {
                beta1: 1.0,
                ..defaults
            },
            "beta1",
        ),
        (
            AdamOptions {
                beta1: f64::NAN,
                ..defaults
            },
            "beta1",
        ),
        (
            AdamOptions {
                beta2: -0.1,
                ..defaults
            },
            "beta2",
        ),
        (
            AdamOptions {
                weight_decay: -1.0,
                ..defaults
            },
            "weight decay",
        ),
        (
            AdamOptions {
                epsilon: Epsilon::InsideRoot(0.0),
                ..defaults
            },
            "epsilon",
        ),
        (
            AdamOptions {
                epsilon: Epsilon::OutsideRoot(f64::NAN),
                ..defaults
            },
            "epsilon",
        ),
    ] {
        let refused = Adam::<f64>::new(1, options);
        assert!(
            matches!(refused, Err(Error::Domain { what, .. }) if what == name),
            "{options:?}"
        );
    }
    let tiny = AdamOptions {
        epsilon: Epsilon::InsideRoot(1e-60),
        ..defaults
    };
    assert!(Adam::<f64>::new(1, tiny).is_ok() && Adam::<f32>::new(1, tiny).is_err());
    let wild = SgdOptions {
        momentum: Momentum::HeavyBall(1.0),
        weight_decay: 0.0,
    };
    assert!(matches!(
        Sgd::<f64>::new(1, wild),
        Err(Error::Domain {
            what: "momentum",
            ..
        })
    ));
    for mut method in methods::<f64>(2, Level::best()) {
        let mut theta = [1.0, 2.0];
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let refused = method.step(rate, &mut theta, &[1.0, 1.0]);
            assert!(
                matches!(
                    refused,
                    Err(Error::Domain {
                        what: "learning rate",
                        ..
                    })
                ),
                "{rate}"
            );
        }
        let short = method.step(0.1, &mut theta, &[1.0]);
        assert!(matches!(short, Err(Error::ShapeMismatch { .. })));
        assert_eq!((theta, method.state().steps), ([1.0, 2.0], 0));
    }
}

#[test]
fn a_gradient_that_is_not_finite_spoils_its_own_parameter_only_and_is_not_hidden() {
    for mut method in methods::<f64>(17, Level::best()) {
        let mut theta = [1.0; 17];
        let mut gradient = [0.5; 17];
        gradient[16] = f64::NAN;
        method
            .step(0.01, &mut theta, &gradient)
            .expect("divergence is data");
        assert!(theta[16].is_nan() && theta[..16].iter().all(|x| x.is_finite()));
    }
}
