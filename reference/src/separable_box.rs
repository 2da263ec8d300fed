//! A solvable two-body problem, once in infinite volume and once in a periodic box.
//!
//! `H = k² + λ |v⟩⟨v|` with `v(k) = e^{−c²k²}` and `⟨k|k'⟩ = (2π)³δ³`, units `2μ = ħ = 1`. The levels in
//! the box solve `1/λ = L⁻³ Σ_n v²(k_n)/(k² − k_n²)`, `k_n = 2πn/L`; the phase shift follows from the
//! principal-value integral. Lüscher's formula relates the two up to `e^{−L²/8c²}`, which is far below
//! rounding for `c ≤ L/20`: an exact test of the formula that knows no zeta function.

use std::f64::consts::PI;

/// The interaction: strength `λ` (negative attracts) and range `c`.
#[derive(Clone, Copy, Debug)]
pub struct Separable {
    /// `λ`, a length in these units.
    pub strength: f64,
    /// `c`, a length.
    pub range: f64,
}

impl Separable {
    /// `v²(k)`.
    fn form_factor_squared(&self, k2: f64) -> f64 {
        (-2.0 * self.range * self.range * k2).exp()
    }

    /// `PV ∫ d³p/(2π)³ v²(p)/(k² − p²)` for `k² > 0`.
    ///
    /// `p²/(k²−p²) = −1 + k²/(k²−p²)`, and `PV ∫_0^∞ dp/(k²−p²) = 0` takes the pole away.
    #[must_use]
    pub fn propagator(&self, k2: f64) -> f64 {
        let at_pole = self.form_factor_squared(k2);
        let k = k2.sqrt();
        let end = (8.0 / self.range).max(4.0 * k);
        let regular = |p: f64| {
            let gap = k2 - p * p;
            if gap.abs() < 1e-7 * k2 {
                return 2.0 * self.range * self.range * at_pole;
            }
            -at_pole * (2.0 * self.range * self.range * gap).exp_m1() / -gap
        };
        let tail = at_pole / (2.0 * k) * ((end + k) / (end - k)).ln();
        let integral = simpson(regular, 0.0, end, 40_000) + tail;
        let flat = (PI / 8.0).sqrt() / self.range;
        (k2 * integral - flat) / (2.0 * PI * PI)
    }

    /// `k cot δ` in infinite volume.
    #[must_use]
    pub fn k_cot_delta(&self, k2: f64) -> f64 {
        -4.0 * PI * (1.0 / self.strength - self.propagator(k2)) / self.form_factor_squared(k2)
    }

    /// `L⁻³ Σ_n v²(k_n)/(k² − k_n²)` in the box.
    fn box_sum(&self, shells: &[(f64, f64)], k2: f64, length: f64) -> f64 {
        let unit = (2.0 * PI / length).powi(2);
        let term = |&(n2, count): &(f64, f64)| {
            count * self.form_factor_squared(unit * n2) / (k2 - unit * n2)
        };
        shells.iter().rev().map(term).sum::<f64>() / length.powi(3)
    }

    /// `k²` of the first `count` levels above threshold, one between any two non-interacting ones.
    ///
    /// With `λ > 0` a level lies above each non-interacting one, with `λ < 0` below.
    #[must_use]
    pub fn levels(&self, length: f64, count: usize) -> Vec<f64> {
        let cut = 40.0 / (2.0 * (2.0 * PI * self.range / length).powi(2));
        let shells = shells_up_to(cut as usize);
        let unit = (2.0 * PI / length).powi(2);
        let edges = shells.windows(2).take(count);
        edges
            .map(|pair| {
                bisect(unit * pair[0].0, unit * pair[1].0, |k2| {
                    self.box_sum(&shells, k2, length) > 1.0 / self.strength
                })
            })
            .collect()
    }
}

/// `(n², number of integer vectors)` for every occupied shell.
fn shells_up_to(n2_max: usize) -> Vec<(f64, f64)> {
    let reach = (n2_max as f64).sqrt() as i64 + 1;
    let mut counts = vec![0.0; n2_max + 1];
    for x in -reach..=reach {
        for y in -reach..=reach {
            for z in -reach..=reach {
                if let Some(count) = counts.get_mut((x * x + y * y + z * z) as usize) {
                    *count += 1.0;
                }
            }
        }
    }
    let shells = counts
        .into_iter()
        .enumerate()
        .filter(|(_, count)| *count > 0.0);
    shells.map(|(n2, count)| (n2 as f64, count)).collect()
}

fn simpson(f: impl Fn(f64) -> f64, low: f64, high: f64, panels: usize) -> f64 {
    let h = (high - low) / (2 * panels) as f64;
    let at = |i: usize| f(low + h * i as f64);
    let odd: f64 = (0..panels).map(|i| at(2 * i + 1)).sum();
    let even: f64 = (1..panels).map(|i| at(2 * i)).sum();
    h / 3.0 * (at(0) + 4.0 * odd + 2.0 * even + at(2 * panels))
}

/// The point where `above` turns from true to false.
fn bisect(mut low: f64, mut high: f64, above: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if above(middle) {
            low = middle
        } else {
            high = middle
        }
    }
}
