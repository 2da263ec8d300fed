//! Which samples make the next batch.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::rng::{Rng, RngState, Seed};

/// A rule for picking samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// In the order of the data, again and again: full batches, if one batch holds everything.
    InOrder,
    /// Without replacement: every sample once in each epoch, in an order shuffled anew.
    Shuffled,
    /// With replacement: every pick uniform and independent.
    WithReplacement,
}

/// Picks sample numbers, batch after batch.
///
/// An epoch need not be a whole number of batches: a batch may begin in one epoch and end in the next,
/// so that no sample is ever left out.
#[derive(Clone, Debug)]
pub struct Sampler {
    sampling: Sampling,
    rng: Rng,
    order: Vec<usize>,
    next: usize,
    epoch: u64,
}

/// Where a sampler stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamplerState {
    /// The stream.
    pub stream: RngState,
    /// The order of the current epoch; empty where there is none.
    pub order: Vec<usize>,
    /// The place in it of the next pick.
    pub next: usize,
    /// Epochs completed.
    pub epoch: u64,
}

impl Sampler {
    /// Picks among `count` samples, with the stream `nn/sampler` of `seed`.
    ///
    /// # Errors  `Error::Argument` for no samples.
    pub fn new(sampling: Sampling, count: usize, seed: Seed) -> Result<Self> {
        if count == 0 {
            return Err(Error::argument("samples", "none", "at least one"));
        }
        let mut sampler = Self {
            sampling,
            rng: seed.stream("nn/sampler"),
            order: (0..count).collect(),
            next: 0,
            epoch: 0,
        };
        sampler.begin_epoch();
        Ok(sampler)
    }

    /// The samples of the next batch.
    pub fn pick(&mut self, batch: &mut [usize]) {
        let count = self.order.len();
        for pick in batch {
            if self.sampling == Sampling::WithReplacement {
                *pick = self.rng.below(count);
                continue;
            }
            if self.next == count {
                self.next = 0;
                self.epoch += 1;
                self.begin_epoch();
            }
            *pick = self.order[self.next];
            self.next += 1;
        }
    }

    /// Fisher and Yates, from the order of the last epoch.
    fn begin_epoch(&mut self) {
        if self.sampling == Sampling::Shuffled {
            for i in (1..self.order.len()).rev() {
                let j = self.rng.below(i + 1);
                self.order.swap(i, j);
            }
        }
    }

    /// Epochs completed.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// What the next picks depend on.
    #[must_use]
    pub fn state(&self) -> SamplerState {
        let shuffled = self.sampling == Sampling::Shuffled;
        SamplerState {
            stream: self.rng.state(),
            order: if shuffled {
                self.order.clone()
            } else {
                Vec::new()
            },
            next: self.next,
            epoch: self.epoch,
        }
    }

    /// Continues from `state`.
    ///
    /// # Errors  `Error::Argument` naming what no sampler of this kind leaves. Nothing has changed then.
    pub fn restore(&mut self, state: &SamplerState) -> Result<()> {
        let count = self.order.len();
        if state.next > count {
            let expected = format!("at most {count}");
            return Err(Error::argument(
                "sampler, next",
                state.next.to_string(),
                expected,
            ));
        }
        let order = match self.sampling {
            Sampling::Shuffled => {
                check_permutation(&state.order, count)?;
                state.order.clone()
            }
            _ if state.order.is_empty() => (0..count).collect(),
            _ => return Err(Error::argument("sampler, order", "an order", "none")),
        };
        (self.order, self.next, self.epoch) = (order, state.next, state.epoch);
        self.rng = Rng::from_state(&state.stream);
        Ok(())
    }
}

fn check_permutation(order: &[usize], count: usize) -> Result<()> {
    let mut seen = vec![false; count];
    let new = |&&i: &&usize| {
        seen.get_mut(i)
            .is_some_and(|seen| !std::mem::replace(seen, true))
    };
    if order.len() == count && order.iter().take_while(new).count() == count {
        return Ok(());
    }
    let found = format!("{} numbers that are none", order.len());
    let expected = format!("a permutation of 0..{count}");
    Err(Error::argument("sampler, order", found, expected))
}
