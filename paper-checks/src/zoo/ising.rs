//! The Ising model on `2 × 3` sites, against enumeration: one extent where both bonds join the same two sites, and one
//! that a checkerboard does not fit.

use std::sync::LazyLock;

use fieldassay::rng::Chains;
use fieldassay_reference::ising::enumerate;

use super::{Check, Draws, Family, Measured, Row};

const EXTENTS: [usize; 2] = [2, 3];
const SITES: usize = EXTENTS[0] * EXTENTS[1];
const BETA: f64 = 0.3;
const CHAINS: usize = 128;
const WARM_UP: usize = 20;
const SWEEPS: usize = 150;

const CHECKS: &[Check] = &[
    Check::mean("energy", 0.12, "⟨H⟩/V by enumeration"),
    Check::mean("abs-m", 0.05, "⟨|m|⟩ by enumeration"),
    Check::mean("m2", 0.06, "⟨m²⟩ by enumeration"),
    Check::mean("m", 0.2, "⟨m⟩ = 0"),
];

/// How spins move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Metropolis,
    HeatBath,
    Wolff,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bug {
    None,
    Checkerboard,
    ExtentTwoOnce,
    HalfTheChange,
    FlipsAtRandom,
    Field,
    Antiferromagnet,
    BondProbability,
    BondOnce,
    BondsToAll,
    Signed,
    OneNumber,
}

use Algorithm::{HeatBath, Metropolis, Wolff};

/// The table.
pub const FAMILY: Family = Family {
    name: "ising",
    checks: CHECKS,
    rows: &[
        Row::healthy("metropolis", |draws| run(Metropolis, Bug::None, draws)),
        Row::healthy("heat-bath", |draws| run(HeatBath, Bug::None, draws)),
        Row::healthy("wolff", |draws| run(Wolff, Bug::None, draws)),
        Row::mutant(
            "checkerboard-on-odd",
            "energy",
            "a checkerboard where neighbours have one colour",
            |draws| run(HeatBath, Bug::Checkerboard, draws),
        ),
        Row::mutant(
            "extent-2-once",
            "energy",
            "one bond where the extent is two",
            |draws| run(Metropolis, Bug::ExtentTwoOnce, draws),
        ),
        Row::mutant("half-the-change", "energy", "ΔE = sh for 2sh", |draws| {
            run(Metropolis, Bug::HalfTheChange, draws)
        }),
        Row::mutant(
            "ties-refused",
            "energy",
            "moves that cost nothing are refused half the time, moves that gain are not",
            |draws| run(Metropolis, Bug::FlipsAtRandom, draws),
        ),
        Row::mutant("field", "m", "a magnetic field left on", |draws| {
            run(HeatBath, Bug::Field, draws)
        }),
        Row::mutant(
            "antiferromagnet",
            "energy",
            "the heat bath with the sign of the field turned",
            |draws| run(HeatBath, Bug::Antiferromagnet, draws),
        ),
        Row::mutant(
            "bond-probability",
            "energy",
            "1 − e^{−β} for 1 − e^{−2β}",
            |draws| run(Wolff, Bug::BondProbability, draws),
        ),
        Row::mutant("bond-once", "energy", "a double bond tried once", |draws| {
            run(Wolff, Bug::BondOnce, draws)
        }),
        Row::mutant(
            "bonds-to-all",
            "energy",
            "a cluster that grows over unlike spins too",
            |draws| run(Wolff, Bug::BondsToAll, draws),
        ),
        Row::mutant(
            "m-for-abs-m",
            "abs-m",
            "⟨m⟩ reported as ⟨|m|⟩",
            |draws| run(Metropolis, Bug::Signed, draws),
        ),
        Row::mutant(
            "one-number-a-sweep",
            "energy",
            "all decisions of a sweep by one random number",
            |draws| run(Metropolis, Bug::OneNumber, draws),
        ),
    ],
};

/// `⟨H⟩/V`, `⟨|m|⟩`, `⟨m²⟩`.
static EXACT: LazyLock<[f64; 3]> = LazyLock::new(|| {
    let (thermal, magnetic) = enumerate(EXTENTS[0], EXTENTS[1], BETA);
    [thermal.energy, magnetic.abs_m, magnetic.m2]
});

/// The four neighbours of a site, ahead and behind in both directions.
fn neighbours(site: usize) -> [usize; 4] {
    let [l0, l1] = EXTENTS;
    let (x, y) = (site / l1, site % l1);
    [
        (x + 1) % l0 * l1 + y,
        (x + l0 - 1) % l0 * l1 + y,
        x * l1 + (y + 1) % l1,
        x * l1 + (y + l1 - 1) % l1,
    ]
}

/// Spins of every chain, `(site, chain)`.
struct Spins {
    spins: Vec<f64>,
    algorithm: Algorithm,
    bug: Bug,
}

impl Spins {
    fn sweep(&mut self, r: &mut Chains) {
        match (self.algorithm, self.bug) {
            (Wolff, _) => (0..CHAINS).for_each(|chain| self.cluster(chain, r)),
            (_, Bug::Checkerboard) => {
                for colour in 0..2 {
                    let frozen = self.spins.clone();
                    let own = |site: &usize| (site / EXTENTS[1] + site % EXTENTS[1]) % 2 == colour;
                    for site in (0..SITES).filter(own) {
                        self.site(site, Some(&frozen), r);
                    }
                }
            }
            _ => {
                let mut uniforms = vec![0.0; CHAINS];
                r.uniform(&mut uniforms);
                for site in 0..SITES {
                    if self.bug != Bug::OneNumber {
                        r.uniform(&mut uniforms);
                    }
                    self.site_by(site, None, &uniforms);
                }
            }
        }
    }

    fn site(&mut self, site: usize, frozen: Option<&[f64]>, r: &mut Chains) {
        let mut uniforms = vec![0.0; CHAINS];
        r.uniform(&mut uniforms);
        self.site_by(site, frozen, &uniforms);
    }

    /// Moves a site beside the spins as they are, or as they were.
    fn site_by(&mut self, site: usize, frozen: Option<&[f64]>, uniforms: &[f64]) {
        let near = neighbours(site);
        let near = if self.bug == Bug::ExtentTwoOnce {
            &near[1..]
        } else {
            &near[..]
        };
        for (chain, u) in uniforms.iter().enumerate() {
            let around = frozen.unwrap_or(&self.spins);
            let mut h: f64 = near.iter().map(|near| around[near * CHAINS + chain]).sum();
            match self.bug {
                Bug::Field => h += 0.5,
                Bug::Antiferromagnet => h = -h,
                _ => {}
            }
            let spin = &mut self.spins[site * CHAINS + chain];
            if self.algorithm == HeatBath {
                let up = 1.0 / (1.0 + (-2.0 * BETA * h).exp());
                *spin = if *u < up { 1.0 } else { -1.0 };
                continue;
            }
            let change = match self.bug {
                Bug::HalfTheChange => *spin * h,
                _ => 2.0 * *spin * h,
            };
            let ratio = (-BETA * change).exp();
            let takes = match self.bug {
                Bug::FlipsAtRandom if change >= 0.0 => 0.5 * ratio,
                _ => ratio,
            };
            if *u < takes {
                *spin = -*spin;
            }
        }
    }

    /// Flips one cluster.
    fn cluster(&mut self, chain: usize, r: &mut Chains) {
        let joins = match self.bug {
            Bug::BondProbability => 1.0 - (-BETA).exp(),
            _ => 1.0 - (-2.0 * BETA).exp(),
        };
        let first = ((SITES as f64 * r.uniform_of(chain)) as usize).min(SITES - 1);
        let sign = self.spins[first * CHAINS + chain];
        let (mut inside, mut open) = ([false; SITES], vec![first]);
        inside[first] = true;
        while let Some(site) = open.pop() {
            let near = neighbours(site);
            let skipped = usize::from(self.bug == Bug::BondOnce);
            for near in &near[skipped..] {
                let alike = self.spins[near * CHAINS + chain] == sign;
                let may = alike || self.bug == Bug::BondsToAll;
                if !inside[*near] && may && r.uniform_of(chain) < joins {
                    inside[*near] = true;
                    open.push(*near);
                }
            }
        }
        for site in (0..SITES).filter(|site| inside[*site]) {
            self.spins[site * CHAINS + chain] *= -1.0;
        }
    }

    /// `H/V` and `m` of a chain.
    fn measure(&self, chain: usize) -> [f64; 2] {
        let spin = |site: usize| self.spins[site * CHAINS + chain];
        let bond = |site: usize| {
            let [ahead, _, side, _] = neighbours(site);
            -spin(site) * (spin(ahead) + spin(side))
        };
        let mean = |f: &dyn Fn(usize) -> f64| (0..SITES).map(f).sum::<f64>() / SITES as f64;
        [mean(&bond), mean(&spin)]
    }
}

fn run(algorithm: Algorithm, bug: Bug, draws: &Draws) -> Vec<Measured> {
    let mut spins = Spins {
        spins: vec![1.0; SITES * CHAINS],
        algorithm,
        bug,
    };
    let mut r = draws.chains("sweeps", CHAINS);
    let mut sums = [(); 4].map(|()| vec![0.0; CHAINS]);
    for sweep in 0..WARM_UP + SWEEPS {
        spins.sweep(&mut r);
        if sweep < WARM_UP {
            continue;
        }
        for chain in 0..CHAINS {
            let [energy, m] = spins.measure(chain);
            let modulus = if bug == Bug::Signed { m } else { m.abs() };
            for (sum, term) in sums.iter_mut().zip([energy, modulus, m * m, m]) {
                sum[chain] += term / SWEEPS as f64;
            }
        }
    }
    let truths = [EXACT[0], EXACT[1], EXACT[2], 0.0];
    let pairs = sums.into_iter().zip(truths);
    pairs
        .map(|(sums, truth)| Measured::Chains(sums, truth))
        .collect()
}
