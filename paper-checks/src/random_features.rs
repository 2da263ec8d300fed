//! Networks of one hidden layer whose hidden weights are drawn, not trained: what is left is linear.
//!
//! `f(x) = c₀ + Σ_j c_j σ(w_j·x + b_j)` with the best `c` by least squares, which is a convex problem
//! with an exact answer: an error that does not fall is then the network's and not the optimiser's. A
//! trained network of the same width can only be better. The hidden layer runs on the core's graph.
//!
//! Witness: the same projection by Gram–Schmidt, [`residual_by_witness`].

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::autodiff::Plan;
use fieldassay::linalg::{Matrix, Qr, matmul};
use fieldassay::num::Tol;
use fieldassay::rng::Rng;
use fieldassay::tensor::{Batched, Feed, Graph, Shape, Var};
use fieldassay::verdict::{Check, exact};
use fieldassay_reference::linalg::{Complex, ComplexRows, gram_schmidt};

/// Weight of `|c|²` in the least squares, in units of a column's length: columns of smooth features are
/// dependent to rounding, and without it the coefficients would be too.
const RIDGE: f64 = 1e-9;

/// What follows the affine map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Hyperbolic tangent.
    Tanh,
    /// `ln(1 + e^z)`.
    Softplus,
    /// `max(z, 0)`.
    Relu,
    /// Sine.
    Sin,
    /// `z²`, a polynomial: no width makes this network universal.
    Square,
}

impl Activation {
    /// Its usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tanh => "tanh",
            Self::Softplus => "softplus",
            Self::Relu => "ReLU",
            Self::Sin => "sin",
            Self::Square => "square",
        }
    }

    /// Its value and its derivative at `z`.
    #[must_use]
    pub fn at(self, z: f64) -> (f64, f64) {
        match self {
            Self::Tanh => (z.tanh(), 1.0 - z.tanh().powi(2)),
            Self::Softplus => (
                z.max(0.0) + (-z.abs()).exp().ln_1p(),
                1.0 / (1.0 + (-z).exp()),
            ),
            Self::Relu => (z.max(0.0), f64::from(u8::from(z > 0.0))),
            Self::Sin => z.sin_cos(),
            Self::Square => (z * z, 2.0 * z),
        }
    }

    /// Appends it to a graph.
    ///
    /// # Errors  those of the graph.
    pub fn of(self, g: &mut Graph, z: Var) -> Result<Var> {
        match self {
            Self::Tanh => g.tanh(z),
            Self::Softplus => g.softplus(z),
            Self::Relu => g.relu(z),
            Self::Sin => g.sin(z),
            Self::Square => g.square(z),
        }
    }
}

/// A hidden layer: `weights: (units, inputs)`, `biases: (units,)`.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// Row-major.
    pub weights: Vec<f64>,
    /// One per unit.
    pub biases: Vec<f64>,
    /// What follows.
    pub activation: Activation,
}

impl Hidden {
    /// Units for functions on `[−1, 1]`: slopes from 2 to `units`, evenly on a logarithmic scale, centres in
    /// `[−1.2, 1.2]`; for the sine frequencies up to `3/8·π·units`, which is three quarters of what as many points resolve.
    #[must_use]
    pub fn on_interval(activation: Activation, units: usize, rng: &mut Rng) -> Self {
        let (mut weights, mut biases) = (Vec::new(), Vec::new());
        for _ in 0..units {
            if activation == Activation::Sin {
                weights.push(rng.uniform_in(-1.0, 1.0) * 0.375 * PI * units as f64);
                biases.push(rng.uniform_in(-PI, PI));
            } else {
                let sign = if rng.uniform() < 0.5 { -1.0 } else { 1.0 };
                let slope = sign * 2.0 * (0.5 * units as f64).powf(rng.uniform());
                weights.push(slope);
                biases.push(slope * rng.uniform_in(-1.2, 1.2));
            }
        }
        Self {
            weights,
            biases,
            activation,
        }
    }

    /// A one and the units' values, for points given one after the other.
    ///
    /// # Shapes  `points: (n, inputs)` → `(n, 1 + units)`.
    /// # Errors  those of the graph and its plan.
    pub fn features(&self, points: &[f64]) -> Result<Matrix<f64>> {
        let units = self.biases.len();
        let inputs = self.weights.len() / units;
        let samples = points.len() / inputs;
        let mut g = Graph::new();
        let w = g.input("weights", Shape::shared(&[units, inputs]))?;
        let b = g.input("biases", Shape::shared(&[units]))?;
        let x = g.input("x", Shape::batched(&[inputs]))?;
        let z = g.linear(w, x)?;
        let z = g.add(z, b)?;
        let h = self.activation.of(&mut g, z)?;
        let mut plan = Plan::<f64>::new(&g, &[h], samples)?;
        let parameters = [&self.weights[..], &self.biases[..]].concat();
        plan.run(&Feed::with_parameters(
            &parameters,
            &[Batched::Rows(points)],
        ))?;
        let h = plan.output(0);
        let value = |i: usize, j: usize| {
            if j == 0 {
                1.0
            } else {
                h[(j - 1) * samples + i]
            }
        };
        Ok(Matrix::from_fn(samples, units + 1, value))
    }
}

/// Columns of length one with the ridge below them, and the lengths.
fn prepared(features: &Matrix<f64>) -> (Matrix<f64>, Vec<f64>) {
    let (n, columns) = features.shape();
    let length = |j: usize| (0..n).map(|i| features[(i, j)].powi(2)).sum::<f64>().sqrt();
    // A unit that is off at every point has no length; its coefficient comes out zero.
    let lengths: Vec<f64> = (0..columns)
        .map(length)
        .map(|l| if l > 0.0 { l } else { 1.0 })
        .collect();
    let entry = |i: usize, j: usize| match i.checked_sub(n) {
        None => features[(i, j)] / lengths[j],
        Some(row) if row == j => RIDGE,
        Some(_) => 0.0,
    };
    (Matrix::from_fn(n + columns, columns, entry), lengths)
}

/// The best coefficients for each column of `targets`.
///
/// # Shapes  `features: (n, k)`, `targets: (n, t)` → `(k, t)`.
/// # Errors  those of the decomposition.
pub fn fit(features: &Matrix<f64>, targets: &Matrix<f64>) -> Result<Matrix<f64>> {
    let (a, lengths) = prepared(features);
    let n = features.rows();
    let below = |i: usize, j: usize| if i < n { targets[(i, j)] } else { 0.0 };
    let b = Matrix::from_fn(a.rows(), targets.cols(), below);
    let c = Qr::new(&a)?.least_squares(&b)?;
    Ok(Matrix::from_fn(c.rows(), c.cols(), |i, j| {
        c[(i, j)] / lengths[i]
    }))
}

/// `features·coefficients − targets`.
///
/// # Errors  `Error::ShapeMismatch`.
pub fn residuals(
    features: &Matrix<f64>,
    coefficients: &Matrix<f64>,
    targets: &Matrix<f64>,
) -> Result<Matrix<f64>> {
    let values = matmul(features.view(), coefficients.view())?;
    let (rows, cols) = values.shape();
    Ok(Matrix::from_fn(rows, cols, |i, j| {
        values[(i, j)] - targets[(i, j)]
    }))
}

/// Root mean square of column `j`.
#[must_use]
pub fn rms(residuals: &Matrix<f64>, j: usize) -> f64 {
    let n = residuals.rows();
    ((0..n).map(|i| residuals[(i, j)].powi(2)).sum::<f64>() / n as f64).sqrt()
}

/// Largest modulus in column `j`; NaN if any entry is.
#[must_use]
pub fn largest(residuals: &Matrix<f64>, j: usize) -> f64 {
    let grow = |most: f64, x: f64| if x.abs() <= most { most } else { x.abs() };
    (0..residuals.rows())
        .map(|i| residuals[(i, j)])
        .fold(0.0, grow)
}

/// The root mean square that is left of column `j`, ridge included, by orthogonalising column after
/// column instead of reflecting them.
#[must_use]
pub fn residual_by_witness(features: &Matrix<f64>, targets: &Matrix<f64>, j: usize) -> f64 {
    let (a, _) = prepared(features);
    let n = features.rows();
    let entry = |i: usize, k: usize| Complex::new(a[(i, k)], 0.0);
    let rows: ComplexRows = (0..a.rows())
        .map(|i| (0..a.cols()).map(|k| entry(i, k)).collect())
        .collect();
    let (q, _) = gram_schmidt(&rows);
    let mut left: Vec<f64> = (0..a.rows())
        .map(|i| if i < n { targets[(i, j)] } else { 0.0 })
        .collect();
    for k in 0..a.cols() {
        let overlap: f64 = left.iter().zip(&q).map(|(y, row)| y * row[k].re).sum();
        for (y, row) in left.iter_mut().zip(&q) {
            *y -= overlap * row[k].re;
        }
    }
    (left[..n].iter().map(|y| y * y).sum::<f64>() / n as f64).sqrt()
}

/// The library's least squares against the witness.
///
/// # Errors  those of the decomposition.
pub fn agrees_with_witness(features: &Matrix<f64>, targets: &Matrix<f64>) -> Result<Check> {
    const PROJECTION: Tol = Tol::abs(1e-9)
        .because("rounding over the ridge is 1e-7 of what is orthogonal, squared in the residual");
    let left = residuals(features, &fit(features, targets)?, targets)?;
    let witness = residual_by_witness(features, targets, 0);
    Ok(exact(
        "residual of a small network against Gram–Schmidt",
        rms(&left, 0),
        witness,
        PROJECTION,
    ))
}

/// The middle of an odd number of values; NaN sorts last.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
