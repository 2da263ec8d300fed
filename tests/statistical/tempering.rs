//! Parallel tempering over barriers that hybrid Monte Carlo does not cross.

use fieldassay::Seed;
use fieldassay::action::{PathIntegral, Potential, U1TwoD};
use fieldassay::density::{Action, Aux, Info, Kernel, Observable, Target};
use fieldassay::lattice::{Continuous, Field};
use fieldassay::observable::{FieldPower, Magnetisation, Plaquette, TopologicalCharge};
use fieldassay::sampler::{Hmc, Integrator, Rung, Tempering, Trajectory};
use fieldassay::stats::Estimate;
use fieldassay_reference::quantum::{Particle, Potential as Well};
use fieldassay_reference::u1_torus::Torus;

use super::sampler::passes;

/// Each a chain of every rung.
const LADDERS: usize = 64;

/// Means over each ladder of what `measure` says of a step, after a warm-up.
fn means<M: Continuous, const N: usize>(
    q: &mut Field<M>,
    kernel: &mut dyn Kernel<M>,
    name: &str,
    [warm_up, steps]: [usize; 2],
    mut measure: impl FnMut(&Field<M>) -> [Vec<f64>; N],
) -> [Estimate; N] {
    let mut r = Seed(20_261_127).chains(&format!("statistical/tempering/{name}"), LADDERS);
    let (mut aux, mut info) = (Aux::default(), Info::default());
    let mut sums = [(); N].map(|()| vec![0.0; LADDERS]);
    for step in 0..warm_up + steps {
        kernel.step(q, &mut aux, &mut r, &mut info);
        if step >= warm_up {
            for (sums, now) in sums.iter_mut().zip(measure(q)) {
                for (sum, now) in sums.iter_mut().zip(now) {
                    *sum += now / steps as f64;
                }
            }
        }
    }
    sums.map(|means| Estimate::from_independent(&means).unwrap())
}

fn of<M: Continuous>(observable: &dyn Observable<M>, q: &Field<M>) -> Vec<f64> {
    let mut values = vec![0.0; LADDERS];
    observable.measure(q, &mut values);
    values
}

fn hmc<M: Continuous>(action: &dyn Action<M>, step: f64, steps: usize) -> Box<Hmc<'_, M>> {
    let trajectory = Trajectory::new(Integrator::Omelyan, step, steps).unwrap();
    Box::new(Hmc::new(action, trajectory).unwrap())
}

fn ladder<'a, M: Continuous, A: Action<M>>(actions: &'a [A], step: f64) -> Tempering<'a, M> {
    let rung = |action: &'a A| Rung {
        target: action,
        kernel: hmc(action, step, 4),
    };
    Tempering::new(actions.iter().map(rung).collect()).unwrap()
}

/// Two wells at `±2` with a barrier of 16 a site: all ladders begin in one well, and are in both as often; `⟨x²⟩` of the first
/// rung, and of one above it, is that of the transfer matrix.
#[test]
fn tempering_visits_both_wells() {
    let (points, a, m) = (12, 0.25, 0.5);
    let lambdas = [1.0, 0.55, 0.3, 0.16, 0.08, 0.04];
    let well = |lambda: f64| {
        let potential = Potential::DoubleWell { lambda, f2: 4.0 };
        PathIntegral::new(points, a, m, potential).unwrap()
    };
    let actions = lambdas.map(well);
    let x2 = FieldPower::new(2).unwrap();
    let start = || {
        let mut q = actions[0].neutral(LADDERS);
        q.numbers_mut().fill(2.0);
        q
    };
    let sign =
        |q: &Field<_>| -> Vec<f64> { of(&Magnetisation, q).iter().map(|m| m.signum()).collect() };
    let exact = |lambda: f64| {
        let potential = Well::double_well(lambda, 4.0);
        Particle { mass: m, potential }.lattice(a).ring(points).x2
    };

    let mut tempering = ladder(&actions, 0.25);
    let [side, square] = means(&mut start(), &mut tempering, "wells", [400, 1500], |q| {
        [sign(q), of(&x2, q)]
    });
    passes("tempering, sides", side, 0.0, 0.7);
    passes("tempering, ⟨x²⟩", square, exact(1.0), 0.05);
    for (k, exchanges) in tempering.exchanges().iter().enumerate() {
        let share = exchanges.accepted as f64 / exchanges.tried as f64;
        assert!(share > 0.1 && share < 0.95, "rungs {k}: {exchanges:?}");
    }
    // The third rung as the first of a shorter ladder's own kind: the configurations in the ladder are its own density's.
    let mut q = start();
    let mut r = Seed(20_261_127).chains("statistical/tempering/third", LADDERS);
    let (mut aux, mut info, mut sums) = (Aux::default(), Info::default(), vec![0.0; LADDERS]);
    for step in 0..1400 {
        tempering.step(&mut q, &mut aux, &mut r, &mut info);
        if step >= 400 {
            let now = of(&x2, &tempering.fields()[1]);
            sums.iter_mut()
                .zip(now)
                .for_each(|(sum, now)| *sum += now / 1000.0);
        }
    }
    let third = Estimate::from_independent(&sums).unwrap();
    passes("tempering, ⟨x²⟩ of the third rung", third, exact(0.3), 0.15);

    let mut alone = hmc(&actions[0], 0.25, 4);
    let [stuck] = means(&mut start(), &mut *alone, "alone", [50, 300], |q| [sign(q)]);
    assert!(stuck.value() > 0.9, "hybrid Monte Carlo crosses: {stuck:?}");
}

/// The sectors of U(1) at a coupling where hybrid Monte Carlo is frozen.
#[test]
fn tempering_thaws_the_charge() {
    let betas = [4.4, 3.0, 2.0, 1.3];
    let actions = betas.map(|beta| U1TwoD::new(&[6, 6], beta).unwrap());
    let torus = Torus::new(36, betas[0]);
    // `Q²`, and the square of what a step has changed of `Q`.
    let charge = |last: &mut Option<Vec<f64>>, q: &Field<_>| -> [Vec<f64>; 2] {
        let now = of(&TopologicalCharge, q);
        let before = last.replace(now.clone()).unwrap_or_else(|| now.clone());
        let moved = now
            .iter()
            .zip(&before)
            .map(|(now, before)| (now - before).powi(2));
        let moved = moved.collect();
        [now.iter().map(|q| q * q).collect(), moved]
    };
    let mut tempering = ladder(&actions, 0.25);
    let (mut q, mut last) = (actions[0].neutral(LADDERS), None);
    let [q2, moved, plaquette] = means(&mut q, &mut tempering, "u1", [100, 500], |q| {
        let [q2, moved] = charge(&mut last, q);
        [q2, moved, of(&Plaquette, q)]
    });
    let exact = torus.q2().to_f64();
    passes("tempering, charge", q2, exact, exact);
    passes(
        "tempering, plaquette",
        plaquette,
        torus.plaquette().to_f64(),
        0.01,
    );
    let mut alone = hmc(&actions[0], 0.25, 4);
    let (mut q, mut last) = (actions[0].neutral(LADDERS), None);
    let [_, frozen] = means(&mut q, &mut *alone, "u1/alone", [50, 300], |q| {
        charge(&mut last, q)
    });
    assert!(
        frozen.value() < 0.25 * moved.value(),
        "{frozen:?}, with tempering {moved:?}"
    );
}

#[test]
fn a_ladder_needs_two_rungs() {
    let u1 = U1TwoD::new(&[4, 4], 1.0).unwrap();
    let rung = Rung {
        target: &u1,
        kernel: hmc(&u1, 0.2, 2),
    };
    assert!(Tempering::new(vec![rung]).is_err());
}
