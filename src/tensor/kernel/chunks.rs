//! Chunks of 16 lanes of an operand: where they stand, or copies of those that a tile reads.
#![allow(
    unsafe_code,
    reason = "copies are written to memory that was not initialised"
)]

use std::mem::MaybeUninit;

use super::register::Register;
use crate::num::simd::{Float, REDUCTION_LANES};
use crate::tensor::stencil::Stencil;

/// Input channels, and output channels, that are worked on at once.
pub(super) const CHANNELS: usize = 8;
/// Chunks of lanes, over all sites of a tile, that a buffer holds for every channel.
pub(super) const UNITS: usize = Stencil::TILE_SITES;
/// Numbers in a row of a buffer, and in a buffer.
pub(super) const ROW: usize = UNITS * REDUCTION_LANES;
const BUFFER: usize = CHANNELS * ROW;

/// Starts on a line of the cache.
#[repr(C, align(64))]
pub(super) struct Aligned<T>(pub(super) T);

/// Copies of the parts of an operand that a tile reads.
pub(super) struct Buffer<T>(Aligned<MaybeUninit<[T; BUFFER]>>);

impl<T> Buffer<T> {
    #[inline(always)]
    pub(super) const fn new() -> Self {
        Self(Aligned(MaybeUninit::uninit()))
    }
}

/// One operand: `[site][channel][lane]`, and the channels that are worked on.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, T> {
    pub(super) data: &'a [T],
    pub(super) channels: usize,
    pub(super) lanes: usize,
    pub(super) first: usize,
    pub(super) count: usize,
}

impl<'a, T: Float> Rows<'a, T> {
    #[inline(always)]
    pub(super) const fn new(data: &'a [T], channels: usize, lanes: usize) -> Self {
        let (first, count) = (0, 0);
        Self {
            data,
            channels,
            lanes,
            first,
            count,
        }
    }

    /// With the channels from `first` on, at most [`CHANNELS`] of them.
    #[inline(always)]
    pub(super) fn at(self, first: usize) -> Self {
        let count = (self.channels - first).min(CHANNELS);
        Self {
            first,
            count,
            ..self
        }
    }
}

/// Where the chunks of 16 lanes of an operand stand in memory.
pub(super) struct View<'a, T> {
    pub(super) data: *const T,
    pub(super) sites: &'a [u32],
    pub(super) site: usize,
    pub(super) chunk: usize,
    pub(super) row: usize,
    pub(super) part: usize,
    pub(super) rows: usize,
    pub(super) packed: bool,
}

impl<'a, T: Float> View<'a, T> {
    #[inline(always)]
    pub(super) fn in_place<const N: usize>(rows: Rows<T>, sites: &'a [u32], chunk: usize) -> Self {
        let start = rows.first * rows.lanes + chunk * REDUCTION_LANES;
        Self {
            data: rows.data.as_ptr().wrapping_add(start),
            sites,
            site: rows.channels * rows.lanes,
            chunk: REDUCTION_LANES,
            row: rows.lanes,
            part: N,
            rows: rows.count,
            packed: false,
        }
    }

    /// `count` chunks of these sites, as `[row][part of 16][site][chunk][N]`, with zeros beyond the last lane:
    /// what one register block reads fills all sets of the cache alike.
    #[inline(always)]
    pub(super) fn copied<R: Register, const N: usize>(
        rows: Rows<T>,
        sites: &[u32],
        chunk: usize,
        count: usize,
        buffer: &mut Buffer<T>,
    ) -> Self {
        assert!(sites.len() * count <= UNITS, "tiles have few sites");
        let data = buffer.0.0.as_mut_ptr().cast::<T>();
        let mut to = data;
        for &site in sites {
            let site = site as usize * rows.channels + rows.first;
            for chunk in chunk..chunk + count {
                let lane = chunk * REDUCTION_LANES;
                for row in 0..rows.count {
                    let start = (site + row) * rows.lanes;
                    let from = &rows.data[start + lane..start + rows.lanes];
                    // SAFETY: of `CHANNELS` rows in `16/N` parts, at most `UNITS` chunks are written in each.
                    unsafe { copy_chunk::<T, R, N>(from, to.wrapping_add(row * ROW)) };
                }
                to = to.wrapping_add(N);
            }
        }
        Self {
            data,
            sites: &[],
            site: count * N,
            chunk: N,
            row: ROW,
            part: UNITS * N,
            rows: rows.count,
            packed: true,
        }
    }
}

/// The first 16 numbers of `from`, or all and then zeros, in parts of `N`.
///
/// # Safety
/// `N` numbers can be written at `to` and at every multiple of `UNITS·N` behind it, below `ROW`.
#[inline(always)]
unsafe fn copy_chunk<T: Float, R: Register, const N: usize>(from: &[T], to: *mut T) {
    let mut padded = [T::ZERO; REDUCTION_LANES];
    let whole = match from.first_chunk::<REDUCTION_LANES>() {
        Some(whole) => whole,
        None => {
            padded[..from.len()].copy_from_slice(from);
            &padded
        }
    };
    for (part, numbers) in whole.as_chunks::<N>().0.iter().enumerate() {
        // SAFETY: `N` divides 16, so that this is one of the parts.
        unsafe { R::load(numbers.as_ptr()).store(to.add(part * UNITS * N)) };
    }
}
