//! Langevin dynamics of one Gaussian variable, with and without its decision.
//!
//! Without it the chain is autoregressive, `φ' = (1 − kε)φ + √(2ε) η`: Gaussian of variance `1/k(1 − kε/2)`. Chains
//! begin in their own equilibrium.

use fieldassay::density::{Aux, Info, Kernel};
use fieldassay::lattice::{Field, RealLine};
use fieldassay::rng::Chains;
use fieldassay::sampler::{Hmc, Langevin};
use fieldassay::stats::KolmogorovSmirnov;

use super::exact::{LeapfrogLaw, normal_cdf};
use super::gaussian::{CHAINS, K, of_variance, target};
use super::{Check, Draws, Family, Measured, Row};

/// `kε` without a decision: a variance that is a quarter too large.
const K_STEP: f64 = 0.4;
/// `kε` with one: acceptance 0.88.
const K_STEP_DECIDED: f64 = 0.9;
const STEPS: usize = 200;

const CHECKS: &[Check] = &[
    Check::mean("variance", 0.2, "k⟨φ²⟩ over what its law says: 1"),
    Check::mean("fourth", 1.2, "⟨φ⁴⟩ = 3⟨φ²⟩²"),
    Check::mean("one-step", 0.2, "⟨φφ'⟩ = (1 − kε)⟨φ²⟩ without a decision"),
    Check::mean(
        "acceptance",
        0.04,
        "that of one leapfrog step, with a decision",
    ),
    Check::mean(
        "spread",
        3.0,
        "ln of the squared mean of a chain, over its variance, without a decision",
    ),
    Check::law("equilibrium", "an exact start stays one"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bug {
    None,
    NoiseOfHalfTheVariance,
    DriftDoubled,
    NoiseKept,
    NoiseUniform,
    SameNoise,
    ChainsAlike,
    NotTheDecision,
    NoProposalRatio,
    ProposalRatioInverted,
}

/// The table.
pub const FAMILY: Family = Family {
    name: "langevin",
    checks: CHECKS,
    rows: &[
        Row::healthy("langevin", |draws| plain(Bug::None, draws)),
        Row::healthy("decided", |draws| decided(Bug::None, draws)),
        Row::healthy("sampler::Langevin", |draws| {
            let target = target();
            let mut kernel = Langevin::new(&target, K_STEP / K).expect("a step");
            run(&mut kernel, Law::Plain, draws)
        }),
        Row::healthy("sampler::Hmc::langevin", |draws| {
            let target = target();
            let mut kernel = Hmc::langevin(&target, K_STEP_DECIDED / K).expect("a step");
            run(&mut kernel, Law::Decided, draws)
        }),
        Row::mutant(
            "noise-sqrt-dt",
            "variance",
            "noise √ε beside the drift −ε∂S",
            |draws| plain(Bug::NoiseOfHalfTheVariance, draws),
        ),
        Row::mutant("drift-doubled", "variance", "the drift of 2S", |draws| {
            plain(Bug::DriftDoubled, draws)
        }),
        Row::mutant(
            "noise-kept",
            "one-step",
            "every noise is used in two steps",
            |draws| plain(Bug::NoiseKept, draws),
        ),
        Row::mutant(
            "noise-uniform",
            "fourth",
            "uniform noise of the right variance",
            |draws| plain(Bug::NoiseUniform, draws),
        ),
        Row::mutant(
            "stream-reused",
            "spread",
            "every step begins with the same random numbers",
            |draws| plain(Bug::SameNoise, draws),
        ),
        Row::mutant(
            "chains-alike",
            "equilibrium",
            "all chains have the random numbers of the first",
            |draws| plain(Bug::ChainsAlike, draws),
        ),
        Row::mutant(
            "declared-exact",
            "variance",
            "no decision, and declared exact",
            |draws| decided(Bug::NotTheDecision, draws),
        ),
        Row::mutant(
            "no-proposal-ratio",
            "variance",
            "accepted with min(1, e^{−ΔS})",
            |draws| decided(Bug::NoProposalRatio, draws),
        ),
        Row::mutant(
            "ratio-inverted",
            "variance",
            "the ratio of the proposals upside down",
            |draws| decided(Bug::ProposalRatioInverted, draws),
        ),
    ],
};

/// What the chain's equilibrium is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Law {
    Plain,
    Decided,
}

impl Law {
    /// `⟨φ²⟩`.
    fn variance(self) -> f64 {
        match self {
            Self::Plain => 1.0 / (K * (1.0 - 0.5 * K_STEP)),
            Self::Decided => 1.0 / K,
        }
    }
}

/// The Langevin step of one variable, written out, with a bug.
struct Step {
    k_step: f64,
    decides: bool,
    bug: Bug,
    noise: Vec<f64>,
    steps: usize,
}

impl Step {
    /// `φ' = a φ + b η`.
    fn coefficients(&self) -> [f64; 2] {
        let epsilon = self.k_step / K;
        match self.bug {
            Bug::NoiseOfHalfTheVariance => [1.0 - self.k_step, epsilon.sqrt()],
            Bug::DriftDoubled => [1.0 - 2.0 * self.k_step, (2.0 * epsilon).sqrt()],
            _ => [1.0 - self.k_step, (2.0 * epsilon).sqrt()],
        }
    }

    fn draw_noise(&mut self, chains: usize, r: &mut Chains) {
        let kept = match self.bug {
            Bug::NoiseKept => self.steps % 2 == 1,
            Bug::SameNoise => self.steps > 0,
            _ => false,
        };
        self.steps += 1;
        if kept {
            return;
        }
        self.noise.resize(chains, 0.0);
        if self.bug == Bug::NoiseUniform {
            r.uniform(&mut self.noise);
            let noise = self.noise.iter_mut();
            noise.for_each(|eta| *eta = 12.0_f64.sqrt() * (*eta - 0.5));
        } else {
            r.normal(&mut self.noise);
        }
        if self.bug == Bug::ChainsAlike {
            let first = self.noise[0];
            self.noise.fill(first);
        }
    }
}

impl Kernel<RealLine> for Step {
    fn step(&mut self, q: &mut Field<RealLine>, _: &mut Aux, r: &mut Chains, info: &mut Info) {
        let chains = q.chains();
        info.reset(chains);
        self.draw_noise(chains, r);
        let mut uniforms = vec![0.0; chains];
        r.uniform(&mut uniforms);
        let [a, b] = self.coefficients();
        for (chain, phi) in q.numbers_mut().iter_mut().enumerate() {
            let new = a * *phi + b * self.noise[chain];
            let action = |x: f64| 0.5 * K * x * x;
            let ln_proposal = |from: f64, to: f64| -(to - a * from).powi(2) / (2.0 * b * b);
            let ratio = ln_proposal(new, *phi) - ln_proposal(*phi, new);
            let ln_accept = action(*phi) - action(new)
                + match self.bug {
                    Bug::NoProposalRatio => 0.0,
                    Bug::ProposalRatioInverted => -ratio,
                    _ => ratio,
                };
            let takes = !self.decides || self.bug == Bug::NotTheDecision;
            info.accepted[chain] = takes || (1.0 - uniforms[chain]).ln() <= ln_accept;
            if info.accepted[chain] {
                *phi = new;
            }
        }
    }
}

fn plain(bug: Bug, draws: &Draws) -> Vec<Measured> {
    run(&mut step(K_STEP, false, bug), Law::Plain, draws)
}

fn decided(bug: Bug, draws: &Draws) -> Vec<Measured> {
    run(&mut step(K_STEP_DECIDED, true, bug), Law::Decided, draws)
}

fn step(k_step: f64, decides: bool, bug: Bug) -> Step {
    Step {
        k_step,
        decides,
        bug,
        noise: Vec::new(),
        steps: 0,
    }
}

fn run(kernel: &mut dyn Kernel<RealLine>, law: Law, draws: &Draws) -> Vec<Measured> {
    let variance = law.variance();
    let mut q = of_variance(&target(), variance, draws, "start");
    let mut r = draws.chains("steps", CHAINS);
    let (mut aux, mut info) = (Aux::default(), Info::default());
    let [mut square, mut fourth, mut product, mut accepted, mut mean] =
        [(); 5].map(|()| vec![0.0; CHAINS]);
    let each = 1.0 / STEPS as f64;
    for _ in 0..STEPS {
        let before = q.numbers().to_vec();
        kernel.step(&mut q, &mut aux, &mut r, &mut info);
        for (chain, (phi, old)) in q.numbers().iter().zip(before).enumerate() {
            let x2 = phi * phi / variance;
            mean[chain] += each * phi;
            square[chain] += each * x2;
            fourth[chain] += each * x2 * x2;
            product[chain] += each * phi * old / variance;
            accepted[chain] += each * f64::from(u8::from(info.accepted[chain]));
        }
    }
    let last = KolmogorovSmirnov::one_sample(q.numbers(), |x| normal_cdf(x, variance));
    // A Langevin step is one leapfrog step of √(2ε).
    let exact = LeapfrogLaw {
        k_step2: 2.0 * K_STEP_DECIDED,
        steps: 1,
    };
    let (product, accepted, spread) = match law {
        Law::Plain => (
            Measured::Chains(product, 1.0 - K_STEP),
            Measured::Nothing,
            Measured::Chains(spread(&mean, variance), LN_CHI2),
        ),
        Law::Decided => (
            Measured::Nothing,
            Measured::Chains(accepted, exact.acceptance()),
            Measured::Nothing,
        ),
    };
    vec![
        Measured::Chains(square, 1.0),
        Measured::Chains(fourth, 3.0),
        product,
        accepted,
        spread,
        Measured::Chance(last.map_or(0.0, |test| test.p_value)),
    ]
}

/// `⟨ln x²⟩ = −γ − ln 2` of a standard normal `x`.
const LN_CHI2: f64 = -1.270_362_845_461_478;

/// `ln (m²/⟨m²⟩)` of the mean `m` of every chain. With `a = 1 − kε`,
/// `⟨m²⟩ = ⟨φ²⟩ [N + 2 Σ_t (N − t) aᵗ]/N²`: exactly that, since the chain is in equilibrium.
fn spread(means: &[f64], variance: f64) -> Vec<f64> {
    let n = STEPS as f64;
    let lag = |t: usize| 2.0 * (n - t as f64) * (1.0 - K_STEP).powi(t as i32);
    let expected = variance * (n + (1..STEPS).map(lag).sum::<f64>()) / (n * n);
    means.iter().map(|m| (m * m / expected).ln()).collect()
}
