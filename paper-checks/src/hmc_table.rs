//! What the two claims on the diffusion talk's table of φ⁴ share: the table, and an ensemble of our own at its couplings.
//!
//! # Design
//!
//! A row of the table is what `N` configurations gave. What else they could have given is drawn from a large ensemble: thousands
//! of replicas of `N` magnetisations each, with the signs that the symmetry leaves free.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Observable, Target};
use fieldassay::observable::Magnetisation;
use fieldassay::rng::Rng;
use fieldassay::sampler::{Hmc, Integrator, Trajectory};
use fieldassay::verdict::Check;

use crate::claim::Context;
use crate::lattice_runs::{Identity, soundness, steps, thermalise};

/// Sites of the table's lattice, 32 × 32.
pub const SITES: f64 = 1024.0;
const EXTENTS: [usize; 2] = [32, 32];
const KAPPA: f64 = 0.21;
const LAMBDA: f64 = 0.022;

/// A row of the table: values and printed errors.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// Configurations behind it.
    pub count: usize,
    /// `⟨M⟩` a site.
    pub mean: [f64; 2],
    /// `χ₂ = V(⟨M²⟩ − ⟨M⟩²)`.
    pub chi2: [f64; 2],
    /// `U_L = 1 − ⟨M⁴⟩/3⟨M²⟩²`.
    pub binder: [f64; 2],
}

/// "Training(HMC)": 5120 configurations.
pub const TRAINING: Row = Row {
    name: "training",
    count: 5120,
    mean: [0.0012, 0.0007],
    chi2: [2.5160, 0.0457],
    binder: [0.1042, 0.0367],
};

/// "Testing(HMC)": the slide does not say how many; its errors are those of 1024.
pub const TESTING: Row = Row {
    name: "testing",
    count: 1024,
    mean: [0.0018, 0.0015],
    chi2: [2.4463, 0.1099],
    binder: [-0.0198, 0.1035],
};

/// "Generated(DM)".
pub const GENERATED: Row = Row {
    name: "generated",
    count: 1024,
    mean: [0.0017, 0.0015],
    chi2: [2.4227, 0.1035],
    binder: [0.0484, 0.0959],
};

/// Magnetisations a site of thermalised configurations, and whether the ensemble is one.
#[derive(Debug)]
pub struct Ensemble {
    /// One number a configuration, chain after chain.
    pub magnetisations: Vec<f64>,
    /// Whether it is an ensemble of this action.
    pub sound: Check,
}

const CHAINS: usize = 32;

/// Our own hybrid Monte Carlo at the couplings of the table.
///
/// Trajectories of length 2.4 turn the slowest mode by a quarter, so that successive configurations are all but independent.
///
/// # Errors  when the run is interrupted.
pub fn ensemble(context: &Context<'_>) -> Result<Ensemble> {
    let per_chain = context.tier().pick(800, 6400, 64_000);
    let numbers = context.once("ensemble", || {
        let action = Phi4::new(&EXTENTS, Couplings::from_kappa(KAPPA, LAMBDA))?;
        let mut hmc = Hmc::new(&action, Trajectory::new(Integrator::Omelyan, 0.3, 8)?)?;
        let mut q = action.neutral(CHAINS);
        let mut r = context.chains("ensemble", CHAINS);
        thermalise(context, &action, &mut r, &mut q, 40)?;
        let mut numbers = Vec::with_capacity(CHAINS * (per_chain + 1));
        let mut identity = Identity::new(&action)?;
        let (mut now, mut sides) = (vec![0.0; CHAINS], vec![0.0; CHAINS]);
        for _ in 0..per_chain {
            steps(context, &mut r, &mut q, &mut hmc, 1)?;
            identity.measure(&q, &mut now);
            sides
                .iter_mut()
                .zip(&now)
                .for_each(|(sum, x)| *sum += x / per_chain as f64);
            Magnetisation.measure(&q, &mut now);
            numbers.extend_from_slice(&now);
        }
        numbers.extend(sides);
        Ok(numbers)
    })?;
    let (magnetisations, sides) = numbers.split_at(CHAINS * per_chain);
    let sides: Vec<[f64; 1]> = sides.iter().map(|x| [*x]).collect();
    Ok(Ensemble {
        magnetisations: magnetisations.to_vec(),
        sound: soundness("our own ensemble", &sides)?,
    })
}

/// Means over a replica: of `M/V`, of `|M|/V`, and of the even powers up to the eighth.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// Configurations.
    pub count: f64,
    /// `⟨M⟩`.
    pub mean: f64,
    /// `⟨|M|⟩`.
    pub absolute: f64,
    /// `⟨M²⟩`, `⟨M⁴⟩`, `⟨M⁶⟩`, `⟨M⁸⟩`.
    pub even: [f64; 4],
}

impl Moments {
    /// `V(⟨M²⟩ − ⟨M⟩²)`.
    pub fn chi2(&self) -> f64 {
        SITES * (self.even[0] - self.mean.powi(2))
    }

    /// `V(⟨M²⟩ − ⟨|M|⟩²)`.
    pub fn connected_chi2(&self) -> f64 {
        SITES * (self.even[0] - self.absolute.powi(2))
    }

    /// `V⟨|M|⟩²`.
    pub fn chi2_of_mean(&self) -> f64 {
        SITES * self.absolute.powi(2)
    }

    /// `1 − ⟨M⁴⟩/3⟨M²⟩²`.
    pub fn binder(&self) -> f64 {
        1.0 - self.even[1] / (3.0 * self.even[0].powi(2))
    }

    /// The error of `U_L` by linear propagation, both moments moving together; the jackknife's limit.
    pub fn binder_error(&self) -> f64 {
        let [m2, m4, m6, m8] = self.even;
        // U = 1 − m4/3m2²: weights of the fluctuations of M⁴ and M².
        let (on4, on2) = (-1.0 / (3.0 * m2 * m2), 2.0 * m4 / (3.0 * m2.powi(3)));
        let variance = on4 * on4 * (m8 - m4 * m4)
            + 2.0 * on4 * on2 * (m6 - m4 * m2)
            + on2 * on2 * (m4 - m2 * m2);
        (variance / self.count).sqrt()
    }

    /// The same with the denominator taken for a constant.
    pub fn binder_error_of_numerator(&self) -> f64 {
        let [m2, m4, _, m8] = self.even;
        ((m8 - m4 * m4) / self.count).sqrt() / (3.0 * m2 * m2)
    }
}

/// Replicas of `count` magnetisations each, drawn from the ensemble.
///
/// # Errors  none of its own.
pub fn replicas(
    context: &Context<'_>,
    ensemble: &Ensemble,
    count: usize,
    replicas: usize,
) -> Result<Vec<Moments>> {
    let label = format!("replicas of {count}");
    let numbers = context.once(&label, || {
        let mut rng = context.stream(&label);
        let all = (0..replicas).flat_map(|_| replica(&ensemble.magnetisations, count, &mut rng));
        Ok(all.collect())
    })?;
    let row = |row: &[f64]| Moments {
        count: count as f64,
        mean: row[0],
        absolute: row[1],
        even: [row[2], row[3], row[4], row[5]],
    };
    Ok(numbers.chunks_exact(6).map(row).collect())
}

/// `⟨M⟩`, `⟨|M|⟩` and the even powers of `count` draws from the pool.
fn replica(pool: &[f64], count: usize, rng: &mut Rng) -> [f64; 6] {
    let mut sums = [0.0; 6];
    for _ in 0..count {
        // One draw for both: the place, and the sign that the symmetry leaves free.
        let draw = rng.below(2 * pool.len());
        let m = pool[draw / 2];
        let signed = if draw.is_multiple_of(2) { m } else { -m };
        let square = m * m;
        let fourth = square * square;
        let terms = [
            signed,
            m.abs(),
            square,
            fourth,
            fourth * square,
            fourth * fourth,
        ];
        sums.iter_mut()
            .zip(terms)
            .for_each(|(sum, term)| *sum += term);
    }
    sums.map(|sum| sum / count as f64)
}

/// The chance of a value as far out as `value`, on its side and the other.
pub fn two_sided(replicas: &[Moments], of: impl Fn(&Moments) -> f64, value: f64) -> f64 {
    let above = replicas.iter().filter(|one| of(one) >= value).count();
    let below = replicas.iter().filter(|one| of(one) <= value).count();
    2.0 * above.min(below) as f64 / replicas.len() as f64
}
