//! Chains that run together on one thread, and what they have recorded.

use std::ops::Range;

use super::run::{ChainState, Cost, Run};

/// When is measured: after the thermalisation, every so many steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) thermalise: u64,
    pub(super) every: u64,
}

impl Clock {
    pub(super) const fn measurements_after(self, step: u64) -> u64 {
        step.saturating_sub(self.thermalise) / self.every
    }

    const fn measures(self, step: u64) -> bool {
        step > self.thermalise && (step - self.thermalise).is_multiple_of(self.every)
    }
}

/// What one chain has recorded.
#[derive(Clone, Debug, Default)]
pub(super) struct ChainRecord {
    /// `[column](measurements,)`.
    pub(super) series: Vec<Vec<f64>>,
    /// `(measurements, site, component)`, if configurations are recorded.
    pub(super) fields: Vec<f64>,
}

/// A range of chains.
pub(super) struct Part<'a> {
    pub(super) run: Box<dyn Run + 'a>,
    pub(super) chains: Range<usize>,
    pub(super) records: Vec<ChainRecord>,
    keeps_fields: bool,
    row: Vec<f64>,
}

impl<'a> Part<'a> {
    pub(super) fn new(
        run: Box<dyn Run + 'a>,
        chains: Range<usize>,
        columns: usize,
        keeps_fields: bool,
    ) -> Self {
        let empty = ChainRecord {
            series: vec![Vec::new(); columns],
            fields: Vec::new(),
        };
        Self {
            row: vec![0.0; columns * chains.len()],
            records: vec![empty; chains.len()],
            run,
            chains,
            keeps_fields,
        }
    }

    /// The steps after `from`, up to and including `to`.
    pub(super) fn advance(&mut self, from: u64, to: u64, clock: Clock) {
        for step in from + 1..=to {
            self.run.step();
            if step == clock.thermalise {
                self.run.forget();
            }
            if clock.measures(step) {
                self.record();
            }
        }
    }

    fn record(&mut self) {
        self.run.measure(&mut self.row);
        let chains = self.chains.len();
        for (chain, record) in self.records.iter_mut().enumerate() {
            let own = self.row.iter().skip(chain).step_by(chains);
            for (series, x) in record.series.iter_mut().zip(own) {
                series.push(*x);
            }
            if self.keeps_fields {
                record.fields.extend(self.run.configuration(chain));
            }
        }
    }

    pub(super) fn states(&self) -> impl Iterator<Item = ChainState> {
        (0..self.chains.len()).map(|chain| self.run.state(chain))
    }

    pub(super) fn cost(&self) -> Cost {
        self.run.cost()
    }
}
