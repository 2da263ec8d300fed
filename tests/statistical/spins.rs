//! Kernels of spins and vectors, against what is known exactly. Errors are those of independent chains.

use fieldassay::action::Ising;
use fieldassay::density::{Kernel, Observable};
use fieldassay::lattice::Spin;
use fieldassay::observable::{AbsoluteMagnetisation, Link, SquaredMagnetisation};
use fieldassay::sampler::{Metropolis, MultiSpin, Rule, Wolff};
use fieldassay_reference::ising;

use super::sampler::{means_over, passes};

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
            let (means, _) = means_over(
                500,
                &model,
                &mut *kernel,
                &name,
                |q, _, out: &mut [[f64; 3]]| {
                    let mut values = vec![0.0; q.chains()];
                    let observables: [&dyn Observable<Spin>; 3] =
                        [&Link, &AbsoluteMagnetisation, &SquaredMagnetisation];
                    for (i, observable) in observables.into_iter().enumerate() {
                        observable.measure(q, &mut values);
                        for (out, value) in out.iter_mut().zip(&values) {
                            out[i] = *value;
                        }
                    }
                },
            );
            let truths = [-thermal.energy, magnetic.abs_m, sites * magnetic.m2];
            for ((what, mean), (truth, resolves)) in ["link", "|m|", "m²"]
                .iter()
                .zip(means)
                .zip(truths.into_iter().zip([0.04, 0.03, 0.4]))
            {
                passes(&format!("{name}/{what}"), mean, truth, resolves);
            }
        }
    }
}
