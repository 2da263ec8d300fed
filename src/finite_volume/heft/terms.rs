//! The terms of `J(E) = Σ_j w_j/(E − ω_j)`: shells of every channel, and the continuum beyond a smooth cut.

use super::{HeftBox, Smoothing};
use crate::error::{Error, Result};
use crate::finite_volume::cubic::occupied;
use crate::special::{erfc, gauss_legendre};

/// Terms below this part of all the terms before them are left out; the sums are good to 1e-16.
const NEGLIGIBLE: f64 = 1e-19;
/// Gauss points a panel, and how much wider than the one before a panel beyond the smoothing is.
const ORDER: usize = 16;
const GROWTH: f64 = 1.5;
/// Where `t = 1/k` takes over, in MeV.
const FAR: f64 = 2e6;
/// The largest shell: 10⁶, beyond any use, below any trouble.
const LARGEST: f64 = 1e6;

/// A level of the free box: a shell of one channel.
#[derive(Clone, Debug)]
pub(super) struct Pole {
    pub(super) energy: f64,
    /// `√(r₃/4π) u^{3/2} χ_a(k)`.
    pub(super) residue: Vec<f64>,
}

/// Sums of terms `w/(E − ω)`, entry by entry of the upper triangle.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) entries: usize,
    pub(super) energy: Vec<f64>,
    /// `(entries, terms)`.
    pub(super) weight: Vec<Vec<f64>>,
}

impl Terms {
    pub(super) fn new(rank: usize) -> Self {
        let entries = rank * (rank + 1) / 2;
        Self {
            entries,
            energy: Vec::new(),
            weight: vec![Vec::new(); entries],
        }
    }

    fn push(&mut self, energy: f64, scale: f64, chi: &[f64]) {
        self.energy.push(energy);
        let mut entry = 0;
        for (a, x) in chi.iter().enumerate() {
            for y in &chi[a..] {
                self.weight[entry].push(scale * x * y);
                entry += 1;
            }
        }
    }
}

/// Adds the shells of every channel with weight `cut(|n|)` and returns the poles, ascending.
pub(super) fn add_shells(
    system: &HeftBox<'_>,
    n2_max: f64,
    cut: impl Fn(f64) -> f64,
    terms: &mut Terms,
) -> Result<Vec<Pole>> {
    if !(n2_max < LARGEST) {
        return Err(Error::Domain {
            what: "n²",
            value: n2_max,
            expected: format!("shells up to {LARGEST}"),
        });
    }
    let (unit, occupied) = (system.unit(), occupied(n2_max as usize));
    let volume = unit.powi(3) / (4.0 * std::f64::consts::PI);
    let mut poles = Vec::new();
    for (index, channel) in system.heft.channels().enumerate() {
        let mut gathered = 0.0;
        for (n2, count) in occupied.iter() {
            let n = (*n2 as f64).sqrt();
            let k2 = (unit * n).powi(2);
            let energy = channel.energy(k2).0;
            let whole = *count as f64 * volume;
            let mut residue = system.heft.vertices(index, k2);
            let scale = whole * cut(n);
            let size = scale * residue.iter().map(|x| x * x).sum::<f64>();
            gathered += size;
            if size > NEGLIGIBLE * gathered {
                terms.push(energy, scale, &residue);
            }
            for x in &mut residue {
                *x *= whole.sqrt();
            }
            poles.push(Pole { energy, residue });
        }
    }
    poles.sort_by(|a, b| a.energy.total_cmp(&b.energy));
    Ok(poles)
}

/// Adds `∫k²dk χχᵀ(1 − h)/(E − ω)` of every channel, as Gauss points.
pub(super) fn add_continuum(system: &HeftBox<'_>, cut: Smoothing, terms: &mut Terms) {
    let points = continuum_points(system.unit(), cut);
    for (index, channel) in system.heft.channels().enumerate() {
        for (k, weight) in &points {
            let chi = system.heft.vertices(index, k * k);
            let scale = weight * k * k;
            if scale * chi.iter().map(|x| x * x).sum::<f64>() > f64::MIN_POSITIVE {
                terms.push(channel.energy(k * k).0, scale, &chi);
            }
        }
    }
}

/// `(k, weight·(1 − h))` from the smoothing to infinity.
fn continuum_points(unit: f64, cut: Smoothing) -> Vec<(f64, f64)> {
    let rule = gauss_legendre(ORDER, -1.0, 1.0);
    let panel = |low: f64, high: f64| {
        let (centre, half) = (0.5 * (low + high), 0.5 * (high - low));
        let scaled = rule
            .iter()
            .map(move |(x, w)| (half.mul_add(*x, centre), half * w));
        scaled.collect::<Vec<_>>()
    };
    let mut points = Vec::new();
    let step = 0.5 * cut.width;
    let panels = ((cut.end() - cut.untouched()) / step).ceil() as usize;
    for i in 0..panels {
        let low = step.mul_add(i as f64, cut.untouched());
        for (n, weight) in panel(low, low + step) {
            let kept = 0.5 * erfc((cut.n0 - n) / cut.width);
            points.push((n * unit, weight * unit * kept));
        }
    }
    let mut edge = step.mul_add(panels as f64, cut.untouched()) * unit;
    let mut width = step * unit;
    while edge < FAR {
        points.extend(panel(edge, edge + width));
        edge += width;
        width *= GROWTH;
    }
    let beyond = panel(0.0, 1.0 / edge);
    points.extend(beyond.into_iter().map(|(t, w)| (1.0 / t, w / (t * t))));
    points
}
