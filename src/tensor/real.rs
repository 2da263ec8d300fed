//! The number types of graphs: `f32` and `f64`.

use crate::linalg::{View, ViewMut, gemm};
use crate::num::simd::Float;
use crate::special::elementary::Elementary;
use crate::tensor::io::{Extent, Io};
use crate::tensor::op::{Kernel, Op};

/// A real number type that a plan can compute in.
pub trait Real: Float + Elementary {
    /// `f32` or `f64`.
    const NAME: &'static str;

    /// `C ← A·B`, or `C ← C + A·B`; all contiguous row-major: `A: (m, k)`, `B: (k, n)`, `C: (m, n)`, after
    /// the transpositions.
    ///
    /// # Panics  if a slice is not as long as its shape says.
    fn product(
        sizes: [usize; 3],
        a: Factor<'_, Self>,
        b: Factor<'_, Self>,
        c: &mut [Self],
        accumulate: bool,
    );

    /// Runs the kernel of an operation.
    fn run_op(op: &dyn Op, io: Io<'_, Self>);
    /// The scratch space that a kernel needs.
    fn scratch_of(op: &dyn Op, inputs: &[Extent<'_>], output: Extent<'_>) -> usize;
}

/// A factor of a product: contiguous rows, and whether its transpose is meant.
#[derive(Clone, Copy, Debug)]
pub struct Factor<'a, T> {
    /// The numbers.
    pub data: &'a [T],
    /// Whether the stored matrix is the transpose of the factor.
    pub transposed: bool,
}

macro_rules! real {
    ($($number:ident)*) => {$(
        impl Real for $number {
            const NAME: &'static str = stringify!($number);

            fn product(
                [m, k, n]: [usize; 3],
                a: Factor<'_, Self>,
                b: Factor<'_, Self>,
                c: &mut [Self],
                accumulate: bool,
            ) {
                fn view<T: crate::linalg::Scalar>(
                    factor: Factor<'_, T>,
                    rows: usize,
                    cols: usize,
                ) -> View<'_, T> {
                    let (stored_rows, stored_cols) =
                        if factor.transposed { (cols, rows) } else { (rows, cols) };
                    let view = View::new(factor.data, stored_rows, stored_cols, stored_cols)
                        .expect("the slice holds the matrix");
                    if factor.transposed { view.transpose() } else { view }
                }
                let out = ViewMut::new(c, m, n, n).expect("the slice holds the matrix");
                let beta = if accumulate { 1.0 } else { 0.0 };
                gemm(1.0, view(a, m, k), view(b, k, n), beta, out).expect("the shapes fit");
            }

            fn run_op(op: &dyn Op, io: Io<'_, Self>) {
                Kernel::<Self>::run(op, io);
            }

            fn scratch_of(op: &dyn Op, inputs: &[Extent<'_>], output: Extent<'_>) -> usize {
                Kernel::<Self>::scratch(op, inputs, output)
            }
        }
    )*};
}
real!(f32 f64);
