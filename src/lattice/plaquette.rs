//! Bonds of angles, and plaquettes of them on two-dimensional lattices.

use std::sync::Arc;

use super::field::Field;
use super::geometry::Lattice;
use super::manifold::Circle;
use crate::error::{Error, Result};
use crate::num::simd::Isa;
use crate::simd_kernel;

/// The angles `θ(x) − θ(x+μ)` of a row, one angle a site. Not wrapped.
///
/// # Shapes  `out: (sites of a row, chains)`.
/// # Panics  unless each site has one angle, and row and direction exist.
pub fn bond_angles(q: &Field<Circle>, row: usize, mu: usize, out: &mut [f64]) {
    let lattice = q.lattice();
    assert_eq!(q.variables(), 1, "one angle a site");
    let own = q.row(row, 0);
    if mu + 1 == lattice.dimension() {
        let (wrapped, rest) = own.split_at(q.chains() % own.len());
        let ahead = rest.iter().chain(wrapped);
        for ((out, own), ahead) in out.iter_mut().zip(own).zip(ahead) {
            *out = own - ahead;
        }
    } else {
        let ahead = q.row(lattice.rows_beside(row)[mu][1], 0);
        for ((out, own), ahead) in out.iter_mut().zip(own).zip(ahead) {
            *out = own - ahead;
        }
    }
}

/// The plaquette angles `θ_P(x) = θ_0(x) + θ_1(x+0̂) − θ_0(x+1̂) − θ_1(x)` of the rows from `first` on, as many as `out`
/// holds. Not wrapped.
///
/// # Shapes  `out: (rows, sites of a row, chains)`.
/// # Panics  unless the lattice has two directions, each site two links, and the rows exist.
pub fn plaquette_angles(q: &Field<Circle>, first: usize, out: &mut [f64]) {
    let lattice = q.lattice();
    assert!(
        lattice.dimension() == 2 && q.variables() == 2,
        "links of a two-dimensional lattice, not {} variables on {:?}",
        q.variables(),
        lattice.extents()
    );
    let size = lattice.row_length() * q.chains();
    for (row, out) in (first..).zip(out.chunks_exact_mut(size)) {
        let ahead = lattice.rows_beside(row)[0][1];
        let links = [q.row(row, 0), q.row(row, 1), q.row(ahead, 1)];
        plaquette_row(links, q.chains(), out);
    }
}

/// `θ_P` of a row, from its own links and the links in direction 1 of the row ahead.
#[inline(always)]
fn plaquette_body<I: Isa>(links: [&[f64]; 3], chains: usize, out: &mut [f64]) {
    let n = out.len();
    let [along, side, ahead] = links.map(|row| &row[..n]);
    let shift = chains % n;
    let (body, edge) = out.split_at_mut(n - shift);
    for i in 0..body.len() {
        body[i] = (along[i] - along[shift..][i]) + (ahead[i] - side[i]);
    }
    for (i, out) in edge.iter_mut().enumerate() {
        let j = n - shift + i;
        *out = (along[j] - along[i]) + (ahead[j] - side[j]);
    }
}

simd_kernel! {
    fn plaquette_row, plaquette_at(links: [&[f64]; 3], chains: usize, out: &mut [f64]) = plaquette_body;
}

/// One chain with charge `Q = 1` and the same flux `2π/V` through every plaquette.
///
/// # Errors  `Error::Argument` unless the lattice has two directions.
/// # Panics  never on the lattices that pass.
pub fn one_instanton(lattice: &Arc<Lattice>) -> Result<Field<Circle>> {
    let &[across, along] = lattice.extents() else {
        let found = format!("{:?}", lattice.extents());
        return Err(Error::argument("extents", found, "two of them"));
    };
    let mut links = Field::neutral(lattice, 2, 1);
    let flux = std::f64::consts::TAU / (across * along) as f64;
    for x in 0..across {
        for y in 0..along {
            let site = x * along + y;
            links.set(site, 0, 0, -flux * y as f64);
            if y == along - 1 {
                links.set(site, 1, 0, flux * (along * x) as f64);
            }
        }
    }
    Ok(links)
}
