//! Observables of compact U(1) in two dimensions, from its plaquette angles `θ_P`.

use crate::density::Observable;
use crate::lattice::{ChainSum, Circle, Field, plaquette_angles, wrap};

/// The mean of `cos θ_P`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plaquette;

/// The geometric charge `Q = Σ_P θ_P/2π` with every angle wrapped into `[−π, π]`: an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopologicalCharge;

/// `Σ_P sin θ_P/2π`: another observable than [`TopologicalCharge`], and no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SineCharge;

/// The sum over the plaquettes of what `term` makes of their angles.
fn sum(q: &Field<Circle>, out: &mut [f64], term: impl Fn(f64) -> f64) {
    let mut angles = vec![0.0; q.lattice().row_length() * q.chains()];
    let mut sum = ChainSum::new(q.chains());
    for row in 0..q.lattice().rows() {
        plaquette_angles(q, row, &mut angles);
        angles.iter_mut().for_each(|angle| *angle = term(*angle));
        sum.add(&angles);
    }
    sum.finish(out);
}

impl Observable<Circle> for Plaquette {
    fn measure(&self, q: &Field<Circle>, out: &mut [f64]) {
        sum(q, out, f64::cos);
        let sites = q.lattice().sites() as f64;
        out.iter_mut().for_each(|p| *p /= sites);
    }
}

impl Observable<Circle> for TopologicalCharge {
    fn measure(&self, q: &Field<Circle>, out: &mut [f64]) {
        sum(q, out, wrap);
        // The sum of the angles themselves vanishes, so that what wrapping took away is whole turns.
        out.iter_mut()
            .for_each(|q| *q = (*q / std::f64::consts::TAU).round());
    }
}

impl Observable<Circle> for SineCharge {
    fn measure(&self, q: &Field<Circle>, out: &mut [f64]) {
        sum(q, out, f64::sin);
        out.iter_mut().for_each(|q| *q /= std::f64::consts::TAU);
    }
}
