//! `exploding-parameters`: how many weights an error of 1 % costs, dimension by dimension.
//!
//! One hidden layer of sines with drawn weights, the readout by least squares. Generic target: `Π_k sin(3x_k/2)`,
//! which has no direction of its own; weights are drawn from `N(0, 2.25)` in all directions. Ridge target:
//! `sin(3/2 Σ_k x_k/√d)`, a function of one number; all weights along that direction, which training would have to
//! find. The width grows by steps of a quarter until the median of three draws is within 1 % (relative, in the mean
//! square over `[−1, 1]^d`, points not fitted), so a width is known to about that step, and the bounds below leave a
//! factor of two. The count of parameters is an upper bound on what a trained network needs: this is no law of
//! nature, and no exponent is claimed.
//!
//! Decider: the error itself; the least squares also by Gram–Schmidt (`random_features`).

use fieldassay::Result;
use fieldassay::linalg::Matrix;
use fieldassay::report::{Figure, Plot};
use fieldassay::rng::Rng;
use fieldassay::verdict::{Evidence, Verdict, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement, interrupted};
use crate::random_features::{self as features, Activation, Hidden};

const DIMENSIONS: usize = 4;
const GOAL: f64 = 1e-2;
const FREQUENCY: f64 = 1.5;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "exploding-parameters",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"NN Can Approximate 'Any' Function\"",
        "Universal Approximation Theorem (UAT): … With the cost of exploding number of parameters",
        vec![
            Statement::says(
                "as printed",
                "The parameters that a network needs for an error of 1 % grow faster than the cube of the \
                 dimension of its input.",
                "a growth from one to four dimensions, or from three to four, that a cube exceeds",
            )
            .decided_by(
                Verdict::Qualified,
                outgrows_the_cube,
                Target::Product,
                Alteration::new("product of all coordinates → function of one direction", Target::Ridge),
            ),
            Statement::says(
                "ridge",
                "For a function of one direction, with hidden weights along it, they grow about linearly.",
                "more than twice d times the parameters of one dimension",
            )
            .decided_by(
                Verdict::Supported,
                grows_linearly,
                Target::Ridge,
                Alteration::new("function of one direction → product of all coordinates", Target::Product),
            ),
        ],
    )
    .with_figures(figures)
}

/// What is to be approximated.
#[derive(Clone, Copy, Debug)]
enum Target {
    Product,
    Ridge,
}

impl Target {
    fn at(self, x: &[f64]) -> f64 {
        match self {
            Self::Product => x.iter().map(|x| (FREQUENCY * x).sin()).product(),
            Self::Ridge => (FREQUENCY * x.iter().sum::<f64>() / (x.len() as f64).sqrt()).sin(),
        }
    }

    fn hidden(self, d: usize, units: usize, rng: &mut Rng) -> Hidden {
        let mut weights = Vec::with_capacity(units * d);
        for _ in 0..units {
            match self {
                Self::Product => weights.extend((0..d).map(|_| FREQUENCY * rng.normal())),
                Self::Ridge => {
                    let along = 2.0 * FREQUENCY * rng.uniform_in(-1.0, 1.0) / (d as f64).sqrt();
                    weights.extend(std::iter::repeat_n(along, d));
                }
            }
        }
        let biases = (0..units).map(|_| rng.uniform_in(0.0, std::f64::consts::TAU)).collect();
        Hidden { weights, biases, activation: Activation::Sin }
    }

    fn column(self, d: usize, points: &[f64]) -> Matrix<f64> {
        Matrix::from_fn(points.len() / d, 1, |i, _| self.at(&points[i * d..(i + 1) * d]))
    }
}

fn cube(points: usize, d: usize, rng: &mut Rng) -> Vec<f64> {
    (0..points * d).map(|_| rng.uniform_in(-1.0, 1.0)).collect()
}

/// Relative root mean square error at 1000 points, fitted at twice as many points as units, and 200.
fn error(target: Target, d: usize, units: usize, rng: &mut Rng) -> Result<f64> {
    let net = target.hidden(d, units, rng);
    let (train, test) = (cube(2 * units + 200, d, rng), cube(1000, d, rng));
    let c = features::fit(&net.features(&train)?, &target.column(d, &train))?;
    let truth = target.column(d, &test);
    let left = features::residuals(&net.features(&test)?, &c, &truth)?;
    Ok(features::rms(&left, 0) / features::rms(&truth, 0))
}

/// The parameters that reach the goal in 1, …, [`DIMENSIONS`] dimensions.
fn parameters(context: &Context<'_>, target: Target) -> Result<Vec<f64>> {
    const MOST: usize = 2000;
    let mut rng = context.stream("hidden weights");
    let mut units = 3;
    let mut needed = Vec::new();
    for d in 1..=DIMENSIONS {
        loop {
            if context.interrupted() {
                return Err(interrupted());
            }
            let errors: Vec<f64> =
                (0..3).map(|_| error(target, d, units, &mut rng)).collect::<Result<_>>()?;
            // A search that does not arrive counts with where it ended.
            if features::median(&errors) <= GOAL || units >= MOST {
                break;
            }
            units += units.div_ceil(4);
        }
        needed.push((units * (d + 2) + 1) as f64);
        // The next dimension may need as few, but no fewer than three.
        units = match target {
            Target::Product => units,
            Target::Ridge => 3,
        };
    }
    Ok(needed)
}

/// The least squares against the witness, in two dimensions.
fn evidence(context: &Context<'_>, target: Target) -> Result<Evidence> {
    let mut rng = context.stream("witness");
    let points = cube(60, 2, &mut rng);
    let net = target.hidden(2, 8, &mut rng);
    let check = features::agrees_with_witness(&net.features(&points)?, &target.column(2, &points))?;
    Ok(Evidence::from_iter([check]))
}

fn outgrows_the_cube(context: &Context<'_>, target: &Target) -> Result<Finding> {
    let mut evidence = evidence(context, *target)?;
    let needed = parameters(context, *target)?;
    for from in [1, DIMENSIONS - 1] {
        let ratio = needed[DIMENSIONS - 1] / needed[from - 1];
        let cube = (DIMENSIONS as f64 / from as f64).powi(3);
        evidence.push(fact(
            format!("parameters in {DIMENSIONS} dimensions over those in {from} exceed the cube"),
            ratio > cube,
            format!("{ratio:.1} against {cube:.1}; parameters {needed:?}"),
        ));
    }
    let headline = Headline {
        quantity: "growth of the parameters from one to four dimensions (64 is a cube)".into(),
        claimed: (DIMENSIONS as f64).powi(3),
        value: needed[DIMENSIONS - 1] / needed[0],
        error: 0.25 * needed[DIMENSIONS - 1] / needed[0],
    };
    Ok(Finding::new(evidence, headline).qualified(
        "for a target without structure and hidden weights that are drawn; a function of one direction costs a number \
         of parameters linear in the dimension",
    ))
}

fn grows_linearly(context: &Context<'_>, target: &Target) -> Result<Finding> {
    let mut evidence = evidence(context, *target)?;
    let needed = parameters(context, *target)?;
    for (d, count) in (1..).zip(&needed).skip(1) {
        let ratio = count / needed[0];
        evidence.push(fact(
            format!("parameters in {d} dimensions are at most 2·{d} times those in one"),
            ratio <= 2.0 * f64::from(d),
            format!("{ratio:.1}; parameters {needed:?}"),
        ));
    }
    let headline = Headline {
        quantity: "growth of the parameters from one to four dimensions (4 is linear)".into(),
        claimed: DIMENSIONS as f64,
        value: needed[DIMENSIONS - 1] / needed[0],
        error: 0.25 * needed[DIMENSIONS - 1] / needed[0],
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let curve = |target: Target| -> Result<Vec<(f64, f64)>> {
        Ok((1..).map(f64::from).zip(parameters(context, target)?).collect())
    };
    let product = curve(Target::Product)?;
    let cube = product.iter().map(|&(d, _)| (d, product[0].1 * d.powi(3))).collect();
    let figure = Plot::new("Parameters for an error of 1 %, hidden weights drawn")
        .x_label("dimension")
        .y_label("weights and biases")
        .y_log()
        .points("product of sines", product)
        .points("sine along one direction", curve(Target::Ridge)?)
        .line("cube of the dimension", vec![cube])
        .render(
            "parameters-by-dimension",
            "Whether the number explodes depends on the target: a product leaves the cube behind, a function of one \
             direction stays linear.",
        )?;
    Ok(vec![figure])
}
