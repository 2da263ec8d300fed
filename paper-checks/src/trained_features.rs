//! Networks of one hidden layer of which everything is trained, from drawn hidden weights and the best readout.
//!
//! Training only lowers the sum of squares that [`random_features`](crate::random_features) leaves, so that a trained
//! network shows how much a width can do beyond a drawn one. Levenberg–Marquardt, whose Jacobian is written out:
//! residuals are few enough.

use fieldassay::Result;
use fieldassay::linalg::Matrix;
use fieldassay::optimize::{FitOptions, LevenbergMarquardt};

use crate::random_features::{self as drawn, Activation, Hidden};

/// A hidden layer on one input with its readout.
#[derive(Clone, Debug)]
pub struct Trained {
    activation: Activation,
    /// `w, b, c` of every unit, then the constant.
    theta: Vec<f64>,
}

impl Trained {
    /// `net` with its best readout for `(points, values)`, and all of it after at most `iterations` of training.
    ///
    /// # Errors  those of the decompositions.
    pub fn from_drawn(
        net: &Hidden,
        points: &[f64],
        values: &[f64],
        iterations: usize,
    ) -> Result<Self> {
        let y = Matrix::from_vec(values.len(), 1, values.to_vec())?;
        let readout = drawn::fit(&net.features(points)?, &y)?;
        let mut theta = Vec::new();
        for (j, (w, b)) in net.weights.iter().zip(&net.biases).enumerate() {
            theta.extend([*w, *b, readout[(j + 1, 0)]]);
        }
        theta.push(readout[(0, 0)]);
        let options = FitOptions {
            tolerance: 1e-8,
            iterations,
            ..FitOptions::default()
        };
        let mut search = LevenbergMarquardt::new(theta, points.len(), options)?;
        let mut model = |theta: &[f64], r: &mut [f64], mut jacobian: Option<&mut Matrix<f64>>| {
            for (i, (x, y)) in points.iter().zip(values).enumerate() {
                let row = jacobian.as_mut().map(|jacobian| jacobian.row_mut(i));
                r[i] = value(net.activation, theta, *x, row) - y;
            }
        };
        let theta = search.run(&mut model)?.theta;
        Ok(Self {
            activation: net.activation,
            theta,
        })
    }

    /// Root mean square of its distance from `f` on `points`.
    pub fn error(&self, points: &[f64], f: impl Fn(f64) -> f64) -> f64 {
        let difference = |x: f64| value(self.activation, &self.theta, x, None) - f(x);
        let squares = points.iter().map(|&x| difference(x).powi(2));
        (squares.sum::<f64>() / points.len() as f64).sqrt()
    }
}

/// `c₀ + Σ_j c_j σ(w_j x + b_j)`, and where asked its derivatives by the parameters.
fn value(activation: Activation, theta: &[f64], x: f64, mut gradient: Option<&mut [f64]>) -> f64 {
    let (units, constant) = theta.split_at(theta.len() - 1);
    let mut sum = constant[0];
    for (j, unit) in units.chunks_exact(3).enumerate() {
        let (sigma, slope) = activation.at(unit[0] * x + unit[1]);
        sum += unit[2] * sigma;
        if let Some(gradient) = gradient.as_mut() {
            let inner = unit[2] * slope;
            gradient[3 * j..3 * j + 3].copy_from_slice(&[inner * x, inner, sigma]);
        }
    }
    if let Some(gradient) = gradient {
        gradient[units.len()] = 1.0;
    }
    sum
}
