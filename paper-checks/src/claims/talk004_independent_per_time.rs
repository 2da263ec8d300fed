//! `independent-per-time`: faster does not mean that the processing is faster; what counts is independent configurations per time.
//!
//! The metric is the cost of an independent configuration, `2 τ_int × work` of a step, with work in sweeps of the lattice: one for a force
//! evaluation, a Metropolis sweep, a heat bath, an instanton hit. No clock is read. Decider: `τ_int` by the library's Γ-method over 64
//! chains, of `M` for φ⁴ on 16² sites near its critical point and of `Q` for U(1) on 8² sites at β = 4.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4, U1TwoD};
use fieldassay::density::{Kernel, Observable, Target};
use fieldassay::lattice::{Circle, Continuous, Field, RealLine};
use fieldassay::observable::{Magnetisation, TopologicalCharge};
use fieldassay::report::{Figure, Plot};
use fieldassay::sampler::{HeatBath, Hmc, InstantonHit, Integrator, Metropolis, Sequence, Trajectory};
use fieldassay::stats::{Estimate, GammaMethod, Histories};
use fieldassay::verdict::{Evidence, Verdict, check};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::lattice_runs::steps;

/// A sampler of either system.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sampler {
    /// φ⁴: trajectories of eight steps.
    Phi4Hmc,
    /// φ⁴: trajectories of one step.
    Phi4OneStep,
    /// φ⁴: sweeps of single sites.
    Phi4Metropolis,
    /// U(1): trajectories of ten steps.
    U1Hmc,
    /// U(1): the same with an instanton hit.
    U1HmcHit,
    /// U(1): a heat bath with an instanton hit.
    U1HeatBathHit,
}

const ALL: [Sampler; 6] = [
    Sampler::Phi4Hmc,
    Sampler::Phi4OneStep,
    Sampler::Phi4Metropolis,
    Sampler::U1Hmc,
    Sampler::U1HmcHit,
    Sampler::U1HeatBathHit,
];

/// What is said to be larger for the first of two samplers.
#[derive(Clone, Copy, Debug)]
enum Metric {
    /// Steps per work.
    Steps,
    /// Independent configurations per work.
    Independent,
}

/// Two samplers and the metric by which the first is said to be at least as good.
#[derive(Clone, Copy, Debug)]
struct Race {
    pair: [Sampler; 2],
    metric: Metric,
}

const CHAINS: usize = 64;
const TRAJECTORIES: [Sampler; 2] = [Sampler::Phi4Hmc, Sampler::Phi4OneStep];
const CHARGES: [Sampler; 2] = [Sampler::U1HmcHit, Sampler::U1Hmc];

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "independent-per-time",
        "Akio Tomiya, 格子QCDとその周辺における機械学習の活用, undated (announces a school of \
         2024-09): slide \"速く・正確に\"",
        "速くなる ≠ 処理が高速 -> 例えば遅くても、MCなら単位時間あたりに独立な配位をいくつ作れる？ [faster ≠ processing faster: \
         even if slow, how many independent configurations per unit time?]",
        vec![
            Statement::says(
                "as printed",
                "For φ⁴ trajectories of eight steps give more independent configurations per work than those of one, although they \
                 are eight times slower.",
                "fewer independent configurations per force evaluation",
            )
            .decided_by(
                Verdict::Supported,
                is_ahead,
                Race { pair: TRAJECTORIES, metric: Metric::Independent },
                Alteration::of_size(
                    "independent configurations → steps per work",
                    Race { pair: TRAJECTORIES, metric: Metric::Steps },
                    2.1,
                ),
            ),
            Statement::says(
                "gauge theory",
                "For U(1) trajectories with an instanton hit, a tenth slower, give more independent charges per work than \
                 trajectories alone.",
                "fewer independent configurations per work",
            )
            .decided_by(
                Verdict::Supported,
                is_ahead,
                Race { pair: CHARGES, metric: Metric::Independent },
                Alteration::of_size(
                    "the two exchanged",
                    Race { pair: [CHARGES[1], CHARGES[0]], metric: Metric::Independent },
                    3.4,
                ),
            ),
        ],
    )
    .with_figures(figures)
}

impl Sampler {
    /// Sweeps of the lattice in a step.
    const fn work(self) -> f64 {
        match self {
            Self::Phi4Hmc => 8.0,
            Self::Phi4OneStep | Self::Phi4Metropolis => 1.0,
            Self::U1Hmc => 10.0,
            Self::U1HmcHit => 11.0,
            Self::U1HeatBathHit => 2.0,
        }
    }

    /// Steps of a run in the quick tier: of the order of 50 autocorrelation times in all chains together, at least.
    const fn length(self) -> usize {
        match self {
            Self::Phi4Hmc => 600,
            Self::Phi4OneStep => 3000,
            Self::Phi4Metropolis => 700,
            Self::U1Hmc => 1500,
            Self::U1HmcHit | Self::U1HeatBathHit => 300,
        }
    }
}

/// `τ_int` of an observable over the chains of a run, in steps.
fn tau<M: Continuous>(
    context: &Context<'_>,
    label: &str,
    mut q: Field<M>,
    kernel: &mut dyn Kernel<M>,
    length: usize,
    observable: &dyn Observable<M>,
) -> Result<Estimate> {
    let mut r = context.chains(label, CHAINS);
    steps(context, &mut r, &mut q, kernel, length / 4)?;
    let mut histories: Vec<Vec<f64>> = vec![Vec::new(); CHAINS];
    let mut now = vec![0.0; CHAINS];
    for _ in 0..length {
        steps(context, &mut r, &mut q, kernel, 1)?;
        observable.measure(&q, &mut now);
        histories.iter_mut().zip(&now).for_each(|(history, x)| history.push(*x));
    }
    let replicas: Vec<&[f64]> = histories.iter().map(Vec::as_slice).collect();
    Ok(GammaMethod::default().derived(&Histories::new(&[replicas])?, |x| x[0])?.tau_int)
}

/// `ln(2 τ_int × work)`.
fn ln_cost(context: &Context<'_>, sampler: Sampler) -> Result<Estimate> {
    let label = format!("{sampler:?}");
    let numbers = context.once(&label, || {
        let length = sampler.length() * context.tier().pick(1, 10, 100);
        let phi4 = Phi4::new(&[16, 16], Couplings::from_kappa(0.262, 0.022))?;
        let u1 = U1TwoD::new(&[8, 8], 4.0)?;
        let leapfrog = |step, steps| Trajectory::new(Integrator::Leapfrog, step, steps);
        let hit = || InstantonHit::new(&u1, u1.lattice());
        let of_phi4 = |kernel: &mut dyn Kernel<RealLine>| {
            tau(context, &label, phi4.neutral(CHAINS), kernel, length, &Magnetisation)
        };
        let of_u1 = |kernels: Vec<Box<dyn Kernel<Circle> + '_>>| {
            let mut kernel = Sequence(kernels);
            tau(context, &label, u1.neutral(CHAINS), &mut kernel, length, &TopologicalCharge)
        };
        let tau = match sampler {
            Sampler::Phi4Hmc => of_phi4(&mut Hmc::new(&phi4, leapfrog(0.25, 8)?)?)?,
            Sampler::Phi4OneStep => of_phi4(&mut Hmc::new(&phi4, leapfrog(0.25, 1)?)?)?,
            Sampler::Phi4Metropolis => of_phi4(&mut Metropolis::new(&phi4, 1.5)?)?,
            Sampler::U1Hmc => of_u1(vec![Box::new(Hmc::new(&u1, leapfrog(0.1, 10)?)?)])?,
            Sampler::U1HmcHit => {
                of_u1(vec![Box::new(Hmc::new(&u1, leapfrog(0.1, 10)?)?), Box::new(hit()?)])?
            }
            Sampler::U1HeatBathHit => of_u1(vec![Box::new(HeatBath::new(&u1, 0)?), Box::new(hit()?)])?,
        };
        let cost = 2.0 * tau.value() * sampler.work();
        Ok(vec![cost.ln(), tau.error() / tau.value()])
    })?;
    Estimate::new(numbers[0], numbers[1], None)
}

fn is_ahead(context: &Context<'_>, race: &Race) -> Result<Finding> {
    const RESOLVES: f64 = 1.6;
    let [first, second] = race.pair;
    let advantage = match race.metric {
        Metric::Steps => Estimate::new((second.work() / first.work()).ln(), 0.0, None)?,
        Metric::Independent => ln_cost(context, second)?.minus(&ln_cost(context, first)?),
    };
    let name = format!("ln of {first:?} over {second:?}, {:?} per work", race.metric);
    let evidence = Evidence::from_iter([check(name, advantage)
        .false_fail(1e-7)
        .resolves(RESOLVES)
        .at_least()
        .against(0.0)]);
    let headline = Headline {
        quantity: format!("ln of {first:?} over {second:?}, {:?} per work (above 0)", race.metric),
        claimed: 0.0,
        value: advantage.value(),
        error: advantage.error(),
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let points: Result<Vec<_>> = ALL
        .into_iter()
        .enumerate()
        .map(|(place, sampler)| {
            let ln = ln_cost(context, sampler)?;
            Ok(((place + 1) as f64, ln.value().exp(), ln.value().exp() * ln.error()))
        })
        .collect();
    let figure = Plot::new("Cost of an independent configuration")
        .x_label("sampler")
        .y_label("2 τ × sweeps")
        .y_log()
        .error_bars("", points?)
        .render(
            "independent-per-time",
            "φ⁴ on 16² sites, τ(M): 1 eight steps, 2 one step, 3 Metropolis. U(1) on 8² sites, τ(Q): 4 ten steps, 5 with \
             instanton hits, 6 heat bath with hits.",
        )?;
    Ok(vec![figure])
}
