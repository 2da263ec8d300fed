//! `luscher-zeta-unequal`: the S-wave zeta function of unequal masses in a moving frame.

use fieldassay_reference::dd::Dd;
use fieldassay_reference::shifted_zeta::{self, ShiftedFrame};

use super::luscher_zeta::Q2;
use super::{Example, Quantity, of_argument};
use crate::error::Result;
use crate::finite_volume::MovingFrame;
use crate::suite::answer::{Answer, Output};
use crate::suite::argument::{Arguments, Kind, Parameter, Presence};

/// The registry row.
pub static QUANTITY: Quantity = Quantity {
    id: "luscher-zeta-unequal",
    summary: "Lüscher's Z^d_00(1; q²) for unequal masses in a moving frame",
    definition: "Z^d_00(1; q²) = (4π)^{-1/2} Σ_r 1/(r² − q²) over r = γ̂⁻¹(n − αd/2), n ∈ Z³, continued \
                 analytically to s = 1; α = 1 + (m₁² − m₂²)/E_cm², 1 for equal masses; γ̂⁻¹ divides the \
                 component along d by γ; q = kL/2π. S wave: k cot δ = 2 Z^d_00/(γ√π L).",
    parameters: &[
        Parameter {
            kind: Kind::Real {
                min: -10.0,
                max: 60.0,
            },
            ..Q2
        },
        Parameter {
            name: "d",
            kind: Kind::Vector(&[[0, 0, 1], [1, 1, 0], [1, 1, 1], [0, 0, 2]]),
            unit: "2π/L",
            presence: Presence::Required,
            meaning: "total momentum of the pair",
        },
        Parameter {
            name: "gamma",
            kind: Kind::Real { min: 1.0, max: 1.5 },
            unit: "1",
            presence: Presence::Required,
            meaning: "boost factor E/E_cm",
        },
        Parameter {
            name: "alpha",
            kind: Kind::Real {
                min: -3.0,
                max: 5.0,
            },
            unit: "1",
            presence: Presence::Required,
            meaning: "1 + (m₁² − m₂²)/E_cm²",
        },
    ],
    outputs: &[Output {
        name: "zeta",
        unit: "1",
        period: None,
        meaning: "Z^d_00(1; q²); relative 1e-12, absolute 1e-12 γ next to zeros",
    }],
    method: "heat-kernel split with phases cos(πα m·d); sum over images for q² ≤ −1",
    witness_method: "Riesz-smoothed direct lattice sum in double-double arithmetic",
    example: Example {
        words: &["q2=0.31", "d=0,0,1", "gamma=1.1", "alpha=1"],
        gives: &[("zeta", &[-6.982_865_450_480_954])],
        source: "golden record z00_d001_g1.1_0.31 (heat-kernel split, 40 digits): equal masses",
    },
    compute,
    witness,
};

fn answer(arguments: &Arguments, value: f64) -> Result<Answer> {
    let gamma = arguments.real("gamma");
    Answer::new().with("zeta", value, 1e-12 * value.abs().max(gamma))
}

fn compute(arguments: &Arguments) -> Result<Answer> {
    let real = |name| arguments.real(name);
    let frame = MovingFrame::new(arguments.vector("d"))?;
    let zeta = frame.shifted_zeta(real("gamma"), real("alpha"), real("q2"));
    answer(arguments, of_argument(arguments, "q2", zeta)?.value)
}

fn witness(arguments: &Arguments) -> Result<Answer> {
    let long = |name| Dd::from(arguments.real(name));
    let frame = ShiftedFrame {
        d: arguments.vector("d"),
        gamma: long("gamma"),
        alpha: long("alpha"),
    };
    answer(arguments, shifted_zeta::z00(long("q2"), &frame).to_f64())
}
