//! Independent draws of a free field.

use std::f64::consts::TAU;
use std::fmt;
use std::sync::Arc;

use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

use crate::density::{Aux, Info, Kernel};
use crate::error::{Error, Result};
use crate::lattice::{Field, Lattice, RealLine};
use crate::rng::Chains;

/// Draws from `e^{−S}` with `S = Σ_x [−2K Σ_μ φ_x φ_{x+μ} + A φ_x²]`, each one independent of all others: white noise whose
/// modes are given the variance `1/2(A − 2K Σ_μ cos p_μ)`. Exact, in any dimension.
///
/// With `K = 1`, `A = 2d + m²` the variance is `1/2(p̂² + m²)`.
///
/// # Witness  `reference::free_field`.
pub struct FreeField {
    lattice: Arc<Lattice>,
    /// `1/V√(2M_p)`, in the order of the sites.
    amplitudes: Vec<f64>,
    /// There and back, for every direction.
    plans: Vec<[Arc<dyn Fft<f64>>; 2]>,
}

impl fmt::Debug for FreeField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "free-field({:?})", self.lattice.extents())
    }
}

impl FreeField {
    /// The field on `lattice` with these coefficients.
    ///
    /// # Errors  `Error::Argument` for coefficients that are not finite, or that leave a mode without a norm.
    pub fn new(lattice: &Arc<Lattice>, hopping: f64, quadratic: f64) -> Result<Self> {
        let (sites, extents) = (lattice.sites(), lattice.extents());
        let stiffness = |site: usize| {
            let waves = lattice.coordinates(site).into_iter().zip(extents);
            let cosines: f64 = waves
                .map(|(k, &extent)| (TAU * k as f64 / extent as f64).cos())
                .sum();
            (-2.0 * hopping).mul_add(cosines, quadratic)
        };
        let mut amplitudes = Vec::with_capacity(sites);
        for site in 0..sites {
            let stiffness = stiffness(site);
            if !(stiffness > 0.0 && stiffness.is_finite()) {
                let found = format!("hopping {hopping}, quadratic {quadratic}");
                let mode = lattice.coordinates(site);
                let expected =
                    format!("A − 2K Σ cos p > 0, which is {stiffness} for mode {mode:?}");
                return Err(Error::argument("couplings", found, expected));
            }
            amplitudes.push((2.0 * stiffness).sqrt().recip() / sites as f64);
        }
        let mut planner = FftPlanner::new();
        let plans = extents
            .iter()
            .map(|&extent| {
                [
                    planner.plan_fft_forward(extent),
                    planner.plan_fft_inverse(extent),
                ]
            })
            .collect();
        Ok(Self {
            lattice: Arc::clone(lattice),
            amplitudes,
            plans,
        })
    }

    /// Along every direction, unnormalised.
    fn transform(&self, modes: &mut [Complex64], back: bool) {
        let mut stride = modes.len();
        for (plans, &extent) in self.plans.iter().zip(self.lattice.extents()) {
            let span = stride;
            stride /= extent;
            let plan = &plans[usize::from(back)];
            let mut line = vec![Complex64::default(); extent];
            let mut scratch = vec![Complex64::default(); plan.get_inplace_scratch_len()];
            for block in modes.chunks_exact_mut(span) {
                for start in 0..stride {
                    for (z, mode) in line.iter_mut().zip(block[start..].iter().step_by(stride)) {
                        *z = *mode;
                    }
                    plan.process_with_scratch(&mut line, &mut scratch);
                    let modes = block[start..].iter_mut().step_by(stride);
                    for (mode, z) in modes.zip(&line) {
                        *mode = *z;
                    }
                }
            }
        }
    }

    /// A field of every chain.
    ///
    /// # Panics  if the field is not one number a site of the lattice.
    pub fn draw(&self, q: &mut Field<RealLine>, r: &mut Chains) {
        assert!(
            q.lattice() == &self.lattice && q.variables() == 1,
            "{self:?}: a field of {:?} with {} variables a site",
            q.lattice().extents(),
            q.variables()
        );
        let chains = q.chains();
        let numbers = q.numbers_mut();
        r.normal(numbers);
        let mut modes = vec![Complex64::default(); self.lattice.sites()];
        for chain in 0..chains {
            let own = numbers[chain..].iter().step_by(chains);
            for (mode, noise) in modes.iter_mut().zip(own) {
                *mode = Complex64::new(*noise, 0.0);
            }
            self.transform(&mut modes, false);
            for (mode, amplitude) in modes.iter_mut().zip(&self.amplitudes) {
                *mode *= *amplitude;
            }
            self.transform(&mut modes, true);
            // The amplitudes of p and −p are the same, so that nothing imaginary is left.
            let own = numbers[chain..].iter_mut().step_by(chains);
            for (number, mode) in own.zip(&modes) {
                *number = mode.re;
            }
        }
    }
}

impl Kernel<RealLine> for FreeField {
    /// A draw counts as one action.
    fn step(&mut self, q: &mut Field<RealLine>, _aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        info.reset(q.chains());
        self.draw(q, r);
        info.actions += q.chains() as u64;
        info.accepted.fill(true);
    }
}
