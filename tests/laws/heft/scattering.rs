//! Infinite volume: unitarity, Levinson's theorem, the branch of the phase, bound states.

use std::f64::consts::PI;

use fieldassay::Error;
use fieldassay::linalg::{Complex64, Matrix};
use fieldassay::num::{Tol, Worst};
use fieldassay::scattering::{
    Bare, Channel, FormFactor, Heft, PhaseShift, Separable, SigmaModel, Vertex,
};
use fieldassay::units::{Fm, HbarC, Mev, ParticleMass};

use super::models::{HBARC, sigma_model, two_channel_model};

const UNITARY: Tol =
    Tol::abs(1e-10).because("the bar; K is real and symmetric, so only solving rounds");

fn unitarity(heft: &Heft, energy: f64, worst: &mut Worst) {
    let s = heft.s_matrix(Mev(energy)).unwrap();
    for i in 0..s.rows() {
        for j in 0..s.cols() {
            let product: Complex64 = (0..s.rows()).map(|k| s[(k, i)].conj() * s[(k, j)]).sum();
            let unit = f64::from(u8::from(i == j));
            worst.see((product - unit).norm(), 0.0, || {
                format!("S†S[{i},{j}] at {energy} MeV, {heft:?}")
            });
            worst.see((s[(i, j)] - s[(j, i)]).norm(), 0.0, || {
                format!("S − Sᵀ at {energy} MeV")
            });
        }
    }
}

#[test]
fn the_s_matrix_is_unitary_and_symmetric() {
    let mut worst = Worst::new(UNITARY);
    for index in 0..60 {
        let heft = sigma_model("unitarity", index).heft().unwrap();
        for step in 1..=8 {
            unitarity(
                &heft,
                279.14 + 0.01 + 90.0 * f64::from(step - 1),
                &mut worst,
            );
        }
    }
    for index in 0..40 {
        let heft = two_channel_model("unitarity-2", index);
        // Below and above the second threshold.
        for energy in [280.0, 330.0, 420.0, 640.5, 700.0, 800.0, 1200.0, 5000.0] {
            unitarity(&heft, energy, &mut worst);
        }
    }
    worst.assert_at_least(1500);
}

#[test]
fn phase_k_matrix_and_s_matrix_agree() {
    const SAME: Tol = Tol::abs(1e-10).because("one formula, three ways of solving it");
    let mut worst = Worst::new(SAME);
    for index in 0..30 {
        let heft = sigma_model("routes", index).heft().unwrap();
        let curve = PhaseShift::follow(&heft, Mev(1000.0)).unwrap();
        for step in 0..30 {
            let energy = Mev(283.0 + 23.9 * f64::from(step));
            let delta = curve.at(energy).unwrap();
            let k = (energy.0 * energy.0 / 4.0 - 139.57 * 139.57).sqrt();
            let reaction = heft.k_matrix(energy).unwrap()[(0, 0)];
            let from_k = (-PI * k * energy.0 / 4.0 * reaction).atan();
            worst.see((delta - from_k).sin(), 0.0, || {
                format!("K, model {index}, {energy:?}")
            });
            let s = heft.s_matrix(energy).unwrap()[(0, 0)];
            let phase = Complex64::from_polar(1.0, 2.0 * delta);
            worst.see((s - phase).norm(), 0.0, || {
                format!("S, model {index}, {energy:?}")
            });
            let k_cot = heft.k_cot_delta(energy).unwrap().0;
            worst.see(
                (k_cot * delta.sin() - k * delta.cos()) / k_cot.hypot(k),
                0.0,
                || format!("k cot δ, model {index}, {energy:?}"),
            );
        }
    }
    worst.assert_at_least(2700);
}

#[test]
fn the_phase_obeys_levinson() {
    const LIMIT: Tol = Tol::abs(0.02)
        .because("at 9·10⁵ MeV the slowest vertex, 1/(1+x), has left 1e-3 of the phase");
    let mut worst = Worst::new(LIMIT);
    let (mut bound_models, mut two_bare) = (0, 0);
    for index in 0..90 {
        let mut model = sigma_model("levinson", index);
        if index >= 45 {
            model.contact = -1.5 * model.contact.abs() - 0.5;
        }
        let heft = model.heft().unwrap();
        let bound = heft.bound_states().unwrap().len();
        bound_models += usize::from(bound > 0);
        let curve = PhaseShift::follow(&heft, Mev(9e5)).unwrap();
        let end = curve.phases()[curve.phases().len() - 1];
        worst.see(end / PI, 1.0 - bound as f64, || {
            format!("{model:?}, {bound} bound")
        });
    }
    for index in 0..20 {
        let heft = two_channel_model("levinson-2", index);
        let bound = heft.bound_states().unwrap().len();
        let curve = PhaseShift::follow(&heft, Mev(9e5)).unwrap();
        let end = curve.phases()[curve.phases().len() - 1];
        two_bare += 1;
        worst.see(end / PI, 2.0 - bound as f64, || {
            format!("two channels {index}, {bound} bound")
        });
    }
    assert!(
        bound_models >= 20,
        "{bound_models} models with bound states"
    );
    assert_eq!(two_bare, 20);
    worst.assert_at_least(110);
}

#[test]
fn the_phase_starts_at_zero_and_moves_in_small_steps() {
    let mut steps = 0;
    for index in 0..60 {
        let heft = sigma_model("steps", index).heft().unwrap();
        let curve = PhaseShift::follow(&heft, Mev(1000.0)).unwrap();
        assert_eq!(curve.phases()[0], 0.0);
        let energies: Vec<f64> = curve.energies().map(|energy| energy.0).collect();
        for (pair, width) in curve.phases().windows(2).zip(energies.windows(2)) {
            let step = (pair[1] - pair[0]).abs();
            let narrow = width[1] - width[0] < 1e-10;
            assert!(
                step < 0.35 || narrow,
                "a step of {step} at {} MeV",
                width[0]
            );
            steps += 1;
        }
        // Between the entries the branch is the table's.
        for pair in energies.windows(2).step_by(7) {
            let middle = 0.5 * (pair[0] + pair[1]);
            let (low, at) = (
                curve.at(Mev(pair[0])).unwrap(),
                curve.at(Mev(middle)).unwrap(),
            );
            assert!((at - low).abs() < 0.8, "{low} to {at} at {middle} MeV");
        }
    }
    assert!(steps > 60 * 64, "{steps} steps");
}

#[test]
fn k_cot_delta_is_continuous_through_threshold() {
    const SMOOTH: Tol =
        Tol::rel(1e-9).because("six points of each side extrapolate to threshold with 1e-11");
    let mut worst = Worst::new(SMOOTH);
    for index in 0..60 {
        let model = sigma_model("threshold", index);
        let heft = model.heft().unwrap();
        let at = |k2: f64| {
            let energy = 2.0 * (model.m_pi.0 * model.m_pi.0 + k2).sqrt();
            // The inverse scattering length may vanish, the amplitude not.
            1.0 / heft.k_cot_delta(Mev(energy)).unwrap().0
        };
        // Lagrange's weights of the six points 1…6 at 0.
        let weights = [6.0, -15.0, 20.0, -15.0, 6.0, -1.0];
        let from = |sign: f64| -> f64 {
            let points = weights.iter().enumerate();
            points
                .map(|(i, w)| w * at(sign * 2.0 * (i as f64 + 1.0)))
                .sum()
        };
        worst.see(from(-1.0), from(1.0), || format!("{model:?}"));
        worst.see(at(0.0), from(1.0), || format!("on threshold, {model:?}"));
    }
    worst.assert_at_least(120);
}

#[test]
fn uncoupled_channels_add_their_phases() {
    const SUM: Tol = Tol::abs(1e-9).because("two determinants multiply");
    let mut worst = Worst::new(SUM);
    let vertex = |strength: f64, range: f64| {
        Vertex::form_factor(strength, FormFactor::Dipole, Fm(range), 1, HBARC).unwrap()
    };
    let light = Channel::pair(ParticleMass(Mev(139.57))).unwrap();
    let heavy = Channel::new(ParticleMass(Mev(139.57)), ParticleMass(Mev(400.0))).unwrap();
    let bare = |mass: f64, couplings: Vec<Vertex>| Bare {
        mass: Mev(mass),
        couplings,
    };
    let (g, h) = (vertex(0.09, 0.7), vertex(0.07, 0.9));
    let first = Heft::new(HBARC, &[light], &[bare(500.0, vec![g.clone()])], &[]).unwrap();
    let second = Heft::new(HBARC, &[heavy], &[bare(700.0, vec![h.clone()])], &[]).unwrap();
    let states = [
        bare(500.0, vec![g, Vertex::ZERO]),
        bare(700.0, vec![Vertex::ZERO, h]),
    ];
    let both = Heft::new(HBARC, &[light, heavy], &states, &[]).unwrap();
    let top = Mev(1500.0);
    let curves = [&first, &second, &both].map(|heft| PhaseShift::follow(heft, top).unwrap());
    for step in 0..60 {
        let energy = Mev(300.0 + 20.0 * f64::from(step));
        let at = |curve: &PhaseShift<'_>| {
            if energy.0 < curve.energies().next().unwrap().0 {
                0.0
            } else {
                curve.at(energy).unwrap()
            }
        };
        worst.see(at(&curves[2]), at(&curves[0]) + at(&curves[1]), || {
            format!("{energy:?}")
        });
    }
    worst.assert_at_least(60);
}

#[test]
fn bound_states_are_zeros_of_the_jost_function() {
    const ZERO: Tol = Tol::abs(1e-8).because("D is real and smooth there");
    let mut worst = Worst::new(ZERO);
    let mut seen = 0;
    for index in 0..60 {
        let mut model = sigma_model("bound", index);
        model.contact = -2.0 * model.contact.abs() - 0.5;
        let heft = model.heft().unwrap();
        for Mev(energy) in heft.bound_states().unwrap() {
            let at = |e: f64| heft.jost(Mev(e)).unwrap();
            let (h, d) = (1e-3, at(energy));
            assert_eq!(d.im, 0.0, "D is real below threshold");
            if energy + h < heft.threshold().0 {
                let slope = (at(energy + h).re - at(energy - h).re) / (2.0 * h);
                worst.see(d.re / slope, 0.0, || format!("{energy} MeV, {model:?}"));
                seen += 1;
            }
            assert_eq!(
                heft.bound_states_below(Mev(energy + 1e-7)).unwrap(),
                heft.bound_states_below(Mev(energy - 1e-7)).unwrap() + 1
            );
        }
    }
    worst.assert_at_least(20);
    assert!(seen >= 20);
}

#[test]
fn phase_shifts_of_an_earlier_calculation_come_out() {
    const PRINTED: Tol = Tol::abs(6e-4).because("three printed decimals of a degree");
    let model = SigmaModel {
        form_factor: FormFactor::Monopole,
        m_sigma: Mev(700.0),
        g: 2.0,
        c: Fm(0.6722),
        contact: 2.4998,
        d: Fm(0.2440),
        m_pi: Mev(138.0),
        hbarc: HbarC::CODATA_2018,
    };
    let heft = model.heft().unwrap();
    let curve = PhaseShift::follow(&heft, Mev(1000.0)).unwrap();
    let mut worst = Worst::new(PRINTED);
    for (energy, degrees) in [
        (300.0, 5.172),
        (400.0, 8.381),
        (500.0, 9.748),
        (600.0, 23.296),
        (800.0, 92.311),
    ] {
        let delta = curve.at(Mev(energy)).unwrap().to_degrees();
        worst.see(delta, degrees, || format!("{energy} MeV"));
    }
    worst.assert_at_least(5);
}

#[test]
fn exchanging_the_particles_changes_nothing() {
    let vertex = Vertex::form_factor(0.1, FormFactor::Gaussian, Fm(0.8), 1, HBARC).unwrap();
    let heft = |first: f64, second: f64| {
        let channel = Channel::new(ParticleMass(Mev(first)), ParticleMass(Mev(second))).unwrap();
        let bare = Bare {
            mass: Mev(1300.0),
            couplings: vec![vertex.clone()],
        };
        Heft::new(HBARC, &[channel], &[bare], &[]).unwrap()
    };
    let (one, other) = (heft(139.57, 938.27), heft(938.27, 139.57));
    for energy in [1000.0, 1080.0, 1100.0, 1300.0, 2000.0] {
        let (x, y) = (
            one.jost(Mev(energy)).unwrap(),
            other.jost(Mev(energy)).unwrap(),
        );
        assert!(
            (x - y).norm() < 1e-10 * x.norm(),
            "{x} and {y} at {energy} MeV"
        );
    }
}

#[test]
fn bad_hamiltonians_are_refused_by_name() {
    let pions = Channel::pair(ParticleMass(Mev(139.57))).unwrap();
    let domain = |error: Error, name: &str| {
        assert!(
            matches!(error, Error::Domain { what, .. } if what == name),
            "{error} for {name}"
        );
    };
    for mass in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        domain(
            Channel::pair(ParticleMass(Mev(mass))).unwrap_err(),
            "particle mass",
        );
    }
    let vertex = |strength, range, power| {
        Vertex::form_factor(strength, FormFactor::Monopole, Fm(range), power, HBARC)
    };
    domain(vertex(f64::NAN, 1.0, 1).unwrap_err(), "coupling");
    domain(vertex(1.0, 0.0, 1).unwrap_err(), "range");
    domain(vertex(1.0, 1.0, 0).unwrap_err(), "power of the form factor");
    let term = |strength| Separable {
        strength,
        vertices: vec![vertex(1.0, 1.0, 1).unwrap()],
    };
    let built = |strength| Heft::new(HBARC, &[pions], &[], &[term(strength)]);
    domain(built(0.0).unwrap_err(), "strength of a separable term");
    domain(built(f64::NAN).unwrap_err(), "strength of a separable term");
    let lost = Heft::new(HBARC, &[pions, pions], &[], &[term(1.0)]);
    assert!(matches!(lost, Err(Error::Argument { .. })));
    assert!(matches!(
        Heft::new(HBARC, &[], &[], &[]),
        Err(Error::Argument { .. })
    ));
    let heft = built(1e-5).unwrap();
    domain(heft.s_matrix(Mev(200.0)).unwrap_err(), "energy");
    domain(heft.jost(Mev(f64::NAN)).unwrap_err(), "energy");
    domain(heft.bound_states_below(Mev(300.0)).unwrap_err(), "energy");
    assert!(matches!(
        FormFactor::from_id("D"),
        Err(Error::UnknownName { .. })
    ));
    let _: Matrix<f64> = heft.k_matrix(Mev(300.0)).unwrap();
}
