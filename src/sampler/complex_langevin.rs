//! Complex Langevin dynamics, and the sign that its results are wrong.

use crate::density::{Aux, Holomorphic, Info, Kernel};
use crate::error::{Error, Result};
use crate::lattice::{Field, RealLine, Tangent};
use crate::rng::Chains;
use crate::stats::{Estimate, generalised_pareto_shape};

/// `z' = z + ε K(z) + √(2ε) η` with the drift `K = −∂S/∂z` of a complex action and real noise `η`; expectations with the complex
/// weight `e^{−S}` are means of holomorphic functions of `z`.
///
/// **Not exact**: off by `O(ε)`, and wrong without a warning in any expectation where the distribution of `z` falls as a power;
/// [`DriftTail`] is the warning. A Gaussian variable, `S = σz²/2`, has `⟨z²⟩ = 1/σ(1 − σε/2)` at `Re σ > 0`.
///
/// Where the largest drift of a chain exceeds a bound its step is shortened in proportion: means are to be weighted with
/// [`ComplexLangevin::steps`].
///
/// # Source  G. Parisi, Phys. Lett. B 131 (1983) 393; J. R. Klauder, Phys. Rev. A 29 (1984) 2036. Adaptive step: G. Aarts,
/// F. A. James, E. Seiler, I.-O. Stamatescu, Phys. Lett. B 687 (2010) 154.
#[derive(Debug)]
pub struct ComplexLangevin<'a> {
    action: &'a dyn Holomorphic,
    epsilon: f64,
    largest: f64,
    steps: Vec<f64>,
    drifts: Vec<f64>,
    drift: Option<Tangent<RealLine>>,
}

impl<'a> ComplexLangevin<'a> {
    /// Steps of Langevin time `epsilon`, shorter where a drift exceeds `largest`.
    ///
    /// # Errors  `Error::Argument` unless both are positive; `epsilon` finite too.
    pub fn new(action: &'a dyn Holomorphic, epsilon: f64, largest: f64) -> Result<Self> {
        if !(epsilon > 0.0 && epsilon.is_finite()) {
            let found = epsilon.to_string();
            return Err(Error::argument("epsilon", found, "positive and finite"));
        }
        if !(largest > 0.0) {
            return Err(Error::argument("largest", largest.to_string(), "positive"));
        }
        Ok(Self {
            action,
            epsilon,
            largest,
            steps: Vec::new(),
            drifts: Vec::new(),
            drift: None,
        })
    }

    /// Langevin times of every chain's last step: weights of the configurations that they began at.
    ///
    /// # Shapes  `(chains,)`.
    #[must_use]
    pub fn steps(&self) -> &[f64] {
        &self.steps
    }

    /// The largest `|K|` over the sites where every chain's last step began.
    ///
    /// # Shapes  `(chains,)`.
    #[must_use]
    pub fn drifts(&self) -> &[f64] {
        &self.drifts
    }
}

impl Kernel<RealLine> for ComplexLangevin<'_> {
    /// Every step is accepted; a field that is not finite any more is divergent.
    fn step(&mut self, q: &mut Field<RealLine>, _aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        let chains = q.chains();
        info.reset(chains);
        let drift = match &mut self.drift {
            Some(drift) if drift.chains() == chains && drift.lattice() == q.lattice() => drift,
            slot => slot.insert(Tangent::zero(q)),
        };
        self.action.drift(q, drift);
        let (rows, size) = (q.lattice().rows(), q.lattice().row_length() * chains);
        self.drifts.clear();
        self.drifts.resize(chains, 0.0);
        for row in 0..rows {
            let both = drift.row(row, 0).iter().zip(drift.row(row, 1));
            for (i, (re, im)) in both.enumerate() {
                let largest = &mut self.drifts[i % chains];
                *largest = largest.max(re.hypot(*im));
            }
        }
        self.steps.clear();
        let shortened = |drift: &f64| self.epsilon * (self.largest / drift).min(1.0);
        self.steps.extend(self.drifts.iter().map(shortened));
        let mut noise = vec![0.0; size];
        for row in 0..rows {
            r.normal(&mut noise);
            for part in 0..2 {
                let pushes = drift.row(row, part);
                for (i, number) in q.row_mut(row, part).iter_mut().enumerate() {
                    let step = self.steps[i % chains];
                    *number = step.mul_add(pushes[i], *number);
                    if part == 0 {
                        *number = (2.0 * step).sqrt().mul_add(noise[i], *number);
                    }
                    info.divergent[i % chains] |= !number.is_finite();
                }
            }
        }
        info.forces += chains as u64;
        info.accepted.fill(true);
    }
}

/// The magnitudes of the drift along chains of complex Langevin dynamics, whose tail says whether the results can be right: it
/// has to fall faster than any power. They are kept at equal distances in Langevin time, since steps are the shorter the
/// larger the drift.
///
/// # Source  K. Nagata, J. Nishimura, S. Shimasaki, Phys. Rev. D 94 (2016) 114515; the tail is judged by the shape of a
/// generalised Pareto distribution, as for importance weights.
#[derive(Clone, Debug)]
pub struct DriftTail {
    interval: f64,
    /// Langevin time of each chain since its last magnitude.
    elapsed: Vec<f64>,
    magnitudes: Vec<f64>,
}

/// What a tail looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TailKind {
    /// Falls faster than the fourth power: the drift has three finite moments at least. A necessary sign.
    Light,
    /// Falls like a power: expectations are wrong.
    Power,
    /// Too few magnitudes to tell.
    Undecided,
}

/// The tail of a distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tail {
    /// The shape `k`: the tail falls like `u^{−1/k}` if `k > 0`, faster than any power at `k ≤ 0`.
    pub shape: Estimate,
    /// What that says, at five standard errors: [`TailKind::Power`] for `k > 0`, else [`TailKind::Light`] for `k < ¼`.
    pub kind: TailKind,
}

impl DriftTail {
    /// Magnitudes below this are too few to have a tail.
    const FEWEST: usize = 1000;

    /// One magnitude of each chain in every `interval` of Langevin time; those of different intervals count as independent.
    ///
    /// # Errors  `Error::Argument` unless the interval is positive and finite.
    pub fn new(interval: f64) -> Result<Self> {
        if !(interval > 0.0 && interval.is_finite()) {
            let found = interval.to_string();
            return Err(Error::argument("interval", found, "positive and finite"));
        }
        Ok(Self {
            interval,
            elapsed: Vec::new(),
            magnitudes: Vec::new(),
        })
    }

    /// Sees the last step of every chain.
    pub fn see(&mut self, dynamics: &ComplexLangevin) {
        self.elapsed.resize(dynamics.steps.len(), 0.0);
        let chains = dynamics.drifts.iter().zip(&dynamics.steps);
        for ((drift, step), elapsed) in chains.zip(&mut self.elapsed) {
            *elapsed += step;
            if *elapsed >= self.interval {
                *elapsed -= self.interval;
                self.magnitudes.push(*drift);
            }
        }
    }

    /// The shape of the largest hundredth.
    ///
    /// # Errors  `Error::Domain` for fewer than a thousand magnitudes, one that is not finite, or a tail of equal ones.
    pub fn tail(&self) -> Result<Tail> {
        let domain = |what, value: f64, expected: &str| Error::Domain {
            what,
            value,
            expected: expected.to_owned(),
        };
        let count = self.magnitudes.len();
        if count < Self::FEWEST {
            let expected = "a thousand, else there is no tail";
            return Err(domain("number of magnitudes", count as f64, expected));
        }
        if let Some(bad) = self.magnitudes.iter().find(|x| !x.is_finite()) {
            return Err(domain("magnitude of a drift", *bad, "a finite number"));
        }
        let mut sorted = self.magnitudes.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let (below, tail) = sorted.split_at(count - count / 100);
        let threshold = below[below.len() - 1];
        let excess: Vec<f64> = tail
            .iter()
            .map(|x| x - threshold)
            .filter(|x| *x > 0.0)
            .collect();
        if excess.len() < 10 {
            let expected = "ten magnitudes above the hundredth largest";
            return Err(domain("length of the tail", excess.len() as f64, expected));
        }
        let (shape, size) = (generalised_pareto_shape(&excess), excess.len() as f64);
        // The asymptotic error of the maximum-likelihood shape, (1 + k)/√n, at least that of k = −½.
        let error = (1.0 + shape).max(0.5) / size.sqrt();
        let kind = if shape - 5.0 * error > 0.0 {
            TailKind::Power
        } else if shape + 5.0 * error < 0.25 {
            TailKind::Light
        } else {
            TailKind::Undecided
        };
        Ok(Tail {
            shape: Estimate::new(shape, error, Some(size))?,
            kind,
        })
    }
}
