//! Moves of single variables: symmetric proposals, and reflections.

use super::manifold::{Circle, Manifold, RealLine};
use super::spin::{Sphere, Spin};
use crate::rng::Chains;

/// Values with a symmetric proposal: from `a` to `b` as probable as from `b` to `a`.
pub trait Propose: Manifold {
    /// A new value of a variable for every chain; `width` says how far from the old one.
    ///
    /// # Shapes  `old`, `new`: `(numbers of a variable, chains)`.
    fn propose(old: &[Self::Number], width: f64, r: &mut Chains, new: &mut [Self::Number]);
}

/// Uniform within `width` of the old value.
fn propose_shift(old: &[f64], width: f64, r: &mut Chains, new: &mut [f64]) {
    r.uniform(new);
    for (new, old) in new.iter_mut().zip(old) {
        *new = width.mul_add(2.0 * *new - 1.0, *old);
    }
}

impl Propose for RealLine {
    fn propose(old: &[f64], width: f64, r: &mut Chains, new: &mut [f64]) {
        propose_shift(old, width, r, new);
    }
}

impl Propose for Circle {
    fn propose(old: &[f64], width: f64, r: &mut Chains, new: &mut [f64]) {
        propose_shift(old, width, r, new);
    }
}

/// The other value, whatever the width.
impl Propose for Spin {
    fn propose(old: &[i8], _width: f64, _r: &mut Chains, new: &mut [i8]) {
        for (new, old) in new.iter_mut().zip(old) {
            *new = -old;
        }
    }
}

/// The direction of `s + width·η`, `η` normal in every component: its density depends on the angle alone.
impl<const N: usize> Propose for Sphere<N> {
    fn propose(old: &[f64], width: f64, r: &mut Chains, new: &mut [f64]) {
        r.normal(new);
        for (new, old) in new.iter_mut().zip(old) {
            *new = width.mul_add(*new, *old);
        }
        let chains = new.len() / N;
        for chain in 0..chains {
            let own = || (0..N).map(|i| i * chains + chain);
            let norm: f64 = own().map(|i| new[i] * new[i]).sum::<f64>().sqrt();
            own().for_each(|i| new[i] /= norm);
        }
    }
}

/// Values with reflections that change the sign of a *projection* `p` and nothing else: what cluster algorithms flip.
pub trait Reflect: Manifold {
    /// A reflection.
    type Mirror: Copy;

    /// A reflection, drawn with numbers uniform in `[0, 1)`.
    fn mirror(draw: impl FnMut() -> f64) -> Self::Mirror;

    /// `p`, which the reflection turns into `−p`, of a variable's numbers.
    fn projection(mirror: Self::Mirror, at: impl Fn(usize) -> Self::Number) -> f64;

    /// Number `i` of the reflected variable.
    fn reflected(
        mirror: Self::Mirror,
        at: impl Fn(usize) -> Self::Number,
        i: usize,
    ) -> Self::Number;
}

/// `s → −s`.
impl Reflect for Spin {
    type Mirror = ();

    fn mirror(_draw: impl FnMut() -> f64) {}

    fn projection((): (), at: impl Fn(usize) -> i8) -> f64 {
        f64::from(at(0))
    }

    fn reflected((): (), at: impl Fn(usize) -> i8, _: usize) -> i8 {
        -at(0)
    }
}

/// `φ → −φ`.
impl Reflect for RealLine {
    type Mirror = ();

    fn mirror(_draw: impl FnMut() -> f64) {}

    fn projection((): (), at: impl Fn(usize) -> f64) -> f64 {
        at(0)
    }

    fn reflected((): (), at: impl Fn(usize) -> f64, _: usize) -> f64 {
        -at(0)
    }
}

/// `θ → π + 2α − θ`, with `p = cos(θ − α)`.
impl Reflect for Circle {
    type Mirror = f64;

    fn mirror(mut draw: impl FnMut() -> f64) -> f64 {
        std::f64::consts::TAU * draw()
    }

    fn projection(alpha: f64, at: impl Fn(usize) -> f64) -> f64 {
        (at(0) - alpha).cos()
    }

    fn reflected(alpha: f64, at: impl Fn(usize) -> f64, _: usize) -> f64 {
        std::f64::consts::PI + 2.0_f64.mul_add(alpha, -at(0))
    }
}

/// `s → s − 2(r·s) r`, with `p = r·s`.
impl<const N: usize> Reflect for Sphere<N> {
    type Mirror = [f64; N];

    /// A direction, from a point of the cube that lies in the ball.
    fn mirror(mut draw: impl FnMut() -> f64) -> [f64; N] {
        loop {
            let r: [f64; N] = std::array::from_fn(|_| 2.0 * draw() - 1.0);
            let square: f64 = r.iter().map(|r| r * r).sum();
            if square > 1e-6 && square <= 1.0 {
                return r.map(|r| r / square.sqrt());
            }
        }
    }

    fn projection(r: [f64; N], at: impl Fn(usize) -> f64) -> f64 {
        r.iter().enumerate().map(|(i, r)| r * at(i)).sum()
    }

    fn reflected(r: [f64; N], at: impl Fn(usize) -> f64, i: usize) -> f64 {
        (-2.0 * Self::projection(r, &at)).mul_add(r[i], at(i))
    }
}
