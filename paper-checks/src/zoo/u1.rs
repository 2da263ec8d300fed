//! Compact U(1) on a torus: heat bath, reflections and instanton hits, against sums over characters.

use std::sync::LazyLock;

use fieldassay::action::U1TwoD;
use fieldassay::density::{Action, Aux, Info, Kernel, Observable, Target};
use fieldassay::lattice::{Circle, Field, Tangent, plaquette_angles};
use fieldassay::observable::{Plaquette, SineCharge, TopologicalCharge};
use fieldassay::sampler::{
    HeatBath, Hmc, InstantonHit, Integrator, Metropolis, Sequence, Trajectory,
};
use fieldassay_reference::u1_torus::Torus;

use super::rotors::{Bug, Links};
use super::{Check, Draws, Family, Measured, Row};

const EXTENTS: [usize; 2] = [2, 3];
const VOLUME: usize = EXTENTS[0] * EXTENTS[1];
const BETA: f64 = 1.2;
const CHAINS: usize = 64;
const WARM_UP: usize = 12;
const SWEEPS: usize = 56;

const CHECKS: &[Check] = &[
    Check::mean("plaquette", 0.15, "⟨cos θ_P⟩ by characters"),
    Check::mean("charge", 0.15, "⟨Q⟩ = 0"),
    Check::mean("charge2", 0.15, "⟨Q²⟩ by characters"),
    Check::mean("sine2", 0.04, "⟨Q_sin²⟩ by characters"),
    Check::mean("force2", 0.6, "⟨F²⟩ = 2β⟨cos θ_P⟩ for every link"),
    Check::fact("integer", "every charge is an integer"),
    Check::fact("moves", "in the end every link has another angle"),
];

/// What is measured wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Misread {
    Nothing,
    SineForCharge,
    FloorForWrap,
    Remainder,
    AbsoluteCharge,
}

/// The table.
pub const FAMILY: Family = Family {
    name: "u1",
    checks: CHECKS,
    rows: &[
        Row::healthy("heat-bath", |draws| own(Bug::None, draws)),
        Row::healthy("sampler::HeatBath", |draws| {
            library(draws, |u1| {
                vec![
                    Box::new(HeatBath::new(u1, 1).expect("two sites a direction")),
                    Box::new(InstantonHit::new(u1, u1.lattice()).expect("two directions")),
                ]
            })
        }),
        Row::healthy("sampler::Metropolis", |draws| {
            library(draws, |u1| {
                vec![Box::new(Metropolis::new(u1, 2.0).expect("a width"))]
            })
        }),
        Row::healthy("sampler::Hmc", |draws| {
            library(draws, |u1| {
                let trajectory = Trajectory::new(Integrator::Omelyan, 0.5, 3).expect("a step");
                vec![Box::new(Hmc::new(u1, trajectory).expect("any trajectory"))]
            })
        }),
        Row::mutant(
            "angle-sign",
            "plaquette",
            "drawn about +α instead of −α",
            |draws| own(Bug::AngleSign, draws),
        ),
        Row::mutant(
            "half-coupling",
            "plaquette",
            "the conditional density at β/2",
            |draws| own(Bug::HalfCoupling, draws),
        ),
        Row::mutant(
            "staple-missing",
            "plaquette",
            "one of the two staples is not seen",
            |draws| own(Bug::StapleMissing, draws),
        ),
        Row::mutant(
            "staple-flipped",
            "plaquette",
            "one of the two staples in the other direction",
            |draws| own(Bug::StapleFlipped, draws),
        ),
        Row::mutant(
            "modulus-of-sum",
            "plaquette",
            "κ = 2β, as if both staples were parallel",
            |draws| own(Bug::StaplesParallel, draws),
        ),
        Row::mutant(
            "reflection-off",
            "plaquette",
            "reflections θ → −α − θ",
            |draws| own(Bug::ReflectionOff, draws),
        ),
        Row::mutant(
            "reflection-about-plus",
            "plaquette",
            "reflections θ → 2α − θ",
            |draws| own(Bug::ReflectionAboutPlus, draws),
        ),
        Row::mutant(
            "all-links-at-once",
            "plaquette",
            "all links drawn beside the old ones",
            |draws| own(Bug::AllAtOnce, draws),
        ),
        Row::mutant(
            "hit-no-decision",
            "charge2",
            "every instanton hit is accepted",
            |draws| own(Bug::HitWithoutDecision, draws),
        ),
        Row::mutant(
            "hit-one-sided",
            "charge",
            "hits of charge +1 only",
            |draws| own(Bug::HitOneSided, draws),
        ),
        Row::mutant(
            "links-frozen",
            "moves",
            "one direction is never drawn",
            |draws| own(Bug::OneDirection, draws),
        ),
        Row::mutant(
            "sine-for-charge",
            "charge2",
            "Σ sin θ_P/2π reported as Q",
            |draws| misread(Misread::SineForCharge, draws),
        ),
        Row::mutant(
            "floor-for-wrap",
            "charge2",
            "angles wrapped into [0, 2π)",
            |draws| misread(Misread::FloorForWrap, draws),
        ),
        Row::mutant(
            "remainder-for-wrap",
            "charge2",
            "angles wrapped by the remainder of a division",
            |draws| misread(Misread::Remainder, draws),
        ),
        Row::mutant("absolute-charge", "charge", "|Q| reported as Q", |draws| {
            misread(Misread::AbsoluteCharge, draws)
        }),
    ],
};

/// `⟨P⟩`, `⟨Q²⟩`, `⟨Q_sin²⟩`.
static EXACT: LazyLock<[f64; 3]> = LazyLock::new(|| {
    let torus = Torus::new(VOLUME as u32, BETA);
    [torus.plaquette(), torus.q2(), torus.q_sin2()].map(|x| x.to_f64())
});

fn target() -> U1TwoD {
    U1TwoD::new(&EXTENTS, BETA).expect("a torus")
}

fn own(bug: Bug, draws: &Draws) -> Vec<Measured> {
    let u1 = target();
    let mut kernel = Links::new(&u1, bug).expect("two directions");
    run(&u1, &mut kernel, Misread::Nothing, draws)
}

fn misread(misread: Misread, draws: &Draws) -> Vec<Measured> {
    let u1 = target();
    let mut kernel = Links::new(&u1, Bug::None).expect("two directions");
    run(&u1, &mut kernel, misread, draws)
}

fn library(
    draws: &Draws,
    kernels: impl for<'a> Fn(&'a U1TwoD) -> Vec<Box<dyn Kernel<Circle> + 'a>>,
) -> Vec<Measured> {
    let u1 = target();
    let mut kernel = Sequence(kernels(&u1));
    run(&u1, &mut kernel, Misread::Nothing, draws)
}

/// The charge as it is read.
fn charges(q: &Field<Circle>, misread: Misread, out: &mut [f64]) {
    use std::f64::consts::TAU;
    let wrap = match misread {
        Misread::Nothing => return TopologicalCharge.measure(q, out),
        Misread::SineForCharge => return SineCharge.measure(q, out),
        Misread::AbsoluteCharge => {
            TopologicalCharge.measure(q, out);
            return out.iter_mut().for_each(|q| *q = q.abs());
        }
        Misread::FloorForWrap => |theta: f64| theta - TAU * (theta / TAU).floor(),
        Misread::Remainder => |theta: f64| theta % TAU,
    };
    let mut angles = vec![0.0; q.lattice().row_length() * q.chains()];
    out.fill(0.0);
    for row in 0..q.lattice().rows() {
        plaquette_angles(q, row, &mut angles);
        for (i, theta) in angles.iter().enumerate() {
            out[i % q.chains()] += wrap(*theta) / TAU;
        }
    }
}

fn run(
    u1: &U1TwoD,
    kernel: &mut dyn Kernel<Circle>,
    misread: Misread,
    draws: &Draws,
) -> Vec<Measured> {
    let mut q = u1.neutral(CHAINS);
    let mut r = draws.chains("sweeps", CHAINS);
    let (mut aux, mut info) = (Aux::default(), Info::default());
    let mut force = Tangent::zero(&q);
    let [mut plaquette, mut charge, mut sine] = [(); 3].map(|()| vec![0.0; CHAINS]);
    let mut sums = [(); 5].map(|()| vec![0.0; CHAINS]);
    let mut integer = true;
    for sweep in 0..WARM_UP + SWEEPS {
        kernel.step(&mut q, &mut aux, &mut r, &mut info);
        if sweep < WARM_UP {
            continue;
        }
        Plaquette.measure(&q, &mut plaquette);
        charges(&q, misread, &mut charge);
        SineCharge.measure(&q, &mut sine);
        u1.force(&q, &aux, &mut force);
        let mut squares = vec![0.0; CHAINS];
        for forces in force.numbers().chunks_exact(CHAINS) {
            for (square, f) in squares.iter_mut().zip(forces) {
                *square += f * f / (2 * VOLUME) as f64;
            }
        }
        for chain in 0..CHAINS {
            let (p, q, sine) = (plaquette[chain], charge[chain], sine[chain]);
            integer &= (q - q.round()).abs() < 1e-9;
            let force2 = squares[chain] - 2.0 * BETA * p;
            let terms = [p, q, q * q, sine * sine, force2];
            for (sum, term) in sums.iter_mut().zip(terms) {
                sum[chain] += term / SWEEPS as f64;
            }
        }
    }
    let truths = [EXACT[0], 0.0, EXACT[1], EXACT[2], 0.0];
    let pairs = sums.into_iter().zip(truths);
    let mut measured: Vec<Measured> = pairs
        .map(|(sums, truth)| Measured::Chains(sums, truth))
        .collect();
    // From the ordered start.
    let moved = q.numbers().iter().all(|theta| *theta != 0.0);
    measured.extend([Measured::Fact(integer), Measured::Fact(moved)]);
    measured
}
