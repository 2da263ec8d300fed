//! Rows summed where a fixed table shows them: the adjoint of gathering.

use std::sync::Arc;

use super::gather::{Gather, Table, row_length};
use super::{Call, Change, Example, Kernel, Op, REAL, Sample, misfit, random_extent};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::kernel::strided::add_assign;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// Replaces the axes of a table by its rows, each the sum of what shows it, in the table's order.
#[derive(Clone, Debug)]
pub struct ScatterAdd {
    table: Arc<Table>,
    axis: usize,
}

impl Op for ScatterAdd {
    fn name(&self) -> &'static str {
        "scatter_add"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        let end = self.axis + self.table.dims().len();
        match inputs {
            [x] if x.dims().get(self.axis..end) == Some(self.table.dims()) => {
                let (before, after) = (&x.dims()[..self.axis], &x.dims()[end..]);
                Ok(x.with_dims(&[before, &[self.table.rows()], after].concat()))
            }
            _ => misfit(
                self.name(),
                inputs,
                format!(
                    "one operand with the extents {:?} from axis {} on",
                    self.table.dims(),
                    self.axis
                ),
            ),
        }
    }

    fn vjp(&self, g: &mut Graph, _: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let back = Gather {
            table: Arc::clone(&self.table),
            axis: self.axis,
        };
        Ok(vec![Some(g.push(back, &[cotangent])?)])
    }

    fn jvp(&self, g: &mut Graph, _: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| g.push(self.clone(), &[tangent]))
            .transpose()
    }

    fn key(&self) -> Option<String> {
        Some(format!("scatter_add {} {}", self.axis, self.table.key()))
    }
}

impl<T: Real> Kernel<T> for ScatterAdd {
    fn run(&self, io: Io<'_, T>) {
        let row = row_length(
            &io.output_extent.dims[self.axis + 1..],
            io.output_extent.lanes,
        );
        if io.output.is_empty() {
            return;
        }
        let shown: usize = self.table.dims().iter().product();
        let blocks = io.output.chunks_exact_mut(self.table.rows() * row);
        for (block, out) in blocks.enumerate() {
            let x = &io.inputs[0][block * shown * row..][..shown * row];
            for (at, sum) in out.chunks_exact_mut(row).enumerate() {
                add_rows(self.table.readers(at), x, sum);
            }
        }
    }
}

/// `sum ← Σ` of the rows of `x`, in this order.
fn add_rows<T: Real>(rows: &[u32], x: &[T], sum: &mut [T]) {
    if let [sum] = sum {
        *sum = T::ZERO;
        for &row in rows {
            *sum += x[row as usize];
        }
        return;
    }
    let length = sum.len();
    let row = |row: u32| &x[row as usize * length..][..length];
    let Some((&first, others)) = rows.split_first() else {
        return sum.fill(T::ZERO);
    };
    sum.copy_from_slice(row(first));
    for &other in others {
        add_assign(row(other), sum);
    }
}

impl Example for ScatterAdd {
    fn example(r: &mut Rng) -> Result<Sample> {
        let table = Arc::new(Table::random(r));
        let mut dims: Vec<usize> = (0..r.below(3)).map(|_| random_extent(r, 4)).collect();
        let axis = r.below(dims.len() + 1);
        let end = axis + table.dims().len();
        dims.splice(axis..axis, table.dims().iter().copied());
        let others = (0..dims.len()).filter(|other| !(axis..end).contains(other));
        let one_more = [&[1003][..], &dims].concat()[axis..end] == *table.dims();
        let shape = Shape::shared(&dims).with_batched(r.below(2) == 0);
        let sample = Sample::of(Self { table, axis }, &[(shape, REAL)])?;
        Ok(sample
            .allows([Change::Batch(0)])
            .allows(one_more.then_some(Change::Axis(0)))
            .allows_longer(0, others))
    }
}

impl Graph {
    /// Row `r` of the result is the sum of `x[i]` over all places `i` of the table that show row `r`.
    ///
    /// # Shapes  `x: [table's extents.., ..]` → `[rows, ..]`.
    /// # Errors  `Error::Operands` if `x` does not start with the table's extents.
    pub fn scatter_add(&mut self, x: Var, table: &Arc<Table>) -> Result<Var> {
        self.scatter_add_along(x, 0, table)
    }

    /// As [`Graph::scatter_add`], with the table's axes from `axis` on.
    ///
    /// # Errors  `Error::Operands` if `x` does not have the table's extents there.
    pub fn scatter_add_along(&mut self, x: Var, axis: usize, table: &Arc<Table>) -> Result<Var> {
        let table = Arc::clone(table);
        self.push(ScatterAdd { table, axis }, &[x])
    }
}
