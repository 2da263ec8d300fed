//! The free levels, which are poles of `A(E)`, and the count of levels *on* one.

use smallvec::SmallVec;

use crate::error::Result;
use crate::num::Sample;
use crate::scattering::{Column, Symmetric};

/// Residues this much smaller than they were before the others were projected out are linear combinations of them.
const DEPENDENT: f64 = 1e-12;

/// The levels of the free box, ascending: the shells of all channels.
#[derive(Clone, Debug)]
pub(super) struct Poles {
    rank: usize,
    energy: Vec<f64>,
    /// `√(r₃/4π) u^{3/2} χ_a(k)`, `(poles, rank)`.
    residue: Vec<f64>,
}

impl Poles {
    /// None yet, with room for `count`.
    pub(super) fn new(rank: usize, count: usize) -> Self {
        Self {
            rank,
            energy: Vec::with_capacity(count),
            residue: Vec::with_capacity(count * rank),
        }
    }

    /// Adds poles with residues `scale·χ`.
    ///
    /// # Shapes  `energy, scale: (poles,)`, `chi: (rank, poles)`.
    pub(super) fn extend(&mut self, energy: &[f64], scale: &[f64], chi: &[f64]) {
        self.energy.extend_from_slice(energy);
        for (pole, scale) in scale.iter().enumerate() {
            let residue = (0..self.rank).map(|a| scale * chi[a * energy.len() + pole]);
            self.residue.extend(residue);
        }
    }

    /// By energy.
    pub(super) fn sorted(self) -> Self {
        if self.energy.is_sorted() {
            return self;
        }
        let mut order: Vec<usize> = (0..self.energy.len()).collect();
        order.sort_by(|i, j| self.energy[*i].total_cmp(&self.energy[*j]));
        let mut sorted = Self::new(self.rank, order.len());
        for i in order {
            sorted.energy.push(self.energy[i]);
            sorted.residue.extend_from_slice(self.residue(i));
        }
        sorted
    }

    pub(super) fn energies(&self) -> &[f64] {
        &self.energy
    }

    pub(super) fn residue(&self, index: usize) -> &[f64] {
        &self.residue[index * self.rank..(index + 1) * self.rank]
    }

    /// How many lie below `energy`.
    pub(super) fn below(&self, energy: f64) -> usize {
        self.energy.partition_point(|pole| *pole < energy)
    }

    /// Whether `energy` lies between pole number `free − 1` and pole number `free`.
    pub(super) fn between(&self, free: usize, energy: f64) -> bool {
        let above = free.checked_sub(1).is_none_or(|i| self.energy[i] < energy);
        above && self.energy.get(free).is_none_or(|next| energy < *next)
    }

    /// The group that begins at `index`.
    pub(super) fn group(&self, index: usize) -> Option<PoleGroup> {
        let energy = *self.energy.get(index)?;
        let others = self.energy[index..].iter().take_while(|x| **x <= energy);
        let end = index + others.count();
        let mut residues = Basis::new();
        let mut strength = 0.0;
        for pole in index..end {
            let residue = self.residue(pole);
            residues.extend(orthogonal(residue, &residues));
            strength += residue.iter().map(|x| x * x).sum::<f64>();
        }
        Some(PoleGroup {
            energy,
            start: index,
            end,
            residues,
            strength,
        })
    }
}

/// Orthonormal columns.
type Basis = SmallVec<[Column; 3]>;

/// All free levels of one energy.
#[derive(Clone, Debug)]
pub(super) struct PoleGroup {
    pub(super) energy: f64,
    /// Their places among all poles.
    pub(super) start: usize,
    pub(super) end: usize,
    residues: Basis,
    /// `Σ |w|²` of all residues.
    strength: f64,
}

impl PoleGroup {
    /// How many of the states couple: the others are levels by themselves.
    pub(super) fn rank(&self) -> usize {
        self.residues.len()
    }

    /// The determinant of `A` at the pole, where `A` without it is `rest`, rising by `slope`: that itself if the states do not
    /// couple, that times the distance above the pole if one does.
    ///
    /// `(E − ω) det(R − wwᵀ/(E − ω)) = (E − ω) det R − wᵀ adj(R) w`.
    pub(super) fn determinant(&self, rest: &Symmetric, slope: &Symmetric) -> Option<Sample> {
        let determinant = rest.determinant_rising(slope);
        match &self.residues[..] {
            [] => Some(determinant),
            [w] => {
                let form = rest.adjugate_form_rising(slope, w);
                Some(Sample {
                    value: -self.strength * form.value,
                    slope: determinant.value - self.strength * form.slope,
                })
            }
            _ => None,
        }
    }

    /// The eigenvalues of `rest`, which is `A` without these poles, orthogonal to the residues, descending: those of `A` that
    /// stay finite at the pole.
    ///
    /// `[[0, Wᵀ], [W, −rest]]` has one negative and one positive eigenvalue a residue, and those of `−rest` on the
    /// orthogonal space.
    pub(super) fn outside(&self, rest: &Symmetric) -> Result<Column> {
        let n = rest.dimension();
        if let (2, [w]) = (n, &self.residues[..]) {
            return Ok(Column::from_slice(&[rest.adjugate_form(w)]));
        }
        let mut basis = self.residues.clone();
        for i in 0..n {
            if basis.len() == n {
                break;
            }
            let unit: Column = (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect();
            basis.extend(orthogonal(&unit, &basis));
        }
        let outside = &basis[self.rank()..];
        let form = |i: usize, j: usize| rest.form(&outside[i], &outside[j]);
        Symmetric::from_fn(outside.len(), form).eigenvalues()
    }
}

/// The normalised part of `x` orthogonal to `basis`, if there is one.
fn orthogonal(x: &[f64], basis: &[Column]) -> Option<Column> {
    // Residues whose squares underflow couple to nothing.
    let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let before = norm(x);
    if !(before > 0.0) {
        return None;
    }
    let mut rest: Column = x.iter().map(|x| x / before).collect();
    if basis.is_empty() {
        return Some(rest);
    }
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
