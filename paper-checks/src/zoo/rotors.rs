//! Heat bath, reflections and instanton hits for the links of U(1), with a switch for each of their bugs.

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::action::U1TwoD;
use fieldassay::density::{Aux, Info, Kernel, Target};
use fieldassay::lattice::{Circle, Field, Lattice, one_instanton};
use fieldassay::rng::Chains;
use fieldassay::sampler::von_mises;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// Nothing.
    None,
    /// Drawn about `+α`.
    AngleSign,
    /// At half the coupling.
    HalfCoupling,
    /// One staple is not seen.
    StapleMissing,
    /// One staple is the wrong way round.
    StapleFlipped,
    /// `κ = 2β`, whatever the angle between the staples.
    StaplesParallel,
    /// Reflections `θ → −α − θ`.
    ReflectionOff,
    /// Reflections `θ → 2α − θ`.
    ReflectionAboutPlus,
    /// All links are drawn beside the old ones.
    AllAtOnce,
    /// Every hit is accepted.
    HitWithoutDecision,
    /// Hits of one sign.
    HitOneSided,
    /// Links of one direction are never drawn.
    OneDirection,
}

/// Where a link and those of its staples lie, in units of the number of chains; a staple's angle is
/// `θ_first − θ_second − θ_third`.
struct Link {
    own: usize,
    staples: [[usize; 3]; 2],
    mu: usize,
}

/// All links, site by site.
fn links(lattice: &Lattice) -> Vec<Link> {
    let length = lattice.row_length();
    let at = |site: usize, mu: usize| (site / length * 2 + mu) * length + site % length;
    let link = |(site, mu): (usize, usize)| {
        let nu = 1 - mu;
        let ahead = lattice.neighbour(site, mu, 1);
        let side = lattice.neighbour(site, nu, 1);
        let behind = lattice.neighbour(site, nu, -1);
        let corner = lattice.neighbour(behind, mu, 1);
        let above = [at(ahead, nu), at(side, mu), at(site, nu)];
        let below = [at(behind, nu), at(behind, mu), at(corner, nu)];
        Link {
            own: at(site, mu),
            staples: [above, below],
            mu,
        }
    };
    let sites = 0..lattice.sites();
    sites
        .flat_map(|site| [(site, 0), (site, 1)])
        .map(link)
        .collect()
}

/// A sweep of the heat bath, one of reflections, and a hit.
pub struct Links<'a> {
    density: &'a U1TwoD,
    instanton: Field<Circle>,
    links: Vec<Link>,
    bug: Bug,
}

impl<'a> Links<'a> {
    /// The kernel with this bug.
    ///
    /// # Errors  as [`one_instanton`].
    pub fn new(density: &'a U1TwoD, bug: Bug) -> Result<Self> {
        Ok(Self {
            density,
            instanton: one_instanton(density.lattice())?,
            links: links(density.lattice()),
            bug,
        })
    }

    /// `κ` and `α` of the density `e^{κ cos(θ + α)}` of a link whose action is `−β Σ cos(θ + a)` over both staples.
    fn conditional(&self, [above, below]: [f64; 2]) -> [f64; 2] {
        let beta = self.density.beta();
        let below = match self.bug {
            Bug::StapleMissing => return [beta, above],
            Bug::StapleFlipped => -below,
            _ => below,
        };
        // e^{ia} + e^{ib} = 2 cos((a−b)/2) e^{i(a+b)/2}.
        let (modulus, mean) = (2.0 * (0.5 * (above - below)).cos(), 0.5 * (above + below));
        let kappa = match self.bug {
            Bug::HalfCoupling => 0.5 * beta * modulus.abs(),
            Bug::StaplesParallel => 2.0 * beta,
            _ => beta * modulus.abs(),
        };
        [kappa, if modulus < 0.0 { mean + PI } else { mean }]
    }

    fn sweep(&self, q: &mut Field<Circle>, mut new: impl FnMut(usize, [f64; 2], f64) -> f64) {
        let frozen = (self.bug == Bug::AllAtOnce).then(|| q.numbers().to_vec());
        let chains = q.chains();
        let links = q.numbers_mut();
        for Link { own, staples, mu } in &self.links {
            if self.bug == Bug::OneDirection && *mu == 1 {
                continue;
            }
            for chain in 0..chains {
                let around = frozen.as_deref().unwrap_or(links);
                let angle = |[plus, minus, last]: [usize; 3]| {
                    around[plus * chains + chain]
                        - around[minus * chains + chain]
                        - around[last * chains + chain]
                };
                let conditional = self.conditional(staples.map(angle));
                let theta = &mut links[own * chains + chain];
                *theta = new(chain, conditional, *theta);
            }
        }
    }

    fn hit(&self, q: &mut Field<Circle>, aux: &Aux, r: &mut Chains, info: &mut Info) {
        let chains = q.chains();
        let mut uniforms = vec![0.0; 2 * chains];
        r.uniform(&mut uniforms);
        let (signs, decisions) = uniforms.split_at(chains);
        let mut proposed = q.clone();
        let added = self.instanton.numbers();
        for (links, added) in proposed.numbers_mut().chunks_exact_mut(chains).zip(added) {
            for (link, sign) in links.iter_mut().zip(signs) {
                let plus = *sign < 0.5 || self.bug == Bug::HitOneSided;
                *link += if plus { *added } else { -added };
            }
        }
        let (mut old, mut new) = (vec![0.0; chains], vec![0.0; chains]);
        self.density.value(q, aux, &mut old);
        self.density.value(&proposed, aux, &mut new);
        for chain in 0..chains {
            let all = self.bug == Bug::HitWithoutDecision;
            info.accepted[chain] = all || (1.0 - decisions[chain]).ln() <= old[chain] - new[chain];
        }
        q.take(&mut proposed, &info.accepted);
    }
}

impl Kernel<Circle> for Links<'_> {
    fn step(&mut self, q: &mut Field<Circle>, aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        info.reset(q.chains());
        let drawn = if self.bug == Bug::AngleSign {
            1.0
        } else {
            -1.0
        };
        self.sweep(q, |chain, [kappa, alpha], _| {
            von_mises(kappa, || r.uniform_of(chain)) + drawn * alpha
        });
        let about = match self.bug {
            Bug::ReflectionOff => -1.0,
            Bug::ReflectionAboutPlus => 2.0,
            _ => -2.0,
        };
        self.sweep(q, |_, [_, alpha], theta| about * alpha - theta);
        self.hit(q, aux, r, info);
        // Angles need no interval, but stay near one.
        for theta in q.numbers_mut() {
            *theta -= 2.0 * PI * (*theta / (2.0 * PI)).round();
        }
    }
}
