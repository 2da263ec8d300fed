//! Hybrid Monte Carlo with a wrong force: the decision keeps it exact, so that no expectation value sees the bug. The
//! difference quotient does, and how the energy changes with the step.

use std::sync::LazyLock;

use fieldassay::action::{Couplings, Phi4, U1TwoD};
use fieldassay::density::{Action, Aux, Info, Kernel, Observable, Spec, Target};
use fieldassay::lattice::{Circle, Continuous, Field, RealLine, Tangent, kinetic_energy};
use fieldassay::observable::Plaquette;
use fieldassay::sampler::{Hmc, Integrator, Path, Trajectory};
use fieldassay_reference::u1_torus::Torus;

use super::{Check, Draws, Family, Measured, Row};

const CHAINS: usize = 64;
const WARM_UP: usize = 40;
const STEPS: usize = 100;
const BETA: f64 = 1.2;
const EXTENTS: [usize; 2] = [2, 3];
const SITES: usize = 4;

const CHECKS: &[Check] = &[
    Check::mean(
        "exact",
        0.5,
        "⟨Σ φF⟩ = −V or the plaquette by characters, over the truth: 1",
    ),
    Check::fact(
        "difference",
        "the force is the difference quotient of the action",
    ),
    Check::fact("order", "half the step, a quarter of the change of energy"),
];

/// What is wrong with the force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bug {
    None,
    NeighbourMissing,
    QuarticOfCubic,
    Halved,
    StapleMissing,
    StapleFlipped,
    OneLink,
}

/// The table.
pub const FAMILY: Family = Family {
    name: "force",
    checks: CHECKS,
    rows: &[
        Row::healthy("action::Phi4", |draws| phi4(Bug::None, draws)),
        Row::healthy("action::U1TwoD", |draws| u1(Bug::None, draws)),
        Row::mutant(
            "neighbour-missing",
            "difference",
            "the site behind is not seen",
            |draws| phi4(Bug::NeighbourMissing, draws),
        ),
        Row::mutant(
            "quartic-of-cubic",
            "difference",
            "3Gφ³ for 4Gφ³",
            |draws| phi4(Bug::QuarticOfCubic, draws),
        ),
        Row::mutant("force-halved", "order", "half of the force", |draws| {
            phi4(Bug::Halved, draws)
        }),
        Row::mutant(
            "staple-missing",
            "difference",
            "one staple of the links of one direction left out",
            |draws| u1(Bug::StapleMissing, draws),
        ),
        Row::mutant(
            "staple-flipped",
            "order",
            "one staple of the links of one direction with the other sign",
            |draws| u1(Bug::StapleFlipped, draws),
        ),
        Row::mutant(
            "one-link",
            "difference",
            "no force on the last link",
            |draws| u1(Bug::OneLink, draws),
        ),
    ],
};

/// An action with what is to be added to its force.
struct Wrong<'a, M: Continuous> {
    action: &'a dyn Action<M>,
    add: &'a (dyn Fn(&Field<M>, &mut Tangent<M>) + Send + Sync),
}

impl<M: Continuous> std::fmt::Debug for Wrong<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} with another force", self.action.spec())
    }
}

impl<M: Continuous> Target<M> for Wrong<'_, M> {
    fn spec(&self) -> &Spec {
        self.action.spec()
    }

    fn neutral(&self, chains: usize) -> Field<M> {
        self.action.neutral(chains)
    }

    fn value(&self, q: &Field<M>, aux: &Aux, s: &mut [f64]) {
        self.action.value(q, aux, s);
    }
}

impl<M: Continuous> Action<M> for Wrong<'_, M> {
    fn force(&self, q: &Field<M>, aux: &Aux, f: &mut Tangent<M>) {
        self.action.force(q, aux, f);
        (self.add)(q, f);
    }
}

fn phi4(bug: Bug, draws: &Draws) -> Vec<Measured> {
    let couplings = Couplings::from_continuum(-0.4, 9.6, 1);
    let action = Phi4::new(&[SITES], couplings).expect("a ring");
    let add = move |q: &Field<RealLine>, f: &mut Tangent<RealLine>| {
        let phi = q.numbers();
        let behind = |i: usize| phi[(i + phi.len() - CHAINS) % phi.len()];
        for (i, f) in f.numbers_mut().iter_mut().enumerate() {
            match bug {
                Bug::NeighbourMissing => *f -= 2.0 * couplings.hopping * behind(i),
                Bug::QuarticOfCubic => *f += couplings.quartic * phi[i].powi(3),
                Bug::Halved => *f *= 0.5,
                _ => {}
            }
        }
    };
    let wrong = Wrong {
        action: &action,
        add: &add,
    };
    let c = couplings;
    run(&wrong, draws, |q, out| {
        out.fill(0.0);
        let phi = q.numbers();
        for (i, x) in phi.iter().enumerate() {
            let next = phi[(i + CHAINS) % phi.len()];
            let virial = 2.0 * c.quadratic * x * x + 4.0 * c.quartic * x.powi(4);
            out[i % CHAINS] += (virial - 4.0 * c.hopping * x * next) / SITES as f64;
        }
    })
}

/// The plaquette by characters.
static PLAQUETTE: LazyLock<f64> = LazyLock::new(|| {
    let volume = EXTENTS[0] * EXTENTS[1];
    Torus::new(volume as u32, BETA).plaquette().to_f64()
});

fn u1(bug: Bug, draws: &Draws) -> Vec<Measured> {
    let action = U1TwoD::new(&EXTENTS, BETA).expect("a torus");
    let add = move |q: &Field<Circle>, f: &mut Tangent<Circle>| {
        let lattice = q.lattice();
        let factor = match bug {
            Bug::StapleMissing => 1.0,
            Bug::StapleFlipped => 2.0,
            _ => 0.0,
        };
        let rows = lattice.rows();
        for row in (0..rows).filter(|_| factor > 0.0) {
            // F_0 = −β [sin θ_P(x) − sin θ_P(x − 1̂)]: the second one.
            let mut angles = vec![0.0; lattice.row_length() * CHAINS];
            fieldassay::lattice::plaquette_angles(q, row, &mut angles);
            angles.rotate_right(CHAINS);
            for (f, angle) in f.row_mut(row, 0).iter_mut().zip(angles) {
                *f -= factor * BETA * angle.sin();
            }
        }
        if bug == Bug::OneLink {
            let last = f.row_mut(rows - 1, 1);
            let start = last.len() - CHAINS;
            last[start..].fill(0.0);
        }
    };
    let wrong = Wrong {
        action: &action,
        add: &add,
    };
    run(&wrong, draws, |q, out| {
        Plaquette.measure(q, out);
        out.iter_mut().for_each(|p| *p /= *PLAQUETTE);
    })
}

const STEP: f64 = 0.4;

/// `measure` over its exact value, and what the force says of itself where the chains end.
fn run<M: Continuous>(
    action: &dyn Action<M>,
    draws: &Draws,
    measure: impl Fn(&Field<M>, &mut [f64]),
) -> Vec<Measured> {
    let trajectory = Trajectory::new(Integrator::Leapfrog, STEP, 3).expect("a step");
    let mut kernel = Hmc::new(action, trajectory).expect("any trajectory");
    let mut q = action.neutral(CHAINS);
    let mut r = draws.chains("trajectories", CHAINS);
    let (mut aux, mut info) = (Aux::default(), Info::default());
    let (mut now, mut sums) = (vec![0.0; CHAINS], vec![0.0; CHAINS]);
    for step in 0..WARM_UP + STEPS {
        kernel.step(&mut q, &mut aux, &mut r, &mut info);
        if step >= WARM_UP {
            measure(&q, &mut now);
            let each = sums.iter_mut().zip(&now);
            each.for_each(|(sum, now)| *sum += now / STEPS as f64);
        }
    }
    vec![
        Measured::Chains(sums, 1.0),
        Measured::Fact(is_the_difference(action, &q)),
        Measured::Fact(is_of_second_order(action, &q, draws)),
    ]
}

/// Whether the force is `−[S(q + h) − S(q − h)]/2h` for every variable. Truncation is of order 1e-8 here, rounding 1e-10.
fn is_the_difference<M: Continuous>(action: &dyn Action<M>, q: &Field<M>) -> bool {
    const H: f64 = 1e-5;
    const ALLOWED: f64 = 1e-6;
    let aux = Aux::default();
    let mut force = Tangent::zero(q);
    action.force(q, &aux, &mut force);
    let rows = force.numbers().chunks_exact(CHAINS).enumerate();
    let mut worst = 0.0;
    for (i, forces) in rows {
        let value = |h: f64| {
            let (mut moved, mut s) = (q.clone(), vec![0.0; CHAINS]);
            let numbers: &mut [f64] = moved.numbers_mut();
            numbers[i * CHAINS..(i + 1) * CHAINS]
                .iter_mut()
                .for_each(|q| *q += h);
            action.value(&moved, &aux, &mut s);
            s
        };
        for ((up, down), force) in value(H).iter().zip(value(-H)).zip(forces) {
            worst = f64::max(worst, (force + (up - down) / (2.0 * H)).abs());
        }
    }
    worst < ALLOWED
}

/// Whether half the step makes the root mean square of `ΔH` four times smaller.
fn is_of_second_order<M: Continuous>(action: &dyn Action<M>, q: &Field<M>, draws: &Draws) -> bool {
    let mut p = Tangent::zero(q);
    draws.chains("momenta", CHAINS).normal(p.numbers_mut());
    let energy = |s: &[f64], p: &Tangent<M>| {
        let mut h = vec![0.0; CHAINS];
        kinetic_energy(p, &mut h);
        h.iter_mut().zip(s).for_each(|(h, s)| *h += s);
        h
    };
    let mut s = vec![0.0; CHAINS];
    action.value(q, &Aux::default(), &mut s);
    let start = energy(&s, &p);
    let rms = |step: f64, steps: usize| {
        let trajectory = Trajectory::new(Integrator::Leapfrog, step, steps).expect("a step");
        let (mut path, mut s) = (Path::new(q), vec![0.0; CHAINS]);
        path.p = p.clone();
        trajectory.run(action, &Aux::default(), q, &mut path, &mut s);
        let end = energy(&s, &path.p);
        let squares = end.iter().zip(&start).map(|(a, b)| (a - b) * (a - b));
        squares.sum::<f64>().sqrt()
    };
    let ratio = rms(0.05, 8) / rms(0.025, 16);
    (ratio - 4.0).abs() < 0.3
}
