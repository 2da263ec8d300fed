//! Gradients and Hessians of whole networks, each in independent ways.

use fieldassay::autodiff::{Plan, PlanOptions, grad, jvp};
use fieldassay::nn::layer::{
    Activate, Attention, Convolution, GroupNorm, LayerNorm, Pointwise, Residual, Sequence, Unet,
};
use fieldassay::nn::{Activation, Layer, Network, loss};
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::{Batched, Feed, Graph, Shape, Var};

use super::{SEED, deep, mlp, normals, regression};

const ROUNDING: Tol =
    Tol::rel_abs(1e-10, 1e-11).because("two orders of the same sums, of order one");
const DIFFERENCE: Tol =
    Tol::rel_abs(1e-7, 1e-8).because("six points of step 0.002: truncation h⁶/140 = 5e-19 times a seventh derivative, rounding 1e-13");
const STEP: f64 = 0.002;
const BATCH: usize = 11;

/// A graph with a loss, its parameters, and one tangent for each.
struct Probe {
    graph: Graph,
    loss: Var,
    vars: Vec<Var>,
    tangents: Vec<Var>,
    theta: Vec<f64>,
    direction: Vec<f64>,
    rows: Vec<Vec<f64>>,
    step: f64,
}

impl Probe {
    fn new(name: &str, network: &Network, loss: Var) -> Self {
        let mut r = SEED.stream(&format!("nn/derivatives/{name}"));
        let mut graph = network.graph.clone();
        let list = network.parameters().list();
        let tangent = |p: &fieldassay::nn::Parameter| {
            let shape = Shape::shared(p.dims());
            graph
                .input(&format!("tangent of {}", p.name()), shape)
                .expect("an input")
        };
        let tangents = list.iter().map(tangent).collect();
        let count = network.parameters().count();
        let inputs = network.batched_inputs();
        Self {
            graph,
            loss,
            vars: network.parameters().vars(),
            tangents,
            // Weights of order one, so that activations are far from linear.
            theta: normals(count, &mut r).iter().map(|x| 0.7 * x).collect(),
            direction: normals(count, &mut r).iter().map(|x| 0.2 * x).collect(),
            rows: inputs
                .iter()
                .map(|(_, size)| normals(size * BATCH, &mut r))
                .collect(),
            step: STEP,
        }
    }

    fn pairs(&self) -> Vec<(Var, Var)> {
        self.vars
            .iter()
            .copied()
            .zip(self.tangents.iter().copied())
            .collect()
    }

    /// The nodes `vars`, each joined, at `theta + step·direction`.
    fn at(&self, vars: &[Var], step: f64) -> Vec<f64> {
        let moved = self
            .theta
            .iter()
            .zip(&self.direction)
            .map(|(x, d)| x + step * d);
        // Parameters and tangents are all the shared inputs, in this order.
        let shared: Vec<f64> = moved.chain(self.direction.iter().copied()).collect();
        let rows: Vec<Batched<'_, f64>> = self.rows.iter().map(|r| Batched::Rows(r)).collect();
        let mut plan =
            Plan::with_options(&self.graph, vars, BATCH, PlanOptions::default()).expect("a plan");
        plan.run(&Feed::with_parameters(&shared, &rows))
            .expect("a feed that fits");
        (0..vars.len())
            .flat_map(|i| plan.output(i).to_vec())
            .collect()
    }

    /// The derivative along the direction by six points.
    fn difference(&self, vars: &[Var]) -> Vec<f64> {
        const WEIGHTS: [f64; 3] = [45.0, -9.0, 1.0];
        let mut sum = vec![0.0; self.at(vars, 0.0).len()];
        for (k, weight) in (1..=3).zip(WEIGHTS) {
            let step = self.step * f64::from(k);
            let (plus, minus) = (self.at(vars, step), self.at(vars, -step));
            for (sum, (plus, minus)) in sum.iter_mut().zip(plus.iter().zip(&minus)) {
                *sum += weight * (plus - minus) / (60.0 * self.step);
            }
        }
        sum
    }
}

fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Reverse mode, forward mode and differences give one slope; how many numbers the gradient has.
fn check_gradient(name: &str, p: &mut Probe) -> usize {
    let gradient = grad(&mut p.graph, p.loss, &p.vars).expect("a gradient");
    let pairs = p.pairs();
    let forward = jvp(&mut p.graph, &[p.loss], &pairs).expect("a slope");
    let reverse = p.at(&gradient, 0.0);
    let slope = inner(&reverse, &p.direction);
    let forward = p.at(&forward, 0.0)[0];
    assert!(
        ROUNDING.compare(forward, slope).passed,
        "{name}: {forward} and {slope}"
    );
    let difference = p.difference(&[p.loss])[0];
    assert!(
        DIFFERENCE.compare(slope, difference).passed,
        "{name}: {slope}, {difference}"
    );
    assert!(
        reverse.iter().filter(|x| x.abs() > 1e-6).count() * 2 > reverse.len(),
        "{name}: flat"
    );
    reverse.len()
}

/// The Hessian along the direction: forward over reverse, reverse over reverse, differences of gradients.
fn check_hessian(name: &str, p: &mut Probe) -> usize {
    let gradient = grad(&mut p.graph, p.loss, &p.vars).expect("a gradient");
    let pairs = p.pairs();
    let forward = jvp(&mut p.graph, &gradient, &pairs).expect("tangents");
    let mut slope = p.graph.scalar(0.0).expect("zero");
    for (&gradient, &tangent) in gradient.iter().zip(&p.tangents) {
        let term = p.graph.mul(gradient, tangent).expect("equal shapes");
        let term = p.graph.sum_all(term).expect("a sum");
        slope = p.graph.add(slope, term).expect("numbers");
    }
    let reverse = grad(&mut p.graph, slope, &p.vars).expect("a gradient");
    let (forward, reverse) = (p.at(&forward, 0.0), p.at(&reverse, 0.0));
    let difference = p.difference(&gradient);
    let mut two_ways = Worst::new(ROUNDING);
    let mut differences = Worst::new(DIFFERENCE);
    for (i, &ours) in forward.iter().enumerate() {
        two_ways.see(ours, reverse[i], || format!("{name}, entry {i}"));
        differences.see(ours, difference[i], || format!("{name}, entry {i}"));
    }
    two_ways.assert_at_least(p.theta.len());
    differences.assert_at_least(p.theta.len());
    forward.len()
}

/// The last network ends in classes, with cross-entropy against soft targets.
fn networks() -> Vec<(&'static str, Network, Var)> {
    let softplus = regression(&mlp(&[8, 6, 2], Activation::Softplus), 3, 2);
    let block = Layer::from(Residual::new(mlp(&[5, 3], Activation::Tanh)));
    let residual = regression(&Residual::new(block).into(), 3, 3);
    let mut n = Network::new();
    let x = n.graph.input("x", Shape::batched(&[3])).expect("an input");
    let t = n
        .graph
        .input("target", Shape::batched(&[4]))
        .expect("an input");
    let y = n.add("net", &deep(4), x).expect("a layer");
    let t = n.graph.log_softmax(t, &[0]).expect("classes");
    let t = n.graph.exp(t).expect("probabilities");
    let entropy = loss::cross_entropy(&mut n.graph, y, t).expect("a loss");
    vec![
        ("softplus", softplus.network, softplus.loss),
        ("residual tanh", residual.network, residual.loss),
        ("deep", n, entropy),
    ]
}

/// Networks of fields: convolution, norms and attention one after the other; a U-Net that is given a vector.
fn networks_of_fields() -> Vec<(&'static str, Network, Var)> {
    let silu = Activate {
        activation: Activation::Silu,
    };
    let attentive = Sequence::new(vec![
        Convolution::periodic(&[2, 3], 3, 4).into(),
        GroupNorm::new(2).into(),
        silu.into(),
        Residual::new(Attention::new(2, 2)).into(),
        LayerNorm::new(1).into(),
        Pointwise::new(2).into(),
    ]);
    let unet = Unet {
        groups: 1,
        ..Unet::new(&[4], &[2, 3], 2)
    };
    let of = |layer: &Layer, sites: usize| {
        let mut n = Network::new();
        let field = Shape::batched(&[sites, 2]);
        let x = n.graph.input("x", field.clone()).expect("an input");
        let target = n.graph.input("target", field).expect("an input");
        let given = n.graph.input("given", Shape::batched(&[2]));
        let y = n.add_given("net", layer, x, given.expect("an input"));
        let y = y.expect("a layer that fits");
        let loss = loss::mean_squared_error(&mut n.graph, y, target).expect("equal shapes");
        (n, loss)
    };
    let (attentive, first) = of(&attentive.into(), 6);
    let (unet, second) = of(&unet.into(), 4);
    vec![("attentive", attentive, first), ("U-Net", unet, second)]
}

#[test]
fn gradients_and_hessians_of_networks_of_fields_agree_in_every_mode() {
    let mut looked_at = 0;
    for (name, network, loss) in networks_of_fields() {
        looked_at += check_gradient(name, &mut Probe::new(name, &network, loss));
        looked_at += check_hessian(name, &mut Probe::new(name, &network, loss));
    }
    assert!(looked_at >= 2 * (182 + 231), "{looked_at} numbers");
}

#[test]
fn gradients_and_hessians_of_whole_networks_agree_in_every_mode() {
    let mut looked_at = 0;
    for (name, network, loss) in networks() {
        looked_at += check_gradient(name, &mut Probe::new(name, &network, loss));
        looked_at += check_hessian(name, &mut Probe::new(name, &network, loss));
    }
    assert!(looked_at >= 2 * (100 + 38 + 198), "{looked_at} numbers");
}

#[test]
fn every_activation_has_its_slope() {
    let mut looked_at = 0;
    for activation in Activation::all() {
        let n = regression(&mlp(&[6, 2], activation), 3, 2);
        let mut probe = Probe::new(&activation.to_string(), &n.network, n.loss);
        if matches!(
            activation,
            Activation::Relu | Activation::LeakyRelu | Activation::Elu
        ) {
            // No unit crosses its kink within this reach; rounding is 1e-10 then.
            probe.step = 1e-6;
        }
        looked_at += check_gradient(&activation.to_string(), &mut probe);
    }
    assert_eq!(looked_at, 10 * 38);
}
