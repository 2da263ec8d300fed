//! Rows picked by a fixed table: neighbours on a lattice, shifts, nearest-neighbour up-sampling.

use std::fmt;
use std::sync::Arc;

use super::{Call, Change, Example, Kernel, Op, REAL, Sample, misfit, random_extent};
use crate::error::{Error, Result};
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// For each row of a result, the row of the operand that it shows, or none: zeros.
#[derive(Clone, PartialEq, Eq)]
pub struct Table {
    rows: usize,
    dims: Vec<usize>,
    entries: Vec<u32>,
    /// Where the readers of each row start in `readers`; one more than there are rows.
    starts: Vec<u32>,
    /// The result's rows, in ascending order for each row that they show: the transposed table.
    readers: Vec<u32>,
}

/// The entry of a row that shows nothing.
const NOTHING: u32 = u32::MAX;

impl Table {
    /// A table into `rows` rows; the picked rows are counted by axes of extents `dims`, row-major.
    ///
    /// # Errors  `Error::ShapeMismatch` if there are not as many entries as `dims` says, `Error::Argument` naming an
    /// entry that is no row, `Error::Unsupported` from 2³² − 1 rows on.
    pub fn new(rows: usize, dims: &[usize], entries: &[Option<usize>]) -> Result<Self> {
        if entries.len() != dims.iter().product::<usize>() {
            return Err(Error::ShapeMismatch {
                op: "table",
                lhs: dims.to_vec(),
                rhs: vec![entries.len()],
            });
        }
        if rows.max(entries.len()) >= NOTHING as usize {
            return Err(Error::Unsupported {
                what: format!("a table of {} entries into {rows} rows", entries.len()),
                expected: format!("fewer than {NOTHING}"),
            });
        }
        let wrong = |entry: &Option<usize>| entry.is_some_and(|row| row >= rows);
        if let Some(at) = entries.iter().position(wrong) {
            let found = format!("{:?}", entries[at]);
            let expected = format!("nothing or one of {rows} rows");
            return Err(Error::argument(format!("table[{at}]"), found, expected));
        }
        let entries: Vec<u32> = entries
            .iter()
            .map(|entry| entry.map_or(NOTHING, |row| row as u32))
            .collect();
        let (starts, readers) = transposed(rows, &entries);
        Ok(Self {
            rows,
            dims: dims.to_vec(),
            entries,
            starts,
            readers,
        })
    }

    /// Rows of the operand.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Extents of the axes that count the picked rows.
    #[must_use]
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The row that is shown at `i`.
    ///
    /// # Panics  if there is no such entry.
    #[must_use]
    pub fn entry(&self, i: usize) -> Option<usize> {
        let entry = self.entries[i];
        (entry != NOTHING).then_some(entry as usize)
    }

    /// Where row `row` is shown, in ascending order.
    pub(super) fn readers(&self, row: usize) -> &[u32] {
        &self.readers[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// What tells the table from all others that live: its content if it is short, else its address.
    pub(super) fn key(self: &Arc<Self>) -> String {
        const LONGEST: usize = 64;
        match self.entries.len() {
            0..=LONGEST => format!("{} {:?} {:?}", self.rows, self.dims, self.entries),
            _ => format!("at {:p}", Arc::as_ptr(self)),
        }
    }

    /// A small random table, some entries of which show nothing.
    pub(super) fn random(r: &mut Rng) -> Self {
        let rows = random_extent(r, 5);
        let dims: Vec<usize> = (0..r.below(3)).map(|_| random_extent(r, 4)).collect();
        let count = dims.iter().product();
        let entries: Vec<Option<usize>> = (0..count)
            .map(|_| (rows > 0 && r.below(5) > 0).then(|| r.below(rows)))
            .collect();
        Self::new(rows, &dims, &entries).expect("rows that exist")
    }
}

/// Where each row is shown: starts, and all of them one after the other.
fn transposed(rows: usize, entries: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; rows + 1];
    let shown = |entry: &&u32| **entry != NOTHING;
    for &row in entries.iter().filter(shown) {
        starts[row as usize + 1] += 1;
    }
    for row in 0..rows {
        starts[row + 1] += starts[row];
    }
    let mut next = starts.clone();
    let mut readers = vec![0; starts[rows] as usize];
    for (at, &row) in entries.iter().enumerate().filter(|(_, row)| shown(row)) {
        readers[next[row as usize] as usize] = at as u32;
        next[row as usize] += 1;
    }
    (starts, readers)
}

/// Without the entries, which may be many.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({:?} of {} rows)", self.dims, self.rows)
    }
}

/// Replaces an axis by those of a table of its rows.
#[derive(Clone, Debug)]
pub struct Gather {
    pub(super) table: Arc<Table>,
    pub(super) axis: usize,
}

impl Op for Gather {
    fn name(&self) -> &'static str {
        "gather"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if x.dims().get(self.axis) == Some(&self.table.rows) => {
                let (before, rest) = x.dims().split_at(self.axis);
                Ok(x.with_dims(&[before, &self.table.dims, &rest[1..]].concat()))
            }
            _ => misfit(
                self.name(),
                inputs,
                format!(
                    "one operand with {} rows along axis {}",
                    self.table.rows, self.axis
                ),
            ),
        }
    }

    fn vjp(&self, g: &mut Graph, _: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let back = g.scatter_add_along(cotangent, self.axis, &self.table)?;
        Ok(vec![Some(back)])
    }

    fn jvp(&self, g: &mut Graph, _: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| g.push(self.clone(), &[tangent]))
            .transpose()
    }

    fn key(&self) -> Option<String> {
        Some(format!("gather {} {}", self.axis, self.table.key()))
    }
}

/// Numbers of a row: axes behind the table's, and samples.
pub(super) fn row_length(dims: &[usize], lanes: usize) -> usize {
    dims.iter().product::<usize>() * lanes
}

impl<T: Real> Kernel<T> for Gather {
    fn run(&self, io: Io<'_, T>) {
        let row = row_length(&io.extents[0].dims[self.axis + 1..], io.output_extent.lanes);
        let entries = &self.table.entries;
        if io.output.is_empty() {
            return;
        }
        let blocks = io.output.chunks_exact_mut(entries.len() * row);
        for (block, out) in blocks.enumerate() {
            let x = &io.inputs[0][block * self.table.rows * row..][..self.table.rows * row];
            pick(entries, row, x, out);
        }
    }
}

/// Copies rows, as many at once as lie one after the other.
fn pick<T: Real>(entries: &[u32], row: usize, x: &[T], out: &mut [T]) {
    let mut first = 0;
    while first < entries.len() {
        let from = entries[first];
        let step = u32::from(from != NOTHING);
        let mut count = 1;
        while first + count < entries.len() && entries[first + count] == from + step * count as u32
        {
            count += 1;
        }
        let target = &mut out[first * row..(first + count) * row];
        match from {
            NOTHING => target.fill(T::ZERO),
            from => target.copy_from_slice(&x[from as usize * row..][..count * row]),
        }
        first += count;
    }
}

impl Example for Gather {
    fn example(r: &mut Rng) -> Result<Sample> {
        let table = Arc::new(Table::random(r));
        let mut dims: Vec<usize> = (0..r.below(3)).map(|_| random_extent(r, 4)).collect();
        let axis = r.below(dims.len() + 1);
        dims.insert(axis, table.rows);
        let others = (0..dims.len()).filter(|&other| other != axis);
        let one_more = axis > 0 && dims[axis - 1] == table.rows;
        let shape = Shape::shared(&dims).with_batched(r.below(2) == 0);
        let sample = Sample::of(Self { table, axis }, &[(shape, REAL)])?;
        Ok(sample
            .allows([Change::Batch(0)])
            .allows(one_more.then_some(Change::Axis(0)))
            .allows_longer(0, others))
    }
}

impl Graph {
    /// Row `table[i]` of `x` at each place `i` of the table, zeros where the table shows nothing.
    ///
    /// # Shapes  `x: [rows, ..]` → `[table's extents.., ..]`.
    /// # Errors  `Error::Operands` if the table counts other rows.
    pub fn gather(&mut self, x: Var, table: &Arc<Table>) -> Result<Var> {
        self.gather_along(x, 0, table)
    }

    /// As [`Graph::gather`], with the rows along axis `axis`, which the table's axes replace.
    ///
    /// # Errors  `Error::Operands` if there is no such axis, or the table counts other rows.
    pub fn gather_along(&mut self, x: Var, axis: usize, table: &Arc<Table>) -> Result<Var> {
        let table = Arc::clone(table);
        self.push(Gather { table, axis }, &[x])
    }

    /// The value `by` sites further along a periodic axis: `x[.., (i + by) mod L, ..]` at site `i`.
    ///
    /// # Errors  `Error::Operands` if there is no such axis.
    pub fn shift(&mut self, x: Var, axis: usize, by: isize) -> Result<Var> {
        let Some(&extent) = self.shape(x).dims().get(axis) else {
            return misfit("shift", &[self.shape(x)], format!("an axis {axis}"));
        };
        let by = match extent {
            0 => 0,
            _ => by.rem_euclid(extent as isize) as usize,
        };
        if by == 0 {
            return Ok(x);
        }
        let entries: Vec<_> = (0..extent).map(|i| Some((i + by) % extent)).collect();
        let table = Table::new(extent, &[extent], &entries)?;
        self.gather_along(x, axis, &Arc::new(table))
    }

    /// Each site of some axes repeated `factor` times along each of them.
    ///
    /// # Errors  `Error::Operands` if there is no such axis; `Error::Argument` if `factor` is 0.
    pub fn upsample_nearest(&mut self, x: Var, axes: &[usize], factor: usize) -> Result<Var> {
        self.reduced("upsample_nearest", x, axes)?;
        if factor == 0 {
            return Err(Error::argument("factor", "0", "at least 1"));
        }
        let (Some(&first), Some(&last)) = (axes.iter().min(), axes.iter().max()) else {
            return Ok(x);
        };
        let dims = self.shape(x).dims().to_vec();
        let sites = &dims[first..=last];
        let factors: Vec<usize> = (first..=last)
            .map(|axis| if axes.contains(&axis) { factor } else { 1 })
            .collect();
        let table = nearest(sites, &factors)?;
        let merged = [&dims[..first], &[table.rows], &dims[last + 1..]].concat();
        let rows = self.reshape(x, &merged)?;
        self.gather_along(rows, first, &Arc::new(table))
    }
}

/// The site that each site of a finer lattice lies in.
fn nearest(sites: &[usize], factors: &[usize]) -> Result<Table> {
    let dims: Vec<usize> = sites.iter().zip(factors).map(|(n, f)| n * f).collect();
    let coarse = |mut fine: usize| {
        let (mut site, mut stride) = (0, 1);
        for axis in (0..sites.len()).rev() {
            site += fine % dims[axis] / factors[axis] * stride;
            fine /= dims[axis];
            stride *= sites[axis];
        }
        Some(site)
    };
    let entries: Vec<_> = (0..dims.iter().product()).map(coarse).collect();
    Table::new(sites.iter().product(), &dims, &entries)
}
