//! φ⁴ theory on a 2×2 torus, where every bond is there twice: a ring of four sites with bonds `4Kφφ'`, summed directly on
//! an even grid of field values; and a site alone.
//!
//! Witness of [`crate::phi4`]: no rows, no Gauss rule, another factorisation. Conventions and couplings are those of that module.

use std::f64::consts::PI;

use crate::phi4::Moments;
use crate::phi4_couplings::Couplings;
use crate::quadrature::line;

/// Logarithm of the ratio at which a weight is nothing.
const NOTHING: f64 = 75.0;

/// Points on each side of zero, from the outermost value to where the weight is nothing again or to zero.
const POINTS: i32 = 55;

/// A 2×2 torus on its grid.
pub struct Square {
    couplings: Couplings,
    /// Where the weight of a uniform field is not nothing.
    values: Vec<f64>,
    /// Logarithm of what every site was divided by.
    height: f64,
    /// `q(φ, φ')`, symmetric, of one doubled bond and half of both sites.
    bond: Vec<Vec<f64>>,
}

impl Square {
    /// Any couplings with `G > 0`.
    #[must_use]
    pub fn new(couplings: Couplings) -> Self {
        let Couplings { k, a, g } = couplings;
        // 4Kφφ' = 2K(φ² + φ'²) − 2K(φ − φ')².
        let ln_site = |phi: f64| -phi * phi * (a - 4.0 * k + g * phi * phi);
        let valley = ((4.0 * k - a) / (2.0 * g)).max(0.0).sqrt();
        let height = ln_site(valley);
        let mut reach = valley;
        while height - ln_site(reach) < NOTHING {
            reach = 1.01 * reach + 1e-3;
        }
        let mut inner = 0.0;
        while height - ln_site(inner) > NOTHING {
            inner += 1e-3 * reach;
        }
        let step = (reach - inner) / f64::from(POINTS);
        let side = |i: i32| inner + step * (f64::from(i) + 0.5);
        let values: Vec<f64> = (0..POINTS)
            .rev()
            .map(|i| -side(i))
            .chain((0..POINTS).map(side))
            .collect();
        let entry = |x: f64, y: f64| {
            let sites = 0.5 * (ln_site(x) + ln_site(y)) - height;
            step * (sites - 2.0 * k * (x - y).powi(2)).exp()
        };
        let bond = values
            .iter()
            .map(|&x| values.iter().map(|&y| entry(x, y)).collect())
            .collect();
        Self {
            couplings,
            values,
            height,
            bond,
        }
    }

    /// `q e^{if(φ)} q` at a frequency: real and imaginary part.
    fn pair(&self, frequency: f64) -> [Vec<Vec<f64>>; 2] {
        let part = |turn: fn(f64) -> f64| {
            let phases: Vec<f64> = self
                .values
                .iter()
                .map(|phi| turn(frequency * phi))
                .collect();
            let row = |from: &Vec<f64>| {
                let mut sum = vec![0.0; from.len()];
                for ((x, phase), to) in from.iter().zip(&phases).zip(&self.bond) {
                    for (sum, y) in sum.iter_mut().zip(to) {
                        *sum += x * phase * y;
                    }
                }
                sum
            };
            self.bond.iter().map(row).collect()
        };
        [part(f64::cos), part(f64::sin)]
    }

    /// The same as [`crate::phi4::Torus::moments`].
    #[must_use]
    pub fn moments(&self) -> Moments {
        let [two, _] = self.pair(0.0);
        let (mut z, mut phi2, mut phi4, mut near, mut across) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (i, (here, from)) in self.values.iter().zip(&two).enumerate() {
            // Row i of q³.
            let mut three = vec![0.0; from.len()];
            for (x, row) in from.iter().zip(&self.bond) {
                for (three, y) in three.iter_mut().zip(row) {
                    *three += x * y;
                }
            }
            for (j, there) in self.values.iter().enumerate() {
                let closed = from[j] * from[j];
                z += closed;
                phi2 += closed * here.powi(2);
                phi4 += closed * here.powi(4);
                across += closed * here * there;
                near += self.bond[i][j] * three[j] * here * there;
            }
        }
        let [phi2, phi4, near, across] = [phi2, phi4, near, across].map(|sum| sum / z);
        let Couplings { k, a, g } = self.couplings;
        Moments {
            ln_z_per_site: self.height + 0.25 * z.ln(),
            phi2,
            phi4,
            link: [near, near],
            action: -4.0 * k * near + a * phi2 + g * phi4,
            correlation: vec![phi2 + near, near + across],
            chi2: phi2 + 2.0 * near + across,
            schwinger_dyson: -8.0 * k * near + 2.0 * a * phi2 + 4.0 * g * phi4 - 1.0,
        }
    }

    /// `Z(iq)`, `q` the source of every site.
    fn turned(&self, q: f64) -> f64 {
        let [re, im] = self.pair(q);
        let mut sum = 0.0;
        for (i, x) in self.values.iter().enumerate() {
            for (j, y) in self.values.iter().enumerate() {
                let (sin, cos) = (q * (x + y)).sin_cos();
                let (r, s) = (re[i][j], im[i][j]);
                sum += cos * (r * r - s * s) - 2.0 * sin * r * s;
            }
        }
        sum
    }

    /// `<|M|>/V`: `|θ| = (2/π)[π²/6 + θ²/4 − Σ_n cos(nθ)/n²]` for `|θ| ≤ 2π`, and `<cos qM> = Z(iq)/Z`.
    #[must_use]
    pub fn abs_m(&self) -> f64 {
        let range = 2.0 * self.values[self.values.len() - 1];
        let z = self.turned(0.0);
        let mut waves = 0.0;
        for n in 1..4 * POINTS {
            let mean = self.turned(f64::from(n) * PI / range) / z;
            waves += mean / f64::from(n * n);
            // Smooth densities have no high frequencies; one that happens to be small is not the last.
            if n > 20 && mean.abs() < 1e-15 {
                break;
            }
        }
        let theta = PI / range;
        let m2 = 4.0 * self.moments().chi2;
        2.0 / PI * (PI * PI / 6.0 + theta * theta * m2 / 4.0 - waves) / theta / 4.0
    }
}

/// `ln ∫dφ e^{−Aφ² − Gφ⁴}`, `<φ²>` and `<φ⁴>`: a site alone, `K = 0`; `G ≥ 0`, and `A > 0` where `G` is zero.
#[must_use]
pub fn single_site(a: f64, g: f64) -> (f64, f64, f64) {
    let ln_weight = |phi: f64| -phi * phi * (a + g * phi * phi);
    let valley = if a < 0.0 {
        (-a / (2.0 * g)).sqrt()
    } else {
        0.0
    };
    let height = ln_weight(valley);
    let mut reach = valley;
    while height - ln_weight(reach) < NOTHING {
        reach = 1.01 * reach + 1e-3;
    }
    let moment = |power: i32| {
        let f = |phi: f64| phi.powi(power) * (ln_weight(phi) - height).exp();
        line(f, reach, reach / 400.0)
    };
    let z = moment(0);
    (height + z.ln(), moment(2) / z, moment(4) / z)
}
