//! `heft-couplings`: form factors and couplings of the effective Hamiltonian.
//!
//! The slide prints shapes; what they are multiplied with has to have the right dimension. With `⟨k|k′⟩ = δ³(k − k′)`, `g(k)` is an
//! energy to the power −1/2 and `v(k,k′)` one to the power −2. Decider: a theory has no scale but its own, so that with all
//! masses times λ and all lengths over λ the phase shift at λE is the same: one by matrix inversion of the Lippmann–Schwinger equation, the
//! other in closed form.

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::report::{Figure, Plot};
use fieldassay::scattering::{FormFactor, PhaseShift};
use fieldassay::units::{Fm, HbarC, Mev};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::heft::{Grid, SigmaModel, phase_shift};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::heft_models::{drawn, short_range, witness};

/// Powers of `1/m_π` in `g(k)` and in `v(k,k′)`.
type Powers = [f64; 2];
const RIGHT: Powers = [0.5, 2.0];
const STRETCH: f64 = 1.7;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "heft-couplings",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Hamiltonian Effective Field Theory\"",
        "g(k)∝f(k), v(k,k')∝f²(a,k)f²(a,k'); f: A (1+(ak)²)^-1, B (1+(ak)²)^-2, C e^{-(ak)²}",
        vec![
            Statement::says(
                "v with its units",
                "v(k,k′) = (G/m_π²) f²(d,k) f²(d,k′), G a number, beside g(k) = (g/√m_π) f(c,k), is a coupling of the right \
                 dimension in models A, B and C.",
                "a phase shift that changes when all masses and inverse lengths are multiplied by the same number",
            )
            .decided_by(
                Verdict::Supported,
                has_no_other_scale,
                RIGHT,
                Alteration::new("G/m_π² → G/m_π", [0.5, 1.0]),
            ),
            Statement::says(
                "g with its units",
                "g(k) = (g/√m_π) f(c,k), g a number, is one, too.",
                "a phase shift that changes when all masses and inverse lengths are multiplied by the same number",
            )
            .decided_by(
                Verdict::Supported,
                has_no_other_scale,
                RIGHT,
                Alteration::new("g/√m_π → g/m_π", [1.0, 2.0]),
            ),
            Statement::says(
                "powers",
                "v has the square of the form factor on each leg in all of the models, that of B being a square already.",
                "another reading in the talk's calculation",
            )
            .not_checkable(
                "the slide says so, and the project follows it; no number of the talk tells it from one power on each leg",
            ),
            Statement::says(
                "ranges",
                "The ranges of g and G in the talk's data sets are those of this project.",
                "other ranges in the talk",
            )
            .not_checkable(
                "the talk prints ranges of m_σ, c and d only; the law of g and G is the project's, and stored with every data set",
            ),
        ],
    )
    .with_figures(figures)
}

fn has_no_other_scale(context: &Context<'_>, powers: &Powers) -> Result<Finding> {
    const PHASE: Tol = Tol::abs(1e-9).because("matrix inversion on 96 points, 1e-12 measured");
    let grid = Grid::new(32);
    let mut worst = Worst::new(PHASE);
    for form_factor in FormFactor::ALL {
        for index in 0..4 {
            let own = witness(&drawn(context.seed(), form_factor, index)?);
            // The witness divides by √m_π and m_π²; another power of m_π is another number there.
            let with = |model: SigmaModel| SigmaModel {
                g: model.g * model.m_pi.powf(RIGHT[0] - powers[0]),
                contact: model.contact * model.m_pi.powf(RIGHT[1] - powers[1]),
                ..model
            };
            let scaled = SigmaModel {
                m_sigma: STRETCH * own.m_sigma,
                m_pi: STRETCH * own.m_pi,
                c: own.c / STRETCH,
                d: own.d / STRETCH,
                ..own
            };
            let heft = library(form_factor, &with(scaled)).heft()?;
            let delta = PhaseShift::follow(&heft, Mev(STRETCH * 900.0))?;
            for energy in [300.0, 450.0, 620.0, 900.0] {
                let one = phase_shift(&with(own), energy, &grid);
                let other = delta.at(Mev(STRETCH * energy))?;
                worst.see((one - other).sin(), 0.0, || {
                    format!("model {}, number {index}, {energy} MeV", form_factor.id())
                });
            }
        }
    }
    let largest = worst.worst().map_or(f64::NAN, |(_, worst)| worst.diff);
    let evidence = Evidence::from_iter([worst.into_check("δ(1.7 E) of the stretched model − δ(E)", 48)]);
    let headline = Headline {
        quantity: "largest change of δ when all scales are stretched, rad".into(),
        claimed: 0.0,
        value: largest,
        error: 1e-9,
    };
    Ok(Finding::new(evidence, headline))
}

/// The same model for the library.
const fn library(form_factor: FormFactor, model: &SigmaModel) -> fieldassay::scattering::SigmaModel {
    fieldassay::scattering::SigmaModel {
        form_factor,
        m_sigma: Mev(model.m_sigma),
        g: model.g,
        c: Fm(model.c),
        contact: model.contact,
        d: Fm(model.d),
        m_pi: Mev(model.m_pi),
        hbarc: HbarC(model.hbarc),
    }
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    let mut plot = Plot::new("Phase shifts of models A, B and C with the same parameters")
        .x_label("E (MeV)")
        .y_label("δ (degrees)");
    for form_factor in FormFactor::ALL {
        let heft = short_range(form_factor).heft()?;
        let delta = PhaseShift::follow(&heft, Mev(1000.0))?;
        let threshold = heft.threshold().0;
        let points: Result<Vec<_>> = (0..=200)
            .map(|i| threshold + (1000.0 - threshold) * f64::from(i) / 200.0)
            .map(|energy| Ok((energy, delta.at(Mev(energy))?.to_degrees())))
            .collect();
        plot = plot.line(format!("model {}", form_factor.id()), vec![points?]);
    }
    let caption = "m_σ = 700 MeV, g = 1.4, c = 0.7 fm, G = 1, d = 0.5 fm.";
    Ok(vec![plot.render("heft-phase-shifts", caption)?])
}
