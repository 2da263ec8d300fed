//! `luscher-threshold`: the lowest level of a weakly interacting pair, exactly and by its expansion.

use std::f64::consts::PI;

use fieldassay_reference::dd::Dd;
use fieldassay_reference::zeta as reference;

use super::luscher_levels::HBAR_C;
use super::luscher_phase_shift::BOX_LENGTH;
use super::{Example, Quantity};
use crate::error::{Error, Result};
use crate::finite_volume::{levels_near_threshold, threshold_q2};
use crate::suite::answer::{Answer, Output};
use crate::suite::argument::{Arguments, Kind, Parameter, Presence};
use crate::units::{Fm, NuclearA0};

/// The registry row.
pub static QUANTITY: Quantity = Quantity {
    id: "luscher-threshold",
    summary: "lowest level from scattering length and effective range, exact and expanded",
    definition: "The root q² next to zero of k cot δ = 2 Z00(1; q²)/(√π L) with \
                 k cot δ = −1/a0_nuclear + ½ r_eff k² (nuclear sign: a0_nuclear > 0 is repulsion or \
                 a bound state, and lifts the level; the femtoscopy f0 is −a0_nuclear), and the \
                 expansion q² = (x/π)[1 + 2.837297x + 6.375183x² + 8.31x³ (r_eff = 0)], \
                 x = a0_nuclear/L, for 1e-9 ≤ |x| ≤ 0.1 and |r_eff| ≤ L. ΔE = 2√(m² + k²) − 2m.",
    parameters: &[
        Parameter {
            name: "a0_nuclear",
            kind: Kind::Real {
                min: -100.0,
                max: 100.0,
            },
            unit: "fm",
            presence: Presence::Required,
            meaning: "scattering length in the nuclear sign, k cot δ = −1/a0 + …",
        },
        Parameter {
            name: "r_eff",
            kind: Kind::Real {
                min: -1000.0,
                max: 1000.0,
            },
            unit: "fm",
            presence: Presence::Default("0"),
            meaning: "effective range",
        },
        BOX_LENGTH,
        Parameter {
            name: "mass",
            kind: Kind::Real {
                min: 1e-3,
                max: 1e6,
            },
            unit: "MeV",
            presence: Presence::Optional,
            meaning: "mass of each particle, for delta_E",
        },
        HBAR_C,
    ],
    outputs: &[
        Output {
            name: "q2",
            unit: "1",
            period: None,
            meaning: "the exact root, relative 1e-12; negative below threshold",
        },
        Output {
            name: "q2_expansion",
            unit: "1",
            period: None,
            meaning: "the expansion; its error is its distance from the exact root",
        },
        Output {
            name: "k2",
            unit: "fm^-2",
            period: None,
            meaning: "k² of the exact root",
        },
        Output {
            name: "delta_E",
            unit: "MeV",
            period: None,
            meaning: "E − 2m of the exact root; only with mass",
        },
    ],
    method: "bisection of q²[π L k cot δ − √4π Z00], analytic through threshold; four orders in x",
    witness_method: "bisection of the same with the smoothed direct sum in double-double \
                     arithmetic; the expansion is held against this root",
    example: Example {
        words: &["a0_nuclear=-0.1", "L=10", "mass=139.57"],
        gives: &[
            ("q2", &[-0.003_094_787_312_820_815]),
            ("q2_expansion", &[-0.003_094_787_704_128_581]),
            ("k2", &[-0.001_221_773_059_322_073]),
            ("delta_E", &[-0.341_064_726_917_852_2]),
        ],
        source: "root of the 30-digit heat-kernel zeta function (mpmath); the series by hand",
    },
    compute,
    witness,
};

/// Relative accuracy of the exact root.
const ROOT: f64 = 1e-12;

fn in_domain(arguments: &Arguments) -> Result<()> {
    let length = arguments.real("L");
    let x = arguments.real("a0_nuclear") / length;
    if !(1e-9..=0.1).contains(&x.abs()) {
        let expected = format!("1e-9 ≤ |a0_nuclear/L| ≤ 0.1, with L = {length:?}");
        return Err(arguments.refuse("a0_nuclear", expected));
    }
    if !(arguments.real("r_eff").abs() <= length) {
        let expected = format!("|r_eff| ≤ L, with L = {length:?}");
        return Err(arguments.refuse("r_eff", expected));
    }
    Ok(())
}

fn answer(q2: f64, expansion: f64, k2: f64, delta_e: Option<f64>) -> Result<Answer> {
    let truncation = (expansion - q2).abs() + ROOT * q2.abs();
    let answer = Answer::new()
        .with("q2", q2, ROOT * q2.abs())?
        .with("q2_expansion", expansion, truncation)?
        .with("k2", k2, ROOT * k2.abs())?;
    match delta_e {
        None => Ok(answer),
        Some(delta_e) => answer.with("delta_E", delta_e, 2.0 * ROOT * delta_e.abs()),
    }
}

fn compute(arguments: &Arguments) -> Result<Answer> {
    in_domain(arguments)?;
    let real = |name| arguments.real(name);
    let (a0, r_eff, length) = (real("a0_nuclear"), real("r_eff"), real("L"));
    let l_k_cot_delta = |q2: f64| -length / a0 + 2.0 * PI * PI * (r_eff / length) * q2;
    let levels = levels_near_threshold(l_k_cot_delta, -0.5)?;
    // A large range has a second root; the one of the expansion has the sign of a0 and is nearest zero.
    let wanted = levels.into_iter().filter(|q2| q2 * a0 > 0.0);
    let q2 = wanted
        .min_by(|a, b| a.abs().total_cmp(&b.abs()))
        .ok_or_else(|| no_level(arguments))?;
    let expansion = threshold_q2(NuclearA0(Fm(a0)), Fm(r_eff), Fm(length))?;
    let k2 = (2.0 * PI / length).powi(2) * q2;
    let delta_e = arguments.optional_real("mass").map(|mass| {
        // 2√(m² + k²) − 2m without the cancellation
        let k2 = real("hbarc").powi(2) * k2;
        2.0 * k2 / ((mass * mass + k2).sqrt() + mass)
    });
    above_zero(arguments, delta_e)?;
    answer(q2, expansion, k2, delta_e)
}

fn witness(arguments: &Arguments) -> Result<Answer> {
    in_domain(arguments)?;
    let long = |name| Dd::from(arguments.real(name));
    let (a0, r_eff, length) = (long("a0_nuclear"), long("r_eff"), long("L"));
    let (two, pi) = (Dd::from(2.0), Dd::PI);
    let g = |q2: f64| {
        let q2 = Dd::from(q2);
        let l_k_cot = two * pi * pi * r_eff / length * q2 - length / a0;
        let zeta = two * pi.sqrt() * reference::z00(q2);
        (q2 * (pi * l_k_cot - zeta)).to_f64()
    };
    // To first order the root is a0/(πL); for |a0/L| ≤ 0.1, |r| ≤ L it is less than a factor 2 away.
    let first = (a0 / (pi * length)).to_f64();
    let (mut low, mut high) = (0.5 * first, 2.0 * first);
    if !(g(low) * g(high) < 0.0) {
        return Err(no_level(arguments));
    }
    let sign = g(low).signum();
    loop {
        let middle = 0.5 * (low + high);
        if middle == low || middle == high {
            break;
        }
        if g(middle) * sign > 0.0 {
            low = middle
        } else {
            high = middle
        }
    }
    let k2 = (two * pi / length) * (two * pi / length) * Dd::from(low);
    let delta_e = arguments.optional_real("mass").map(|mass| {
        let (mass, hbarc) = (Dd::from(mass), long("hbarc"));
        (two * (mass * mass + hbarc * hbarc * k2).sqrt() - two * mass).to_f64()
    });
    above_zero(arguments, delta_e)?;
    answer(low, low, k2.to_f64(), delta_e)
}

/// A level pulled below energy zero has `m² + k² < 0`, and the root of that is NaN.
fn above_zero(arguments: &Arguments, delta_e: Option<f64>) -> Result<()> {
    match delta_e {
        Some(delta_e) if delta_e.is_nan() => {
            Err(arguments.refuse("mass", "a mass with m² + k² ≥ 0 at this level"))
        }
        _ => Ok(()),
    }
}

fn no_level(arguments: &Arguments) -> Error {
    arguments.refuse("a0_nuclear", "values with a level next to threshold")
}
