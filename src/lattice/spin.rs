//! Ising spins, and unit vectors of any number of components.

use super::field::{Field, Tangent};
use super::manifold::{Continuous, Manifold};
use super::sum::ChainSum;

/// `±1`: Ising spins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spin;

impl Manifold for Spin {
    type Number = i8;
    const NAME: &'static str = "spin";
    const NEUTRAL: &'static [i8] = &[1];
}

/// Unit vectors of `N` components: the O(N) models.
///
/// # Design
///
/// A tangent vector is an element `ω` of so(N), a number for every plane `(i, j)`, `i < j`, in lexicographic order; it
/// turns a vector by `ds_i = −ω s_j`, `ds_j = ω s_i`. Momenta of this kind do not turn with the vector that they move,
/// as those of a Lie group do not, so that drift and kick are those of every other manifold; what they say of the
/// rotations that leave `s` alone changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sphere<const N: usize>;

impl<const N: usize> Sphere<N> {
    /// The first of the unit vectors.
    const POLE: [f64; N] = {
        let mut pole = [0.0; N];
        pole[0] = 1.0;
        pole
    };

    /// The planes, as a tangent vector numbers them.
    pub fn planes() -> impl Iterator<Item = (usize, usize)> {
        (0..N).flat_map(|i| (i + 1..N).map(move |j| (i, j)))
    }

    /// `exp(ω) s` by its series, in parts of at most an angle of one, beyond which large terms would cancel.
    ///
    /// # Accuracy  a few roundings a part.
    fn rotated(mut s: [f64; N], omega: &[f64]) -> [f64; N] {
        let angle = omega.iter().map(|omega| omega * omega).sum::<f64>().sqrt();
        // Angles without end would turn without end.
        let parts = if angle < 1e6 { angle.ceil() } else { 1.0 };
        for _ in 0..parts as usize {
            let mut term = s;
            for k in 1..40 {
                let mut next = [0.0; N];
                for ((i, j), omega) in Self::planes().zip(omega) {
                    next[i] -= omega * term[j];
                    next[j] += omega * term[i];
                }
                let mut largest: f64 = 0.0;
                for ((sum, term), next) in s.iter_mut().zip(&mut term).zip(next) {
                    *term = next / (parts * f64::from(k));
                    *sum += *term;
                    largest = largest.max(term.abs());
                }
                if !(largest > 1e-18) {
                    break;
                }
            }
        }
        s
    }
}

impl<const N: usize> Manifold for Sphere<N> {
    type Number = f64;
    const NAME: &'static str = "unit vector";
    const NEUTRAL: &'static [f64] = &Self::POLE;
}

impl<const N: usize> Continuous for Sphere<N> {
    const DIMENSION: usize = N * (N - 1) / 2;

    fn retract(q: &Field<Self>, p: &Tangent<Self>, step: f64, out: &mut Field<Self>) {
        assert_eq!(
            p.numbers().len() * N,
            q.numbers().len() * Self::DIMENSION,
            "a tangent vector of the field's shape"
        );
        let mut omega = vec![0.0; Self::DIMENSION];
        for row in 0..q.lattice().rows() {
            for variable in 0..q.variables() {
                for at in 0..q.row(row, 0).len() {
                    for (plane, omega) in omega.iter_mut().enumerate() {
                        *omega = step * p.row(row, variable * Self::DIMENSION + plane)[at];
                    }
                    let s = std::array::from_fn(|i| q.row(row, variable * N + i)[at]);
                    let turned = Self::rotated(s, &omega);
                    for (i, turned) in turned.into_iter().enumerate() {
                        out.row_mut(row, variable * N + i)[at] = turned;
                    }
                }
            }
        }
    }

    /// Angles from chords: `2 asin(|a − b|/2)` loses nothing where they are small.
    fn distance2(a: &Field<Self>, b: &Field<Self>, d2: &mut [f64]) {
        assert_eq!(a.numbers().len(), b.numbers().len(), "fields of one shape");
        let mut sum = ChainSum::new(a.chains());
        let mut angles = vec![0.0; a.row(0, 0).len()];
        for row in 0..a.lattice().rows() {
            for variable in 0..a.variables() {
                for (at, angle) in angles.iter_mut().enumerate() {
                    let parts = (0..N).map(|i| variable * N + i);
                    let chord2: f64 = parts
                        .map(|c| (a.row(row, c)[at] - b.row(row, c)[at]).powi(2))
                        .sum();
                    *angle = 2.0 * (0.5 * chord2.sqrt()).min(1.0).asin();
                }
                sum.add_squares(&angles);
            }
        }
        sum.finish(d2);
    }
}
