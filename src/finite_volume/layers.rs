//! A simple cubic lattice seen along a total momentum `d`: layers `s = n·d` and, in each, the shells of `n_⊥`.
//!
//! Which `n_⊥` occur depends on `s mod d²` only, and not on the boost; so they are kept once per frame.

use std::collections::BTreeMap;

use super::harmonic::Harmonic;
use super::heat_kernel::{DualRule, REACH};

/// The largest `q²` in a moving frame.
pub(super) const MAX_Q2_MOVING: f64 = 64.0;

/// Split points `Λ = ½, ¼, …`: the largest with `Λq² ≤ 5`, so that at most `e⁵` is lost.
pub(super) const SPLITS: usize = 4;

/// The lattice as seen along `d`: for each residue of the layer number `s = n·d` modulo `d²`, the
/// shells of `n_⊥ = n − s d/d²`.
#[derive(Debug)]
pub(super) struct Layers {
    pub(super) d2: i32,
    pub(super) d_z: f64,
    pub(super) residues: Vec<Vec<Shell>>,
    pub(super) splits: Vec<Split>,
}

/// Vectors `n_⊥` of one length: `d² n_⊥²`, an integer, and `Σ z^p` for `p = 0..4`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shell {
    pub(super) key: f64,
    pub(super) moments: [f64; 5],
}

/// What depends on the split point but not on `γ` and `q²`.
#[derive(Debug)]
pub(super) struct Split {
    pub(super) lambda: f64,
    /// `e^{−Λn_⊥²}` for every residue and shell.
    pub(super) decay: Vec<Vec<f64>>,
    /// For `l` = 0, 2, 4.
    pub(super) dual: [DualRule; 3],
}

impl Layers {
    pub(super) fn new(d: [i32; 3]) -> Self {
        let d2: i32 = d.iter().map(|c| c * c).sum();
        let largest = MAX_Q2_MOVING + REACH * f64::from(2 << (SPLITS - 1));
        let residues: Vec<_> = (0..d2)
            .map(|s| perpendicular_shells(d, s, largest))
            .collect();
        let splits = (1..=SPLITS as i32).map(|k| {
            let lambda = 0.5_f64.powi(k);
            let decay = |shell: &Shell| (-lambda * shell.key / f64::from(d2)).exp();
            let decay = residues
                .iter()
                .map(|shells| shells.iter().map(decay).collect())
                .collect();
            Split {
                lambda,
                decay,
                dual: [0, 2, 4].map(|l| DualRule::new(lambda, l)),
            }
        });
        Self {
            d2,
            d_z: f64::from(d[2]),
            splits: splits.collect(),
            residues,
        }
    }

    /// `add(|γ̂m|², Σ (−1)^{m·d} 𝒴(γ̂m))` for all `m ≠ 0` with `|γ̂m|² ≤ reach2`.
    pub(super) fn dual_shells(
        &self,
        harmonic: Harmonic,
        gamma: f64,
        reach2: f64,
        add: &mut dyn FnMut(f64, f64),
    ) {
        let d2 = f64::from(self.d2);
        // m → −m maps layer s to −s: only s ≥ 0, twice off the middle.
        for s in 0_i32.. {
            let along2 = (gamma * f64::from(s)).powi(2) / d2;
            if along2 > reach2 {
                break;
            }
            let twice = if s == 0 { 1.0 } else { 2.0 };
            let phase = if s % 2 == 0 { 1.0 } else { -1.0 };
            let shift = gamma * f64::from(s) * self.d_z / d2;
            for shell in &self.residues[s.rem_euclid(self.d2) as usize] {
                let m2 = shell.key / d2 + along2;
                if m2 > reach2 {
                    break;
                }
                if m2 > 0.0 {
                    add(
                        m2,
                        twice * phase * harmonic.of_moments(m2, shell.shifted(shift)),
                    );
                }
            }
        }
    }
}

impl Shell {
    /// `Σ 1, Σ (z+c)², Σ (z+c)⁴`.
    pub(super) fn shifted(&self, c: f64) -> [f64; 3] {
        let [m0, m1, m2, m3, m4] = self.moments;
        let c2 = c * c;
        let second = m2 + 2.0 * c * m1 + c2 * m0;
        let fourth = m4 + 4.0 * c * m3 + 6.0 * c2 * m2 + 4.0 * c2 * c * m1 + c2 * c2 * m0;
        [m0, second, fourth]
    }
}

/// All `n_⊥` of the layer `n·d = s`, `0 ≤ s < d²`, with `n_⊥² ≤ reach2`, by length.
///
/// Exact: `d² n_⊥` is an integer vector, and `d² n_⊥²` an integer.
fn perpendicular_shells(d: [i32; 3], s: i32, reach2: f64) -> Vec<Shell> {
    let d2: i32 = d.iter().map(|c| c * c).sum();
    let reach = reach2.sqrt() as i32 + 2;
    let mut shells: BTreeMap<i64, [i64; 5]> = BTreeMap::new();
    for x in -reach..=reach {
        for y in -reach..=reach {
            // With d_z = 0 every z lies in the layer, or none; else at most one.
            let rest = s - d[0] * x - d[1] * y;
            let members = match (d[2], rest) {
                (0, 0) => -reach..reach + 1,
                (0, _) => 0..0,
                (d_z, rest) if rest % d_z == 0 => rest / d_z..rest / d_z + 1,
                _ => 0..0,
            };
            for z in members {
                let scaled =
                    [(x, d[0]), (y, d[1]), (z, d[2])].map(|(n, c)| i64::from(d2 * n - s * c));
                let rho2: i64 = scaled.iter().map(|c| c * c).sum();
                let moments = shells.entry(rho2).or_default();
                let mut power = 1;
                for moment in moments {
                    *moment += power;
                    power *= scaled[2];
                }
            }
        }
    }
    let scale = f64::from(d2);
    shells
        .into_iter()
        .map(|(rho2, moments)| Shell {
            key: rho2 as f64 / scale,
            moments: std::array::from_fn(|p| moments[p] as f64 / scale.powi(p as i32)),
        })
        .filter(|shell| shell.key <= reach2 * scale)
        .collect()
}
