//! Molecular dynamics of lattice fields, site by site: φ⁴ in any dimension and U(1) in two.
//!
//! `H = ½ Σ p² + S(q)`, `dq/dt = p`, `dp/dt = −∂S/∂q`. Everything is a loop over sites with neighbours by remainder; a
//! trajectory is its kicks and drifts one by one. Fields are in site order, the last direction fastest; links of U(1) are all
//! those of direction 0, then all those of direction 1.

/// A field theory.
#[derive(Clone, Debug)]
pub enum Model {
    /// `S = Σ[−2K Σ_μ φφ_{+μ} + Aφ² + Gφ⁴]`.
    Phi4 {
        /// Sites in each direction.
        extents: Vec<usize>,
        /// `K`.
        hopping: f64,
        /// `A`.
        quadratic: f64,
        /// `G`.
        quartic: f64,
    },
    /// `S = −β Σ cos θ_P`, `θ_P(x) = θ_0(x) + θ_1(x+0̂) − θ_0(x+1̂) − θ_1(x)`.
    U1 {
        /// Sites in both directions.
        extents: Vec<usize>,
        /// `β`.
        beta: f64,
    },
}

/// The coordinates of all sites, the last direction fastest.
#[must_use]
pub fn sites(extents: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for &extent in extents {
        all = all
            .iter()
            .flat_map(|x| (0..extent).map(move |next| [x.as_slice(), &[next]].concat()))
            .collect();
    }
    all
}

fn number_of(x: &[usize], extents: &[usize]) -> usize {
    x.iter()
        .zip(extents)
        .fold(0, |n, (x, extent)| n * extent + x)
}

/// The site `steps` further in direction `mu`.
fn moved(x: &[usize], mu: usize, steps: isize, extents: &[usize]) -> usize {
    let mut y = x.to_vec();
    y[mu] = (y[mu] as isize + steps).rem_euclid(extents[mu] as isize) as usize;
    number_of(&y, extents)
}

impl Model {
    /// Sites in each direction.
    #[must_use]
    pub fn extents(&self) -> &[usize] {
        match self {
            Self::Phi4 { extents, .. } | Self::U1 { extents, .. } => extents,
        }
    }

    /// `θ_P` of every site.
    fn plaquettes(&self, q: &[f64]) -> Vec<f64> {
        let extents = self.extents();
        let volume = extents.iter().product::<usize>();
        let angle = |x: &Vec<usize>| {
            let here = number_of(x, extents);
            let (ahead, side) = (moved(x, 0, 1, extents), moved(x, 1, 1, extents));
            q[here] + q[volume + ahead] - q[side] - q[volume + here]
        };
        sites(extents).iter().map(angle).collect()
    }

    /// `S(q)`.
    #[must_use]
    pub fn action(&self, q: &[f64]) -> f64 {
        match self {
            Self::Phi4 {
                extents,
                hopping,
                quadratic,
                quartic,
            } => {
                let term = |x: &Vec<usize>| {
                    let phi = q[number_of(x, extents)];
                    let bonds: f64 = (0..x.len()).map(|mu| q[moved(x, mu, 1, extents)]).sum();
                    -2.0 * hopping * phi * bonds + quadratic * phi.powi(2) + quartic * phi.powi(4)
                };
                sites(extents).iter().map(term).sum()
            }
            Self::U1 { beta, .. } => {
                let cosines = self
                    .plaquettes(q)
                    .iter()
                    .map(|angle| angle.cos())
                    .sum::<f64>();
                -beta * cosines
            }
        }
    }

    /// `−∂S/∂q`.
    #[must_use]
    pub fn force(&self, q: &[f64]) -> Vec<f64> {
        let extents = self.extents();
        match self {
            Self::Phi4 {
                hopping,
                quadratic,
                quartic,
                ..
            } => {
                let at = |x: &Vec<usize>| {
                    let phi = q[number_of(x, extents)];
                    let near: f64 = (0..x.len())
                        .map(|mu| q[moved(x, mu, 1, extents)] + q[moved(x, mu, -1, extents)])
                        .sum();
                    2.0 * hopping * near - 2.0 * quadratic * phi - 4.0 * quartic * phi.powi(3)
                };
                sites(extents).iter().map(at).collect()
            }
            Self::U1 { beta, .. } => {
                let angles = self.plaquettes(q);
                let link = |mu: usize| {
                    let angles = &angles;
                    let sign = if mu == 0 { -beta } else { *beta };
                    sites(extents).into_iter().map(move |x| {
                        let here = angles[number_of(&x, extents)];
                        let behind = angles[moved(&x, 1 - mu, -1, extents)];
                        sign * (here.sin() - behind.sin())
                    })
                };
                link(0).chain(link(1)).collect()
            }
        }
    }

    /// `Σ_P wrap(θ_P)/2π`.
    #[must_use]
    pub fn charge(&self, q: &[f64]) -> f64 {
        let turns = self
            .plaquettes(q)
            .into_iter()
            .map(|angle| angle / std::f64::consts::TAU);
        turns.map(|turns| turns - turns.round()).sum()
    }
}

/// Kicks (`true`) and drifts of one step, in units of the step; `None` for a name that no scheme has.
#[must_use]
pub fn parts(scheme: &str) -> Option<Vec<(bool, f64)>> {
    let lambda = 0.193_183_327_503_783_6;
    let five = |kick_first: bool| {
        let widths = [lambda, 0.5, 1.0 - 2.0 * lambda, 0.5, lambda];
        let kinds = [kick_first, !kick_first].into_iter().cycle();
        kinds.zip(widths).collect()
    };
    Some(match scheme {
        "leapfrog" => vec![(true, 0.5), (false, 1.0), (true, 0.5)],
        "leapfrog-position" => vec![(false, 0.5), (true, 1.0), (false, 0.5)],
        "omelyan" => five(true),
        "omelyan-position" => five(false),
        "yoshida4" => {
            let outer = 1.0 / (2.0 - 2.0_f64.powf(1.0 / 3.0));
            [outer, 1.0 - 2.0 * outer, outer]
                .into_iter()
                .flat_map(|w| [(true, 0.5 * w), (false, w), (true, 0.5 * w)])
                .collect()
        }
        _ => return None,
    })
}

/// Runs `steps` steps from `q` and `p`, in place.
pub fn trajectory(
    model: &Model,
    parts: &[(bool, f64)],
    step: f64,
    steps: usize,
    q: &mut [f64],
    p: &mut [f64],
) {
    for _ in 0..steps {
        for &(kick, width) in parts {
            if kick {
                let force = model.force(q);
                for (p, force) in p.iter_mut().zip(force) {
                    *p += step * width * force;
                }
            } else {
                for (q, p) in q.iter_mut().zip(&*p) {
                    *q += step * width * p;
                }
            }
        }
    }
}

/// `½ Σ p²`.
#[must_use]
pub fn kinetic_energy(p: &[f64]) -> f64 {
    0.5 * p.iter().map(|p| p * p).sum::<f64>()
}
