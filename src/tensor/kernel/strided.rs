//! Repeating along axes, and summing over them: one loop structure for both.
//!
//! Axes are merged into alternating groups, kept or not, so that the innermost loop is as long as it can be;
//! it runs over samples wherever there are some. A sum over the innermost group keeps
//! [`REDUCTION_LANES`] partial sums, joined by a fixed tree, on every machine.

use crate::num::simd::{Float, Isa, REDUCTION_LANES};
use crate::simd_kernel;
use crate::tensor::io::Extent;
use crate::tensor::shape::Shape;

/// Most axes that a value can have, the batch not counted.
pub const MAX_RANK: usize = 8;

/// Which axes of the long operand the short operand has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axes {
    /// Extent, and whether the short operand has the axis; slowest first, batch included, merged.
    groups: [(usize, bool); MAX_RANK + 1],
    count: usize,
}

impl Axes {
    /// The axes of `long` that `short` shares; `None` if `short` does not broadcast to `long`.
    #[must_use]
    pub fn new(short: Extent<'_>, long: Extent<'_>) -> Option<Self> {
        let missing = long.dims.len().checked_sub(short.dims.len())?;
        let mut axes = Self {
            groups: [(1, true); MAX_RANK + 1],
            count: 0,
        };
        for (axis, &extent) in long.dims.iter().enumerate() {
            let own = if axis < missing {
                1
            } else {
                short.dims[axis - missing]
            };
            axes.push(own, extent)?;
        }
        axes.push(short.lanes, long.lanes)?;
        axes.count = axes.count.max(1);
        Some(axes)
    }

    /// Whether `short` broadcasts to `long`.
    #[must_use]
    pub fn exist(short: &Shape, long: &Shape) -> bool {
        let extent = |shape: &Shape| if shape.is_batched() { 2 } else { 1 };
        let [short, long] = [short, long].map(|shape| Extent {
            dims: shape.dims(),
            lanes: extent(shape),
        });
        Self::new(short, long).is_some()
    }

    /// Appends an axis; `None` if the extents do not fit.
    fn push(&mut self, own: usize, extent: usize) -> Option<()> {
        if own != extent && own != 1 {
            return None;
        }
        let kept = own == extent;
        match self.groups[..self.count].last_mut() {
            _ if extent == 1 => {}
            Some(last) if last.1 == kept => last.0 *= extent,
            _ => {
                self.groups[self.count] = (extent, kept);
                self.count += 1;
            }
        }
        Some(())
    }

    /// Whether both operands are alike.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.groups[..self.count].iter().all(|&(_, kept)| kept)
    }

    /// Length of a contiguous row of the long operand, and whether the short operand has it too.
    #[must_use]
    pub fn row(&self) -> (usize, bool) {
        self.groups[self.count - 1]
    }

    /// Where row `row` of the long operand starts in the short one.
    #[must_use]
    pub fn short_offset(&self, mut row: usize) -> usize {
        let (inner, kept) = self.row();
        let mut stride = if kept { inner } else { 1 };
        let mut offset = 0;
        for &(extent, kept) in self.groups[..self.count - 1].iter().rev() {
            if kept {
                offset += row % extent * stride;
                stride *= extent;
            }
            row /= extent;
        }
        offset
    }

    /// Writes entries `start..` of the repeated `x` to `out`.
    pub fn expand<T: Float>(&self, x: &[T], start: usize, out: &mut [T]) {
        let (length, kept) = self.row();
        let mut done = 0;
        while done < out.len() {
            let (row, column) = ((start + done) / length, (start + done) % length);
            let count = (length - column).min(out.len() - done);
            let source = self.short_offset(row);
            let target = &mut out[done..done + count];
            if kept {
                target.copy_from_slice(&x[source + column..source + column + count]);
            } else {
                target.fill(x[source]);
            }
            done += count;
        }
    }

    /// Adds `x` into `out`, entry by entry of the axes that `out` has.
    pub fn add_into<T: Float>(&self, x: &[T], out: &mut [T]) {
        self.reduce(x, out, add_assign, |sum, row| *sum += sum_of(row));
    }

    /// Raises `out` to the largest entry of `x` over the axes that `out` lacks; NaN if one is NaN.
    pub fn max_into<T: Float>(&self, x: &[T], out: &mut [T]) {
        self.reduce(x, out, max_assign, |max, row| {
            for x in row {
                *max = larger(*max, *x);
            }
        });
    }

    fn reduce<T: Float>(
        &self,
        x: &[T],
        out: &mut [T],
        rows: impl Fn(&[T], &mut [T]),
        row_to_one: impl Fn(&mut T, &[T]),
    ) {
        let (length, kept) = self.row();
        if length == 0 {
            return;
        }
        for (row, x) in x.chunks_exact(length).enumerate() {
            let target = self.short_offset(row);
            if kept {
                rows(x, &mut out[target..target + length]);
            } else {
                row_to_one(&mut out[target], x);
            }
        }
    }
}

/// The larger of two numbers; NaN if one is NaN.
pub fn larger<T: Float>(a: T, b: T) -> T {
    if a > b {
        a
    } else if b > a || a == b {
        b
    } else {
        a + b
    }
}

#[inline(always)]
fn add_assign_body<I: Isa, T: Float>(x: &[T], y: &mut [T]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += *x;
    }
}

simd_kernel! {
    /// `y ← y + x`.
    pub fn add_assign, add_assign_at<T: Float>(x: &[T], y: &mut [T]) = add_assign_body;
}

#[inline(always)]
fn max_assign_body<I: Isa, T: Float>(x: &[T], y: &mut [T]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = larger(*y, *x);
    }
}

simd_kernel! {
    /// `y ← max(y, x)`.
    pub fn max_assign, max_assign_at<T: Float>(x: &[T], y: &mut [T]) = max_assign_body;
}

#[inline(always)]
fn sum_body<I: Isa, T: Float>(x: &[T]) -> T {
    let mut partial = [T::ZERO; REDUCTION_LANES];
    let mut chunks = x.chunks_exact(REDUCTION_LANES);
    for chunk in chunks.by_ref() {
        for (sum, x) in partial.iter_mut().zip(chunk) {
            *sum += *x;
        }
    }
    for (sum, x) in partial.iter_mut().zip(chunks.remainder()) {
        *sum += *x;
    }
    tree(partial)
}

/// The sum of the partial sums, by halves.
#[inline(always)]
pub fn tree<T: Float>(mut partial: [T; REDUCTION_LANES]) -> T {
    let mut width = REDUCTION_LANES / 2;
    while width > 0 {
        for i in 0..width {
            let other = partial[i + width];
            partial[i] += other;
        }
        width /= 2;
    }
    partial[0]
}

simd_kernel! {
    /// The sum of `x`.
    pub fn sum_of, sum_of_at<T: Float>(x: &[T]) -> T = sum_body;
}
