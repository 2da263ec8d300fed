//! `adam-rule`: the slide's Adam has ε inside the root; algorithm 1 of the paper has it outside.
//!
//! Decider: algorithm 1 in double-double (`reference::optimize::adam`), on three problems whose
//! gradients are as small as ε. Where gradients are of order one the two rules agree; for losses of
//! order 1e-8 the printed one moves ten thousand times more slowly.

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{Adam, AdamOptions, Epsilon, FirstOrder};
use fieldassay::report::{Figure, Plot};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::dd::Dd;
use fieldassay_reference::optimize::{self as witness, Root};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

const RATE: f64 = 1e-3;
const EPSILON: f64 = 1e-8;
const STEPS: u32 = 2000;
const TRAJECTORY: Tol =
    Tol::rel_abs(1e-12, 1e-12).because("2000 steps of a few ε each; the ledger's window");

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "adam-rule",
        "Lingxiao Wang, Learning Hadron Interactions with Deep Neural Networks, Hadrons and Hadron \
         Interactions in QCD 2024, YITP, 2024-10-30: section \"Backups: Setup of DNNs\"",
        "Gradient-based Optimization. Adam: θ_{t+1} = θ_t − η/√(v̂_t + ε) m̂_t",
        vec![
            Statement::says(
                "as printed",
                "Adam, as its authors define it, moves by η m̂/√(v̂ + ε).",
                "a trajectory other than that of algorithm 1",
            )
            .decided_by(
                Verdict::Refuted,
                is_algorithm_1,
                Epsilon::InsideRoot(EPSILON),
                Alteration::new("ε → ε² inside the root", Epsilon::InsideRoot(EPSILON * EPSILON)),
            ),
            Statement::says(
                "corrected",
                "Adam, as its authors define it, moves by η m̂/(√v̂ + ε).",
                "a trajectory other than that of algorithm 1",
            )
            .decided_by(
                Verdict::Supported,
                is_algorithm_1,
                Epsilon::OutsideRoot(EPSILON),
                Alteration::new("ε outside the root → inside", Epsilon::InsideRoot(EPSILON)),
            ),
            Statement::says(
                "effect",
                "Under a constant gradient g the printed rule moves by η g/√(g² + ε) in every step: by η \
                 for g ≫ √ε, by η g/√ε for g ≪ √ε.",
                "another step for a g between 1e-12 and 10",
            )
            .decided_by(
                Verdict::Supported,
                moves_by,
                1.0,
                Alteration::new("ε → ε² in the formula, as if it stood outside", 2.0),
            ),
        ],
    )
    .with_figures(figures)
}

/// A loss `scale·Σ (k²/2)(x_k − 1/k)²`, or one that is not convex, by its gradient.
struct Toy {
    name: &'static str,
    ours: fn(&[f64]) -> Vec<f64>,
    theirs: fn(&[Dd]) -> Vec<Dd>,
}

const TOYS: [Toy; 3] = [
    Toy {
        name: "quadratic, 1e-8",
        ours: |x| vec![1e-8 * (x[0] - 1.0), 4e-8 * (x[1] - 0.5)],
        theirs: |x| {
            let part = |x: Dd, scale: f64, at: f64| Dd::from(scale) * (x - Dd::from(at));
            vec![part(x[0], 1e-8, 1.0), part(x[1], 4e-8, 0.5)]
        },
    },
    Toy {
        name: "quadratic, 1e-4",
        ours: |x| vec![1e-4 * (x[0] - 1.0), 4e-4 * (x[1] - 0.5)],
        theirs: |x| {
            let part = |x: Dd, scale: f64, at: f64| Dd::from(scale) * (x - Dd::from(at));
            vec![part(x[0], 1e-4, 1.0), part(x[1], 4e-4, 0.5)]
        },
    },
    Toy {
        name: "double well, 1e-6",
        ours: |x| x.iter().map(|x| 1e-6 * (x * x * x - x)).collect(),
        theirs: |x| {
            let slope = |x: &Dd| Dd::from(1e-6) * (*x * *x * *x - *x);
            x.iter().map(slope).collect()
        },
    },
];

const START: [f64; 2] = [-0.7, 2.0];

fn is_algorithm_1(_: &Context<'_>, epsilon: &Epsilon) -> Result<Finding> {
    let options = AdamOptions { epsilon: *epsilon, ..AdamOptions::default() };
    let constants = witness::Adam {
        rate: RATE,
        beta1: options.beta1,
        beta2: options.beta2,
        epsilon: EPSILON,
        root: Root::EpsilonOutside,
        decay: 0.0,
    };
    let mut worst = Worst::new(TRAJECTORY);
    let mut moved = [f64::NAN; 2];
    for toy in &TOYS {
        let path = witness::adam(&constants, &START, STEPS, |_, x| (toy.theirs)(x));
        let mut ours = Adam::new(2, options)?;
        let mut theta = START;
        for (t, expected) in path.iter().enumerate() {
            let gradient = (toy.ours)(&theta);
            ours.step(RATE, &mut theta, &gradient)?;
            for k in 0..2 {
                let place = || format!("{}, step {}, θ_{k}", toy.name, t + 1);
                worst.see(theta[k], expected[k].to_f64(), place);
            }
        }
        if moved[0].is_nan() {
            let end = path.last().map_or(f64::NAN, |theta| theta[0].to_f64());
            moved = [theta[0] - START[0], end - START[0]];
        }
    }
    let seen = 2 * TOYS.len() * STEPS as usize;
    let evidence = Evidence::from_iter([worst.into_check("θ_t against algorithm 1", seen)]);
    let headline = Headline {
        quantity: "way of θ_0 in 2000 steps on the loss of order 1e-8".into(),
        claimed: moved[0],
        value: moved[1],
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

/// The step after 50 equal gradients, in units of the rate.
fn step_under(g: f64, epsilon: Epsilon) -> Result<f64> {
    let mut adam = Adam::new(1, AdamOptions { epsilon, ..AdamOptions::default() })?;
    let mut last = 0.0;
    for _ in 0..50 {
        let mut theta = [0.0];
        adam.step(RATE, &mut theta, &[g])?;
        last = -theta[0] / RATE;
    }
    Ok(last)
}

fn moves_by(_: &Context<'_>, power: &f64) -> Result<Finding> {
    const ROUNDING: Tol = Tol::rel(1e-12).because("means of 50 equal numbers, and their bias corrections");
    let mut worst = Worst::new(ROUNDING);
    let formula = |g: f64| g / (g * g + EPSILON.powf(*power)).sqrt();
    for tenth in -120..=10 {
        let g = 10f64.powf(f64::from(tenth) / 10.0);
        worst.see(step_under(g, Epsilon::InsideRoot(EPSILON))?, formula(g), || format!("g = {g:e}"));
    }
    let evidence = Evidence::from_iter([worst.into_check("step over η against g/√(g² + ε)", 131)]);
    let headline = Headline {
        quantity: "step over η at g = 1e-8 (1/2 by algorithm 1)".into(),
        claimed: formula(1e-8),
        value: step_under(1e-8, Epsilon::InsideRoot(EPSILON))?,
        error: 1e-16,
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    let curve = |epsilon: Epsilon| -> Result<Vec<(f64, f64)>> {
        (-48..=4)
            .map(|k| {
                let g = 10f64.powf(f64::from(k) / 4.0);
                Ok((g, step_under(g, epsilon)?))
            })
            .collect()
    };
    let figure = Plot::new("Adam's step under a constant gradient, ε = 1e-8")
        .x_label("gradient g")
        .y_label("step / η")
        .x_log()
        .y_log()
        .line("algorithm 1: √v̂ + ε", vec![curve(Epsilon::OutsideRoot(EPSILON))?])
        .line("as printed: √(v̂ + ε)", vec![curve(Epsilon::InsideRoot(EPSILON))?])
        .vertical_rules("ε and √ε", [EPSILON, EPSILON.sqrt()])
        .render(
            "adam-epsilon",
            "Below √ε = 1e-4 the printed rule slows down; algorithm 1 does so only below ε = 1e-8.",
        )?;
    Ok(vec![figure])
}
