//! `heft-vs-luscher-exp`: a model-dependent spectrum obeys a model-independent link, up to terms that fall exponentially.
//!
//! Decider: levels of the witness's Hamiltonian in the box, without a cut and without a zeta function; the phase shift of the same
//! Hamiltonian in infinite volume; and between them the formula, `δ_L(E) = nπ − φ(q²)`.

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
                "In boxes of 8 fm the phase shift from the formula is the exact one within 0.1° for models A, B and C of short range.",
                "a level further away",
            )
            .decided_by(Verdict::Supported, links, 8.0, Alteration::new("8 fm → 5 fm", 5.0)),
            Statement::says(
                "whatever the box",
                "The same holds in boxes of 3 fm.",
                "a level further away",
            )
            .decided_by(Verdict::Refuted, links, 3.0, Alteration::new("3 fm → 4 fm", 4.0)),
            Statement::says(
                "as printed, o(e^{−m_πL})",
                "For interactions of short range, c, d ≤ 0.7 fm, the distance |δ_L(E) − δ(E)| falls faster than e^{−m_πL}.",
                "a slope of its logarithm below m_π",
            )
            .decided_by(
                Verdict::Supported,
                falls,
                SHORT,
                Alteration::new("e^{−m_πL} → e^{−2.5 m_πL}", Fall { rate: 2.5, ..SHORT }),
            ),
            Statement::says(
                "for all of the talk's ranges",
                "It does so for c = d = 2 fm, too.",
                "a slope of its logarithm below m_π: the form factor falls like e^{−L/c}",
            )
            .decided_by(
                Verdict::Refuted,
                falls,
                LONG,
                Alteration::new("e^{−m_πL} → e^{−2.5 m_πL}", Fall { rate: 2.5, ..LONG }),
            ),
        ],
    )
    .with_figures(figures)
}

/// Whose levels.
#[derive(Clone, Copy)]
enum Levels {
    Witness,
    Library,
}

/// `|δ_L(E) − δ(E)|` in rad of the levels below 1 GeV in a box; the largest.
fn distance(model: &SigmaModel, length: f64, levels: Levels) -> Result<f64> {
    let heft = model.heft()?;
    let delta = PhaseShift::follow(&heft, Mev(1000.0))?;
    let levels = match levels {
        Levels::Witness => Window::new(&witness(model), length, &Window::shells()).levels(LEVELS),
        Levels::Library => {
            let levels = HeftBox::new(&heft, Fm(length))?.levels(LEVELS)?;
            levels.iter().map(|level| level.energy.0).collect()
        }
    };
    let mut largest = f64::NAN;
    for energy in levels.into_iter().filter(|e| *e > 2.0 * model.m_pi.0 && *e < 1000.0) {
        let k2 = 0.25 * energy * energy - model.m_pi.0.powi(2);
        let q2 = k2 * (length / (2.0 * PI * model.hbarc.0)).powi(2);
        let sum = (quantization_phase(q2)? + delta.at(Mev(energy))?) / PI;
        largest = largest.max(((sum - sum.round()) * PI).abs());
    }
    Ok(largest)
}

fn links(_: &Context<'_>, length: &f64) -> Result<Finding> {
    let mut evidence = Evidence::new();
    let mut largest = 0.0_f64;
    for form_factor in FormFactor::ALL {
        let degrees = distance(&short_range(form_factor), *length, Levels::Witness)?.to_degrees();
        largest = largest.max(degrees);
        let name = format!("model {}: within 0.1° in {length} fm", form_factor.id());
        evidence.push(fact(name, degrees < 0.1, format!("{degrees:.4}°")));
    }
    let headline = Headline {
        quantity: format!("largest |δ from the formula − δ| in {length} fm, degrees"),
        claimed: 0.0,
        value: largest,
        error: 1e-6,
    };
    Ok(Finding::new(evidence, headline))
}

/// How fast the distance has to fall, and where.
#[derive(Clone, Copy)]
struct Fall {
    /// In units of `m_π`.
    rate: f64,
    /// `c` and `d` in fm; those of [`short_range`] if none.
    ranges: Option<f64>,
    /// Boxes, in fm.
    from: f64,
    to: f64,
}

const SHORT: Fall = Fall { rate: 1.0, ranges: None, from: 7.0, to: 12.0 };
const LONG: Fall = Fall { rate: 1.0, ranges: Some(2.0), from: 14.0, to: 20.0 };

fn falls(_: &Context<'_>, fall: &Fall) -> Result<Finding> {
    let mut evidence = Evidence::new();
    let mut slowest = f64::INFINITY;
    for form_factor in FormFactor::ALL {
        let mut model = short_range(form_factor);
        if let Some(range) = fall.ranges {
            model = SigmaModel { c: Fm(range), d: Fm(range), ..model };
        }
        let at = |length: f64| distance(&model, length, Levels::Witness);
        let logarithm = (at(fall.from)? / at(fall.to)?).ln();
        let slope = logarithm / ((fall.to - fall.from) * model.m_pi.0 / model.hbarc.0);
        slowest = slowest.min(slope);
        let name = format!("model {}: falls faster than e^(−{} m_πL)", form_factor.id(), fall.rate);
        let note = format!("e^(−{slope:.2} m_πL) from {} to {} fm", fall.from, fall.to);
        evidence.push(fact(name, slope > fall.rate, note));
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
    let mut plot = Plot::new("Distance between Lüscher's formula and the exact phase shift")
        .x_label("L (fm)")
        .y_label("largest |δ_L(E) − δ(E)| (rad)")
        .y_log();
    let mut first = f64::NAN;
    for form_factor in FormFactor::ALL {
        let model = short_range(form_factor);
        let points: Result<Vec<_>> =
            (6..=28).map(|i| f64::from(i) * 0.5).map(|l| Ok((l, distance(&model, l, Levels::Library)?))).collect();
        let points = points?;
        first = first.max(points[6].1);
        plot = plot.line(format!("model {}", form_factor.id()), vec![points]);
    }
    let model = short_range(FormFactor::Monopole);
    let rate = model.m_pi.0 / model.hbarc.0;
    let line = [6.0, 14.0].map(|l: f64| (l, first * (-rate * (l - 6.0)).exp()));
    plot = plot.line("e^{−m_πL}", vec![line.to_vec()]);
    let caption = "m_σ = 700 MeV, g = 2, c = 0.7 fm, G = 1, d = 0.5 fm; the five lowest levels below 1 GeV.";
    Ok(vec![plot.render("heft-luscher-distance", caption)?])
}
