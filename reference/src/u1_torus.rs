//! Compact U(1) gauge theory in two dimensions on a periodic `Lx × Ly` lattice, `S = −β Σ_P cos θ_P`, `V = Lx·Ly`.
//!
//! `Z = ∏ ∫dθ/2π e^{−S}`, so that `Z(β=0) = 1`. Every plaquette is `Σ_n I_n(β) e^{inθ}`; the links force one `n` upon all of
//! them: `Z = Σ_n I_n^V`. An angle θ adds `iθQ`, with `2πQ = Σ_P θ_P` and `θ_P` in `(−π, π]`, and shifts `n`:
//! `Z(θ) = Σ_n C(n + θ/2π)^V`, `C(ν) = (1/π) ∫₀^π e^{β cos p} cos νp dp`. Charges are its Fourier coefficients.
//!
//! Everything is scaled by `e^{−β}` a plaquette and in double-double. Bessel functions come from Miller's backward
//! recurrence, `C(ν)` from them by the cardinal series `Σ_n I_n sinc(ν − n)`: no integral is done numerically but that over ν.
//!
//! Source: A. A. Migdal, Sov. Phys. JETP 42 (1975) 413 for the characters; the rest is derived here.

use std::ops::Add;

use crate::dd::Dd;

/// A torus, or a single plaquette (`volume` 1 gives the density of one angle).
pub struct Torus {
    volume: u32,
    beta: f64,
    /// `e^{−β} I_n(β)`, `n = 0, 1, …` until it is nothing.
    scaled: Vec<Dd>,
}

/// The trapezoid rule in ν: spacing `1/STEPS`, whose aliases are `Q` modulo `STEPS`; `|ν| ≤ REACH`.
const STEPS: i64 = 128;
const REACH: i64 = 25;

/// `<cos θ_P>` and the weight of one sector.
#[derive(Clone, Copy, Debug)]
pub struct Sector {
    /// `Z_Q/Z`.
    pub weight: Dd,
    /// `<cos θ_P>_Q`.
    pub plaquette: Dd,
}

impl Torus {
    /// `V = volume` plaquettes at `0 < β ≤ 50`.
    #[must_use]
    pub fn new(volume: u32, beta: f64) -> Self {
        assert!(
            volume > 0 && beta > 0.0 && beta <= 50.0,
            "the caller asks for V = {volume}, beta = {beta}"
        );
        Self {
            volume,
            beta,
            scaled: scaled_bessel(beta),
        }
    }

    /// `e^{−β} I_n(β)`.
    fn bessel(&self, n: i64) -> Dd {
        let n = n.unsigned_abs() as usize;
        self.scaled.get(n).copied().unwrap_or(Dd::ZERO)
    }

    /// The orders that count.
    fn orders(&self) -> impl Iterator<Item = i64> + use<> {
        let top = self.scaled.len() as i64 - 1;
        -top..=top
    }

    /// `Σ_n f(n)`.
    fn sum(&self, f: impl Fn(i64) -> Dd) -> Dd {
        self.orders().map(f).fold(Dd::ZERO, Add::add)
    }

    /// `(I_n/I_0)^k`: scaled once more, since `I_0^V e^{−βV}` underflows for large V.
    fn power(&self, n: i64, k: u32) -> Dd {
        (self.bessel(n) / self.bessel(0)).powi(k)
    }

    fn v(&self) -> Dd {
        Dd::from(f64::from(self.volume))
    }

    /// `Z/I_0^V`.
    fn z(&self) -> Dd {
        self.sum(|n| self.power(n, self.volume))
    }

    /// `ln Z/V`.
    #[must_use]
    pub fn ln_z_per_site(&self) -> Dd {
        Dd::from(self.beta) + self.bessel(0).ln() + self.z().ln() / self.v()
    }

    /// `<cos θ_P> = d ln Z/dβ/V = Σ I_n^{V−1} I_n'/Z`, `I_n' = (I_{n−1} + I_{n+1})/2`.
    #[must_use]
    pub fn plaquette(&self) -> Dd {
        self.sum(|n| self.power(n, self.volume - 1) * self.slope(n)) / self.z()
    }

    /// `I_n'/I_0`.
    fn slope(&self, n: i64) -> Dd {
        (self.power(n - 1, 1) + self.power(n + 1, 1)) / Dd::from(2.0)
    }

    /// `var(Σ_P cos θ_P) = d² ln Z/dβ²`, `I_n'' = (I_{n−2} + 2 I_n + I_{n+2})/4`.
    #[must_use]
    pub fn var_sum_cos(&self) -> Dd {
        let (v, one) = (self.v(), Dd::ONE);
        let second = self.sum(|n| {
            let slope = self.slope(n);
            let curvature = (self.slope(n - 1) + self.slope(n + 1)) / Dd::from(2.0);
            let mixed = self.power(n, self.volume.saturating_sub(2)) * slope * slope * (v - one);
            v * (mixed + self.power(n, self.volume - 1) * curvature)
        });
        let mean = v * self.plaquette();
        second / self.z() - mean * mean
    }

    /// A contractible Wilson loop around `area = R·T` plaquettes, `R < Lx` and `T < Ly`,
    /// `W(A) = Σ_n I_n^{V−A} (I_{n+1}^A + I_{n−1}^A)/2Z`.
    #[must_use]
    pub fn wilson_loop(&self, area: u32) -> Dd {
        assert!(area < self.volume, "the caller asks for the whole torus");
        let sum = self.sum(|n| {
            let inside = self.power(n + 1, area) + self.power(n - 1, area);
            self.power(n, self.volume - area) * inside
        });
        sum / (self.z() + self.z())
    }

    /// `<Q_sin²>` of `Q_sin = Σ_P sin θ_P/2π`, by `[V<P>/β − V²<n²>/β²]/4π²`, `<n²> = Σ n² I_n^V/Z`.
    #[must_use]
    pub fn q_sin2(&self) -> Dd {
        let square = |n: i64| Dd::from((n * n) as f64) * self.power(n, self.volume);
        let n2 = self.sum(square) / self.z();
        let per_beta = self.v() / Dd::from(self.beta);
        (per_beta * self.plaquette() - per_beta * per_beta * n2) / (tau() * tau())
    }

    /// `<Q²> = −d² ln Z(θ)/dθ²` at 0, from the derivatives of the cardinal series at whole numbers:
    /// `C'(n) = Σ_m I_m (−1)^{n−m}/(n−m)`, `C''(n) = −π² I_n/3 − 2 Σ_m I_m (−1)^{n−m}/(n−m)²`, `m ≠ n`.
    #[must_use]
    pub fn q2(&self) -> Dd {
        let (v, one, two) = (self.v(), Dd::ONE, Dd::from(2.0));
        let sum = self.sum(|n| {
            let mut slope = Dd::ZERO;
            let mut curvature = -(Dd::PI * Dd::PI * self.power(n, 1)) / Dd::from(3.0);
            for m in self.orders().filter(|&m| m != n) {
                let distance = Dd::from((n - m) as f64);
                let term = signed(n - m, self.power(m, 1) / distance);
                slope = slope + term;
                curvature = curvature - two * term / distance;
            }
            let mixed = self.power(n, self.volume.saturating_sub(2)) * slope * slope * (v - one);
            v * (mixed + self.power(n, self.volume - 1) * curvature)
        });
        -sum / self.z() / (tau() * tau())
    }

    /// `C(ν)/I_0` by the cardinal series.
    fn at_real_order(&self, nu: Dd) -> Dd {
        let nearest = nu.to_f64().round();
        if (nu - Dd::from(nearest)).to_f64() == 0.0 {
            return self.power(nearest as i64, 1);
        }
        let series = self.sum(|n| signed(n, self.power(n, 1) / (nu - Dd::from(n as f64))));
        sin_pi(nu) / Dd::PI * series
    }

    /// `Z(θ)/Z(0) = Σ_n C(n + θ/2π)^V/Z`.
    #[must_use]
    pub fn z_theta(&self, theta: f64) -> Dd {
        let shift = Dd::from(theta) / tau();
        let terms = (-REACH..=REACH).map(|n| {
            let c = self.at_real_order(Dd::from(n as f64) + shift);
            c.powi(self.volume)
        });
        terms.fold(Dd::ZERO, Add::add) / self.z()
    }

    /// The sectors of the charges, `Z_Q = ∫dν C(ν)^V cos 2πνQ`, `<P>_Q = ∫dν C^{V−1} C_1 cos 2πνQ/Z_Q`,
    /// `C_1(ν) = [C(ν−1) + C(ν+1)]/2`, for `|Q| ≤ 60`.
    ///
    /// # Accuracy  `Z_Q/Z` to 1e-24 from 4×4 plaquettes on, 1e-12 on 2×2, where `C(ν)^V` falls slowly; and the weight of the
    /// alias `128 − |Q|`.
    #[must_use]
    pub fn sectors(&self, charges: &[i64]) -> Vec<Sector> {
        assert!(
            charges.iter().all(|q| q.abs() <= 60),
            "the caller asks for the charges {charges:?}"
        );
        let steps = Dd::from(STEPS as f64);
        let top = (REACH + 1) * STEPS;
        let c: Vec<Dd> = (-top..=top)
            .map(|k| self.at_real_order(Dd::from(k as f64) / steps))
            .collect();
        let at = |k: i64| c[(k + top) as usize];
        let turn: Vec<Dd> = (0..STEPS)
            .map(|k| sin_pi(Dd::from(0.5) + Dd::from((2 * k) as f64) / steps))
            .collect();
        let edge = REACH * STEPS;
        let powers: Vec<Dd> = (-edge..=edge)
            .map(|k| at(k).powi(self.volume - 1))
            .collect();
        let sector = |&q: &i64| {
            let (mut weight, mut with_cos) = (Dd::ZERO, Dd::ZERO);
            for (k, &power) in (-edge..=edge).zip(&powers) {
                let wave = power * turn[(k * q).rem_euclid(STEPS) as usize];
                weight = weight + wave * at(k);
                with_cos = with_cos + wave * (at(k - STEPS) + at(k + STEPS)) / Dd::from(2.0);
            }
            Sector {
                weight: weight / steps / self.z(),
                plaquette: with_cos / weight,
            }
        };
        charges.iter().map(sector).collect()
    }
}

/// The plaquettes of an infinite lattice, or one with open edges, are independent: `ln I_0` each.
#[derive(Clone, Copy, Debug)]
pub struct Infinite {
    /// `ln Z/V = ln I_0(β)`.
    pub ln_z_per_site: Dd,
    /// `<cos θ_P> = I_1/I_0`.
    pub plaquette: Dd,
    /// `χ_t = <θ_P²>/4π²`, `θ_P` in `(−π, π]`.
    pub chi_t: Dd,
}

/// The infinite lattice at coupling β.
#[must_use]
pub fn infinite(beta: f64) -> Infinite {
    let one = Torus::new(1, beta);
    let orders = one.orders().filter(|&n| n != 0);
    let term = |n: i64| signed(n, one.power(n, 1)) / Dd::from((n * n) as f64);
    let tail = orders.map(term).fold(Dd::ZERO, Add::add);
    // −C''(0)/I_0
    let square = Dd::PI * Dd::PI / Dd::from(3.0) + tail + tail;
    Infinite {
        ln_z_per_site: Dd::from(beta) + one.bessel(0).ln(),
        plaquette: one.power(1, 1),
        chi_t: square / (tau() * tau()),
    }
}

/// `e^{−β} I_n(β)`, `n = 0 ..`, down to 1e-40: Miller's backward recurrence `I_{n−1} = I_{n+1} + (2n/β) I_n`, normalised
/// by `e^β = I_0 + 2 Σ I_n`.
///
/// # Accuracy  absolute 1e-30; the arbitrary start is forgotten long before the values count.
/// # Source    J. C. P. Miller, British Association Mathematical Tables X (1952).
#[must_use]
pub fn scaled_bessel(beta: f64) -> Vec<Dd> {
    let start = 80 + 4 * beta.ceil() as usize;
    let mut values = vec![Dd::ZERO; start + 2];
    values[start] = Dd::from(1e-300);
    for n in (1..=start).rev() {
        let factor = Dd::from(2.0 * n as f64) / Dd::from(beta);
        values[n - 1] = values[n + 1] + factor * values[n];
        if values[n - 1].to_f64() > 1e200 {
            // Keeps the numbers in range; what falls out of it is nothing beside the last.
            let shrink = Dd::from(1e-300);
            values[n - 1..].iter_mut().for_each(|x| *x = *x * shrink);
        }
    }
    let others = values[1..].iter().fold(Dd::ZERO, |sum, &x| sum + x);
    let norm = values[0] + others + others;
    let scaled = values.iter().map(|&x| x / norm);
    scaled.take_while(|x| x.to_f64() > 1e-40).collect()
}

fn tau() -> Dd {
    Dd::PI + Dd::PI
}

/// `(−1)ⁿ x`.
fn signed(n: i64, x: Dd) -> Dd {
    if n % 2 == 0 { x } else { -x }
}

/// `sin πx`, the Taylor series on `|x| ≤ ½`.
fn sin_pi(x: Dd) -> Dd {
    let nearest = x.to_f64().round();
    let r = (x - Dd::from(nearest)) * Dd::PI;
    let mut term = r;
    let mut sine = r;
    for k in 1..20 {
        term = -(term * r * r) / Dd::from(f64::from(2 * k * (2 * k + 1)));
        sine = sine + term;
    }
    signed(nearest as i64, sine)
}
