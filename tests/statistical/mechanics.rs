//! Path integrals of a particle: hybrid Monte Carlo against the transfer matrix, and the transfer matrix against closed forms.

use fieldassay::action::{PathIntegral, Potential};
use fieldassay::density::Observable;
use fieldassay::lattice::{Field, RealLine};
use fieldassay::observable::{Correlator, FieldPower, VirialEnergy};
use fieldassay::sampler::{Integrator, Trajectory};
use fieldassay::stats::EffectiveMass;
use fieldassay_reference::path_integral::PathIntegral as Transfer;

use super::sampler::{CHAINS, chain_means, passes};

/// `N = 20`, `a = 0.25`, `m = 1/2`, `V = (x² − 1)²`.
fn anharmonic() -> (PathIntegral, Transfer) {
    let potential = Potential::DoubleWell {
        lambda: 1.0,
        f2: 1.0,
    };
    let path = PathIntegral::new(20, 0.25, 0.5, potential).unwrap();
    let transfer = Transfer::new(20, 0.25, 0.5, |x| (x * x - 1.0).powi(2), 4.5, 121);
    (path, transfer)
}

fn near(what: &str, found: f64, expected: f64) {
    let off = (found - expected).abs();
    assert!(
        off <= 1e-11 * expected.abs().max(1.0),
        "{what}: {found}, {expected}"
    );
}

/// Numbers of a transfer matrix with 161 nodes, of another program (long double, another eigensolver).
#[test]
fn the_transfer_matrix_has_the_numbers_of_another_program() {
    let transfer = anharmonic().1;
    for (what, found, expected) in [
        ("ln Z", transfer.ln_z(), -5.486_812_873_705_433),
        ("⟨x²⟩", transfer.moment(2), 0.620_685_137_140_861_6),
        ("⟨x⁴⟩", transfer.moment(4), 0.838_346_262_912_69),
        (
            "⟨x_0 x_1⟩",
            transfer.correlator(1),
            0.425_100_418_583_818_25,
        ),
        (
            "⟨x_0 x_10⟩",
            transfer.correlator(10),
            0.029_417_073_002_554_705,
        ),
        ("E_0", transfer.energy(0), 1.097_476_700_670_296_6),
        ("E_1", transfer.energy(1), 2.591_173_763_910_745_7),
    ] {
        near(what, found, expected);
    }
}

/// `Z = 1/2 sinh(Nω̂/2)` with `cosh ω̂ = 1 + a²ω²/2`, `⟨x²⟩ = coth(Nω̂/2)/2mω√(1 + a²ω²/4)`.
#[test]
fn the_transfer_matrix_has_the_closed_form_of_the_oscillator() {
    let (n, a, m, omega) = (12_u32, 0.4, 0.8, 1.3);
    let v = |x: f64| 0.5 * m * omega * omega * x * x;
    let transfer = Transfer::new(n as usize, a, m, v, 9.0, 161);
    let w = f64::acosh(1.0 + 0.5 * (a * omega) * (a * omega));
    let half = 0.5 * f64::from(n) * w;
    near("ln Z", transfer.ln_z(), -(2.0 * half.sinh()).ln());
    let width = 2.0 * m * omega * (1.0 + 0.25 * (a * omega) * (a * omega)).sqrt();
    let x2 = 1.0 / (half.tanh() * width);
    near("⟨x²⟩", transfer.moment(2), x2);
    near("⟨x⁴⟩", transfer.moment(4), 3.0 * x2 * x2);
    for t in 0..=n {
        let exact = ((half - f64::from(t) * w).cosh()) / (half.sinh() * width);
        near("⟨x_0 x_t⟩", transfer.correlator(t as usize), exact);
    }
    near("gap", transfer.energy(1) - transfer.energy(0), w / a);
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
    let (x2, x4) = (transfer.moment(2), transfer.moment(4));
    // METHODS: E = 3λ⟨x⁴⟩ − 4λf²⟨x²⟩ + λf⁴, at this spacing 6 % below E_0.
    let exact = [
        x2,
        x4,
        3.0 * x4 - 4.0 * x2 + 1.0,
        transfer.correlator(1),
        transfer.correlator(3),
    ];
    assert!(exact[2] < 0.95 * transfer.energy(0));
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
    let transfer = Transfer::new(80, 0.25, 0.5, |x| (x * x - 1.0).powi(2), 4.5, 121);
    let correlator: Vec<f64> = (0..80).map(|t| transfer.correlator(t)).collect();
    let mass = EffectiveMass::Arcosh.at(&correlator, 20).unwrap();
    let gap = 0.25 * (transfer.energy(1) - transfer.energy(0));
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
