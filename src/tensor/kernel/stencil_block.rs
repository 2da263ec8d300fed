//! The register block of a lattice convolution: some output channels, sites and lanes, one whole sum.
#![allow(
    unsafe_code,
    reason = "a register block reads and writes through pointers"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "blocks of fixed size, whose indices are offsets in memory too"
)]

use super::register::{Register, with_instructions};
use super::stencil::WeightLayout;
use crate::num::simd::{Float, Isa};
use crate::tensor::stencil::{Entry, Stencil};

/// The operands, as pointers whose lengths were checked.
pub(super) struct Operands<'a, T> {
    pub(super) stencil: &'a Stencil,
    pub(super) w: *const T,
    pub(super) layout: WeightLayout,
    pub(super) bias: Option<&'a [T]>,
    pub(super) x: *const T,
    pub(super) y: *mut T,
    pub(super) channels_in: usize,
    pub(super) channels_out: usize,
    pub(super) lanes: usize,
}

/// Where a register block stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a, const P: usize> {
    pub(super) sites: &'a [u32; P],
    pub(super) entries: &'a [&'a [Entry]; P],
    pub(super) lane: usize,
    pub(super) channel: usize,
    pub(super) begin: bool,
}

/// `M` output channels, `P` sites, `V` registers of lanes.
#[inline(always)]
pub(super) fn block_of<
    I: Isa,
    T: Float,
    R: Register,
    const M: usize,
    const P: usize,
    const V: usize,
>(
    operands: &Operands<T>,
    at: Place<'_, P>,
) {
    // A constant, so that blocks that never occur are not compiled.
    if const { M * P * V * 4 <= I::REGISTERS * 3 } {
        // SAFETY: `apply_body` has checked the lengths of the slices, the stencil's pairs name sites that
        // exist, and the callers pass channels below `channels_out` and lanes up to `lanes`.
        unsafe { block::<I, T, R, M, P, V>(operands, &at) }
    } else {
        unreachable!("columns_beside gives no such block");
    }
}

with_instructions! {
    /// # Safety
    /// `M` channels from `at.channel`, and the `V` registers from `at.lane`, exist; so do the sites.
    unsafe fn block<const M, const P, const V>(operands: &Operands<T>, at: &Place<'_, P>) = block_body;
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
    const M: usize,
    const P: usize,
    const V: usize,
>(
    operands: &Operands<T>,
    at: &Place<'_, P>,
) {
    let width = size_of::<R>() / size_of::<T>();
    let lanes = operands.lanes;
    let y: [*mut T; P] = at.sites.map(|site| {
        let row = site as usize * operands.channels_out + at.channel;
        operands.y.wrapping_add(row * lanes + at.lane)
    });
    let mut sum = [[[R::zero(); V]; P]; M];
    for m in 0..M {
        for p in 0..P {
            for v in 0..V {
                // SAFETY: channel `at.channel + m` of the output and of the bias exists.
                sum[m][p][v] = unsafe {
                    match operands.bias {
                        _ if !at.begin => R::load(y[p].add(m * lanes + v * width)),
                        Some(bias) => R::broadcast(bias.as_ptr().add(at.channel + m)),
                        None => R::zero(),
                    }
                };
            }
        }
    }
    let w = operands.w.wrapping_add(at.channel * operands.layout.output);
    let stride = operands.layout.output;
    for pair in 0..at.entries[0].len() {
        let tap = at.entries[0][pair].tap as usize;
        let mut weight = w.wrapping_add(tap * operands.layout.tap);
        let mut x: [*const T; P] = std::array::from_fn(|p| {
            let row = at.entries[p][pair].site as usize * operands.channels_in;
            operands.x.wrapping_add(row * lanes + at.lane)
        });
        for _ in 0..operands.channels_in {
            let mut column = [[R::zero(); V]; P];
            for p in 0..P {
                for v in 0..V {
                    // SAFETY: this pair's site, this input channel and `V` registers of lanes exist.
                    column[p][v] = unsafe { R::load(x[p].add(v * width)) };
                }
            }
            for m in 0..M {
                // SAFETY: the weight of this tap, input channel and output channel `at.channel + m` exists.
                let factor = unsafe { R::broadcast(weight.add(m * stride)) };
                for p in 0..P {
                    for v in 0..V {
                        sum[m][p][v] = factor.mul_add(column[p][v], sum[m][p][v]);
                    }
                }
            }
            weight = weight.wrapping_add(operands.layout.input);
            x = x.map(|x| x.wrapping_add(lanes));
        }
    }
    for m in 0..M {
        for p in 0..P {
            for v in 0..V {
                // SAFETY: as for the loads above.
                unsafe { sum[m][p][v].store(y[p].add(m * lanes + v * width)) };
            }
        }
    }
}
