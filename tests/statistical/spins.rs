//! Kernels of spins and vectors, against what is known exactly. Errors are those of independent chains.

use fieldassay::action::{Couplings, Ising, O3, Phi4, Xy};
use fieldassay::density::{Kernel, Observable, Target};
use fieldassay::lattice::{Circle, Manifold, RealLine, Sphere, Spin};
use fieldassay::observable::{
    AbsoluteMagnetisation, FieldPower, HelicityModulus, Link, SquaredMagnetisation,
};
use fieldassay::sampler::{
    HeatBath, Hmc, Integrator, Metropolis, MultiSpin, Rule, Sequence, Trajectory, Wolff,
};
use fieldassay_reference::{ising, phi4, phi4_couplings, spin_ring, xy_flux};

use super::sampler::{means_over, passes};

/// Means of observables against the truth, to what they have to resolve.
fn agree<M: Manifold, const N: usize>(
    name: &str,
    target: &dyn Target<M>,
    kernel: &mut dyn Kernel<M>,
    observables: [&dyn Observable<M>; N],
    truths: [f64; N],
    resolves: [f64; N],
) {
    let (means, _) = means_over(500, target, kernel, name, |q, _, out: &mut [[f64; N]]| {
        let mut values = vec![0.0; q.chains()];
        for (i, observable) in observables.into_iter().enumerate() {
            observable.measure(q, &mut values);
            for (out, value) in out.iter_mut().zip(&values) {
                out[i] = *value;
            }
        }
    });
    for (i, mean) in means.into_iter().enumerate() {
        passes(&format!("{name}/{i}"), mean, truths[i], resolves[i]);
    }
}

/// Energy and magnetisation at `β = 0.35`, on a lattice of odd extents (where neighbours share a colour) and on one of
/// even ones.
#[test]
fn every_kernel_of_spins_has_the_energy_and_the_magnetisation_of_the_ising_model() {
    let beta = 0.35;
    for extents in [[3, 3], [4, 4]] {
        let model = Ising::new(&extents, beta).unwrap();
        let (thermal, magnetic) = ising::enumerate(extents[0], extents[1], beta);
        let sites = (extents[0] * extents[1]) as f64;
        let mut kernels: Vec<(&str, Box<dyn Kernel<Spin> + '_>)> = vec![
            ("metropolis", Box::new(Metropolis::flips(&model))),
            (
                "checkerboard",
                Box::new(Metropolis::flips(&model).checkerboard()),
            ),
            (
                "glauber",
                Box::new(Metropolis::flips(&model).with(Rule::Glauber)),
            ),
            ("wolff", Box::new(Wolff::new(&model, 1).unwrap())),
        ];
        if extents[0] % 2 == 0 {
            kernels.push(("multi-spin", Box::new(MultiSpin::new(&model, 1).unwrap())));
        }
        for (name, mut kernel) in kernels {
            let name = format!("ising/{}/{name}", extents[0]);
            let observables: [&dyn Observable<Spin>; 3] =
                [&Link, &AbsoluteMagnetisation, &SquaredMagnetisation];
            let truths = [-thermal.energy, magnetic.abs_m, sites * magnetic.m2];
            agree(
                &name,
                &model,
                &mut *kernel,
                observables,
                truths,
                [0.04, 0.03, 0.4],
            );
        }
    }
}

fn trajectory(step: f64) -> Trajectory {
    Trajectory::new(Integrator::Omelyan, step, 5).unwrap()
}

/// Energy and helicity modulus at `β = 1.1`, by the fluxes of the dual model.
#[test]
fn every_kernel_of_angles_has_the_energy_and_the_helicity_of_the_xy_model() {
    let beta = 1.1;
    let xy = Xy::new(&[3, 3], beta).unwrap();
    let exact = xy_flux::Torus::new(3, beta).thermal();
    let kernels: [(&str, Box<dyn Kernel<Circle> + '_>); 4] = [
        ("heat-bath", Box::new(HeatBath::new(&xy, 1).unwrap())),
        ("wolff", Box::new(Wolff::new(&xy, 2).unwrap())),
        ("metropolis", Box::new(Metropolis::new(&xy, 1.5).unwrap())),
        ("hmc", Box::new(Hmc::new(&xy, trajectory(0.25)).unwrap())),
    ];
    for (name, mut kernel) in kernels {
        let observables: [&dyn Observable<Circle>; 2] = [&Link, &HelicityModulus { beta }];
        let truths = [-exact.energy, exact.helicity];
        agree(
            &format!("xy/{name}"),
            &xy,
            &mut *kernel,
            observables,
            truths,
            [0.02, 0.04],
        );
    }
}

/// Energy and magnetisation on a ring, where representations of SO(3) do not mix.
#[test]
fn every_kernel_of_vectors_has_the_energy_and_the_magnetisation_of_a_heisenberg_ring() {
    let (length, beta) = (6, 1.5);
    let o3 = O3::new(&[length], beta).unwrap();
    let exact = spin_ring::heisenberg(length as u32, beta);
    // |Σ s|²/L: every distance twice but those to oneself and to the other side.
    let half = length / 2;
    let m2 = exact.correlation[0]
        + exact.correlation[half]
        + 2.0 * exact.correlation[1..half].iter().sum::<f64>();
    let kernels: [(&str, Box<dyn Kernel<Sphere<3>> + '_>); 3] = [
        ("wolff", Box::new(Wolff::new(&o3, 2).unwrap())),
        ("metropolis", Box::new(Metropolis::new(&o3, 1.0).unwrap())),
        ("hmc", Box::new(Hmc::new(&o3, trajectory(0.25)).unwrap())),
    ];
    for (name, mut kernel) in kernels {
        let observables: [&dyn Observable<Sphere<3>>; 2] = [&Link, &SquaredMagnetisation];
        agree(
            &format!("o3/{name}"),
            &o3,
            &mut *kernel,
            observables,
            [-exact.energy, m2],
            [0.02, 0.15],
        );
    }
}

/// Clusters of signs alone never change `|φ|`; with something that does they are exact, beyond the barrier too.
#[test]
fn clusters_of_signs_and_local_updates_sample_both_phases_of_phi4() {
    for (name, kappa, resolves) in [
        ("symmetric", 0.2, [0.02, 0.05, 0.15]),
        ("broken", 0.5, [0.08, 0.3, 0.8]),
    ] {
        let lambda = 0.5;
        let action = Phi4::new(&[2, 3], Couplings::from_kappa(kappa, lambda)).unwrap();
        let torus = phi4::Torus::new(
            2,
            3,
            phi4_couplings::Couplings::kappa(kappa, lambda),
            phi4::Nodes::Gauss(20),
        );
        let exact = torus.moments();
        assert!(
            exact.schwinger_dyson.abs() < 1e-10,
            "{}",
            exact.schwinger_dyson
        );
        let mut kernel = Sequence::<RealLine>(vec![
            Box::new(Metropolis::new(&action, 1.2).unwrap()),
            Box::new(Wolff::new(&action, 1).unwrap()),
        ]);
        let square = FieldPower::new(2).unwrap();
        let observables: [&dyn Observable<RealLine>; 3] = [&square, &Link, &SquaredMagnetisation];
        let truths = [exact.phi2, exact.link[0] + exact.link[1], exact.chi2];
        agree(
            &format!("phi4/{name}"),
            &action,
            &mut kernel,
            observables,
            truths,
            resolves,
        );
    }
}
