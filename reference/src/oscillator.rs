//! The harmonic oscillator `V = ½mω²x²` on the periodic lattice of times of [`crate::quantum`], in closed form.
//!
//! With `cosh w = 1 + a²ω²/2` and `Ω = ω√(1 + a²ω²/4)`: `Z = 1/(2 sinh(Nw/2))`, levels `(n + ½)w/a` and
//! `<x_0 x_k> = cosh((N/2 − k)w)/(2mΩ sinh(Nw/2))`; everything else by Wick's theorem.
//!
//! Source: M. Creutz, B. Freedman, Ann. Phys. 132 (1981) 427, appendix.

/// An oscillator on a ring of `N` times.
#[derive(Clone, Copy, Debug)]
pub struct Oscillator {
    /// `m`.
    pub mass: f64,
    /// `ω`.
    pub omega: f64,
    /// `a`.
    pub spacing: f64,
    /// `N`.
    pub times: usize,
}

impl Oscillator {
    /// `w`, the energy of one quantum times `a`.
    #[must_use]
    pub fn step(&self) -> f64 {
        // cosh w − 1 = 2 sinh²(w/2).
        2.0 * (0.5 * self.spacing * self.omega).asinh()
    }

    /// `ln Z`.
    #[must_use]
    pub fn ln_z(&self) -> f64 {
        let whole = self.times as f64 * self.step();
        -0.5 * whole - (-(-whole).exp()).ln_1p()
    }

    /// `−ln λ_n/a`.
    #[must_use]
    pub fn level(&self, n: usize) -> f64 {
        (n as f64 + 0.5) * self.step() / self.spacing
    }

    /// `<x_0 x_k>`, `k ≤ N`.
    #[must_use]
    pub fn g2(&self, k: usize) -> f64 {
        let slope = self.omega * (1.0 + (0.5 * self.spacing * self.omega).powi(2)).sqrt();
        let half = 0.5 * self.times as f64 * self.step();
        let apart = half - k as f64 * self.step();
        apart.cosh() / (2.0 * self.mass * slope * half.sinh())
    }

    /// `<x_0² x_k²> − <x²>²`.
    #[must_use]
    pub fn g4_connected(&self, k: usize) -> f64 {
        2.0 * self.g2(k).powi(2)
    }
}
