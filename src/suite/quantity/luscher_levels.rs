//! `luscher-levels`: the levels of two equal particles in a box for a constant phase shift.

use std::f64::consts::PI;

use fieldassay_reference::dd::Dd;
use fieldassay_reference::zeta as reference;

use super::luscher_phase_shift::BOX_LENGTH;
use super::{Example, Quantity, of_argument};
use crate::error::Result;
use crate::finite_volume::{levels_constant_delta, z00, z00_derivative};
use crate::suite::answer::{Answer, Output};
use crate::suite::argument::{Arguments, Kind, Parameter, Presence};

/// The registry row.
pub static QUANTITY: Quantity = Quantity {
    id: "luscher-levels",
    summary: "levels of two equal particles in a box for a constant phase shift",
    definition: "The first n roots q² > 0 of φ(q²) + δ = jπ with tan φ = −π^{3/2} q/Z00(1; q²), δ \
                 the same at every momentum: exactly one lies between successive poles of Z00, \
                 whatever L. k = 2πq ħc/L, E = 2√(m_pi² + k²). Box at rest, l ≥ 4 neglected.",
    parameters: &[
        Parameter {
            name: "delta_deg",
            kind: Kind::Real {
                min: -3600.0,
                max: 3600.0,
            },
            unit: "deg",
            presence: Presence::Required,
            meaning: "phase shift, counted modulo 180°; no multiple of it",
        },
        BOX_LENGTH,
        Parameter {
            name: "m_pi",
            kind: Kind::Real { min: 0.0, max: 1e6 },
            unit: "MeV",
            presence: Presence::Default("139.57"),
            meaning: "mass of each particle",
        },
        HBAR_C,
        Parameter {
            name: "n",
            kind: Kind::Integer { min: 1, max: 85 },
            unit: "1",
            presence: Presence::Default("10"),
            meaning: "number of levels",
        },
    ],
    outputs: &[
        Output {
            name: "q2",
            unit: "1",
            period: None,
            meaning: "(kL/2π)², ascending; relative 1e-14, plus the rounding of δ",
        },
        Output {
            name: "k_MeV",
            unit: "MeV",
            period: None,
            meaning: "momentum of each particle",
        },
        Output {
            name: "E_MeV",
            unit: "MeV",
            period: None,
            meaning: "energy of the pair, rest masses included",
        },
    ],
    method: "bisection of the unwrapped phase between successive poles",
    witness_method: "bisection of Z00 sin δ = π^{3/2} q cos δ with the smoothed direct sum, in \
                     double-double arithmetic",
    example: Example {
        words: &["delta_deg=30", "L=3", "n=3"],
        gives: &[
            (
                "q2",
                &[
                    0.833_283_644_338_251_6,
                    1.786_568_654_391_285_6,
                    2.883_972_934_849_284_6,
                ],
            ),
            (
                "k_MeV",
                &[
                    377.260_653_384_516,
                    552.401_613_911_524,
                    701.844_133_214_864,
                ],
            ),
            (
                "E_MeV",
                &[
                    804.500_802_963_209,
                    1_139.521_527_575_6,
                    1_431.174_304_168_61,
                ],
            ),
        ],
        source: "golden record levels_delta30_L3 (roots to 25 digits)",
    },
    compute,
    witness,
};

/// The argument `hbarc`.
pub(super) const HBAR_C: Parameter = Parameter {
    name: "hbarc",
    kind: Kind::Real {
        min: 1e-3,
        max: 1e6,
    },
    unit: "MeV fm",
    presence: Presence::Default("197.3269804"),
    meaning: "ħc; published work also uses 197.3269602 and 197.3",
};

/// `δ` in `[0, π]`; reduced in degrees, where the remainder is exact.
fn delta(arguments: &Arguments) -> f64 {
    arguments.real("delta_deg").rem_euclid(180.0).to_radians()
}

/// The error of a root: its own accuracy, and the rounding of `δ` over the slope of the phase.
fn root_error(q2: f64) -> Result<f64> {
    let (q, slope) = (q2.sqrt(), PI.powf(1.5));
    let (z, dz) = (z00(q2)?, z00_derivative(q2)?);
    let phase_slope = slope * (q * dz - 0.5 * z / q) / (z * z + PI.powi(3) * q2);
    Ok(1e-14 * q2 + 2.0 * PI * f64::EPSILON / phase_slope)
}

fn answer(arguments: &Arguments, levels: Vec<[f64; 3]>) -> Result<Answer> {
    let errors: Result<Vec<f64>> = levels.iter().map(|[q2, ..]| root_error(*q2)).collect();
    let errors = of_argument(arguments, "delta_deg", errors)?;
    let all = || levels.iter().zip(&errors);
    let k_error = |q2: f64, k: f64, error: f64| k * (0.5 * error / q2 + 1e-15);
    Answer::new()
        .with_list("q2", all().map(|([q2, ..], error)| (*q2, *error)))?
        .with_list(
            "k_MeV",
            all().map(|([q2, k, _], error)| (*k, k_error(*q2, *k, *error))),
        )?
        .with_list(
            "E_MeV",
            all().map(|([q2, k, e], error)| {
                (*e, 4.0 * k / e * k_error(*q2, *k, *error) + 1e-15 * e)
            }),
        )
}

fn compute(arguments: &Arguments) -> Result<Answer> {
    let count = arguments.integer("n") as usize;
    let levels = levels_constant_delta(delta(arguments), count);
    let levels = of_argument(arguments, "delta_deg", levels)?;
    let (length, mass) = (arguments.real("L"), arguments.real("m_pi"));
    let unit = 2.0 * PI * arguments.real("hbarc") / length;
    let level = |q2: f64| {
        let k = unit * q2.sqrt();
        [q2, k, 2.0 * mass.hypot(k)]
    };
    answer(arguments, levels.into_iter().map(level).collect())
}

fn witness(arguments: &Arguments) -> Result<Answer> {
    let delta = delta(arguments);
    if !(delta > 0.0 && delta < PI) {
        return Err(arguments.refuse("delta_deg", "a phase that is no multiple of 180°"));
    }
    let long = |name: &str| Dd::from(arguments.real(name));
    let (two, mass) = (Dd::from(2.0), long("m_pi"));
    let unit = two * Dd::PI * long("hbarc") / long("L");
    let level = |q2: f64| {
        let k = unit * Dd::from(q2).sqrt();
        let energy = two * (mass * mass + k * k).sqrt();
        [q2, k.to_f64(), energy.to_f64()]
    };
    let roots = reference::levels_constant_delta(delta, arguments.integer("n") as usize);
    answer(arguments, roots.into_iter().map(level).collect())
}
