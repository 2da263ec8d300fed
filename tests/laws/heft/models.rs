//! Random Hamiltonians, one stream each.

use fieldassay::rng::{Rng, Seed};
use fieldassay::scattering::{Bare, Channel, FormFactor, Heft, Separable, SigmaModel, Vertex};
use fieldassay::units::{Fm, HbarC, Mev, ParticleMass};

pub const HBARC: HbarC = HbarC::CODATA_2018;

/// The law by which data sets are drawn; every third model has another form factor.
pub fn sigma_model(label: &str, index: usize) -> SigmaModel {
    let mut rng = Seed(20_260_901).stream(&format!("laws/heft/{label}/{index}"));
    let (c, d) = (rng.uniform_in(0.5, 2.0), rng.uniform_in(0.5, 2.0));
    SigmaModel {
        form_factor: FormFactor::ALL[index % 3],
        m_sigma: Mev(rng.uniform_in(350.0, 700.0)),
        g: rng.uniform_in(0.5, 1.7) * (1.0 + 0.6 * (c - 0.5)),
        c: Fm(c),
        contact: rng.uniform_in(-0.5, 0.9) * (0.4 + d),
        d: Fm(d),
        m_pi: Mev(139.57),
        hbarc: HBARC,
    }
}

fn vertex(rng: &mut Rng, strength: f64) -> Vertex {
    let factor = FormFactor::ALL[rng.below(3)];
    let range = Fm(rng.uniform_in(0.4, 1.2));
    let power = 1 + u32::from(rng.uniform() < 0.5);
    Vertex::form_factor(strength, factor, range, power, HBARC).unwrap()
}

/// Two bare states, two channels of unequal masses, one attractive and one repulsive term that mix them.
pub fn two_channel_model(label: &str, index: usize) -> Heft {
    let mut rng = Seed(20_260_901).stream(&format!("laws/heft/{label}/{index}"));
    let mass = |value: f64| ParticleMass(Mev(value));
    let channels = [
        Channel::pair(mass(139.57)).unwrap(),
        Channel::new(mass(139.57), mass(rng.uniform_in(200.0, 500.0))).unwrap(),
    ];
    let coupling = 1.0 / 139.57_f64.sqrt();
    let mut bare = || Bare {
        mass: Mev(rng.uniform_in(350.0, 900.0)),
        couplings: (0..2)
            .map(|_| {
                let strength = coupling * rng.uniform_in(-1.5, 1.5);
                vertex(&mut rng, strength)
            })
            .collect(),
    };
    let bare = [bare(), bare()];
    let mut term = |strength: f64| Separable {
        strength: strength / 139.57_f64.powi(2),
        vertices: (0..2)
            .map(|_| {
                let strength = rng.uniform_in(-1.0, 1.0);
                vertex(&mut rng, strength)
            })
            .collect(),
    };
    let separable = [term(-0.4), term(0.7)];
    Heft::new(HBARC, &channels, &bare, &separable).unwrap()
}
