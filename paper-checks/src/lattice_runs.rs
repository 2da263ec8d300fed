//! Runs of the lattice engine for claims: many chains side by side, and one mean a chain.
//!
//! # Design
//!
//! Errors are those of independent chains, so that no analysis of a single chain is trusted. What a chain forgets of its
//! start in the warm-up is for the claim to know.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Action, Aux, Info, Kernel, Observable};
use fieldassay::lattice::{Continuous, Field, Manifold, RealLine, Tangent};
use fieldassay::observable::{FieldPower, Link};
use fieldassay::rng::Chains;
use fieldassay::sampler::{Hmc, Integrator, Trajectory};
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Check, fact};

use crate::claim::{Context, interrupted};

/// How long a run is.
#[derive(Clone, Copy, Debug)]
pub struct Length {
    /// Steps before the first measurement.
    pub warm_up: usize,
    /// Measurements.
    pub measurements: usize,
    /// Steps from one measurement to the next.
    pub every: usize,
}

/// The mean over each chain of what `measure` says of its configurations.
///
/// # Errors  when the run is interrupted.
pub fn chain_means<M: Manifold, const N: usize>(
    context: &Context<'_>,
    r: &mut Chains,
    q: &mut Field<M>,
    kernel: &mut dyn Kernel<M>,
    length: Length,
    mut measure: impl FnMut(&Field<M>, &mut [[f64; N]]),
) -> Result<Vec<[f64; N]>> {
    let chains = q.chains();
    let (mut now, mut sums) = (vec![[0.0; N]; chains], vec![[0.0; N]; chains]);
    steps(context, r, q, kernel, length.warm_up)?;
    for _ in 0..length.measurements {
        steps(context, r, q, kernel, length.every)?;
        measure(q, &mut now);
        for (sum, value) in sums.iter_mut().flatten().zip(now.iter().flatten()) {
            *sum += value;
        }
    }
    let count = length.measurements as f64;
    sums.iter_mut().flatten().for_each(|sum| *sum /= count);
    Ok(sums)
}

/// `count` steps of every chain.
///
/// # Errors  when the run is interrupted.
pub fn steps<M: Manifold>(
    context: &Context<'_>,
    r: &mut Chains,
    q: &mut Field<M>,
    kernel: &mut dyn Kernel<M>,
    count: usize,
) -> Result<()> {
    let (mut aux, mut info) = (Aux::default(), Info::default());
    for _ in 0..count {
        if context.interrupted() {
            return Err(interrupted());
        }
        kernel.step(q, &mut aux, r, &mut info);
    }
    Ok(())
}

/// The left side of `−4K⟨Σ_μ φφ₊⟩ + 2A⟨φ²⟩ + 4G⟨φ⁴⟩ = 1`, which holds for every ensemble of φ⁴: the Schwinger–Dyson
/// equation of `φ ∂S/∂φ`.
#[derive(Debug)]
pub struct Identity {
    couplings: Couplings,
    powers: [FieldPower; 2],
    work: Vec<f64>,
}

impl Identity {
    /// The identity of an action.
    ///
    /// # Errors  none.
    pub fn new(action: &Phi4) -> Result<Self> {
        let powers = [FieldPower::new(2)?, FieldPower::new(4)?];
        Ok(Self {
            couplings: action.couplings(),
            powers,
            work: Vec::new(),
        })
    }

    /// Its value for every chain.
    pub fn measure(&mut self, q: &Field<RealLine>, out: &mut [f64]) {
        let Couplings {
            hopping,
            quadratic,
            quartic,
        } = self.couplings;
        let [square, fourth] = &self.powers;
        let terms: [(f64, &dyn Observable<RealLine>); 3] = [
            (-4.0 * hopping, &Link),
            (2.0 * quadratic, square),
            (4.0 * quartic, fourth),
        ];
        self.work.resize(out.len(), 0.0);
        out.fill(0.0);
        for (factor, observable) in terms {
            observable.measure(q, &mut self.work);
            out.iter_mut()
                .zip(&self.work)
                .for_each(|(sum, x)| *sum += factor * x);
        }
    }
}

/// Whether an ensemble is one of its action, from chain means of the left side of [`Identity`]; wrong for a right one in one run of
/// 10⁸, by the tails of Student's distribution for 32 chains.
///
/// # Errors  for fewer than two chains.
pub fn soundness(name: &str, sides: &[[f64; 1]]) -> Result<Check> {
    const WITHIN: f64 = 8.0;
    const FINE: f64 = 0.01;
    let side = jackknife(sides, |x| x[0])?;
    let pull = (side.value() - 1.0) / side.error();
    Ok(fact(
        format!("{name}: −4K⟨link⟩ + 2A⟨φ²⟩ + 4G⟨φ⁴⟩ = 1"),
        pull.abs() <= WITHIN && side.error() <= FINE,
        format!("{side}, pull {pull:+.2}"),
    ))
}

/// Trajectories of short steps, which are accepted from any start.
///
/// # Errors  when the run is interrupted.
pub fn thermalise(
    context: &Context<'_>,
    action: &Phi4,
    r: &mut Chains,
    q: &mut Field<RealLine>,
    trajectories: usize,
) -> Result<()> {
    let mut hmc = Hmc::new(action, Trajectory::new(Integrator::Leapfrog, 0.08, 20)?)?;
    steps(context, r, q, &mut hmc, trajectories)
}

/// The estimate of a function of the means by leaving out one chain at a time.
///
/// # Errors  for fewer than two chains, or a value that is not finite.
pub fn jackknife<const N: usize>(
    means: &[[f64; N]],
    f: impl Fn(&[f64; N]) -> f64,
) -> Result<Estimate> {
    let count = means.len() as f64;
    let mut total = [0.0; N];
    for row in means {
        (total.iter_mut().zip(row)).for_each(|(total, x)| *total += x / count);
    }
    let without = |row: &[f64; N]| {
        let mut rest = total;
        for (rest, x) in rest.iter_mut().zip(row) {
            *rest += (*rest - x) / (count - 1.0);
        }
        f(&rest)
    };
    let left: Vec<f64> = means.iter().map(without).collect();
    let mean = left.iter().sum::<f64>() / count;
    let squares: f64 = left.iter().map(|x| (x - mean).powi(2)).sum();
    let error = (squares * (count - 1.0) / count).sqrt();
    Estimate::new(f(&total), error, Some(count))
}

/// Stochastic quantisation as it stands on a slide, in steps of `epsilon` of the fictitious time:
/// `φ' = φ − ε ∂S + √(ε·variance) η`, where `⟨ηη⟩` of the slide is the variance per unit of time.
///
/// The engine's own `Langevin` has the variance 2.
#[derive(Debug)]
pub struct NoisyDescent<'a, M: Continuous> {
    action: &'a dyn Action<M>,
    epsilon: f64,
    amplitude: f64,
    work: Option<(Tangent<M>, Tangent<M>, Field<M>)>,
}

impl<'a, M: Continuous> NoisyDescent<'a, M> {
    /// Steps of `epsilon`, noise of that variance in a unit of time.
    pub fn new(action: &'a dyn Action<M>, epsilon: f64, variance: f64) -> Self {
        let amplitude = (epsilon * variance).sqrt();
        Self {
            action,
            epsilon,
            amplitude,
            work: None,
        }
    }
}

impl<M: Continuous> Kernel<M> for NoisyDescent<'_, M> {
    fn step(&mut self, q: &mut Field<M>, aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        info.reset(q.chains());
        let (force, noise, next) =
            (self.work).get_or_insert_with(|| (Tangent::zero(q), Tangent::zero(q), q.clone()));
        self.action.force(q, aux, force);
        r.normal(noise.numbers_mut());
        for (noise, force) in noise.numbers_mut().iter_mut().zip(force.numbers()) {
            *noise = self.amplitude.mul_add(*noise, self.epsilon * force);
        }
        M::retract(q, noise, 1.0, next);
        std::mem::swap(q, next);
        info.forces += q.chains() as u64;
        info.accepted.fill(true);
    }
}
