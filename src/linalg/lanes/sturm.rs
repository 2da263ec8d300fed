//! The lowest eigenvalues of tridiagonal matrices by bisection on Sturm's count.

#![allow(
    clippy::needless_range_loop,
    reason = "one index for several arrays of lanes"
)]

use super::{LANES, Work};
use crate::num::pack::Pack;

/// Eigenvalues that are bisected together, so that their divisions run side by side.
const TOGETHER: usize = 5;
/// Halvings of Gershgorin's interval: its width, at most three norms, falls below an ulp of the norm, times the dimension or
/// half of it.
const fn halvings(n: usize) -> u32 {
    54 - n.ilog2()
}

/// Writes the lowest `out.len()` eigenvalues of every lane to the lanes of `out` from `start` on.
#[inline(always)]
pub(super) fn lowest<P: Pack>(n: usize, work: &mut Work, start: usize, out: &mut [[f64; LANES]]) {
    let width = P::WIDTH;
    let (diagonal, off2) = (&work.diagonal[..n * width], &work.off2[..n * width]);
    let [low, high] = gershgorin::<P>(diagonal, off2);
    // A pivot that vanishes is taken for a negative one, so small that it moves no eigenvalue and so large that the next pivot is
    // finite.
    let mut largest = P::splat(1.0);
    for e in off2.chunks_exact(width) {
        largest = largest.max(P::load(e));
    }
    let smallest = largest.mul(P::splat(f64::MIN_POSITIVE));
    let mut first = 0;
    while first < out.len() {
        let count = (out.len() - first).min(TOGETHER);
        let mut lows = [low; TOGETHER];
        let mut highs = [high; TOGETHER];
        for _ in 0..halvings(n) {
            let mut shifts = [low; TOGETHER];
            for m in 0..TOGETHER {
                shifts[m] = lows[m].add(highs[m]).mul(P::splat(0.5));
            }
            let below = counts::<P>(diagonal, off2, smallest, &shifts);
            for m in 0..TOGETHER {
                // `below − (index + 1) < 0`: too few, so the eigenvalue lies higher.
                let missing = below[m].sub(P::splat((first + m) as f64 + 0.5));
                lows[m] = missing.if_negative(shifts[m], lows[m]);
                highs[m] = missing.if_negative(highs[m], shifts[m]);
            }
        }
        for m in 0..count {
            let middle = lows[m].add(highs[m]).mul(P::splat(0.5));
            middle.store(&mut out[first + m][start..start + width]);
        }
        first += count;
    }
}

/// For every shift, how many eigenvalues lie below it: how many pivots of `A − shift` are negative.
#[inline(always)]
fn counts<P: Pack>(
    diagonal: &[f64],
    off2: &[f64],
    smallest: P,
    shifts: &[P; TOGETHER],
) -> [P; TOGETHER] {
    let width = P::WIDTH;
    let zero = P::splat(0.0);
    let head = P::load(diagonal);
    let (mut pivots, mut below) = ([zero; TOGETHER], [zero; TOGETHER]);
    for m in 0..TOGETHER {
        pivots[m] = head.sub(shifts[m]);
        below[m] = pivots[m].count_negative(zero);
    }
    for (d, e) in diagonal[width..]
        .chunks_exact(width)
        .zip(off2.chunks_exact(width))
    {
        let (d, e) = (P::load(d), P::load(e));
        for m in 0..TOGETHER {
            pivots[m] = e.quotient_from(pivots[m], d.sub(shifts[m]));
            below[m] = pivots[m].count_negative(below[m]);
        }
    }
    // A pivot that vanished, or nearly, has left a NaN behind.
    for m in 0..TOGETHER {
        if pivots[m].any_nan() {
            let guarded = guarded_count(diagonal, off2, smallest, shifts[m]);
            below[m] = pivots[m].if_nan(guarded, below[m]);
        }
    }
    below
}

/// `x` where |x| is `smallest` at least, else −smallest.
#[inline(always)]
fn away<P: Pack>(x: P, smallest: P) -> P {
    let zero = P::splat(0.0);
    let small = x.max(zero.sub(x)).sub(smallest);
    small.if_negative(zero.sub(smallest), x)
}

/// The same for one shift, with pivots of size `smallest` at least.
#[inline(always)]
fn guarded_count<P: Pack>(diagonal: &[f64], off2: &[f64], smallest: P, shift: P) -> P {
    let width = P::WIDTH;
    let mut pivot = away(P::load(diagonal).sub(shift), smallest);
    let mut below = pivot.count_negative(P::splat(0.0));
    for (d, e) in diagonal[width..]
        .chunks_exact(width)
        .zip(off2.chunks_exact(width))
    {
        let quotient = P::load(e).div(pivot);
        pivot = away(P::load(d).sub(shift).sub(quotient), smallest);
        below = pivot.count_negative(below);
    }
    below
}

/// An interval that holds all eigenvalues.
#[inline(always)]
fn gershgorin<P: Pack>(diagonal: &[f64], off2: &[f64]) -> [P; 2] {
    let width = P::WIDTH;
    let n = diagonal.len() / width;
    let zero = P::splat(0.0);
    let (mut low, mut high) = (P::load(diagonal), P::load(diagonal));
    let mut before = zero;
    for i in 0..n {
        let d = P::load(&diagonal[i * width..]);
        let after = if i + 1 < n {
            P::load(&off2[i * width..]).sqrt()
        } else {
            zero
        };
        let radius = before.add(after);
        // min(a, b) = −max(−a, −b).
        low = zero.sub(zero.sub(low).max(radius.sub(d)));
        high = high.max(d.add(radius));
        before = after;
    }
    [low, high]
}
