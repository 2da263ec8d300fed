//! Plans: how the batch is cut, who computes what, and where values lie changes no result.

use fieldassay::autodiff::{Plan, PlanOptions, grad};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::{Rng, Seed};
use fieldassay::tensor::{Batched, Feed, Graph, Real, Shape, Var};
use fieldassay::{Error, Result};

const ROUNDING: Tol = Tol::rel_abs(1e-11, 1e-11).because("sums of up to 1000 numbers of order one");

/// A small network, its loss and gradient, and values for its inputs.
struct Net {
    graph: Graph,
    outputs: Vec<Var>,
    parameters: Vec<f64>,
    x: Vec<f64>,
    target: Vec<f64>,
    batch: usize,
}

/// A loss that needs two passes: deviations from the mean over the batch.
fn net(r: &mut Rng, batch: usize) -> Result<Net> {
    let (inputs, hidden) = (1 + r.below(7), 1 + r.below(40));
    let mut graph = Graph::new();
    let g = &mut graph;
    let w = g.input("w", Shape::shared(&[hidden, inputs]))?;
    let b = g.input("b", Shape::shared(&[hidden, 1]))?;
    let v = g.input("v", Shape::shared(&[1, hidden]))?;
    let x = g.input("x", Shape::batched(&[inputs]))?;
    let target = g.input("target", Shape::batched(&[1]))?;
    let column = g.reshape(x, &[inputs, 1])?;
    let h = g.linear(w, column)?;
    let h = g.add(h, b)?;
    let h = g.softplus(h)?;
    let y = g.linear(v, h)?;
    let y = g.reshape(y, &[1])?;
    let mean = g.mean_batch(y)?;
    let centred = g.sub(y, mean)?;
    let error = g.sub(centred, target)?;
    let square = g.square(error)?;
    let loss = g.mean_batch(square)?;
    let loss = g.reshape(loss, &[])?;
    let gradient = grad(g, loss, &[w, b, v])?;
    let outputs = [&[loss], &gradient[..], &[centred]].concat();
    let mut draw = |n: usize| (0..n).map(|_| r.normal()).collect::<Vec<f64>>();
    Ok(Net {
        parameters: draw(hidden * (inputs + 2)),
        x: draw(inputs * batch),
        target: draw(batch),
        graph,
        outputs,
        batch,
    })
}

impl Net {
    fn run<T: Real>(&self, options: PlanOptions) -> Result<Vec<Vec<T>>> {
        let of = |v: &[f64]| v.iter().map(|&x| T::of(x)).collect::<Vec<T>>();
        let (parameters, x, target) = (of(&self.parameters), of(&self.x), of(&self.target));
        let mut plan = Plan::<T>::with_options(&self.graph, &self.outputs, self.batch, options)?;
        let batched = [Batched::Lanes(&x[..]), Batched::Lanes(&target)];
        plan.run(&Feed::with_parameters(&parameters, &batched))?;
        Ok((0..self.outputs.len())
            .map(|i| plan.output(i).to_vec())
            .collect())
    }
}

const SIZES: [usize; 10] = [0, 1, 2, 15, 16, 17, 100, 513, 1100, 4099];

#[test]
fn threads_change_no_bit() -> Result<()> {
    let mut r = Seed(20_261_123).stream("plan/threads");
    let mut leaves = 0;
    for batch in SIZES {
        let net = net(&mut r, batch)?;
        let one = net.run::<f32>(PlanOptions::default())?;
        let bits = |all: &[Vec<f32>]| -> Vec<Vec<u32>> {
            all.iter()
                .map(|v| v.iter().map(|x| x.to_bits()).collect())
                .collect()
        };
        for threads in [2, 3, 4] {
            let options = PlanOptions {
                threads,
                ..PlanOptions::default()
            };
            assert_eq!(
                bits(&net.run(options)?),
                bits(&one),
                "{threads} threads, batch {batch}"
            );
        }
        let plan = Plan::<f32>::new(&net.graph, &net.outputs, batch)?;
        leaves = leaves.max(batch.div_ceil(plan.leaf()));
    }
    assert!(leaves >= 8, "no batch was cut into enough leaves: {leaves}");
    Ok(())
}

#[test]
fn installed_runs_are_on_the_plans_own_threads() -> Result<()> {
    let mut r = Seed(20_261_123).stream("plan/install");
    let net = net(&mut r, 4099)?;
    let options = PlanOptions {
        threads: 2,
        ..PlanOptions::default()
    };
    let mut plan = Plan::<f64>::with_options(&net.graph, &net.outputs, net.batch, options)?;
    let batched = [Batched::Lanes(&net.x[..]), Batched::Lanes(&net.target[..])];
    let feed = Feed::with_parameters(&net.parameters, &batched);
    plan.install(|plan| {
        assert!(
            std::thread::current().name()
                != Some("plan::installed_runs_are_on_the_plans_own_threads")
        );
        (0..3).try_for_each(|_| plan.run(&feed))
    })?;
    let alone = net.run::<f64>(PlanOptions::default())?;
    assert_eq!(plan.output(1), alone[1]);
    Ok(())
}

#[test]
fn fusion_changes_no_bit() -> Result<()> {
    let mut r = Seed(20_261_123).stream("plan/fusion");
    for batch in SIZES {
        let net = net(&mut r, batch)?;
        let unfused = PlanOptions {
            threads: 1,
            fuse: false,
        };
        let (fused, apart) = (
            net.run::<f64>(PlanOptions::default())?,
            net.run::<f64>(unfused)?,
        );
        // `==` alone would fail on the NaN of an empty mean.
        let bits =
            |all: &[Vec<f64>]| -> Vec<u64> { all.iter().flatten().map(|x| x.to_bits()).collect() };
        assert_eq!(bits(&fused), bits(&apart), "batch {batch}");
    }
    Ok(())
}

/// The same formulas, one sample after the other.
fn by_hand(net: &Net) -> (f64, Vec<f64>) {
    let inputs = net.x.len() / net.batch;
    let hidden = net.parameters.len() / (inputs + 2);
    let (w, rest) = net.parameters.split_at(hidden * inputs);
    let (b, v) = rest.split_at(hidden);
    let y: Vec<f64> = (0..net.batch)
        .map(|s| {
            let unit = |h: usize| {
                let z: f64 = (0..inputs)
                    .map(|i| w[h * inputs + i] * net.x[i * net.batch + s])
                    .sum();
                v[h] * (z + b[h]).exp().ln_1p()
            };
            (0..hidden).map(unit).sum()
        })
        .collect();
    let mean = y.iter().sum::<f64>() / net.batch as f64;
    let centred: Vec<f64> = y.iter().map(|y| y - mean).collect();
    let loss = centred
        .iter()
        .zip(&net.target)
        .map(|(y, t)| (y - t).powi(2))
        .sum::<f64>();
    (loss / net.batch as f64, centred)
}

#[test]
fn a_value_may_depend_on_a_sum_over_the_batch() -> Result<()> {
    let mut r = Seed(20_261_123).stream("plan/passes");
    let mut worst = Worst::new(ROUNDING);
    for batch in SIZES.into_iter().filter(|&batch| batch > 0) {
        let net = net(&mut r, batch)?;
        let outputs = net.run::<f64>(PlanOptions::default())?;
        let (loss, centred) = by_hand(&net);
        worst.see(outputs[0][0], loss, || format!("loss, batch {batch}"));
        for (s, (&found, &expected)) in outputs[4].iter().zip(&centred).enumerate() {
            worst.see(found, expected, || format!("sample {s} of {batch}"));
        }
    }
    worst.assert_at_least(1000);
    Ok(())
}

#[test]
fn rows_and_picked_rows_are_the_same_samples() -> Result<()> {
    let mut r = Seed(20_261_123).stream("plan/feeds");
    for batch in SIZES {
        let net = net(&mut r, batch)?;
        let inputs = net
            .x
            .len()
            .checked_div(batch)
            .unwrap_or(net.graph.shape(net.graph.inputs()[3]).size());
        let rows: Vec<f64> = (0..batch)
            .flat_map(|s| (0..inputs).map(move |i| (s, i)))
            .map(|(s, i)| net.x[i * batch + s])
            .collect();
        // All samples in reversed order, picked backwards.
        let reversed: Vec<f64> = (0..batch)
            .rev()
            .flat_map(|s| rows[s * inputs..(s + 1) * inputs].to_vec())
            .collect();
        let pick: Vec<usize> = (0..batch).rev().collect();
        let mut plan = Plan::<f64>::new(&net.graph, &net.outputs, batch)?;
        let mut results = Vec::new();
        for x in [
            Batched::Lanes(&net.x[..]),
            Batched::Rows(&rows),
            Batched::Picked {
                rows: &reversed,
                pick: &pick,
            },
        ] {
            plan.run(&Feed::with_parameters(
                &net.parameters,
                &[x, Batched::Lanes(&net.target)],
            ))?;
            results.push(
                (0..5)
                    .flat_map(|i| {
                        plan.output(i)
                            .iter()
                            .map(|x| x.to_bits())
                            .collect::<Vec<_>>()
                    })
                    .collect::<Vec<_>>(),
            );
        }
        assert!(
            results.iter().all(|result| *result == results[0]),
            "batch {batch}"
        );
    }
    Ok(())
}

#[test]
fn the_gradient_of_a_loss_is_one_slice() -> Result<()> {
    let mut r = Seed(20_261_123).stream("plan/joined");
    let mut g = Graph::new();
    let w = g.input("w", Shape::shared(&[3, 4]))?;
    let b = g.input("b", Shape::shared(&[3]))?;
    let x = g.input("x", Shape::batched(&[4]))?;
    let y = g.linear(w, x)?;
    let y = g.add(y, b)?;
    let y = g.tanh(y)?;
    let loss = g.sum_all(y)?;
    let gradient = grad(&mut g, loss, &[w, b])?;
    let outputs = [&[loss], &gradient[..]].concat();
    let mut plan = Plan::<f64>::new(&g, &outputs, 40)?;
    let mut draw = |n: usize| (0..n).map(|_| r.normal()).collect::<Vec<f64>>();
    let (parameters, x) = (draw(15), draw(160));
    plan.run(&Feed::with_parameters(&parameters, &[Batched::Lanes(&x)]))?;
    let joined = plan
        .joined(1..3)
        .expect("two sums over the batch of one pass");
    assert_eq!(joined, [plan.output(1), plan.output(2)].concat());
    assert_eq!(plan.joined(1..9), None);
    Ok(())
}

#[test]
fn a_batch_of_one_thousand_lives_in_the_memory_of_a_leaf() -> Result<()> {
    let mut g = Graph::new();
    let w = g.input("w", Shape::shared(&[64, 64]))?;
    let x = g.input("x", Shape::batched(&[64]))?;
    let mut h = x;
    for _ in 0..30 {
        h = g.linear(w, h)?;
        h = g.tanh(h)?;
    }
    let y = g.sum_all(h)?;
    let plan = Plan::<f64>::new(&g, &[y], 1000)?;
    let text = plan.describe();
    // Sixty intermediate values of 64 numbers, of which two are alive at a time.
    assert!(text.contains("per sample 128 + 0 numbers"), "{text}");
    Ok(())
}

#[test]
fn wrong_feeds_are_refused_by_name() -> Result<()> {
    let mut r = Seed(20_261_123).stream("plan/misfed");
    let net = net(&mut r, 5)?;
    let mut plan = Plan::<f64>::new(&net.graph, &net.outputs, 5)?;
    let batched = [Batched::Lanes(&net.x[..]), Batched::Lanes(&net.target[..])];
    let short = &net.parameters[..net.parameters.len() - 1];
    let beyond = [0, 1, 2, 3, 5];
    let picked = [
        Batched::Picked {
            rows: &net.x[..],
            pick: &beyond,
        },
        batched[1],
    ];
    let apart = [&net.parameters[..]];
    let cases: [(Feed<'_, f64>, &str); 4] = [
        (Feed::with_parameters(short, &batched), "v"),
        (
            Feed::with_parameters(&net.parameters, &batched[..1]),
            "batched inputs",
        ),
        (Feed::with_parameters(&net.parameters, &picked), "x"),
        (Feed::new(&apart, &batched), "shared inputs"),
    ];
    for (feed, name) in cases {
        match plan.run(&feed) {
            Err(Error::Argument { field, .. }) => assert_eq!(field, name),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(matches!(
        Plan::<f64>::with_options(
            &net.graph,
            &[],
            5,
            PlanOptions {
                threads: 0,
                fuse: true
            }
        ),
        Err(Error::Argument { .. })
    ));
    Ok(())
}

#[test]
fn inputs_constants_and_the_batch_size_can_be_outputs() -> Result<()> {
    let mut g = Graph::new();
    let x = g.input("x", Shape::batched(&[2]))?;
    let w = g.input("w", Shape::shared(&[3]))?;
    let c = g.constant(&[2], &[7.0, 8.0])?;
    let n = g.batch_size()?;
    let turned = g.reshape(x, &[1, 2])?;
    let mut plan = Plan::<f64>::new(&g, &[x, w, c, n, turned, x], 3)?;
    let x: Vec<f64> = (0..6).map(f64::from).collect();
    plan.run(&Feed::new(&[&[1.0, 2.0, 3.0]], &[Batched::Lanes(&x)]))?;
    assert_eq!(plan.output(0), x);
    assert_eq!(plan.output(1), [1.0, 2.0, 3.0]);
    assert_eq!(plan.output(2), [7.0, 8.0]);
    assert_eq!(plan.output(3), [3.0]);
    assert_eq!(plan.output(4), x);
    assert_eq!(plan.output(5), x);
    Ok(())
}

#[test]
fn a_stopped_gradient_is_zero_and_its_value_stays() -> Result<()> {
    let mut g = Graph::new();
    let x = g.input("x", Shape::shared(&[2]))?;
    let held = g.stop_gradient(x)?;
    let y = g.mul(x, held)?;
    let y = g.sum_all(y)?;
    let slope = grad(&mut g, y, &[x])?[0];
    let mut plan = Plan::<f64>::new(&g, &[y, slope], 1)?;
    plan.run(&Feed::shared(&[&[3.0, 5.0]]))?;
    assert_eq!(plan.output(0), [34.0]);
    assert_eq!(plan.output(1), [3.0, 5.0]);
    Ok(())
}
