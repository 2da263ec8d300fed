//! Ensembles: chains of a target, on any number of threads.

use std::fmt;
use std::path::Path;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::{Value as Json, json};

use super::checkpoint::{self, Saved};
use super::plan::Plan;
use super::record::{ChainRecord, Part};
use super::run::{ChainState, Cost};
use super::sampler::Sampler;
use super::target::Sampled;
use crate::error::{Error, Result};
use crate::io::{Array, NamedArrays, first_difference};
use crate::stats::Histories;

/// Chains of a target under way, with what they have recorded.
///
/// ```
/// use fieldassay::ensemble::{Ensemble, Named, Plan, Sampler, Start, Value, Values};
/// use fieldassay::{Seed, stats::GammaMethod};
/// let target = Named::find("u1-2d")?;
/// let given = [("extents", Value::Extents(vec![4, 4])), ("beta", Value::Real(1.0))];
/// let density = (target.make)(&Values::new(target.parameters, &given)?)?;
/// let sampler = Sampler::new(target.method("heatbath")?, &[])?.mixed_with("instanton-hits", 1);
/// let plan = Plan {
///     chains: 4, thermalise: 20, measurements: 500, every: 1,
///     start: Start::Hot, fields: false, seed: Seed(1), threads: 2,
/// };
/// let mut ensemble = Ensemble::new(density.as_ref(), &sampler, plan)?;
/// while !ensemble.finished() {
///     ensemble.advance(100); // here a program reports, and saves
/// }
/// let plaquette = GammaMethod::default().derived(&ensemble.histories("plaquette")?, |a| a[0])?;
/// // I₁(1)/I₀(1), up to 1e-5 for the finite volume.
/// let sigmas = (plaquette.estimate.value() - 0.446_390) / plaquette.estimate.error();
/// assert!(sigmas.abs() < 5.0);
/// # Ok::<(), fieldassay::Error>(())
/// ```
pub struct Ensemble<'a> {
    plan: Plan,
    spec: Json,
    shape: Vec<usize>,
    columns: Vec<String>,
    parts: Vec<Part<'a>>,
    pool: Option<ThreadPool>,
    step: u64,
    /// Before the last resumption.
    spent: Cost,
}

impl fmt::Debug for Ensemble<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ensemble({} at step {})", self.spec, self.step)
    }
}

impl<'a> Ensemble<'a> {
    /// The chains of `target` at their start.
    ///
    /// The stream of a chain is decided by the density, the sampler with all of its parameters, the seed, and the
    /// chain's number.
    ///
    /// # Errors  `Error::Argument` naming what of the plan is zero or beyond memory; `Error::Unsupported` for a sampler
    /// that the target does not have; those of the kernels.
    pub fn new(target: &'a dyn Sampled, sampler: &Sampler, plan: Plan) -> Result<Self> {
        let (columns, shape) = (target.columns(sampler), target.shape());
        plan.check(shape.iter().product(), columns.len())?;
        let density = target.spec();
        let label = format!("sample/{density}/{}", sampler.to_json());
        let spec = json!({
            "target": {"name": density.family, "parameters": density.parameters},
            "sampler": sampler.to_json(),
            "chains": plan.chains,
            "thermalise": plan.thermalise,
            "every": plan.every,
            "start": plan.start.name(),
            "fields": plan.fields,
            "columns": columns,
            "seed": plan.seed.0,
            "stream": format!("{label}/chain/…"),
        });
        let count = plan.threads.min(plan.chains);
        let first = |part: usize| part * plan.chains / count;
        let parts = (0..count).map(|part| {
            let chains = first(part)..first(part + 1);
            let r = plan.seed.chains_within(&label, chains.clone());
            let run = target.run(sampler, plan.start, r)?;
            Ok(Part::new(run, chains, columns.len(), plan.fields))
        });
        let parts = parts.collect::<Result<_>>()?;
        let pool = (count > 1).then(|| ThreadPoolBuilder::new().num_threads(count).build());
        let pool = pool.transpose().map_err(|error| {
            Error::argument("threads", count.to_string(), format!("fewer ({error})"))
        })?;
        Ok(Self {
            plan,
            spec,
            shape,
            columns,
            parts,
            pool,
            step: 0,
            spent: Cost::default(),
        })
    }

    /// What runs: density, sampler, seed. A checkpoint has to agree with it; the number of measurements and of threads
    /// may differ.
    #[must_use]
    pub const fn spec(&self) -> &Json {
        &self.spec
    }

    /// Steps done.
    #[must_use]
    pub const fn step(&self) -> u64 {
        self.step
    }

    /// Steps of the whole run.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.plan.thermalise + self.plan.every * self.plan.measurements
    }

    /// Whether the whole run is done.
    #[must_use]
    pub const fn finished(&self) -> bool {
        self.step >= self.steps()
    }

    /// Measurements of every chain so far.
    #[must_use]
    pub const fn measurements(&self) -> u64 {
        self.plan.clock().measurements_after(self.step)
    }

    /// At most so many steps; fewer where the run ends. However they are divided, the numbers are the same.
    pub fn advance(&mut self, steps: u64) {
        let (from, clock) = (self.step, self.plan.clock());
        let to = from.saturating_add(steps).min(self.steps());
        let parts = &mut self.parts;
        match &self.pool {
            None => parts.iter_mut().for_each(|p| p.advance(from, to, clock)),
            Some(pool) => pool.install(|| {
                parts
                    .par_iter_mut()
                    .for_each(|p| p.advance(from, to, clock));
            }),
        }
        self.step = to.max(from);
    }

    /// The names of what is measured.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// What the chains have recorded of one column.
    ///
    /// # Shapes  → `[chain](measurements,)`.
    /// # Errors  `Error::UnknownName`.
    pub fn series(&self, column: &str) -> Result<Vec<&[f64]>> {
        let known = self.columns.iter().map(String::as_str);
        let place = self.columns.iter().position(|name| name == column);
        let place = place.ok_or_else(|| Error::unknown("observable", column, known))?;
        let series = self.records().map(|record| record.series[place].as_slice());
        Ok(series.collect())
    }

    /// The same for the Γ-method, chains as replicas.
    ///
    /// # Errors  as [`Ensemble::series`]; `Error::Domain` for fewer than two measurements, or one that is not finite.
    pub fn histories(&self, column: &str) -> Result<Histories<'_>> {
        Histories::new(&[self.series(column)?])
    }

    /// The work so far, the one before a resumption included.
    #[must_use]
    pub fn cost(&self) -> Cost {
        let costs = self.parts.iter().map(Part::cost);
        costs.fold(self.spent, |sum, cost| Cost {
            forces: sum.forces + cost.forces,
            actions: sum.actions + cost.actions,
        })
    }

    fn records(&self) -> impl Iterator<Item = &ChainRecord> {
        self.parts.iter().flat_map(|part| &part.records)
    }

    /// All that is recorded: every column, and `field` if the plan says so.
    ///
    /// # Shapes  `(chains, measurements)`; `field: (chains, measurements, extents…, numbers of a site)`.
    /// # Errors  none; `Result` as for all arrays.
    pub fn arrays(&self) -> Result<NamedArrays> {
        let mut arrays = NamedArrays::new();
        let shape = vec![self.plan.chains, self.measurements() as usize];
        for (place, name) in self.columns.iter().enumerate() {
            let all = self.records().flat_map(|record| &record.series[place]);
            let all: Vec<f64> = all.copied().collect();
            arrays.insert(name, Array::new(shape.clone(), all)?)?;
        }
        if self.plan.fields {
            let all = self.records().flat_map(|record| &record.fields);
            let all: Vec<f64> = all.copied().collect();
            let shape = [shape, self.shape.clone()].concat();
            arrays.insert("field", Array::new(shape, all)?)?;
        }
        Ok(arrays)
    }

    /// Writes everything that the next step depends on and all that is recorded, atomically: a reader sees this
    /// checkpoint or the one before.
    ///
    /// # Errors  `Error::Io`.
    pub fn save(&self, path: &Path) -> Result<()> {
        let saved = Saved {
            spec: self.spec.clone(),
            step: self.step,
            cost: self.cost(),
            states: self.parts.iter().flat_map(Part::states).collect(),
            recorded: self.arrays()?,
        };
        checkpoint::write(path, &saved)
    }

    /// Continues from a checkpoint of the same run, to the bit.
    ///
    /// # Errors  `Error::Io`; `Error::Format` naming the field of a file that is damaged, no checkpoint, one of another
    /// run (the first difference of their descriptions), or one beyond the end of this run. Nothing has changed then.
    pub fn resume(&mut self, path: &Path) -> Result<()> {
        let saved = checkpoint::read(path, |spec| match first_difference(spec, &self.spec) {
            None => Ok(()),
            Some([at, found, expected]) => {
                Err(Error::format(path, format!("spec, {at}"), found, expected))
            }
        })?;
        let done = self.plan.clock().measurements_after(saved.step);
        if saved.step > self.steps() {
            let found = format!("{done} at step {}", saved.step);
            let expected = format!("at most {}, those of this run", self.plan.measurements);
            return Err(Error::format(path, "measurements", found, expected));
        }
        let records = self.recorded(path, &saved.recorded, done as usize)?;
        if saved.states.len() != self.plan.chains {
            let found = saved.states.len().to_string();
            let expected = format!("{}, one a chain", self.plan.chains);
            return Err(Error::format(path, "states", found, expected));
        }
        self.restore(&saved.states)
            .map_err(|error| in_file(path, error))?;
        let mut records = records.into_iter();
        for part in &mut self.parts {
            part.records = records.by_ref().take(part.chains.len()).collect();
        }
        (self.step, self.spent) = (saved.step, saved.cost);
        Ok(())
    }

    /// Puts all chains to these states, or none.
    fn restore(&mut self, states: &[ChainState]) -> Result<()> {
        let before: Vec<ChainState> = self.parts.iter().flat_map(Part::states).collect();
        let spent = self.cost();
        let mut put = |states: &[ChainState]| {
            let mut parts = self.parts.iter_mut();
            parts.try_for_each(|part| part.run.restore(&states[part.chains.clone()]))
        };
        let restored = put(states);
        if restored.is_err() {
            put(&before)?;
            self.spent = spent;
        }
        restored
    }

    /// The records of every chain from the arrays of a checkpoint.
    fn recorded(&self, path: &Path, arrays: &NamedArrays, done: usize) -> Result<Vec<ChainRecord>> {
        let mut records = vec![ChainRecord::default(); self.plan.chains];
        let numbers = |name: &str, shape: &[usize]| {
            let (found, numbers) = arrays.f64(name)?;
            if found == shape {
                return Ok(numbers);
            }
            let [found, expected] = [found, shape].map(|shape| format!("{shape:?}"));
            let field = format!("array `{name}`: shape");
            Err(Error::format(path, field, found, expected))
        };
        let shape = [self.plan.chains, done];
        for name in &self.columns {
            let all = numbers(name, &shape)?;
            for (chain, record) in records.iter_mut().enumerate() {
                let own = all[chain * done..(chain + 1) * done].to_vec();
                record.series.push(own);
            }
        }
        if self.plan.fields {
            let all = numbers("field", &[&shape[..], &self.shape].concat())?;
            let each = all.len() / self.plan.chains;
            for (chain, record) in records.iter_mut().enumerate() {
                record.fields = all[chain * each..(chain + 1) * each].to_vec();
            }
        }
        Ok(records)
    }
}

fn in_file(path: &Path, error: Error) -> Error {
    match error {
        Error::Argument {
            field,
            found,
            expected,
        } => Error::format(path, field, found, expected),
        other => other,
    }
}
