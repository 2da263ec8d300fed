//! Discrete Fourier transforms along any axis, of any length.
//!
//! # Design
//!
//! Complex numbers are a last axis of extent 2, the real and the imaginary part; so there is no complex number type in
//! a graph, and the adjoint of a transform as a real-linear map is the transform in the other direction. The plans
//! of `rustfft` are made with the operation; its kernel gathers [`TOGETHER`] columns into scratch and transforms them there.

use std::fmt;
use std::sync::Arc;

use bytemuck::cast_slice_mut;
use num_complex::Complex;
use rustfft::{FftDirection, FftPlanner};

use super::{Call, Change, Example, Kernel, Op, REAL, Sample, misfit};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::{Extent, Io};
use crate::tensor::shape::Shape;

/// Columns that are transformed together.
const TOGETHER: usize = 16;

/// `y_k = Σ_j x_j e^{∓2πi jk/n}` along one axis, forward with the minus sign, not normalised.
#[derive(Clone)]
pub struct Fft {
    axis: usize,
    length: usize,
    direction: FftDirection,
    single: Arc<dyn rustfft::Fft<f32>>,
    double: Arc<dyn rustfft::Fft<f64>>,
}

impl fmt::Debug for Fft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            axis,
            length,
            direction,
            ..
        } = self;
        write!(f, "Fft {direction:?} of {length} along {axis}")
    }
}

impl Fft {
    fn new(axis: usize, length: usize, direction: FftDirection) -> Self {
        // There is no transform of length 0, and none of its numbers to transform.
        let planned = length.max(1);
        Self {
            axis,
            length,
            direction,
            single: FftPlanner::new().plan_fft(planned, direction),
            double: FftPlanner::new().plan_fft(planned, direction),
        }
    }

    fn adjoint(&self) -> Self {
        Self::new(self.axis, self.length, self.direction.opposite_direction())
    }
}

impl Op for Fft {
    fn name(&self) -> &'static str {
        "fft"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if let Some((2, axes)) = x.dims().split_last()
                && axes.get(self.axis) == Some(&self.length) =>
            {
                Ok((*x).clone())
            }
            _ => misfit(self.name(), inputs, expected(self.axis)),
        }
    }

    fn vjp(&self, g: &mut Graph, _: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        Ok(vec![Some(g.push(self.adjoint(), &[cotangent])?)])
    }

    fn jvp(&self, g: &mut Graph, _: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| g.push(self.clone(), &[tangent]))
            .transpose()
    }
}

fn expected(axis: usize) -> String {
    format!("[.., 2], the last axis real and imaginary part, and an axis {axis} before it")
}

/// Where the numbers of a column are: `[before, n, after, 2, lanes]`, a column for each of `after × lanes`.
#[derive(Clone, Copy)]
struct Columns {
    length: usize,
    after: usize,
    lanes: usize,
}

impl Columns {
    fn new(axis: usize, x: &Extent<'_>) -> Self {
        let dims = &x.dims[axis..];
        Self {
            length: dims[0],
            after: dims[1..dims.len() - 1].iter().product(),
            lanes: x.lanes,
        }
    }

    const fn count(self) -> usize {
        self.after * self.lanes
    }

    /// The offset of the real part of the first entry of column `column`; the imaginary part is `lanes` behind.
    const fn offset(self, column: usize) -> usize {
        column / self.lanes * 2 * self.lanes + column % self.lanes
    }

    /// From one entry of a column to the next.
    const fn stride(self) -> usize {
        2 * self.count()
    }

    /// Blocks of columns of one array: the first column, how many, and their offsets.
    fn blocks(self) -> impl Iterator<Item = (usize, [usize; TOGETHER])> {
        (0..self.count()).step_by(TOGETHER).map(move |first| {
            let count = TOGETHER.min(self.count() - first);
            let offsets = std::array::from_fn(|i| self.offset(first + i.min(count - 1)));
            (count, offsets)
        })
    }
}

macro_rules! kernel {
    ($($number:ty, $plan:ident;)*) => {$(
        impl Kernel<$number> for Fft {
            fn run(&self, io: Io<'_, $number>) {
                let columns = Columns::new(self.axis, &io.extents[0]);
                let Columns { length, lanes, .. } = columns;
                let size = (length * columns.stride()).max(1);
                let (buffer, scratch) = io.scratch.split_at_mut(2 * TOGETHER * length);
                let buffer: &mut [Complex<$number>] = cast_slice_mut(buffer);
                let scratch: &mut [Complex<$number>] =
                    cast_slice_mut(&mut scratch[..2 * self.$plan.get_inplace_scratch_len()]);
                for (x, y) in io.inputs[0].chunks_exact(size).zip(io.output.chunks_exact_mut(size)) {
                    for (count, offsets) in columns.blocks() {
                        for (j, x) in x.chunks_exact(columns.stride()).enumerate() {
                            for (i, at) in offsets[..count].iter().enumerate() {
                                buffer[i * length + j] = Complex::new(x[*at], x[at + lanes]);
                            }
                        }
                        self.$plan.process_with_scratch(&mut buffer[..count * length], scratch);
                        for (j, y) in y.chunks_exact_mut(columns.stride()).enumerate() {
                            for (i, at) in offsets[..count].iter().enumerate() {
                                let Complex { re, im } = buffer[i * length + j];
                                (y[*at], y[at + lanes]) = (re, im);
                            }
                        }
                    }
                }
            }

            fn scratch(&self, _: &[Extent<'_>], _: Extent<'_>) -> usize {
                2 * (TOGETHER * self.length + self.$plan.get_inplace_scratch_len())
            }
        }
    )*};
}
kernel! {
    f32, single;
    f64, double;
}

impl Example for Fft {
    fn example(r: &mut Rng) -> Result<Sample> {
        let mut dims: Vec<usize> = (0..1 + r.below(3))
            .map(|_| super::random_extent(r, 4))
            .collect();
        let axis = r.below(dims.len());
        dims[axis] = super::random_extent(r, 9);
        let direction = match r.below(2) {
            0 => FftDirection::Forward,
            _ => FftDirection::Inverse,
        };
        let op = Self::new(axis, dims[axis], direction);
        let shape = Shape::shared(&[&dims[..], &[2]].concat()).with_batched(r.below(2) == 0);
        let one_more = axis > 0 && dims[axis - 1] == dims[axis];
        let others = (0..dims.len()).filter(|&other| other != axis);
        Ok(Sample::of(op, &[(shape, REAL)])?
            .allows([Change::Batch(0)])
            .allows(one_more.then_some(Change::Axis(0)))
            .allows_longer(0, others))
    }
}

impl Graph {
    /// `y_k = Σ_j x_j e^{−2πi jk/n}` along an axis; the last axis holds real and imaginary part.
    ///
    /// # Shapes    `x: [.., n, .., 2]` → the same.
    /// # Errors    `Error::Operands` if the last axis is not 2 or `axis` is not before it.
    /// # Accuracy  `8ε·log₂(2n)·‖x‖₂√n` in the Euclidean norm.
    pub fn fft(&mut self, x: Var, axis: usize) -> Result<Var> {
        self.transform(x, axis, FftDirection::Forward)
    }

    /// `y_k = Σ_j x_j e^{2πi jk/n} / n` along an axis: undoes [`Graph::fft`].
    ///
    /// # Shapes    as [`Graph::fft`].
    /// # Errors    as [`Graph::fft`].
    pub fn ifft(&mut self, x: Var, axis: usize) -> Result<Var> {
        let sum = self.transform(x, axis, FftDirection::Inverse)?;
        let length = self.shape(x).dims()[axis].max(1);
        self.scale(sum, 1.0 / length as f64)
    }

    /// Real numbers as complex ones.
    ///
    /// # Shapes  `x: [..]` → `[.., 2]`.
    /// # Errors  `Error::Operands` if `x` has too many axes already.
    pub fn real_to_complex(&mut self, x: Var) -> Result<Var> {
        let dims = [self.shape(x).dims(), &[1]].concat();
        let column = self.reshape(x, &dims)?;
        let real = self.constant(&[2], &[1.0, 0.0])?;
        self.mul(column, real)
    }

    fn transform(&mut self, x: Var, axis: usize, direction: FftDirection) -> Result<Var> {
        let shape = self.shape(x);
        let length = shape
            .dims()
            .split_last()
            .and_then(|(_, axes)| axes.get(axis));
        match length {
            Some(&length) => self.push(Fft::new(axis, length, direction), &[x]),
            None => misfit("fft", &[shape], expected(axis)),
        }
    }
}
