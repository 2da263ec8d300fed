//! The tuning of hybrid Monte Carlo where what is best is known.

use fieldassay::action::{Couplings, Phi4, U1TwoD};
use fieldassay::density::Observable;
use fieldassay::lattice::RealLine;
use fieldassay::observable::{FieldPower, Magnetisation, TopologicalCharge};
use fieldassay::sampler::{Integrator, Protocol, Standing};
use fieldassay::{Error, Seed};

fn protocol() -> Protocol {
    Protocol {
        lengths: vec![0.4, 1.5],
        integrators: vec![Integrator::Leapfrog, Integrator::Omelyan],
        warm_up: 50,
        trajectories: 400,
        ..Protocol::default()
    }
}

/// Oscillators of unit frequency: a trajectory of length `τ` leaves `ρ(1) = cos τ` of a field, which is least near `π/2`.
#[test]
fn tuning_finds_the_quarter_period_of_oscillators() {
    let couplings = Couplings {
        hopping: 0.0,
        quadratic: 0.5,
        quartic: 0.0,
    };
    let wells = Phi4::new(&[96], couplings).unwrap();
    let observables: [&dyn Observable<RealLine>; 2] =
        [&FieldPower::new(2).unwrap(), &Magnetisation];
    let hot = |q: &mut fieldassay::lattice::Field<RealLine>, r: &mut fieldassay::rng::Chains| {
        r.normal(q.numbers_mut());
        q.numbers_mut().iter_mut().for_each(|x| *x *= 2.0);
    };
    let found = protocol()
        .tune(&wells, &observables, hot, Seed(20_261_127))
        .unwrap();
    let mut of_length = [0, 0];
    for candidate in &found.grid {
        println!(
            "{:?} {:?} acc {:.3} {:?} {:?}",
            candidate.trajectory.integrator(),
            (candidate.trajectory.length(), candidate.trajectory.forces()),
            candidate.acceptance,
            candidate.cost.map(|c| c.to_string()),
            candidate.standing
        );
    }
    let best = found.best().expect("an eligible candidate");
    let cost = best.cost.unwrap();
    assert!((best.trajectory.length() - 1.5).abs() < 1e-12, "{best:?}");
    for candidate in &found.grid {
        let taus: Vec<f64> = candidate
            .tau_int
            .iter()
            .map(|tau| tau.unwrap().value())
            .collect();
        let slowest = candidate.slowest.unwrap();
        let forces = candidate.trajectory.forces() as f64;
        assert!(
            taus.iter().all(|tau| *tau <= taus[slowest]),
            "{candidate:?}"
        );
        let spelled = 2.0 * taus[slowest] * forces;
        assert!((candidate.cost.unwrap().value() - spelled).abs() < 1e-9 * spelled);
        // No fewer steps of this length and integrator were tried.
        let fewest = found.grid.iter().all(|other| {
            other.trajectory.integrator() != candidate.trajectory.integrator()
                || (other.trajectory.length() - candidate.trajectory.length()).abs() > 1e-9
                || other.trajectory.steps() >= candidate.trajectory.steps()
        });
        let inside = candidate.acceptance >= 0.6 && (fewest || candidate.acceptance <= 0.9);
        assert_eq!(
            candidate.standing == Standing::Eligible,
            inside,
            "{candidate:?}"
        );
        if inside {
            assert!(candidate.cost.unwrap().value() >= cost.value());
        }
        let long = candidate.trajectory.length() > 1.0;
        of_length[usize::from(long)] += 1;
        // The field's own τ_int, with the share r that is rejected: ρ(1) = 1 − (1 − r)(1 − cos τ).
        let rho = 1.0 - candidate.acceptance * (1.0 - candidate.trajectory.length().cos());
        let expected = 0.5 * (1.0 + rho) / (1.0 - rho);
        let tau = candidate.tau_int[1].unwrap();
        let off = (tau.value() - expected).abs();
        assert!(
            off < 5.0 * tau.error() && tau.error() < 0.25 * tau.value(),
            "{candidate:?}: {tau}, {expected}"
        );
    }
    // Quarter periods of one Omelyan step are accepted always, and cost the least.
    assert_eq!(best.trajectory.integrator(), Integrator::Omelyan);
    assert!(of_length[0] > 1 && of_length[1] > 2, "{of_length:?}");
}

/// Where the charge is frozen there is no baseline.
#[test]
fn a_frozen_observable_is_no_baseline() {
    let u1 = U1TwoD::new(&[4, 4], 12.0).unwrap();
    let short = Protocol {
        lengths: vec![1.0],
        integrators: vec![Integrator::Omelyan],
        chains: 4,
        trajectories: 100,
        ..protocol()
    };
    let hot = |q: &mut fieldassay::lattice::Field<_>, r: &mut fieldassay::rng::Chains| {
        r.normal(q.numbers_mut());
        q.numbers_mut().iter_mut().for_each(|x| *x *= 0.1);
    };
    let found = short
        .tune(&u1, &[&TopologicalCharge], hot, Seed(1))
        .unwrap();
    assert!(found.best().is_none() && !found.grid.is_empty());
    for candidate in &found.grid {
        assert_eq!(candidate.standing, Standing::Frozen, "{candidate:?}");
        assert!(candidate.cost.is_none());
    }
}

#[test]
fn protocols_that_cannot_be_followed_are_refused_by_name() {
    let u1 = U1TwoD::new(&[4, 4], 1.0).unwrap();
    let base = protocol;
    for (named, bad) in [
        (
            "acceptance",
            Protocol {
                acceptance: [0.9, 0.6],
                ..base()
            },
        ),
        (
            "lengths",
            Protocol {
                lengths: vec![1.0, f64::NAN],
                ..base()
            },
        ),
        (
            "integrators",
            Protocol {
                integrators: Vec::new(),
                ..base()
            },
        ),
        (
            "chains",
            Protocol {
                chains: 2,
                ..base()
            },
        ),
        (
            "trajectories",
            Protocol {
                trajectories: 10,
                ..base()
            },
        ),
        (
            "jitter",
            Protocol {
                jitter: 1.5,
                ..base()
            },
        ),
    ] {
        let refused = bad
            .tune(&u1, &[&TopologicalCharge], |_, _| (), Seed(1))
            .unwrap_err();
        assert!(
            matches!(&refused, Error::Argument { field, .. } if field == named),
            "{named}: {refused}"
        );
    }
    let none = base().tune(&u1, &[], |_, _| (), Seed(1)).unwrap_err();
    assert!(matches!(&none, Error::Argument { field, .. } if field == "observables"));
}
