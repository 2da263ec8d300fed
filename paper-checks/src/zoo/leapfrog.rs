//! Hybrid Monte Carlo by leapfrog, with a switch for each of its bugs.

use fieldassay::density::{Action, Aux, Info, Kernel};
use fieldassay::lattice::{Continuous, Field, Tangent, kinetic_energy};
use fieldassay::rng::Chains;

use super::exact::normal_cdf;

/// What goes wrong in a trajectory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// Nothing.
    None,
    /// Every trajectory is accepted.
    NoDecision,
    /// Accepted with `min(1, e^{+ΔH})`.
    Upwards,
    /// Decided on the trajectory before.
    PreviousEnergy,
    /// `p²` for `p²/2`.
    KineticEnergyDoubled,
    /// Momenta of variance 2.
    MomentaTooHot,
    /// Half of the old momenta and half of new ones, whose weights' squares add to less than one.
    MomentaMixed,
    /// Copies are evolved.
    Copies,
    /// The last half kick is left out.
    NoLastKick,
    /// Kick and drift both from the old state.
    Euler,
    /// After a rejection the action of the rejected state.
    StaleAction,
    /// The decision's number is the momentum's.
    DecisionFromMomenta,
    /// In measuring: the proposal, whether accepted or not.
    ProposalsMeasured,
}

/// Hybrid Monte Carlo by leapfrog, with a bug.
pub struct Leapfrog<'a, M: Continuous> {
    action: &'a dyn Action<M>,
    step: f64,
    steps: usize,
    bug: Bug,
    /// Momenta and energies of the trajectory before.
    momenta: Option<Tangent<M>>,
    delta_h: Vec<f64>,
    /// What the action of the current state is taken for.
    known: Option<Vec<f64>>,
    /// The end of the last trajectory, accepted or not.
    pub proposed: Option<Field<M>>,
}

impl<'a, M: Continuous> Leapfrog<'a, M> {
    /// The kernel of `action`, with this bug.
    pub fn new(action: &'a dyn Action<M>, step: f64, steps: usize, bug: Bug) -> Self {
        Self {
            action,
            step,
            steps,
            bug,
            momenta: None,
            delta_h: Vec::new(),
            known: None,
            proposed: None,
        }
    }

    /// Molecular dynamics, as this kernel does it.
    pub fn flow(&self, q: &mut Field<M>, p: &mut Tangent<M>) {
        let (aux, step) = (Aux::default(), self.step);
        let mut force = Tangent::zero(q);
        let mut next = q.clone();
        if self.bug == Bug::Copies {
            M::retract(q, p, 0.5 * step, &mut next);
            *q = next;
            return;
        }
        for i in 0..self.steps {
            self.action.force(q, &aux, &mut force);
            if self.bug == Bug::Euler {
                M::retract(q, p, step, &mut next);
                p.add_scaled(step, &force);
                std::mem::swap(q, &mut next);
                continue;
            }
            p.add_scaled(0.5 * step, &force);
            M::retract(q, p, step, &mut next);
            std::mem::swap(q, &mut next);
            if self.bug == Bug::NoLastKick && i + 1 == self.steps {
                continue;
            }
            self.action.force(q, &aux, &mut force);
            p.add_scaled(0.5 * step, &force);
        }
    }

    fn draw_momenta(&mut self, q: &Field<M>, r: &mut Chains) -> Tangent<M> {
        /// Of the old momenta, and of the new ones.
        const KEPT: [f64; 2] = [0.5, 0.5];
        let mut p = Tangent::zero(q);
        r.normal(p.numbers_mut());
        match (self.bug, self.momenta.take()) {
            (Bug::MomentaTooHot, _) => p
                .numbers_mut()
                .iter_mut()
                .for_each(|p| *p *= std::f64::consts::SQRT_2),
            (Bug::MomentaMixed, Some(old)) => {
                p.numbers_mut().iter_mut().for_each(|p| *p *= KEPT[1]);
                p.add_scaled(KEPT[0], &old);
            }
            _ => {}
        }
        p
    }

    fn energy(&self, p: &Tangent<M>, s: &[f64]) -> Vec<f64> {
        let mut h = vec![0.0; s.len()];
        kinetic_energy(p, &mut h);
        let factor: f64 = if self.bug == Bug::KineticEnergyDoubled {
            2.0
        } else {
            1.0
        };
        h.iter_mut()
            .zip(s)
            .for_each(|(h, s)| *h = factor.mul_add(*h, *s));
        h
    }
}

impl<M: Continuous> Kernel<M> for Leapfrog<'_, M> {
    fn step(&mut self, q: &mut Field<M>, aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        let chains = q.chains();
        info.reset(chains);
        let mut p = self.draw_momenta(q, r);
        let mut uniforms = vec![0.0; chains];
        r.uniform(&mut uniforms);
        if self.bug == Bug::DecisionFromMomenta {
            let own = p.numbers().iter().take(chains);
            uniforms
                .iter_mut()
                .zip(own)
                .for_each(|(u, p)| *u = normal_cdf(*p, 1.0));
        }
        let action = |q: &Field<M>| {
            let mut s = vec![0.0; chains];
            self.action.value(q, aux, &mut s);
            s
        };
        let old = match self.known.take() {
            Some(s) if self.bug == Bug::StaleAction => s,
            _ => action(q),
        };
        let before = self.energy(&p, &old);
        let (start, mut end) = (p.clone(), q.clone());
        self.flow(&mut end, &mut p);
        let new = action(&end);
        let after = self.energy(&p, &new);
        let last = std::mem::take(&mut self.delta_h);
        for chain in 0..chains {
            let delta_h = after[chain] - before[chain];
            info.delta_h[chain] = delta_h;
            let decided = match self.bug {
                Bug::NoDecision => f64::NEG_INFINITY,
                Bug::Upwards => -delta_h,
                Bug::PreviousEnergy => last.get(chain).copied().unwrap_or(delta_h),
                _ => delta_h,
            };
            info.accepted[chain] = (1.0 - uniforms[chain]).ln() <= -decided;
        }
        self.delta_h = info.delta_h.clone();
        self.known = Some(new);
        self.momenta = Some(p_of(start, p, &info.accepted));
        self.proposed = Some(end.clone());
        q.take(&mut end, &info.accepted);
    }
}

/// The momenta that a chain goes on with: those of the end if it has gone there.
fn p_of<M: Continuous>(start: Tangent<M>, end: Tangent<M>, accepted: &[bool]) -> Tangent<M> {
    let mut p = start;
    let rows = end.numbers().chunks_exact(accepted.len());
    for (p, end) in p.numbers_mut().chunks_exact_mut(accepted.len()).zip(rows) {
        for ((p, end), accepted) in p.iter_mut().zip(end).zip(accepted) {
            if *accepted {
                *p = *end;
            }
        }
    }
    p
}
