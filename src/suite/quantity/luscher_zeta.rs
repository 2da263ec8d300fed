//! `luscher-zeta`: Lüscher's zeta functions at rest and in moving frames.

use fieldassay_reference::dd::Dd;
use fieldassay_reference::zeta::{self as reference, Frame};

use super::{Example, Quantity, of_argument};
use crate::error::Result;
use crate::finite_volume::{MovingFrame, zlm};
use crate::suite::answer::{Answer, Output};
use crate::suite::argument::{Arguments, Kind, Parameter, Presence};

/// The registry row.
pub static QUANTITY: Quantity = Quantity {
    id: "luscher-zeta",
    summary: "Lüscher's zeta function Z^d_lm(1; q²) of a cubic box",
    definition: "Z^d_lm(1; q²) = Σ_r 𝒴_lm(r)/(r² − q²) over r = γ̂⁻¹(n − d/2), n ∈ Z³, continued \
                 analytically from Re s > (l+3)/2 to s = 1; q = kL/2π. 𝒴 are solid harmonics \
                 (Condon–Shortley, m = 4: real part) with z along a lattice axis; γ̂⁻¹ divides the \
                 component along d by γ. At rest: (l,m) = 00, 20 (zero), 40, 44, 60, 64; \
                 moving: 00, 20, 40. In the S wave tan δ = γ q π^{3/2}/Z^d_00.",
    parameters: &[
        Q2,
        L,
        M,
        Parameter {
            name: "d",
            kind: Kind::Vector(&[[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]]),
            unit: "2π/L",
            presence: Presence::Default("0,0,0"),
            meaning: "total momentum of the pair",
        },
        Parameter {
            name: "gamma",
            kind: Kind::Real { min: 1.0, max: 4.0 },
            unit: "1",
            presence: Presence::Default("1"),
            meaning: "boost factor E/E_cm; 1 at rest",
        },
    ],
    outputs: &[Output {
        name: "zeta",
        unit: "1",
        period: None,
        meaning: "Z^d_lm(1; q²); relative 1e-12, absolute 1e-12 γ max(1, |q|^l) next to zeros",
    }],
    method: "heat-kernel split at rest and in moving frames; sum over images for q² ≤ −1",
    witness_method: "Riesz-smoothed direct lattice sum in double-double arithmetic",
    example: Example {
        words: &["q2=0.31", "d=0,0,1", "gamma=1.1"],
        gives: &[("zeta", &[-6.982_865_450_480_954])],
        source: "golden record z00_d001_g1.1_0.31 (heat-kernel split, 40 digits)",
    },
    compute,
    witness,
};

/// The argument `q2`, as the zeta functions take it.
pub(super) const Q2: Parameter = Parameter {
    name: "q2",
    kind: Kind::Real {
        min: -100.0,
        max: 100.0,
    },
    unit: "1",
    presence: Presence::Required,
    meaning: "q² = (kL/2π)², off the poles",
};

/// The argument `l`.
pub(super) const L: Parameter = Parameter {
    name: "l",
    kind: Kind::Choice(&[0, 2, 4, 6]),
    unit: "1",
    presence: Presence::Default("0"),
    meaning: "degree of the harmonic",
};

/// The argument `m`.
pub(super) const M: Parameter = Parameter {
    name: "m",
    kind: Kind::Choice(&[0, 4]),
    unit: "1",
    presence: Presence::Default("0"),
    meaning: "order of the harmonic",
};

/// The bound on the error of `value`, a zeta function of degree `l` at rest: next to a zero, terms of
/// size `|q|^l` cancel; in a moving frame there are `γ` times as many.
pub(super) fn accuracy(value: f64, l: u32, q2: f64) -> f64 {
    let terms = q2.abs().max(1.0).powi(l as i32 / 2);
    1e-12 * value.abs().max(terms)
}

/// `(l, m)`, if a cubic box at rest offers it.
pub(super) fn rest_harmonic(arguments: &Arguments) -> Result<(u32, u32)> {
    let (l, m) = (arguments.integer("l") as u32, arguments.integer("m") as u32);
    match (l, m) {
        (0 | 2, 0) | (4 | 6, 0 | 4) => Ok((l, m)),
        _ => Err(arguments.refuse("m", format!("0, since l = {l}"))),
    }
}

/// The frame and `(l, m)`: checked together, since each restricts the others.
fn checked(arguments: &Arguments) -> Result<(u32, u32, Frame)> {
    let (l, m) = rest_harmonic(arguments)?;
    let (d, gamma) = (arguments.vector("d"), arguments.real("gamma"));
    if d == [0; 3] {
        if gamma != 1.0 {
            return Err(arguments.refuse("gamma", "1, since d = 0,0,0 is at rest"));
        }
    } else if l > 4 || m > 0 {
        let wrong = if m > 0 { "m" } else { "l" };
        return Err(arguments.refuse(wrong, "l = 0 | 2 | 4 and m = 0 in a moving frame"));
    } else if arguments.real("q2") > 64.0 {
        return Err(arguments.refuse("q2", "at most 64 in a moving frame"));
    }
    let gamma = Dd::from(gamma);
    Ok((l, m, Frame { d, gamma }))
}

fn compute(arguments: &Arguments) -> Result<Answer> {
    let (l, m, frame) = checked(arguments)?;
    let (q2, gamma) = (arguments.real("q2"), arguments.real("gamma"));
    let value = if frame.d == [0; 3] {
        zlm(l, m, q2)
    } else {
        MovingFrame::new(frame.d).and_then(|moving| moving.zeta(l, gamma, q2))
    };
    let value = of_argument(arguments, "q2", value)?;
    Answer::new().with("zeta", value, gamma * accuracy(value / gamma, l, q2))
}

fn witness(arguments: &Arguments) -> Result<Answer> {
    let (l, m, frame) = checked(arguments)?;
    let (q2, gamma) = (arguments.real("q2"), arguments.real("gamma"));
    let value = if l == 0 && frame.d == [0; 3] {
        reference::z00(Dd::from(q2))
    } else {
        reference::zlm(l, m, Dd::from(q2), &frame)
    };
    let value = value.to_f64();
    Answer::new().with("zeta", value, gamma * accuracy(value / gamma, l, q2))
}
