//! Heat bath, over-relaxation and instanton hits for compact U(1) in two dimensions.

use std::f64::consts::PI;

use super::von_mises::von_mises;
use crate::action::U1TwoD;
use crate::density::{Aux, Info, Kernel, Target};
use crate::error::{Error, Result};
use crate::lattice::{Circle, Field, Lattice, one_instanton};
use crate::rng::Chains;

/// One sweep in which every link is drawn anew from its conditional density, then sweeps of reflections, then an
/// instanton hit. Exact.
///
/// A local heat bath all but stops to change the topological charge at large `β`; the hit adds a configuration of
/// charge `±1` with the same flux everywhere, and is accepted with `min(1, e^{−ΔS})`.
///
/// # Witness  `reference::u1_torus`.
#[derive(Debug)]
pub struct U1HeatBath<'a> {
    action: &'a U1TwoD,
    reflections: usize,
    instanton: Option<Field<Circle>>,
}

/// Where the numbers of a link lie, and those of the six links around it: in direction `nu` ahead, in direction `mu`
/// beside it and in direction `nu` from it, of the plaquette above and of the one below.
struct Staples {
    link: usize,
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
            link: at(site, mu),
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

impl<'a> U1HeatBath<'a> {
    /// The sampler of `action` with so many sweeps of reflections after each sweep of the heat bath, and with an
    /// instanton hit or without.
    ///
    /// # Errors  `Error::Argument` for an extent of one, on which a link is part of its own staples.
    pub fn new(action: &'a U1TwoD, reflections: usize, hits: bool) -> Result<Self> {
        let extents = action.lattice().extents();
        if extents.contains(&1) {
            return Err(Error::argument(
                "extents",
                format!("{extents:?}"),
                "two sites or more a direction",
            ));
        }
        let instanton = hits.then(|| one_instanton(action.lattice())).transpose()?;
        Ok(Self {
            action,
            reflections,
            instanton,
        })
    }

    /// Gives every link of every chain the angle that `new(chain, κ, arg A, θ)` says, one after the other.
    fn sweep(&self, q: &mut Field<Circle>, mut new: impl FnMut(usize, f64, f64, f64) -> f64) {
        let beta = self.action.beta();
        let turned = if beta < 0.0 { PI } else { 0.0 };
        let (lattice, chains) = (self.action.lattice(), q.chains());
        let links = q.numbers_mut();
        for site in 0..lattice.sites() {
            for mu in 0..2 {
                let staples = Staples::new(lattice, chains, site, mu);
                for chain in 0..chains {
                    let (modulus, argument) = staples.of(links, chain);
                    let link = staples.link + chain;
                    links[link] = new(chain, beta.abs() * modulus, argument + turned, links[link]);
                }
            }
        }
    }

    fn hit(
        &self,
        instanton: &Field<Circle>,
        q: &mut Field<Circle>,
        aux: &Aux,
        r: &mut Chains,
        info: &mut Info,
    ) {
        let chains = q.chains();
        let mut uniforms = vec![0.0; 2 * chains];
        r.uniform(&mut uniforms);
        let (signs, decisions) = uniforms.split_at(chains);
        let mut proposed = q.clone();
        let added = instanton.numbers();
        for (links, added) in proposed.numbers_mut().chunks_exact_mut(chains).zip(added) {
            for (link, sign) in links.iter_mut().zip(signs) {
                *link += if *sign < 0.5 { -added } else { *added };
            }
        }
        let (mut old, mut new) = (vec![0.0; chains], vec![0.0; chains]);
        self.action.value(q, aux, &mut old);
        self.action.value(&proposed, aux, &mut new);
        for chain in 0..chains {
            let delta = new[chain] - old[chain];
            info.delta_h[chain] = delta;
            info.accepted[chain] = (1.0 - decisions[chain]).ln() <= -delta;
        }
        info.actions += 2 * chains as u64;
        q.take(&mut proposed, &info.accepted);
    }
}

impl Kernel<Circle> for U1HeatBath<'_> {
    /// [`Info::accepted`] and [`Info::delta_h`] are those of the instanton hit; a sweep counts as one force.
    fn step(&mut self, q: &mut Field<Circle>, aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        let action = self.action;
        assert!(
            q.lattice() == action.lattice() && q.variables() == 2,
            "{}: a field of {:?}",
            action.spec(),
            q.lattice().extents()
        );
        info.reset(q.chains());
        self.sweep(q, |chain, kappa, argument, _| {
            von_mises(kappa, || r.uniform_of(chain)) - argument
        });
        for _ in 0..self.reflections {
            self.sweep(q, |_, _, argument, theta| -2.0_f64.mul_add(argument, theta));
        }
        info.forces += ((1 + self.reflections) * q.chains()) as u64;
        match &self.instanton {
            Some(instanton) => self.hit(instanton, q, aux, r, info),
            None => info.accepted.fill(true),
        }
    }
}
