//! What a field takes its values in.

use super::field::{Field, Tangent};
use super::sum::ChainSum;
use crate::num::axpy_into;

/// The values of a variable.
pub trait Manifold: Copy + std::fmt::Debug + Send + Sync + 'static {
    /// What it is stored as.
    type Number: Copy + PartialEq + Default + std::fmt::Debug + Send + Sync + 'static;
    /// Its name in specifications.
    const NAME: &'static str;
    /// Numbers that a variable is stored in.
    const NUMBERS: usize = Self::NEUTRAL.len();
    /// The element that an ordered ("cold") start consists of.
    const NEUTRAL: &'static [Self::Number];
}

/// A manifold with a flow: what molecular dynamics, Langevin equations and finite differences need.
pub trait Continuous: Manifold<Number = f64> {
    /// The dimension of a tangent space.
    const DIMENSION: usize;

    /// `out ← exp(step·p) q`, for every variable.
    ///
    /// # Panics  if the shapes differ.
    fn retract(q: &Field<Self>, p: &Tangent<Self>, step: f64, out: &mut Field<Self>);

    /// The squared geodesic distance of two configurations, for every chain.
    ///
    /// # Shapes  `d2: (chains,)`.
    /// # Panics  if the shapes differ.
    fn distance2(a: &Field<Self>, b: &Field<Self>, d2: &mut [f64]);
}

/// Kinetic energy `½ Σ p²` of every chain.
///
/// # Shapes  `k: (chains,)`.
/// # Panics  if `k` is not one number a chain.
pub fn kinetic_energy<M: Continuous>(p: &Tangent<M>, k: &mut [f64]) {
    let mut sum = ChainSum::new(p.chains());
    let row = p.lattice().row_length() * p.chains();
    for row in p.numbers().chunks_exact(row.max(1)) {
        sum.add_squares(row);
    }
    sum.finish(k);
    k.iter_mut().for_each(|k| *k *= 0.5);
}

/// The real numbers: scalar fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RealLine;

impl Manifold for RealLine {
    type Number = f64;
    const NAME: &'static str = "real";
    const NEUTRAL: &'static [f64] = &[0.0];
}

impl Continuous for RealLine {
    const DIMENSION: usize = 1;

    fn retract(q: &Field<Self>, p: &Tangent<Self>, step: f64, out: &mut Field<Self>) {
        axpy_into(step, p.numbers(), q.numbers(), out.numbers_mut());
    }

    fn distance2(a: &Field<Self>, b: &Field<Self>, d2: &mut [f64]) {
        distance2_by(a, b, d2, |difference| difference);
    }
}

/// Angles: U(1), the XY model. Not kept in any interval: `θ` and `θ + 2π` are the same angle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circle;

impl Manifold for Circle {
    type Number = f64;
    const NAME: &'static str = "angle";
    const NEUTRAL: &'static [f64] = &[0.0];
}

impl Continuous for Circle {
    const DIMENSION: usize = 1;

    fn retract(q: &Field<Self>, p: &Tangent<Self>, step: f64, out: &mut Field<Self>) {
        axpy_into(step, p.numbers(), q.numbers(), out.numbers_mut());
    }

    fn distance2(a: &Field<Self>, b: &Field<Self>, d2: &mut [f64]) {
        distance2_by(a, b, d2, wrap);
    }
}

/// The angle in `[−π, π]` that differs from `theta` by a multiple of `2π`.
///
/// # Accuracy  the remainder of IEEE 754: no rounding beyond that of `2π` itself.
#[must_use]
pub fn wrap(theta: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    let turns = (theta / TAU).round_ties_even();
    let wrapped = turns.mul_add(-TAU, theta);
    wrapped.clamp(-PI, PI)
}

fn distance2_by<M: Continuous>(
    a: &Field<M>,
    b: &Field<M>,
    d2: &mut [f64],
    shortest: fn(f64) -> f64,
) {
    assert_eq!(a.numbers().len(), b.numbers().len(), "fields of one shape");
    let mut sum = ChainSum::new(a.chains());
    let size = a.lattice().row_length() * a.chains();
    let mut difference = vec![0.0; size];
    let rows = a
        .numbers()
        .chunks_exact(size)
        .zip(b.numbers().chunks_exact(size));
    for (a, b) in rows {
        for ((d, a), b) in difference.iter_mut().zip(a).zip(b) {
            *d = shortest(a - b);
        }
        sum.add_squares(&difference);
    }
    sum.finish(d2);
}
