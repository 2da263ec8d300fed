//! φ⁴ theory on a periodic `L0 × L1` lattice by the transfer matrix between rows of `L0` sites.
//!
//! Master form: `S = Σ_x [−2K Σ_μ φ(x)φ(x+μ) + A φ² + G φ⁴]`, measure `∏ dφ`, lattice units. At extent 2 both bonds
//! between two sites are kept. `O` is the sum of a row, `M` that of the lattice.
//!
//! # Design
//! Every site takes the nodes of a Gauss rule for `e^{−(A − cK)φ² − Gφ⁴}`, `c = 3` or, in deep valleys, 4, so that the sum over nodes converges faster
//! than any power in their number. Between rows, `T(φ, φ') = W(φ)^½ ∏ e^{−K(φ_x − φ'_x)²} W(φ')^½` is a product over
//! sites: it is applied to a row vector one site at a time, and never stored. All that is asked for follows from the rows
//! `T^t(a, ·)`, one `a` for every class under rotations and reflections of the row and `φ → −φ`.
//!
//! # Witness
//! [`crate::phi4_square`]: a 2×2 torus by direct sums. Isotropy on square tori: one direction is inside a row, the other
//! between rows. The Schwinger–Dyson equation `−4K link + 2A<φ²> + 4G<φ⁴> = 1`.

use crate::gauss::gauss;
use crate::phi4_couplings::Couplings;

/// Where a site has its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nodes {
    /// A Gauss rule: the fewest for sums of polynomials.
    Gauss(usize),
    /// An even grid: what [`Torus::abs_m`] needs, whose waves are finer than the nodes of a Gauss rule.
    Even(usize),
}

/// A torus with its nodes.
pub struct Torus {
    pub(crate) l0: usize,
    pub(crate) l1: usize,
    couplings: Couplings,
    pub(crate) nodes: Vec<f64>,
    /// Logarithm of what every site was divided by, so that nothing overflows.
    height: f64,
    /// `e^{−K(φ_i − φ_j)²}`.
    bond: Vec<Vec<f64>>,
    /// `√W` of every row; node of site `x` is digit `x` of the index, the first site the highest.
    root_weight: Vec<f64>,
    /// `O` of every row.
    pub(crate) total: Vec<f64>,
    /// One row of every class, and how many there are.
    pub(crate) classes: Vec<(usize, f64)>,
}

/// Expectation values.
#[derive(Clone, Debug)]
pub struct Moments {
    /// `ln Z/V`.
    pub ln_z_per_site: f64,
    /// `<φ²>`.
    pub phi2: f64,
    /// `<φ⁴>`.
    pub phi4: f64,
    /// `<φ(x)φ(x+μ)>`, `μ = 0` along a row.
    pub link: [f64; 2],
    /// `<S>/V`.
    pub action: f64,
    /// `C(t) = Σ_x'<φ(x', t)φ(0, 0)>`, `t = 0 ..= L1/2`.
    pub correlation: Vec<f64>,
    /// `χ₂ = <M²>/V = Σ_t C(t)`.
    pub chi2: f64,
    /// `−4K link + 2A<φ²> + 4G<φ⁴> − 1`, zero up to rounding.
    pub schwinger_dyson: f64,
}

impl Torus {
    /// `L0, L1 ≥ 2`; the cost grows with the `2 L0`-th power of the nodes. With 20 nodes of a Gauss rule the symmetric
    /// phase is exact to `1e−13`; [`Moments::schwinger_dyson`] tells.
    #[must_use]
    pub fn new(l0: usize, l1: usize, couplings: Couplings, nodes: Nodes) -> Self {
        assert!(
            l0 >= 2 && l1 >= 2 && couplings.g > 0.0,
            "the caller asks for {l0} x {l1}, {couplings:?}"
        );
        // The lowest point of −ln weight, and from there to where nothing is left.
        let pull = couplings.followers() * couplings.k - couplings.a;
        let valley = (pull / (2.0 * couplings.g)).max(0.0).sqrt();
        let height = couplings.ln_weight(valley);
        let mut reach = valley;
        while height - couplings.ln_weight(reach) < 75.0 {
            reach *= 1.01;
            reach += 1e-3;
        }
        let ln_weight = |phi: f64| couplings.ln_weight(phi) - height;
        let rule = match nodes {
            Nodes::Gauss(order) => gauss(order, ln_weight, reach),
            Nodes::Even(count) => even(count, ln_weight, reach),
        };
        let nodes: Vec<f64> = rule.iter().map(|&(phi, _)| phi).collect();
        let bond_between = |x: f64, y: f64| (-couplings.k * (x - y).powi(2)).exp();
        let bond = nodes
            .iter()
            .map(|&x| nodes.iter().map(|&y| bond_between(x, y)).collect())
            .collect();
        let mut torus = Self {
            l0,
            l1,
            couplings,
            nodes,
            height,
            bond,
            root_weight: Vec::new(),
            total: Vec::new(),
            classes: Vec::new(),
        };
        torus.rows(&rule);
        torus
    }

    /// Weight and sum of every row, and the classes.
    fn rows(&mut self, rule: &[(f64, f64)]) {
        let (order, height) = (rule.len(), self.height);
        let Couplings { k, a, g } = self.couplings;
        // Both neighbours in both directions: 4Kφ² of every site is in the squares of the differences.
        let site: Vec<f64> = rule
            .iter()
            .map(|&(phi, weight)| {
                let square = phi * phi;
                // The rule's own weight is taken out, and e^{height} a site left for ln Z.
                let ln_weight = self.couplings.ln_weight(phi) - height;
                weight * (-square * (a - 4.0 * k + g * square) - height - ln_weight).exp()
            })
            .collect();
        let mut count = vec![0.0; order.pow(self.l0 as u32)];
        for index in 0..count.len() {
            let row = self.digits(index);
            count[self.class_of(&row)] += 1.0;
            let mut weight = 1.0;
            for x in 0..self.l0 {
                weight *= site[row[x]] * self.bond[row[x]][row[(x + 1) % self.l0]];
            }
            self.root_weight.push(weight.sqrt());
            self.total.push(row.iter().map(|&i| self.nodes[i]).sum());
        }
        // Counted with their weight: those that are nothing need not be run.
        let heaviest = self.root_weight.iter().copied().fold(0.0, f64::max);
        self.classes = (0..count.len())
            .filter(|&index| count[index] > 0.0 && self.root_weight[index] > 1e-14 * heaviest)
            .map(|index| (index, count[index]))
            .collect();
    }

    fn digits(&self, index: usize) -> Vec<usize> {
        let order = self.nodes.len();
        let mut rest = index;
        let mut digits: Vec<usize> = (0..self.l0)
            .map(|_| {
                let digit = rest % order;
                rest /= order;
                digit
            })
            .collect();
        digits.reverse();
        digits
    }

    /// The smallest index among the images of a row.
    fn class_of(&self, row: &[usize]) -> usize {
        let order = self.nodes.len();
        let mut smallest = usize::MAX;
        for turn in 0..self.l0 {
            for mirrored in [false, true] {
                let at = |x: usize| {
                    let x = if mirrored { self.l0 - 1 - x } else { x };
                    row[(x + turn) % self.l0]
                };
                let plain = (0..self.l0).fold(0, |index, x| index * order + at(x));
                let negated = (0..self.l0).fold(0, |index, x| index * order + order - 1 - at(x));
                smallest = smallest.min(plain).min(negated);
            }
        }
        smallest
    }

    /// `v T`: site after site, the first digit is summed over and returns as the last.
    pub(crate) fn apply(&self, v: &[f64]) -> Vec<f64> {
        let order = self.nodes.len();
        let rest = v.len() / order;
        let mut now: Vec<f64> = v
            .iter()
            .zip(&self.root_weight)
            .map(|(v, w)| v * w)
            .collect();
        for _ in 0..self.l0 {
            let mut next = vec![0.0; now.len()];
            for (from, bond) in now.chunks_exact(rest).zip(&self.bond) {
                for (to, x) in next.chunks_exact_mut(order).zip(from) {
                    for (to, bond) in to.iter_mut().zip(bond) {
                        *to += x * bond;
                    }
                }
            }
            now = next;
        }
        now.iter()
            .zip(&self.root_weight)
            .map(|(v, w)| v * w)
            .collect()
    }

    /// `T(a, ·)`.
    pub(crate) fn row(&self, a: usize) -> Vec<f64> {
        let mut unit = vec![0.0; self.total.len()];
        unit[a] = 1.0;
        self.apply(&unit)
    }

    /// All that rows at most one operator each give.
    #[must_use]
    pub fn moments(&self) -> Moments {
        let sites = (self.l0 * self.l1) as f64;
        let per_row = 1.0 / self.l0 as f64;
        let (mut z, mut phi2, mut phi4, mut link) = (0.0, 0.0, 0.0, [0.0; 2]);
        let mut correlation = vec![0.0; self.l1 / 2 + 1];
        for &(a, count) in &self.classes {
            let mut powers = vec![self.row(a)];
            for t in 1..self.l1 - 1 {
                powers.push(self.apply(&powers[t - 1]));
            }
            let fields: Vec<f64> = self.digits(a).iter().map(|&i| self.nodes[i]).collect();
            // Σ_b T^t(a, b) f(b) T^{L1−t}(b, a); t = 0 is the row itself.
            let first = &powers[0];
            let last = &powers[self.l1 - 2];
            let closed = count * dot(first, last);
            z += closed;
            phi2 += closed * per_row * fields.iter().map(|f| f.powi(2)).sum::<f64>();
            phi4 += closed * per_row * fields.iter().map(|f| f.powi(4)).sum::<f64>();
            let inside: f64 = (0..self.l0)
                .map(|x| fields[x] * fields[(x + 1) % self.l0])
                .sum();
            link[0] += closed * per_row * inside;
            link[1] += count * per_row * self.between(&fields, first, last);
            correlation[0] += closed * per_row * self.total[a].powi(2);
            for (t, sum) in correlation.iter_mut().enumerate().skip(1) {
                let there = powers[t - 1].iter().zip(&powers[self.l1 - t - 1]);
                let total: f64 = there.zip(&self.total).map(|((p, q), o)| p * q * o).sum();
                *sum += count * per_row * self.total[a] * total;
            }
        }
        for sum in [&mut phi2, &mut phi4]
            .into_iter()
            .chain(&mut link)
            .chain(&mut correlation)
        {
            *sum /= z;
        }
        let Couplings { k, a, g } = self.couplings;
        let both = link[0] + link[1];
        let chi2 = (0..self.l1).map(|t| correlation[t.min(self.l1 - t)]).sum();
        Moments {
            ln_z_per_site: self.height + z.ln() / sites,
            phi2,
            phi4,
            link,
            action: -2.0 * k * both + a * phi2 + g * phi4,
            correlation,
            chi2,
            schwinger_dyson: -4.0 * k * both + 2.0 * a * phi2 + 4.0 * g * phi4 - 1.0,
        }
    }

    /// `Σ_b p(b) q(b) Σ_x φ_x φ_x(b)`.
    fn between(&self, fields: &[f64], p: &[f64], q: &[f64]) -> f64 {
        let order = self.nodes.len();
        let mut stride = p.len();
        let mut sum = 0.0;
        for field in fields {
            stride /= order;
            let terms = p.iter().zip(q).enumerate();
            let there: f64 = terms
                .map(|(index, (p, q))| p * q * self.nodes[index / stride % order])
                .sum();
            sum += field * there;
        }
        sum
    }
}

/// The trapezoid rule on `count` points of `[−reach, reach]`.
fn even(count: usize, ln_weight: impl Fn(f64) -> f64, reach: f64) -> Vec<(f64, f64)> {
    let step = 2.0 * reach / (count - 1) as f64;
    let point = |i: usize| {
        let phi = step * (i as f64 - 0.5 * (count - 1) as f64);
        (phi, step * ln_weight(phi).exp())
    };
    (0..count).map(point).collect()
}

pub(crate) fn dot(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).map(|(p, q)| p * q).sum()
}
