//! `luscher-zeta-derivative`: `dZ_lm/dq²` at rest.

use fieldassay_reference::dd::Dd;
use fieldassay_reference::zeta as reference;

use super::luscher_zeta::{L, M, Q2, accuracy, rest_harmonic};
use super::{Example, Quantity, of_argument};
use crate::error::Result;
use crate::finite_volume::zlm_derivative;
use crate::suite::answer::{Answer, Output};
use crate::suite::argument::{Arguments, Kind, Parameter};

/// The registry row.
pub static QUANTITY: Quantity = Quantity {
    id: "luscher-zeta-derivative",
    summary: "dZ_lm(1; q²)/dq² of Lüscher's zeta function at rest",
    definition: "The derivative with respect to q² of Z_lm(1; q²) = Σ_n 𝒴_lm(n)/(n² − q²), n ∈ Z³, \
                 continued to s = 1; conventions as luscher-zeta. For l = 0 the sum \
                 Σ_n (n² − q²)^{-2}/√4π converges as it stands and is positive: it gives the slope \
                 of the quantisation condition. (l,m) = 00, 40, 44, 60, 64.",
    parameters: &[
        Q2,
        // Not 2, where the derivative is zero by symmetry.
        Parameter {
            kind: Kind::Choice(&[0, 4, 6]),
            ..L
        },
        M,
    ],
    outputs: &[Output {
        name: "derivative",
        unit: "1",
        period: None,
        meaning: "dZ_lm/dq²; relative 1e-12, absolute 1e-12 max(1, |q|^l) next to zeros",
    }],
    method: "heat-kernel split, differentiated term by term; sum over images for q² ≤ −1",
    witness_method: "Riesz-smoothed direct lattice sum, differentiated term by term, in \
                     double-double arithmetic",
    example: Example {
        words: &["q2=0.5"],
        gives: &[("derivative", &[11.832_630_729_648_507])],
        source: "heat-kernel split differentiated numerically with 30 digits (mpmath)",
    },
    compute,
    witness,
};

fn compute(arguments: &Arguments) -> Result<Answer> {
    let (l, m) = rest_harmonic(arguments)?;
    let q2 = arguments.real("q2");
    let value = of_argument(arguments, "q2", zlm_derivative(l, m, q2))?;
    Answer::new().with("derivative", value, accuracy(value, l, q2))
}

fn witness(arguments: &Arguments) -> Result<Answer> {
    let (l, m) = rest_harmonic(arguments)?;
    let q2 = arguments.real("q2");
    let value = if l == 0 {
        reference::z00_derivative(Dd::from(q2))
    } else {
        reference::zlm_derivative(l, m, Dd::from(q2))
    };
    let value = value.to_f64();
    Answer::new().with("derivative", value, accuracy(value, l, q2))
}
