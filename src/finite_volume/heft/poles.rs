//! The count of levels *on* a pole of `A(E)`.

use super::terms::Pole;
use crate::error::Result;
use crate::scattering::Symmetric;

/// Residues this much smaller than they were before the others were projected out are linear combinations of them.
const DEPENDENT: f64 = 1e-12;

/// All free levels of one energy.
#[derive(Clone, Debug)]
pub(super) struct PoleGroup {
    pub(super) energy: f64,
    /// Their places among all poles.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Orthonormal residues.
    residues: Vec<Vec<f64>>,
    /// `Σ |w|²` of all residues.
    strength: f64,
}

impl PoleGroup {
    /// The group that begins at `index`.
    pub(super) fn at(poles: &[Pole], index: usize) -> Option<Self> {
        let energy = poles.get(index)?.energy;
        let end = poles.partition_point(|pole| pole.energy <= energy);
        let mut residues: Vec<Vec<f64>> = Vec::new();
        for pole in &poles[index..end] {
            residues.extend(orthogonal(&pole.residue, &residues));
        }
        let squares = poles[index..end].iter().flat_map(|pole| &pole.residue);
        Some(Self {
            energy,
            start: index,
            end,
            residues,
            strength: squares.map(|x| x * x).sum(),
        })
    }

    /// The one residue's square: what the diverging eigenvalue of `A` goes like `strength/(energy − E)` with.
    pub(super) fn strength(&self) -> Option<f64> {
        (self.rank() == 1).then_some(self.strength)
    }

    /// How many of the states couple: the others are levels by themselves.
    pub(super) const fn rank(&self) -> usize {
        self.residues.len()
    }

    /// The eigenvalues of `rest`, which is `A` without these poles, orthogonal to the residues, descending: those of `A` that
    /// stay finite at the pole.
    ///
    /// `[[0, Wᵀ], [W, −rest]]` has one negative and one positive eigenvalue a residue, and those of `−rest` on the
    /// orthogonal space.
    pub(super) fn outside(&self, rest: &Symmetric) -> Result<Vec<f64>> {
        let n = rest.dimension();
        let mut basis = self.residues.clone();
        for i in 0..n {
            let mut unit = vec![0.0; n];
            unit[i] = 1.0;
            basis.extend(orthogonal(&unit, &basis));
        }
        let outside = &basis[self.rank()..];
        let form = |x: &[f64], y: &[f64]| -> f64 {
            let row = |i: usize| -> f64 { (0..n).map(|j| rest.get(i, j) * y[j]).sum() };
            (0..n).map(|i| x[i] * row(i)).sum()
        };
        let mut upper = Vec::new();
        for (i, x) in outside.iter().enumerate() {
            upper.extend(outside[i..].iter().map(|y| form(x, y)));
        }
        Symmetric::from_upper(outside.len(), upper).eigenvalues()
    }
}

/// The normalised part of `x` orthogonal to `basis`, if there is one.
fn orthogonal(x: &[f64], basis: &[Vec<f64>]) -> Option<Vec<f64>> {
    // Residues whose squares underflow couple to nothing.
    let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let before = norm(x);
    if !(before > 0.0) {
        return None;
    }
    let mut rest: Vec<f64> = x.iter().map(|x| x / before).collect();
    // Twice is enough: once leaves rounding along the basis.
    for _ in 0..2 {
        for b in basis {
            let overlap: f64 = rest.iter().zip(b).map(|(x, y)| x * y).sum();
            for (x, y) in rest.iter_mut().zip(b) {
                *x -= overlap * y;
            }
        }
    }
    let after = norm(&rest);
    (after > DEPENDENT).then(|| rest.into_iter().map(|x| x / after).collect())
}
