//! `resnet-recursion`: as printed, `F_{n+1}(x) = x + F_n(x)`, there is no depth in a residual network.
//!
//! Unrolled literally it says `F_n(x) = n x + F_0(x)`: one nonlinear function, whatever n is. What residual
//! networks compute is `x_{n+1} = x_n + F_n(x_n; θ_n)` (K. He et al., arXiv:1512.03385).
//!
//! Decider: blocks `F_n(x) = W_n tanh(V_n x + a_n) + c_n` by scalar loops (`reference::network`).

use fieldassay::Result;
use fieldassay::autodiff::Plan;
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::{Feed, Graph, Shape, Var};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::network::{Activation, forward};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::mlp::{Mlp, constants};

const WIDTH: usize = 4;
const BLOCKS: usize = 10;
const CASES: usize = 100;
const ROUNDING: Tol = Tol::rel_abs(1e-12, 1e-12).because("ten blocks of sums of four terms");

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "resnet-recursion",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Architecture Extensions\"",
        "ResNet: Introduce Jump-Link to Accelerate Training & Inference; F_{n+1}(x) = x + F_n(x)",
        vec![
            Statement::says(
                "as printed",
                "The recursion F_{n+1}(x) = x + F_n(x) gives the output of a residual network of n blocks.",
                "another output than that of the blocks",
            )
            .decided_by(
                Verdict::Refuted,
                is_the_residual_network,
                Recursion::Printed,
                Alteration::new("x + F_n(x) → x − F_n(x)", Recursion::PrintedMinus),
            ),
            Statement::says(
                "corrected",
                "The recursion x_{n+1} = x_n + F_n(x_n) gives the output of a residual network of n blocks.",
                "another output than that of the blocks",
            )
            .decided_by(
                Verdict::Supported,
                is_the_residual_network,
                Recursion::Corrected,
                Alteration::new("x_n + F_n(x_n) → x_0 + F_n(x_n)", Recursion::FromTheInput),
            ),
            Statement::says(
                "what is printed",
                "The printed recursion is F_n(x) = n x + F_0(x): no function is nested in another.",
                "another value for some n, x or F_0",
            )
            .decided_by(
                Verdict::Supported,
                is_n_times_x,
                1.0,
                Alteration::new("n x → (n + 1) x: the link counted at n = 0 too", 2.0),
            ),
        ],
    )
}

/// What is repeated.
#[derive(Clone, Copy, Debug)]
enum Recursion {
    Printed,
    PrintedMinus,
    Corrected,
    FromTheInput,
}

/// `F_n`: two layers, the first with tanh.
fn blocks(context: &Context<'_>, case: usize) -> (Vec<Mlp>, Vec<f64>) {
    let mut rng = context.stream(&format!("blocks/{case}"));
    let sigmas = [Activation::Tanh, Activation::Identity];
    let nets = (0..BLOCKS)
        .map(|_| Mlp::random(&[WIDTH; 3], &sigmas, [1.0, 0.3], &mut rng))
        .collect();
    (nets, (0..WIDTH).map(|_| rng.normal()).collect())
}

/// The core's outputs after 1, 2, … blocks.
fn unrolled(nets: &[Mlp], x: &[f64], recursion: Recursion) -> Result<Vec<Vec<f64>>> {
    let mut g = Graph::new();
    let input = g.input("x", Shape::shared(&[WIDTH]))?;
    // Parameters as constants: the names of inputs would repeat.
    let block = |g: &mut Graph, n: usize, u: Var| -> Result<Var> {
        let (mut u, mut rest) = (u, &nets[n].parameters[..]);
        for &sigma in &nets[n].activations {
            let (w, more) = rest.split_at(WIDTH * WIDTH);
            let (b, more) = more.split_at(WIDTH);
            rest = more;
            let (w, b) = (g.constant(&[WIDTH, WIDTH], w)?, g.constant(&[WIDTH], b)?);
            let z = g.linear(w, u)?;
            let z = g.add(z, b)?;
            u = crate::mlp::activate(g, sigma, z)?;
        }
        Ok(u)
    };
    let mut outputs = Vec::new();
    let mut state = match recursion {
        Recursion::Printed | Recursion::PrintedMinus => block(&mut g, 0, input)?,
        Recursion::Corrected | Recursion::FromTheInput => input,
    };
    for n in 0..nets.len() {
        state = match recursion {
            Recursion::Printed => g.add(input, state)?,
            Recursion::PrintedMinus => g.sub(input, state)?,
            Recursion::Corrected => {
                let f = block(&mut g, n, state)?;
                g.add(state, f)?
            }
            Recursion::FromTheInput => {
                let f = block(&mut g, n, state)?;
                g.add(input, f)?
            }
        };
        outputs.push(state);
    }
    let mut plan = Plan::<f64>::new(&g, &outputs, 1)?;
    plan.run(&Feed::shared(&[x]))?;
    Ok((0..outputs.len()).map(|n| plan.output(n).to_vec()).collect())
}

/// `F(x)` by scalar loops.
fn by_loops(net: &Mlp, x: &[f64]) -> Vec<f64> {
    forward(&net.layers(&[]), &constants(x)).iter().map(|y| y.value).collect()
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn see(worst: &mut Worst, found: &[f64], expected: &[f64], label: &str) {
    for (found, expected) in found.iter().zip(expected) {
        worst.see(*found, *expected, || label.to_owned());
    }
}

fn finding(worst: Worst, name: &str) -> Finding {
    let difference = worst.worst().map_or(f64::NAN, |(_, c)| c.diff);
    let evidence = Evidence::from_iter([worst.into_check(name, CASES * BLOCKS * WIDTH)]);
    let headline = Headline {
        quantity: "largest difference from what the recursion should give".into(),
        claimed: 0.0,
        value: difference,
        error: 1e-12,
    };
    Finding::new(evidence, headline)
}

fn is_the_residual_network(context: &Context<'_>, recursion: &Recursion) -> Result<Finding> {
    let mut worst = Worst::new(ROUNDING);
    for case in 0..CASES {
        let (nets, x) = blocks(context, case);
        let found = unrolled(&nets, &x, *recursion)?;
        let mut state = x;
        for (n, net) in nets.iter().enumerate() {
            state = sum(&state, &by_loops(net, &state));
            see(&mut worst, &found[n], &state, &format!("case {case}, {} blocks", n + 1));
        }
    }
    Ok(finding(worst, "the recursion against residual blocks in scalar loops"))
}

fn is_n_times_x(context: &Context<'_>, first: &f64) -> Result<Finding> {
    let mut worst = Worst::new(ROUNDING);
    for case in 0..CASES {
        let (nets, x) = blocks(context, case);
        let found = unrolled(&nets, &x, Recursion::Printed)?;
        let start = by_loops(&nets[0], &x);
        for (n, found) in found.iter().enumerate() {
            let links: Vec<f64> = x.iter().map(|x| (n as f64 + first) * x).collect();
            see(&mut worst, found, &sum(&links, &start), &format!("case {case}, n = {}", n + 1));
        }
    }
    Ok(finding(worst, "F_n(x) against n x + F_0(x)"))
}
