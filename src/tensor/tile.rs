//! Tiles of a lattice convolution: some output sites and taps, and the input sites that they read.

use std::ops::Range;

use super::stencil::{Entry, Stencil};

/// Some output sites, some taps, and the pairs between them by tap, as positions within the tile.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    pub(super) taps: Range<usize>,
    pub(super) outputs: Vec<u32>,
    pub(super) inputs: Vec<u32>,
    start: Vec<usize>,
    pairs: Vec<(u16, u16)>,
}

impl Tile {
    /// Pairs (output, input) of a tap.
    pub(super) fn pairs(&self, tap: usize) -> &[(u16, u16)] {
        let row = tap - self.taps.start;
        &self.pairs[self.start[row]..self.start[row + 1]]
    }
}

/// All taps, some at a time, and all output sites, given the entries of each in compressed rows.
pub(super) fn tiles(taps: usize, start: &[usize], entries: &[Entry]) -> Vec<Tile> {
    let groups = taps.div_ceil(Stencil::TILE_TAPS).max(1);
    let width = taps.div_ceil(groups).max(1);
    let cuts = (0..taps).step_by(width);
    cuts.flat_map(|first| tiles_of(first..taps.min(first + width), start, entries))
        .collect()
}

/// Greedily as many consecutive output sites as a tile holds.
fn tiles_of(taps: Range<usize>, start: &[usize], entries: &[Entry]) -> Vec<Tile> {
    let mut tiles = Vec::new();
    let mut builder = Builder::new(taps);
    for (output, range) in start.windows(2).enumerate() {
        let row = &entries[range[0]..range[1]];
        if !builder.fits(row) {
            tiles.push(builder.finish());
        }
        builder.add(output as u32, row);
    }
    tiles.push(builder.finish());
    tiles
}

/// A tile in the making.
struct Builder {
    taps: Range<usize>,
    outputs: Vec<u32>,
    inputs: Vec<u32>,
    pairs: Vec<Vec<(u16, u16)>>,
}

impl Builder {
    fn new(taps: Range<usize>) -> Self {
        Self {
            pairs: vec![Vec::new(); taps.len()],
            outputs: Vec::new(),
            inputs: Vec::new(),
            taps,
        }
    }

    fn mine(&self, row: &[Entry]) -> Vec<Entry> {
        let within = |entry: &&Entry| self.taps.contains(&(entry.tap as usize));
        row.iter().filter(within).copied().collect()
    }

    fn fits(&self, row: &[Entry]) -> bool {
        let mut new: Vec<u32> = self.mine(row).iter().map(|entry| entry.site).collect();
        new.sort_unstable();
        new.dedup();
        new.retain(|site| !self.inputs.contains(site));
        self.outputs.len() < Stencil::TILE_OUTPUTS
            && self.inputs.len() + new.len() <= Stencil::TILE_SITES
    }

    fn add(&mut self, output: u32, row: &[Entry]) {
        let mine = self.mine(row);
        if mine.is_empty() {
            return;
        }
        let place = self.outputs.len() as u16;
        self.outputs.push(output);
        for entry in mine {
            let known = self.inputs.iter().position(|site| *site == entry.site);
            let input = known.unwrap_or_else(|| {
                self.inputs.push(entry.site);
                self.inputs.len() - 1
            });
            self.pairs[entry.tap as usize - self.taps.start].push((place, input as u16));
        }
    }

    fn finish(&mut self) -> Tile {
        let done = std::mem::replace(self, Self::new(self.taps.clone()));
        let mut start = vec![0];
        start.extend(done.pairs.iter().scan(0, |sum, pairs| {
            *sum += pairs.len();
            Some(*sum)
        }));
        Tile {
            taps: done.taps,
            outputs: done.outputs,
            inputs: done.inputs,
            start,
            pairs: done.pairs.concat(),
        }
    }
}
