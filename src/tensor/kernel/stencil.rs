//! Lattice convolution: `y_o = b + Σ_(t,i) W_t·x_i` over the pairs of a [`Stencil`], and its adjoint.
//!
//! # Design
//!
//! A block of output channels × sites × registers of lanes stays in registers, while the sum runs over pairs,
//! in their order, and over input channels within a pair; weights are broadcast. One site has many
//! lanes, or, where lanes are few, several sites with the same taps stand side by side and share the weights.
//! Every lane of every output is one chain of multiply-adds in that order, whatever the blocks are, so
//! that its bits depend neither on the number of lanes nor on the lane's place, and the last block of lanes may
//! overlap the one before it. Long sums are cut (`DEPTH`), so that the part of `x` stays in the
//! nearest cache for all output channels; a number that waits in `y` loses nothing.
//!
//! Laws and witness: `tests/laws/stencil.rs`, `reference::convolution`.

use super::register::{Array, Register, same, same_mut, with_widest};
use super::stencil_block::{Operands, Place, block_of};
use crate::num::simd::{Float, Isa, Level};
use crate::tensor::stencil::{Entry, Stencil};

/// Terms of a sum after which it waits in `y` for the other output channels.
const DEPTH: usize = 256;

/// Output channels of a register block at the most.
const fn most_channels(registers: usize) -> usize {
    if registers < 32 { 6 } else { 8 }
}

/// How far apart the weights of neighbouring taps, input and output channels stand in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeightLayout {
    /// From tap to tap.
    pub tap: usize,
    /// From input channel to input channel (of the operator that is applied).
    pub input: usize,
    /// From output channel to output channel.
    pub output: usize,
}

impl WeightLayout {
    /// `[tap][input][output]`, the output channel fastest.
    #[must_use]
    pub const fn forward(channels_in: usize, channels_out: usize) -> Self {
        Self {
            tap: channels_in * channels_out,
            input: channels_out,
            output: 1,
        }
    }

    /// The same weights for the adjoint, which reads `channels_out` channels and writes `channels_in`.
    #[must_use]
    pub const fn adjoint(channels_in: usize, channels_out: usize) -> Self {
        Self {
            tap: channels_in * channels_out,
            input: 1,
            output: channels_out,
        }
    }

    /// One more than the last weight that is used.
    const fn length(self, taps: usize, channels_in: usize, channels_out: usize) -> usize {
        if taps == 0 || channels_in == 0 || channels_out == 0 {
            return 0;
        }
        let last = (taps - 1) * self.tap + (channels_in - 1) * self.input;
        last + (channels_out - 1) * self.output + 1
    }
}

/// `y[o][co][l] = bias[co] + Σ w[tap][ci][co]·x[i][ci][l]` over the pairs `(tap, i)` of `o` and over `ci`.
///
/// The adjoint is the same with [`Stencil::transpose`], [`WeightLayout::adjoint`] and the numbers of
/// channels exchanged.
///
/// # Shapes    `x: (input sites, channels_in, lanes)`, `y: (output sites, channels_out, lanes)`,
/// `bias: (channels_out,)`.
/// # Panics    if a slice has another length, or `w` ends before the last weight.
/// # Accuracy  one rounding (two without FMA) for each of the `n` terms, in the order of the pairs.
/// # Witness   `reference::convolution`.
#[allow(clippy::too_many_arguments, reason = "the operands of a convolution")]
pub fn apply<T: Float>(
    stencil: &Stencil,
    w: &[T],
    w_layout: WeightLayout,
    bias: Option<&[T]>,
    x: &[T],
    y: &mut [T],
    channels_in: usize,
    channels_out: usize,
    lanes: usize,
) {
    let level = Level::best();
    apply_at(
        level,
        stencil,
        w,
        w_layout,
        bias,
        x,
        y,
        channels_in,
        channels_out,
        lanes,
    );
}

/// [`apply`] with the instructions of `level`.
#[allow(clippy::too_many_arguments, reason = "the operands of a convolution")]
pub fn apply_at<T: Float>(
    level: Level,
    stencil: &Stencil,
    w: &[T],
    w_layout: WeightLayout,
    bias: Option<&[T]>,
    x: &[T],
    y: &mut [T],
    channels_in: usize,
    channels_out: usize,
    lanes: usize,
) {
    let sizes = Sizes {
        layout: w_layout,
        channels_in,
        channels_out,
        lanes,
    };
    if size_of::<T>() == size_of::<f32>() {
        single_at(
            level,
            stencil,
            sizes,
            same(w),
            bias.map(same),
            same(x),
            same_mut(y),
        );
    } else {
        double_at(
            level,
            stencil,
            sizes,
            same(w),
            bias.map(same),
            same(x),
            same_mut(y),
        );
    }
}

/// Channels, lanes, and where the weights stand.
#[derive(Clone, Copy)]
struct Sizes {
    layout: WeightLayout,
    channels_in: usize,
    channels_out: usize,
    lanes: usize,
}

// Not generic, so that the many register blocks are compiled once, in this crate.
crate::simd_kernel! {
    fn single, single_at(
        stencil: &Stencil, sizes: Sizes, w: &[f32], bias: Option<&[f32]>, x: &[f32], y: &mut [f32],
    ) = single_body;
}
crate::simd_kernel! {
    fn double, double_at(
        stencil: &Stencil, sizes: Sizes, w: &[f64], bias: Option<&[f64]>, x: &[f64], y: &mut [f64],
    ) = double_body;
}

#[inline(always)]
fn single_body<I: Isa>(
    stencil: &Stencil,
    sizes: Sizes,
    w: &[f32],
    bias: Option<&[f32]>,
    x: &[f32],
    y: &mut [f32],
) {
    apply_body::<I, f32>(stencil, sizes, w, bias, x, y);
}

#[inline(always)]
fn double_body<I: Isa>(
    stencil: &Stencil,
    sizes: Sizes,
    w: &[f64],
    bias: Option<&[f64]>,
    x: &[f64],
    y: &mut [f64],
) {
    apply_body::<I, f64>(stencil, sizes, w, bias, x, y);
}

#[inline(always)]
fn apply_body<I: Isa, T: Float>(
    stencil: &Stencil,
    sizes: Sizes,
    w: &[T],
    bias: Option<&[T]>,
    x: &[T],
    y: &mut [T],
) {
    let Sizes {
        layout,
        channels_in,
        channels_out,
        lanes,
    } = sizes;
    let length = |sites: usize, channels: usize| sites * channels * lanes;
    assert_eq!(x.len(), length(stencil.input_sites(), channels_in), "x");
    assert_eq!(y.len(), length(stencil.output_sites(), channels_out), "y");
    assert!(bias.is_none_or(|b| b.len() == channels_out), "bias");
    let needed = layout.length(stencil.taps(), channels_in, channels_out);
    assert!(needed <= w.len(), "w: {} of {needed} weights", w.len());
    if y.is_empty() {
        return;
    }
    let operands = Operands {
        stencil,
        w: w.as_ptr(),
        layout,
        bias,
        x: x.as_ptr(),
        y: y.as_mut_ptr(),
        channels_in,
        channels_out,
        lanes,
    };
    with_widest!(I, T, sweep(&operands));
}

/// Chooses the registers: the widest `R`, or, for fewer lanes than it has, the largest power of two.
#[inline(always)]
fn sweep<I: Isa, T: Float, R: Register, const N: usize>(operands: &Operands<T>) {
    let lanes = operands.lanes;
    if lanes >= N {
        sweep_wide::<I, T, R, N>(operands);
    } else if N > 8 && lanes >= 8 {
        columns::<I, T, Array<I, T, 8>, 8, 1, 1>(operands);
    } else if N > 4 && lanes >= 4 {
        columns::<I, T, Array<I, T, 4>, 4, 1, 1>(operands);
    } else if N > 2 && lanes >= 2 {
        columns::<I, T, Array<I, T, 2>, 2, 1, 1>(operands);
    } else {
        columns::<I, T, Array<I, T, 1>, 1, 1, 1>(operands);
    }
}

/// Chooses how many sites and registers of lanes stand side by side.
#[inline(always)]
fn sweep_wide<I: Isa, T: Float, R: Register, const N: usize>(operands: &Operands<T>) {
    let registers = operands.lanes / N;
    let blocks = operands.channels_out.div_ceil(most_channels(I::REGISTERS));
    let widest = columns_beside(I::REGISTERS, operands.channels_out.div_ceil(blocks));
    match (widest, registers) {
        (8, 8..) => columns::<I, T, R, N, 1, 8>(operands),
        (8, 4..) => columns::<I, T, R, N, 2, 4>(operands),
        (8, 2..) => columns::<I, T, R, N, 4, 2>(operands),
        (8, _) => columns::<I, T, R, N, 8, 1>(operands),
        (4, 4..) => columns::<I, T, R, N, 1, 4>(operands),
        (4, 2..) => columns::<I, T, R, N, 2, 2>(operands),
        (4, _) => columns::<I, T, R, N, 4, 1>(operands),
        (_, 2..) => columns::<I, T, R, N, 1, 2>(operands),
        (_, _) => columns::<I, T, R, N, 2, 1>(operands),
    }
}

/// Accumulators for each of `channels` output channels: as many as the registers hold.
const fn columns_beside(registers: usize, channels: usize) -> usize {
    match (registers < 32, channels) {
        (true, 1) | (false, 1..=2) => 8,
        (true, 2..=3) | (false, 3..=6) => 4,
        (_, _) => 2,
    }
}

/// All sites, `P` at a time where as many have the same taps, and all lanes, `V` registers at a time.
#[inline(always)]
fn columns<I: Isa, T: Float, R: Register, const N: usize, const P: usize, const V: usize>(
    operands: &Operands<T>,
) {
    for run in operands.stencil.runs() {
        let (groups, rest) = run.as_chunks::<P>();
        for sites in groups {
            lanes_of::<I, T, R, N, P, V>(operands, sites);
        }
        for site in rest {
            lanes_of::<I, T, R, N, 1, V>(operands, &[*site]);
        }
    }
}

/// All lanes of `P` sites; the last block ends with the last lane.
#[inline(always)]
fn lanes_of<I: Isa, T: Float, R: Register, const N: usize, const P: usize, const V: usize>(
    operands: &Operands<T>,
    sites: &[u32; P],
) {
    let last = operands.lanes - N;
    let mut lane = 0;
    while lane + V * N <= operands.lanes {
        depth::<I, T, R, P, V>(operands, sites, lane);
        lane += V * N;
    }
    while lane < operands.lanes {
        depth::<I, T, R, P, 1>(operands, sites, lane.min(last));
        lane += N;
    }
}

/// The whole sum for `P` sites and `V` registers of lanes from `lane` on, in parts of [`DEPTH`] terms.
#[inline(always)]
fn depth<I: Isa, T: Float, R: Register, const P: usize, const V: usize>(
    operands: &Operands<T>,
    sites: &[u32; P],
    lane: usize,
) {
    let entries = sites.map(|site| operands.stencil.entries(site as usize));
    let pairs = entries[0].len();
    let part = (DEPTH / operands.channels_in.max(1)).max(1);
    let mut first = 0;
    loop {
        let end = pairs.min(first + part);
        let entries = entries.map(|list| &list[first..end]);
        channels::<I, T, R, P, V>(operands, sites, &entries, lane, first == 0);
        first = end;
        if first == pairs {
            break;
        }
    }
}

/// All output channels, in blocks that differ by at most one.
#[inline(always)]
fn channels<I: Isa, T: Float, R: Register, const P: usize, const V: usize>(
    operands: &Operands<T>,
    sites: &[u32; P],
    entries: &[&[Entry]; P],
    lane: usize,
    begin: bool,
) {
    let blocks = operands.channels_out.div_ceil(most_channels(I::REGISTERS));
    let mut channel = 0;
    for block in 0..blocks {
        let count = (operands.channels_out - channel).div_ceil(blocks - block);
        let at = Place {
            sites,
            entries,
            lane,
            channel,
            begin,
        };
        match count {
            1 => block_of::<I, T, R, 1, P, V>(operands, at),
            2 => block_of::<I, T, R, 2, P, V>(operands, at),
            3 => block_of::<I, T, R, 3, P, V>(operands, at),
            4 => block_of::<I, T, R, 4, P, V>(operands, at),
            5 => block_of::<I, T, R, 5, P, V>(operands, at),
            6 => block_of::<I, T, R, 6, P, V>(operands, at),
            7 => block_of::<I, T, R, 7, P, V>(operands, at),
            _ => block_of::<I, T, R, 8, P, V>(operands, at),
        }
        channel += count;
    }
}
