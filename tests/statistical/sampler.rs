//! Hybrid Monte Carlo: expectations that are known exactly, at step sizes so large that a sampler without its accept
//! step would be off.
//!
//! Errors are those of independent chains: 256 of them side by side, each started from the ordered field and
//! thermalised; one mean a chain.

use fieldassay::Seed;
use fieldassay::action::{Couplings, Phi4, U1TwoD};
use fieldassay::density::{Action, Aux, Info, Kernel, Observable, Target};
use fieldassay::lattice::{Circle, Continuous, Field, Manifold, RealLine, Tangent};
use fieldassay::observable::{FieldPower, Plaquette, SineCharge, TopologicalCharge};
use fieldassay::sampler::{
    HeatBath, Hmc, InstantonHit, Integrator, Langevin, Metropolis, Sequence, Trajectory,
};
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Outcome, check};
use fieldassay_reference::u1_torus::Torus;

pub(crate) const CHAINS: usize = 256;
const WARM_UP: usize = 100;
const STEPS: usize = 1000;

/// The probability that a check fails although all is right.
const FALSE_FAIL: f64 = 1e-9;

/// Means over each chain of what `measure` says of a configuration and a step, and the share of accepted steps.
pub(crate) fn chain_means<M: Continuous, const N: usize>(
    action: &dyn Action<M>,
    trajectory: Trajectory,
    name: &str,
    measure: impl FnMut(&Field<M>, &Info, &mut [[f64; N]]),
) -> ([Estimate; N], f64) {
    let mut hmc = Hmc::new(action, trajectory).unwrap();
    means_of(action, &mut hmc, name, measure)
}

/// As [`chain_means`], of any kernel.
pub(crate) fn means_of<M: Continuous, const N: usize>(
    action: &dyn Action<M>,
    kernel: &mut dyn Kernel<M>,
    name: &str,
    measure: impl FnMut(&Field<M>, &Info, &mut [[f64; N]]),
) -> ([Estimate; N], f64) {
    means_over(STEPS, action, kernel, name, measure)
}

/// As [`means_of`], over another number of steps.
pub(crate) fn means_over<M: Manifold, const N: usize>(
    steps: usize,
    action: &dyn Target<M>,
    kernel: &mut dyn Kernel<M>,
    name: &str,
    mut measure: impl FnMut(&Field<M>, &Info, &mut [[f64; N]]),
) -> ([Estimate; N], f64) {
    let mut r = Seed(20_261_127).chains(&format!("statistical/sampler/{name}"), CHAINS);
    let (mut q, mut aux, mut info) = (action.neutral(CHAINS), Aux::default(), Info::default());
    let (mut now, mut sums) = (vec![[0.0; N]; CHAINS], vec![[0.0; N]; CHAINS]);
    let mut accepted = 0;
    for step in 0..WARM_UP + steps {
        kernel.step(&mut q, &mut aux, &mut r, &mut info);
        if step < WARM_UP {
            continue;
        }
        accepted += info.accepted.iter().filter(|&&yes| yes).count();
        measure(&q, &info, &mut now);
        for (sum, now) in sums.iter_mut().zip(&now) {
            for (sum, now) in sum.iter_mut().zip(now) {
                *sum += now / steps as f64;
            }
        }
    }
    let estimates = std::array::from_fn(|i| {
        let means: Vec<f64> = sums.iter().map(|sum| sum[i]).collect();
        Estimate::from_independent(&means).unwrap()
    });
    (estimates, accepted as f64 / (CHAINS * steps) as f64)
}

pub(crate) fn passes(name: &str, estimate: Estimate, truth: f64, resolves: f64) {
    let found = check(name, estimate)
        .false_fail(FALSE_FAIL)
        .resolves(resolves)
        .against(truth);
    assert_eq!(found.outcome, Outcome::Pass, "{found:?}");
}

/// Independent Gaussian variables and a free field: without its accept step, leapfrog makes ⟨φ²⟩ of a mode with
/// `S = k φ²/2` larger by `1/(1 − k ε²/4)`, here 5.5 % and, over all modes, 7.9 %.
#[test]
fn a_free_field_has_its_propagator() {
    let (m2, step) = (0.8, 0.2);
    for extents in [&[1][..], &[4, 6]] {
        let dimension = extents.len();
        let free = Phi4::new(extents, Couplings::from_mass_squared(m2, 0.0, dimension)).unwrap();
        // Form (b): the variance of a mode is 1/2(p̂² + m²).
        let lattice = free.lattice();
        let p2 = |site: usize| -> f64 {
            let momenta = lattice.coordinates(site);
            let parts = momenta.iter().zip(extents);
            parts
                .map(|(&n, &l)| 4.0 * (std::f64::consts::PI * n as f64 / l as f64).sin().powi(2))
                .sum()
        };
        let sites = lattice.sites();
        let exact = |of: &dyn Fn(f64) -> f64| {
            (0..sites).map(|site| of(p2(site))).sum::<f64>() / sites as f64
        };
        let truth = exact(&|p2| 0.5 / (p2 + m2));
        let step = if dimension == 1 { 0.36 } else { step };
        let biased = exact(&|p2| 0.5 / (p2 + m2) / (1.0 - 0.5 * (p2 + m2) * step * step));
        let trajectory = Trajectory::new(Integrator::Leapfrog, step, 3).unwrap();
        let name = format!("free/{dimension}");
        let ([phi2], accepted) = chain_means(&free, trajectory, &name, |q, _, out| {
            for (chain, out) in out.iter_mut().enumerate() {
                let own = q.numbers().iter().skip(chain).step_by(CHAINS);
                out[0] = own.map(|phi| phi * phi).sum::<f64>() / sites as f64;
            }
        });
        assert!(
            accepted > 0.6 && accepted < 0.995,
            "{name}: acceptance {accepted}"
        );
        assert!(biased - truth > 0.04 * truth, "{name}: {biased}, {truth}");
        passes(&name, phi2, truth, 0.03 * truth);
    }
}

/// `⟨Σ φ F⟩ = −V`, `⟨e^{−ΔH}⟩ = 1` and `⟨ΔH⟩ > 0` in the interacting theory.
#[test]
fn phi4_obeys_its_schwinger_dyson_equation_and_the_equality_of_the_energies() {
    let phi4 = Phi4::new(&[4, 6], Couplings::from_mass_squared(-4.0, 8.0, 2)).unwrap();
    for (integrator, step, steps) in [
        (Integrator::Leapfrog, 0.15, 7),
        (Integrator::Omelyan, 0.2, 5),
    ] {
        let trajectory = Trajectory::new(integrator, step, steps).unwrap();
        let mut force = Tangent::zero(&phi4.neutral(CHAINS));
        let name = format!("phi4/{}", integrator.name());
        let ([virial, creutz, delta_h], accepted) =
            chain_means(&phi4, trajectory, &name, |q, info, out| {
                phi4.force(q, &Aux::default(), &mut force);
                for (chain, out) in out.iter_mut().enumerate() {
                    let products = q.numbers().iter().zip(force.numbers());
                    let own = products.skip(chain).step_by(CHAINS);
                    let virial = own.map(|(phi, force)| phi * force).sum::<f64>() / 24.0;
                    *out = [virial, (-info.delta_h[chain]).exp(), info.delta_h[chain]];
                }
            });
        assert!(
            accepted > 0.5 && accepted < 0.99,
            "{name}: acceptance {accepted}"
        );
        passes(&name, virial, -1.0, 0.02);
        passes(&format!("{name}, e^-dH"), creutz, 1.0, 0.05);
        assert!(
            delta_h.value() > 5.0 * delta_h.error(),
            "{name}: {delta_h:?}"
        );
    }
}

/// `⟨P⟩` by characters, and `⟨F²⟩ = 2β⟨P⟩` for every link.
#[test]
fn u1_has_its_exact_plaquette() {
    let beta = 1.5;
    let u1 = U1TwoD::new(&[3, 4], beta).unwrap();
    let truth = Torus::new(12, beta).plaquette().to_f64();
    let trajectory = Trajectory::new(Integrator::Leapfrog, 0.35, 4).unwrap();
    let mut force = Tangent::zero(&u1.neutral(CHAINS));
    let mut s = vec![0.0; CHAINS];
    let ([plaquette, squared_force], accepted) = chain_means(&u1, trajectory, "u1", |q, _, out| {
        u1.force(q, &Aux::default(), &mut force);
        u1.value(q, &Aux::default(), &mut s);
        for (chain, out) in out.iter_mut().enumerate() {
            let own = force.numbers().iter().skip(chain).step_by(CHAINS);
            let squares: f64 = own.map(|f| f * f).sum();
            *out = [-s[chain] / (12.0 * beta), squares / 24.0];
        }
    });
    assert!(accepted > 0.5 && accepted < 0.99, "acceptance {accepted}");
    passes("u1 plaquette", plaquette, truth, 0.01);
    passes("u1 squared force", squared_force, 2.0 * beta * truth, 0.05);
}

fn mean_square(q: &Field<RealLine>, out: &mut [[f64; 1]]) {
    let mut values = vec![0.0; CHAINS];
    FieldPower::new(2).unwrap().measure(q, &mut values);
    for (out, value) in out.iter_mut().zip(values) {
        out[0] = value;
    }
}

/// Langevin dynamics has the variance `1/k(1 − kε/2)` of its step; with the decision the exact one.
#[test]
fn langevin_is_off_as_its_step_says_and_right_with_a_decision() {
    let (m2, epsilon) = (0.8, 0.25);
    let well = Phi4::new(&[1], Couplings::from_mass_squared(m2, 0.0, 1)).unwrap();
    let k = 2.0 * m2;
    let (exact, shifted) = (1.0 / k, 1.0 / (k * (1.0 - 0.5 * k * epsilon)));
    assert!(shifted > 1.2 * exact);
    let measure = |q: &Field<RealLine>, _: &Info, out: &mut [[f64; 1]]| mean_square(q, out);
    let mut plain = Langevin::new(&well, epsilon).unwrap();
    let ([plain], _) = means_of(&well, &mut plain, "langevin", measure);
    passes("langevin", plain, shifted, 0.08 * exact);
    let mut decided = Hmc::langevin(&well, epsilon).unwrap();
    let ([decided], accepted) = means_of(&well, &mut decided, "langevin/decided", measure);
    assert!(accepted > 0.9 && accepted < 0.9999, "{accepted}");
    passes("langevin, decided", decided, exact, 0.08 * exact);
}

/// The Schwinger–Dyson equation of φ⁴ and the plaquette of U(1).
#[test]
fn metropolis_has_the_exact_expectations() {
    let phi4 = Phi4::new(&[2, 3], Couplings::from_mass_squared(-4.0, 8.0, 2)).unwrap();
    let mut force = Tangent::zero(&phi4.neutral(CHAINS));
    let mut kernel = Metropolis::new(&phi4, 0.6).unwrap();
    let ([virial], _) = means_of(&phi4, &mut kernel, "metropolis/phi4", |q, _, out| {
        phi4.force(q, &Aux::default(), &mut force);
        for (chain, out) in out.iter_mut().enumerate() {
            let products = q.numbers().iter().zip(force.numbers());
            let own = products.skip(chain).step_by(CHAINS);
            out[0] = own.map(|(phi, force)| phi * force).sum::<f64>() / 6.0;
        }
    });
    passes("metropolis, phi4", virial, -1.0, 0.04);
    let beta = 1.0;
    let u1 = U1TwoD::new(&[2, 3], beta).unwrap();
    let mut kernel = Metropolis::new(&u1, 1.5).unwrap();
    let ([plaquette, q2, sine2], _) = means_of(&u1, &mut kernel, "metropolis/u1", |q, _, out| {
        u1_measured(q, out)
    });
    let torus = Torus::new(6, beta);
    let exact = [torus.plaquette(), torus.q2(), torus.q_sin2()].map(|x| x.to_f64());
    passes("metropolis, plaquette", plaquette, exact[0], 0.01);
    passes("metropolis, charge", q2, exact[1], 0.1 * exact[1]);
    passes("metropolis, sine", sine2, exact[2], 0.1 * exact[2]);
}

/// `(P, Q², Q_sin²)` of every chain.
fn u1_measured(q: &Field<Circle>, out: &mut [[f64; 3]]) {
    let mut values = vec![0.0; CHAINS];
    let observables: [&dyn Observable<Circle>; 3] = [&Plaquette, &TopologicalCharge, &SineCharge];
    for (i, observable) in observables.into_iter().enumerate() {
        observable.measure(q, &mut values);
        for (out, value) in out.iter_mut().zip(&values) {
            out[i] = if i == 0 { *value } else { value * value };
        }
    }
}

fn with_hits(u1: &U1TwoD, reflections: usize) -> Sequence<'_, Circle> {
    Sequence(vec![
        Box::new(HeatBath::new(u1, reflections).unwrap()),
        Box::new(InstantonHit::new(u1, u1.lattice()).unwrap()),
    ])
}

/// The heat bath with instanton hits, where it moves by itself and where it would freeze without the hits.
#[test]
fn heat_bath_with_instanton_hits_has_the_exact_sectors() {
    for (extents, beta, reflections) in [([3, 4], 1.0, 0), ([6, 6], 6.0, 1), ([2, 5], -1.5, 1)] {
        let u1 = U1TwoD::new(&extents, beta).unwrap();
        let volume = extents[0] * extents[1];
        let mut kernel = with_hits(&u1, reflections);
        let name = format!("heat bath/{beta}");
        let ([plaquette, q2, sine2], hits) =
            means_of(&u1, &mut kernel, &name, |q, _, out| u1_measured(q, out));
        assert!(
            hits > 0.01 && hits < 0.99,
            "{name}: {hits} of the hits accepted"
        );
        let torus = Torus::new(volume as u32, beta.abs());
        let exact = [torus.plaquette(), torus.q2(), torus.q_sin2()].map(|x| x.to_f64());
        if beta < 0.0 {
            // θ_P → θ_P + π for every plaquette of an even lattice.
            passes(&name, plaquette, -exact[0], 0.02);
            passes(&format!("{name}, sine"), sine2, exact[2], 0.1 * exact[2]);
            continue;
        }
        passes(&name, plaquette, exact[0], 0.01);
        passes(&format!("{name}, charge"), q2, exact[1], 0.1 * exact[1]);
        passes(&format!("{name}, sine"), sine2, exact[2], 0.1 * exact[2]);
    }
}

/// At `β = 6` the charge of a local heat bath, and of hybrid Monte Carlo, hardly ever changes on `6×6`.
#[test]
fn local_updates_freeze_the_charge_and_hits_do_not() {
    let u1 = U1TwoD::new(&[6, 6], 6.0).unwrap();
    let moved = |kernel: &mut dyn Kernel<Circle>, name: &str| {
        let mut last: Option<Vec<f64>> = None;
        let ([changes], _) = means_over(200, &u1, kernel, name, |q, _, out| {
            let mut now = vec![0.0; CHAINS];
            TopologicalCharge.measure(q, &mut now);
            let before = last.as_ref().unwrap_or(&now);
            for ((out, now), before) in out.iter_mut().zip(&now).zip(before) {
                out[0] = (now - before).powi(2);
            }
            last = Some(now);
        });
        changes
    };
    let local = moved(&mut HeatBath::new(&u1, 0).unwrap(), "frozen/local");
    let hits = moved(&mut with_hits(&u1, 0), "frozen/hits");
    let trajectory = Trajectory::new(Integrator::Omelyan, 0.2, 5).unwrap();
    let hmc = moved(&mut Hmc::new(&u1, trajectory).unwrap(), "frozen/hmc");
    assert!(hits.value() > 0.08, "{hits:?}");
    assert!(
        local.value() < 0.01 && hmc.value() < 0.01,
        "{local:?}, {hmc:?}"
    );
}
