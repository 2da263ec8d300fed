//! Hypercubic lattices with periodic directions.

use crate::error::{Error, Result};

/// A periodic hypercubic lattice of any dimension.
///
/// # Design
///
/// Sites are numbered with the **last direction fastest**. All sites that differ in the last coordinate only are a
/// *row*: fields keep a row in one piece, so that a kernel over rows vectorises over sites, over chains, or over both,
/// and a neighbour in any other direction is the same place of another row.
///
/// An extent of two keeps both bonds between its pair of sites, an extent of one the bond of a site with itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lattice {
    extents: Vec<usize>,
    /// Per row, per direction but the last: the row behind and the row ahead.
    rows_beside: Vec<[usize; 2]>,
}

impl Lattice {
    /// The lattice of these extents.
    ///
    /// # Errors  `Error::Argument` without a direction, with an empty one, or with more sites than can be counted.
    pub fn new(extents: &[usize]) -> Result<Self> {
        let sites = extents.iter().try_fold(1_usize, |n, &l| n.checked_mul(l));
        if extents.is_empty() || sites.is_none_or(|n| n == 0 || n > isize::MAX as usize / 64) {
            let found = format!("{extents:?}");
            return Err(Error::argument(
                "extents",
                found,
                "one positive number of sites a direction",
            ));
        }
        let across = &extents[..extents.len() - 1];
        let rows = across.iter().product();
        let mut rows_beside = Vec::with_capacity(rows * across.len());
        for row in 0..rows {
            let mut stride = rows;
            for &extent in across {
                let span = stride;
                stride /= extent;
                let x = row % span / stride;
                let moved = |to: usize| row - x * stride + to * stride;
                rows_beside.push([moved((x + extent - 1) % extent), moved((x + 1) % extent)]);
            }
        }
        Ok(Self {
            extents: extents.to_vec(),
            rows_beside,
        })
    }

    /// Sites in each direction.
    #[must_use]
    pub fn extents(&self) -> &[usize] {
        &self.extents
    }

    /// The number of directions.
    #[must_use]
    pub const fn dimension(&self) -> usize {
        self.extents.len()
    }

    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.extents.iter().product()
    }

    /// Sites of a row: the extent of the last direction.
    #[must_use]
    pub fn row_length(&self) -> usize {
        self.extents[self.extents.len() - 1]
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.sites() / self.row_length()
    }

    /// The rows behind and ahead of `row`, for every direction but the last.
    ///
    /// # Panics  if there is no such row.
    #[must_use]
    pub fn rows_beside(&self, row: usize) -> &[[usize; 2]] {
        let across = self.dimension() - 1;
        &self.rows_beside[row * across..(row + 1) * across]
    }

    /// The number of the site at `coordinates`, each taken modulo its extent.
    ///
    /// # Panics  unless there is one coordinate a direction.
    #[must_use]
    pub fn site(&self, coordinates: &[isize]) -> usize {
        assert_eq!(
            coordinates.len(),
            self.dimension(),
            "one coordinate a direction"
        );
        let places = coordinates.iter().zip(&self.extents);
        places.fold(0, |site, (&x, &extent)| {
            site * extent + x.rem_euclid(extent as isize) as usize
        })
    }

    /// The coordinates of a site.
    ///
    /// # Panics  if there is no such site.
    #[must_use]
    pub fn coordinates(&self, site: usize) -> Vec<usize> {
        assert!(site < self.sites(), "site {site} of {}", self.sites());
        let mut rest = site;
        let mut coordinates: Vec<usize> = (self.extents.iter().rev())
            .map(|&extent| {
                let x = rest % extent;
                rest /= extent;
                x
            })
            .collect();
        coordinates.reverse();
        coordinates
    }

    /// The site `steps` away from `site` in direction `mu`.
    ///
    /// # Panics  if there is no such site or direction.
    #[must_use]
    pub fn neighbour(&self, site: usize, mu: usize, steps: isize) -> usize {
        let stride: usize = self.extents[mu + 1..].iter().product();
        let extent = self.extents[mu];
        let x = site / stride % extent;
        let moved = (x as isize + steps).rem_euclid(extent as isize) as usize;
        site - x * stride + moved * stride
    }

    /// The sites beside `site`, two a direction: ahead and behind. An extent of two gives the other site twice, an
    /// extent of one the site itself.
    ///
    /// # Panics  if there is no such site.
    pub fn neighbours(&self, site: usize) -> impl Iterator<Item = usize> {
        (0..self.dimension())
            .flat_map(move |mu| [1, -1].map(|steps| self.neighbour(site, mu, steps)))
    }
}
