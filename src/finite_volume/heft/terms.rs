//! The terms of `J(E) = Σ_j w_j/(E − ω_j)`, and their sum.

use crate::num::pack::{Pack, with_widest_pack};
use crate::num::simd::Isa;
use crate::scattering::Symmetric;
use crate::simd_kernel;

/// Terms that are summed together.
const LANES: usize = 8;
/// Entries of the upper triangle that are summed together: those of two rows.
const ENTRIES: usize = 3;

/// An energy that no term has, so that its weight is zero, and whose inverse is normal.
const FAR: f64 = 1e200;

/// One lane a term.
type Lanes = [f64; LANES];

/// Terms `w/(E − ω)`, entry by entry of the upper triangle.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    rank: usize,
    energy: Vec<Lanes>,
    /// `(blocks, groups of entries)`.
    weight: Vec<[Lanes; ENTRIES]>,
}

impl Terms {
    /// None yet, with room for `count`.
    pub(super) fn new(rank: usize, count: usize) -> Self {
        let blocks = count.div_ceil(LANES);
        Self {
            rank,
            energy: Vec::with_capacity(blocks),
            weight: Vec::with_capacity(blocks * groups(rank)),
        }
    }

    /// Adds `scale·χχᵀ/(E − energy)`, the last block filled up with terms at [`FAR`].
    ///
    /// # Shapes  `energy, scale: (terms,)`, `chi: (rank, ≥ terms)`.
    pub(super) fn extend(&mut self, energy: &[f64], scale: &[f64], chi: &[f64]) {
        let Some(stride) = chi.len().checked_div(self.rank) else {
            return;
        };
        for (block, (energy, scale)) in energy.chunks(LANES).zip(scale.chunks(LANES)).enumerate() {
            let padded = |from: &[f64], rest: f64| {
                let mut lanes = [rest; LANES];
                lanes[..from.len()].copy_from_slice(from);
                lanes
            };
            self.energy.push(padded(energy, FAR));
            let scale = padded(scale, 0.0);
            let chi = |a: usize| {
                let from = a * stride + block * LANES;
                padded(&chi[from..from + energy.len()], 0.0)
            };
            let first = self.weight.len();
            let blocks = first + groups(self.rank);
            self.weight.resize(blocks, [[0.0; LANES]; ENTRIES]);
            let mut entries = self.weight[first..].as_flattened_mut().iter_mut();
            for a in 0..self.rank {
                let row = chi(a);
                for (b, entry) in (a..self.rank).zip(&mut entries) {
                    let column = chi(b);
                    *entry = std::array::from_fn(|lane| scale[lane] * row[lane] * column[lane]);
                }
            }
        }
    }

    /// `Σ_j w_j` of row `a`: the norm of its couplings, squared.
    pub(super) fn norm2(&self, a: usize) -> f64 {
        let entry = a * self.rank - a * a.saturating_sub(1) / 2;
        let blocks = self.weight.iter().skip(entry / ENTRIES);
        let blocks = blocks.step_by(groups(self.rank).max(1));
        blocks.map(|block| folded(&block[entry % ENTRIES])).sum()
    }

    /// Subtracts `J(E)` from `value` and `J'(E)` from `slope`; on the energy of a term, without it.
    #[inline]
    pub(super) fn subtract(&self, energy: f64, value: &mut Symmetric, slope: &mut Symmetric) {
        let groups = groups(self.rank);
        for group in 0..groups {
            let weights = self.weight.get(group..).unwrap_or_default();
            let mut sums = [[0.0; ENTRIES]; 2];
            propagate(energy, &self.energy, weights, groups, &mut sums);
            let from = group * ENTRIES;
            let values = value.upper_mut()[from..].iter_mut();
            let slopes = slope.upper_mut()[from..].iter_mut();
            for ((value, slope), entry) in values.zip(slopes).zip(0..ENTRIES) {
                *value -= sums[0][entry];
                *slope += sums[1][entry];
            }
        }
    }
}

/// Groups of entries.
const fn groups(rank: usize) -> usize {
    (rank * (rank + 1) / 2).div_ceil(ENTRIES)
}

/// The sum, in pairs.
#[inline(always)]
fn folded(lanes: &Lanes) -> f64 {
    let [a, b, c, d, e, f, g, h] = *lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[inline(always)]
fn propagate_body<I: Isa>(
    energy: f64,
    energies: &[Lanes],
    weights: &[[Lanes; ENTRIES]],
    stride: usize,
    sums: &mut [[f64; ENTRIES]; 2],
) {
    with_widest_pack!(I, with_pack(energy, energies, weights, stride, sums));
}

/// So many lanes at a time as a register holds.
#[inline(always)]
fn with_pack<P: Pack>(
    energy: f64,
    energies: &[Lanes],
    weights: &[[Lanes; ENTRIES]],
    stride: usize,
    sums: &mut [[f64; ENTRIES]; 2],
) {
    let (energy, zero) = (P::splat(energy), P::splat(0.0));
    let mut lanes = [[[0.0; LANES]; ENTRIES]; 2];
    for from in (0..LANES).step_by(P::WIDTH) {
        let mut partial = [[zero; ENTRIES]; 2];
        for (at, weight) in energies.iter().zip(weights.iter().step_by(stride)) {
            let gap = energy.sub(P::load(&at[from..]));
            let propagator = gap.if_zero(zero, P::splat(1.0).quotient(gap));
            for entry in 0..ENTRIES {
                let term = P::load(&weight[entry][from..]).mul(propagator);
                partial[0][entry] = partial[0][entry].add(term);
                partial[1][entry] = term.mul_add(propagator, partial[1][entry]);
            }
        }
        for (lanes, partial) in lanes
            .as_flattened_mut()
            .iter_mut()
            .zip(partial.as_flattened())
        {
            partial.store(&mut lanes[from..]);
        }
    }
    // No closure: those are not compiled for the level of their caller.
    for (sums, lanes) in sums.iter_mut().zip(&lanes) {
        for (sum, lanes) in sums.iter_mut().zip(lanes) {
            *sum = folded(lanes);
        }
    }
}

simd_kernel! {
    /// `sums ← Σ_j weight_j/(E − energy_j)` and `Σ_j weight_j/(E − energy_j)²`, without terms on `E` itself;
    /// of `weights`, every `stride`-th.
    fn propagate, propagate_at(
        energy: f64, energies: &[Lanes], weights: &[[Lanes; ENTRIES]], stride: usize,
        sums: &mut [[f64; ENTRIES]; 2]
    ) = propagate_body;
}
