//! Compact U(1) in two dimensions, periodic: `S = −β Σ_x cos θ_P(x)`,
//! `θ_P(x) = θ_0(x) + θ_1(x+0̂) − θ_0(x+1̂) − θ_1(x)`, measure `Π dθ/2π`.
//!
//! Angles are not wrapped: a trajectory is one path on the line above the circle.

use std::f64::consts::PI;
use std::sync::Arc;

use serde_json::json;

use super::Example;
use crate::density::{Action, Aux, Local, Rotors, Spec, Target, Workspace};
use crate::error::{Error, Result};
use crate::lattice::{ChainSum, Circle, Field, Lattice, Tangent, plaquette_angles};
use crate::num::axpy_into;
use crate::num::simd::Isa;
use crate::simd_kernel;
use crate::special::elementary::Elementary;

/// Wilson's plaquette action of U(1) on a torus.
///
/// # Witness  `reference::molecular_dynamics`.
#[derive(Clone, Debug)]
pub struct U1TwoD {
    lattice: Arc<Lattice>,
    beta: f64,
    spec: Spec,
}

/// Numbers whose sine is taken in one call: the rows of small lattices go together.
const BATCH: usize = 512;

impl U1TwoD {
    /// The action at `beta` on a torus of these two extents.
    ///
    /// # Errors  `Error::Argument` for other than two extents, an empty one, or a `beta` that is not finite.
    pub fn new(extents: &[usize], beta: f64) -> Result<Self> {
        let lattice = Arc::new(Lattice::new(extents)?);
        if lattice.dimension() != 2 {
            return Err(Error::argument(
                "extents",
                format!("{extents:?}"),
                "two of them",
            ));
        }
        if !beta.is_finite() {
            return Err(Error::argument("beta", beta.to_string(), "a finite number"));
        }
        let spec = Spec::new(
            "u1-2d",
            &[("extents", json!(extents)), ("beta", json!(beta))],
        );
        Ok(Self {
            lattice,
            beta,
            spec,
        })
    }

    /// The coupling.
    #[must_use]
    pub const fn beta(&self) -> f64 {
        self.beta
    }

    /// The lattice.
    #[must_use]
    pub const fn lattice(&self) -> &Arc<Lattice> {
        &self.lattice
    }

    fn check(&self, q: &Field<Circle>) {
        assert!(
            q.lattice() == &self.lattice && q.variables() == 2,
            "{}: a field of {:?} with {} links a site",
            self.spec,
            q.lattice().extents(),
            q.variables()
        );
    }

    /// Rows that are worked on together.
    fn batch(&self, chains: usize) -> usize {
        let size = self.lattice.row_length() * chains;
        (BATCH / size).clamp(1, self.lattice.rows())
    }
}

/// `p_0 += kick·F_0` and `p_1 += kick·F_1` from the sines of a row's plaquettes and of those of the row behind.
#[inline(always)]
fn kick_body<I: Isa>(
    sines: &[f64],
    behind: &[f64],
    chains: usize,
    kick: f64,
    p0: &mut [f64],
    p1: &mut [f64],
) {
    let n = sines.len();
    let shift = chains % n;
    let (p0, p1, behind) = (&mut p0[..n], &mut p1[..n], &behind[..n]);
    for i in 0..shift {
        p0[i] = I::mul_add(-kick, sines[i] - sines[n - shift + i], p0[i]);
    }
    let (own, before) = (&sines[shift..], &sines[..n - shift]);
    for ((p, own), before) in p0[shift..].iter_mut().zip(own).zip(before) {
        *p = I::mul_add(-kick, own - before, *p);
    }
    for i in 0..n {
        p1[i] = I::mul_add(kick, sines[i] - behind[i], p1[i]);
    }
}

simd_kernel! {
    fn kick_row, kick_at(
        sines: &[f64], behind: &[f64], chains: usize, kick: f64, p0: &mut [f64], p1: &mut [f64],
    ) = kick_body;
}

impl U1TwoD {
    /// Kicks `p` row by row; `each` is told which rows are ready, with the cosine's argument of their plaquettes.
    fn kicks(
        &self,
        q: &Field<Circle>,
        p: &mut [f64],
        kick: f64,
        ws: &mut Workspace<Circle>,
        mut each: impl FnMut(std::ops::Range<usize>, &[f64], &[f64]),
    ) {
        let chains = q.chains();
        let (rows, size) = (self.lattice.rows(), self.lattice.row_length() * chains);
        let batch = self.batch(chains);
        let scratch = ws.numbers((2 * batch + 1) * size);
        let (angles, sines) = scratch.split_at_mut(batch * size);
        plaquette_angles(q, rows - 1, &mut angles[..size]);
        <f64 as Elementary>::sin(&angles[..size], &mut sines[..size]);
        for first in (0..rows).step_by(batch) {
            let count = batch.min(rows - first);
            let angles = &mut angles[..count * size];
            plaquette_angles(q, first, angles);
            <f64 as Elementary>::sin(angles, &mut sines[size..][..count * size]);
            for at in 0..count {
                let (behind, own) = sines[at * size..][..2 * size].split_at(size);
                let (p0, p1) = p[2 * (first + at) * size..][..2 * size].split_at_mut(size);
                kick_row(own, behind, chains, self.beta * kick, p0, p1);
            }
            let ready = 2 * first * size..2 * (first + count) * size;
            each(ready.clone(), &p[ready], angles);
            sines.copy_within(count * size..(count + 1) * size, 0);
        }
    }
}

impl Target<Circle> for U1TwoD {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn neutral(&self, chains: usize) -> Field<Circle> {
        Field::neutral(&self.lattice, 2, chains)
    }

    fn value(&self, q: &Field<Circle>, _aux: &Aux, s: &mut [f64]) {
        self.check(q);
        let size = self.lattice.row_length() * q.chains();
        let batch = self.batch(q.chains());
        let mut scratch = vec![0.0; 2 * batch * size];
        let (angles, cosines) = scratch.split_at_mut(batch * size);
        let mut sum = ChainSum::new(q.chains());
        for first in (0..self.lattice.rows()).step_by(batch) {
            let count = batch.min(self.lattice.rows() - first) * size;
            plaquette_angles(q, first, &mut angles[..count]);
            <f64 as Elementary>::cos(&angles[..count], &mut cosines[..count]);
            cosines[..count]
                .chunks_exact(size)
                .for_each(|row| sum.add(row));
        }
        sum.finish(s);
        s.iter_mut().for_each(|s| *s *= -self.beta);
    }
}

impl Local<Circle> for U1TwoD {
    fn delta(&self, q: &Field<Circle>, variable: usize, new: &[f64], ds: &mut [f64]) {
        self.check(q);
        let lattice = &self.lattice;
        let (site, mu) = (variable / 2, variable % 2);
        let behind = lattice.neighbour(site, 1 - mu, -1);
        // Across a direction of one site both sides of the link are one plaquette.
        let touched = if behind == site {
            &[site][..]
        } else {
            &[site, behind]
        };
        for (chain, (new, ds)) in new.iter().zip(ds).enumerate() {
            let cosines = |link: f64| -> f64 {
                let theta = |x: usize, nu: usize| match (x, nu) == (site, mu) {
                    true => link,
                    false => q.get(x, nu, chain),
                };
                let plaquette = |&x: &usize| {
                    let (ahead, side) = (lattice.neighbour(x, 0, 1), lattice.neighbour(x, 1, 1));
                    theta(x, 0) + theta(ahead, 1) - theta(side, 0) - theta(x, 1)
                };
                touched.iter().map(plaquette).map(f64::cos).sum()
            };
            *ds = -self.beta * (cosines(*new) - cosines(q.get(site, mu, chain)));
        }
    }
}

/// Where the numbers of the six links around a link lie: in direction `nu` ahead, in direction `mu`
/// beside it and in direction `nu` from it, of the plaquette above and of the one below.
struct Staples {
    above: [usize; 3],
    below: [usize; 3],
}

impl Staples {
    fn new(lattice: &Lattice, chains: usize, site: usize, mu: usize) -> Self {
        let length = lattice.row_length();
        let at =
            |site: usize, mu: usize| ((site / length * 2 + mu) * length + site % length) * chains;
        let nu = 1 - mu;
        let (ahead, side) = (
            lattice.neighbour(site, mu, 1),
            lattice.neighbour(site, nu, 1),
        );
        let behind = lattice.neighbour(site, nu, -1);
        let corner = lattice.neighbour(behind, mu, 1);
        Self {
            above: [at(ahead, nu), at(side, mu), at(site, nu)],
            below: [at(behind, nu), at(behind, mu), at(corner, nu)],
        }
    }

    /// `A` of a chain's link, whose action depends on its angle by `−β Re(e^{iθ} A)`: modulus and argument.
    fn of(&self, links: &[f64], chain: usize) -> (f64, f64) {
        let angle = |[plus, minus, last]: [usize; 3]| {
            links[plus + chain] - links[minus + chain] - links[last + chain]
        };
        let (above, below) = (angle(self.above), angle(self.below));
        // e^{ia} + e^{ib} = 2 cos((a−b)/2) e^{i(a+b)/2}.
        let (half, mean) = (0.5 * (above - below), 0.5 * (above + below));
        let modulus = 2.0 * half.cos();
        if modulus < 0.0 {
            (-modulus, mean + PI)
        } else {
            (modulus, mean)
        }
    }
}

impl Rotors for U1TwoD {
    fn check_conditional(&self) -> Result<()> {
        let extents = self.lattice.extents();
        if extents.contains(&1) {
            return Err(Error::Unsupported {
                what: format!("a heat bath on extents {extents:?}"),
                expected: "two sites or more a direction: else a link is part of its own staples"
                    .to_owned(),
            });
        }
        Ok(())
    }

    fn conditional(
        &self,
        q: &Field<Circle>,
        variable: usize,
        kappa: &mut [f64],
        alpha: &mut [f64],
    ) {
        self.check(q);
        let staples = Staples::new(&self.lattice, q.chains(), variable / 2, variable % 2);
        let turned = if self.beta < 0.0 { PI } else { 0.0 };
        for (chain, (kappa, alpha)) in kappa.iter_mut().zip(alpha).enumerate() {
            let (modulus, argument) = staples.of(q.numbers(), chain);
            (*kappa, *alpha) = (self.beta.abs() * modulus, argument + turned);
        }
    }
}

impl Action<Circle> for U1TwoD {
    fn force(&self, q: &Field<Circle>, _aux: &Aux, f: &mut Tangent<Circle>) {
        self.check(q);
        f.numbers_mut().fill(0.0);
        let mut ws = Workspace::default();
        self.kicks(q, f.numbers_mut(), 1.0, &mut ws, |_, _, _| ());
    }

    fn kick_drift(
        &self,
        q: &Field<Circle>,
        p: &mut Tangent<Circle>,
        kick: f64,
        drift: f64,
        _aux: &Aux,
        ws: &mut Workspace<Circle>,
        out: &mut Field<Circle>,
    ) {
        self.check(q);
        let out = out.numbers_mut();
        self.kicks(q, p.numbers_mut(), kick, ws, |rows, p, _| {
            axpy_into(drift, p, &q.numbers()[rows.clone()], &mut out[rows]);
        });
    }

    fn kick_value(
        &self,
        q: &Field<Circle>,
        p: &mut Tangent<Circle>,
        kick: f64,
        _aux: &Aux,
        ws: &mut Workspace<Circle>,
        s: &mut [f64],
    ) {
        self.check(q);
        let size = self.lattice.row_length() * q.chains();
        let mut sum = ChainSum::new(q.chains());
        let mut cosines = vec![0.0; self.batch(q.chains()) * size];
        self.kicks(q, p.numbers_mut(), kick, ws, |_, _, angles| {
            let cosines = &mut cosines[..angles.len()];
            <f64 as Elementary>::cos(angles, cosines);
            cosines.chunks_exact(size).for_each(|row| sum.add(row));
        });
        sum.finish(s);
        s.iter_mut().for_each(|s| *s *= -self.beta);
    }
}

impl Example for U1TwoD {
    type Values = Circle;

    fn examples() -> Result<Vec<Self>> {
        let extents = [[1, 1], [2, 2], [1, 5], [6, 1], [3, 5], [4, 4], [3, 40]];
        let betas = [2.0, 0.3, -1.0, 5.5];
        let pairs = extents.iter().zip(betas.iter().cycle());
        pairs
            .map(|(extents, beta)| Self::new(extents, *beta))
            .collect()
    }
}
