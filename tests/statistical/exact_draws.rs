//! Independent draws of free fields and of U(1) on the torus; and hybrid Monte Carlo from exact starts.

use fieldassay::Seed;
use fieldassay::action::{Couplings, Phi4, U1TwoD};
use fieldassay::density::{Action, Aux, Info, Kernel, Observable, Target};
use fieldassay::lattice::{Circle, Continuous, Field};
use fieldassay::observable::{FieldPower, Plaquette, SineCharge, TopologicalCharge};
use fieldassay::sampler::{FreeField, Hmc, Integrator, Langevin, TorusDraws, Trajectory};
use fieldassay::stats::KolmogorovSmirnov;
use fieldassay_reference::free_field::{Form, FreeField as Modes};
use fieldassay_reference::u1_torus::Torus;

use super::sampler::{CHAINS, means_over, passes};

/// `⟨|φ̃(p)|²⟩` of every mode, in one dimension, two and three.
#[test]
fn free_draws_have_the_variance_of_every_mode() {
    modes_of::<5>(&[5], 0.4);
    modes_of::<12>(&[3, 4], 0.7);
    modes_of::<12>(&[2, 3, 2], 0.3);
}

fn modes_of<const N: usize>(extents: &[usize], mass2: f64) {
    let couplings = Couplings::from_mass_squared(mass2, 0.0, extents.len());
    let free = Phi4::new(extents, couplings).unwrap();
    let lattice = free.lattice().clone();
    let mut draws = FreeField::new(&lattice, couplings.hopping, couplings.quadratic).unwrap();
    let exact = Modes {
        extents: extents.to_vec(),
        mass2,
        form: Form::NoHalf,
    }
    .mode_variances();
    let phase = |p: usize, x: usize| -> f64 {
        let (p, x) = (lattice.coordinates(p), lattice.coordinates(x));
        let turns = p.iter().zip(&x).zip(extents);
        turns
            .map(|((p, x), l)| (p * x) as f64 / *l as f64)
            .sum::<f64>()
            * std::f64::consts::TAU
    };
    let waves: Vec<[f64; 2]> = (0..N * N)
        .map(|i| {
            let (sine, cosine) = phase(i / N, i % N).sin_cos();
            [cosine, sine]
        })
        .collect();
    let name = format!("free draws/{extents:?}");
    let (found, _) = means_over::<_, N>(200, &free, &mut draws, &name, |q, _, out| {
        for (chain, out) in out.iter_mut().enumerate() {
            for (p, out) in out.iter_mut().enumerate() {
                let mut mode = [0.0; 2];
                for x in 0..N {
                    let phi = q.get(x, 0, chain);
                    for (mode, wave) in mode.iter_mut().zip(waves[p * N + x]) {
                        *mode += phi * wave;
                    }
                }
                *out = (mode[0] * mode[0] + mode[1] * mode[1]) / N as f64;
            }
        }
    });
    for (p, (found, exact)) in found.into_iter().zip(exact).enumerate() {
        passes(&format!("{name}, mode {p}"), found, exact, 0.08 * exact);
    }
}

/// `P`, `Q²`, `Q_sin²`, the weights of the sectors `0` and `±1`, and Polyakov angles that are uniform.
#[test]
fn torus_draws_have_the_exact_sectors() {
    for (extents, beta, steps) in [([3, 4], 1.0, 300), ([5, 4], 4.0, 200), ([2, 3], -1.5, 300)] {
        let u1 = U1TwoD::new(&extents, beta).unwrap();
        let mut draws = TorusDraws::new(u1.lattice(), beta).unwrap();
        let name = format!("torus draws/{beta}");
        let ([plaquette, q2, sine2, zero, one, loop_0, loop_1], _) =
            means_over(steps, &u1, &mut draws, &name, |q, _, out| sectors(q, out));
        let torus = Torus::new((extents[0] * extents[1]) as u32, beta.abs());
        let exact = [torus.plaquette(), torus.q2(), torus.q_sin2()].map(|x| x.to_f64());
        passes(&name, plaquette, exact[0] * beta.signum(), 0.01);
        passes(&format!("{name}, sine"), sine2, exact[2], 0.2 * exact[2]);
        // cos² of a uniform angle.
        passes(&format!("{name}, loop 0"), loop_0, 0.5, 0.02);
        passes(&format!("{name}, loop 1"), loop_1, 0.5, 0.02);
        if beta > 0.0 {
            let weights = torus.sectors(&[0, 1]);
            passes(&format!("{name}, charge"), q2, exact[1], 0.2 * exact[1]);
            passes(
                &format!("{name}, Q = 0"),
                zero,
                weights[0].weight.to_f64(),
                0.02,
            );
            passes(
                &format!("{name}, Q = ±1"),
                one,
                2.0 * weights[1].weight.to_f64(),
                0.02,
            );
        }
    }
}

fn sectors(q: &Field<Circle>, out: &mut [[f64; 7]]) {
    let mut values = vec![0.0; CHAINS];
    let observables: [&dyn Observable<Circle>; 3] = [&Plaquette, &TopologicalCharge, &SineCharge];
    for (i, observable) in observables.into_iter().enumerate() {
        observable.measure(q, &mut values);
        for (out, value) in out.iter_mut().zip(&values) {
            out[i] = if i == 0 { *value } else { value * value };
            if i == 1 {
                out[3] = f64::from(u8::from(*value == 0.0));
                out[4] = f64::from(u8::from(value.abs() == 1.0));
            }
        }
    }
    let lattice = q.lattice();
    for mu in 0..2 {
        for (chain, out) in out.iter_mut().enumerate() {
            let (mut site, mut angle) = (0, 0.0);
            for _ in 0..lattice.extents()[mu] {
                angle += q.get(site, mu, chain);
                site = lattice.neighbour(site, mu, 1);
            }
            out[5 + mu] = angle.cos().powi(2);
        }
    }
}

/// Rounds of 256 chains whose configurations make up a sample.
const ROUNDS: usize = 8;

/// `p` of the test that `steps` steps of a kernel from exact starts leave the laws of `S` and of the observables alone; the
/// smallest of them.
fn smallest_p<M: Continuous>(
    action: &dyn Action<M>,
    draws: &mut dyn Kernel<M>,
    kernel: &mut dyn Kernel<M>,
    observables: &[&dyn Observable<M>],
    name: &str,
    steps: usize,
) -> f64 {
    let mut r = Seed(20_261_127).chains(&format!("statistical/exact-start/{name}"), CHAINS);
    let (mut q, mut aux, mut info) = (action.neutral(CHAINS), Aux::default(), Info::default());
    let mut samples = vec![[Vec::new(), Vec::new()]; 1 + observables.len()];
    let mut values = vec![0.0; CHAINS];
    for _ in 0..ROUNDS {
        for (which, steps) in [0, steps].into_iter().enumerate() {
            draws.step(&mut q, &mut aux, &mut r, &mut info);
            for _ in 0..steps {
                kernel.step(&mut q, &mut aux, &mut r, &mut info);
            }
            action.value(&q, &aux, &mut values);
            samples[0][which].extend_from_slice(&values);
            for (observable, sample) in observables.iter().zip(&mut samples[1..]) {
                observable.measure(&q, &mut values);
                sample[which].extend_from_slice(&values);
            }
        }
    }
    let tests = samples.iter().map(|[before, after]| {
        KolmogorovSmirnov::two_sample(before, after)
            .unwrap()
            .p_value
    });
    tests.fold(1.0, f64::min)
}

/// Hybrid Monte Carlo, at an acceptance of some 0.7, keeps the laws; Langevin dynamics without a decision does not.
#[test]
fn hybrid_monte_carlo_keeps_the_law_of_an_exact_start() {
    // Seven comparisons: 1e-9 each.
    let rough = || Trajectory::new(Integrator::Leapfrog, 0.3, 3).unwrap();
    let couplings = Couplings::from_mass_squared(0.6, 0.0, 2);
    let free = Phi4::new(&[4, 6], couplings).unwrap();
    let mut draws = FreeField::new(free.lattice(), couplings.hopping, couplings.quadratic).unwrap();
    let phi2 = FieldPower::new(2).unwrap();
    let mut hmc = Hmc::new(&free, rough()).unwrap();
    let kept = smallest_p(&free, &mut draws, &mut hmc, &[&phi2], "free", 4);
    assert!(kept > 1e-9, "free field: p = {kept}");
    let mut sick = Langevin::new(&free, 0.045).unwrap();
    let lost = smallest_p(&free, &mut draws, &mut sick, &[&phi2], "free/langevin", 40);
    assert!(
        lost < 1e-9,
        "Langevin dynamics of a free field passed: p = {lost}"
    );

    let u1 = U1TwoD::new(&[4, 4], 2.0).unwrap();
    let mut draws = TorusDraws::new(u1.lattice(), 2.0).unwrap();
    let of_links: [&dyn Observable<Circle>; 2] = [&TopologicalCharge, &SineCharge];
    let mut hmc = Hmc::new(&u1, Trajectory::new(Integrator::Leapfrog, 0.4, 3).unwrap()).unwrap();
    let kept = smallest_p(&u1, &mut draws, &mut hmc, &of_links, "u1", 4);
    assert!(kept > 1e-9, "U(1): p = {kept}");
    let mut sick = Langevin::new(&u1, 0.1).unwrap();
    let lost = smallest_p(&u1, &mut draws, &mut sick, &of_links, "u1/langevin", 20);
    assert!(lost < 1e-9, "Langevin dynamics of U(1) passed: p = {lost}");
}

/// A chain's draws are the same whatever is drawn beside it, and what cannot be drawn is refused.
#[test]
fn draws_of_a_chain_do_not_depend_on_others() {
    let free = Phi4::new(&[3, 4], Couplings::from_mass_squared(0.6, 0.0, 2)).unwrap();
    let u1 = U1TwoD::new(&[3, 4], 2.0).unwrap();
    let run = |chains: usize| {
        let mut r = Seed(3).chains("statistical/exact-draws", chains);
        let (mut phi, mut links) = (free.neutral(chains), u1.neutral(chains));
        for _ in 0..3 {
            FreeField::new(free.lattice(), 1.0, 4.6)
                .unwrap()
                .draw(&mut phi, &mut r);
            TorusDraws::new(u1.lattice(), 2.0)
                .unwrap()
                .draw(&mut links, &mut r);
        }
        let of =
            |numbers: &[f64]| -> Vec<f64> { numbers.iter().step_by(chains).copied().collect() };
        (of(phi.numbers()), of(links.numbers()))
    };
    assert_eq!(run(1), run(5));
    assert!(FreeField::new(free.lattice(), 1.0, 4.0).is_err());
    assert!(FreeField::new(free.lattice(), 1.0, f64::NAN).is_err());
    assert!(TorusDraws::new(u1.lattice(), f64::INFINITY).is_err());
}
