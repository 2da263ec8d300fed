//! The laws, each on one random call.

use fieldassay::Error;
use fieldassay::autodiff::{Plan, PlanOptions, grad, jvp};
use fieldassay::rng::Rng;
use fieldassay::tensor::op::{Change, Domain, Sample};
use fieldassay::tensor::{Batched, Feed, Graph, Real, Shape, Var};

/// A law by name; it returns how many numbers it compared.
pub struct Law {
    pub law: &'static str,
    pub holds: fn(&Sample, &mut Rng) -> Result<usize, String>,
}

/// The law of a single operation.
pub const REFUSALS: Law = Law {
    law: "wrong shapes are refused by name",
    holds: wrong_shapes_are_refused_by_name,
};

/// The laws that a composition of operations obeys too.
pub const LAWS: &[Law] = &[
    Law {
        law: "first derivatives",
        holds: first_derivatives,
    },
    Law {
        law: "second derivatives",
        holds: second_derivatives,
    },
    Law {
        law: "single precision",
        holds: single_precision,
    },
    Law {
        law: "samples are independent",
        holds: samples_are_independent,
    },
];

/// Numbers for the inputs of a graph, shared and batched ones apart.
#[derive(Clone, Debug)]
pub struct Values {
    pub shared: Vec<Vec<f64>>,
    pub batched: Vec<Vec<f64>>,
    pub batch: usize,
}

impl Values {
    /// Random values of the sample's domains for a batch of up to 5.
    pub fn draw(sample: &Sample, r: &mut Rng) -> Self {
        let batch = r.below(6);
        let mut values = Self {
            shared: Vec::new(),
            batched: Vec::new(),
            batch,
        };
        for &(var, domain) in &sample.inputs {
            let shape = sample.graph.shape(var);
            let count = shape.size() * if shape.is_batched() { batch } else { 1 };
            let numbers = draw(domain, count, r);
            values.kind(shape.is_batched()).push(numbers);
        }
        values
    }

    fn kind(&mut self, batched: bool) -> &mut Vec<Vec<f64>> {
        if batched {
            &mut self.batched
        } else {
            &mut self.shared
        }
    }

    /// The outputs of `vars`.
    pub fn evaluate<T: Real>(
        &self,
        g: &Graph,
        vars: &[Var],
        options: PlanOptions,
    ) -> Vec<Vec<f64>> {
        let convert = |all: &[Vec<f64>]| -> Vec<Vec<T>> {
            all.iter()
                .map(|v| v.iter().map(|&x| T::of(x)).collect())
                .collect()
        };
        let (shared, batched) = (convert(&self.shared), convert(&self.batched));
        let shared: Vec<&[T]> = shared.iter().map(Vec::as_slice).collect();
        let batched: Vec<Batched<'_, T>> = batched.iter().map(|v| Batched::Lanes(v)).collect();
        let mut plan = Plan::<T>::with_options(g, vars, self.batch, options).expect("a plan");
        plan.run(&Feed::new(&shared, &batched))
            .expect("a feed that fits");
        (0..vars.len())
            .map(|i| plan.output(i).iter().map(|x| x.to_f64()).collect())
            .collect()
    }

    /// These values plus `step` times a direction.
    fn moved(&self, direction: &Self, step: f64) -> Self {
        let add = |a: &[Vec<f64>], b: &[Vec<f64>]| -> Vec<Vec<f64>> {
            a.iter()
                .zip(b)
                .map(|(a, b)| a.iter().zip(b).map(|(a, b)| a + step * b).collect())
                .collect()
        };
        Self {
            shared: add(&self.shared, &direction.shared),
            batched: add(&self.batched, &direction.batched),
            batch: self.batch,
        }
    }

    fn append(&self, other: &Self) -> Self {
        Self {
            shared: [self.shared.clone(), other.shared.clone()].concat(),
            batched: [self.batched.clone(), other.batched.clone()].concat(),
            batch: self.batch,
        }
    }
}

fn draw(domain: Domain, count: usize, r: &mut Rng) -> Vec<f64> {
    let real = |r: &mut Rng| 1.5 * r.normal();
    match domain {
        Domain::Real | Domain::Fixed => (0..count).map(|_| real(r)).collect(),
        Domain::Within(low, high) => (0..count).map(|_| r.uniform_in(low, high)).collect(),
        Domain::AwayFromZero(least) => (0..count)
            .map(|_| {
                let x = real(r);
                x + least.copysign(x)
            })
            .collect(),
        Domain::BetweenIntegers(least) => (0..count)
            .map(|_| r.below(8) as f64 - 4.0 + r.uniform_in(least, 1.0 - least))
            .collect(),
        // Distinct multiples of twice the distance, shuffled by their keys.
        Domain::Apart(least) => (0..count)
            .map(|_| {
                2.0 * least * r.below(4001) as f64 - 4000.0 * least
                    + least * r.uniform_in(-0.2, 0.2)
            })
            .collect(),
        Domain::Bit => (0..count).map(|_| r.below(2) as f64).collect(),
    }
}

/// A sample with its call's result contracted to one number, and its inputs doubled by tangents.
struct Contracted {
    graph: Graph,
    inputs: Vec<Var>,
    tangents: Vec<Var>,
    y: Var,
    values: Values,
    direction: Values,
}

/// `y = Σ c·f(x)/(1 + (Σ …)²/…)`: contracted with weights, and made non-linear so that second derivatives see
/// every part of a rule.
fn contracted(sample: &Sample, r: &mut Rng) -> Result<Contracted, String> {
    let mut graph = sample.graph.clone();
    let values = Values::draw(sample, r);
    let mut direction = values.clone();
    let mut tangents = Vec::new();
    for (i, &(var, domain)) in sample.inputs.iter().enumerate() {
        let shape = graph.shape(var).clone();
        tangents.push(
            graph
                .input(&format!("t{i}"), shape)
                .map_err(|e| e.to_string())?,
        );
        let _ = domain;
    }
    for numbers in direction.shared.iter_mut().chain(&mut direction.batched) {
        for x in numbers {
            *x = r.normal();
        }
    }
    let mut bits = [0, 0];
    for &(var, domain) in &sample.inputs {
        let kind = usize::from(graph.shape(var).is_batched());
        if matches!(domain, Domain::Bit | Domain::Fixed) {
            direction.kind(kind == 1)[bits[kind]].fill(0.0);
        }
        bits[kind] += 1;
    }
    let y = contract(&mut graph, sample.output, r).map_err(|e| e.to_string())?;
    let inputs = sample.inputs.iter().map(|&(var, _)| var).collect();
    Ok(Contracted {
        graph,
        inputs,
        tangents,
        y,
        values,
        direction,
    })
}

impl Contracted {
    /// Whether there is something to differentiate: the maximum of nothing is −∞. NaN is never a value here.
    fn is_finite(&self, output: Var) -> Result<bool, String> {
        let fed = self.values.append(&self.direction);
        let result = fed.evaluate::<f64>(&self.graph, &[output], FUSED);
        no_nan(&result)?;
        Ok(result[0].iter().all(|x| x.is_finite()))
    }
}

/// Operands lie in the operation's domain, so that NaN is a defect.
fn no_nan(result: &[Vec<f64>]) -> Result<(), String> {
    match result.iter().flatten().position(|x| x.is_nan()) {
        Some(place) => Err(format!("entry {place} is NaN")),
        None => Ok(()),
    }
}

fn contract(g: &mut Graph, output: Var, r: &mut Rng) -> fieldassay::Result<Var> {
    let shape = g.shape(output).clone();
    let weights: Vec<f64> = (0..shape.size()).map(|_| r.normal()).collect();
    let weights = g.constant(shape.dims(), &weights)?;
    let square = g.square(output)?;
    let bent = g.scale(square, 0.1)?;
    let sum = g.add(output, bent)?;
    let terms = g.mul(weights, sum)?;
    g.sum_all(terms)
}

const FUSED: PlanOptions = PlanOptions {
    threads: 1,
    fuse: true,
};

/// `|a − b| ≤ tolerance·(1 + scale)`; NaN fails.
fn close(what: &str, a: f64, b: f64, scale: f64, tolerance: f64) -> Result<(), String> {
    if a == b || (a - b).abs() <= tolerance * (1.0 + scale) {
        return Ok(());
    }
    Err(format!(
        "{what}: {a:e} and {b:e} differ by {:e}, scale {scale:e}",
        (a - b).abs()
    ))
}

/// Central differences of step 1e-5: rounding 1e-11, truncation 2e-11 times the third or fourth derivative,
/// which is of order 1e4 for powers and quotients at the edge of their domains.
const DIFFERENCE: f64 = 1e-6;
/// Two ways to the same number: rounding only.
const ROUNDING: f64 = 1e-10;
const STEP: f64 = 1e-5;

fn magnitude(gradients: &[Vec<f64>]) -> f64 {
    gradients
        .iter()
        .flatten()
        .fold(0.0, |max, x| max.max(x.abs()))
}

fn inner(a: &[Vec<f64>], b: &[&Vec<f64>]) -> f64 {
    a.iter()
        .zip(b)
        .flat_map(|(a, b)| a.iter().zip(b.iter()))
        .map(|(a, b)| a * b)
        .sum()
}

/// The direction's arrays in the order of the sample's inputs.
fn in_order<'a>(g: &Graph, inputs: &[Var], values: &'a Values) -> Vec<&'a Vec<f64>> {
    let mut next = [0, 0];
    inputs
        .iter()
        .map(|&var| {
            let kind = usize::from(g.shape(var).is_batched());
            next[kind] += 1;
            if kind == 1 {
                &values.batched[next[1] - 1]
            } else {
                &values.shared[next[0] - 1]
            }
        })
        .collect()
}

/// Reverse mode, forward mode and differences give one directional derivative.
fn first_derivatives(sample: &Sample, r: &mut Rng) -> Result<usize, String> {
    let mut c = contracted(sample, r)?;
    if !c.is_finite(sample.output)? {
        return Ok(0);
    }
    let text = |e: fieldassay::Error| e.to_string();
    let gradients = grad(&mut c.graph, c.y, &c.inputs).map_err(text)?;
    let pairs: Vec<(Var, Var)> = c
        .inputs
        .iter()
        .copied()
        .zip(c.tangents.iter().copied())
        .collect();
    let forward = jvp(&mut c.graph, &[c.y], &pairs).map_err(text)?[0];
    let fed = c.values.append(&c.direction);
    let wanted = [&gradients[..], &[forward]].concat();
    let results = fed.evaluate::<f64>(&c.graph, &wanted, FUSED);
    let (reverse, forward) = results.split_at(gradients.len());
    let direction = in_order(&c.graph, &c.inputs, &c.direction);
    let reverse_slope = inner(reverse, &direction);
    let at = |step: f64| {
        c.values
            .moved(&c.direction, step)
            .append(&c.direction)
            .evaluate::<f64>(&c.graph, &[c.y], FUSED)[0][0]
    };
    let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
    let scale = magnitude(reverse) + at(0.0).abs();
    close(
        "forward and reverse mode",
        forward[0][0],
        reverse_slope,
        scale,
        ROUNDING,
    )?;
    close(
        "reverse mode and difference",
        reverse_slope,
        difference,
        scale,
        DIFFERENCE,
    )?;
    Ok(reverse.iter().map(Vec::len).sum::<usize>() + 1)
}

/// The Hessian along a direction: forward over reverse, reverse over reverse, differences of gradients.
fn second_derivatives(sample: &Sample, r: &mut Rng) -> Result<usize, String> {
    let mut c = contracted(sample, r)?;
    if !c.is_finite(sample.output)? {
        return Ok(0);
    }
    let text = |e: fieldassay::Error| e.to_string();
    let gradients = grad(&mut c.graph, c.y, &c.inputs).map_err(text)?;
    let pairs: Vec<(Var, Var)> = c
        .inputs
        .iter()
        .copied()
        .zip(c.tangents.iter().copied())
        .collect();
    let forward = jvp(&mut c.graph, &gradients, &pairs).map_err(text)?;
    let mut slope = None;
    for (&gradient, &tangent) in gradients.iter().zip(&c.tangents) {
        let term = c
            .graph
            .mul(gradient, tangent)
            .and_then(|term| c.graph.sum_all(term))
            .map_err(text)?;
        slope = Some(match slope {
            Some(sum) => c.graph.add(sum, term).map_err(text)?,
            None => term,
        });
    }
    let Some(slope) = slope else { return Ok(1) };
    let reverse = grad(&mut c.graph, slope, &c.inputs).map_err(text)?;
    let fed = c.values.append(&c.direction);
    let wanted = [&forward[..], &reverse[..]].concat();
    let results = fed.evaluate::<f64>(&c.graph, &wanted, FUSED);
    let (forward, reverse) = results.split_at(forward.len());
    let at = |step: f64| {
        let moved = c.values.moved(&c.direction, step).append(&c.direction);
        moved.evaluate::<f64>(&c.graph, &gradients, FUSED)
    };
    let (plus, minus) = (at(STEP), at(-STEP));
    let scale = magnitude(forward) + magnitude(&plus);
    let mut entries = 1;
    for (i, row) in forward.iter().enumerate() {
        for (j, &ours) in row.iter().enumerate() {
            let difference = (plus[i][j] - minus[i][j]) / (2.0 * STEP);
            close(
                "forward and reverse over reverse",
                ours,
                reverse[i][j],
                scale,
                ROUNDING,
            )?;
            close(
                "second derivative and difference",
                ours,
                difference,
                scale,
                DIFFERENCE,
            )?;
            entries += 1;
        }
    }
    Ok(entries)
}

/// The same plan in `f32`, to its own rounding.
fn single_precision(sample: &Sample, r: &mut Rng) -> Result<usize, String> {
    const SINGLE: f64 = 1e-4;
    let mut c = contracted(sample, r)?;
    if !c.is_finite(sample.output)? {
        return Ok(0);
    }
    let gradients = grad(&mut c.graph, c.y, &c.inputs).map_err(|e| e.to_string())?;
    let fed = c.values.append(&c.direction);
    let wanted = [&[sample.output][..], &gradients].concat();
    let double = fed.evaluate::<f64>(&c.graph, &wanted, FUSED);
    let single = fed.evaluate::<f32>(&c.graph, &wanted, FUSED);
    let scale = magnitude(&double) * 4.0;
    for (double, single) in double.iter().flatten().zip(single.iter().flatten()) {
        close("f64 and f32", *double, *single, scale, SINGLE)?;
    }
    Ok(1 + double.iter().map(Vec::len).sum::<usize>())
}

/// A batch gives what its samples give one by one; threads and fusion change no bit.
fn samples_are_independent(sample: &Sample, r: &mut Rng) -> Result<usize, String> {
    let values = Values::draw(sample, r);
    let g = &sample.graph;
    let whole = values.evaluate::<f64>(g, &[sample.output], FUSED);
    let unfused = PlanOptions {
        threads: 1,
        fuse: false,
    };
    no_nan(&whole)?;
    if values.evaluate::<f64>(g, &[sample.output], unfused) != whole {
        return Err("fusion changes the result".to_owned());
    }
    if !g.shape(sample.output).is_batched() {
        return Ok(1);
    }
    for i in 0..values.batch {
        let one = Values {
            shared: values.shared.clone(),
            batched: values
                .batched
                .iter()
                .map(|v| v.iter().skip(i).step_by(values.batch).copied().collect())
                .collect(),
            batch: 1,
        };
        let single = one.evaluate::<f64>(g, &[sample.output], FUSED);
        for (j, &x) in single[0].iter().enumerate() {
            close(
                "a sample of a batch and alone",
                whole[0][j * values.batch + i],
                x,
                x.abs(),
                ROUNDING,
            )?;
        }
    }
    Ok(1 + whole[0].len())
}

/// Every change of the operands' shapes that the example does not declare is refused, by an error that names the
/// operation and all shapes; every change that it declares is accepted.
fn wrong_shapes_are_refused_by_name(sample: &Sample, _: &mut Rng) -> Result<usize, String> {
    let node = sample.graph.node(sample.output);
    let inputs = node.inputs().iter();
    let shapes: Vec<Shape> = inputs.map(|&v| sample.graph.shape(v).clone()).collect();
    let changes = Change::all(&shapes);
    if let Some(change) = sample.allowed.iter().find(|c| !changes.contains(c)) {
        return Err(format!("{change:?} is no change of this call"));
    }
    for &change in &changes {
        let changed = change.apply(&shapes);
        let told: Vec<String> = changed.iter().map(ToString::to_string).collect();
        let result = node.op().shape(&changed.iter().collect::<Vec<_>>());
        match (&result, sample.allowed.contains(&change)) {
            (Ok(_), true) => {}
            (Err(Error::Operands { op, found, .. }), false)
                if *op == node.op().name() && *found == told => {}
            (_, allowed) => {
                return Err(format!(
                    "{change:?} to {told:?}, allowed {allowed}: {result:?}"
                ));
            }
        }
    }
    Ok(changes.len())
}
