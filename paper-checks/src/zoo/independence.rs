//! Independence Metropolis of a double well, `S = λ(φ² − 1)²`, with proposals of known density: what a generative model
//! is used as.
//!
//! Proposals are `φ = sinh u`, `u` from two Gaussians, so that `ln q(φ) = ln q(u) − ½ ln(1 + φ²)` can be computed from
//! `φ` alone.

use std::f64::consts::TAU;
use std::sync::LazyLock;

use fieldassay_reference::quadrature::line;

use super::{Check, Draws, Family, Measured, Row};

const LAMBDA: f64 = 2.0;
const CHAINS: usize = 128;
const WARM_UP: usize = 40;
const STEPS: usize = 140;
/// Steps at the end whose ln q is computed again.
const RECOMPUTED: usize = 40;

const CHECKS: &[Check] = &[
    Check::mean("mean", 0.2, "⟨φ⟩ = 0: both wells"),
    Check::mean("square", 0.09, "⟨φ²⟩ by quadrature"),
    Check::mean("fourth", 0.17, "⟨φ⁴⟩ by quadrature"),
    Check::mean(
        "weights",
        0.1,
        "⟨e^{−S}/q⟩ = Z under the proposals: q is normalised",
    ),
    Check::fact("ln-q", "the ln q that decides is the ln q of the state"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bug {
    None,
    NoJacobian,
    JacobianFlipped,
    OneMode,
    StaleDensity,
    DensityOfNeighbour,
    RatioInverted,
    NoDensity,
    AcceptedOnly,
    MeasuredBeforeTheMap,
}

/// The table.
pub const FAMILY: Family = Family {
    name: "independence",
    checks: CHECKS,
    rows: &[
        Row::healthy("mixture", |draws| run(Bug::None, draws)),
        Row::mutant(
            "no-jacobian",
            "square",
            "ln q without the Jacobian of the map",
            |draws| run(Bug::NoJacobian, draws),
        ),
        Row::mutant(
            "jacobian-flipped",
            "square",
            "the Jacobian's logarithm with the other sign",
            |draws| run(Bug::JacobianFlipped, draws),
        ),
        Row::mutant("one-mode", "mean", "proposals in one well only", |draws| {
            run(Bug::OneMode, draws)
        }),
        Row::mutant(
            "stale-ln-q",
            "ln-q",
            "after a rejection the ln q of the rejected proposal",
            |draws| run(Bug::StaleDensity, draws),
        ),
        Row::mutant(
            "ln-q-of-neighbour",
            "ln-q",
            "the ln q of the next chain's proposal",
            |draws| run(Bug::DensityOfNeighbour, draws),
        ),
        Row::mutant(
            "ratio-inverted",
            "square",
            "accepted with the weights upside down",
            |draws| run(Bug::RatioInverted, draws),
        ),
        Row::mutant(
            "no-ln-q",
            "fourth",
            "accepted with min(1, e^{−ΔS}), as if proposals were symmetric",
            |draws| run(Bug::NoDensity, draws),
        ),
        Row::mutant(
            "accepted-only",
            "square",
            "a rejected proposal does not count the old state again",
            |draws| run(Bug::AcceptedOnly, draws),
        ),
        Row::mutant(
            "measured-on-u",
            "square",
            "u is measured, and not what the map makes of it",
            |draws| run(Bug::MeasuredBeforeTheMap, draws),
        ),
    ],
};

fn action(x: f64) -> f64 {
    LAMBDA * (x * x - 1.0).powi(2)
}

/// `Z`, `⟨φ²⟩`, `⟨φ⁴⟩`.
static EXACT: LazyLock<[f64; 3]> = LazyLock::new(|| {
    let moment = |power: i32| line(|x| x.powi(power) * (-action(x)).exp(), 4.0, 0.01);
    let z = moment(0);
    [z, moment(2) / z, moment(4) / z]
});

/// Centre and width of the Gaussians of `u`.
const CENTRE: f64 = 0.8;
const WIDTH: f64 = 0.45;

/// `ln q(φ)`.
fn ln_density(phi: f64, bug: Bug) -> f64 {
    let u = phi.asinh();
    let gauss = |centre: f64| (-0.5 * ((u - centre) / WIDTH).powi(2)).exp();
    let sum = if bug == Bug::OneMode {
        gauss(CENTRE)
    } else {
        0.5 * (gauss(CENTRE) + gauss(-CENTRE))
    };
    let ln_jacobian = 0.5 * phi.mul_add(phi, 1.0).ln();
    let of_u = (sum / (WIDTH * TAU.sqrt())).ln();
    match bug {
        Bug::NoJacobian => of_u,
        Bug::JacobianFlipped => of_u + ln_jacobian,
        _ => of_u - ln_jacobian,
    }
}

fn run(bug: Bug, draws: &Draws) -> Vec<Measured> {
    let mut r = draws.chains("steps", CHAINS);
    let [mut normals, mut uniforms] = [vec![0.0; CHAINS], vec![0.0; 2 * CHAINS]];
    let mut state: Vec<[f64; 2]> = vec![[1.0, ln_density(1.0, bug)]; CHAINS];
    let mut sums = [(); 3].map(|()| vec![0.0; CHAINS]);
    let mut weights = vec![0.0; CHAINS];
    let mut counted = vec![0.0; CHAINS];
    let mut honest = true;
    for step in 0..WARM_UP + STEPS {
        r.normal(&mut normals);
        r.uniform(&mut uniforms);
        let (sides, decisions) = uniforms.split_at(CHAINS);
        let proposals: Vec<f64> = normals
            .iter()
            .zip(sides)
            .map(|(normal, side)| {
                let left = *side < 0.5 && bug != Bug::OneMode;
                (WIDTH.mul_add(*normal, if left { -CENTRE } else { CENTRE })).sinh()
            })
            .collect();
        for chain in 0..CHAINS {
            let new = proposals[chain];
            let own_ln_q = ln_density(new, bug);
            let ln_q = match bug {
                Bug::DensityOfNeighbour => ln_density(proposals[(chain + 1) % CHAINS], bug),
                _ => own_ln_q,
            };
            let [old, old_ln_q] = state[chain];
            let ln_accept = match bug {
                Bug::NoDensity => action(old) - action(new),
                Bug::RatioInverted => action(new) - action(old) + ln_q - old_ln_q,
                _ => action(old) - action(new) + old_ln_q - ln_q,
            };
            let accepted = (1.0 - decisions[chain]).ln() <= ln_accept;
            if accepted {
                state[chain] = [new, ln_q];
            } else if bug == Bug::StaleDensity {
                state[chain][1] = ln_q;
            }
            let [phi, ln_q] = state[chain];
            if step >= WARM_UP + STEPS - RECOMPUTED {
                honest &= (ln_q - ln_density(phi, bug)).abs() < 1e-12;
            }
            if step < WARM_UP {
                continue;
            }
            let weight = (-action(new) - own_ln_q).exp() / EXACT[0];
            weights[chain] += weight / STEPS as f64;
            if accepted || bug != Bug::AcceptedOnly {
                counted[chain] += 1.0;
                let x = match bug {
                    Bug::MeasuredBeforeTheMap => phi.asinh(),
                    _ => phi,
                };
                for (sum, term) in sums.iter_mut().zip([x, x * x, x.powi(4)]) {
                    sum[chain] += term;
                }
            }
        }
    }
    for sum in &mut sums {
        sum.iter_mut()
            .zip(&counted)
            .for_each(|(sum, counted)| *sum /= counted);
    }
    let [mean, square, fourth] = sums;
    vec![
        Measured::Chains(mean, 0.0),
        Measured::Chains(square, EXACT[1]),
        Measured::Chains(fourth, EXACT[2]),
        Measured::Chains(weights, 1.0),
        Measured::Fact(honest),
    ]
}
