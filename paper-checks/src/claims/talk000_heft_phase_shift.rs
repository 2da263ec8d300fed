//! `heft-phase-shift`: from the Lippmann–Schwinger equation to the T matrix to `δ(E)`.
//!
//! Decider: the equation by matrix inversion (`reference::heft`), which never sees that the potential is separable; the library
//! solves a 2×2 problem in closed form. `S` is unitary, and by Levinson's theorem `δ(∞) − δ(2m_π) = (1 − n_bound)π` for one bare state.

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::scattering::{FormFactor, PhaseShift};
use fieldassay::units::Mev;
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::heft::{Grid, reaction_matrix};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::heft_models::{drawn, witness};

/// Models of each form factor.
const MODELS: usize = 34;
/// Infinity for Levinson's theorem, in MeV; `δ` still misses its limit by 1/E there.
const FAR: f64 = 3e5;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "heft-phase-shift",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Hamiltonian Effective Field Theory\"",
        "Lippmann-Schwinger equation → T → δ(E)",
        vec![
            Statement::says(
                "with its phase space",
                "The Lippmann–Schwinger equation of the effective Hamiltonian fixes δ(E): tan δ = −π (kE/4) K(E), K the on-shell \
                 reaction matrix; S is unitary, and δ obeys Levinson's theorem.",
                "another phase shift in the closed form, |S| ≠ 1, or another δ(∞)",
            )
            .decided_by(
                Verdict::Supported,
                agrees,
                0.25,
                Alteration::new("kE/4 → kE/2", 0.5),
            ),
        ],
    )
}

fn agrees(context: &Context<'_>, phase_space: &f64) -> Result<Finding> {
    const PHASE: Tol = Tol::abs(1.7e-6).because("the ledger's 1e-4 degrees");
    const UNITARY: Tol = Tol::abs(1e-10).because("the ledger's");
    const LEVINSON: Tol = Tol::abs(0.02).because("at 300 GeV the phase misses its limit by less than 0.01 rad");
    let grid = Grid::new(32);
    let (mut phase, mut unitary) = (Worst::new(PHASE), Worst::new(UNITARY));
    let mut levinson = Worst::new(LEVINSON);
    for form_factor in FormFactor::ALL {
        for index in 0..MODELS {
            let model = drawn(context.seed(), form_factor, index)?;
            let (heft, of_witness) = (model.heft()?, witness(&model));
            let delta = PhaseShift::follow(&heft, Mev(1000.0))?;
            let name = |energy: f64| format!("model {}, number {index}, {energy:.1} MeV", form_factor.id());
            let mut rng = context.stream(&format!("energies/{}/{index}", form_factor.id()));
            for _ in 0..3 {
                let energy = rng.uniform_in(285.0, 995.0);
                let k = (0.25 * energy * energy - model.m_pi.0.powi(2)).sqrt();
                let density = phase_space * k * energy;
                let inverted = (-PI * density * reaction_matrix(&of_witness, energy, &grid)).atan();
                phase.see((delta.at(Mev(energy))? - inverted).sin(), 0.0, || name(energy));
                let s = heft.s_matrix(Mev(energy))?;
                unitary.see(s[(0, 0)].norm(), 1.0, || name(energy));
            }
            if index < 3 {
                let far = PhaseShift::follow(&heft, Mev(FAR))?.at(Mev(FAR))?;
                let bound = heft.bound_states()?.len() as f64;
                levinson.see(far, (1.0 - bound) * PI, || name(FAR));
            }
        }
    }
    let largest = phase.worst().map_or(f64::NAN, |(_, worst)| worst.diff);
    let evidence = Evidence::from_iter([
        phase.into_check("δ, closed form − matrix inversion, 102 models", 300),
        unitary.into_check("|S|", 300),
        levinson.into_check("δ(300 GeV) against (1 − n_bound)π", 9),
    ]);
    let headline = Headline {
        quantity: "largest |δ(closed form) − δ(matrix inversion)|, rad".into(),
        claimed: 0.0,
        value: largest,
        error: 1.7e-6,
    };
    Ok(Finding::new(evidence, headline))
}
