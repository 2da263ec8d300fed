//! Molecular dynamics and hybrid Monte Carlo: what holds trajectory by trajectory.

use fieldassay::action::{Couplings, Example, O3, PathIntegral, Phi4, Potential, U1TwoD, Xy};
use fieldassay::density::{Action, Aux, Info, Kernel, Rotors, Target};
use fieldassay::lattice::{Circle, Continuous, Field, Tangent, kinetic_energy};
use fieldassay::sampler::{
    HeatBath, Hmc, InstantonHit, Integrator, Langevin, Metropolis, Path, Sequence, Trajectory,
    von_mises,
};
use fieldassay::{Error, Seed};

/// Lanes of the tests below: thermal starts side by side.
const STARTS: usize = 64;

/// Step sizes at which every integrator is well within its region of stability for [`phi4`] and [`u1`].
const STEP: f64 = 0.05;

fn phi4() -> Phi4 {
    Phi4::new(&[6, 8], Couplings::from_mass_squared(-4.0, 8.0, 2)).unwrap()
}

fn u1() -> U1TwoD {
    U1TwoD::new(&[6, 8], 2.0).unwrap()
}

fn xy() -> Xy {
    Xy::new(&[6, 8], 0.9).unwrap()
}

fn o3() -> O3 {
    O3::new(&[6, 8], 1.2).unwrap()
}

fn path() -> PathIntegral {
    let wells = Potential::DoubleWell {
        lambda: 1.0,
        f2: 1.0,
    };
    PathIntegral::new(20, 0.25, 0.5, wells).unwrap()
}

/// Thermal configurations of every chain.
fn thermal<M: Continuous>(action: &dyn Action<M>, name: &str) -> Field<M> {
    let mut r = Seed(11).chains(&format!("laws/sampler/thermal/{name}"), STARTS);
    let mut q = action.neutral(STARTS);
    let (mut aux, mut info) = (Aux::default(), Info::default());
    let trajectory = Trajectory::new(Integrator::Omelyan, 0.1, 10).unwrap();
    let mut hmc = Hmc::new(action, trajectory).unwrap();
    let mut accepted = 0;
    for _ in 0..60 {
        hmc.step(&mut q, &mut aux, &mut r, &mut info);
        accepted += info.accepted.iter().filter(|&&yes| yes).count();
    }
    assert!(accepted > 50 * STARTS, "{name}: {accepted} accepted");
    q
}

/// `(ΔH of every chain, squared distance moved per degree of freedom, the same after the way back)`.
fn there_and_back<M: Continuous>(
    action: &dyn Action<M>,
    start: &Field<M>,
    trajectory: &Trajectory,
    name: &str,
) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let chains = start.chains();
    let freedoms = (start.numbers().len() / chains) as f64;
    let mut r = Seed(12).chains(&format!("laws/sampler/momenta/{name}"), chains);
    let (aux, mut path) = (Aux::default(), Path::new(start));
    r.normal(path.p.numbers_mut());
    let zero = || vec![0.0; chains];
    let (mut s, mut k, mut moved, mut back) =
        ([zero(), zero(), zero()], [zero(), zero()], zero(), zero());
    kinetic_energy(&path.p, &mut k[0]);
    action.value(start, &aux, &mut s[0]);
    trajectory.run(action, &aux, start, &mut path, &mut s[1]);
    kinetic_energy(&path.p, &mut k[1]);
    M::distance2(start, &path.q, &mut moved);
    path.p.numbers_mut().iter_mut().for_each(|p| *p = -*p);
    let end = path.q.clone();
    trajectory.run(action, &aux, &end, &mut path, &mut s[2]);
    M::distance2(start, &path.q, &mut back);
    let delta_h = (0..chains)
        .map(|c| (k[1][c] - k[0][c]) + (s[1][c] - s[0][c]))
        .collect();
    for d2 in moved.iter_mut().chain(&mut back) {
        *d2 /= freedoms;
    }
    (delta_h, moved, back)
}

fn every_trajectory_can_be_gone_back<M: Continuous>(action: &dyn Action<M>, name: &str) {
    let start = thermal(action, name);
    for integrator in Integrator::ALL {
        let trajectory = Trajectory::new(integrator, STEP, 20).unwrap();
        let (_, moved, back) = there_and_back(action, &start, &trajectory, name);
        for (moved, back) in moved.iter().zip(&back) {
            assert!(
                *moved > 0.01,
                "{name}, {integrator:?}: stood still, {moved}"
            );
            assert!(
                *back < 1e-26,
                "{name}, {integrator:?}: {back} off after the way back"
            );
        }
        assert_eq!(back.len(), STARTS);
    }
}

#[test]
fn trajectories_of_phi4_can_be_gone_back() {
    every_trajectory_can_be_gone_back(&phi4(), "phi4");
}

#[test]
fn trajectories_of_u1_can_be_gone_back() {
    every_trajectory_can_be_gone_back(&u1(), "u1");
}

#[test]
fn trajectories_of_spins_can_be_gone_back() {
    every_trajectory_can_be_gone_back(&xy(), "xy");
    every_trajectory_can_be_gone_back(&o3(), "o3");
}

#[test]
fn trajectories_of_a_path_integral_can_be_gone_back() {
    every_trajectory_can_be_gone_back(&path(), "path");
}

/// Halving the step divides the root mean square of ΔH over thermal starts by 2^order.
fn energy_is_conserved_to_the_order<M: Continuous>(action: &dyn Action<M>, name: &str) {
    let start = thermal(action, name);
    for integrator in Integrator::ALL {
        let rms = |step: f64| {
            let steps = (1.0 / step).round() as usize;
            let trajectory = Trajectory::new(integrator, step, steps).unwrap();
            let (delta_h, _, _) = there_and_back(action, &start, &trajectory, name);
            (delta_h.iter().map(|d| d * d).sum::<f64>() / delta_h.len() as f64).sqrt()
        };
        let (coarse, fine) = (rms(0.05), rms(0.025));
        let power = (coarse / fine).log2();
        assert!(
            (power - f64::from(integrator.order())).abs() < 0.15,
            "{name}, {integrator:?}: ΔH ∝ step^{power}: {coarse}, {fine}"
        );
        assert!(
            coarse > 1e-6,
            "{name}, {integrator:?}: no error to speak of, {coarse}"
        );
    }
}

#[test]
fn energy_of_phi4_is_conserved_to_the_order_of_the_integrator() {
    energy_is_conserved_to_the_order(&phi4(), "phi4");
}

#[test]
fn energy_of_u1_is_conserved_to_the_order_of_the_integrator() {
    energy_is_conserved_to_the_order(&u1(), "u1");
}

#[test]
fn energy_of_spins_is_conserved_to_the_order_of_the_integrator() {
    energy_is_conserved_to_the_order(&xy(), "xy");
    energy_is_conserved_to_the_order(&o3(), "o3");
}

#[test]
fn energy_of_a_path_is_conserved_to_the_order_of_the_integrator() {
    energy_is_conserved_to_the_order(&path(), "path");
}

#[test]
fn a_trajectory_of_more_steps_goes_further() {
    let (phi4, mut before) = (phi4(), 0.0);
    let start = thermal(&phi4, "further");
    for steps in [1, 2, 4, 8] {
        let trajectory = Trajectory::new(Integrator::Leapfrog, STEP, steps).unwrap();
        let (_, moved, _) = there_and_back(&phi4, &start, &trajectory, "further");
        let moved = moved.iter().sum::<f64>() / STARTS as f64;
        // As long as the motion is free: distance ∝ time.
        assert!(
            moved > 2.5 * before,
            "{steps} steps: {moved} after {before}"
        );
        before = moved;
    }
}

/// What an integrator is, by its kicks and drifts on a harmonic oscillator, one by one.
#[test]
fn integrators_are_the_products_of_their_kicks_and_drifts() {
    const LAMBDA: f64 = 0.193_183_327_503_783_6;
    let w1 = 1.0 / (2.0 - 2.0_f64.powf(1.0 / 3.0));
    let w0 = 1.0 - 2.0 * w1;
    // `true`: a kick, here by the force where it stands.
    let plain = |parts: &[(bool, f64)]| -> Vec<(bool, f64, f64)> {
        let unshifted = parts.iter().map(|&(kick, width)| (kick, width, 0.0));
        unshifted.collect()
    };
    let parts = |integrator: Integrator| -> Vec<(bool, f64, f64)> {
        match integrator {
            Integrator::Leapfrog => plain(&[(true, 0.5), (false, 1.0), (true, 0.5)]),
            Integrator::LeapfrogPosition => plain(&[(false, 0.5), (true, 1.0), (false, 0.5)]),
            Integrator::Omelyan | Integrator::OmelyanPosition => {
                let kick_first = integrator == Integrator::Omelyan;
                [LAMBDA, 0.5, 1.0 - 2.0 * LAMBDA, 0.5, LAMBDA]
                    .iter()
                    .enumerate()
                    .map(|(i, part)| ((i % 2 == 0) == kick_first, *part, 0.0))
                    .collect()
            }
            Integrator::Yoshida4 => [w1, w0, w1]
                .iter()
                .flat_map(|w| plain(&[(true, 0.5 * w), (false, *w), (true, 0.5 * w)]))
                .collect(),
            Integrator::ForceGradient => vec![
                (true, 1.0 / 6.0, 0.0),
                (false, 0.5, 0.0),
                (true, 2.0 / 3.0, 1.0 / 24.0),
                (false, 0.5, 0.0),
                (true, 1.0 / 6.0, 0.0),
            ],
        }
    };
    // S = A φ²: force −2Aφ.
    let a = 0.8;
    let couplings = Couplings {
        hopping: 0.0,
        quadratic: a,
        quartic: 0.0,
    };
    let oscillator = Phi4::new(&[1], couplings).unwrap();
    for integrator in Integrator::ALL {
        for (step, steps) in [(0.3, 1), (0.1, 7), (-0.2, 3)] {
            let (mut phi, mut p) = (0.7_f64, -0.4_f64);
            for (is_kick, part, shift) in (0..steps).flat_map(|_| parts(integrator)) {
                if is_kick {
                    let seen = phi - shift * step * step * 2.0 * a * phi;
                    p -= part * step * 2.0 * a * seen;
                } else {
                    phi += part * step * p;
                }
            }
            let mut start = oscillator.neutral(1);
            start.set(0, 0, 0, 0.7);
            let mut path = Path::new(&start);
            path.p.numbers_mut()[0] = -0.4;
            let trajectory = Trajectory::new(integrator, step, steps).unwrap();
            let mut s = [0.0];
            trajectory.run(&oscillator, &Aux::default(), &start, &mut path, &mut s);
            let near = |found: f64, expected: f64| (found - expected).abs() < 1e-14;
            assert!(near(path.q.get(0, 0, 0), phi), "{integrator:?}");
            assert!(near(path.p.numbers()[0], p), "{integrator:?}");
            assert!(near(s[0], a * phi * phi), "{integrator:?}");
            let kicks = parts(integrator).iter().filter(|part| part.0).count();
            let shared = usize::from(parts(integrator)[0].0);
            let within = if integrator == Integrator::Yoshida4 {
                2
            } else {
                0
            };
            let shifts = parts(integrator)
                .iter()
                .filter(|part| part.2 != 0.0)
                .count();
            let forces = steps * (kicks + shifts - within - shared) + shared;
            assert_eq!(trajectory.forces(), forces as u64, "{integrator:?}");
        }
    }
}

/// `(numbers, decisions)` of `chains` chains after some steps.
fn replay(chains: usize, steps: usize) -> (Vec<Vec<f64>>, Vec<Vec<bool>>) {
    let phi4 = phi4();
    let trajectory = Trajectory::new(Integrator::Leapfrog, 0.2, 5).unwrap();
    let mut hmc = Hmc::new(&phi4, trajectory).unwrap();
    let mut r = Seed(13).chains("laws/sampler/replay", chains);
    let (mut q, mut aux, mut info) = (phi4.neutral(chains), Aux::default(), Info::default());
    let mut decisions = vec![Vec::new(); chains];
    for _ in 0..steps {
        hmc.step(&mut q, &mut aux, &mut r, &mut info);
        for (decisions, yes) in decisions.iter_mut().zip(&info.accepted) {
            decisions.push(*yes);
        }
        assert_eq!(info.forces, 6 * chains as u64);
    }
    let of = |chain| {
        q.numbers()
            .iter()
            .skip(chain)
            .step_by(chains)
            .copied()
            .collect()
    };
    ((0..chains).map(of).collect(), decisions)
}

#[test]
fn a_chain_gives_the_same_bits_whatever_runs_beside_it() {
    let (five, decisions) = replay(5, 40);
    for count in [1, 2, 4] {
        let (few, decided) = replay(count, 40);
        assert_eq!(few[..], five[..count]);
        assert_eq!(decided[..], decisions[..count]);
    }
    let rejected = decisions.iter().flatten().filter(|&&yes| !yes).count();
    assert!(
        rejected > 10,
        "both decisions were seen: {rejected} of 200 rejected"
    );
    assert_ne!(five[0], five[1]);
}

/// What is kept of a rejected step is the old field's action: ΔH of the next one is what a sampler without memory finds.
#[test]
fn a_field_that_was_rejected_keeps_its_action() {
    let phi4 = phi4();
    let trajectory = Trajectory::new(Integrator::Leapfrog, 0.17, 6).unwrap();
    let mut kept = Hmc::new(&phi4, trajectory.clone()).unwrap();
    let mut r = Seed(16).chains("laws/sampler/rejected", 3);
    let (mut q, mut aux, mut info) = (phi4.neutral(3), Aux::default(), Info::default());
    let mut rejected = 0;
    for step in 0..60 {
        let (mut same_q, mut same_r) = (q.clone(), r.clone());
        kept.step(&mut q, &mut aux, &mut r, &mut info);
        let mut fresh = Hmc::new(&phi4, trajectory.clone()).unwrap();
        let mut fresh_info = Info::default();
        fresh.step(&mut same_q, &mut aux, &mut same_r, &mut fresh_info);
        for (kept, fresh) in info.delta_h.iter().zip(&fresh_info.delta_h) {
            assert!((kept - fresh).abs() < 1e-11, "step {step}: {kept}, {fresh}");
        }
        rejected += info.accepted.iter().filter(|&&yes| !yes).count();
    }
    assert!(
        (20..160).contains(&rejected),
        "both decisions were seen: {rejected} of 180 rejected"
    );
}

/// The action of a field that something else has changed is computed anew.
#[test]
fn a_field_changed_between_steps_is_noticed() {
    let phi4 = phi4();
    let trajectory = Trajectory::new(Integrator::Leapfrog, 0.2, 5).unwrap();
    let mut kept = Hmc::new(&phi4, trajectory.clone()).unwrap();
    let mut r = Seed(14).chains("laws/sampler/changed", 2);
    let (mut q, mut aux, mut info) = (phi4.neutral(2), Aux::default(), Info::default());
    for step in 0..20 {
        if step % 3 == 0 {
            q.numbers_mut().iter_mut().for_each(|phi| *phi *= 1.1);
        }
        let (mut same_q, mut same_r) = (q.clone(), r.clone());
        kept.step(&mut q, &mut aux, &mut r, &mut info);
        let mut fresh = Hmc::new(&phi4, trajectory.clone()).unwrap();
        let mut fresh_info = Info::default();
        fresh.step(&mut same_q, &mut aux, &mut same_r, &mut fresh_info);
        for (kept, fresh) in info.delta_h.iter().zip(&fresh_info.delta_h) {
            assert!((kept - fresh).abs() < 1e-11, "step {step}: {kept}, {fresh}");
        }
        assert_eq!(info.accepted, fresh_info.accepted);
        assert_eq!(q.numbers(), same_q.numbers());
    }
}

#[test]
fn a_trajectory_that_runs_away_is_divergent_and_rejected() {
    let phi4 = phi4();
    let trajectory = Trajectory::new(Integrator::Leapfrog, 3.0, 10).unwrap();
    let mut hmc = Hmc::new(&phi4, trajectory).unwrap();
    let mut r = Seed(15).chains("laws/sampler/divergent", 4);
    let (mut q, mut aux, mut info) = (phi4.neutral(4), Aux::default(), Info::default());
    for _ in 0..5 {
        hmc.step(&mut q, &mut aux, &mut r, &mut info);
        assert_eq!(info.divergent, [true; 4]);
        assert_eq!(info.accepted, [false; 4]);
    }
    assert!(q.numbers().iter().all(|phi| *phi == 0.0));
}

/// A step of Langevin time ε, from its definition; and with its decision, one leapfrog step of √(2ε).
#[test]
fn a_langevin_step_is_a_drift_by_the_force_and_noise() {
    let phi4 = phi4();
    let epsilon = 0.01;
    let mut r = Seed(21).chains("laws/sampler/langevin", 2);
    let (mut q, mut aux, mut info) = (phi4.neutral(2), Aux::default(), Info::default());
    r.normal(q.numbers_mut());
    let (start, mut same_r) = (q.clone(), r.clone());
    Langevin::new(&phi4, epsilon)
        .unwrap()
        .step(&mut q, &mut aux, &mut r, &mut info);
    let (mut force, mut noise) = (Tangent::zero(&start), Tangent::zero(&start));
    phi4.force(&start, &aux, &mut force);
    same_r.normal(noise.numbers_mut());
    for (i, phi) in q.numbers().iter().enumerate() {
        let drift = epsilon * force.numbers()[i] + (2.0 * epsilon).sqrt() * noise.numbers()[i];
        assert!(
            (phi - start.numbers()[i] - drift).abs() < 1e-13,
            "number {i}"
        );
    }
    assert_eq!(info.accepted, [true; 2]);
    let adjusted = Hmc::langevin(&phi4, epsilon).unwrap();
    assert_eq!(adjusted.trajectory().forces(), 2);
    assert!((adjusted.trajectory().length() - (2.0 * epsilon).sqrt()).abs() < 1e-15);
    for bad in [0.0, -1.0, f64::NAN] {
        assert!(matches!(
            Langevin::new(&phi4, bad).map(|_| ()),
            Err(Error::Argument { .. })
        ));
        assert!(matches!(
            Hmc::langevin(&phi4, bad).map(|_| ()),
            Err(Error::Argument { .. })
        ));
        assert!(matches!(
            Metropolis::new(&phi4, bad).map(|_| ()),
            Err(Error::Argument { .. })
        ));
    }
}

/// From far up in a harmonic well leapfrog ends with less energy: `ΔH = k²ε²/8·(q₁² − q₀²)`.
#[test]
fn an_energy_that_falls_far_is_no_divergence() {
    let couplings = Couplings {
        hopping: 0.0,
        quadratic: 0.8,
        quartic: 0.0,
    };
    let well = Phi4::new(&[1], couplings).unwrap();
    let mut hmc = Hmc::new(
        &well,
        Trajectory::new(Integrator::Leapfrog, 0.3, 4).unwrap(),
    )
    .unwrap();
    let mut r = Seed(20).chains("laws/sampler/falls", 2);
    let (mut q, mut aux, mut info) = (well.neutral(2), Aux::default(), Info::default());
    q.numbers_mut().fill(1e4);
    hmc.step(&mut q, &mut aux, &mut r, &mut info);
    assert!(
        info.delta_h.iter().all(|delta_h| *delta_h < -1e6),
        "{info:?}"
    );
    assert_eq!(
        (info.accepted, info.divergent),
        (vec![true; 2], vec![false; 2])
    );
}

/// A step with jitter is a step of a trajectory stretched by the chain's next uniform number; chains remain apart.
#[test]
fn jitter_stretches_every_trajectory() {
    let (phi4, jitter) = (phi4(), 0.3);
    let trajectory = Trajectory::new(Integrator::Omelyan, 0.1, 6).unwrap();
    let hmc = || Hmc::new(&phi4, trajectory.clone()).unwrap();
    let run = |chains: usize| {
        let mut jittered = hmc().with_jitter(jitter).unwrap();
        let mut r = Seed(22).chains("laws/sampler/jitter", chains);
        let (mut q, mut aux, mut info) = (phi4.neutral(chains), Aux::default(), Info::default());
        let mut factors = Vec::new();
        for _ in 0..20 {
            let (mut same_q, mut same_r, mut peek) = (q.clone(), r.clone(), r.clone());
            jittered.step(&mut q, &mut aux, &mut r, &mut info);
            let (mut momenta, mut decisions) = (vec![0.0; 48 * chains], vec![0.0; chains]);
            peek.normal(&mut momenta);
            peek.uniform(&mut decisions);
            let factor = 1.0 + jitter * (2.0 * peek.uniform_of(0) - 1.0);
            let mut plain = Hmc::new(&phi4, trajectory.stretched(factor).unwrap()).unwrap();
            plain.step(&mut same_q, &mut aux, &mut same_r, &mut Info::default());
            for (found, expected) in q.numbers().iter().zip(same_q.numbers()) {
                assert!((found - expected).abs() < 1e-12, "{found}, {expected}");
            }
            factors.push(factor);
        }
        let least = factors.iter().copied().fold(f64::INFINITY, f64::min);
        let most = factors.iter().copied().fold(0.0, f64::max);
        assert!(
            least > 0.7 && least < 0.9 && most > 1.1 && most < 1.3,
            "{least}, {most}"
        );
        let first: Vec<f64> = q.numbers().iter().step_by(chains).copied().collect();
        first
    };
    assert_eq!(run(1), run(3));
    for bad in [-0.1, 1.0, f64::NAN] {
        let refused = hmc().with_jitter(bad).map(|_| ()).unwrap_err();
        assert!(matches!(&refused, Error::Argument { field, .. } if field == "jitter"));
    }
}

#[test]
fn trajectories_that_cannot_be_are_refused_by_name() {
    for (step, steps, named) in [(0.0, 1, "step"), (f64::NAN, 1, "step"), (0.1, 0, "steps")] {
        let refused = Trajectory::new(Integrator::Leapfrog, step, steps).unwrap_err();
        assert!(
            matches!(&refused, Error::Argument { field, .. } if field == named),
            "{refused}"
        );
    }
    assert_eq!(
        Integrator::from_name("omelyan").unwrap(),
        Integrator::Omelyan
    );
    assert!(matches!(
        Integrator::from_name("omelyn"),
        Err(Error::UnknownName { .. })
    ));
}

/// `⟨cos nθ⟩ = I_n(κ)/I_0(κ)`, by quadrature, from flat to sharp.
#[test]
fn von_mises_draws_have_the_moments_of_their_density() {
    let draws = 200_000;
    for kappa in [0.0, 1e-13, 1e-8, 1e-3, 0.1, 1.0, 7.0, 100.0, 1e4] {
        let mut r = Seed(17).stream(&format!("laws/sampler/von-mises/{kappa}"));
        let sample: Vec<f64> = (0..draws)
            .map(|_| von_mises(kappa, || r.uniform()))
            .collect();
        assert!(
            sample
                .iter()
                .all(|theta| theta.abs() <= std::f64::consts::PI)
        );
        for n in [1.0, 2.0, 3.0] {
            let (mut weight, mut moments) = (0.0, [0.0; 3]);
            let points = 20_000;
            for j in 0..points {
                let theta = std::f64::consts::TAU * f64::from(j) / f64::from(points);
                let density = (kappa * (theta.cos() - 1.0)).exp();
                let wave = (n * theta).cos();
                weight += density;
                for (moment, power) in
                    moments
                        .iter_mut()
                        .zip([wave, wave * wave, (n * theta).sin()])
                {
                    *moment += density * power;
                }
            }
            let exact = moments.map(|moment| moment / weight);
            let error = |variance: f64| (variance / f64::from(draws)).sqrt();
            let mean = |of: &dyn Fn(f64) -> f64| {
                sample.iter().map(|&theta| of(n * theta)).sum::<f64>() / f64::from(draws)
            };
            // 6 σ: 54 checks fail a right program at 1e-7.
            let cosine = mean(&f64::cos) - exact[0];
            assert!(
                cosine.abs() <= 6.0 * error(exact[1] - exact[0] * exact[0]) + 1e-12,
                "{kappa}, {n}"
            );
            let sine = mean(&f64::sin);
            assert!(
                sine.abs() <= 6.0 * error(1.0 - exact[1]),
                "{kappa}, {n}: {sine}"
            );
        }
    }
}

/// With the others held an angle enters as `−κ cos(θ + α)`.
#[test]
fn conditional_densities_of_rotors_are_their_actions() {
    fn obeys(density: &dyn Rotors, name: &str) {
        let chains = 3;
        let mut r = Seed(22).chains(&format!("laws/sampler/rotors/{name}"), chains);
        let mut q = density.neutral(chains);
        r.normal(q.numbers_mut());
        let value = |q: &Field<Circle>| {
            let mut s = vec![f64::NAN; chains];
            density.value(q, &Aux::default(), &mut s);
            s
        };
        let before = value(&q);
        for variable in 0..q.lattice().sites() * q.variables() {
            let (mut kappa, mut alpha) = (vec![f64::NAN; chains], vec![f64::NAN; chains]);
            density.conditional(&q, variable, &mut kappa, &mut alpha);
            let mut moved = q.clone();
            let (site, component) = (variable / q.variables(), variable % q.variables());
            r.normal(moved.chains_mut(site, component));
            for (chain, after) in value(&moved).iter().enumerate() {
                let term = |q: &Field<Circle>| {
                    -kappa[chain] * (q.get(site, component, chain) + alpha[chain]).cos()
                };
                assert!(kappa[chain] >= 0.0);
                let off = after - before[chain] - (term(&moved) - term(&q));
                assert!(off.abs() < 1e-12, "{} at {variable}: {off}", density.spec());
            }
        }
    }
    for xy in Xy::examples().unwrap() {
        obeys(&xy, "xy");
    }
    for u1 in U1TwoD::examples().unwrap() {
        if u1.check_conditional().is_ok() {
            obeys(&u1, "u1");
        }
    }
}

#[test]
fn reflections_keep_the_action_and_move_every_link() {
    let u1 = U1TwoD::new(&[3, 5], 2.0).unwrap();
    let mut r = Seed(18).chains("laws/sampler/reflections", 2);
    let (mut q, mut aux, mut info) = (u1.neutral(2), Aux::default(), Info::default());
    let mut thermal = HeatBath::new(&u1, 0).unwrap();
    thermal.step(&mut q, &mut aux, &mut r, &mut info);
    // The same heat bath, with reflections after it and without.
    let run = |reflections: usize| {
        let (mut q, mut r) = (q.clone(), r.clone());
        let mut kernel = HeatBath::new(&u1, reflections).unwrap();
        kernel.step(&mut q, &mut Aux::default(), &mut r, &mut Info::default());
        let mut s = [0.0; 2];
        u1.value(&q, &Aux::default(), &mut s);
        (q, s)
    };
    let ((plain, s), (reflected, s_reflected)) = (run(0), run(3));
    for (s, s_reflected) in s.iter().zip(&s_reflected) {
        assert!((s - s_reflected).abs() < 1e-12, "{s}, {s_reflected}");
    }
    let moved = plain.numbers().iter().zip(reflected.numbers());
    assert!(moved.filter(|(a, b)| (*a - *b).abs() > 1e-9).count() == 60);
    let thin = U1TwoD::new(&[1, 4], 1.0).unwrap();
    let refused = HeatBath::new(&thin, 0).map(|_| ());
    assert!(matches!(refused, Err(Error::Unsupported { .. })));
}

#[test]
fn a_chain_of_the_heat_bath_gives_the_same_bits_whatever_runs_beside_it() {
    let u1 = U1TwoD::new(&[3, 4], 2.0).unwrap();
    let run = |chains: usize| -> Vec<Vec<f64>> {
        let mut kernel = Sequence::<Circle>(vec![
            Box::new(HeatBath::new(&u1, 1).unwrap()),
            Box::new(InstantonHit::new(&u1, u1.lattice()).unwrap()),
        ]);
        let mut r = Seed(19).chains("laws/sampler/heat-bath", chains);
        let (mut q, mut aux, mut info) = (u1.neutral(chains), Aux::default(), Info::default());
        for _ in 0..20 {
            kernel.step(&mut q, &mut aux, &mut r, &mut info);
        }
        let of = |chain| {
            q.numbers()
                .iter()
                .skip(chain)
                .step_by(chains)
                .copied()
                .collect()
        };
        (0..chains).map(of).collect()
    };
    let five = run(5);
    for count in [1, 3] {
        assert_eq!(run(count)[..], five[..count]);
    }
}
