//! Chains that a kernel moves, whatever their field takes its values in.

use super::columns::OwnedObservable;
use super::sampler::OwnedKernel;
use crate::density::{Aux, Info, Target};
use crate::error::{Error, Result};
use crate::lattice::{Field, Manifold};
use crate::rng::Chains;

/// A number of a field that files hold as a double, exactly.
pub trait Stored: Copy {
    /// As a double.
    fn to_f64(self) -> f64;
    /// From a double; `None` if it is another number.
    fn from_f64(x: f64) -> Option<Self>;
}

impl Stored for f64 {
    fn to_f64(self) -> f64 {
        self
    }

    fn from_f64(x: f64) -> Option<Self> {
        Some(x)
    }
}

macro_rules! stored_integers {
    ($($integer:ty)*) => {$(
        impl Stored for $integer {
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            fn from_f64(x: f64) -> Option<Self> {
                let rounded = x as Self;
                (f64::from(rounded) == x).then_some(rounded)
            }
        }
    )*};
}

stored_integers! { i8 u8 i32 }

/// Everything that the next step of one chain depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainState {
    /// `(site, component)`, sites in the lattice's order.
    pub field: Vec<f64>,
    /// `(generator, word)`, the bits of unsigned words.
    pub generators: Vec<i64>,
    /// The chain's auxiliary numbers.
    pub aux: Vec<f64>,
    /// What it has counted since the last measurement.
    pub tally: Vec<f64>,
}

/// Work done, of all chains together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Force evaluations.
    pub forces: u64,
    /// Action evaluations.
    pub actions: u64,
}

/// Chains side by side: they step, and are measured. Object-safe, so that one program runs them all.
pub trait Run: Send {
    /// One step of every chain: the sampler, then what is mixed in.
    fn step(&mut self);

    /// What has been seen since the last call, and the state now, in the order of the ensemble's columns.
    ///
    /// # Shapes  `out: (columns, chains)`.
    fn measure(&mut self, out: &mut [f64]);

    /// Forgets what has been counted since the last measurement.
    fn forget(&mut self);

    /// The configuration of a chain, `(site, component)`.
    fn configuration(&self, chain: usize) -> Vec<f64>;

    /// Where a chain stands.
    fn state(&self, chain: usize) -> ChainState;

    /// Puts all chains to these states.
    ///
    /// # Errors  `Error::Argument` naming the part that does not fit; the chains stand as before then.
    fn restore(&mut self, states: &[ChainState]) -> Result<()>;

    /// The work of all steps since this was made or restored.
    fn cost(&self) -> Cost;
}

/// The run of a density on `M`.
pub(super) struct RunOf<'a, M: Manifold> {
    target: &'a dyn Target<M>,
    q: Field<M>,
    aux: Aux,
    r: Chains,
    /// Each with its number of steps: the sampler, then what is mixed in.
    kernels: Vec<(OwnedKernel<'a, M>, usize)>,
    observables: Vec<OwnedObservable<M>>,
    info: Info,
    /// `(kernels + 2, chains)`: accepted shares of each kernel, divergent steps of the first, steps.
    tally: Vec<f64>,
    /// Of the sampler's last step.
    delta_h: Vec<f64>,
    cost: Cost,
}

impl<'a, M: Manifold> RunOf<'a, M> {
    pub(super) fn new(
        target: &'a dyn Target<M>,
        q: Field<M>,
        r: Chains,
        kernels: Vec<(OwnedKernel<'a, M>, usize)>,
        observables: Vec<OwnedObservable<M>>,
    ) -> Self {
        Self {
            target,
            aux: Aux::default(),
            r,
            observables,
            info: Info::default(),
            tally: vec![0.0; (kernels.len() + 2) * q.chains()],
            delta_h: vec![0.0; q.chains()],
            kernels,
            cost: Cost::default(),
            q,
        }
    }

    fn components(&self) -> usize {
        self.q.variables() * M::NUMBERS
    }

    /// Rows of the tally: one a kernel, the divergent steps, the steps.
    fn rows(&self) -> usize {
        self.kernels.len() + 2
    }
}

impl<M: Manifold<Number: Stored>> Run for RunOf<'_, M> {
    fn step(&mut self) {
        let chains = self.q.chains();
        let (divergent, steps) = (self.kernels.len(), self.kernels.len() + 1);
        for (k, (kernel, times)) in self.kernels.iter_mut().enumerate() {
            for _ in 0..*times {
                kernel.step(&mut self.q, &mut self.aux, &mut self.r, &mut self.info);
                self.cost.forces += self.info.forces;
                self.cost.actions += self.info.actions;
                for chain in 0..chains {
                    let share = self.info.acceptance(chain) / *times as f64;
                    self.tally[k * chains + chain] += share;
                }
            }
            if k == 0 {
                self.delta_h.copy_from_slice(&self.info.delta_h);
                for (chain, yes) in self.info.divergent.iter().enumerate() {
                    self.tally[divergent * chains + chain] += f64::from(u8::from(*yes));
                }
            }
        }
        let counted = &mut self.tally[steps * chains..];
        counted.iter_mut().for_each(|steps| *steps += 1.0);
    }

    fn measure(&mut self, out: &mut [f64]) {
        let (chains, kernels) = (self.q.chains(), self.kernels.len());
        let mut rows = out.chunks_exact_mut(chains);
        let mut next = || rows.next().expect("a row for every column");
        self.target.value(&self.q, &self.aux, next());
        for observable in &self.observables {
            observable.measure(&self.q, next());
        }
        let (counts, steps) = self.tally.split_at((kernels + 1) * chains);
        let mut counts = counts.chunks_exact(chains);
        for counts in counts.by_ref().take(kernels) {
            for ((out, count), steps) in next().iter_mut().zip(counts).zip(steps) {
                *out = count / steps;
            }
        }
        next().copy_from_slice(&self.delta_h);
        next().copy_from_slice(counts.next().expect("divergent steps"));
        self.forget();
    }

    fn forget(&mut self) {
        self.tally.fill(0.0);
    }

    fn configuration(&self, chain: usize) -> Vec<f64> {
        let (sites, components) = (self.q.lattice().sites(), self.components());
        let of_site = |site| (0..components).map(move |component| (site, component));
        let places = (0..sites).flat_map(of_site);
        places
            .map(|(site, component)| self.q.get(site, component, chain).to_f64())
            .collect()
    }

    fn state(&self, chain: usize) -> ChainState {
        let chains = self.q.chains();
        let own = |numbers: &[f64]| {
            numbers
                .iter()
                .skip(chain)
                .step_by(chains)
                .copied()
                .collect()
        };
        let generators = self.r.state_of(chain);
        ChainState {
            field: self.configuration(chain),
            generators: generators
                .as_flattened()
                .iter()
                .map(|word| word.cast_signed())
                .collect(),
            aux: own(&self.aux.numbers),
            tally: own(&self.tally),
        }
    }

    fn restore(&mut self, states: &[ChainState]) -> Result<()> {
        let chains = self.q.chains();
        assert_eq!(states.len(), chains, "one state a chain");
        let (mut q, components) = (self.q.clone(), self.components());
        let mut generators = Vec::with_capacity(chains);
        let mut aux = vec![0.0; states[0].aux.len() * chains];
        let mut tally = vec![0.0; self.rows() * chains];
        for (chain, state) in states.iter().enumerate() {
            let wrong = |field: &str, expected: &str| {
                Error::argument(field, format!("those of chain {chain}"), expected)
            };
            if state.field.len() != components * q.lattice().sites() {
                return Err(wrong("field", "as many numbers as the target's field has"));
            }
            for (place, x) in state.field.iter().enumerate() {
                let number = M::Number::from_f64(*x)
                    .ok_or_else(|| wrong("field", "numbers of the target's field"))?;
                q.set(place / components, place % components, chain, number);
            }
            generators.push(generators_of(&state.generators).ok_or_else(|| {
                wrong("generators", "8 states of 4 words, none of them all zero")
            })?);
            for (name, own, all) in [
                ("aux", &state.aux, &mut aux),
                ("tally", &state.tally, &mut tally),
            ] {
                if own.len() * chains != all.len() {
                    return Err(wrong(name, "as many numbers as every chain has"));
                }
                for (all, own) in all.iter_mut().skip(chain).step_by(chains).zip(own) {
                    *all = *own;
                }
            }
        }
        (self.q, self.tally) = (q, tally);
        self.aux.numbers = aux;
        self.r = Chains::from_states(&generators);
        self.cost = Cost::default();
        Ok(())
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}

fn generators_of(words: &[i64]) -> Option<[[u64; 4]; Chains::GENERATORS]> {
    let words: Vec<u64> = words.iter().map(|word| word.cast_unsigned()).collect();
    let states: &[[u64; 4]] = words.as_chunks().0;
    let whole = words.len() == 4 * states.len() && !states.contains(&[0; 4]);
    states.try_into().ok().filter(|_| whole)
}
