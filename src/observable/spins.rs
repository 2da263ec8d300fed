//! Observables of Ising spins, of the angles of the XY model, and of unit vectors.

use super::scalar::{AbsoluteMagnetisation, Link, Magnetisation, SquaredMagnetisation};
use crate::density::Observable;
use crate::lattice::{ChainSum, Circle, Field, Manifold, Sphere, Spin, bond_angles, wrap};

/// The helicity modulus of the XY model at `β`, the mean over the directions of
/// `Υ_μ = [Σ cos − β (Σ sin)²]/V` of the angles of all bonds in direction `μ`.
///
/// # Source  S. Teitel, C. Jayaprakash, Phys. Rev. B 27 (1983) 598.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HelicityModulus {
    /// The inverse temperature of the ensemble that is measured.
    pub beta: f64,
}

/// Vortices and antivortices of the XY model in two dimensions, per site: plaquettes around which the wrapped
/// differences of the angles add up to `±2π`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VortexDensity;

/// The sum over the sites of what `terms` writes for a row.
fn sum<M: Manifold>(q: &Field<M>, out: &mut [f64], mut terms: impl FnMut(usize, &mut [f64])) {
    let mut row_terms = vec![0.0; q.lattice().row_length() * q.chains()];
    let mut sum = ChainSum::new(q.chains());
    for row in 0..q.lattice().rows() {
        terms(row, &mut row_terms);
        sum.add(&row_terms);
    }
    sum.finish(out);
}

fn per_site<M: Manifold>(q: &Field<M>, out: &mut [f64]) {
    let sites = q.lattice().sites() as f64;
    out.iter_mut().for_each(|x| *x /= sites);
}

impl Observable<Spin> for Magnetisation {
    fn measure(&self, q: &Field<Spin>, out: &mut [f64]) {
        sum(q, out, |row, terms| {
            for (term, spin) in terms.iter_mut().zip(q.row(row, 0)) {
                *term = f64::from(*spin);
            }
        });
        per_site(q, out);
    }
}

impl Observable<Spin> for AbsoluteMagnetisation {
    fn measure(&self, q: &Field<Spin>, out: &mut [f64]) {
        Magnetisation.measure(q, out);
        out.iter_mut().for_each(|m| *m = m.abs());
    }
}

impl Observable<Spin> for SquaredMagnetisation {
    fn measure(&self, q: &Field<Spin>, out: &mut [f64]) {
        Magnetisation.measure(q, out);
        let sites = q.lattice().sites() as f64;
        out.iter_mut().for_each(|m| *m = sites * m.powi(2));
    }
}

impl Observable<Spin> for Link {
    fn measure(&self, q: &Field<Spin>, out: &mut [f64]) {
        let (lattice, chains) = (q.lattice(), q.chains());
        sum(q, out, |row, terms| {
            let own = q.row(row, 0);
            for (i, term) in terms.iter_mut().enumerate() {
                let across = lattice.rows_beside(row).iter();
                let ahead: i8 = across.map(|&[_, ahead]| q.row(ahead, 0)[i]).sum();
                *term = f64::from(own[i] * (own[(i + chains) % own.len()] + ahead));
            }
        });
        per_site(q, out);
    }
}

/// The mean over the sites of `Σ_μ` of a function of the bonds' angles.
fn over_bonds(q: &Field<Circle>, directions: &[usize], of: fn(f64) -> f64, out: &mut [f64]) {
    let mut angles = vec![0.0; q.lattice().row_length() * q.chains()];
    sum(q, out, |row, terms| {
        terms.fill(0.0);
        for mu in directions {
            bond_angles(q, row, *mu, &mut angles);
            for (term, angle) in terms.iter_mut().zip(&angles) {
                *term += of(*angle);
            }
        }
    });
    per_site(q, out);
}

impl Observable<Circle> for Link {
    fn measure(&self, q: &Field<Circle>, out: &mut [f64]) {
        let directions: Vec<usize> = (0..q.lattice().dimension()).collect();
        over_bonds(q, &directions, f64::cos, out);
    }
}

/// `|Σ e^{iθ}|²/V`.
impl Observable<Circle> for SquaredMagnetisation {
    fn measure(&self, q: &Field<Circle>, out: &mut [f64]) {
        assert_eq!(q.variables(), 1, "one angle a site");
        let mut total = |of: fn(f64) -> f64| {
            sum(q, out, |row, terms| {
                for (term, theta) in terms.iter_mut().zip(q.row(row, 0)) {
                    *term = of(*theta);
                }
            });
            out.to_vec()
        };
        let (re, im) = (total(f64::cos), total(f64::sin));
        for (out, (re, im)) in out.iter_mut().zip(re.iter().zip(&im)) {
            *out = re * re + im * im;
        }
        per_site(q, out);
    }
}

impl Observable<Circle> for HelicityModulus {
    fn measure(&self, q: &Field<Circle>, out: &mut [f64]) {
        let (sites, dimension) = (q.lattice().sites() as f64, q.lattice().dimension());
        Link.measure(q, out);
        let mut sines = vec![0.0; out.len()];
        for mu in 0..dimension {
            over_bonds(q, &[mu], f64::sin, &mut sines);
            for (out, sine) in out.iter_mut().zip(&sines) {
                *out -= self.beta * sites * sine * sine;
            }
        }
        out.iter_mut().for_each(|y| *y /= dimension as f64);
    }
}

impl Observable<Circle> for VortexDensity {
    /// # Panics  unless the lattice has two directions.
    fn measure(&self, q: &Field<Circle>, out: &mut [f64]) {
        let (lattice, chains) = (q.lattice(), q.chains());
        assert_eq!(lattice.dimension(), 2, "plaquettes of two directions");
        let size = lattice.row_length() * chains;
        let [mut across, mut along, mut beyond] = std::array::from_fn(|_| vec![0.0; size]);
        sum(q, out, |row, terms| {
            bond_angles(q, row, 0, &mut across);
            bond_angles(q, row, 1, &mut along);
            bond_angles(q, lattice.rows_beside(row)[0][1], 1, &mut beyond);
            for (i, term) in terms.iter_mut().enumerate() {
                let turn = wrap(across[i]) + wrap(beyond[i])
                    - wrap(across[(i + chains) % size])
                    - wrap(along[i]);
                *term = (turn / std::f64::consts::TAU).round().abs();
            }
        });
        per_site(q, out);
    }
}

/// `|Σ s|²/V`.
impl<const N: usize> Observable<Sphere<N>> for SquaredMagnetisation {
    fn measure(&self, q: &Field<Sphere<N>>, out: &mut [f64]) {
        assert_eq!(q.variables(), 1, "one vector a site");
        let (mut total, mut part) = (vec![0.0; out.len()], vec![0.0; out.len()]);
        for component in 0..N {
            sum(q, &mut part, |row, terms| {
                terms.copy_from_slice(q.row(row, component));
            });
            for (total, part) in total.iter_mut().zip(&part) {
                *total += part * part;
            }
        }
        out.copy_from_slice(&total);
        per_site(q, out);
    }
}

impl<const N: usize> Observable<Sphere<N>> for Link {
    fn measure(&self, q: &Field<Sphere<N>>, out: &mut [f64]) {
        let (lattice, chains) = (q.lattice(), q.chains());
        sum(q, out, |row, terms| {
            terms.fill(0.0);
            for component in 0..N {
                let own = q.row(row, component);
                for (i, term) in terms.iter_mut().enumerate() {
                    let across = lattice.rows_beside(row).iter();
                    let ahead: f64 = across.map(|&[_, ahead]| q.row(ahead, component)[i]).sum();
                    *term += own[i] * (own[(i + chains) % own.len()] + ahead);
                }
            }
        });
        per_site(q, out);
    }
}
