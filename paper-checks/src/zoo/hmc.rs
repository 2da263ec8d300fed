//! Hybrid Monte Carlo of one Gaussian variable, where everything is known: the variance, the acceptance, the mean
//! change of energy. Chains begin in equilibrium.
//!
//! # Source  `exact::LeapfrogLaw`, from the leapfrog map's closed form.

use fieldassay::action::Phi4;
use fieldassay::density::{Aux, Info, Kernel, Target};
use fieldassay::lattice::{Field, RealLine, Tangent, kinetic_energy};
use fieldassay::rng::Chains;
use fieldassay::sampler::{Hmc, Integrator, Path, Trajectory};
use fieldassay::stats::KolmogorovSmirnov;

use super::exact::{LeapfrogLaw, normal_cdf};
use super::gaussian::{CHAINS, K, equilibrium, target};
use super::leapfrog::{Bug, Leapfrog};
use super::{Check, Draws, Family, Measured, Row};

/// `kε²`: without a decision the variance would be 1.43 times too large. Not larger: `e^{−ΔH}` has four moments.
const K_STEP2: f64 = 1.2;
const STEPS: usize = 2;
const TRAJECTORIES: usize = 150;

/// The columns.
const CHECKS: &[Check] = &[
    Check::mean("variance", 0.25, "k⟨φ²⟩ = 1"),
    Check::mean("acceptance", 0.035, "⟨min(1, e^−ΔH)⟩ of the leapfrog map"),
    Check::mean("e^-dH", 0.025, "⟨e^−ΔH⟩ = 1"),
    Check::mean("dH", 0.02, "⟨ΔH⟩ of the leapfrog map, which is positive"),
    Check::law(
        "equilibrium",
        "an exact start stays one: the last states are Gaussian",
    ),
    Check::fact(
        "reversible",
        "forth, momenta turned, and forth again is where it began",
    ),
    Check::fact("order", "half the step, a quarter of the change of energy"),
    Check::fact("moves", "four steps go further than one"),
];

/// The table.
pub const FAMILY: Family = Family {
    name: "hmc",
    checks: CHECKS,
    rows: &[
        Row::healthy("leapfrog", |draws| own(Bug::None, draws)),
        Row::healthy("sampler::Hmc", library),
        Row::mutant(
            "no-decision",
            "variance",
            "every trajectory is accepted",
            |draws| own(Bug::NoDecision, draws),
        ),
        Row::mutant(
            "decision-upwards",
            "variance",
            "accepted with min(1, e^{+ΔH})",
            |draws| own(Bug::Upwards, draws),
        ),
        Row::mutant(
            "decision-late",
            "variance",
            "decided on the ΔH of the trajectory before",
            |draws| own(Bug::PreviousEnergy, draws),
        ),
        Row::mutant(
            "kinetic-doubled",
            "acceptance",
            "p² for p²/2 in the energy",
            |draws| own(Bug::KineticEnergyDoubled, draws),
        ),
        Row::mutant(
            "momenta-hot",
            "acceptance",
            "momenta of variance 2",
            |draws| own(Bug::MomentaTooHot, draws),
        ),
        Row::mutant(
            "momenta-mixed",
            "variance",
            "half of the old momenta and half of new ones: too cold",
            |draws| own(Bug::MomentaMixed, draws),
        ),
        Row::mutant(
            "copies",
            "moves",
            "molecular dynamics of copies: returns φ + εp/2, and is exact",
            |draws| own(Bug::Copies, draws),
        ),
        Row::mutant(
            "no-last-kick",
            "reversible",
            "the last half kick left out",
            |draws| own(Bug::NoLastKick, draws),
        ),
        Row::mutant(
            "euler",
            "e^-dH",
            "kick and drift both from the old state: no volume kept",
            |draws| own(Bug::Euler, draws),
        ),
        Row::mutant(
            "stale-action",
            "dH",
            "after a rejection the action of the rejected state",
            |draws| own(Bug::StaleAction, draws),
        ),
        Row::mutant(
            "shared-draws",
            "variance",
            "the decision's number taken from the momentum's",
            |draws| own(Bug::DecisionFromMomenta, draws),
        ),
        Row::mutant(
            "proposals-measured",
            "variance",
            "the proposal is measured, whether accepted or not",
            |draws| own(Bug::ProposalsMeasured, draws),
        ),
    ],
};

/// Molecular dynamics of so many steps of this size.
type Flow<'a> = dyn Fn(f64, usize, &mut Field<RealLine>, &mut Tangent<RealLine>) + 'a;

fn own(bug: Bug, draws: &Draws) -> Vec<Measured> {
    let target = target();
    let step = (K_STEP2 / K).sqrt();
    let mut kernel = Leapfrog::new(&target, step, STEPS, bug);
    let flow = |step: f64, steps: usize, q: &mut Field<RealLine>, p: &mut Tangent<RealLine>| {
        Leapfrog::new(&target, step, steps, bug).flow(q, p);
    };
    let mut r = draws.chains("trajectories", CHAINS);
    let mut means = Means::new(&target, draws);
    for _ in 0..TRAJECTORIES {
        means.step(&mut kernel, &mut r);
        let measured = (bug == Bug::ProposalsMeasured).then_some(&kernel.proposed);
        means.add(measured.and_then(Option::as_ref));
    }
    means.finish(&target, &flow, draws)
}

fn library(draws: &Draws) -> Vec<Measured> {
    let target = target();
    let trajectory =
        |step, steps| Trajectory::new(Integrator::Leapfrog, step, steps).expect("a positive step");
    let mut kernel =
        Hmc::new(&target, trajectory((K_STEP2 / K).sqrt(), STEPS)).expect("any trajectory");
    let flow = |step: f64, steps: usize, q: &mut Field<RealLine>, p: &mut Tangent<RealLine>| {
        let (mut path, mut s) = (Path::new(q), vec![0.0; q.chains()]);
        path.p = p.clone();
        trajectory(step, steps).run(&target, &Aux::default(), q, &mut path, &mut s);
        (*q, *p) = (path.q, path.p);
    };
    let mut r = draws.chains("trajectories", CHAINS);
    let mut means = Means::new(&target, draws);
    for _ in 0..TRAJECTORIES {
        means.step(&mut kernel, &mut r);
        means.add(None);
    }
    means.finish(&target, &flow, draws)
}

/// Sums over the trajectories of every chain.
struct Means {
    q: Field<RealLine>,
    info: Info,
    squares: Vec<f64>,
    accepted: Vec<f64>,
    exponentials: Vec<f64>,
    delta_h: Vec<f64>,
}

impl Means {
    /// An exact start.
    fn new(target: &Phi4, draws: &Draws) -> Self {
        let zero = vec![0.0; CHAINS];
        Self {
            q: equilibrium(target, draws, "start"),
            info: Info::default(),
            squares: zero.clone(),
            accepted: zero.clone(),
            exponentials: zero.clone(),
            delta_h: zero,
        }
    }

    fn step(&mut self, kernel: &mut dyn Kernel<RealLine>, r: &mut Chains) {
        kernel.step(&mut self.q, &mut Aux::default(), r, &mut self.info);
        let each = 1.0 / TRAJECTORIES as f64;
        for chain in 0..CHAINS {
            let delta_h = self.info.delta_h[chain];
            self.accepted[chain] += each * f64::from(u8::from(self.info.accepted[chain]));
            self.exponentials[chain] += each * (-delta_h).exp();
            self.delta_h[chain] += each * delta_h;
        }
    }

    /// Counts the state of the chains, or another.
    fn add(&mut self, other: Option<&Field<RealLine>>) {
        let q = other.unwrap_or(&self.q);
        for (square, phi) in self.squares.iter_mut().zip(q.numbers()) {
            *square += K * phi * phi / TRAJECTORIES as f64;
        }
    }

    fn finish(self, target: &Phi4, flow: &Flow<'_>, draws: &Draws) -> Vec<Measured> {
        let exact = LeapfrogLaw {
            k_step2: K_STEP2,
            steps: STEPS,
        };
        let last = KolmogorovSmirnov::one_sample(self.q.numbers(), |x| normal_cdf(x, 1.0 / K));
        let mut measured = vec![
            Measured::Chains(self.squares, 1.0),
            Measured::Chains(self.accepted, exact.acceptance()),
            Measured::Chains(self.exponentials, 1.0),
            Measured::Chains(self.delta_h, exact.delta_h()),
            Measured::Chance(last.map_or(0.0, |test| test.p_value)),
        ];
        measured.extend(facts(target, flow, draws));
        measured
    }
}

/// Reversible, of second order, and further with more steps.
fn facts(target: &Phi4, flow: &Flow<'_>, draws: &Draws) -> [Measured; 3] {
    let q = equilibrium(target, draws, "facts/start");
    let mut p = Tangent::zero(&q);
    draws
        .chains("facts/momenta", CHAINS)
        .normal(p.numbers_mut());
    let distance2 = |a: &Field<RealLine>, b: &Field<RealLine>| -> f64 {
        let pairs = a.numbers().iter().zip(b.numbers());
        pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / CHAINS as f64
    };
    let run = |step: f64, steps: usize| {
        let (mut q, mut p) = (q.clone(), p.clone());
        flow(step, steps, &mut q, &mut p);
        (q, p)
    };
    let (mut there, mut back) = run((K_STEP2 / K).sqrt(), STEPS);
    let went = distance2(&there, &q);
    back.numbers_mut().iter_mut().for_each(|p| *p = -*p);
    flow((K_STEP2 / K).sqrt(), STEPS, &mut there, &mut back);
    let reversible = distance2(&there, &q) < 1e-26 && went > 0.01;
    let energy = |q: &Field<RealLine>, p: &Tangent<RealLine>| {
        let (mut s, mut k) = (vec![0.0; CHAINS], vec![0.0; CHAINS]);
        target.value(q, &Aux::default(), &mut s);
        kinetic_energy(p, &mut k);
        s.iter().zip(k).map(|(s, k)| s + k).collect::<Vec<f64>>()
    };
    let start = energy(&q, &p);
    let rms = |step: f64, steps: usize| {
        let (q, p) = run(step, steps);
        let end = energy(&q, &p);
        let squares = end.iter().zip(&start).map(|(a, b)| (a - b) * (a - b));
        squares.sum::<f64>().sqrt()
    };
    let small = (0.04 / K).sqrt();
    let ratio = rms(small, 5) / rms(0.5 * small, 10);
    let further = distance2(&run(small, 4).0, &q) / distance2(&run(small, 1).0, &q);
    [
        Measured::Fact(reversible),
        Measured::Fact((ratio - 4.0).abs() < 0.2),
        Measured::Fact(further > 8.0),
    ]
}
