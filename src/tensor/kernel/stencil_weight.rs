//! Gradient of the weights of a lattice convolution: `dW_t += Σ_(o,i) Σ_l x_i·dy_oᵀ` over the pairs of a tap.
//!
//! # Design
//!
//! Every weight is a long dot product. Lane `l` adds to partial sum `l mod 16` ([`REDUCTION_LANES`]), and the
//! 16 partial sums meet in a fixed tree at the end. The order of the terms follows from the shapes alone: tiles
//! of output sites, blocks of lanes, pairs, chunks of 16 lanes. A tile's part of `x` and `dy` is copied into
//! a buffer on the stack, 8 channels each, where it serves all taps: lattices with a power of two
//! of lanes have all their rows in the same few sets of the cache. With a single tap (1×1 kernels, affine
//! layers) the copy would not pay and full chunks are read in place. The last chunk is padded with zeros.
//!
//! Laws and witness: `tests/laws/stencil.rs`, `reference::convolution`.
#![allow(
    unsafe_code,
    reason = "a register block reads and writes through pointers"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "blocks of fixed size, whose indices are offsets in memory too"
)]

use super::chunks::{Aligned, Buffer, CHANNELS, ROW, Rows, UNITS, View};
use super::register::{Register, same, same_mut, with_instructions, with_widest};
use crate::num::simd::{Float, Isa, Level, REDUCTION_LANES};
use crate::tensor::stencil::Stencil;
use crate::tensor::tile::Tile;

/// Chunks that are read in place before the next register block reads them again.
const UNITS_IN_PLACE: usize = 64;
/// Partial sums of all weights that are worked on at once.
const PARTIAL: usize = Stencil::TILE_TAPS * CHANNELS * CHANNELS * REDUCTION_LANES;

/// `dw[tap][ci][co] = Σ x[i][ci][l]·dy[o][co][l]` over the pairs `(o, i)` of the tap and the lanes `l`; added
/// to what is in `dw` if `accumulate`.
///
/// # Shapes    `x: (input sites, channels_in, lanes)`, `dy: (output sites, channels_out, lanes)`,
/// `dw: (taps, channels_in, channels_out)`.
/// # Panics    if a slice has another length.
/// # Accuracy  `n/16 + 6` roundings for `n` terms (twice that without FMA).
/// # Witness   `reference::convolution`.
#[allow(clippy::too_many_arguments, reason = "the operands of a convolution")]
pub fn weight_gradient<T: Float>(
    stencil: &Stencil,
    x: &[T],
    dy: &[T],
    dw: &mut [T],
    channels_in: usize,
    channels_out: usize,
    lanes: usize,
    accumulate: bool,
) {
    let level = Level::best();
    weight_gradient_at(
        level,
        stencil,
        x,
        dy,
        dw,
        channels_in,
        channels_out,
        lanes,
        accumulate,
    );
}

/// [`weight_gradient`] with the instructions of `level`.
#[allow(clippy::too_many_arguments, reason = "the operands of a convolution")]
pub fn weight_gradient_at<T: Float>(
    level: Level,
    stencil: &Stencil,
    x: &[T],
    dy: &[T],
    dw: &mut [T],
    channels_in: usize,
    channels_out: usize,
    lanes: usize,
    accumulate: bool,
) {
    let length = |sites: usize, channels: usize| sites * channels * lanes;
    assert_eq!(x.len(), length(stencil.input_sites(), channels_in), "x");
    assert_eq!(dy.len(), length(stencil.output_sites(), channels_out), "dy");
    assert_eq!(dw.len(), stencil.taps() * channels_in * channels_out, "dw");
    if size_of::<T>() == size_of::<f32>() {
        let (x, dy) = (
            Rows::new(same(x), channels_in, lanes),
            Rows::new(same(dy), channels_out, lanes),
        );
        single_at(level, stencil, x, dy, same_mut(dw), accumulate);
    } else {
        let (x, dy) = (
            Rows::new(same(x), channels_in, lanes),
            Rows::new(same(dy), channels_out, lanes),
        );
        double_at(level, stencil, x, dy, same_mut(dw), accumulate);
    }
}

// Not generic, so that the many register blocks are compiled once, in this crate.
crate::simd_kernel! {
    fn single, single_at(
        stencil: &Stencil, x: Rows<'_, f32>, dy: Rows<'_, f32>, dw: &mut [f32], accumulate: bool,
    ) = single_body;
}
crate::simd_kernel! {
    fn double, double_at(
        stencil: &Stencil, x: Rows<'_, f64>, dy: Rows<'_, f64>, dw: &mut [f64], accumulate: bool,
    ) = double_body;
}

#[inline(always)]
fn single_body<I: Isa>(
    stencil: &Stencil,
    x: Rows<f32>,
    dy: Rows<f32>,
    dw: &mut [f32],
    accumulate: bool,
) {
    with_widest!(I, f32, sweep(stencil, x, dy, dw, accumulate));
}

#[inline(always)]
fn double_body<I: Isa>(
    stencil: &Stencil,
    x: Rows<f64>,
    dy: Rows<f64>,
    dw: &mut [f64],
    accumulate: bool,
) {
    with_widest!(I, f64, sweep(stencil, x, dy, dw, accumulate));
}

/// All weights, [`CHANNELS`] squared of some taps at a time.
#[inline(always)]
fn sweep<I: Isa, T: Float, R: Register, const N: usize>(
    stencil: &Stencil,
    x: Rows<T>,
    dy: Rows<T>,
    dw: &mut [T],
    accumulate: bool,
) {
    let mut partial = Aligned([T::ZERO; PARTIAL]);
    let mut buffers: [Buffer<T>; 2] = [const { Buffer::new() }; 2];
    for tiles in stencil.tiles().chunk_by(|a, b| a.taps == b.taps) {
        for first_in in (0..x.channels).step_by(CHANNELS) {
            for first_out in (0..dy.channels).step_by(CHANNELS) {
                let (x, dy) = (x.at(first_in), dy.at(first_out));
                let partial = &mut partial.0;
                clear(partial, tiles[0].taps.len());
                for tile in tiles {
                    tile_sums::<I, T, R, N>(tile, x, dy, &mut buffers, partial);
                }
                write(&tiles[0], x, dy, partial, dw, accumulate);
            }
        }
    }
}

#[inline(always)]
fn clear<T: Float>(partial: &mut [T; PARTIAL], taps: usize) {
    partial[..taps * CHANNELS * CHANNELS * REDUCTION_LANES].fill(T::ZERO);
}

/// Adds a tile's terms, some lanes at a time.
#[inline(always)]
fn tile_sums<I: Isa, T: Float, R: Register, const N: usize>(
    tile: &Tile,
    x: Rows<T>,
    dy: Rows<T>,
    buffers: &mut [Buffer<T>; 2],
    partial: &mut [T; PARTIAL],
) {
    let sites = tile.inputs.len().max(tile.outputs.len()).max(1);
    let chunks = x.lanes.div_ceil(REDUCTION_LANES);
    let in_place = if tile.taps.len() == 1 {
        x.lanes / REDUCTION_LANES
    } else {
        0
    };
    let mut chunk = 0;
    while chunk < chunks {
        let direct = chunk < in_place;
        let (most, end) = if direct {
            (UNITS_IN_PLACE, in_place)
        } else {
            (UNITS, chunks)
        };
        let count = (most / sites).max(1).min(end - chunk);
        let (views_x, views_y) = if direct {
            (
                View::in_place::<N>(x, &tile.inputs, chunk),
                View::in_place::<N>(dy, &tile.outputs, chunk),
            )
        } else {
            let [for_x, for_y] = &mut *buffers;
            (
                View::copied::<R, N>(x, &tile.inputs, chunk, count, for_x),
                View::copied::<R, N>(dy, &tile.outputs, chunk, count, for_y),
            )
        };
        register_blocks::<I, T, R>(tile, &views_x, &views_y, count, partial);
        chunk += count;
    }
}

/// Rows of a register block, if there are `rows` of them and `others` of the other operand.
const fn most_rows(registers: usize, rows_of_x: bool, others: usize) -> usize {
    match (registers < 32, others) {
        (_, 1) => CHANNELS,
        (true, _) if rows_of_x => 3,
        (_, _) => 4,
    }
}

/// Adds the terms of all pairs, `A` rows of `x` by `B` rows of `dy` at a time.
#[inline(always)]
fn register_blocks<I: Isa, T: Float, R: Register>(
    tile: &Tile,
    x: &View<T>,
    dy: &View<T>,
    count: usize,
    partial: &mut [T; PARTIAL],
) {
    let blocks_x = x.rows.div_ceil(most_rows(I::REGISTERS, true, dy.rows));
    let blocks_y = dy.rows.div_ceil(most_rows(I::REGISTERS, false, x.rows));
    let mut row_x = 0;
    for block_x in 0..blocks_x {
        let a = (x.rows - row_x).div_ceil(blocks_x - block_x);
        let mut row_y = 0;
        for block_y in 0..blocks_y {
            let b = (dy.rows - row_y).div_ceil(blocks_y - block_y);
            for tap in tile.taps.clone() {
                let at = ((tap - tile.taps.start) * CHANNELS + row_x) * CHANNELS + row_y;
                let work = Work {
                    pairs: tile.pairs(tap),
                    x,
                    dy,
                    first_x: x.data.wrapping_add(row_x * x.row),
                    first_y: dy.data.wrapping_add(row_y * dy.row),
                    count,
                    sums: partial[at * REDUCTION_LANES..].as_mut_ptr(),
                };
                choose_block::<I, T, R>(a, b, &work);
            }
            row_y += b;
        }
        row_x += a;
    }
}

/// What a register block works on.
struct Work<'a, T> {
    pairs: &'a [(u16, u16)],
    x: &'a View<'a, T>,
    dy: &'a View<'a, T>,
    first_x: *const T,
    first_y: *const T,
    count: usize,
    sums: *mut T,
}

#[inline(always)]
fn choose_block<I: Isa, T: Float, R: Register>(a: usize, b: usize, work: &Work<T>) {
    macro_rules! choose {
        ($($a:literal $b:literal)*) => {
            match (a, b, work.x.packed) {
                $(($a, $b, false) => {
                    // SAFETY: `a` and `b` rows exist in the views, whose sites, chunks and lanes exist, and
                    // the partial sums of the block lie in `partial`.
                    unsafe { block::<I, T, R, $a, $b, 0>(work) }
                }
                ($a, $b, true) => {
                    // SAFETY: as above.
                    unsafe { block::<I, T, R, $a, $b, 1>(work) }
                })*
                _ => unreachable!("most_rows gives no such block"),
            }
        };
    }
    choose!(1 1 1 2 1 3 1 4 1 5 1 6 1 7 1 8 2 1 2 2 2 3 2 4 3 1 3 2 3 3 3 4 4 1 4 2 4 3 4 4 5 1 6 1 7 1 8 1);
}

with_instructions! {
    /// # Safety
    /// `A` rows of `x` and `B` of `dy` can be read at every pair and chunk, and their partial sums
    /// written.
    unsafe fn block<const A, const B, const PACKED>(work: &Work<T>) = block_body;
}

/// # Safety
/// As for [`block`].
#[inline(always)]
#[allow(
    clippy::extra_unused_type_parameters,
    reason = "with_instructions! names the level"
)]
unsafe fn block_body<
    I: Isa,
    T: Float,
    R: Register,
    const A: usize,
    const B: usize,
    const PACKED: usize,
>(
    work: &Work<T>,
) {
    let width = size_of::<R>() / size_of::<T>();
    let (x, dy) = (work.x, work.dy);
    let (row_x, row_y) = match PACKED {
        1 => (ROW, ROW),
        _ => (x.row, dy.row),
    };
    let (step_x, step_y) = (x.chunk, dy.chunk);
    for part in 0..REDUCTION_LANES / width {
        let sums = work.sums.wrapping_add(part * width);
        let place = |a: usize, b: usize| sums.wrapping_add((a * CHANNELS + b) * REDUCTION_LANES);
        let mut sum = [[R::zero(); B]; A];
        for a in 0..A {
            for b in 0..B {
                // SAFETY: these partial sums exist.
                sum[a][b] = unsafe { R::load(place(a, b)) };
            }
        }
        let (first_x, first_y) = (
            work.first_x.wrapping_add(part * x.part),
            work.first_y.wrapping_add(part * dy.part),
        );
        for &(output, input) in work.pairs {
            let (input, output) = match PACKED {
                1 => (input as usize, output as usize),
                _ => (
                    x.sites[input as usize] as usize,
                    dy.sites[output as usize] as usize,
                ),
            };
            let mut from_x = first_x.wrapping_add(input * x.site);
            let mut from_y = first_y.wrapping_add(output * dy.site);
            for _ in 0..work.count {
                let mut rows = [R::zero(); A];
                for a in 0..A {
                    // SAFETY: these rows exist at this site and chunk.
                    rows[a] = unsafe { R::load(from_x.add(a * row_x)) };
                }
                for b in 0..B {
                    // SAFETY: as above.
                    let factor = unsafe { R::load(from_y.add(b * row_y)) };
                    for a in 0..A {
                        sum[a][b] = rows[a].mul_add(factor, sum[a][b]);
                    }
                }
                from_x = from_x.wrapping_add(step_x);
                from_y = from_y.wrapping_add(step_y);
            }
        }
        for a in 0..A {
            for b in 0..B {
                // SAFETY: as for the loads.
                unsafe { sum[a][b].store(place(a, b)) };
            }
        }
    }
}

/// The sums of 16 partial sums, into their weights.
#[inline(always)]
fn write<T: Float>(
    tile: &Tile,
    x: Rows<T>,
    dy: Rows<T>,
    partial: &[T; PARTIAL],
    dw: &mut [T],
    accumulate: bool,
) {
    for tap in tile.taps.clone() {
        for a in 0..x.count {
            let row = (tap * x.channels + x.first + a) * dy.channels + dy.first;
            for (b, dw) in dw[row..row + dy.count].iter_mut().enumerate() {
                let at = ((tap - tile.taps.start) * CHANNELS + a) * CHANNELS + b;
                let sum = tree(&partial[at * REDUCTION_LANES..]);
                *dw = if accumulate { *dw + sum } else { sum };
            }
        }
    }
}

/// `((s₀+s₈)+(s₄+s₁₂))+…`: halves onto halves.
#[inline(always)]
fn tree<T: Float>(partial: &[T]) -> T {
    let sums: &[T; REDUCTION_LANES] = partial.first_chunk().expect("16 partial sums");
    let mut eight = [T::ZERO; 8];
    for k in 0..8 {
        eight[k] = sums[k] + sums[k + 8];
    }
    let mut four = [T::ZERO; 4];
    for k in 0..4 {
        four[k] = eight[k] + eight[k + 4];
    }
    (four[0] + four[2]) + (four[1] + four[3])
}
