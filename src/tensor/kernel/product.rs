//! Many small products side by side: `C = A·B` of every sample, the samples fastest.
//!
//! # Design
//!
//! A tile of `C` stays in vector registers, one register of samples an entry, while the sum over `k` runs; so each
//! number that is loaded serves a whole row or column of the tile. Samples that do not fill a last register are
//! covered by one that overlaps the register before: entries are overwritten with what they already hold.

use crate::num::simd::{Float, Isa};
use crate::simd_kernel;

/// A matrix in memory: where it starts being read row by row, and how far apart rows and columns are, in entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strides {
    /// From one row to the next.
    pub row: usize,
    /// From one column to the next.
    pub column: usize,
}

impl Strides {
    /// Those of contiguous rows of `columns` entries, or of the transpose of such a matrix.
    #[must_use]
    pub const fn new(stored_columns: usize, transposed: bool) -> Self {
        match transposed {
            false => Self {
                row: stored_columns,
                column: 1,
            },
            true => Self {
                row: 1,
                column: stored_columns,
            },
        }
    }
}

/// The extents of a product, `A: (m, k)`, `B: (k, n)`, and the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Rows of the result.
    pub m: usize,
    /// Terms of each sum.
    pub k: usize,
    /// Columns of the result.
    pub n: usize,
    /// Samples.
    pub lanes: usize,
}

/// A factor: its numbers, `lanes` for each entry, and where its entries lie.
#[derive(Clone, Copy, Debug)]
pub struct Entries<'a, T> {
    /// The numbers.
    pub data: &'a [T],
    /// Where entry `(i, j)` is.
    pub strides: Strides,
}

#[inline(always)]
fn body<I: Isa, T: Float>(sizes: Sizes, a: Entries<'_, T>, b: Entries<'_, T>, c: &mut [T]) {
    match I::REGISTER_BYTES / size_of::<T>() {
        _ if sizes.lanes < 2 => plain::<I, T>(sizes, a, b, c),
        width if sizes.lanes < width => plain::<I, T>(sizes, a, b, c),
        16 => tiles::<I, T, 16>(sizes, a, b, c),
        8 => tiles::<I, T, 8>(sizes, a, b, c),
        _ if sizes.lanes < 4 => plain::<I, T>(sizes, a, b, c),
        _ => tiles::<I, T, 4>(sizes, a, b, c),
    }
}

simd_kernel! {
    /// `C ← A·B` for every sample; `C` has contiguous rows.
    ///
    /// # Panics  if a slice is shorter than its shape says.
    pub fn products, products_at<T: Float>(
        sizes: Sizes, a: Entries<'_, T>, b: Entries<'_, T>, c: &mut [T],
    ) = body;
}

/// One entry at a time, for fewer samples than a register holds.
#[inline(always)]
fn plain<I: Isa, T: Float>(sizes: Sizes, a: Entries<'_, T>, b: Entries<'_, T>, c: &mut [T]) {
    let Sizes { m, k, n, lanes } = sizes;
    for (i, j) in (0..m).flat_map(|i| (0..n).map(move |j| (i, j))) {
        let out = &mut c[(i * n + j) * lanes..][..lanes];
        out.fill(T::ZERO);
        for p in 0..k {
            let x = &a.data[(i * a.strides.row + p * a.strides.column) * lanes..][..lanes];
            let y = &b.data[(p * b.strides.row + j * b.strides.column) * lanes..][..lanes];
            for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
                *out = I::mul_add(*x, *y, *out);
            }
        }
    }
}

#[inline(always)]
fn tiles<I: Isa, T: Float, const W: usize>(
    sizes: Sizes,
    a: Entries<'_, T>,
    b: Entries<'_, T>,
    c: &mut [T],
) {
    let rows = if I::REGISTERS >= 32 { 4 } else { 2 };
    let Sizes { m, n, lanes, .. } = sizes;
    for i in (0..m).step_by(rows) {
        for j in (0..n).step_by(4) {
            let tile = (rows.min(m - i), 4.min(n - j));
            for lane in (0..lanes).step_by(W) {
                let at = [i, j, lane.min(lanes - W)];
                tile_of::<I, T, W>(tile, sizes, a, b, c, at);
            }
        }
    }
}

/// The tile of the given extents.
#[inline(always)]
fn tile_of<I: Isa, T: Float, const W: usize>(
    extents: (usize, usize),
    sizes: Sizes,
    a: Entries<'_, T>,
    b: Entries<'_, T>,
    c: &mut [T],
    at: [usize; 3],
) {
    macro_rules! choose {
        ($($rows:literal $columns:literal)*) => {
            match extents {
                $(($rows, $columns) => tile::<I, T, W, $rows, $columns>(sizes, a, b, c, at),)*
                _ => unreachable!("tiles have up to 4 rows and columns"),
            }
        };
    }
    if I::REGISTERS >= 32 {
        choose!(1 1  1 2  1 3  1 4  2 1  2 2  2 3  2 4  3 1  3 2  3 3  3 4  4 1  4 2  4 3  4 4);
    } else {
        choose!(1 1  1 2  1 3  1 4  2 1  2 2  2 3  2 4);
    }
}

/// `W` samples of `M × N` entries of the result, from row, column and sample `at`.
#[inline(always)]
fn tile<I: Isa, T: Float, const W: usize, const M: usize, const N: usize>(
    sizes: Sizes,
    a: Entries<'_, T>,
    b: Entries<'_, T>,
    c: &mut [T],
    [first_row, first_column, lane]: [usize; 3],
) {
    let lanes = sizes.lanes;
    let mut sum = [[[T::ZERO; W]; N]; M];
    for p in 0..sizes.k {
        let mut y = [[T::ZERO; W]; N];
        for (j, y) in y.iter_mut().enumerate() {
            let entry = p * b.strides.row + (first_column + j) * b.strides.column;
            *y = load(&b.data[entry * lanes + lane..]);
        }
        for (i, sum) in sum.iter_mut().enumerate() {
            let entry = (first_row + i) * a.strides.row + p * a.strides.column;
            let x: [T; W] = load(&a.data[entry * lanes + lane..]);
            for (sum, y) in sum.iter_mut().zip(&y) {
                for ((sum, x), y) in sum.iter_mut().zip(&x).zip(y) {
                    *sum = I::mul_add(*x, *y, *sum);
                }
            }
        }
    }
    for (i, row) in sum.iter().enumerate() {
        for (j, sum) in row.iter().enumerate() {
            let entry = (first_row + i) * sizes.n + first_column + j;
            *c[entry * lanes + lane..]
                .first_chunk_mut()
                .expect("samples of an entry") = *sum;
        }
    }
}

#[inline(always)]
fn load<T: Float, const W: usize>(x: &[T]) -> [T; W] {
    *x.first_chunk().expect("samples of an entry")
}
