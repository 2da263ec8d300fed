//! Local updates: the Metropolis algorithm and Glauber's dynamics, site by site.

use std::fmt;

use crate::density::{Aux, Info, Kernel, Local};
use crate::error::{Error, Result};
use crate::lattice::{Field, Lattice, Propose, Spin};
use crate::rng::Chains;

/// The probability with which a symmetric proposal is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `min(1, e^{−ΔS})`.
    Metropolis,
    /// `1/(1 + e^{ΔS})`: of two values, the heat bath.
    Glauber,
}

impl Rule {
    /// The probability of a change of the action by `ds`; none for one that is no number.
    ///
    /// # Source  N. Metropolis et al., J. Chem. Phys. 21 (1953) 1087; R. J. Glauber, J. Math. Phys. 4 (1963) 294.
    #[must_use]
    pub fn probability(self, ds: f64) -> f64 {
        let p = match self {
            Self::Metropolis => (-ds).exp().min(1.0),
            Self::Glauber => 1.0 / (1.0 + ds.exp()),
        };
        if ds.is_nan() { 0.0 } else { p }
    }
}

/// Sweeps of single-variable proposals, each accepted or not before the next is made. Exact for every order of the
/// sites that is not chosen by the field.
///
/// Real numbers and angles are proposed uniformly within a width, unit vectors near the old direction, spins the other
/// way up.
///
/// # Source  as [`Rule::probability`].
/// # Witness  `reference::ising`, `reference::free_field`.
pub struct Metropolis<'a, M: Propose> {
    action: &'a dyn Local<M>,
    width: f64,
    rule: Rule,
    checkerboard: bool,
}

impl<M: Propose> fmt::Debug for Metropolis<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (spec, width, rule) = (self.action.spec(), self.width, self.rule);
        let order = if self.checkerboard {
            "checkerboard"
        } else {
            "in order"
        };
        write!(f, "metropolis({spec}, width {width}, {rule:?}, {order})")
    }
}

impl<'a, M: Propose> Metropolis<'a, M> {
    /// Proposals within `width` of the old value, accepted by Metropolis' rule, in the order of the variables.
    ///
    /// # Errors  `Error::Argument` unless the width is positive and finite.
    pub fn new(action: &'a dyn Local<M>, width: f64) -> Result<Self> {
        if !(width > 0.0 && width.is_finite()) {
            let expected = "positive and finite";
            return Err(Error::argument("width", width.to_string(), expected));
        }
        Ok(Self {
            action,
            width,
            rule: Rule::Metropolis,
            checkerboard: false,
        })
    }

    /// The same with another rule of acceptance.
    #[must_use]
    pub const fn with(mut self, rule: Rule) -> Self {
        self.rule = rule;
        self
    }

    /// The same with all even sites first and all odd ones after them.
    ///
    /// Sites are updated one after the other in either order, so that odd extents, on which neighbours share a colour,
    /// are no exception.
    #[must_use]
    pub const fn checkerboard(mut self) -> Self {
        self.checkerboard = true;
        self
    }
}

impl<'a> Metropolis<'a, Spin> {
    /// Proposals of the other value for every spin.
    #[must_use]
    pub fn flips(action: &'a dyn Local<Spin>) -> Self {
        Self::new(action, 1.0).expect("a width that is not used")
    }
}

/// Whether the coordinates of a site add up to an odd number.
pub(super) fn is_odd(lattice: &Lattice, site: usize) -> bool {
    let coordinates = lattice.coordinates(site);
    coordinates.iter().sum::<usize>() % 2 == 1
}

/// What a sweep needs for one variable of every chain.
struct Scratch<M: Propose> {
    old: Vec<M::Number>,
    new: Vec<M::Number>,
    delta: Vec<f64>,
    decisions: Vec<f64>,
}

impl<M: Propose> Metropolis<'_, M> {
    fn update(
        &self,
        (site, variable): (usize, usize),
        q: &mut Field<M>,
        r: &mut Chains,
        info: &mut Info,
        scratch: &mut Scratch<M>,
    ) {
        let chains = q.chains();
        for (i, old) in scratch.old.chunks_exact_mut(chains).enumerate() {
            old.copy_from_slice(q.chains_of(site, variable * M::NUMBERS + i));
        }
        M::propose(&scratch.old, self.width, r, &mut scratch.new);
        let number = site * q.variables() + variable;
        self.action
            .delta(q, number, &scratch.new, &mut scratch.delta);
        r.uniform(&mut scratch.decisions);
        for chain in 0..chains {
            let delta = scratch.delta[chain];
            if scratch.decisions[chain] < self.rule.probability(delta) {
                info.accepted[chain] = true;
                info.share[chain] += 1.0;
                info.delta_h[chain] += delta;
                for i in 0..M::NUMBERS {
                    scratch.old[i * chains + chain] = scratch.new[i * chains + chain];
                }
            }
        }
        for (i, kept) in scratch.old.chunks_exact(chains).enumerate() {
            q.chains_mut(site, variable * M::NUMBERS + i)
                .copy_from_slice(kept);
        }
    }
}

impl<M: Propose> Kernel<M> for Metropolis<'_, M> {
    /// [`Info::accepted`] says whether any proposal of a chain was, [`Info::share`] how many of them, [`Info::delta_h`] how
    /// much the action has changed.
    fn step(&mut self, q: &mut Field<M>, _aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        let (chains, lattice) = (q.chains(), q.lattice().clone());
        info.reset(chains);
        info.share.resize(chains, 0.0);
        let mut scratch = Scratch {
            old: vec![M::Number::default(); M::NUMBERS * chains],
            new: vec![M::Number::default(); M::NUMBERS * chains],
            delta: vec![0.0; chains],
            decisions: vec![0.0; chains],
        };
        let colours = if self.checkerboard {
            &[Some(false), Some(true)][..]
        } else {
            &[None]
        };
        for colour in colours {
            for site in 0..lattice.sites() {
                if colour.is_some_and(|odd| is_odd(&lattice, site) != odd) {
                    continue;
                }
                for variable in 0..q.variables() {
                    self.update((site, variable), q, r, info, &mut scratch);
                }
            }
        }
        let proposals = (lattice.sites() * q.variables()) as f64;
        info.share.iter_mut().for_each(|share| *share /= proposals);
        info.actions += chains as u64;
    }
}
