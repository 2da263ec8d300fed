//! `heft-vs-luscher-exp`: a model-dependent spectrum obeys a model-independent link, up to terms that fall exponentially.
//!
//! Decider: levels of the Hamiltonian in the box, without a cut and without a zeta function; its phase shift in infinite volume; and
//! between them the formula, `δ_L(E) = nπ − φ(q²)`. How fast they approach is asked at a fixed energy, in the boxes that have a level
//! there: from box to box the levels themselves move through zeros of the difference. A window for the slope that holds for all
//! models does not exist, since form factors bring exponentials of their own.

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::finite_volume::{HeftBox, quantization_phase};
use fieldassay::report::{Figure, Plot};
use fieldassay::scattering::{FormFactor, PhaseShift, SigmaModel};
use fieldassay::units::{Fm, Mev};
use fieldassay::verdict::{Evidence, Verdict, fact};
use fieldassay_reference::heft_box::Window;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::heft_models::{short_range, witness};

/// Levels of each box.
const LEVELS: usize = 5;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "heft-vs-luscher-exp",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Motivation of Our Work\"",
        "LF + o(e^{-mL}) = E(L): model-dependent spectrum obeys a model-independent link",
        vec![
            Statement::says(
                "the link",
                "In boxes of 8 fm the phase shift from the formula is the exact one within 0.1°.",
                "a level further away, for interactions of short range",
            )
            .decided_by(
                Verdict::Qualified,
                links,
                Boxes { length: 8.0, ranges: None },
                Alteration::new("8 fm → 5 fm", Boxes { length: 5.0, ranges: None }),
            ),
            Statement::says(
                "whatever the box",
                "The same holds in boxes of 3 fm.",
                "a level further away, for interactions of short range",
            )
            .decided_by(
                Verdict::Refuted,
                links,
                Boxes { length: 3.0, ranges: None },
                Alteration::new("3 fm → 4 fm", Boxes { length: 4.0, ranges: None }),
            ),
            Statement::says(
                "whatever the range",
                "The same holds in boxes of 8 fm for c = 1.9 fm and d = 0.6 fm, which the talk's data include.",
                "a level further away",
            )
            .decided_by(
                Verdict::Refuted,
                links,
                Boxes { length: 8.0, ranges: Some([1.9, 0.6]) },
                Alteration::new("8 fm → 7 fm", Boxes { length: 7.0, ranges: Some([1.9, 0.6]) }),
            ),
            Statement::says(
                "as printed, o(e^{−m_πL})",
                "For interactions of short range, c = 0.7 fm and d = 0.5 fm, the distance |δ_L(E) − δ(E)| falls faster than \
                 e^{−m_πL}.",
                "a slope of its logarithm below m_π",
            )
            .decided_by(
                Verdict::Supported,
                falls,
                SHORT,
                Alteration::new("e^{−m_πL} → e^{−1.5 m_πL}", Fall { rate: 1.5, ..SHORT }),
            ),
            Statement::says(
                "for all of the talk's ranges",
                "It does so for c = d = 2 fm in models A and B, too.",
                "a slope of its logarithm below m_π: their form factors bring e^{−L/c}",
            )
            .decided_by(
                Verdict::Refuted,
                falls,
                LONG,
                Alteration::new("e^{−m_πL} → e^{−1.5 m_πL}", Fall { rate: 1.5, ..LONG }),
            ),
        ],
    )
    .with_figures(figures)
}

/// `δ_L(E) − δ(E)` of a level, in rad.
fn distance(model: &SigmaModel, delta: &PhaseShift<'_>, length: f64, energy: f64) -> Result<f64> {
    let k2 = 0.25 * energy * energy - model.m_pi.0.powi(2);
    let q2 = k2 * (length / (2.0 * PI * model.hbarc.0)).powi(2);
    let sum = (quantization_phase(q2)? + delta.at(Mev(energy))?) / PI;
    Ok((sum.round() - sum) * PI)
}

/// The largest distance of the levels between threshold and 1 GeV; NaN if there are less than two.
fn largest(model: &SigmaModel, length: f64, levels: &[f64]) -> Result<f64> {
    let heft = model.heft()?;
    let delta = PhaseShift::follow(&heft, Mev(1000.0))?;
    let inside = levels.iter().filter(|e| **e > 2.0 * model.m_pi.0 && **e < 1000.0);
    let distances: Vec<f64> = inside
        .map(|energy| Ok(distance(model, &delta, length, *energy)?.abs()))
        .collect::<Result<_>>()?;
    let sound = distances.len() >= 2 && distances.iter().all(|x| x.is_finite());
    Ok(if sound { distances.into_iter().fold(0.0, f64::max) } else { f64::NAN })
}

/// A model with the ranges `c`, `d` in fm; those of [`short_range`] if none.
fn with_ranges(form_factor: FormFactor, ranges: Option<[f64; 2]>) -> SigmaModel {
    let model = short_range(form_factor);
    let [c, d] = ranges.unwrap_or([model.c.0, model.d.0]);
    SigmaModel { c: Fm(c), d: Fm(d), ..model }
}

/// Boxes and interactions.
#[derive(Clone, Copy)]
struct Boxes {
    length: f64,
    ranges: Option<[f64; 2]>,
}

fn links(_: &Context<'_>, boxes: &Boxes) -> Result<Finding> {
    let mut evidence = Evidence::new();
    let mut furthest = 0.0_f64;
    for form_factor in FormFactor::ALL {
        let model = with_ranges(form_factor, boxes.ranges);
        let levels = Window::new(&witness(&model), boxes.length, &Window::shells()).levels(LEVELS);
        let degrees = largest(&model, boxes.length, &levels)?.to_degrees();
        furthest = furthest.max(degrees);
        let name = format!("model {}: within 0.1° in {} fm", form_factor.id(), boxes.length);
        evidence.push(fact(name, degrees < 0.1, format!("{degrees:.4}°")));
    }
    let headline = Headline {
        quantity: format!("largest |δ from the formula − δ| in {} fm, degrees", boxes.length),
        claimed: 0.0,
        value: furthest,
        error: 1e-6,
    };
    let condition = "for interactions of short range, c, d ≤ 0.7 fm";
    Ok(Finding::new(evidence, headline).qualified(condition))
}

/// How fast the distance has to fall at 500 and 650 MeV, from boxes of 14 fm to boxes of 20 fm.
#[derive(Clone, Copy)]
struct Fall {
    /// In units of `m_π`.
    rate: f64,
    models: &'static [FormFactor],
    ranges: Option<[f64; 2]>,
}

const SHORT: Fall = Fall { rate: 1.0, models: &FormFactor::ALL, ranges: None };
const LONG: Fall = Fall {
    rate: 1.0,
    models: &[FormFactor::Monopole, FormFactor::Dipole],
    ranges: Some([2.0, 2.0]),
};

/// A box near `length` that has a level at `energy`, and the distance there.
fn at_fixed_energy(model: &SigmaModel, energy: f64, length: f64) -> Result<(f64, f64)> {
    const MOST: usize = 40;
    let heft = model.heft()?;
    let delta = PhaseShift::follow(&heft, Mev(1000.0))?;
    let levels = |length: f64| HeftBox::new(&heft, Fm(length))?.levels(MOST);
    let n = levels(length)?.iter().filter(|level| level.energy.0 < energy).count();
    // Level n lies above and comes down as the box grows.
    let (mut low, mut high) = (length, length + 3.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if levels(middle)?[n].energy.0 > energy { low = middle } else { high = middle }
    }
    Ok((low, distance(model, &delta, low, energy)?.abs()))
}

fn falls(_: &Context<'_>, fall: &Fall) -> Result<Finding> {
    let mut evidence = Evidence::new();
    let mut slowest = f64::INFINITY;
    for &form_factor in fall.models {
        let model = with_ranges(form_factor, fall.ranges);
        for energy in [500.0, 650.0] {
            let (short, near) = at_fixed_energy(&model, energy, 14.0)?;
            let (long, far) = at_fixed_energy(&model, energy, 19.0)?;
            let slope = (near / far).ln() / ((long - short) * model.m_pi.0 / model.hbarc.0);
            slowest = slowest.min(slope);
            let name = format!(
                "model {}, {energy} MeV: falls faster than e^(−{} m_πL)",
                form_factor.id(),
                fall.rate
            );
            let note = format!("e^(−{slope:.2} m_πL) from {short:.2} to {long:.2} fm, {near:.1e} rad");
            evidence.push(fact(name, slope > fall.rate, note));
        }
    }
    let headline = Headline {
        quantity: "slowest fall of |δ from the formula − δ|, in units of m_π".into(),
        claimed: fall.rate,
        value: slowest,
        error: 0.01,
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    let mut plot = Plot::new("From Lüscher's formula to the exact phase shift")
        .x_label("L (fm)")
        .y_label("largest |δ_L(E) − δ(E)| (rad)")
        .y_log();
    let mut first = f64::NAN;
    for form_factor in FormFactor::ALL {
        let model = short_range(form_factor);
        let mut points = Vec::new();
        for i in 6..=28 {
            let length = f64::from(i) * 0.5;
            let heft = model.heft()?;
            let levels = HeftBox::new(&heft, Fm(length))?.levels(LEVELS)?;
            let levels: Vec<f64> = levels.iter().map(|level| level.energy.0).collect();
            points.push((length, largest(&model, length, &levels)?));
        }
        first = first.max(points[6].1);
        plot = plot.line(format!("model {}", form_factor.id()), vec![points]);
    }
    let model = short_range(FormFactor::Monopole);
    let rate = model.m_pi.0 / model.hbarc.0;
    let line = [6.0, 14.0].map(|l: f64| (l, first * (-rate * (l - 6.0)).exp()));
    plot = plot.line("e^{−m_πL}", vec![line.to_vec()]);
    let caption = "m_σ = 700 MeV, g = 1.4, c = 0.7 fm, G = 1, d = 0.5 fm; the five lowest levels below 1 GeV.";
    Ok(vec![plot.render("heft-luscher-distance", caption)?])
}
