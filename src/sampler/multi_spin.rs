//! Metropolis for Ising spins, 512 of them at once.

use std::fmt;
use std::sync::Arc;

use crate::density::{Aux, Info, Kernel, Reflective};
use crate::error::{Error, Result};
use crate::lattice::{Field, Lattice, Spin};
use crate::num::simd::Isa;
use crate::rng::{ChainWords, Chains, WORDS};
use crate::simd_kernel;

/// Checkerboard Metropolis in multi-spin coding: a bit a spin. Exact, with acceptances to `2⁻⁶⁴`.
///
/// # Design
///
/// The sites of one colour on a row are the bits of whole words, so that a neighbour in the last direction is the same
/// bit of the other colour, or the one before or after it, and all others lie in the same place of another row. How
/// many neighbours agree is counted by adders on bits; a spin that agrees with `n > d` of `2d` compares a uniform number
/// of its own with `e^{−4|κ|(n−d)}`, bit by bit from the highest, until all 512 know.
///
/// Spins stay packed from step to step while nobody changes the field; it is written after every step.
///
/// # Source  M. Creutz, L. Jacobs, C. Rebbi, Phys. Rev. Lett. 42 (1979) 1390, for the coding.
/// # Witness  `reference::ising`; [`Metropolis`](super::Metropolis) in the same order.
pub struct MultiSpin<'a> {
    density: &'a dyn Reflective<Spin>,
    lattice: Arc<Lattice>,
    sweeps: usize,
    /// The field's revision that `chains` hold.
    held: Option<u64>,
    chains: Vec<Packed>,
}

impl fmt::Debug for MultiSpin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (spec, sweeps) = (self.density.spec(), self.sweeps);
        write!(f, "multi-spin metropolis({spec}, sweeps {sweeps})")
    }
}

/// Most directions that the kernels are compiled for.
const MOST_DIMENSIONS: usize = 4;

impl<'a> MultiSpin<'a> {
    /// So many sweeps a step.
    ///
    /// # Errors  `Error::Argument` for none; `Error::Unsupported` for an odd extent, on which no checkerboard closes, or
    /// more than four of them.
    pub fn new(density: &'a dyn Reflective<Spin>, sweeps: usize) -> Result<Self> {
        if sweeps == 0 {
            return Err(Error::argument("sweeps", "0", "one or more a step"));
        }
        let field = density.neutral(1);
        let extents = field.lattice().extents();
        if extents.len() > MOST_DIMENSIONS || extents.iter().any(|extent| extent % 2 == 1) {
            return Err(Error::Unsupported {
                what: format!("multi-spin coding on extents {extents:?}"),
                expected: "one to four even extents".to_owned(),
            });
        }
        Ok(Self {
            density,
            lattice: Arc::clone(field.lattice()),
            sweeps,
            held: None,
            chains: Vec::new(),
        })
    }

    fn pack(&mut self, q: &Field<Spin>) {
        assert!(
            q.lattice() == &self.lattice && q.variables() == 1,
            "{self:?}: a field of {:?} with {} spins a site",
            q.lattice().extents(),
            q.variables()
        );
        if self.held == Some(q.revision()) {
            return;
        }
        self.chains
            .resize_with(q.chains(), || Packed::new(q.lattice()));
        for (chain, packed) in self.chains.iter_mut().enumerate() {
            packed.read(q, chain);
        }
    }
}

impl Kernel<Spin> for MultiSpin<'_> {
    /// [`Info`] knows nothing of single spins: a step counts as accepted.
    ///
    /// # Panics  if the field is not one spin a site of the density's lattice.
    fn step(&mut self, q: &mut Field<Spin>, _aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        let chains = q.chains();
        info.reset(chains);
        self.pack(q);
        let kappa = self.density.bond();
        let thresholds = Thresholds::new(kappa);
        for (chain, packed) in self.chains.iter_mut().enumerate() {
            let mut words = r.words_of(chain);
            for _ in 0..self.sweeps {
                for colour in [0, 1] {
                    half_sweep(&self.lattice, &thresholds, packed, colour, &mut words);
                }
            }
            r.set_words_of(chain, &words);
            packed.write(q, chain);
        }
        self.held = Some(q.revision());
        info.actions += (self.sweeps * chains) as u64;
        info.accepted.fill(true);
    }
}

/// `e^{−4|κ|k}` for `k = 1 … 4` in units of `2⁻⁶⁴`.
#[derive(Clone, Copy, Debug)]
struct Thresholds {
    numbers: [u64; MOST_DIMENSIONS],
    /// Flips "agrees" for a density that prefers unlike neighbours.
    unlike: u64,
}

impl Thresholds {
    fn new(kappa: f64) -> Self {
        let number = |k: usize| {
            // 2⁶⁴ itself has no place: a conversion to whole numbers saturates.
            ((-4.0 * kappa.abs() * k as f64).exp() * 2.0_f64.powi(64)) as u64
        };
        Self {
            numbers: std::array::from_fn(|k| number(k + 1)),
            unlike: if kappa < 0.0 { u64::MAX } else { 0 },
        }
    }
}

/// The spins of a chain, up where a bit is set.
#[derive(Clone, Debug)]
struct Packed {
    /// Bits of a row of one colour.
    half: usize,
    /// Words of a row of one colour.
    width: usize,
    /// Per colour `(row, word)`, filled up to whole blocks.
    spins: [Vec<u64>; 2],
    /// The other colour's, moved to where its neighbour in the last direction is.
    side: Vec<u64>,
    /// Which bits are spins, as `spins`.
    valid: Vec<u64>,
    /// Per word: where it lies in the rows beside, two a direction but the last.
    beside: Vec<usize>,
    /// Per row: whether its coordinates add up to an odd number.
    odd: Vec<bool>,
}

impl Packed {
    fn new(lattice: &Lattice) -> Self {
        let half = lattice.row_length() / 2;
        let width = half.div_ceil(64);
        let rows = lattice.rows();
        let words = (rows * width).next_multiple_of(WORDS);
        let odd =
            (0..rows).map(|row| super::metropolis::is_odd(lattice, row * lattice.row_length()));
        let mut valid = vec![0; words];
        let mut beside = Vec::new();
        for (word, valid) in valid[..rows * width].iter_mut().enumerate() {
            let (row, at) = (word / width, word % width);
            let bits = half - 64 * at;
            *valid = if bits < 64 { (1 << bits) - 1 } else { u64::MAX };
            let rows = lattice.rows_beside(row).as_flattened();
            beside.extend(rows.iter().map(|row| row * width + at));
        }
        beside.resize(words * 2 * (lattice.dimension() - 1), 0);
        Self {
            half,
            width,
            spins: [vec![0; words], vec![0; words]],
            side: vec![0; words],
            odd: odd.collect(),
            valid,
            beside,
        }
    }

    fn read(&mut self, q: &Field<Spin>, chain: usize) {
        let chains = q.chains();
        for row in 0..q.lattice().rows() {
            let numbers = &q.row(row, 0)[chain..];
            for colour in [0, 1] {
                let first = colour ^ usize::from(self.odd[row]);
                let words = &mut self.spins[colour][row * self.width..][..self.width];
                words.fill(0);
                let own = numbers.iter().step_by(chains).skip(first).step_by(2);
                for (j, spin) in own.enumerate() {
                    words[j / 64] |= u64::from(*spin > 0) << (j % 64);
                }
            }
        }
    }

    fn write(&self, q: &mut Field<Spin>, chain: usize) {
        let chains = q.chains();
        let mut bytes = vec![0; 128 * self.width];
        for row in 0..q.lattice().rows() {
            let odd = usize::from(self.odd[row]);
            let words = |colour: usize| &self.spins[colour][row * self.width..][..self.width];
            unpack(words(odd), words(1 - odd), &mut bytes);
            let numbers = &mut q.row_mut(row, 0)[chain..];
            if chains == 1 {
                numbers.copy_from_slice(&bytes[..numbers.len()]);
            } else {
                for (to, spin) in numbers.iter_mut().step_by(chains).zip(&bytes) {
                    *to = *spin;
                }
            }
        }
    }
}

/// The spins at the even and at the odd places of a row.
#[inline(always)]
fn unpack_body<I: Isa>(even: &[u64], odd: &[u64], out: &mut [i8]) {
    for ((out, even), odd) in out.chunks_exact_mut(128).zip(even).zip(odd) {
        for (half, (even, odd)) in out
            .chunks_exact_mut(16)
            .zip(even.to_le_bytes().into_iter().zip(odd.to_le_bytes()))
        {
            for k in 0..8 {
                half[2 * k] = 2 * (even >> k & 1) as i8 - 1;
                half[2 * k + 1] = 2 * (odd >> k & 1) as i8 - 1;
            }
        }
    }
}

simd_kernel! {
    fn unpack, unpack_at(even: &[u64], odd: &[u64], out: &mut [i8]) = unpack_body;
}

/// `out[j] = row[j − 1]`, or `row[j + 1]` if `ahead`, of a ring of `bits` bits.
#[inline(always)]
fn rotate(row: &[u64], bits: usize, ahead: bool, out: &mut [u64]) {
    let (width, last) = (row.len(), (bits - 1) % 64);
    if ahead {
        for w in 0..width - 1 {
            out[w] = row[w] >> 1 | row[w + 1] << 63;
        }
        out[width - 1] = row[width - 1] >> 1 | (row[0] & 1) << last;
    } else {
        for w in 1..width {
            out[w] = row[w] << 1 | row[w - 1] >> 63;
        }
        out[0] = row[0] << 1 | row[width - 1] >> last & 1;
    }
}

type Block = [u64; WORDS];

/// Calls `half_sweep_with` for the lattice's dimension.
#[inline(always)]
fn half_sweep_body<I: Isa>(
    lattice: &Lattice,
    thresholds: &Thresholds,
    packed: &mut Packed,
    colour: usize,
    random: &mut ChainWords,
) {
    match lattice.dimension() {
        1 => half_sweep_with::<I, 1, 0>(thresholds, packed, colour, random),
        2 => half_sweep_with::<I, 2, 2>(thresholds, packed, colour, random),
        3 => half_sweep_with::<I, 3, 4>(thresholds, packed, colour, random),
        _ => half_sweep_with::<I, 4, 6>(thresholds, packed, colour, random),
    }
}

simd_kernel! {
    fn half_sweep, half_sweep_at(
        lattice: &Lattice, thresholds: &Thresholds, packed: &mut Packed, colour: usize, random: &mut ChainWords,
    ) = half_sweep_body;
}

/// `D` directions, `R = 2D − 2` rows beside a row.
#[inline(always)]
fn half_sweep_with<I: Isa, const D: usize, const R: usize>(
    thresholds: &Thresholds,
    packed: &mut Packed,
    colour: usize,
    random: &mut ChainWords,
) {
    let Packed {
        half,
        width,
        spins,
        side,
        valid,
        beside,
        odd,
    } = packed;
    let (first, second) = spins.split_at_mut(1);
    let (own, other) = match colour {
        0 => (&mut first[0], &second[0]),
        _ => (&mut second[0], &first[0]),
    };
    let rows = other
        .chunks_exact(*width)
        .zip(side.chunks_exact_mut(*width));
    for ((row, side), odd) in rows.zip(&*odd) {
        rotate(row, *half, (colour == 1) != *odd, side);
    }
    // A block lies in one row, or is put together of several.
    let whole = width.is_multiple_of(WORDS);
    let mut generator = *random;
    for at in (0..own.len()).step_by(WORDS) {
        let block = |words: &[u64]| -> Block { words[at..at + WORDS].try_into().expect("a block") };
        let across: [Block; R] = std::array::from_fn(|r| {
            if whole {
                let start = beside[at * R + r];
                other[start..start + WORDS].try_into().expect("a block")
            } else {
                std::array::from_fn(|i| other[beside[(at + i) * R + r]])
            }
        });
        let spins = block(own);
        let flips = decide::<I, D, R>(
            spins,
            [block(other), block(side)],
            across,
            block(valid),
            thresholds,
            &mut generator,
        );
        for (own, flip) in own[at..at + WORDS].iter_mut().zip(flips) {
            *own ^= flip;
        }
    }
    *random = generator;
}

#[inline(always)]
fn by_word(of: impl Fn(usize) -> u64) -> Block {
    let mut block = [0; WORDS];
    for (i, word) in block.iter_mut().enumerate() {
        *word = of(i);
    }
    block
}

/// Binary digits of the numbers up to `most`.
const fn digits_for(most: usize) -> usize {
    most.ilog2() as usize + 1
}

/// Which spins of a block flip.
#[inline(always)]
fn decide<I: Isa, const D: usize, const R: usize>(
    spins: Block,
    along: [Block; 2],
    across: [Block; R],
    valid: Block,
    thresholds: &Thresholds,
    random: &mut ChainWords,
) -> Block {
    // How many neighbours agree, in binary: a carry goes through the digits for every neighbour.
    let mut digits = [[0; WORDS]; 4];
    for neighbour in along.iter().chain(&across) {
        let mut carry = by_word(|i| !(spins[i] ^ neighbour[i]) ^ thresholds.unlike);
        for digit in &mut digits[..digits_for(2 * D)] {
            let next = by_word(|i| digit[i] & carry[i]);
            *digit = by_word(|i| digit[i] ^ carry[i]);
            carry = next;
        }
    }
    // Who agrees with D + 1, …, 2D.
    let classes: [Block; D] = std::array::from_fn(|k| {
        let count = D + 1 + k;
        by_word(|i| {
            (0..4).fold(valid[i], |all, digit| {
                let bit = digits[digit][i];
                all & if count >> digit & 1 == 1 { bit } else { !bit }
            })
        })
    });
    let mut open = by_word(|i| classes.iter().fold(0, |all, class| all | class[i]));
    let mut flips = by_word(|i| valid[i] & !open[i]);
    for bit in (0..64).rev() {
        let drawn = random.draw::<I>();
        let mut limit = [0; WORDS];
        for (class, threshold) in classes.iter().zip(thresholds.numbers) {
            let wanted = (threshold >> bit & 1).wrapping_neg();
            limit = by_word(|i| limit[i] | class[i] & wanted);
        }
        flips = by_word(|i| flips[i] | open[i] & limit[i] & !drawn[i]);
        open = by_word(|i| open[i] & !(limit[i] ^ drawn[i]));
        // Before, some of 512 hardly ever fail to be open.
        if bit <= 56 && open.iter().fold(0, |any, word| any | word) == 0 {
            break;
        }
    }
    flips
}
