//! `K`, `T` and `S` on the mass shell, and `k cot δ`.

use std::f64::consts::PI;

use super::heft::Heft;
use crate::error::{Error, Result};
use crate::linalg::{Complex64, Lu, Matrix};
use crate::units::Mev;

impl Heft {
    /// `k cot δ` with one channel, below threshold its continuation: `4 det A/(πE χᵀadj(A)χ)` up to sign.
    ///
    /// # Units     MeV.
    /// # Errors    `Error::Unsupported` with several channels; `Error::Domain` where `δ` is a multiple of π, and
    /// below threshold on a pole of a vertex.
    /// # Accuracy  relative 1e-12, absolute where it vanishes.
    /// # Witness   `reference::heft::k_cot_delta`; `golden/highprec/heft.json`.
    pub fn k_cot_delta(&self, energy: Mev) -> Result<Mev> {
        let (numerator, denominator) = self.k_cot_delta_parts(energy)?;
        let value = numerator / denominator;
        if value.is_finite() {
            return Ok(Mev(value));
        }
        Err(Error::Domain {
            what: "energy",
            value: energy.0,
            expected: "one where δ is no multiple of π".to_owned(),
        })
    }

    /// Numerator and denominator of `k cot δ`, of which neither has a pole but those of the vertices.
    pub(crate) fn k_cot_delta_parts(&self, energy: Mev) -> Result<(f64, f64)> {
        let channel = self.only_channel("k cot δ")?;
        let a = self.continued(energy)?;
        let chi = channel.vertices_at(channel.channel().momentum2(energy));
        let scale = -0.25 * PI * energy.0 * channel.channel().recoil(energy.0);
        Ok((a.determinant(), scale * a.adjugate_form(&chi)))
    }

    /// `K_αβ = χ_αᵀA⁻¹χ_β` on the mass shell of the open channels; symmetric, and real.
    ///
    /// # Units   MeV^{−2}.
    /// # Shapes  `(n, n)`, `n` the number of open channels in the order of the constructor.
    /// # Errors  `Error::Matrix` on a pole of `K`; `Error::Domain` below all thresholds.
    pub fn k_matrix(&self, energy: Mev) -> Result<Matrix<f64>> {
        let a = self.a_matrix(energy)?;
        let dense = Matrix::from_fn(self.rank(), self.rank(), |i, j| a.get(i, j));
        let open = self.open_or_error(energy)?;
        let chi = Matrix::from_fn(self.rank(), open.len(), |a, channel| open[channel].1[a]);
        if self.rank() == 0 {
            return Ok(Matrix::zeros(open.len(), open.len()));
        }
        let solved = Lu::new(&dense)?.solve(&chi)?;
        Ok(contract(&chi, &solved))
    }

    /// `t_αβ` on the mass shell of the open channels.
    ///
    /// # Units   MeV^{−2}.
    /// # Shapes  as [`Heft::k_matrix`].
    /// # Errors  `Error::Domain` below all thresholds.
    pub fn t_matrix(&self, energy: Mev) -> Result<Matrix<Complex64>> {
        let a = self.a_matrix(energy)?;
        let open = self.open_or_error(energy)?;
        let n = self.rank();
        let complex = |x: f64| Complex64::new(x, 0.0);
        let mut dense = Matrix::from_fn(n, n, |i, j| complex(a.get(i, j)));
        for (density, chi) in &open {
            for (i, x) in chi.iter().enumerate() {
                for (j, y) in chi.iter().enumerate() {
                    dense[(i, j)] += Complex64::new(0.0, PI * density * x * y);
                }
            }
        }
        let chi = Matrix::from_fn(n, open.len(), |a, channel| complex(open[channel].1[a]));
        if n == 0 {
            return Ok(Matrix::zeros(open.len(), open.len()));
        }
        let solved = Lu::new(&dense)?.solve(&chi)?;
        Ok(contract(&chi, &solved))
    }

    /// `S_αβ = δ_αβ − 2πi √(ρ_αρ_β) t_αβ`; unitary and symmetric.
    ///
    /// # Shapes    as [`Heft::k_matrix`].
    /// # Accuracy  `S†S = 1` to 1e-12.
    /// # Errors    as [`Heft::t_matrix`].
    pub fn s_matrix(&self, energy: Mev) -> Result<Matrix<Complex64>> {
        let t = self.t_matrix(energy)?;
        let open = self.open_or_error(energy)?;
        Ok(Matrix::from_fn(open.len(), open.len(), |i, j| {
            let unit = Complex64::new(f64::from(u8::from(i == j)), 0.0);
            let flux = (open[i].0 * open[j].0).sqrt();
            unit - Complex64::new(0.0, 2.0 * PI * flux) * t[(i, j)]
        }))
    }

    fn open_or_error(&self, energy: Mev) -> Result<Vec<(f64, Vec<f64>)>> {
        let open = self.open(energy);
        if open.is_empty() {
            return Err(Error::Domain {
                what: "energy",
                value: energy.0,
                expected: format!("above the lowest threshold, {} MeV", self.threshold().0),
            });
        }
        Ok(open)
    }
}

/// `xᵀy`.
fn contract<T>(x: &Matrix<T>, y: &Matrix<T>) -> Matrix<T>
where
    T: crate::linalg::Scalar + std::ops::Mul<Output = T> + std::iter::Sum,
{
    Matrix::from_fn(x.cols(), y.cols(), |i, j| {
        (0..x.rows()).map(|a| x[(a, i)] * y[(a, j)]).sum()
    })
}
