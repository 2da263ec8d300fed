//! What a plan is fed at a run.

use super::real::Real;

/// The inputs of one run, in the order in which the graph declared them, shared and batched ones apart.
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a, T> {
    /// The first shared inputs, one after the other: the parameters of a network as one array.
    pub parameters: &'a [T],
    /// The shared inputs that follow, each row-major.
    pub shared: &'a [&'a [T]],
    /// Batched inputs.
    pub batched: &'a [Batched<'a, T>],
}

impl<'a, T> Feed<'a, T> {
    /// Shared inputs only.
    #[must_use]
    pub const fn shared(shared: &'a [&'a [T]]) -> Self {
        Self::new(shared, &[])
    }

    /// Shared and batched inputs.
    #[must_use]
    pub const fn new(shared: &'a [&'a [T]], batched: &'a [Batched<'a, T>]) -> Self {
        Self {
            parameters: &[],
            shared,
            batched,
        }
    }

    /// All shared inputs in one array, and batched inputs.
    #[must_use]
    pub const fn with_parameters(parameters: &'a [T], batched: &'a [Batched<'a, T>]) -> Self {
        Self {
            parameters,
            shared: &[],
            batched,
        }
    }
}

/// Where the samples of a batched input lie.
#[derive(Clone, Copy, Debug)]
pub enum Batched<'a, T> {
    /// `(.., samples)`, samples fastest: as the plan itself stores values.
    Lanes(&'a [T]),
    /// `(samples, ..)`: as Python stores data.
    Rows(&'a [T]),
    /// Rows `pick[0], pick[1], …` of `(all samples, ..)`: a minibatch.
    Picked {
        /// All samples.
        rows: &'a [T],
        /// The rows of this batch.
        pick: &'a [usize],
    },
}

impl<T: Real> Batched<'_, T> {
    /// Whether `batch` samples of `size` numbers can be read.
    pub(crate) fn fits(&self, size: usize, batch: usize) -> bool {
        match self {
            Self::Lanes(data) | Self::Rows(data) => data.len() == size * batch,
            Self::Picked { rows, pick } => {
                let whole = if size == 0 {
                    rows.is_empty()
                } else {
                    rows.len().is_multiple_of(size)
                };
                let count = rows.len().checked_div(size).unwrap_or(usize::MAX);
                whole && pick.len() == batch && pick.iter().all(|&row| row < count)
            }
        }
    }

    /// Copies samples `first .. first + lanes` of a batch of `batch` to `out: (size, lanes)`.
    pub(crate) fn load(&self, batch: usize, first: usize, lanes: usize, out: &mut [T]) {
        if lanes == 0 || out.is_empty() {
            return;
        }
        match self {
            Self::Lanes(data) => {
                for (row, out) in data.chunks_exact(batch).zip(out.chunks_exact_mut(lanes)) {
                    out.copy_from_slice(&row[first..first + lanes]);
                }
            }
            Self::Rows(data) => transpose(|sample| first + sample, data, lanes, out),
            Self::Picked { rows, pick } => {
                transpose(|sample| pick[first + sample], rows, lanes, out)
            }
        }
    }
}

/// Rows of `data` as columns of `out`, a few rows at a time so that both sides stay in cache.
fn transpose<T: Real>(row_of: impl Fn(usize) -> usize, data: &[T], lanes: usize, out: &mut [T]) {
    const TILE: usize = 16;
    let size = out.len() / lanes;
    for first in (0..lanes).step_by(TILE) {
        let last = (first + TILE).min(lanes);
        for sample in first..last {
            let row = row_of(sample) * size;
            for (i, &x) in data[row..row + size].iter().enumerate() {
                out[i * lanes + sample] = x;
            }
        }
    }
}
