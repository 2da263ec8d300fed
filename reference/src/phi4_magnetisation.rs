//! Moments of the magnetisation `M = Σ_x φ(x)` on the tori of [`crate::phi4`]: a source on every row.
//!
//! Even powers by a power series in the source; `<|M|>`, which is not smooth, by its Fourier series and an imaginary source.

use crate::phi4::{Torus, dot};

/// Moments of `M`.
#[derive(Clone, Copy, Debug)]
pub struct Magnetisation {
    /// `<M²>/V`.
    pub m2_per_site: f64,
    /// `<M⁴>/V²`.
    pub m4_per_site2: f64,
    /// `U = 1 − <M⁴>/(3<M²>²)`.
    pub binder: f64,
}

impl Torus {
    /// `<M²>` and `<M⁴>`, each divided by the volume once for every two powers, and Binder's `U = 1 − <M⁴>/(3<M²>²)`.
    ///
    /// Power series of `e^{hM}` to fourth order, row after row.
    #[must_use]
    pub fn magnetisation(&self) -> Magnetisation {
        let mut series = [0.0; 5];
        for &(a, count) in &self.classes {
            let first = self.row(a);
            // Coefficients of h^k that the rows between a and the last have gathered.
            let mut gathered = vec![first.clone()];
            for _ in 2..self.l1 {
                gathered = (0..5)
                    .map(|k| self.apply(&self.sourced(&gathered, k, 0.0)))
                    .collect();
            }
            for (k, total) in series.iter_mut().enumerate() {
                *total += count * dot(&first, &self.sourced(&gathered, k, self.total[a]));
            }
        }
        let sites = (self.l0 * self.l1) as f64;
        let (m2, m4) = (2.0 * series[2] / series[0], 24.0 * series[4] / series[0]);
        Magnetisation {
            m2_per_site: m2 / sites,
            m4_per_site2: m4 / (sites * sites),
            binder: 1.0 - m4 / (3.0 * m2 * m2),
        }
    }

    /// Coefficient of `h^k` in `e^{h(O + shift)} Σ_j h^j gathered_j`.
    fn sourced(&self, gathered: &[Vec<f64>], k: usize, shift: f64) -> Vec<f64> {
        let mut sum = vec![0.0; self.total.len()];
        for (j, row) in gathered.iter().enumerate().take(k + 1) {
            let power = (k - j) as i32;
            let factorial: f64 = (1..=k - j).map(|i| i as f64).product();
            for ((sum, x), o) in sum.iter_mut().zip(row).zip(&self.total) {
                *sum += x * (o + shift).powi(power) / factorial;
            }
        }
        sum
    }

    /// `<|M|>/V`, from `Z(iq) = <cos qM> Z` at the frequencies `q = nπ/range`:
    /// `|θ| = (2/π)[π²/6 + θ²/4 − Σ_n cos(nθ)/n²]` for `θ = πM/range`, `|θ| ≤ 2π`.
    ///
    /// `frequencies` of them must do: `<cos qM>` falls like that of a smooth density. The nodes must be even.
    #[must_use]
    pub fn abs_m(&self, frequencies: usize) -> f64 {
        let sites = (self.l0 * self.l1) as f64;
        let range = 0.5 * sites * self.nodes[self.nodes.len() - 1];
        let mut z = vec![0.0; frequencies + 1];
        for &(a, count) in &self.classes {
            let first = self.row(a);
            for (n, z) in z.iter_mut().enumerate() {
                *z += count * self.turned(a, &first, n as f64 * std::f64::consts::PI / range);
            }
        }
        let m2 = self.magnetisation().m2_per_site * sites;
        let theta = std::f64::consts::PI / range;
        let waves: f64 = (1..=frequencies)
            .map(|n| z[n] / z[0] / (n * n) as f64)
            .sum();
        let pi = std::f64::consts::PI;
        2.0 / pi * (pi * pi / 6.0 + theta * theta * m2 / 4.0 - waves) / theta / sites
    }

    /// `Σ cos(qM) e^{−S}` over all that begins at row `a`, whose `T(a, ·)` is `first`.
    fn turned(&self, a: usize, first: &[f64], q: f64) -> f64 {
        let turn = |re: &mut [f64], im: &mut [f64], shift: f64| {
            for ((re, im), o) in re.iter_mut().zip(im).zip(&self.total) {
                let (sin, cos) = (q * (o + shift)).sin_cos();
                (*re, *im) = (*re * cos - *im * sin, *re * sin + *im * cos);
            }
        };
        let (mut re, mut im) = (first.to_vec(), vec![0.0; first.len()]);
        for _ in 2..self.l1 {
            turn(&mut re, &mut im, 0.0);
            (re, im) = (self.apply(&re), self.apply(&im));
        }
        turn(&mut re, &mut im, self.total[a]);
        dot(&re, first)
    }
}
