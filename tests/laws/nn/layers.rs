//! Layers compute what they say, count their parameters and travel through JSON.

use fieldassay::Error;
use fieldassay::nn::layer::{Affine, Mlp, Residual, Sequence};
use fieldassay::nn::{Activation, Inference, Initialisation, Layer, Network};
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::{Shape, Var};

use super::{SEED, deep, evaluate, mlp, normals, regression};

const SUMS: Tol = Tol::rel_abs(1e-13, 1e-13).because("sums of at most 20 products of order one");
const FUNCTION: Tol =
    Tol::rel_abs(1e-14, 1e-15).because("a few roundings and functions that are good to 2 ulp");

fn names(n: &Network) -> Vec<(&str, &[usize])> {
    let list = n.parameters().list().iter();
    list.map(|p| (p.name(), p.dims())).collect()
}

#[test]
fn parameters_are_named_and_counted() {
    let mlp = regression(&mlp(&[5, 4, 2], Activation::Tanh), 3, 2).network;
    let expected: [(&str, &[usize]); 6] = [
        ("net.hidden.0.weight", &[5, 3]),
        ("net.hidden.0.bias", &[5]),
        ("net.hidden.1.weight", &[4, 5]),
        ("net.hidden.1.bias", &[4]),
        ("net.output.weight", &[2, 4]),
        ("net.output.bias", &[2]),
    ];
    assert_eq!(names(&mlp), expected);
    assert_eq!(mlp.parameters().count(), 5 * 3 + 5 + 4 * 5 + 4 + 2 * 4 + 2);
    let range = mlp
        .parameters()
        .get("net.hidden.1.bias")
        .expect("it")
        .range();
    assert_eq!(range, 40..44);
    let deep = regression(&deep(2), 3, 2).network;
    // 3→7, 7→5→7, 7→7, 7→2.
    assert_eq!(deep.parameters().count(), 28 + 40 + 42 + 56 + 16);
    let second = deep.parameters().list()[2].name();
    assert_eq!(second, "net.2.hidden.0.weight");
}

#[test]
fn an_affine_map_is_its_sums_whatever_axes_follow() {
    let mut r = SEED.stream("nn/affine");
    let mut worst = Worst::new(SUMS);
    for carried in [vec![], vec![3], vec![2, 4]] {
        let mut n = Network::new();
        let dims = [&[3][..], &carried].concat();
        let x = n.graph.input("x", Shape::batched(&dims)).expect("an input");
        let y = n.add("a", &Affine::new(3).into(), x).expect("a layer");
        let columns: usize = carried.iter().product();
        let theta = normals(3 * 3 + 3, &mut r);
        let rows = normals(2 * 3 * columns, &mut r);
        let got = &evaluate(&n, &[y], &theta, &[&rows], 2)[0];
        for sample in 0..2 {
            for (o, c) in (0..3).flat_map(|o| (0..columns).map(move |c| (o, c))) {
                let at = |i| rows[sample * 3 * columns + i * columns + c];
                let sum: f64 = (0..3).map(|i| theta[3 * o + i] * at(i)).sum();
                let place = (o * columns + c) * 2 + sample;
                worst.see(got[place], sum + theta[9 + o], || {
                    format!("{carried:?}, output {o}, column {c}")
                });
            }
        }
    }
    worst.assert_at_least(2 * 3 * 12);
}

#[test]
fn an_mlp_is_the_obvious_loop_and_a_residual_block_adds_its_input() {
    let mut r = SEED.stream("nn/mlp");
    let mut worst = Worst::new(SUMS);
    let plain = mlp(&[4, 3], Activation::Tanh);
    for (layer, skip) in [(plain.clone(), 0.0), (Residual::new(plain).into(), 1.0)] {
        let n = regression(&layer, 3, 3);
        let theta = normals(12 + 4 + 12 + 3, &mut r);
        let x = normals(3, &mut r);
        let rows: [&[f64]; 2] = [&x, &[0.0; 3]];
        let got = &evaluate(&n.network, &[n.y], &theta, &rows, 1)[0];
        let hidden: Vec<f64> = (0..4)
            .map(|o| (0..3).map(|i| theta[3 * o + i] * x[i]).sum::<f64>() + theta[12 + o])
            .map(f64::tanh)
            .collect();
        for o in 0..3 {
            let sum: f64 = (0..4).map(|i| theta[16 + 4 * o + i] * hidden[i]).sum();
            let expected = sum + theta[28 + o] + skip * x[o];
            worst.see(got[o], expected, || format!("skip {skip}, output {o}"));
        }
    }
    worst.assert_at_least(6);
}

#[test]
fn activations_are_their_formulas() {
    let formula = |activation, x: f64| match activation {
        Activation::Identity => x,
        Activation::Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
        Activation::Relu => x.max(0.0),
        Activation::LeakyRelu => {
            if x > 0.0 {
                x
            } else {
                0.01 * x
            }
        }
        Activation::Elu => {
            if x > 0.0 {
                x
            } else {
                x.exp_m1()
            }
        }
        Activation::Silu => x / (1.0 + (-x).exp()),
        Activation::Tanh => x.tanh(),
        Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
        Activation::Sin => x.sin(),
        Activation::Cos => x.cos(),
    };
    let points = [
        -700.0, -30.0, -2.0, -0.3, -1e-9, 0.0, 1e-9, 0.4, 3.0, 40.0, 700.0,
    ];
    let mut worst = Worst::new(FUNCTION);
    for activation in Activation::all() {
        let mut n = Network::new();
        let x = n.graph.input("x", Shape::batched(&[])).expect("an input");
        let y = activation.apply(&mut n.graph, x).expect("an activation");
        let y: [Var; 1] = [y];
        let got = &evaluate(&n, &y, &[], &[&points], points.len())[0];
        for (&x, &got) in points.iter().zip(got) {
            worst.see(got, formula(activation, x), || format!("{activation}({x})"));
        }
        let nan = evaluate(&n, &y, &[], &[&[f64::NAN]], 1);
        assert!(nan[0][0].is_nan(), "{activation}(NaN) = {}", nan[0][0]);
        assert_eq!(
            activation.to_string().parse::<Activation>().ok(),
            Some(activation)
        );
    }
    worst.assert_at_least(110);
}

#[test]
fn layers_travel_through_json() {
    for layer in [deep(2), mlp(&[4], Activation::Elu), Affine::new(3).into()] {
        let text = serde_json::to_string(&layer).expect("JSON");
        let back: Layer = serde_json::from_str(&text).expect("a layer");
        assert_eq!(back, layer);
    }
    let text =
        r#"{"layer":"mlp","widths":[4],"activation":"tanh","weight":"he_normal","bias":"zeros"}"#;
    let layer: Layer = serde_json::from_str(text).expect("a layer");
    let expected = Mlp {
        weight: Initialisation::HeNormal,
        ..Mlp::new(&[4], Activation::Tanh)
    };
    assert_eq!(layer, Layer::Mlp(expected));
    for (old, new, told) in [
        ("tanh", "tahn", "did you mean `tanh`"),
        ("he_normal", "he_norml", "`he_normal`"),
        ("widths", "width", "unknown field `width`"),
        ("\"mlp\"", "\"mpl\"", "`mlp`"),
    ] {
        let why = serde_json::from_str::<Layer>(&text.replace(old, new)).expect_err(new);
        assert!(why.to_string().contains(told), "{why}");
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let mut n = Network::new();
    let x = n.graph.input("x", Shape::batched(&[3])).expect("an input");
    let affine = |outputs| Layer::from(Affine::new(outputs));
    n.add("a", &affine(2), x).expect("a layer");
    let told = |result: fieldassay::Result<Var>, told: &str| {
        let why = result.expect_err(told).to_string();
        assert!(why.contains(told), "{why}");
    };
    told(n.add("a", &affine(2), x), "key that nothing else has");
    told(affine(2).apply(&mut n, "a", x), "a.weight");
    told(n.add("r", &Residual::new(affine(2)).into(), x), "residual");
    told(n.add("e", &mlp(&[], Activation::Tanh), x), "widths");
    let scalar = n.graph.scalar(1.0).expect("a number");
    told(n.add("s", &affine(2), scalar), "affine: found []");
    let zeros = Initialisation::Zeros;
    told(n.parameter("a/b", &[1], zeros), "name of a parameter");
    n.graph
        .input("shared", Shape::shared(&[1]))
        .expect("an input");
    told(
        n.parameter("late", &[1], zeros),
        "before any other shared input",
    );
    let inference = Inference::<f64>::new(&n, &[x], 4, Default::default());
    assert!(matches!(inference, Err(Error::Argument { field, .. }) if field.contains("shared")));
}

#[test]
fn inference_takes_any_number_of_samples() {
    let n = regression(
        &Sequence::new(vec![mlp(&[6, 2], Activation::Softplus)]).into(),
        3,
        2,
    );
    let mut r = SEED.stream("nn/inference");
    let theta = normals(n.network.parameters().count(), &mut r);
    let mut inference =
        Inference::<f64>::new(&n.network, &[n.y], 8, Default::default()).expect("a plan");
    let mut looked_at = 0;
    for samples in [0, 1, 7, 8, 9, 40] {
        let (x, t) = (normals(3 * samples, &mut r), vec![0.0; 2 * samples]);
        inference
            .run(&theta, &[&x, &t], samples)
            .expect("rows that fit");
        let got = inference.output(0);
        assert_eq!(got.len(), 2 * samples);
        for (i, row) in x.chunks_exact(3).enumerate() {
            let alone = &evaluate(&n.network, &[n.y], &theta, &[row, &[0.0; 2]], 1)[0];
            for (k, &expected) in alone.iter().enumerate() {
                let passed = SUMS.compare(got[2 * i + k], expected).passed;
                assert!(passed, "{samples} samples, number {i}");
                looked_at += 1;
            }
        }
        let short = inference.run(&theta, &[&x, &[0.0; 1]], samples);
        assert!(matches!(short, Err(Error::Argument { field, .. }) if field == "target"));
    }
    assert_eq!(looked_at, 2 * 65);
    let shared = Inference::<f64>::new(&n.network, &[n.loss], 8, Default::default());
    assert!(matches!(shared, Err(Error::Operands { .. })));
}
