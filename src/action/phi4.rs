//! Lattice φ⁴, periodic, lattice units, in any of 1 to 4 dimensions:
//! `S = Σ_x [−2K Σ_μ φ_x φ_{x+μ} + A φ_x² + G φ_x⁴]`, measure `Π dφ`.
//!
//! The forms in use, (a) to (c), have a constructor each ((c) with `λ₀ = 24λ` is the one with `λφ⁴`); their fields differ in normalisation:
//! `φ_b = √κ φ_a`, `φ_c = √2 φ_b`.

use std::sync::Arc;

use serde_json::json;
use smallvec::SmallVec;

use super::Example;
use crate::density::{Action, Aux, Local, Reflective, Spec, Target, Workspace};
use crate::error::{Error, Result};
use crate::lattice::{ChainSum, Field, Lattice, RealLine, Tangent};
use crate::num::axpy;
use crate::num::simd::Isa;
use crate::simd_kernel;

/// The coefficients of a φ⁴ action in the form of this module's head.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Couplings {
    /// `K`: hopping.
    pub hopping: f64,
    /// `A`: of `φ²`.
    pub quadratic: f64,
    /// `G`: of `φ⁴`.
    pub quartic: f64,
}

impl Couplings {
    /// `S = Σ[−2κ Σ_μ φφ_{+μ} + (1−2λ) φ² + λ φ⁴]`, form (a).
    #[must_use]
    pub fn from_kappa(kappa: f64, lambda: f64) -> Self {
        Self {
            hopping: kappa,
            quadratic: 2.0_f64.mul_add(-lambda, 1.0),
            quartic: lambda,
        }
    }

    /// `S = Σ[φ □φ + m² φ² + λ φ⁴]` in `dimension` dimensions, `□ = Σ_μ (2 − shift_μ − shift_μ⁻¹)`; without the ½ of
    /// the kinetic term, form (b).
    #[must_use]
    pub fn from_mass_squared(m2: f64, lambda: f64, dimension: usize) -> Self {
        Self {
            hopping: 1.0,
            quadratic: 2.0_f64.mul_add(dimension as f64, m2),
            quartic: lambda,
        }
    }

    /// `S = Σ[½ Σ_μ (φ_{+μ} − φ)² + ½ m² φ² + λ₀/4! φ⁴]` in `dimension` dimensions, form (c).
    #[must_use]
    pub fn from_continuum(m2: f64, lambda0: f64, dimension: usize) -> Self {
        Self {
            hopping: 0.5,
            quadratic: 0.5_f64.mul_add(m2, dimension as f64),
            quartic: lambda0 / 24.0,
        }
    }

    /// The couplings of `factor·φ`: the same configurations in other units, for which `S` has the same value.
    #[must_use]
    pub fn of_scaled_field(self, factor: f64) -> Self {
        let square = factor * factor;
        Self {
            hopping: self.hopping / square,
            quadratic: self.quadratic / square,
            quartic: self.quartic / (square * square),
        }
    }

    /// `(κ, λ, factor)` of form (a), whose field is `factor` times this one; `None` where there is none.
    ///
    /// `A x + 2G x² = 1` with `x = 1/factor²`, the positive root of it.
    #[must_use]
    pub fn to_kappa(self) -> Option<(f64, f64, f64)> {
        let (a, g) = (self.quadratic, self.quartic);
        let root = 8.0_f64.mul_add(g, a * a).sqrt();
        // x = (−A + root)/4G without cancellation for A > 0.
        let x = if a > 0.0 {
            2.0 / (a + root)
        } else {
            (root - a) / (4.0 * g)
        };
        let held = x.is_finite() && x > 0.0;
        held.then(|| (self.hopping * x, g * x * x, 1.0 / x.sqrt()))
    }
}

/// The action of a scalar field with a quartic self-interaction.
///
/// # Witness  `reference::molecular_dynamics`.
#[derive(Clone, Debug)]
pub struct Phi4 {
    lattice: Arc<Lattice>,
    couplings: Couplings,
    spec: Spec,
}

/// Most directions that the kernels are compiled for.
const MOST_DIMENSIONS: usize = 4;

impl Phi4 {
    /// The action on a lattice of these extents.
    ///
    /// # Errors  `Error::Argument` for extents that are none, more than four of them, or couplings that are not finite
    /// or leave the density without a norm (`G > 0`, or `G = 0` and `A > 2d·|K|`).
    pub fn new(extents: &[usize], couplings: Couplings) -> Result<Self> {
        let lattice = Arc::new(Lattice::new(extents)?);
        let dimension = lattice.dimension();
        if dimension > MOST_DIMENSIONS {
            let found = format!("{dimension} extents");
            return Err(Error::argument("extents", found, "one to four"));
        }
        let Couplings {
            hopping,
            quadratic,
            quartic,
        } = couplings;
        for (name, value) in [
            ("hopping", hopping),
            ("quadratic", quadratic),
            ("quartic", quartic),
        ] {
            if !value.is_finite() {
                return Err(Error::argument(name, value.to_string(), "a finite number"));
            }
        }
        let bound = 2.0 * dimension as f64 * hopping.abs();
        if !(quartic > 0.0 || quartic == 0.0 && quadratic > bound) {
            let found = format!("quartic {quartic}, quadratic {quadratic}");
            let expected = format!("quartic > 0, or quartic = 0 and quadratic > {bound}");
            return Err(Error::argument("couplings", found, expected));
        }
        let spec = Spec::new(
            "phi4",
            &[
                ("extents", json!(extents)),
                ("hopping", json!(hopping)),
                ("quadratic", json!(quadratic)),
                ("quartic", json!(quartic)),
            ],
        );
        Ok(Self {
            lattice,
            couplings,
            spec,
        })
    }

    /// Its coefficients.
    #[must_use]
    pub const fn couplings(&self) -> Couplings {
        self.couplings
    }

    /// The lattice.
    #[must_use]
    pub const fn lattice(&self) -> &Arc<Lattice> {
        &self.lattice
    }

    fn check(&self, q: &Field<RealLine>) {
        assert!(
            q.lattice() == &self.lattice && q.variables() == 1,
            "{}: a field of {:?} with {} variables a site",
            self.spec,
            q.lattice().extents(),
            q.variables()
        );
    }

    /// Numbers of a row.
    fn row_size(&self, chains: usize) -> usize {
        self.lattice.row_length() * chains
    }
}

/// A row with the rows beside it, two a direction.
#[derive(Clone, Copy)]
struct RowView<'a, const R: usize> {
    own: &'a [f64],
    others: [&'a [f64]; R],
    chains: usize,
}

impl<'a, const R: usize> RowView<'a, R> {
    #[inline(always)]
    fn new(q: &'a [f64], lattice: &Lattice, chains: usize, row: usize) -> Self {
        let size = lattice.row_length() * chains;
        let at = |row: usize| &q[row * size..(row + 1) * size];
        let beside = lattice.rows_beside(row).as_flattened();
        Self {
            own: at(row),
            others: std::array::from_fn(|r| at(beside[r])),
            chains,
        }
    }

    /// Calls `at(i, φ_left + φ_right)` for the numbers of the first and the last site, whose neighbours in the last
    /// direction lie at the other end.
    #[inline(always)]
    fn at_ends(&self, mut at: impl FnMut(usize, f64)) {
        let (q, n, chains) = (self.own, self.own.len(), self.chains);
        if n == chains {
            return (0..n).for_each(|i| at(i, q[i] + q[i]));
        }
        for i in 0..chains {
            at(i, q[n - chains + i] + q[chains + i]);
            at(n - chains + i, q[n - 2 * chains + i] + q[i]);
        }
    }

    /// The numbers between the ends: behind, of the row itself, and ahead.
    #[inline(always)]
    fn inner(&self) -> Option<[&'a [f64]; 3]> {
        let (q, chains) = (self.own, self.chains);
        let m = q.len().checked_sub(2 * chains)?;
        Some([&q[..m], &q[chains..][..m], &q[2 * chains..][..m]])
    }
}

/// `p ← p + k2·n − φ (a + g φ²)` with `n` the sum of all neighbours, `φ' = φ + drift·p`.
#[derive(Clone, Copy)]
struct Kick {
    k2: f64,
    a: f64,
    g: f64,
    drift: f64,
}

impl Kick {
    fn new(c: Couplings, kick: f64, drift: f64) -> Self {
        Self {
            k2: 2.0 * kick * c.hopping,
            a: 2.0 * kick * c.quadratic,
            g: 4.0 * kick * c.quartic,
            drift,
        }
    }
}

/// Calls a kernel that is compiled for a number of rows beside a row.
macro_rules! for_dimension {
    ($lattice:expr, $kernel:ident::<$I:ident>($($arg:expr),*)) => {
        match $lattice.dimension() {
            1 => $kernel::<$I, 0>($($arg),*),
            2 => $kernel::<$I, 2>($($arg),*),
            3 => $kernel::<$I, 4>($($arg),*),
            _ => $kernel::<$I, 6>($($arg),*),
        }
    };
}

#[inline(always)]
fn sweep_with<I: Isa, const R: usize>(
    lattice: &Lattice,
    chains: usize,
    kick: Kick,
    q: &[f64],
    p: &mut [f64],
    out: &mut [f64],
) {
    let new = |phi: f64, along: f64, across: [f64; R], p: f64| {
        let mut sum = along;
        for pair in across.chunks_exact(2) {
            sum += pair[0] + pair[1];
        }
        let pull = I::mul_add(kick.g, phi * phi, kick.a);
        let p = I::mul_add(-phi, pull, I::mul_add(kick.k2, sum, p));
        (p, I::mul_add(kick.drift, p, phi))
    };
    let size = lattice.row_length() * chains;
    let rows = p.chunks_exact_mut(size).zip(out.chunks_exact_mut(size));
    for (row, (p, out)) in rows.enumerate() {
        let row = RowView::<R>::new(q, lattice, chains, row);
        row.at_ends(|i, along| {
            (p[i], out[i]) = new(row.own[i], along, row.others.map(|other| other[i]), p[i]);
        });
        let Some([left, own, right]) = row.inner() else {
            continue;
        };
        let m = own.len();
        let others: [&[f64]; R] = row.others.map(|other| &other[chains..][..m]);
        let (p, out) = (&mut p[chains..][..m], &mut out[chains..][..m]);
        for i in 0..m {
            let across = others.map(|other| other[i]);
            (p[i], out[i]) = new(own[i], left[i] + right[i], across, p[i]);
        }
    }
}

#[inline(always)]
fn sweep_body<I: Isa>(
    lattice: &Lattice,
    chains: usize,
    kick: Kick,
    q: &[f64],
    p: &mut [f64],
    out: &mut [f64],
) {
    for_dimension!(lattice, sweep_with::<I>(lattice, chains, kick, q, p, out));
}

simd_kernel! {
    /// A kick and a drift.
    fn sweep, sweep_at(
        lattice: &Lattice, chains: usize, kick: Kick, q: &[f64], p: &mut [f64], out: &mut [f64],
    ) = sweep_body;
}

/// The terms of the action on a row, each bond shared half and half between its ends, and the force.
#[inline(always)]
fn terms_with<I: Isa, const R: usize>(
    lattice: &Lattice,
    chains: usize,
    c: Couplings,
    q: &[f64],
    row: usize,
    terms: &mut [f64],
    force: &mut [f64],
) {
    let row = RowView::<R>::new(q, lattice, chains, row);
    row.at_ends(|i, along| force[i] = along);
    if let Some([left, _, right]) = row.inner() {
        let sums = &mut force[chains..][..left.len()];
        for ((sum, left), right) in sums.iter_mut().zip(left).zip(right) {
            *sum = left + right;
        }
    }
    for pair in row.others.chunks_exact(2) {
        for ((sum, behind), ahead) in force.iter_mut().zip(pair[0]).zip(pair[1]) {
            *sum += behind + ahead;
        }
    }
    let (hopping, quadratic, quartic) = (c.hopping, c.quadratic, c.quartic);
    for ((phi, term), force) in row.own.iter().zip(terms).zip(force) {
        let (square, sum) = (phi * phi, *force);
        let local = I::mul_add(quartic, square, quadratic);
        *term = I::mul_add(-hopping * phi, sum, square * local);
        let pull = I::mul_add(4.0 * quartic, square, 2.0 * quadratic);
        *force = I::mul_add(-phi, pull, 2.0 * hopping * sum);
    }
}

#[inline(always)]
fn terms_body<I: Isa>(
    lattice: &Lattice,
    chains: usize,
    c: Couplings,
    q: &[f64],
    row: usize,
    terms: &mut [f64],
    force: &mut [f64],
) {
    for_dimension!(
        lattice,
        terms_with::<I>(lattice, chains, c, q, row, terms, force)
    );
}

simd_kernel! {
    fn terms_of, terms_at(
        lattice: &Lattice, chains: usize, c: Couplings, q: &[f64], row: usize, terms: &mut [f64], force: &mut [f64],
    ) = terms_body;
}

impl Phi4 {
    /// Goes through the rows: `each` gets a row's number, the terms of the action on it, and the force.
    fn each_row(
        &self,
        q: &Field<RealLine>,
        scratch: &mut [f64],
        mut each: impl FnMut(usize, &[f64], &[f64]),
    ) {
        self.check(q);
        let (terms, force) = scratch.split_at_mut(scratch.len() / 2);
        for row in 0..self.lattice.rows() {
            terms_of(
                &self.lattice,
                q.chains(),
                self.couplings,
                q.numbers(),
                row,
                terms,
                force,
            );
            each(row, terms, force);
        }
    }
}

impl Target<RealLine> for Phi4 {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn neutral(&self, chains: usize) -> Field<RealLine> {
        Field::neutral(&self.lattice, 1, chains)
    }

    fn value(&self, q: &Field<RealLine>, _aux: &Aux, s: &mut [f64]) {
        let mut sum = ChainSum::new(q.chains());
        let mut scratch = vec![0.0; 2 * self.row_size(q.chains())];
        self.each_row(q, &mut scratch, |_, terms, _| sum.add(terms));
        sum.finish(s);
    }
}

impl Local<RealLine> for Phi4 {
    fn delta(&self, q: &Field<RealLine>, variable: usize, new: &[f64], ds: &mut [f64]) {
        self.check(q);
        let Couplings {
            hopping,
            quadratic,
            quartic,
        } = self.couplings;
        let (lattice, site) = (&self.lattice, variable);
        // A direction of one site bonds the site to itself.
        let loops = lattice
            .extents()
            .iter()
            .filter(|&&extent| extent == 1)
            .count();
        let others = (0..lattice.dimension()).filter(|&mu| lattice.extents()[mu] > 1);
        let others: SmallVec<[usize; 2 * MOST_DIMENSIONS]> = others
            .flat_map(|mu| [1, -1].map(|step| lattice.neighbour(site, mu, step)))
            .collect();
        let square_term = 2.0_f64.mul_add(-hopping * loops as f64, quadratic);
        for (chain, (new, ds)) in new.iter().zip(ds).enumerate() {
            let old = q.get(site, 0, chain);
            let near: f64 = others.iter().map(|&other| q.get(other, 0, chain)).sum();
            let local = |phi: f64| {
                let square = phi * phi;
                square * quartic.mul_add(square, square_term)
            };
            *ds = local(*new) - local(old) - 2.0 * hopping * near * (new - old);
        }
    }
}

/// Ising spins `φ/|φ|` whose bonds are `2K |φ φ'|`.
impl Reflective<RealLine> for Phi4 {
    fn bond(&self) -> f64 {
        2.0 * self.couplings.hopping
    }
}

impl Action<RealLine> for Phi4 {
    fn force(&self, q: &Field<RealLine>, _aux: &Aux, f: &mut Tangent<RealLine>) {
        let mut scratch = vec![0.0; 2 * self.row_size(q.chains())];
        self.each_row(q, &mut scratch, |row, _, force| {
            f.row_mut(row, 0).copy_from_slice(force);
        });
    }

    fn kick_drift(
        &self,
        q: &Field<RealLine>,
        p: &mut Tangent<RealLine>,
        kick: f64,
        drift: f64,
        _aux: &Aux,
        _ws: &mut Workspace<RealLine>,
        out: &mut Field<RealLine>,
    ) {
        self.check(q);
        self.check(out);
        let kick = Kick::new(self.couplings, kick, drift);
        let (p, out) = (p.numbers_mut(), out.numbers_mut());
        sweep(&self.lattice, q.chains(), kick, q.numbers(), p, out);
    }

    fn kick_value(
        &self,
        q: &Field<RealLine>,
        p: &mut Tangent<RealLine>,
        kick: f64,
        _aux: &Aux,
        ws: &mut Workspace<RealLine>,
        s: &mut [f64],
    ) {
        let mut sum = ChainSum::new(q.chains());
        let scratch = ws.numbers(2 * self.row_size(q.chains()));
        self.each_row(q, scratch, |row, terms, force| {
            sum.add(terms);
            axpy(kick, force, p.row_mut(row, 0));
        });
        sum.finish(s);
    }
}

impl Example for Phi4 {
    type Values = RealLine;

    fn examples() -> Result<Vec<Self>> {
        let extents: [&[usize]; 9] = [
            &[1],
            &[7],
            &[2, 2],
            &[3, 1],
            &[4, 6],
            &[1, 19],
            &[3, 2, 5],
            &[2, 3, 2, 4],
            &[3, 40],
        ];
        let couplings = [
            Couplings::from_kappa(0.21, 0.022),
            Couplings::from_mass_squared(-4.0, 8.0, 2),
            Couplings::from_continuum(0.5, 3.0, 3),
            Couplings {
                hopping: -0.3,
                quadratic: 3.0,
                quartic: 0.0,
            },
        ];
        let pairs = extents.iter().zip(couplings.iter().cycle());
        pairs
            .map(|(extents, couplings)| Self::new(extents, *couplings))
            .collect()
    }
}
