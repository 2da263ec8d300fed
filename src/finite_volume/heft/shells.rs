//! The free box: shells of every channel, and the continuum beyond a smooth cut.

use super::poles::Poles;
use super::terms::Terms;
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

/// The shells of every channel: terms with weight `cut(|n|)`, and poles with the whole one.
///
/// # Errors  `Error::Domain` for more than 10⁶ shells.
pub(super) fn shells(
    system: &HeftBox<'_>,
    n2_max: f64,
    cut: impl Fn(f64) -> f64,
) -> Result<(Terms, Poles)> {
    if !(n2_max < LARGEST) {
        return Err(Error::Domain {
            what: "n²",
            value: n2_max,
            expected: format!("shells up to {LARGEST}"),
        });
    }
    let (heft, unit2) = (system.heft, system.unit().powi(2));
    let (rank, channels) = (heft.rank(), heft.channels().len());
    let occupied = occupied(n2_max as usize);
    let volume = unit2 * system.unit() / (4.0 * std::f64::consts::PI);
    let shells = |of: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
        let shells = occupied.iter();
        shells
            .map(|(n2, count)| of(*n2 as f64, *count as f64))
            .collect()
    };
    let k2 = shells(&|n2, _| unit2 * n2);
    let root = shells(&|_, count| (count * volume).sqrt());
    let weight = shells(&|n2, count| count * volume * cut(n2.sqrt()));
    let mut terms = Terms::new(rank, channels * k2.len());
    let mut poles = Poles::new(rank, channels * k2.len());
    for (index, channel) in heft.channels().enumerate() {
        let chi = heft.vertices_at_all(index, &k2);
        let energy: Vec<f64> = k2.iter().map(|k2| channel.energy(*k2).0).collect();
        let kept = reach(&weight, &chi);
        terms.extend(&energy[..kept], &weight[..kept], &chi);
        poles.extend(&energy, &root, &chi);
    }
    Ok((terms, poles.sorted()))
}

/// So many terms are not negligible, or lie before one that is not.
fn reach(weights: &[f64], chi: &[f64]) -> usize {
    let (mut gathered, mut reach) = (0.0, 0);
    for (i, weight) in weights.iter().enumerate() {
        let chi = chi.iter().skip(i).step_by(weights.len());
        let size = weight * chi.map(|x| x * x).sum::<f64>();
        gathered += size;
        if size > NEGLIGIBLE * gathered {
            reach = i + 1;
        }
    }
    reach
}

/// Adds `∫k²dk χχᵀ(1 − h)/(E − ω)` of every channel, as Gauss points.
pub(super) fn add_continuum(system: &HeftBox<'_>, cut: Smoothing, terms: &mut Terms) {
    let points = continuum_points(system.unit(), cut);
    let k2: Vec<f64> = points.iter().map(|(k, _)| k * k).collect();
    let weight: Vec<f64> = points.iter().map(|(k, weight)| weight * k * k).collect();
    for (index, channel) in system.heft.channels().enumerate() {
        let chi = system.heft.vertices_at_all(index, &k2);
        let energy: Vec<f64> = k2.iter().map(|k2| channel.energy(*k2).0).collect();
        let kept = reach(&weight, &chi);
        terms.extend(&energy[..kept], &weight[..kept], &chi);
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
