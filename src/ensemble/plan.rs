//! How a run goes.

use super::record::Clock;
use super::target::Start;
use crate::error::{Error, Result};
use crate::io::Limits;
use crate::rng::Seed;

/// How long to run, from where, with which numbers, and what to keep.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Chains side by side.
    pub chains: usize,
    /// Steps before anything is recorded.
    pub thermalise: u64,
    /// Measurements of every chain.
    pub measurements: u64,
    /// Steps from one measurement to the next.
    pub every: u64,
    /// Where the chains begin.
    pub start: Start,
    /// Whether configurations are recorded too.
    pub fields: bool,
    /// The root of all randomness.
    pub seed: Seed,
    /// Threads; they change no number.
    pub threads: usize,
}

impl Plan {
    pub(super) const fn clock(&self) -> Clock {
        Clock {
            thermalise: self.thermalise,
            every: self.every,
        }
    }

    /// Refuses what is zero, and what memory does not hold.
    pub(super) fn check(&self, numbers: usize, columns: usize) -> Result<()> {
        for (name, value) in [
            ("chains", self.chains as u64),
            ("measurements", self.measurements),
            ("every", self.every),
            ("threads", self.threads as u64),
        ] {
            if value == 0 {
                return Err(Error::argument(name, "0", "at least one"));
            }
        }
        let most = Limits::default().max_bytes;
        let kept = if self.fields { numbers } else { 0 };
        let bytes = ((kept + columns) as u64)
            .checked_mul(8)
            .and_then(|bytes| bytes.checked_mul(self.chains as u64))
            .and_then(|bytes| bytes.checked_mul(self.measurements));
        let steps = self.every.checked_mul(self.measurements);
        let steps = steps.and_then(|steps| steps.checked_add(self.thermalise));
        // Field, generators and counters of a chain; a checkpoint holds them beside what is recorded.
        let state = (8 * numbers as u64 + 1024).saturating_mul(self.chains as u64);
        if state > most {
            let found = format!("{} of {numbers} numbers each", self.chains);
            let expected = format!("fields of at most {most} bytes together");
            return Err(Error::argument("chains", found, expected));
        }
        if steps.is_none() || bytes.is_none_or(|bytes| bytes > most - state) {
            let found = format!("{} of {} chains", self.measurements, self.chains);
            let expected = format!("at most {most} bytes of recorded numbers");
            return Err(Error::argument("measurements", found, expected));
        }
        Ok(())
    }
}
