//! Geometry of a lattice convolution: which input site every tap of every output site reads.
//!
//! Convention: cross-correlation, `y_o = Σ_t W_t·x_{s·o + offset_t}`, sites in row-major order (the last axis
//! fastest), taps in row-major order of the kernel. A kernel of `k` sites along an axis has the
//! offsets `t − ⌊(k−1)/2⌋`: centred if `k` is odd; an even one reaches one site further forward.
//! With stride `s` there are `⌈extent/s⌉` output sites along an axis.
//!
//! # Design
//!
//! A tap reads one input site for each output site, and no two output sites read the same input site by
//! the same tap (strides step by at most one turn round the lattice), so that the adjoint is again such an
//! operator. The pairs are listed both ways, each list in order of taps, and the sites with the same
//! taps (all of them on a periodic lattice, the interior of a padded one) stand together, so that
//! several can share the loads of the weights. For the gradient of the weights, output sites
//! are cut into tiles whose neighbourhoods fit into the nearest cache.
//!
//! Laws: `tests/laws/stencil.rs` (adjoint identities). Witness: `reference::convolution`.

use serde::{Deserialize, Serialize};

use super::tile::{Tile, tiles};
use crate::error::{Error, Result};

/// What a tap reads that reaches over the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// The site on the other side.
    Periodic,
    /// Zero: the pair is left out.
    Zero,
}

/// One pair of a list: a tap and the site that it connects to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The tap.
    pub tap: u32,
    /// The site at its other end.
    pub site: u32,
}

/// A sparse operator between two lattices with a block of weights for every tap.
///
/// ```
/// use fieldassay::tensor::{Boundary, Stencil};
/// let wrap = Stencil::convolution(&[4], &[3], &[1], &[Boundary::Periodic])?;
/// let sites: Vec<u32> = wrap.entries(0).iter().map(|entry| entry.site).collect();
/// assert_eq!(sites, [3, 0, 1]);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stencil {
    taps: usize,
    forward: Lists,
    adjoint: Lists,
    tiles: Vec<Tile>,
}

/// Pairs by site, in compressed rows, and the order in which to visit the sites.
#[derive(Clone, Debug)]
struct Lists {
    start: Vec<usize>,
    entries: Vec<Entry>,
    order: Vec<u32>,
    alike: Vec<usize>,
}

impl Stencil {
    /// Sites, input or output, that a tile has at the most.
    pub(super) const TILE_SITES: usize = 96;
    /// Output sites that a tile has at the most.
    pub(super) const TILE_OUTPUTS: usize = 64;
    /// Taps that a tile has at the most.
    pub(super) const TILE_TAPS: usize = 9;

    /// A full kernel of `kernel` sites along every axis. No axes at all: one site with one tap, which
    /// is an affine layer.
    ///
    /// # Shapes    four slices of one length, the dimension.
    /// # Errors    `Error::ShapeMismatch` if the lengths differ; `Error::Argument` on an extent, a
    /// kernel or a stride of zero; `Error::Unsupported` beyond 2³² sites or pairs.
    pub fn convolution(
        extents: &[usize],
        kernel: &[usize],
        stride: &[usize],
        boundary: &[Boundary],
    ) -> Result<Self> {
        let op = "Stencil::convolution (extents, kernel)";
        check_length(op, extents.len(), kernel.len())?;
        check_positive("kernel", kernel)?;
        let taps = volume("taps", kernel)?;
        let offsets: Vec<Vec<isize>> = (0..taps)
            .map(|tap| {
                let place = coordinates(tap, kernel);
                let centred = place.iter().zip(kernel);
                centred
                    .map(|(&t, &k)| t as isize - (k as isize - 1) / 2)
                    .collect()
            })
            .collect();
        Self::with_taps(extents, &offsets, stride, boundary)
    }

    /// The taps with these offsets, such as the causal half of a kernel.
    ///
    /// # Shapes    every offset, `stride` and `boundary` have an entry for every axis.
    /// # Errors    as for [`Stencil::convolution`].
    pub fn with_taps(
        extents: &[usize],
        offsets: &[Vec<isize>],
        stride: &[usize],
        boundary: &[Boundary],
    ) -> Result<Self> {
        let dimension = extents.len();
        check_length("Stencil (extents, stride)", dimension, stride.len())?;
        check_length("Stencil (extents, boundary)", dimension, boundary.len())?;
        for offset in offsets {
            check_length("Stencil (extents, offset)", dimension, offset.len())?;
        }
        check_positive("extents", extents)?;
        check_positive("stride", stride)?;
        let inputs = volume("input sites", extents)?;
        let coarse: Vec<usize> = extents
            .iter()
            .zip(stride)
            .map(|(extent, stride)| extent.div_ceil(*stride))
            .collect();
        let outputs: usize = coarse.iter().product();
        volume("pairs", &[outputs, offsets.len()])?;
        let rows = (0..outputs).map(|output| {
            let place = coordinates(output, &coarse);
            let reads = |offset: &Vec<isize>| read(&place, offset, extents, stride, boundary);
            let pairs = offsets.iter().enumerate();
            pairs
                .filter_map(|(tap, offset)| reads(offset).map(|site| entry(tap, site)))
                .collect()
        });
        let forward = Lists::new(rows.collect());
        let adjoint = forward.transposed(inputs);
        Ok(Self::of(offsets.len(), forward, adjoint))
    }

    fn of(taps: usize, forward: Lists, adjoint: Lists) -> Self {
        let tiles = tiles(taps, &forward.start, &forward.entries);
        Self {
            taps,
            forward,
            adjoint,
            tiles,
        }
    }

    /// The adjoint: reads where this one is read.
    #[must_use]
    pub fn transpose(&self) -> Self {
        Self::of(self.taps, self.adjoint.clone(), self.forward.clone())
    }

    /// Number of taps.
    #[must_use]
    pub const fn taps(&self) -> usize {
        self.taps
    }

    /// Number of sites that are read.
    #[must_use]
    pub const fn input_sites(&self) -> usize {
        self.adjoint.start.len() - 1
    }

    /// Number of sites that are written.
    #[must_use]
    pub const fn output_sites(&self) -> usize {
        self.forward.start.len() - 1
    }

    /// Number of pairs of an output and an input site: multiply-adds of one channel and lane.
    #[must_use]
    pub const fn pairs(&self) -> usize {
        self.forward.entries.len()
    }

    /// Taps and input sites of an output site, in order of taps.
    #[must_use]
    pub fn entries(&self, output: usize) -> &[Entry] {
        &self.forward.entries[self.forward.start[output]..self.forward.start[output + 1]]
    }

    /// Output sites in runs that have the same taps.
    pub(super) fn runs(&self) -> impl Iterator<Item = &[u32]> {
        let lists = &self.forward;
        lists
            .alike
            .windows(2)
            .map(|run| &lists.order[run[0]..run[1]])
    }

    /// Tiles of output sites, all taps of the first [`Self::TILE_TAPS`] first.
    pub(super) fn tiles(&self) -> &[Tile] {
        &self.tiles
    }
}

impl Lists {
    fn new(rows: Vec<Vec<Entry>>) -> Self {
        let mut start = vec![0];
        start.extend(rows.iter().scan(0, |sum, row| {
            *sum += row.len();
            Some(*sum)
        }));
        let taps = |site: u32| rows[site as usize].iter().map(|entry| entry.tap);
        let mut order: Vec<u32> = (0..rows.len() as u32).collect();
        order.sort_by(|&a, &b| taps(a).cmp(taps(b)));
        let ends = (1..order.len()).filter(|&k| taps(order[k - 1]).ne(taps(order[k])));
        let mut alike = vec![0];
        alike.extend(ends);
        alike.push(order.len());
        Self {
            start,
            entries: rows.concat(),
            order,
            alike,
        }
    }

    fn transposed(&self, sites: usize) -> Self {
        let mut rows = vec![Vec::new(); sites];
        for (site, range) in self.start.windows(2).enumerate() {
            for pair in &self.entries[range[0]..range[1]] {
                rows[pair.site as usize].push(entry(pair.tap as usize, site));
            }
        }
        for row in &mut rows {
            row.sort_unstable();
        }
        Self::new(rows)
    }
}

const fn entry(tap: usize, site: usize) -> Entry {
    Entry {
        tap: tap as u32,
        site: site as u32,
    }
}

/// The input site at `stride·output + offset`, if there is one.
fn read(
    output: &[usize],
    offset: &[isize],
    extents: &[usize],
    stride: &[usize],
    boundary: &[Boundary],
) -> Option<usize> {
    let mut site = 0;
    for axis in 0..extents.len() {
        let extent = extents[axis] as i128;
        let place = output[axis] as i128 * stride[axis] as i128 + offset[axis] as i128;
        let inside = match boundary[axis] {
            Boundary::Periodic => place.rem_euclid(extent),
            Boundary::Zero if (0..extent).contains(&place) => place,
            Boundary::Zero => return None,
        };
        site = site * extents[axis] + inside as usize;
    }
    Some(site)
}

/// Coordinates of a site, the last axis fastest.
fn coordinates(mut site: usize, extents: &[usize]) -> Vec<usize> {
    let mut place = vec![0; extents.len()];
    for (x, extent) in place.iter_mut().zip(extents).rev() {
        *x = site % extent;
        site /= extent;
    }
    place
}

fn check_length(op: &'static str, lhs: usize, rhs: usize) -> Result<()> {
    if lhs == rhs {
        return Ok(());
    }
    Err(Error::ShapeMismatch {
        op,
        lhs: vec![lhs],
        rhs: vec![rhs],
    })
}

fn check_positive(what: &str, numbers: &[usize]) -> Result<()> {
    match numbers.iter().position(|n| *n == 0) {
        Some(axis) => Err(Error::argument(
            format!("{what}[{axis}]"),
            "0",
            "at least 1",
        )),
        None => Ok(()),
    }
}

/// The product, if it is a number of sites that tables can hold.
fn volume(what: &str, factors: &[usize]) -> Result<usize> {
    let product = factors.iter().try_fold(1_usize, |v, n| v.checked_mul(*n));
    product
        .filter(|v| *v < u32::MAX as usize)
        .ok_or_else(|| Error::Unsupported {
            what: format!("{what}: the product of {factors:?}"),
            expected: "fewer than 2^32".to_owned(),
        })
}
