//! Metropolis sweeps of φ⁴ on a ring of four sites, `S = Σ[−2K φφ_{+1} + Aφ² + Gφ⁴]`, against its transfer matrix and
//! its Schwinger–Dyson equation.

use std::sync::LazyLock;

use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Aux, Info, Kernel, Target};
use fieldassay::lattice::{Field, RealLine};
use fieldassay::rng::Chains;
use fieldassay::sampler::{Hmc, Integrator, Metropolis, Trajectory};

use super::{Check, Draws, Family, Measured, Row};

const SITES: usize = 4;
/// Form (c).
const M2: f64 = -0.4;
const LAMBDA_0: f64 = 9.6;
const WIDTH: f64 = 1.6;
const CHAINS: usize = 128;
const WARM_UP: usize = 40;
const SWEEPS: usize = 150;

const CHECKS: &[Check] = &[
    Check::mean("virial", 0.3, "⟨Σ φF⟩ = −V"),
    Check::mean("square", 0.07, "⟨φ²⟩ by the transfer matrix"),
    Check::mean("link", 0.07, "⟨φ_x φ_{x+1}⟩ by the transfer matrix"),
    Check::mean("diagonal", 0.08, "⟨φ_x φ_{x+2}⟩ by the transfer matrix"),
    Check::mean("mean", 0.16, "⟨φ⟩ = 0"),
    Check::mean(
        "translation",
        0.12,
        "the bond across the boundary is like any other",
    ),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bug {
    None,
    Upwards,
    ProposalDrifts,
    NoBackwardNeighbour,
    BondTwice,
    NeighbourOffByOne,
    Open,
    BothColours,
    WidthOfState,
    DecisionIsTheMove,
    CouplingOff,
    KineticWithoutHalf,
    NoFactorial,
}

/// The table.
pub const FAMILY: Family = Family {
    name: "metropolis",
    checks: CHECKS,
    rows: &[
        Row::healthy("sweeps", |draws| own(Bug::None, draws)),
        Row::healthy("sampler::Metropolis", |draws| {
            let target = target();
            let mut kernel = Metropolis::new(&target, WIDTH).expect("a width");
            run(&mut kernel, draws)
        }),
        Row::healthy("sampler::Hmc", |draws| {
            let target = target();
            let trajectory = Trajectory::new(Integrator::Omelyan, 0.45, 3).expect("a step");
            let mut kernel = Hmc::new(&target, trajectory).expect("any trajectory");
            run(&mut kernel, draws)
        }),
        Row::mutant(
            "decision-upwards",
            "square",
            "accepted with min(1, e^{+ΔS})",
            |draws| own(Bug::Upwards, draws),
        ),
        Row::mutant(
            "proposal-drifts",
            "mean",
            "proposals lie more above than below",
            |draws| own(Bug::ProposalDrifts, draws),
        ),
        Row::mutant(
            "neighbour-missing",
            "link",
            "the site behind is not seen",
            |draws| own(Bug::NoBackwardNeighbour, draws),
        ),
        Row::mutant("bond-twice", "link", "every bond counts twice", |draws| {
            own(Bug::BondTwice, draws)
        }),
        Row::mutant(
            "boundary-off-by-one",
            "translation",
            "the neighbour of the last site is the second",
            |draws| own(Bug::NeighbourOffByOne, draws),
        ),
        Row::mutant(
            "open-boundary",
            "link",
            "no bond from the last site to the first",
            |draws| own(Bug::Open, draws),
        ),
        Row::mutant(
            "both-colours",
            "link",
            "all sites move at once, each as if the others stood still",
            |draws| own(Bug::BothColours, draws),
        ),
        Row::mutant(
            "width-of-state",
            "square",
            "the width grows with |φ|, and no ratio of proposals",
            |draws| own(Bug::WidthOfState, draws),
        ),
        Row::mutant(
            "decision-is-move",
            "mean",
            "one random number for move and decision",
            |draws| own(Bug::DecisionIsTheMove, draws),
        ),
        Row::mutant("coupling-off", "virial", "λ₀ = 12 for 9.6", |draws| {
            own(Bug::CouplingOff, draws)
        }),
        Row::mutant(
            "form-b-for-c",
            "link",
            "the kinetic term without its ½",
            |draws| own(Bug::KineticWithoutHalf, draws),
        ),
        Row::mutant(
            "form-d-for-c",
            "square",
            "λ₀φ⁴ for λ₀φ⁴/4!",
            |draws| own(Bug::NoFactorial, draws),
        ),
    ],
};

fn couplings() -> Couplings {
    Couplings::from_continuum(M2, LAMBDA_0, 1)
}

fn target() -> Phi4 {
    Phi4::new(&[SITES], couplings()).expect("a ring")
}

/// `⟨φ²⟩`, `⟨φφ_{+1}⟩`, `⟨φφ_{+2}⟩`: traces of a transfer matrix on a grid, where the trapezoid rule is exact to rounding.
static EXACT: LazyLock<[f64; 3]> = LazyLock::new(|| {
    const POINTS: usize = 71;
    const REACH: f64 = 3.5;
    let step = 2.0 * REACH / (POINTS - 1) as f64;
    let x: Vec<f64> = (0..POINTS).map(|i| step * i as f64 - REACH).collect();
    let c = couplings();
    let v = |x: f64| c.quadratic * x * x + c.quartic * x.powi(4);
    let entry = |i: usize, j: usize| {
        step * (2.0 * c.hopping * x[i] * x[j] - 0.5 * (v(x[i]) + v(x[j]))).exp()
    };
    type Matrix = Vec<Vec<f64>>;
    let matrix = |f: &dyn Fn(usize, usize) -> f64| -> Matrix {
        (0..POINTS)
            .map(|i| (0..POINTS).map(|j| f(i, j)).collect())
            .collect()
    };
    let product =
        |a: &Matrix, b: &Matrix| matrix(&|i, j| (0..POINTS).map(|k| a[i][k] * b[k][j]).sum());
    let t1 = matrix(&entry);
    let t2 = product(&t1, &t1);
    let t3 = product(&t2, &t1);
    // Tr(f T^a g T^b).
    let trace = |a: &Matrix, b: &Matrix, weight: &dyn Fn(usize, usize) -> f64| -> f64 {
        let cells = (0..POINTS).flat_map(|i| (0..POINTS).map(move |j| (i, j)));
        cells.map(|(i, j)| weight(i, j) * a[i][j] * b[j][i]).sum()
    };
    let z = trace(&t2, &t2, &|_, _| 1.0);
    [
        trace(&t2, &t2, &|i, _| x[i] * x[i]) / z,
        trace(&t1, &t3, &|i, j| x[i] * x[j]) / z,
        trace(&t2, &t2, &|i, j| x[i] * x[j]) / z,
    ]
});

/// Metropolis sweeps, with a bug.
struct Sweeps {
    couplings: Couplings,
    bug: Bug,
}

impl Sweeps {
    fn new(bug: Bug) -> Self {
        let couplings = match bug {
            Bug::CouplingOff => Couplings::from_continuum(M2, 1.25 * LAMBDA_0, 1),
            Bug::KineticWithoutHalf => Couplings {
                quadratic: 2.0 + 0.5 * M2,
                hopping: 1.0,
                ..couplings()
            },
            Bug::NoFactorial => Couplings::from_continuum(M2, 24.0 * LAMBDA_0, 1),
            _ => couplings(),
        };
        Self { couplings, bug }
    }

    /// The sum of the fields that are taken for neighbours of `site`.
    fn neighbours(&self, q: &[f64], site: usize, chain: usize) -> f64 {
        let at = |site: usize| q[site % SITES * CHAINS + chain];
        let (ahead, behind) = (at(site + 1), at(site + SITES - 1));
        let last = site == SITES - 1;
        match self.bug {
            Bug::NoBackwardNeighbour => ahead,
            Bug::BondTwice => 2.0 * (ahead + behind),
            Bug::NeighbourOffByOne if last => at(1) + behind,
            Bug::Open if last => behind,
            Bug::Open if site == 0 => ahead,
            _ => ahead + behind,
        }
    }

    fn delta(&self, neighbours: f64, old: f64, new: f64) -> f64 {
        let c = self.couplings;
        let own = |x: f64| c.quadratic * x * x + c.quartic * x.powi(4);
        own(new) - own(old) - 2.0 * c.hopping * neighbours * (new - old)
    }
}

impl Kernel<RealLine> for Sweeps {
    fn step(&mut self, q: &mut Field<RealLine>, _: &mut Aux, r: &mut Chains, info: &mut Info) {
        info.reset(CHAINS);
        let mut uniforms = vec![0.0; 2 * CHAINS];
        let frozen = q.numbers().to_vec();
        for site in 0..SITES {
            r.uniform(&mut uniforms);
            let (moves, decisions) = uniforms.split_at(CHAINS);
            for chain in 0..CHAINS {
                let around = if self.bug == Bug::BothColours {
                    &frozen
                } else {
                    q.numbers()
                };
                let around = self.neighbours(around, site, chain);
                let old = q.numbers()[site * CHAINS + chain];
                let centre = if self.bug == Bug::ProposalDrifts {
                    0.9
                } else {
                    1.0
                };
                let width = match self.bug {
                    Bug::WidthOfState => 0.5 * WIDTH + old.abs(),
                    _ => WIDTH,
                };
                let new = old + width * (2.0 * moves[chain] - centre);
                let delta = self.delta(around, old, new);
                let (u, sign) = match self.bug {
                    Bug::DecisionIsTheMove => (moves[chain], 1.0),
                    Bug::Upwards => (decisions[chain], -1.0),
                    _ => (decisions[chain], 1.0),
                };
                info.accepted[chain] = (1.0 - u).ln() <= -sign * delta;
                if info.accepted[chain] {
                    q.numbers_mut()[site * CHAINS + chain] = new;
                }
            }
        }
    }
}

fn own(bug: Bug, draws: &Draws) -> Vec<Measured> {
    run(&mut Sweeps::new(bug), draws)
}

fn run(kernel: &mut dyn Kernel<RealLine>, draws: &Draws) -> Vec<Measured> {
    let mut q = target().neutral(CHAINS);
    let mut r = draws.chains("sweeps", CHAINS);
    let (mut aux, mut info) = (Aux::default(), Info::default());
    let mut sums = [(); 6].map(|()| vec![0.0; CHAINS]);
    let c = couplings();
    for sweep in 0..WARM_UP + SWEEPS {
        kernel.step(&mut q, &mut aux, &mut r, &mut info);
        if sweep < WARM_UP {
            continue;
        }
        for chain in 0..CHAINS {
            let mut terms = [0.0; 6];
            for site in 0..SITES {
                let phi = |site: usize| q.numbers()[site % SITES * CHAINS + chain];
                let (x, next, beyond) = (phi(site), phi(site + 1), phi(site + 2));
                terms[0] += 2.0 * c.quadratic * x * x + 4.0 * c.quartic * x.powi(4)
                    - 4.0 * c.hopping * x * next;
                terms[1] += x * x;
                terms[2] += x * next;
                terms[3] += x * beyond;
                terms[4] += x;
            }
            terms.iter_mut().for_each(|term| *term /= SITES as f64);
            let phi = |site: usize| q.numbers()[site * CHAINS + chain];
            terms[5] = phi(SITES - 1) * phi(0) - phi(SITES / 2 - 1) * phi(SITES / 2);
            for (sum, term) in sums.iter_mut().zip(terms) {
                sum[chain] += term / SWEEPS as f64;
            }
        }
    }
    let truths = [1.0, EXACT[0], EXACT[1], EXACT[2], 0.0, 0.0];
    let pairs = sums.into_iter().zip(truths);
    pairs
        .map(|(sums, truth)| Measured::Chains(sums, truth))
        .collect()
}
