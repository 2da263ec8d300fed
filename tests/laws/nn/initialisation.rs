//! How parameters start: moments, bounds, orthogonality, independence of what else there is.

use fieldassay::nn::layer::{Mlp, Sequence};
use fieldassay::nn::{Activation, Initialisation as I, Network};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Seed;
use fieldassay::stats::Estimate;
use fieldassay::tensor::Shape;
use fieldassay::verdict::{Outcome, check};

use super::{SEED, mlp, regression};

const DIMS: [&[usize]; 2] = [&[300, 400], &[96, 48, 5, 5]];

/// Variances by hand: of a matrix 300×400, and of a convolution 48 → 96 with 25 taps.
fn by_hand() -> [(I, [f64; 2]); 8] {
    [
        (I::Normal(0.3), [0.09, 0.09]),
        (I::Uniform(0.6), [0.12, 0.12]),
        (I::LecunNormal, [1.0 / 400.0, 1.0 / 1200.0]),
        (I::LecunUniform, [1.0 / 400.0, 1.0 / 1200.0]),
        (I::XavierNormal, [2.0 / 700.0, 2.0 / 3600.0]),
        (I::XavierUniform, [2.0 / 700.0, 2.0 / 3600.0]),
        (I::HeNormal, [2.0 / 400.0, 2.0 / 1200.0]),
        (I::HeUniform, [2.0 / 400.0, 2.0 / 1200.0]),
    ]
}

#[test]
fn draws_have_their_mean_and_variance() {
    // 32 checks of 1e-10: together 3e-9 a run.
    const RATE: f64 = 1e-10;
    let mut seen = 0;
    for (start, variances) in by_hand() {
        for (dims, variance) in DIMS.iter().zip(variances) {
            let mut r = SEED.stream(&format!("nn/initialisation/{start}/{dims:?}"));
            let x = start.draw(dims, &mut r).expect("a sound start");
            let squares: Vec<f64> = x.iter().map(|x| x * x / variance).collect();
            let scaled: Vec<f64> = x.iter().map(|x| x / variance.sqrt()).collect();
            // A hundred thousand draws: a mean off by 3 % of a deviation or a variance off by 5 % shows.
            for (what, sample, truth, resolves) in [
                ("mean", &scaled, 0.0, 0.03),
                ("variance", &squares, 1.0, 0.05),
            ] {
                let estimate = Estimate::from_independent(sample).expect("many draws");
                let name = format!("{what} of {start} {dims:?}");
                let check = check(name, estimate)
                    .false_fail(RATE)
                    .resolves(resolves)
                    .against(truth);
                assert_eq!(check.outcome, Outcome::Pass, "{check:?}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 32);
}

#[test]
fn uniform_draws_fill_their_interval_and_normal_ones_leave_it() {
    for (start, [variance, _]) in by_hand() {
        let mut r = SEED.stream(&format!("nn/interval/{start}"));
        let x = start.draw(DIMS[0], &mut r).expect("a sound start");
        let bound = (3.0 * variance).sqrt();
        let largest = x.iter().fold(0.0, |max: f64, x| max.max(x.abs()));
        let inside = largest <= bound * (1.0 + 1e-15);
        // Of 120 000 draws one is beyond 0.999 of the bound, but for e⁻¹²⁰.
        assert!(
            largest >= 0.999 * bound,
            "{start}: {largest}, bound {bound}"
        );
        assert_eq!(
            inside,
            start.to_string().contains("uniform"),
            "{start}: {largest}"
        );
    }
}

#[test]
fn orthogonal_starts_have_orthonormal_rows_or_columns() {
    const ROUNDING: Tol =
        Tol::rel_abs(0.0, 1e-13).because("Householder factors of at most 40 columns, 4(m+n)ε");
    let mut worst = Worst::new(ROUNDING);
    for dims in [&[40, 12][..], &[12, 40], &[9, 9], &[8, 3, 2, 2], &[1, 1]] {
        let mut r = SEED.stream(&format!("nn/orthogonal/{dims:?}"));
        let q = I::Orthogonal.draw(dims, &mut r).expect("a matrix");
        let (rows, cols) = (dims[0], dims[1..].iter().product::<usize>());
        let entry = |long: usize, short: usize| match rows >= cols {
            true => q[long * cols + short],
            false => q[short * cols + long],
        };
        for (a, b) in (0..rows.min(cols)).flat_map(|a| (0..=a).map(move |b| (a, b))) {
            let inner: f64 = (0..rows.max(cols)).map(|k| entry(k, a) * entry(k, b)).sum();
            let expected = if a == b { 1.0 } else { 0.0 };
            worst.see(inner, expected, || format!("{dims:?}, {a}·{b}"));
        }
    }
    worst.assert_at_least(2 * 78 + 45 + 36 + 1);
}

/// The moments of a Haar matrix: without the signs of `R` the first entry would always be negative.
#[test]
fn orthogonal_starts_are_haar() {
    const DRAWS: usize = 20_000;
    let mut r = SEED.stream("nn/haar");
    let mut samples: [Vec<f64>; 3] = Default::default();
    for _ in 0..DRAWS {
        let q = I::Orthogonal.draw(&[4, 4], &mut r).expect("a matrix");
        let trace = q[0] + q[5] + q[10] + q[15];
        for (sample, x) in samples.iter_mut().zip([q[0], trace, trace * trace]) {
            sample.push(x);
        }
    }
    // Over O(4): ⟨Q₀₀⟩ = ⟨tr Q⟩ = 0, ⟨(tr Q)²⟩ = 1.
    for (what, sample, truth) in [
        ("Q₀₀", &samples[0], 0.0),
        ("tr Q", &samples[1], 0.0),
        ("(tr Q)²", &samples[2], 1.0),
    ] {
        let estimate = Estimate::from_independent(sample).expect("many draws");
        let check = check(what, estimate)
            .false_fail(1e-9)
            .resolves(0.12)
            .against(truth);
        assert_eq!(check.outcome, Outcome::Pass, "{check:?}");
    }
}

#[test]
fn another_layer_changes_no_start() {
    let start = |layers: &[usize]| {
        let mut n = Network::new();
        let x = n.graph.input("x", Shape::batched(&[3])).expect("an input");
        let y = layers.iter().try_fold(x, |x, &i| {
            n.add(&format!("block{i}"), &mlp(&[4, 3], Activation::Tanh), x)
        });
        y.expect("layers that fit");
        let theta = n.parameters().initial::<f64>(Seed(7)).expect("starts");
        let own = |name: &str| theta[n.parameters().get(name).expect("it").range()].to_vec();
        ["block2.hidden.0.weight", "block2.output.weight"].map(own)
    };
    let alone = start(&[2]);
    assert_eq!(start(&[1, 2]), alone);
    assert_eq!(start(&[2, 3, 1]), alone);
    assert_ne!(alone[0], alone[1]);
}

#[test]
fn both_number_types_start_alike_and_seeds_differ() {
    let layer = Sequence::new(vec![
        Mlp {
            bias: I::Uniform(0.1),
            ..Mlp::new(&[4, 2], Activation::Tanh)
        }
        .into(),
    ]);
    let n = regression(&layer.into(), 3, 2).network;
    let double = n.parameters().initial::<f64>(Seed(1)).expect("starts");
    let single = n.parameters().initial::<f32>(Seed(1)).expect("starts");
    let other = n.parameters().initial::<f64>(Seed(2)).expect("starts");
    assert_eq!(double.iter().map(|&x| x as f32).collect::<Vec<_>>(), single);
    let differ = double.iter().zip(&other).filter(|(a, b)| a != b).count();
    assert_eq!(differ, n.parameters().count());
}

#[test]
fn names_are_read_and_slips_are_pointed_out() {
    let mut r = SEED.stream("nn/names");
    let all = by_hand().map(|(start, _)| start);
    let rest = [
        I::Zeros,
        I::Ones,
        I::Constant(-0.5),
        I::Normal(1e-3),
        I::Orthogonal,
    ];
    for start in all.into_iter().chain(rest) {
        assert_eq!(start.to_string().parse::<I>().ok(), Some(start));
    }
    assert_eq!("glorot_uniform".parse::<I>().ok(), Some(I::XavierUniform));
    for (text, told) in [
        ("xavier_norml", "did you mean `xavier_normal`"),
        ("normal(-1)", "not negative"),
        ("normal", "normal(0.1)"),
        ("uniform(inf)", "finite"),
        ("constant()", "constant(0.1)"),
        ("", "initialisation"),
    ] {
        let why = text.parse::<I>().expect_err(text).to_string();
        assert!(why.contains(told), "{why}");
    }
    assert_eq!(I::Ones.draw(&[2], &mut r).expect("ones"), [1.0, 1.0]);
    assert_eq!(I::Constant(2.5).draw(&[], &mut r).expect("a number"), [2.5]);
    assert!(I::Normal(f64::NAN).draw(&[2], &mut r).is_err());
}
