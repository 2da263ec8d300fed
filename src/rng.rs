//! Randomness: one root seed, named streams, one generator per lane.
//!
//! A *label* decides the numbers, never the order of calls: `Seed(s).stream("phi4-2d/hmc/chain/3")`
//! is ChaCha8 under the key `SHA-256(s ‖ label)`. Hot loops take [`Seed::lanes`]: xoshiro256++, one
//! state per lane, each keyed by label and lane number, so that a chain's numbers do not depend on
//! how many chains run beside it.
//!
//! Laws: `tests/laws/rng.rs` (published test vectors of both generators, label and lane
//! independence, save and restore). Nothing in `src/` reads the clock or the system for entropy.

use rand::SeedableRng;
use rand::rand_core::Infallible;
use rand::{Rng as RandRng, RngExt, TryRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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

/// Lanes that share the scratch of a draw, which lies on the stack: drawing allocates nothing.
const BLOCK: usize = 64;

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
        self.step(0, out);
    }

    /// The next 64 bits of the lanes from `start` on.
    fn step(&mut self, start: usize, out: &mut [u64]) {
        let end = start + out.len();
        let [s0, s1, s2, s3] = self.state.each_mut().map(|words| &mut words[start..end]);
        for i in 0..out.len() {
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

    /// Uniform in `[0, 1)`, 53 bits, for the lanes from `start` on; at most [`BLOCK`] of them.
    fn step_uniform(&mut self, start: usize, out: &mut [f64]) {
        let mut bits = [0; BLOCK];
        let bits = &mut bits[..out.len()];
        self.step(start, bits);
        for (x, b) in out.iter_mut().zip(bits) {
            *x = (*b >> 11) as f64 * f64::EPSILON * 0.5;
        }
    }

    /// Uniform in `[0, 1)`, 53 bits, for every row and lane.
    ///
    /// # Shapes  `out: (rows, lanes)`, lanes fastest.
    /// # Panics  if the length of `out` is not a multiple of the number of lanes.
    pub fn uniform(&mut self, out: &mut [f64]) {
        for row in self.rows(out) {
            for (block, part) in row.chunks_mut(BLOCK).enumerate() {
                self.step_uniform(block * BLOCK, part);
            }
        }
    }

    /// Standard normals by Box and Muller, two draws per pair of rows, so that every lane uses the
    /// same number of draws whatever their values.
    ///
    /// # Shapes  `out: (rows, lanes)`, lanes fastest; an odd last row discards its partner.
    /// # Panics  if the length of `out` is not a multiple of the number of lanes.
    pub fn normal(&mut self, out: &mut [f64]) {
        let lanes = self.count();
        let (mut first, mut second) = ([0.0; BLOCK], [0.0; BLOCK]);
        for pair in self.row_pairs(out) {
            let (row, partner) = pair.split_at_mut(lanes);
            for (block, part) in row.chunks_mut(BLOCK).enumerate() {
                let start = block * BLOCK;
                let count = part.len();
                self.step_uniform(start, &mut first[..count]);
                self.step_uniform(start, &mut second[..count]);
                for (i, x) in part.iter_mut().enumerate() {
                    let radius = (-2.0 * (1.0 - first[i]).ln()).sqrt();
                    let (sin, cos) = (std::f64::consts::TAU * second[i]).sin_cos();
                    *x = radius * cos;
                    if let Some(x) = partner.get_mut(start + i) {
                        *x = radius * sin;
                    }
                }
            }
        }
    }

    fn rows<'a>(&self, out: &'a mut [f64]) -> std::slice::ChunksExactMut<'a, f64> {
        self.check_rows(out);
        out.chunks_exact_mut(self.count().max(1))
    }

    fn row_pairs<'a>(&self, out: &'a mut [f64]) -> std::slice::ChunksMut<'a, f64> {
        self.check_rows(out);
        out.chunks_mut(2 * self.count().max(1))
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
