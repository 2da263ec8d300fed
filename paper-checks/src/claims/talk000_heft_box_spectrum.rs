//! `heft-box-spectrum`: levels in a box from a discretised Hamiltonian.
//!
//! Deciders: the witness's matrix in the same basis, diagonalised; and for levels without a cut the witness's secular equation,
//! with another window and another quadrature for the continuum beyond the basis.

use fieldassay::Result;
use fieldassay::finite_volume::HeftBox;
use fieldassay::num::{Tol, Worst};
use fieldassay::report::{Figure, Plot};
use fieldassay::scattering::{FormFactor, SigmaModel};
use fieldassay::units::{Fm, HbarC, Mev};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::heft_box::{Window, truncated_levels};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::heft_models::{drawn, witness};

/// The usual basis: all shells up to this `n²`.
const SHELLS: usize = 600;
/// Levels of a box.
const LEVELS: usize = 10;

/// How the infinite basis is treated.
#[derive(Clone, Copy)]
enum Cut {
    /// Cut at [`SHELLS`].
    Sharp,
    /// Cut smoothly, with the continuum beyond added.
    Smooth,
    /// Cut at `n² = 30`.
    Small,
}

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "heft-box-spectrum",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Hamiltonian Effective Field Theory\"",
        "Discretization, Eigenfunction: H(L)|ψ>=E(L)|ψ>",
        vec![
            Statement::says(
                "of a given basis",
                "The levels of H(L) in a basis of shells are the eigenvalues of its matrix, and the roots of the secular \
                 equation 1/strength − ΛJ(E;L).",
                "a difference of 1e-6 MeV",
            )
            .decided_by(
                Verdict::Supported,
                is_diagonalised,
                1.0,
                Alteration::new("L → 1.00001 L", 1.00001),
            ),
            Statement::says(
                "as usual, n² ≤ 600",
                "With all shells up to n² = 600 they are the levels in the box, within 0.01 MeV, for 5 to 12 fm.",
                "a level that the rest of the basis moves further",
            )
            .decided_by(
                Verdict::Refuted,
                is_converged,
                Cut::Sharp,
                Alteration::new("n² ≤ 600 → n² ≤ 30", Cut::Small),
            ),
            Statement::says(
                "with the continuum beyond",
                "Shells that are cut smoothly, and an integral over the momenta beyond, give the levels within 0.01 MeV.",
                "a level that the rest of the basis moves further",
            )
            .decided_by(
                Verdict::Supported,
                is_converged,
                Cut::Smooth,
                Alteration::new("smooth cut and tail → n² ≤ 600", Cut::Sharp),
            ),
        ],
    )
    .with_figures(figures)
}

fn is_diagonalised(context: &Context<'_>, stretch: &f64) -> Result<Finding> {
    const SAME: Tol = Tol::abs(1e-6).because("the ledger's, in MeV");
    let mut worst = Worst::new(SAME);
    for form_factor in FormFactor::ALL {
        for (index, length) in [(0, 5.0), (1, 9.0)] {
            let model = drawn(context.seed(), form_factor, index)?;
            let dense = truncated_levels(&witness(&model), stretch * length, 100, LEVELS);
            let heft = model.heft()?;
            let secular = HeftBox::new(&heft, Fm(length))?.truncated_levels(100, LEVELS)?;
            for (n, (own, matrix)) in secular.iter().zip(dense).enumerate() {
                worst.see(own.0, matrix, || format!("model {}, {length} fm, level {n}", form_factor.id()));
            }
        }
    }
    Ok(finding(worst, "roots − eigenvalues, shells up to n² = 100, MeV", 60, 1e-6))
}

fn finding(worst: Worst, what: &str, minimum: usize, error: f64) -> Finding {
    let largest = worst.worst().map_or(f64::NAN, |(_, worst)| worst.diff);
    let evidence = Evidence::from_iter([worst.into_check(what, minimum)]);
    let headline = Headline {
        quantity: format!("largest |{what}|"),
        claimed: 0.0,
        value: largest,
        error,
    };
    Finding::new(evidence, headline)
}

/// The first drawn models, and that of the library's front page, whose contact interaction reaches far in momentum.
fn models(context: &Context<'_>) -> Result<Vec<SigmaModel>> {
    let mut models = vec![SigmaModel {
        form_factor: FormFactor::Monopole,
        m_sigma: Mev(700.0),
        g: 1.638,
        c: Fm(1.02),
        contact: 0.556,
        d: Fm(0.514),
        m_pi: Mev(139.57),
        hbarc: HbarC::CODATA_2018,
    }];
    for form_factor in FormFactor::ALL {
        for index in 0..4 {
            models.push(drawn(context.seed(), form_factor, index)?);
        }
    }
    Ok(models)
}

fn levels(model: &SigmaModel, length: f64, cut: Cut) -> Result<Vec<f64>> {
    let heft = model.heft()?;
    let system = HeftBox::new(&heft, Fm(length))?;
    let numbers = |levels: Vec<Mev>| levels.into_iter().map(|level| level.0).collect();
    Ok(match cut {
        Cut::Sharp => numbers(system.truncated_levels(SHELLS, LEVELS)?),
        Cut::Small => numbers(system.truncated_levels(30, LEVELS)?),
        Cut::Smooth => system.levels(LEVELS)?.iter().map(|level| level.energy.0).collect(),
    })
}

fn is_converged(context: &Context<'_>, cut: &Cut) -> Result<Finding> {
    const NEAR: Tol = Tol::abs(0.01).because("the ledger's, in MeV");
    let shells = Window::shells();
    let mut worst = Worst::new(NEAR);
    for (number, model) in models(context)?.iter().enumerate() {
        for length in [5.0, 8.0, 12.0] {
            let truths = Window::new(&witness(model), length, &shells).levels(LEVELS);
            for (n, (own, truth)) in levels(model, length, *cut)?.iter().zip(truths).enumerate() {
                worst.see(*own, truth, || {
                    format!("model {} number {number}, {length} fm, level {n}", model.form_factor.id())
                });
            }
        }
    }
    Ok(finding(worst, "E − E(witness, no cut), MeV", 390, 0.01))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let mut plot = Plot::new("What a basis of shells up to n² = 600 costs")
        .x_label("L (fm)")
        .y_label("largest shift of ten levels (MeV)")
        .y_log();
    let mut models = models(context)?;
    models.truncate(6);
    for (number, model) in models.iter().enumerate() {
        let mut points = Vec::new();
        for length in 5..=13 {
            let length = f64::from(length);
            let (sharp, smooth) = (levels(model, length, Cut::Sharp)?, levels(model, length, Cut::Smooth)?);
            let shift = sharp.iter().zip(&smooth).map(|(a, b)| (a - b).abs()).fold(1e-9, f64::max);
            points.push((length, shift));
        }
        let name = format!("{} {number}, d = {:.2} fm", model.form_factor.id(), model.d.0);
        plot = plot.line(name, vec![points]);
    }
    let caption = "The momentum of the last shell falls like 1/L, so that the error grows with the box; the lower edge is 1e-9 MeV.";
    Ok(vec![plot.render("heft-sharp-cut", caption)?])
}
