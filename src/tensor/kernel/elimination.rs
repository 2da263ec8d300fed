//! Gaussian elimination with partial pivoting, many small matrices side by side.
//!
//! # Design
//!
//! A matrix and the right-hand sides of its systems stand in one array of scratch, `[A | B]`, and are eliminated
//! together: no factors are kept and no permutation is remembered. [`TOGETHER`] samples are taken at a time. While
//! they fit in the first-level cache they are interleaved, and every loop runs over samples, each of which chooses
//! and exchanges its own rows; larger matrices follow one after the other, and the loops run along their rows.
//! A pivot that is exactly zero eliminates nothing: a determinant of zero is an answer, and a system without a
//! solution is divided by zero.

use crate::num::simd::{Float, Isa};
use crate::simd_kernel;

/// Samples that are eliminated together.
pub const TOGETHER: usize = 16;
/// Bytes of interleaved matrices, at most: a first-level cache.
const NEAR: usize = 32 << 10;
/// Numbers between matrices that follow one after the other: entries that are written together would else
/// fall on the same lines of a cache.
const GAP: usize = 16;

/// `[A | B]` of some samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System {
    /// Rows of `A` and `B`, columns of `A`.
    pub n: usize,
    /// Columns of `B`.
    pub columns: usize,
}

/// Samples `first..first + count` of `lanes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    lanes: usize,
    first: usize,
    count: usize,
    /// Samples side by side in scratch: 1 or [`TOGETHER`].
    width: usize,
}

impl System {
    /// Numbers in `[A | B]`.
    #[must_use]
    pub const fn size(self) -> usize {
        self.n * (self.n + self.columns)
    }

    /// Numbers of scratch for samples that are eliminated together.
    #[must_use]
    pub const fn scratch(self, lanes: usize) -> usize {
        (self.size() + GAP) * if lanes == 1 { 1 } else { TOGETHER }
    }

    /// The samples in the order in which scratch takes them.
    pub fn blocks<T>(self, lanes: usize) -> impl Iterator<Item = Block> {
        let near = self.size() * TOGETHER * size_of::<T>() <= NEAR;
        let width = if near && lanes > 2 { TOGETHER } else { 1 };
        (0..lanes).step_by(TOGETHER).map(move |first| Block {
            lanes,
            first,
            count: TOGETHER.min(lanes - first),
            width,
        })
    }
}

impl Block {
    /// Which samples they are.
    #[must_use]
    pub const fn samples(self) -> std::ops::Range<usize> {
        self.first..self.first + self.count
    }

    /// Numbers from one array in scratch to the next.
    const fn stride(self, s: System) -> usize {
        match self.width {
            1 => s.size() + GAP,
            width => s.size() * width,
        }
    }

    /// The arrays in scratch, each of `width` samples.
    const fn arrays(self) -> usize {
        if self.width == 1 { self.count } else { 1 }
    }

    /// Reads entry `(row, column)` of `[A | B]` from entry `entry` of `x`.
    pub fn load<T: Float>(
        self,
        s: System,
        x: &[T],
        entry: usize,
        at: [usize; 2],
        scratch: &mut [T],
    ) {
        let from = &x[entry * self.lanes + self.first..][..self.count];
        let place = at[0] * (s.n + s.columns) + at[1];
        if self.width == 1 {
            for (i, x) in from.iter().enumerate() {
                scratch[i * self.stride(s) + place] = *x;
            }
        } else {
            // Missing samples repeat the last one: numbers that are as good as any, never looked at.
            let to = &mut scratch[place * TOGETHER..][..TOGETHER];
            to[..self.count].copy_from_slice(from);
            to[self.count..].fill(from[self.count - 1]);
        }
    }

    /// Reads entries `at`, `at + 1`, … of a row of `[A | B]` from `count` entries of `x`.
    pub fn load_row<T: Float>(
        self,
        s: System,
        x: &[T],
        [entry, count]: [usize; 2],
        at: [usize; 2],
        scratch: &mut [T],
    ) {
        if self.lanes == 1 {
            let place = at[0] * (s.n + s.columns) + at[1];
            scratch[place..place + count].copy_from_slice(&x[entry..entry + count]);
        } else {
            for i in 0..count {
                self.load(s, x, entry + i, [at[0], at[1] + i], scratch);
            }
        }
    }

    /// Sets entry `at` of `[A | B]` of every sample.
    pub fn fill<T: Float>(self, s: System, value: T, at: [usize; 2], scratch: &mut [T]) {
        let place = at[0] * (s.n + s.columns) + at[1];
        for array in scratch
            .chunks_exact_mut(self.stride(s).max(1))
            .take(self.arrays())
        {
            array[place * self.width..][..self.width].fill(value);
        }
    }

    /// Writes entry `at` of `[A | B]` to entry `entry` of `y`.
    pub fn store<T: Float>(
        self,
        s: System,
        scratch: &[T],
        at: [usize; 2],
        entry: usize,
        y: &mut [T],
    ) {
        let to = &mut y[entry * self.lanes + self.first..][..self.count];
        let place = at[0] * (s.n + s.columns) + at[1];
        if self.width == 1 {
            for (i, y) in to.iter_mut().enumerate() {
                *y = scratch[i * self.stride(s) + place];
            }
        } else {
            to.copy_from_slice(&scratch[place * TOGETHER..][..self.count]);
        }
    }

    /// Writes `count` entries of a row of `[A | B]`, from entry `at`, to entries `entry`, `entry + 1`, … of `y`.
    pub fn store_row<T: Float>(
        self,
        s: System,
        scratch: &[T],
        at: [usize; 2],
        [entry, count]: [usize; 2],
        y: &mut [T],
    ) {
        if self.lanes == 1 {
            let place = at[0] * (s.n + s.columns) + at[1];
            y[entry..entry + count].copy_from_slice(&scratch[place..place + count]);
        } else {
            for i in 0..count {
                self.store(s, scratch, [at[0], at[1] + i], entry + i, y);
            }
        }
    }

    /// Brings `A` to upper triangular form; `sign` becomes that of the determinant.
    pub fn eliminate<T: Float>(self, s: System, scratch: &mut [T], sign: &mut [T; TOGETHER]) {
        let stride = self.stride(s).max(1);
        let arrays = scratch.chunks_exact_mut(stride).take(self.arrays());
        sign.fill(T::ONE);
        for (array, sign) in arrays.zip(sign.chunks_exact_mut(self.width)) {
            eliminate(s, self.width, &mut array[..s.size() * self.width], sign);
        }
    }

    /// Moduli of the pivots, `[n, TOGETHER]`; one where there is no sample.
    pub fn moduli_of_pivots<T: Float>(self, s: System, scratch: &[T], out: &mut [T]) {
        out.fill(T::ONE);
        for (k, out) in out.chunks_exact_mut(TOGETHER).enumerate() {
            let place = k * (s.n + s.columns) + k;
            for (i, out) in out[..self.count].iter_mut().enumerate() {
                let (array, sample) = (i / self.width, i % self.width);
                *out = scratch[array * self.stride(s) + place * self.width + sample].abs();
            }
        }
    }

    /// Replaces `B` by the solution of the system whose matrix has been eliminated.
    pub fn substitute<T: Float>(self, s: System, scratch: &mut [T]) {
        let (stride, size) = (self.stride(s).max(1), s.size() * self.width);
        for array in scratch.chunks_exact_mut(stride).take(self.arrays()) {
            substitute(s, self.width, &mut array[..size]);
        }
    }
}

#[inline(always)]
fn eliminate_body<I: Isa, T: Float>(s: System, width: usize, array: &mut [T], sign: &mut [T]) {
    match width {
        1 => eliminate_width::<I, T, 1>(s, array, sign),
        _ => eliminate_width::<I, T, TOGETHER>(s, array, sign),
    }
}

simd_kernel! {
    fn eliminate, eliminate_at<T: Float>(
        s: System, width: usize, array: &mut [T], sign: &mut [T],
    ) = eliminate_body;
}

#[inline(always)]
fn eliminate_width<I: Isa, T: Float, const W: usize>(s: System, array: &mut [T], sign: &mut [T]) {
    let row = (s.n + s.columns) * W;
    for k in 0..s.n {
        let (above, below) = array.split_at_mut((k + 1) * row);
        let top = &mut above[k * row + k * W..];
        exchange::<T, W>(top, below, row, k * W, sign);
        let (pivot, top) = top.split_at(W);
        for (sign, pivot) in sign.iter_mut().zip(pivot) {
            *sign = signed(*sign, *pivot);
        }
        for low in below.chunks_exact_mut(row) {
            let (entry, low) = low[k * W..].split_at_mut(W);
            let mut factor = [T::ZERO; W];
            for ((factor, entry), pivot) in factor.iter_mut().zip(entry).zip(pivot) {
                let divisor = if *pivot == T::ZERO { T::ONE } else { *pivot };
                *factor = -(*entry / divisor);
            }
            multiply_add::<I, T, W>(&factor, top, low);
        }
    }
}

/// `sign` times that of `pivot`: zero for zero, NaN for NaN.
#[inline(always)]
fn signed<T: Float>(sign: T, pivot: T) -> T {
    if pivot > T::ZERO {
        sign
    } else if pivot < T::ZERO {
        -sign
    } else {
        sign * pivot
    }
}

/// Exchanges, sample by sample, the top row for the one below it with the largest entry in column `skip`.
#[inline(always)]
fn exchange<T: Float, const W: usize>(
    top: &mut [T],
    below: &mut [T],
    row: usize,
    skip: usize,
    sign: &mut [T],
) {
    let mut best = [T::ZERO; W];
    // Numbers of rows as numbers of the matrix's type, so that comparing them makes masks of its width.
    let mut which = [T::ZERO; W];
    for (best, x) in best.iter_mut().zip(&*top) {
        *best = x.abs();
    }
    let mut number = T::ZERO;
    for low in below.chunks_exact(row) {
        number += T::ONE;
        let entry = &low[skip..skip + W];
        for w in 0..W {
            let larger = entry[w].abs() > best[w];
            best[w] = if larger { entry[w].abs() } else { best[w] };
            which[w] = if larger { number } else { which[w] };
        }
    }
    number = T::ZERO;
    for low in below.chunks_exact_mut(row) {
        number += T::ONE;
        if which.contains(&number) {
            exchange_where::<T, W>(&which, number, top, &mut low[skip..]);
        }
    }
    for (sign, which) in sign.iter_mut().zip(which) {
        *sign = if which == T::ZERO { *sign } else { -*sign };
    }
}

/// Exchanges the numbers of the samples whose row is `number`.
#[inline(always)]
fn exchange_where<T: Float, const W: usize>(which: &[T; W], number: T, x: &mut [T], y: &mut [T]) {
    for (x, y) in x.as_chunks_mut().0.iter_mut().zip(y.as_chunks_mut().0) {
        let (old_x, old_y): ([T; W], [T; W]) = (*x, *y);
        for w in 0..W {
            x[w] = if which[w] == number {
                old_y[w]
            } else {
                old_x[w]
            };
        }
        for w in 0..W {
            y[w] = if which[w] == number {
                old_x[w]
            } else {
                old_y[w]
            };
        }
    }
}

/// `y ← y + factor·x`, a factor for each sample.
#[inline(always)]
fn multiply_add<I: Isa, T: Float, const W: usize>(factor: &[T; W], x: &[T], y: &mut [T]) {
    let factor = *factor;
    for (x, y) in x.as_chunks::<W>().0.iter().zip(y.as_chunks_mut::<W>().0) {
        for w in 0..W {
            y[w] = I::mul_add(factor[w], x[w], y[w]);
        }
    }
}

#[inline(always)]
fn substitute_body<I: Isa, T: Float>(s: System, width: usize, array: &mut [T]) {
    match width {
        1 => substitute_width::<I, T, 1>(s, array),
        _ => substitute_width::<I, T, TOGETHER>(s, array),
    }
}

simd_kernel! {
    fn substitute, substitute_at<T: Float>(s: System, width: usize, array: &mut [T]) = substitute_body;
}

#[inline(always)]
fn substitute_width<I: Isa, T: Float, const W: usize>(s: System, array: &mut [T]) {
    let row = (s.n + s.columns) * W;
    for k in (0..s.n).rev() {
        let (above, rest) = array.split_at_mut(k * row);
        let (matrix, solution) = rest[..row].split_at_mut(s.n * W);
        let pivot = &matrix[k * W..][..W];
        for x in solution.chunks_exact_mut(W) {
            for (x, pivot) in x.iter_mut().zip(pivot) {
                *x = *x / *pivot;
            }
        }
        for high in above.chunks_exact_mut(row) {
            let (matrix, high) = high.split_at_mut(s.n * W);
            let mut factor = [T::ZERO; W];
            for (factor, entry) in factor.iter_mut().zip(&matrix[k * W..]) {
                *factor = -*entry;
            }
            multiply_add::<I, T, W>(&factor, solution, high);
        }
    }
}
