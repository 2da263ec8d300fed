//! Copying a box of numbers from one array to another: permutations, slices and padding are one loop.
//!
//! Axes that lie one behind the other in both arrays are merged, so that the innermost copy is as long as it
//! can be; with samples it is never shorter than a row of them. Where the innermost axes of the two arrays
//! differ, the copy goes by tiles, so that both sides stay in cache.

use super::strided::MAX_RANK;

/// An axis of the box: its extent, and the distance of neighbours in both arrays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// Steps along the axis.
    pub extent: usize,
    /// Distance of neighbours in the array that is read.
    pub from: usize,
    /// Distance of neighbours in the array that is written.
    pub to: usize,
}

/// A box, its axes merged, slowest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    axes: [Axis; MAX_RANK + 1],
    count: usize,
    empty: bool,
}

/// Strides of a contiguous row-major array with `lanes` numbers in its last, unnamed axis.
///
/// # Panics  if there are more than [`MAX_RANK`] axes.
#[must_use]
pub fn strides(dims: &[usize], lanes: usize) -> [usize; MAX_RANK] {
    let mut strides = [0; MAX_RANK];
    let mut stride = lanes;
    for (own, extent) in strides[..dims.len()].iter_mut().zip(dims).rev() {
        *own = stride;
        stride *= extent;
    }
    strides
}

impl Walk {
    /// Appends an axis faster than those before.
    ///
    /// # Panics  if there are more than `MAX_RANK + 1` axes.
    pub fn push(&mut self, axis: Axis) {
        self.empty |= axis.extent == 0;
        if axis.extent == 1 {
            return;
        }
        if let Some(last) = self.axes[..self.count].last_mut()
            && last.from == axis.extent * axis.from
            && last.to == axis.extent * axis.to
        {
            *last = Axis {
                extent: last.extent * axis.extent,
                ..axis
            };
            return;
        }
        self.axes[self.count] = axis;
        self.count += 1;
    }

    /// Copies the box that starts at the front of `x` to the box that starts at the front of `y`.
    pub fn copy<T: Copy>(&self, x: &[T], y: &mut [T]) {
        if self.empty {
            return;
        }
        let Some((&last, outer)) = self.axes[..self.count].split_last() else {
            y[0] = x[0];
            return;
        };
        if (last.from, last.to) == (1, 1) {
            return Self::rows(outer, |from, to| {
                y[to..to + last.extent].copy_from_slice(&x[from..from + last.extent]);
            });
        }
        match outer.iter().position(|axis| axis.from == 1) {
            Some(column) => {
                let mut others = Self::default();
                for (i, &axis) in outer.iter().enumerate() {
                    if i != column {
                        others.axes[others.count] = axis;
                        others.count += 1;
                    }
                }
                Self::rows(&others.axes[..others.count], |from, to| {
                    tiles(outer[column], last, &x[from..], &mut y[to..]);
                });
            }
            None => Self::rows(outer, |from, to| line(last, &x[from..], &mut y[to..])),
        }
    }

    /// Calls `visit` with the offsets in both arrays of every step along `axes`, none of extent 0.
    fn rows(axes: &[Axis], mut visit: impl FnMut(usize, usize)) {
        let mut at = [0; MAX_RANK + 1];
        let (mut from, mut to) = (0, 0);
        loop {
            visit(from, to);
            let mut open = axes.len();
            loop {
                if open == 0 {
                    return;
                }
                open -= 1;
                let axis = axes[open];
                at[open] += 1;
                from += axis.from;
                to += axis.to;
                if at[open] < axis.extent {
                    break;
                }
                from -= axis.extent * axis.from;
                to -= axis.extent * axis.to;
                at[open] = 0;
            }
        }
    }
}

fn line<T: Copy>(axis: Axis, x: &[T], y: &mut [T]) {
    for i in 0..axis.extent {
        y[i * axis.to] = x[i * axis.from];
    }
}

/// Copies a matrix whose fast axis is `column` where it is read and `row` where it is written.
fn tiles<T: Copy>(column: Axis, row: Axis, x: &[T], y: &mut [T]) {
    const TILE: usize = 16;
    for first in (0..column.extent).step_by(TILE) {
        let last = (first + TILE).min(column.extent);
        for start in (0..row.extent).step_by(TILE) {
            let extent = TILE.min(row.extent - start);
            for i in first..last {
                let from = i * column.from + start * row.from;
                let to = i * column.to + start * row.to;
                line(Axis { extent, ..row }, &x[from..], &mut y[to..]);
            }
        }
    }
}
