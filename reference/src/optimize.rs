//! Optimisers as they are printed: first-order methods and fits in double-double, BFGS with dense matrices.
//!
//! | method | here | main crate |
//! |---|---|---|
//! | Adam, AdamW, momentum | parameter by parameter, 31 digits, `βᵗ` by multiplication | fused kernel, `expm1` |
//! | BFGS | products of three matrices; step halved and doubled | multiplied out; cubic interpolation |
//! | least squares | Gauss–Newton, normal equations in 31 digits | Levenberg–Marquardt, QR |
//! | `AS + SA = Q` | `n²` linear equations | none |

#![allow(
    clippy::needless_range_loop,
    reason = "index loops are the formulas as printed"
)]

use crate::dd::Dd;

/// Where Adam's ε stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// `√v̂ + ε`.
    EpsilonOutside,
    /// `√(v̂ + ε)`.
    EpsilonInside,
}

/// The constants of Adam, or with `decay` of AdamW.
#[derive(Clone, Copy, Debug)]
pub struct Adam {
    /// Learning rate.
    pub rate: f64,
    /// Decay of the mean.
    pub beta1: f64,
    /// Decay of the mean square.
    pub beta2: f64,
    /// Regularisation.
    pub epsilon: f64,
    /// Where it stands.
    pub root: Root,
    /// Decoupled weight decay.
    pub decay: f64,
}

/// Parameters after each of `steps` steps of Adam; `gradient(t, θ)` with `t = 1, 2, …`.
#[must_use]
pub fn adam(
    constants: &Adam,
    start: &[f64],
    steps: u32,
    mut gradient: impl FnMut(u32, &[Dd]) -> Vec<Dd>,
) -> Vec<Vec<Dd>> {
    let one = Dd::ONE;
    let (rate, epsilon) = (Dd::from(constants.rate), Dd::from(constants.epsilon));
    let (beta1, beta2) = (Dd::from(constants.beta1), Dd::from(constants.beta2));
    let mut theta: Vec<Dd> = start.iter().map(|x| Dd::from(*x)).collect();
    let mut m = vec![Dd::ZERO; theta.len()];
    let mut v = m.clone();
    let mut path = Vec::new();
    for t in 1..=steps {
        let g = gradient(t, &theta);
        for i in 0..theta.len() {
            m[i] = beta1 * m[i] + (one - beta1) * g[i];
            v[i] = beta2 * v[i] + (one - beta2) * g[i] * g[i];
            let m_hat = m[i] / (one - beta1.powi(t));
            let v_hat = v[i] / (one - beta2.powi(t));
            let denominator = match constants.root {
                Root::EpsilonOutside => v_hat.sqrt() + epsilon,
                Root::EpsilonInside => (v_hat + epsilon).sqrt(),
            };
            let decay = rate * Dd::from(constants.decay) * theta[i];
            theta[i] = theta[i] - decay - rate * m_hat / denominator;
        }
        path.push(theta.clone());
    }
    path
}

/// The constants of gradient descent.
#[derive(Clone, Copy, Debug)]
pub struct Descent {
    /// Learning rate.
    pub rate: f64,
    /// `μ`; zero for plain descent.
    pub momentum: f64,
    /// Whether the gradient is looked at again behind the velocity.
    pub nesterov: bool,
    /// `λ` of a penalty `λθ²/2`.
    pub decay: f64,
}

/// Parameters after each of `steps` steps of gradient descent.
#[must_use]
pub fn descend(
    constants: &Descent,
    start: &[f64],
    steps: u32,
    mut gradient: impl FnMut(u32, &[Dd]) -> Vec<Dd>,
) -> Vec<Vec<Dd>> {
    let (rate, momentum) = (Dd::from(constants.rate), Dd::from(constants.momentum));
    let mut theta: Vec<Dd> = start.iter().map(|x| Dd::from(*x)).collect();
    let mut velocity = vec![Dd::ZERO; theta.len()];
    let mut path = Vec::new();
    for t in 1..=steps {
        let bare = gradient(t, &theta);
        for i in 0..theta.len() {
            let g = bare[i] + Dd::from(constants.decay) * theta[i];
            velocity[i] = momentum * velocity[i] + g;
            let ahead = g + momentum * velocity[i];
            let move_by = if constants.nesterov {
                ahead
            } else {
                velocity[i]
            };
            theta[i] = theta[i] - rate * move_by;
        }
        path.push(theta.clone());
    }
    path
}

type Rows = Vec<Vec<f64>>;

fn times(a: &Rows, b: &Rows) -> Rows {
    let entry = |i: usize, j: usize| (0..b.len()).map(|k| a[i][k] * b[k][j]).sum();
    (0..a.len())
        .map(|i| (0..b[0].len()).map(|j| entry(i, j)).collect())
        .collect()
}

fn inner(a: &[f64], b: &[f64]) -> f64 {
    (0..a.len()).map(|i| a[i] * b[i]).sum()
}

/// Points and inverse Hessian of BFGS from the identity, until no gradient entry exceeds `gradient_limit`.
///
/// A step length is halved while the value is too high and doubled (or the interval halved) while
/// the slope is too steep, until both strong Wolfe conditions hold with 1e-4 and 0.9.
#[must_use]
pub fn bfgs(
    value: impl Fn(&[f64]) -> f64,
    gradient: impl Fn(&[f64]) -> Vec<f64>,
    start: &[f64],
    gradient_limit: f64,
    iterations: usize,
) -> (Vec<Vec<f64>>, Rows) {
    let n = start.len();
    let unit = |i: usize, j: usize| f64::from(u8::from(i == j));
    let mut h: Rows = (0..n)
        .map(|i| (0..n).map(|j| unit(i, j)).collect())
        .collect();
    let mut path = vec![start.to_vec()];
    for _ in 0..iterations {
        let x = path[path.len() - 1].clone();
        let g = gradient(&x);
        if g.iter().all(|g| g.abs() <= gradient_limit) {
            break;
        }
        let p: Vec<f64> = (0..n).map(|i| -inner(&h[i], &g)).collect();
        let next = bisected(&value, &gradient, &x, &p);
        let s: Vec<f64> = (0..n).map(|i| next[i] - x[i]).collect();
        let new_gradient = gradient(&next);
        let y: Vec<f64> = (0..n).map(|i| new_gradient[i] - g[i]).collect();
        let rho = 1.0 / inner(&s, &y);
        let left: Rows = (0..n)
            .map(|i| (0..n).map(|j| unit(i, j) - rho * s[i] * y[j]).collect())
            .collect();
        let right: Rows = (0..n)
            .map(|i| (0..n).map(|j| left[j][i]).collect())
            .collect();
        h = times(&times(&left, &h), &right);
        for i in 0..n {
            for j in 0..n {
                h[i][j] += rho * s[i] * s[j];
            }
        }
        path.push(next);
    }
    (path, h)
}

fn bisected(
    value: &impl Fn(&[f64]) -> f64,
    gradient: &impl Fn(&[f64]) -> Vec<f64>,
    x: &[f64],
    p: &[f64],
) -> Vec<f64> {
    let at = |alpha: f64| -> Vec<f64> { (0..x.len()).map(|i| x[i] + alpha * p[i]).collect() };
    let (start, slope) = (value(x), inner(&gradient(x), p));
    let (mut low, mut high, mut alpha) = (0.0, f64::INFINITY, 1.0);
    for _ in 0..100 {
        let there = at(alpha);
        let slope_there = inner(&gradient(&there), p);
        if !(value(&there) <= start + 1e-4 * alpha * slope) || slope_there > -0.9 * slope {
            high = alpha;
        } else if slope_there < 0.9 * slope {
            low = alpha;
        } else {
            break;
        }
        alpha = if high.is_finite() {
            0.5 * (low + high)
        } else {
            2.0 * low
        };
    }
    at(alpha)
}

/// `x` with `A·x = b`, by elimination with partial pivoting in double-double.
#[must_use]
pub fn solve(a: &[Vec<Dd>], b: &[Dd]) -> Vec<Dd> {
    let n = b.len();
    let (mut a, mut b) = (a.to_vec(), b.to_vec());
    for k in 0..n {
        for i in k + 1..n {
            if a[i][k].abs().to_f64() > a[k][k].abs().to_f64() {
                a.swap(i, k);
                b.swap(i, k);
            }
        }
        for i in k + 1..n {
            let factor = a[i][k] / a[k][k];
            for j in k..n {
                a[i][j] = a[i][j] - factor * a[k][j];
            }
            b[i] = b[i] - factor * b[k];
        }
    }
    for k in (0..n).rev() {
        for j in k + 1..n {
            b[k] = b[k] - a[k][j] * b[j];
        }
        b[k] = b[k] / a[k][k];
    }
    b
}

/// The least-squares parameters, `Σr²` and `(JᵀJ)⁻¹` by `rounds` undamped Gauss–Newton steps; `model(θ)`
/// gives residuals and Jacobian.
#[must_use]
pub fn gauss_newton(
    model: impl Fn(&[Dd]) -> (Vec<Dd>, Vec<Vec<Dd>>),
    start: &[f64],
    rounds: usize,
) -> (Vec<Dd>, Dd, Vec<Vec<Dd>>) {
    let n = start.len();
    let mut theta: Vec<Dd> = start.iter().map(|x| Dd::from(*x)).collect();
    for _ in 0..rounds {
        let (normal, right, _) = normal_equations(&model, &theta);
        let step = solve(&normal, &right);
        for i in 0..n {
            theta[i] = theta[i] - step[i];
        }
    }
    let (normal, _, chi2) = normal_equations(&model, &theta);
    let unit = |k: usize| -> Vec<Dd> {
        (0..n)
            .map(|i| if i == k { Dd::ONE } else { Dd::ZERO })
            .collect()
    };
    let covariance = (0..n).map(|k| solve(&normal, &unit(k))).collect();
    (theta, chi2, covariance)
}

type NormalEquations = (Vec<Vec<Dd>>, Vec<Dd>, Dd);

fn normal_equations(
    model: &impl Fn(&[Dd]) -> (Vec<Dd>, Vec<Vec<Dd>>),
    theta: &[Dd],
) -> NormalEquations {
    let n = theta.len();
    let (r, jacobian) = model(theta);
    let (mut normal, mut right) = (vec![vec![Dd::ZERO; n]; n], vec![Dd::ZERO; n]);
    let mut chi2 = Dd::ZERO;
    for d in 0..r.len() {
        chi2 = chi2 + r[d] * r[d];
        for i in 0..n {
            right[i] = right[i] + jacobian[d][i] * r[d];
            for j in 0..n {
                normal[i][j] = normal[i][j] + jacobian[d][i] * jacobian[d][j];
            }
        }
    }
    (normal, right, chi2)
}
