//! Randomness: one root seed, named streams, one generator per lane, eight per Markov chain.
//!
//! A *label* decides the numbers, never the order of calls: `Seed(s).stream("phi4-2d/hmc/chain/3")`
//! is ChaCha8 under the key `SHA-256(s ‖ label)`. Hot loops take [`Seed::lanes`]: xoshiro256++, one
//! state per lane, each keyed by label and lane number, so that a chain's numbers do not depend on
//! how many chains run beside it.
//!
//! Laws: `tests/laws/rng.rs` (published test vectors of both generators, label and lane
//! independence, save and restore). Nothing in `src/` reads the clock or the system for entropy.

use std::ops::Range;

use rand::SeedableRng;
use rand::rand_core::Infallible;
use rand::{Rng as RandRng, RngExt, TryRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::num::simd::{Isa, Portable};
use crate::simd_kernel;
use crate::special::elementary::{Elementary, sin_cos_turns};

/// The root of all randomness of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed(pub u64);

impl Seed {
    /// The stream called `label`.
    #[must_use]
    pub fn stream(self, label: &str) -> Rng {
        Rng {
            inner: ChaCha8Rng::from_seed(self.key("stream", label, 0)),
        }
    }

    /// `count` lane generators of the stream called `label`; lane `i` is the same for every `count`.
    #[must_use]
    pub fn lanes(self, label: &str, count: usize) -> Lanes {
        let states = (0..count as u64).map(|lane| {
            let key = self.key("lane", label, lane);
            std::array::from_fn(|word| {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&key[8 * word..8 * word + 8]);
                u64::from_le_bytes(bytes)
            })
        });
        Lanes::from_states(states)
    }

    /// The generators of `count` chains of the stream called `label`; those of chain `i` are the same for every
    /// `count`.
    #[must_use]
    pub fn chains(self, label: &str, count: usize) -> Chains {
        self.chains_within(label, 0..count)
    }

    /// The generators of the chains of these numbers alone, those that [`Seed::chains`] gives them.
    #[must_use]
    pub fn chains_within(self, label: &str, numbers: Range<usize>) -> Chains {
        let of_chain: Vec<Lanes> = numbers
            .map(|chain| self.lanes(&format!("{label}/chain/{chain}"), CHAIN_LANES))
            .collect();
        Chains::of_lanes(&of_chain)
    }

    fn key(self, kind: &str, label: &str, lane: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"fieldassay rng v1\0");
        hash.update(kind.as_bytes());
        hash.update(self.0.to_le_bytes());
        hash.update(lane.to_le_bytes());
        hash.update(label.as_bytes());
        hash.finalize().into()
    }
}

/// A named stream of random numbers: ChaCha8.
#[derive(Clone, Debug, PartialEq)]
pub struct Rng {
    inner: ChaCha8Rng,
}

/// Where a stream stands, for checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RngState {
    key: [u8; 32],
    word: u128,
}

impl Rng {
    /// Uniform in `[0, 1)`, 53 bits.
    pub fn uniform(&mut self) -> f64 {
        self.inner.random()
    }

    /// Uniform in `[low, high)`.
    pub fn uniform_in(&mut self, low: f64, high: f64) -> f64 {
        (high - low).mul_add(self.uniform(), low)
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        self.inner.sample(StandardNormal)
    }

    /// Uniform among `0..n`.
    ///
    /// # Panics  if `n` is zero.
    pub fn below(&mut self, n: usize) -> usize {
        self.inner.random_range(0..n)
    }

    /// Key and position, enough to continue bit by bit.
    #[must_use]
    pub fn state(&self) -> RngState {
        RngState {
            key: self.inner.get_seed(),
            word: self.inner.get_word_pos(),
        }
    }

    /// The stream that stands at `state`.
    #[must_use]
    pub fn from_state(state: &RngState) -> Self {
        let mut inner = ChaCha8Rng::from_seed(state.key);
        inner.set_word_pos(state.word);
        Self { inner }
    }
}

/// The `rand` traits, so that any distribution of `rand_distr` draws from a named stream.
impl TryRng for Rng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.inner.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.inner.next_u64())
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        self.inner.fill_bytes(dst);
        Ok(())
    }
}

/// Numbers that share the scratch of a draw, which lies on the stack: drawing allocates nothing.
const BLOCK: usize = 64;

/// Generators of a chain: what a register holds of them, so that one chain draws as fast as eight.
const CHAIN_LANES: usize = 8;

/// The random numbers of Markov chains: eight generators each, so that a chain's numbers do not depend on how many run
/// beside it, and a single chain fills vector registers too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chains {
    /// Generator `k` of chain `c` is lane `k·chains + c`.
    lanes: Lanes,
    chains: usize,
}

impl Chains {
    /// Generators of a chain.
    pub const GENERATORS: usize = CHAIN_LANES;

    /// Chain by chain, its generators.
    fn of_lanes(of_chain: &[Lanes]) -> Self {
        let states =
            (0..CHAIN_LANES).flat_map(|k| of_chain.iter().map(move |lanes| lanes.state_of(k)));
        Self {
            lanes: Lanes::from_states(states),
            chains: of_chain.len(),
        }
    }

    /// Chains whose generators stand at these states, as [`Chains::state_of`] gives them.
    ///
    /// # Panics  on an all-zero state.
    #[must_use]
    pub fn from_states(states: &[[[u64; 4]; CHAIN_LANES]]) -> Self {
        let of_chain: Vec<Lanes> = states.iter().map(|own| Lanes::from_states(*own)).collect();
        Self::of_lanes(&of_chain)
    }

    /// The states of a chain's generators, for checkpoints.
    ///
    /// # Panics  if there is no such chain.
    #[must_use]
    pub fn state_of(&self, chain: usize) -> [[u64; 4]; CHAIN_LANES] {
        assert!(chain < self.chains, "chain {chain} of {}", self.chains);
        std::array::from_fn(|k| self.lanes.state_of(k * self.chains + chain))
    }

    /// The number of chains.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.chains
    }

    /// Uniform in `[0, 1)`, 53 bits, for every row and chain.
    ///
    /// # Shapes  `out: (rows, chains)`, chains fastest.
    /// # Panics  if the length of `out` is not a multiple of the number of chains.
    pub fn uniform(&mut self, out: &mut [f64]) {
        self.whole_rows(out, Lanes::uniform);
    }

    /// Standard normals for every row and chain.
    ///
    /// # Shapes  `out: (rows, chains)`, chains fastest.
    /// # Panics  if the length of `out` is not a multiple of the number of chains.
    pub fn normal(&mut self, out: &mut [f64]) {
        self.whole_rows(out, Lanes::normal);
    }

    /// Uniform in `[0, 1)`, 53 bits, of one chain: for draws whose number differs from chain to chain.
    ///
    /// # Panics  if there is no such chain.
    pub fn uniform_of(&mut self, chain: usize) -> f64 {
        let mut out = [0.0];
        uniform_body::<Portable>(self.lanes.words(chain, 1), 1, &mut out);
        out[0]
    }

    /// The generators of a chain, to be drawn from in a kernel's inner loop and given back with
    /// [`Chains::set_words_of`].
    ///
    /// # Panics  if there is no such chain.
    #[must_use]
    pub fn words_of(&self, chain: usize) -> ChainWords {
        assert!(chain < self.chains, "chain {chain} of {}", self.chains);
        let at = |word: usize, k: usize| self.lanes.state[word][k * self.chains + chain];
        ChainWords {
            state: std::array::from_fn(|word| std::array::from_fn(|k| at(word, k))),
        }
    }

    /// Has the generators of a chain go on where `words` stands.
    ///
    /// # Panics  if there is no such chain.
    pub fn set_words_of(&mut self, chain: usize, words: &ChainWords) {
        assert!(chain < self.chains, "chain {chain} of {}", self.chains);
        for (to, from) in self.lanes.state.iter_mut().zip(&words.state) {
            for (k, word) in from.iter().enumerate() {
                to[k * self.chains + chain] = *word;
            }
        }
    }

    /// Fills `out`; all generators draw, whether the last of their numbers are wanted or not.
    fn whole_rows(&mut self, out: &mut [f64], draw: impl Fn(&mut Lanes, &mut [f64])) {
        assert!(
            self.chains > 0 && out.len().is_multiple_of(self.chains),
            "{} numbers do not fill whole rows of {} chains",
            out.len(),
            self.chains
        );
        let row = self.lanes.count();
        let (whole, rest) = out.split_at_mut(out.len() / row * row);
        draw(&mut self.lanes, whole);
        if !rest.is_empty() {
            let mut last = vec![0.0; row];
            draw(&mut self.lanes, &mut last);
            rest.copy_from_slice(&last[..rest.len()]);
        }
    }
}

/// Words that [`ChainWords::draw`] gives.
pub const WORDS: usize = CHAIN_LANES;

/// The eight generators of one chain, by value: what a kernel keeps in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainWords {
    state: [[u64; WORDS]; 4],
}

impl ChainWords {
    /// 64 random bits of each generator.
    #[inline(always)]
    pub fn draw<I: Isa>(&mut self) -> [u64; WORDS] {
        let mut out = [0; WORDS];
        let [s0, s1, s2, s3] = &mut self.state;
        step_body::<I>([s0, s1, s2, s3], &mut out);
        out
    }
}

/// One xoshiro256++ generator per lane, stored word by word so that a step vectorises over lanes.
///
/// # Source  D. Blackman, S. Vigna, ACM Trans. Math. Softw. 47 (2021) 36.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lanes {
    state: [Vec<u64>; 4],
}

impl Lanes {
    /// Generators from explicit 256-bit states (a checkpoint); an all-zero state is not a generator.
    ///
    /// # Panics  on an all-zero state.
    #[must_use]
    pub fn from_states(states: impl IntoIterator<Item = [u64; 4]>) -> Self {
        let mut state: [Vec<u64>; 4] = Default::default();
        for words in states {
            assert!(
                words != [0; 4],
                "the all-zero state of xoshiro256++ never leaves zero"
            );
            for (column, word) in state.iter_mut().zip(words) {
                column.push(word);
            }
        }
        Self { state }
    }

    /// The number of lanes.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.state[0].len()
    }

    /// The 256-bit state of one lane.
    ///
    /// # Panics  if `lane` is not below [`Lanes::count`].
    #[must_use]
    pub fn state_of(&self, lane: usize) -> [u64; 4] {
        std::array::from_fn(|word| self.state[word][lane])
    }

    /// The next 64 bits of every lane.
    ///
    /// # Shapes  `out: (lanes,)`.
    /// # Panics  if `out` has another length.
    pub fn next_u64(&mut self, out: &mut [u64]) {
        assert_eq!(out.len(), self.count(), "one number per lane");
        step(self.words(0, out.len()), out);
    }

    /// The state of `width` lanes from `start` on.
    fn words(&mut self, start: usize, width: usize) -> [&mut [u64]; 4] {
        self.state
            .each_mut()
            .map(|words| &mut words[start..start + width])
    }

    /// Uniform in `[0, 1)`, 53 bits, for every row and lane.
    ///
    /// # Shapes  `out: (rows, lanes)`, lanes fastest.
    /// # Panics  if the length of `out` is not a multiple of the number of lanes.
    pub fn uniform(&mut self, out: &mut [f64]) {
        self.check_rows(out);
        let lanes = self.count().max(1);
        if lanes <= BLOCK {
            return uniform_rows(self.words(0, self.count()), lanes, out);
        }
        for row in out.chunks_exact_mut(lanes) {
            for (block, part) in row.chunks_mut(BLOCK).enumerate() {
                let width = part.len();
                uniform_rows(self.words(block * BLOCK, width), width, part);
            }
        }
    }

    /// Standard normals by Box and Muller, two draws per pair of rows, so that every lane uses the
    /// same number of draws whatever their values.
    ///
    /// # Shapes  `out: (rows, lanes)`, lanes fastest; an odd last row discards its partner.
    /// # Panics  if the length of `out` is not a multiple of the number of lanes.
    pub fn normal(&mut self, out: &mut [f64]) {
        self.check_rows(out);
        let lanes = self.count().max(1);
        // Pairs of rows that share a block of scratch, or parts of a row that do.
        let (pairs, width) = ((BLOCK / lanes).max(1), lanes.min(BLOCK));
        for group in out.chunks_mut(2 * pairs * lanes) {
            for start in (0..lanes).step_by(width) {
                let width = width.min(lanes - start);
                let count = group.len().div_ceil(2 * lanes);
                let mut drawn = [0.0; 2 * BLOCK];
                let drawn = &mut drawn[..2 * count * width];
                uniform_rows(self.words(start, width), width, drawn);
                box_muller(drawn, width);
                for (row, normals) in group.chunks_mut(lanes).zip(drawn.chunks_exact(width)) {
                    row[start..start + width].copy_from_slice(normals);
                }
            }
        }
    }

    fn check_rows(&self, out: &[f64]) {
        let lanes = self.count();
        assert!(
            out.is_empty() || (lanes > 0 && out.len().is_multiple_of(lanes)),
            "{} numbers do not fill whole rows of {lanes} lanes",
            out.len()
        );
    }
}

/// The next 64 bits of every lane.
#[inline(always)]
fn step_body<I: Isa>(state: [&mut [u64]; 4], out: &mut [u64]) {
    let n = out.len();
    let [s0, s1, s2, s3] = state.map(|words| &mut words[..n]);
    for i in 0..n {
        out[i] = s0[i]
            .wrapping_add(s3[i])
            .rotate_left(23)
            .wrapping_add(s0[i]);
        let t = s1[i] << 17;
        s2[i] ^= s0[i];
        s3[i] ^= s1[i];
        s1[i] ^= s2[i];
        s0[i] ^= s3[i];
        s2[i] ^= t;
        s3[i] = s3[i].rotate_left(45);
    }
}

simd_kernel! {
    fn step, step_at(state: [&mut [u64]; 4], out: &mut [u64]) = step_body;
}

/// The next number in `[0, 1)`, 53 bits, of every lane, row after row; at most [`BLOCK`] lanes.
#[inline(always)]
fn uniform_body<I: Isa>(state: [&mut [u64]; 4], width: usize, out: &mut [f64]) {
    let [s0, s1, s2, s3] = state;
    let mut bits = [0; BLOCK];
    let bits = &mut bits[..width];
    for row in out.chunks_exact_mut(width) {
        step_body::<I>([&mut *s0, &mut *s1, &mut *s2, &mut *s3], bits);
        for (out, bits) in row.iter_mut().zip(&*bits) {
            *out = (*bits >> 11) as f64 * UNIT;
        }
    }
}

/// `2⁻⁵³`.
const UNIT: f64 = f64::EPSILON * 0.5;

simd_kernel! {
    fn uniform_rows, uniform_rows_at(state: [&mut [u64]; 4], width: usize, out: &mut [f64]) = uniform_body;
}

/// Two uniform numbers `u` and `v`, one row after the other, become two normal ones: `r cos 2πv` and `r sin 2πv` with
/// `r² = −2 ln(1−u)`.
fn box_muller(pairs: &mut [f64], width: usize) {
    let n = pairs.len() / 2;
    let [mut u, mut v, mut ln, mut cos, mut sin] = [[0.0; BLOCK]; 5];
    let rows = u.chunks_exact_mut(width).zip(v.chunks_exact_mut(width));
    for (pair, (u, v)) in pairs.chunks_exact(2 * width).zip(rows) {
        let (first, second) = pair.split_at(width);
        u.copy_from_slice(first);
        v.copy_from_slice(second);
    }
    u[..n].iter_mut().for_each(|u| *u = 1.0 - *u);
    <f64 as Elementary>::ln(&u[..n], &mut ln[..n]);
    sin_cos_turns(&v[..n], &mut sin[..n], &mut cos[..n]);
    radii(&mut ln[..n]);
    let rows = cos.chunks_exact(width).zip(sin.chunks_exact(width));
    let rows = rows.zip(ln.chunks_exact(width));
    for (pair, ((cos, sin), radius)) in pairs.chunks_exact_mut(2 * width).zip(rows) {
        let (first, second) = pair.split_at_mut(width);
        for i in 0..width {
            first[i] = radius[i] * cos[i];
            second[i] = radius[i] * sin[i];
        }
    }
}

#[inline(always)]
fn radii_body<I: Isa>(ln: &mut [f64]) {
    ln.iter_mut().for_each(|ln| *ln = (-2.0 * *ln).sqrt());
}

simd_kernel! {
    fn radii, radii_at(ln: &mut [f64]) = radii_body;
}
