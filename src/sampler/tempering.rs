//! Parallel tempering.

use std::fmt;

use crate::density::{Aux, Info, Kernel, Target};
use crate::error::{Error, Result};
use crate::lattice::{Field, Manifold};
use crate::rng::Chains;

/// A ladder of densities, each with its kernel and its own configurations, that exchange configurations with their neighbours:
/// the way round a barrier leads over the rungs where there is none. The first rung is the density that is sampled; the others
/// live in here. Exact, for every rung, if each kernel is.
///
/// After a step of every kernel, rungs `k` and `k+1` exchange with `min(1, e^{−Δ})`,
/// `Δ = S_k(q_{k+1}) + S_{k+1}(q_k) − S_k(q_k) − S_{k+1}(q_{k+1})`, chain by chain; even `k` and odd `k` by turns.
///
/// # Source  R. H. Swendsen, J.-S. Wang, Phys. Rev. Lett. 57 (1986) 2607; K. Hukushima, K. Nemoto, J. Phys. Soc. Jpn. 65 (1996)
/// 1604.
pub struct Tempering<'a, M: Manifold> {
    rungs: Vec<Rung<'a, M>>,
    /// Of the rungs above the first.
    fields: Vec<Field<M>>,
    odd: bool,
    exchanges: Vec<Exchanges>,
    part: Info,
}

/// A density and a kernel that leaves it alone.
pub struct Rung<'a, M: Manifold> {
    /// The density.
    pub target: &'a dyn Target<M>,
    /// Its kernel.
    pub kernel: Box<dyn Kernel<M> + 'a>,
}

/// What became of the exchanges between two rungs, over all chains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exchanges {
    /// How many were tried.
    pub tried: u64,
    /// How many were accepted.
    pub accepted: u64,
}

impl<M: Manifold> fmt::Debug for Tempering<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let specs: Vec<String> = self
            .rungs
            .iter()
            .map(|rung| rung.target.spec().to_string())
            .collect();
        write!(f, "tempering({})", specs.join(", "))
    }
}

impl<'a, M: Manifold> Tempering<'a, M> {
    /// A ladder of these rungs, neighbours in this order. Densities without auxiliary fields.
    ///
    /// # Errors  `Error::Argument` for fewer than two rungs.
    pub fn new(rungs: Vec<Rung<'a, M>>) -> Result<Self> {
        if rungs.len() < 2 {
            let found = rungs.len().to_string();
            return Err(Error::argument("rungs", found, "two or more"));
        }
        Ok(Self {
            fields: Vec::new(),
            odd: false,
            exchanges: vec![Exchanges::default(); rungs.len() - 1],
            part: Info::default(),
            rungs,
        })
    }

    /// The configurations of the rungs above the first; none before the first step.
    #[must_use]
    pub fn fields(&self) -> &[Field<M>] {
        &self.fields
    }

    /// The exchanges so far, between each rung and the next.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchanges] {
        &self.exchanges
    }

    /// Exchanges of rung `k` with the next; `lower` and `upper` are their configurations.
    fn exchange(
        &mut self,
        k: usize,
        lower: &mut Field<M>,
        upper: &mut Field<M>,
        r: &mut Chains,
        info: &mut Info,
    ) {
        let chains = lower.chains();
        let aux = Aux::default();
        let value = |rung: usize, q: &Field<M>| {
            let mut s = vec![0.0; chains];
            self.rungs[rung].target.value(q, &aux, &mut s);
            s
        };
        let (kept_k, kept_next) = (value(k, lower), value(k + 1, upper));
        let (new_k, new_next) = (value(k, upper), value(k + 1, lower));
        info.actions += 4 * chains as u64;
        let mut uniforms = vec![0.0; chains];
        r.uniform(&mut uniforms);
        let accepted: Vec<bool> = (0..chains)
            .map(|c| {
                let delta = (new_k[c] - kept_k[c]) + (new_next[c] - kept_next[c]);
                (1.0 - uniforms[c]).ln() <= -delta
            })
            .collect();
        let count = accepted.iter().filter(|&&yes| yes).count();
        self.exchanges[k].tried += chains as u64;
        self.exchanges[k].accepted += count as u64;
        if count == 0 {
            return;
        }
        let rows = lower.numbers_mut().chunks_exact_mut(chains);
        for (lower, upper) in rows.zip(upper.numbers_mut().chunks_exact_mut(chains)) {
            for ((lower, upper), yes) in lower.iter_mut().zip(upper).zip(&accepted) {
                if *yes {
                    std::mem::swap(lower, upper);
                }
            }
        }
    }
}

impl<M: Manifold> Kernel<M> for Tempering<'_, M> {
    /// [`Info`] is that of the first rung's kernel, with the costs of all.
    ///
    /// # Panics  if the chains have auxiliary fields.
    fn step(&mut self, q: &mut Field<M>, aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        assert!(aux.numbers.is_empty(), "{self:?}: no auxiliary fields");
        let fits = |field: &Field<M>| {
            field.chains() == q.chains()
                && field.lattice() == q.lattice()
                && field.variables() == q.variables()
        };
        let above = self.rungs.len() - 1;
        if self.fields.len() != above || !self.fields.iter().all(fits) {
            self.fields = vec![q.clone(); above];
        }
        let mut fields = std::mem::take(&mut self.fields);
        self.rungs[0].kernel.step(q, aux, r, info);
        for (rung, field) in self.rungs[1..].iter_mut().zip(&mut fields) {
            rung.kernel.step(field, aux, r, &mut self.part);
            info.forces += self.part.forces;
            info.actions += self.part.actions;
        }
        for k in (usize::from(self.odd)..above).step_by(2) {
            if k == 0 {
                self.exchange(0, q, &mut fields[0], r, info);
            } else {
                let (lower, upper) = fields.split_at_mut(k);
                self.exchange(k, &mut lower[k - 1], &mut upper[0], r, info);
            }
        }
        self.odd = !self.odd;
        self.fields = fields;
    }
}
