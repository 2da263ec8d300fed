//! A row-major matrix cut into blocks of columns that may be written at the same time.

use faer::reborrow::ReborrowMut;
use faer::{ContiguousFwd, MatMut};

/// Some columns of a row-major matrix: its own part of every row.
///
/// ```
/// use fieldassay::linalg::ColumnsMut;
/// let mut a = [1, 2, 3, 4, 5, 6];
/// let (mut left, mut right) = ColumnsMut::new(&mut a, 2, 3).split_at(1);
/// left.row_mut(1)[0] = 40;
/// right.row_mut(0).copy_from_slice(&[20, 30]);
/// assert_eq!(a, [1, 20, 30, 40, 5, 6]);
/// ```
#[derive(Debug)]
pub struct ColumnsMut<'a, T> {
    part: MatMut<'a, T, usize, usize, isize, ContiguousFwd>,
}

impl<'a, T> ColumnsMut<'a, T> {
    /// All columns of a matrix.
    ///
    /// # Shapes  `data`: `(rows, columns)`.
    /// # Panics  if `data` has another length.
    #[must_use]
    pub fn new(data: &'a mut [T], rows: usize, columns: usize) -> Self {
        let whole = MatMut::from_row_major_slice_mut(data, rows, columns);
        Self {
            part: whole
                .try_as_row_major_mut()
                .expect("the numbers of a row lie one after the other"),
        }
    }

    /// The first `columns` of them, and the others.
    ///
    /// # Panics  if there are fewer.
    #[must_use]
    pub fn split_at(self, columns: usize) -> (Self, Self) {
        let (first, others) = self.part.split_at_col_mut(columns);
        (Self { part: first }, Self { part: others })
    }

    /// Their part of row `i`.
    ///
    /// # Panics  if there is no such row.
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        self.part.rb_mut().row_mut(i).as_slice_mut()
    }
}
