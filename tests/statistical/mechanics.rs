//! Path integrals of a particle: hybrid Monte Carlo against the transfer matrix, and the transfer matrix against closed forms.

use fieldassay::action::{PathIntegral, Potential};
use fieldassay::density::Observable;
use fieldassay::lattice::{Field, RealLine};
use fieldassay::observable::{Correlator, FieldPower, VirialEnergy};
use fieldassay::sampler::{Integrator, Trajectory};
use fieldassay::stats::EffectiveMass;
use fieldassay_reference::quantum::{Particle, Potential as Well};
use fieldassay_reference::quantum_lattice::Lattice;

use super::sampler::{CHAINS, chain_means, passes};

const POINTS: usize = 20;

/// `a = 0.25`, `m = 1/2`, `V = (x² − 1)²`.
fn anharmonic() -> (PathIntegral, Lattice) {
    let potential = Potential::DoubleWell {
        lambda: 1.0,
        f2: 1.0,
    };
    let path = PathIntegral::new(POINTS, 0.25, 0.5, potential).unwrap();
    let particle = Particle {
        mass: 0.5,
        potential: Well::double_well(1.0, 1.0),
    };
    (path, particle.lattice(0.25))
}

/// ⟨x²⟩, ⟨x⁴⟩, the moment estimator of the energy and the correlator at distances 1 and 3, by hybrid Monte Carlo with the
/// force gradient.
#[test]
fn paths_have_the_moments_of_the_transfer_matrix() {
    let (path, transfer) = anharmonic();
    let energy = VirialEnergy::new(path.potential().coefficients(path.mass())).unwrap();
    let observables: [&dyn Observable<RealLine>; 5] = [
        &FieldPower::new(2).unwrap(),
        &FieldPower::new(4).unwrap(),
        &energy,
        &Correlator {
            direction: 0,
            distance: 1,
        },
        &Correlator {
            direction: 0,
            distance: 3,
        },
    ];
    let ring = transfer.ring(POINTS);
    let (x2, x4, correlator) = (ring.x2, ring.x4, transfer.g2(POINTS, &[1, 3]));
    // METHODS: E = 3λ⟨x⁴⟩ − 4λf²⟨x²⟩ + λf⁴, at this spacing 6 % below E_0.
    let exact = [
        x2,
        x4,
        3.0 * x4 - 4.0 * x2 + 1.0,
        correlator[0],
        correlator[1],
    ];
    assert!(exact[2] < 0.95 * transfer.level(0));
    let trajectory = Trajectory::new(Integrator::ForceGradient, 0.35, 4).unwrap();
    let (found, accepted) = chain_means(&path, trajectory, "mechanics", |q, _, out| {
        measured(q, &observables, out);
    });
    assert!(accepted > 0.7 && accepted < 0.999, "acceptance {accepted}");
    for ((name, found), exact) in ["x2", "x4", "E", "C(1)", "C(3)"]
        .iter()
        .zip(found)
        .zip(exact)
    {
        passes(&format!("mechanics, {name}"), found, exact, 0.04 * exact);
    }
}

/// The effective mass of the exact correlator far from both ends is the gap.
#[test]
fn the_effective_mass_of_a_path_is_its_gap() {
    let transfer = anharmonic().1;
    let distances: Vec<usize> = (0..80).collect();
    let correlator = transfer.g2(80, &distances);
    let mass = EffectiveMass::Arcosh.at(&correlator, 20).unwrap();
    let gap = 0.25 * (transfer.level(1) - transfer.level(0));
    assert!((mass - gap).abs() < 1e-6, "{mass}, {gap}");
}

fn measured<const N: usize>(
    q: &Field<RealLine>,
    observables: &[&dyn Observable<RealLine>; N],
    out: &mut [[f64; N]],
) {
    let mut values = vec![0.0; CHAINS];
    for (i, observable) in observables.iter().enumerate() {
        observable.measure(q, &mut values);
        for (out, value) in out.iter_mut().zip(&values) {
            out[i] = *value;
        }
    }
}
