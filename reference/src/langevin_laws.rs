//! Laws of Langevin dynamics, `dφ = −S'(φ) dt + √(2α) dW` with stationary density `e^{−S/α}`, `α = 1` unless said.
//!
//! Linear drift, `S = ½kφ²`, in continuous time ([`Linear`]) and in steps of Euler and Maruyama,
//! `φ' = φ − εS'(φ) + √(2ε) η` ([`Euler`]), or of leapfrogs without a decision; a quartic ([`Quartic`]) by quadrature, its
//! steps by the kernel of one step, and with a complex coefficient, where complex Langevin dynamics should arrive.
//!
//! Source: G. Parisi, Y.-S. Wu, Sci. Sin. 24 (1981) 483; G. Aarts, Phys. Rev. Lett. 102 (2009) 131601 for complex couplings.
//! Euler's variance is the fixed point of `v = r²v + 2ε`, `r = 1 − εk`.

use crate::free_field::{Form, FreeField};
use crate::linalg::Complex;
use crate::quadrature::line;

/// `S = ½kφ²`, `k > 0`, in continuous time: the process of Ornstein and Uhlenbeck.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    /// `k`.
    pub k: f64,
}

impl Linear {
    /// Mean at time `t` from a mean `x0`.
    #[must_use]
    pub fn mean(&self, x0: f64, t: f64) -> f64 {
        x0 * (-self.k * t).exp()
    }

    /// Variance at time `t` from a variance `v0`.
    #[must_use]
    pub fn variance(&self, v0: f64, t: f64) -> f64 {
        let decay = -2.0 * self.k * t;
        v0 * decay.exp() - decay.exp_m1() / self.k
    }

    /// `<φ(0)φ(t)>` of the stationary process.
    #[must_use]
    pub fn covariance(&self, t: f64) -> f64 {
        (-self.k * t).exp() / self.k
    }
}

/// The same in steps of `ε`, stable for `εk < 2`.
#[derive(Clone, Copy, Debug)]
pub struct Euler {
    /// `k`.
    pub k: f64,
    /// `ε`.
    pub step: f64,
}

impl Euler {
    /// `1/[k(1 − εk/2)]`.
    #[must_use]
    pub fn stationary_variance(&self) -> f64 {
        1.0 / (self.k * (1.0 - 0.5 * self.step * self.k))
    }

    /// Mean and variance after `steps` from `x0` and `v0`, one step after the other.
    #[must_use]
    pub fn after(&self, steps: u32, x0: f64, v0: f64) -> (f64, f64) {
        let keep = 1.0 - self.step * self.k;
        (0..steps).fold((x0, v0), |(mean, variance), _| {
            (keep * mean, keep * keep * variance + 2.0 * self.step)
        })
    }

    /// The same in closed form: `x0 rⁿ`, `v0 r²ⁿ + 2ε(1 − r²ⁿ)/(1 − r²)`.
    #[must_use]
    pub fn after_closed(&self, steps: u32, x0: f64, v0: f64) -> (f64, f64) {
        let power = (1.0 - self.step * self.k).powi(steps as i32);
        let square = power * power;
        (
            x0 * power,
            v0 * square + self.stationary_variance() * (1.0 - square),
        )
    }
}

/// Stationary variance of leapfrogs of `S = ½kφ²` with fresh momenta and no decision, whatever their number:
/// `1/[k(1 − kε²/4)]`, `kε² < 4`. One leapfrog is an Euler step of `ε²/2`.
#[must_use]
pub fn leapfrog_variance(k: f64, step: f64) -> f64 {
    1.0 / (k * (1.0 - 0.25 * k * step * step))
}

/// `<φ²>` of Euler steps of `S = ½Σφ(□ + m²)φ` on a periodic lattice, mode by mode; `step = 0` is the exact field.
#[must_use]
pub fn free_field_phi2(extents: &[usize], mass2: f64, step: f64) -> f64 {
    let field = FreeField {
        extents: extents.to_vec(),
        mass2,
        form: Form::Half,
    };
    let modes = field.mode_variances();
    let each = |variance: &f64| {
        let k = 1.0 / variance;
        Euler { k, step }.stationary_variance()
    };
    modes.iter().map(each).sum::<f64>() / modes.len() as f64
}

/// Points of the kernel of one step.
const NODES: usize = 241;

/// Steps until it is stationary, if they are not too small.
const ITERATIONS: usize = 4000;

/// `S = ½kφ² + ¼gφ⁴`, `g > 0`.
#[derive(Clone, Copy, Debug)]
pub struct Quartic {
    /// `k`, any sign.
    pub k: f64,
    /// `g`.
    pub g: f64,
}

impl Quartic {
    fn action(&self, phi: f64) -> f64 {
        let square = phi * phi;
        square * (0.5 * self.k + 0.25 * self.g * square)
    }

    /// Beyond, `e^{−S/α}` is `e^{−75}` of its largest value.
    fn reach(&self, alpha: f64) -> f64 {
        let valley = (-self.k / self.g).max(0.0).sqrt();
        let mut reach = valley;
        while self.action(reach) - self.action(valley) < 75.0 * alpha {
            reach = 1.01 * reach + 1e-3;
        }
        reach
    }

    /// `<φ²>` and `<φ⁴>` of `e^{−S/α}`.
    #[must_use]
    pub fn moments(&self, alpha: f64) -> (f64, f64) {
        let reach = self.reach(alpha);
        let lowest = self.action((-self.k / self.g).max(0.0).sqrt());
        let moment = |power: i32| {
            let f = |phi: f64| phi.powi(power) * ((lowest - self.action(phi)) / alpha).exp();
            line(f, reach, reach / 400.0)
        };
        (moment(2) / moment(0), moment(4) / moment(0))
    }

    /// `<φ²>` and `<φ⁴>` of Euler steps `ε ≥ 0.005`: the top state of the kernel of one step, on an even grid.
    ///
    /// Steps from `φ² > (2/ε − k)/g` overshoot and run away, so that nothing is stationary. This is quasi-stationary, on
    /// `|φ| < 0.9 √((2/ε − k)/g)`: what a walk does that has not yet come so far.
    #[must_use]
    pub fn euler_moments(&self, step: f64) -> (f64, f64) {
        let safe = 0.9 * ((2.0 / step - self.k) / self.g).sqrt();
        let cut = safe.min(self.reach(1.0));
        let width = 2.0 * cut / (NODES - 1) as f64;
        let points: Vec<f64> = (0..NODES).map(|i| width * i as f64 - cut).collect();
        let drift = |phi: f64| phi - step * phi * (self.k + self.g * phi * phi);
        let kernel = |to: f64, from: f64| (-(to - drift(from)).powi(2) / (4.0 * step)).exp();
        let rows: Vec<Vec<f64>> = points
            .iter()
            .map(|&to| points.iter().map(|&from| kernel(to, from)).collect())
            .collect();
        let mut density: Vec<f64> = points
            .iter()
            .map(|&phi| (-self.action(phi)).exp())
            .collect();
        for _ in 0..ITERATIONS {
            let dot = |row: &Vec<f64>| row.iter().zip(&density).map(|(k, p)| k * p).sum::<f64>();
            let mut next: Vec<f64> = rows.iter().map(dot).collect();
            let total: f64 = next.iter().sum();
            next.iter_mut().for_each(|p| *p /= total);
            let moved: f64 = next.iter().zip(&density).map(|(p, q)| (p - q).abs()).sum();
            density = next;
            if moved < 1e-16 {
                break;
            }
        }
        let moment = |power: i32| {
            let terms = points.iter().zip(&density);
            terms.map(|(phi, p)| phi.powi(power) * p).sum::<f64>()
        };
        (moment(2), moment(4))
    }
}

/// `<x²>` and `<x⁴>` of the complex weight `e^{−½σx² − ¼gx⁴}` on the real line, `g ≥ 0`, `Re σ > 0` where `g` is zero.
///
/// With `g = 0` they are `1/σ` and `3/σ²`.
#[must_use]
pub fn complex_moments(sigma: Complex, g: f64) -> (Complex, Complex) {
    let real = |x: f64| x * x * (0.5 * sigma.re + 0.25 * g * x * x);
    let valley = if g > 0.0 {
        (-sigma.re / g).max(0.0).sqrt()
    } else {
        0.0
    };
    let mut reach = valley;
    while real(reach) - real(valley) < 75.0 {
        reach = 1.01 * reach + 1e-3;
    }
    let part = |power: i32, phase: fn(f64) -> f64| {
        let f = |x: f64| {
            x.powi(power) * (real(valley) - real(x)).exp() * phase(-0.5 * sigma.im * x * x)
        };
        line(f, reach, reach / 1000.0)
    };
    let moment = |power: i32| Complex::new(part(power, f64::cos), part(power, f64::sin));
    let z = moment(0);
    (moment(2).over(z), moment(4).over(z))
}

/// Variance of `dx = σᵗ dW` at `t` from a point: `(σ^{2t} − 1)/(2 ln σ)`, `σ > 1`.
#[must_use]
pub fn exploding_variance(sigma: f64, t: f64) -> f64 {
    let twice = 2.0 * sigma.ln();
    (twice * t).exp_m1() / twice
}

/// `ln p(x)` and the score `d ln p/dx` of a mixture of normal densities `(weight, mean, variance)`, each made wider by
/// `added` variance: the marginal of a diffusion that began in the mixture.
#[must_use]
pub fn mixture(parts: &[(f64, f64, f64)], added: f64, x: f64) -> (f64, f64) {
    let term = |&(weight, mean, variance): &(f64, f64, f64)| {
        let wide = variance + added;
        let apart = x - mean;
        let density = (-0.5 * apart * apart / wide).exp() / (std::f64::consts::TAU * wide).sqrt();
        (weight * density, -weight * density * apart / wide)
    };
    let (mut p, mut slope) = (0.0, 0.0);
    for (density, change) in parts.iter().map(term) {
        p += density;
        slope += change;
    }
    (p.ln(), slope / p)
}
