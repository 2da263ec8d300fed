//! Jackknife or bootstrap samples of levels, with their masses if these fluctuate too.

use std::path::Path;

use super::level_table::LevelTable;
use super::two_body::TwoBody;
use crate::error::{Error, Result, shown};
use crate::io::{Limits, Table, npy};
use crate::linalg::Matrix;
use crate::stats::Resampling;

/// Samples of every level of a table.
#[derive(Clone, Debug)]
pub struct LevelSamples {
    resampling: Resampling,
    /// `(samples, levels)`.
    energies: Matrix<f64>,
    pairs: Vec<TwoBody>,
}

/// A mean of samples this many errors away from the table's own value belongs to another level.
const STRAY: f64 = 6.0;

impl LevelSamples {
    /// Reads `bytes`, the content of the file `path` (CSV, or `.npy` by its first bytes): one row a sample,
    /// one column a level of `table` in the table's order and unit, then perhaps `m1` and `m2`; masses that
    /// do not fluctuate are those of `pair`.
    ///
    /// # Errors  `Error::Format` naming file, column and row, also for a column whose mean lies more than
    /// six errors from the level that it should belong to.
    pub fn from_bytes(
        path: &Path,
        bytes: &[u8],
        limits: &Limits,
        resampling: Resampling,
        table: &LevelTable,
        pair: TwoBody,
    ) -> Result<Self> {
        let (names, rows) = read(path, bytes, limits)?;
        let levels = table.levels().len();
        if names.len() != levels && names.len() != levels + 2 {
            let found = format!("{} columns", names.len());
            let expected = format!("{levels}, one a level, or two more for m1 and m2");
            return Err(Error::format(path, "samples", found, expected));
        }
        if rows.len() < 2 {
            let found = format!("{} rows", rows.len());
            return Err(Error::format(
                path,
                "samples",
                found,
                "at least two samples",
            ));
        }
        let factor = table.energy_factor();
        let energies = Matrix::from_fn(rows.len(), levels, |b, i| factor * rows[b][i]);
        let cell = |b: usize, i: usize, expected: String| {
            let field = format!("column `{}`, row {}", names[i], b + 1);
            Error::format(path, field, format!("{:?}", rows[b][i]), expected)
        };
        let mut pairs = vec![pair; rows.len()];
        if names.len() > levels {
            for (b, row) in rows.iter().enumerate() {
                let masses = TwoBody::new(factor * row[levels], factor * row[levels + 1]);
                pairs[b] =
                    masses.map_err(|_| cell(b, levels, "positive masses m1 and m2".to_owned()))?;
            }
        }
        let samples = Self {
            resampling,
            energies,
            pairs,
        };
        for b in 0..rows.len() {
            for (i, level) in table.levels().iter().enumerate() {
                let energy = samples.energies[(b, i)];
                let e_cm = table.frame().to_cm(level.channel.frame(), energy);
                let channel = samples.channel(b, &level.channel);
                let checked = e_cm.and_then(|e| channel.in_range(e));
                checked
                    .map_err(|error| cell(b, i, format!("an energy of that level ({error})")))?;
            }
        }
        samples.check_means(path, table, &names)?;
        Ok(samples)
    }

    fn check_means(&self, path: &Path, table: &LevelTable, names: &[String]) -> Result<()> {
        for (i, level) in table.levels().iter().enumerate() {
            let column = self.energies.column(i);
            let mean = column.iter().sum::<f64>() / column.len() as f64;
            let error = self.resampling.error(&column)?;
            if !((mean - level.energy).abs() <= STRAY * error + 1e-9 * level.energy) {
                let field = format!("column `{}`", names[i]);
                let found = format!("a mean of {:?}", mean / table.energy_factor());
                let own = level.energy / table.energy_factor();
                let expected = format!(
                    "one within {STRAY} errors of row {} of the table, {own:?}",
                    i + 1
                );
                return Err(Error::format(path, field, found, expected));
            }
        }
        Ok(())
    }

    /// How they were drawn.
    #[must_use]
    pub const fn resampling(&self) -> Resampling {
        self.resampling
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.energies.rows()
    }

    /// The energies of sample `b`, level by level.
    ///
    /// # Panics  if there is no such sample.
    #[must_use]
    pub fn energies(&self, b: usize) -> &[f64] {
        self.energies.row(b)
    }

    /// The box of a level with the masses of sample `b`.
    ///
    /// # Panics  if there is no such sample.
    #[must_use]
    pub fn channel(&self, b: usize, level: &super::SWave) -> super::SWave {
        super::SWave::new(self.pairs[b], *level.frame())
    }

    /// The covariance of the levels.
    ///
    /// # Errors  as [`Resampling::covariance`].
    pub fn covariance(&self) -> Result<Matrix<f64>> {
        covariance_of(self.resampling, &self.energies)
    }
}

impl LevelTable {
    /// Reads the covariance of the levels from `bytes`, the content of the file `path` (CSV with a header, or
    /// `.npy`), in the square of the table's unit.
    ///
    /// # Shapes  `(levels, levels)`, in the order of the table.
    /// # Errors  `Error::Format` naming file, row and column for another size or a matrix that is not symmetric
    /// to 1e-9.
    pub fn covariance_from_bytes(
        &self,
        path: &Path,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Matrix<f64>> {
        let (names, rows) = read(path, bytes, limits)?;
        let n = self.levels().len();
        if names.len() != n || rows.len() != n {
            let found = format!("{} rows of {} columns", rows.len(), names.len());
            return Err(Error::format(
                path,
                "covariance",
                found,
                format!("{n} of {n}"),
            ));
        }
        for i in 0..n {
            for j in 0..i {
                let (a, b) = (rows[i][j], rows[j][i]);
                if !((a - b).abs() <= 1e-9 * (rows[i][i] * rows[j][j]).abs().sqrt()) {
                    let field = format!("column `{}`, row {}", names[j], i + 1);
                    let expected = format!("{b:?}, as on the other side of the diagonal");
                    return Err(Error::format(path, field, format!("{a:?}"), expected));
                }
            }
        }
        let square = self.energy_factor() * self.energy_factor();
        Ok(Matrix::from_fn(n, n, |i, j| {
            square * 0.5 * (rows[i][j] + rows[j][i])
        }))
    }
}

/// The covariance of the columns of `samples`.
///
/// # Shapes  `(samples, quantities)` → `(quantities, quantities)`.
/// # Errors  as [`Resampling::covariance`].
pub fn covariance_of(resampling: Resampling, samples: &Matrix<f64>) -> Result<Matrix<f64>> {
    let n = samples.cols();
    let columns: Vec<Vec<f64>> = (0..n).map(|j| samples.column(j)).collect();
    let mut covariance = Matrix::zeros(n, n);
    for i in 0..n {
        for j in 0..=i {
            let entry = resampling.covariance(&columns[i], &columns[j])?;
            covariance[(i, j)] = entry;
            covariance[(j, i)] = entry;
        }
    }
    Ok(covariance)
}

/// Reads a matrix: CSV with a header, or `.npy` of two dimensions. Columns of the latter are `0`, `1`, ….
///
/// # Errors  `Error::Format` naming the file and the field.
pub(super) fn read(
    path: &Path,
    bytes: &[u8],
    limits: &Limits,
) -> Result<(Vec<String>, Vec<Vec<f64>>)> {
    if !bytes.starts_with(b"\x93NUMPY") {
        let table = Table::from_bytes(path, bytes, limits)?;
        let names = table.names().to_vec();
        let columns: Vec<&[f64]> = names
            .iter()
            .map(|n| table.column(n))
            .collect::<Result<_>>()?;
        let rows = (0..table.rows()).map(|b| columns.iter().map(|c| c[b]).collect());
        let shown = names.iter().map(|name| shown(name)).collect();
        return Ok((shown, rows.collect()));
    }
    let array = npy::from_bytes(path, bytes, limits)?;
    let &[_, columns] = array.shape() else {
        let found = format!("{:?}", array.shape());
        return Err(Error::format(
            path,
            "shape",
            found,
            "two dimensions: samples, levels",
        ));
    };
    let numbers = array
        .to_f64()
        .map_err(|_| Error::format(path, "descr", array.dtype(), "real numbers"))?;
    if let Some(at) = numbers.iter().position(|x| !x.is_finite()) {
        let field = format!(
            "column `{}`, row {}",
            at % columns.max(1),
            at / columns.max(1) + 1
        );
        return Err(Error::format(
            path,
            field,
            numbers[at].to_string(),
            "a finite number",
        ));
    }
    let names = (0..columns).map(|i| i.to_string()).collect();
    let rows = numbers
        .chunks(columns.max(1))
        .map(<[f64]>::to_vec)
        .collect();
    Ok((names, rows))
}
