//! Observables of a scalar field, with `M = Σ_x φ_x` on `V` sites; some of them are those of spins and vectors too.

use crate::density::Observable;
use crate::error::{Error, Result};
use crate::lattice::{ChainSum, Field, RealLine};

/// The mean of `φ^k` over the sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldPower(i32);

impl FieldPower {
    /// The mean of `φ^power`.
    ///
    /// # Errors  `Error::Argument` for a power below one.
    pub fn new(power: i32) -> Result<Self> {
        if power < 1 {
            return Err(Error::argument("power", power.to_string(), "one or more"));
        }
        Ok(Self(power))
    }
}

/// `M/V`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Magnetisation;

/// `|M|/V`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbsoluteMagnetisation;

/// `M²/V` (`|M|²/V` of vectors and angles), whose expectation is the susceptibility where `⟨M⟩ = 0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SquaredMagnetisation;

/// The mean of `Σ_μ φ_x φ_{x+μ}` over the sites: of spins, vectors and unit vectors `e^{iθ}` minus the energy a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link;

/// The mean over the sites of what `term` makes of every number of a row.
fn mean(q: &Field<RealLine>, out: &mut [f64], term: impl Fn(f64) -> f64) {
    let size = q.lattice().row_length() * q.chains();
    let mut terms = vec![0.0; size];
    let mut sum = ChainSum::new(q.chains());
    for row in q.numbers().chunks_exact(size) {
        for (term_of, phi) in terms.iter_mut().zip(row) {
            *term_of = term(*phi);
        }
        sum.add(&terms);
    }
    sum.finish(out);
    scale(out, q);
}

fn scale(out: &mut [f64], q: &Field<RealLine>) {
    let sites = q.lattice().sites() as f64;
    out.iter_mut().for_each(|x| *x /= sites);
}

impl Observable<RealLine> for FieldPower {
    fn measure(&self, q: &Field<RealLine>, out: &mut [f64]) {
        mean(q, out, |phi| phi.powi(self.0));
    }
}

impl Observable<RealLine> for Magnetisation {
    fn measure(&self, q: &Field<RealLine>, out: &mut [f64]) {
        mean(q, out, |phi| phi);
    }
}

impl Observable<RealLine> for AbsoluteMagnetisation {
    fn measure(&self, q: &Field<RealLine>, out: &mut [f64]) {
        Magnetisation.measure(q, out);
        out.iter_mut().for_each(|m| *m = m.abs());
    }
}

impl Observable<RealLine> for SquaredMagnetisation {
    fn measure(&self, q: &Field<RealLine>, out: &mut [f64]) {
        Magnetisation.measure(q, out);
        let sites = q.lattice().sites() as f64;
        out.iter_mut().for_each(|m| *m = sites * m.powi(2));
    }
}

impl Observable<RealLine> for Link {
    fn measure(&self, q: &Field<RealLine>, out: &mut [f64]) {
        let (lattice, chains) = (q.lattice(), q.chains());
        let size = lattice.row_length() * chains;
        let mut terms = vec![0.0; size];
        let mut sum = ChainSum::new(chains);
        for row in 0..lattice.rows() {
            let own = q.row(row, 0);
            for (i, term) in terms.iter_mut().enumerate() {
                *term = own[i] * own[(i + chains) % size];
            }
            for [_, ahead] in lattice.rows_beside(row) {
                let ahead = q.row(*ahead, 0);
                for ((term, own), ahead) in terms.iter_mut().zip(own).zip(ahead) {
                    *term += own * ahead;
                }
            }
            sum.add(&terms);
        }
        sum.finish(out);
        scale(out, q);
    }
}
