//! φ⁴ theory on a periodic `L0 × L1` lattice by the transfer matrix between rows of `L0` sites.
//!
//! Master form: `S = Σ_x [−2K Σ_μ φ(x)φ(x+μ) + A φ² + G φ⁴]`, measure `∏ dφ`, lattice units. At extent 2 both bonds
//! between two sites are kept. `O` is the sum of a row, `M` that of the lattice.
//!
//! # Design
//! Every site takes the nodes of a Gauss rule for `e^{−(A − 3K)φ² − Gφ⁴}`, so that the sum over nodes converges faster
//! than any power in their number. Between rows, `T(φ, φ') = W(φ)^½ ∏ e^{−K(φ_x − φ'_x)²} W(φ')^½` is a product over
//! sites: it is applied to a row vector one site at a time, and never stored. All that is asked for follows from the rows
//! `T^t(a, ·)`, one `a` for every class under rotations and reflections of the row and `φ → −φ`.
//!
//! # Witness
//! [`crate::phi4_grid`]: a 2×2 torus by direct sums. Isotropy on square tori: one direction is inside a row, the other
//! between rows. The Schwinger–Dyson equation `−4K link + 2A<φ²> + 4G<φ⁴> = 1`.

use crate::gauss::gauss;

/// `K`, `A`, `G` of the master form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Couplings {
    /// Hopping.
    pub k: f64,
    /// Of `φ²`.
    pub a: f64,
    /// Of `φ⁴`, positive.
    pub g: f64,
}

impl Couplings {
    /// Form (a): `K = κ`, `A = 1 − 2λ`, `G = λ`.
    #[must_use]
    pub fn kappa(kappa: f64, lambda: f64) -> Self {
        Self {
            k: kappa,
            a: 1.0 - 2.0 * lambda,
            g: lambda,
        }
    }

    /// Form (b) in two dimensions, `S = Σ φ□φ + m²φ² + λφ⁴`: `K = 1`, `A = 4 + m²`, `G = λ`.
    #[must_use]
    pub fn no_half(mass2: f64, lambda: f64) -> Self {
        Self {
            k: 1.0,
            a: 4.0 + mass2,
            g: lambda,
        }
    }

    /// Of the weight of the nodes: a field that its neighbours follow to three quarters.
    fn ln_weight(&self, phi: f64) -> f64 {
        let square = phi * phi;
        -square * (self.a - 3.0 * self.k + self.g * square)
    }
}

/// A torus with its nodes.
pub struct Torus {
    l0: usize,
    l1: usize,
    couplings: Couplings,
    nodes: Vec<f64>,
    /// Logarithm of what every site was divided by, so that nothing overflows.
    height: f64,
    /// `e^{−K(φ_i − φ_j)²}`.
    bond: Vec<Vec<f64>>,
    /// `√W` of every row; node of site `x` is digit `x` of the index, the first site the highest.
    root_weight: Vec<f64>,
    /// `O` of every row.
    total: Vec<f64>,
    /// One row of every class, and how many there are.
    classes: Vec<(usize, f64)>,
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
    /// `L0, L1 ≥ 2`, and `order` nodes a site: the cost is `order^{2 L0}`. Where `e^{−S}` has one valley for a uniform
    /// field, 24 nodes are exact to `1e−12`; the answer at two orders tells.
    #[must_use]
    pub fn new(l0: usize, l1: usize, couplings: Couplings, order: usize) -> Self {
        assert!(
            l0 >= 2 && l1 >= 2 && couplings.g > 0.0,
            "the caller asks for {l0} x {l1}, {couplings:?}"
        );
        // The lowest point of −ln weight, and from there to where nothing is left.
        let valley = ((3.0 * couplings.k - couplings.a) / (2.0 * couplings.g)).max(0.0).sqrt();
        let height = couplings.ln_weight(valley);
        let mut reach = valley;
        while height - couplings.ln_weight(reach) < 80.0 {
            reach *= 1.01;
            reach += 1e-3;
        }
        let rule = gauss(order, |phi| couplings.ln_weight(phi) - height, reach);
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
    fn apply(&self, v: &[f64]) -> Vec<f64> {
        let order = self.nodes.len();
        let rest = v.len() / order;
        let mut now: Vec<f64> = v.iter().zip(&self.root_weight).map(|(v, w)| v * w).collect();
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
        now.iter().zip(&self.root_weight).map(|(v, w)| v * w).collect()
    }

    /// `T(a, ·)`.
    fn row(&self, a: usize) -> Vec<f64> {
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
            let inside: f64 = (0..self.l0).map(|x| fields[x] * fields[(x + 1) % self.l0]).sum();
            link[0] += closed * per_row * inside;
            link[1] += count * per_row * self.between(&fields, first, last);
            correlation[0] += closed * per_row * self.total[a].powi(2);
            for (t, sum) in correlation.iter_mut().enumerate().skip(1) {
                let there = powers[t - 1].iter().zip(&powers[self.l1 - t - 1]);
                let total: f64 = there.zip(&self.total).map(|((p, q), o)| p * q * o).sum();
                *sum += count * per_row * self.total[a] * total;
            }
        }
        for sum in [&mut phi2, &mut phi4].into_iter().chain(&mut link).chain(&mut correlation) {
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
                gathered = (0..5).map(|k| self.apply(&self.sourced(&gathered, k, 0.0))).collect();
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
    /// `frequencies` of them must do: `<cos qM>` falls like that of a smooth density.
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
        let waves: f64 = (1..=frequencies).map(|n| z[n] / z[0] / (n * n) as f64).sum();
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

fn dot(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).map(|(p, q)| p * q).sum()
}
