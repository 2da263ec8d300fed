//! `luscher-phase-shift`: the S-wave phase shift that puts a level at `q²`.

use std::f64::consts::{FRAC_PI_2, PI};

use fieldassay_reference::dd::Dd;
use fieldassay_reference::zeta as reference;

use super::{Example, Quantity, of_argument};
use crate::error::Result;
use crate::finite_volume::{k_cot_delta, phase_shift};
use crate::suite::answer::{Answer, Output};
use crate::suite::argument::{Arguments, Kind, Parameter, Presence};
use crate::units::Fm;

/// The registry row.
pub static QUANTITY: Quantity = Quantity {
    id: "luscher-phase-shift",
    summary: "S-wave phase shift from one level of two particles in a box at rest",
    definition: "tan δ = π^{3/2} q/Z00(1; q²), q = kL/2π, k the momentum of each particle in a \
                 cubic periodic box at rest; δ counts modulo π and is given in [0, π). With L also \
                 k = 2πq/L and k cot δ = 2 Z00(1; q²)/(√π L). Partial waves l ≥ 4 are neglected.",
    parameters: &[
        Parameter {
            name: "q2",
            kind: Kind::Real {
                min: 0.0,
                max: 100.0,
            },
            unit: "1",
            presence: Presence::Required,
            meaning: "q² = (kL/2π)² of the level",
        },
        Parameter {
            presence: Presence::Optional,
            ..BOX_LENGTH
        },
    ],
    outputs: &[
        Output {
            name: "delta_deg",
            unit: "deg",
            period: Some(180.0),
            meaning: "δ modulo 180°, absolute 1.2e-11°",
        },
        Output {
            name: "delta_rad",
            unit: "rad",
            period: Some(PI),
            meaning: "δ modulo π, absolute 2e-13",
        },
        Output {
            name: "k",
            unit: "fm^-1",
            period: None,
            meaning: "2πq/L, relative 1e-15; only with L",
        },
        Output {
            name: "k_cot_delta",
            unit: "fm^-1",
            period: None,
            meaning: "k cot δ, relative 1e-12, absolute 1e-12 × 2/(√π L) next to its zeros; only with L",
        },
    ],
    method: "unwrapped phase of the heat-kernel zeta function",
    witness_method: "arctangent of the Riesz-smoothed direct lattice sum",
    example: Example {
        words: &["q2=0.4728942472596515", "L=5"],
        gives: &[
            ("delta_deg", &[90.0]),
            ("delta_rad", &[FRAC_PI_2]),
            ("k", &[0.864_155_462_310_220_8]),
            ("k_cot_delta", &[0.0]),
        ],
        source: "the second zero of Z00, where δ = π/2",
    },
    compute,
    witness,
};

/// The argument `L`.
pub(super) const BOX_LENGTH: Parameter = Parameter {
    name: "L",
    kind: Kind::Real {
        min: 0.1,
        max: 1000.0,
    },
    unit: "fm",
    presence: Presence::Required,
    meaning: "side of the box",
};

fn answer(delta: f64, of_length: Option<(f64, f64, f64)>) -> Result<Answer> {
    /// Absolute accuracy of the phase, in radians.
    const PHASE: f64 = 2e-13;
    let answer = Answer::new()
        .with("delta_deg", delta.to_degrees(), PHASE.to_degrees())?
        .with("delta_rad", delta, PHASE)?;
    let Some((length, k, k_cot)) = of_length else {
        return Ok(answer);
    };
    let zero = 2.0 / (PI.sqrt() * length);
    answer
        .with("k", k, 1e-15 * k)?
        .with("k_cot_delta", k_cot, 1e-12 * k_cot.abs().max(zero))
}

fn compute(arguments: &Arguments) -> Result<Answer> {
    let q2 = arguments.real("q2");
    let delta = of_argument(arguments, "q2", phase_shift(q2))?;
    let of_length = match arguments.optional_real("L") {
        None => None,
        Some(length) => {
            let k_cot = of_argument(arguments, "q2", k_cot_delta(q2, Fm(length)))?;
            Some((length, 2.0 * PI * q2.sqrt() / length, k_cot.0))
        }
    };
    answer(delta, of_length)
}

fn witness(arguments: &Arguments) -> Result<Answer> {
    let q2 = arguments.real("q2");
    let on_pole = reference::poles(100).contains(&q2);
    let (argument, pi) = (Dd::from(q2), Dd::PI);
    let z00 = reference::z00(argument);
    let numerator = pi * pi.sqrt() * argument.sqrt();
    let delta = if on_pole {
        0.0
    } else {
        let principal = numerator.to_f64().atan2(z00.to_f64());
        if principal < PI { principal } else { 0.0 }
    };
    let of_length = arguments.optional_real("L").map(|length| {
        let two = Dd::from(2.0);
        let k = two * pi * argument.sqrt() / Dd::from(length);
        let k_cot = two * z00 / (pi.sqrt() * Dd::from(length));
        (length, k.to_f64(), k_cot.to_f64())
    });
    answer(delta, of_length)
}
