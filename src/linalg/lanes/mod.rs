//! The lowest eigenvalues of many real symmetric matrices of one size, eight at a time.
//!
//! # Design
//!
//! One matrix alone keeps a vector register busy only in long rows; eight of them, interleaved entry by entry,
//! keep it busy everywhere, whatever the size. Householder's reduction passes over each trailing matrix once: the
//! update by the last reflection and the product with the next one are fused. The lowest eigenvalues of the tridiagonal
//! matrices follow by bisection on Sturm's count, several at a time, since each step waits for a division.
//! Written once over [`Pack`]; a lane's numbers do not depend on what stands in the others.
//!
//! Laws: `tests/laws/linalg/lanes.rs`.

mod sturm;
mod tridiagonal;

use crate::error::{Error, Result};
use crate::num::pack::{Pack, with_widest_pack};
use crate::num::simd::{Isa, Level};
use crate::simd_kernel;

/// Matrices that are worked on together.
pub const LANES: usize = 8;

/// Room for matrices of one size, eight at a time.
///
/// ```
/// use fieldassay::linalg::LaneEigenvalues;
/// let mut lanes = LaneEigenvalues::new(2)?;
/// // [[x, 1], [1, x]] for eight x: eigenvalues x ± 1.
/// lanes.set(0, 0, std::array::from_fn(|lane| lane as f64));
/// lanes.set(1, 1, std::array::from_fn(|lane| lane as f64));
/// lanes.set(1, 0, [1.0; 8]);
/// let mut lowest = [[0.0; 8]];
/// lanes.lowest(&mut lowest)?;
/// assert!((lowest[0][3] - 2.0).abs() < 1e-14);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LaneEigenvalues {
    n: usize,
    lower: Vec<[f64; LANES]>,
    work: Work,
}

/// What the kernels write to: a copy of the matrices, the tridiagonal ones, and vectors.
#[derive(Clone, Debug, Default)]
struct Work {
    matrix: Vec<f64>,
    diagonal: Vec<f64>,
    off2: Vec<f64>,
    vectors: Vec<f64>,
}

impl LaneEigenvalues {
    /// Room for matrices of dimension `n`, all zero.
    ///
    /// # Errors  `Error::Domain` if `n` is zero.
    pub fn new(n: usize) -> Result<Self> {
        if n == 0 {
            return Err(Error::Domain {
                what: "dimension",
                value: 0.0,
                expected: "at least one".to_owned(),
            });
        }
        let entries = n * (n + 1) / 2;
        Ok(Self {
            n,
            lower: vec![[0.0; LANES]; entries],
            work: Work {
                matrix: vec![0.0; entries * LANES],
                diagonal: vec![0.0; n * LANES],
                off2: vec![0.0; n * LANES],
                vectors: vec![0.0; 4 * n * LANES],
            },
        })
    }

    /// The dimension.
    #[must_use]
    pub const fn dimension(&self) -> usize {
        self.n
    }

    /// Column `j` of the lower triangle, from the diagonal down: rows `j..n`, eight matrices each.
    ///
    /// # Panics  if there is no such column.
    pub fn column_mut(&mut self, j: usize) -> &mut [[f64; LANES]] {
        let start = offset(self.n, j);
        &mut self.lower[start..start + self.n - j]
    }

    /// Sets entries `(i, j)` and `(j, i)` of the eight matrices.
    ///
    /// # Panics  if there is no such entry.
    pub fn set(&mut self, i: usize, j: usize, values: [f64; LANES]) {
        let (i, j) = (i.max(j), i.min(j));
        self.column_mut(j)[i - j] = values;
    }

    /// The lowest `out.len()` eigenvalues of each matrix, ascending.
    ///
    /// # Shapes    `out: (count, 8)`, a lane a matrix.
    /// # Errors    `Error::ShapeMismatch` for more eigenvalues than the dimension; `Error::Matrix` if an entry is not
    /// finite, or so large that its square is not.
    /// # Accuracy  `|δλ| ≤ 4nε‖A‖₂`, absolute, and 1e-153 where squares of entries underflow.
    /// # Witness   `reference::linalg::symmetric_eigen`.
    pub fn lowest(&mut self, out: &mut [[f64; LANES]]) -> Result<()> {
        self.lowest_at(Level::best(), out)
    }

    /// [`LaneEigenvalues::lowest`] with the instructions of `level`.
    ///
    /// # Errors  as [`LaneEigenvalues::lowest`].
    pub fn lowest_at(&mut self, level: Level, out: &mut [[f64; LANES]]) -> Result<()> {
        if out.len() > self.n {
            return Err(Error::ShapeMismatch {
                op: "LaneEigenvalues::lowest",
                lhs: vec![self.n],
                rhs: vec![out.len()],
            });
        }
        let entries = self.lower.as_flattened();
        let unusable = |x: &f64| !(x.abs() < 1e150);
        // All of them first: a loop that may end early is not vectorised.
        let any = entries.iter().fold(false, |any, x| any | unusable(x));
        if let Some(entry) = entries.iter().find(|x| any && unusable(x)) {
            return Err(Error::Matrix {
                op: "LaneEigenvalues::lowest",
                expected: "finite, with finite squares",
                detail: format!("an entry is {entry}"),
            });
        }
        lowest_at(level, self.n, &self.lower, &mut self.work, out);
        Ok(())
    }
}

/// Where column `j` of a packed lower triangle begins.
const fn offset(n: usize, j: usize) -> usize {
    j * n - j * (j + 1) / 2 + j
}

#[inline(always)]
fn lowest_body<I: Isa>(
    n: usize,
    lower: &[[f64; LANES]],
    work: &mut Work,
    out: &mut [[f64; LANES]],
) {
    with_widest_pack!(I, with_pack(n, lower, work, out));
}

/// So many lanes at a time as a register holds.
#[inline(always)]
fn with_pack<P: Pack>(n: usize, lower: &[[f64; LANES]], work: &mut Work, out: &mut [[f64; LANES]]) {
    for start in (0..LANES).step_by(P::WIDTH) {
        for (entry, room) in lower.iter().zip(work.matrix.chunks_exact_mut(P::WIDTH)) {
            room.copy_from_slice(&entry[start..start + P::WIDTH]);
        }
        tridiagonal::reduce::<P>(n, work);
        sturm::lowest::<P>(n, work, start, out);
    }
}

simd_kernel! {
    /// The lowest eigenvalues of eight matrices.
    fn lowest, lowest_kernel_at(
        n: usize, lower: &[[f64; LANES]], work: &mut Work, out: &mut [[f64; LANES]]
    ) = lowest_body;
}

use lowest_kernel_at as lowest_at;
