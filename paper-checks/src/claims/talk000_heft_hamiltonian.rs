//! `heft-hamiltonian`: the kinetic term of the effective Hamiltonian.
//!
//! In the centre of mass `|k⟩` is a state of two pions of momenta `k` and `−k`. The slide gives it the energy `√(m_π² + k²)` of one.
//! Deciders: the energies of two free pions, one by one; and the box Hamiltonian of the witness, whose lowest level has to come
//! down to `2m_π` as the box grows, and whose levels have to obey Lüscher's formula with the phase shift of the same Hamiltonian in
//! infinite volume.

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::finite_volume::quantization_phase;
use fieldassay::linalg::{Matrix, symmetric_eigenvalues};
use fieldassay::num::{Tol, Worst};
use fieldassay::scattering::{FormFactor, PhaseShift, SigmaModel};
use fieldassay::units::Mev;
use fieldassay::verdict::{Evidence, Verdict, exact};
use fieldassay_reference::heft_box::{counted_shells, hamiltonian};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::heft_models::{short_range, witness};

/// Shells up to this `n²`.
const SHELLS: usize = 200;
/// The largest box, in fm.
const LARGE: f64 = 24.0;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "heft-hamiltonian",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Hamiltonian Effective Field Theory\"",
        "H0=|σ>mσ<σ| + ∫dk |k> sqrt(mπ²+k²) <k|",
        vec![
            Statement::says(
                "as printed",
                "|k⟩, two pions of momenta k and −k, has the energy √(m_π² + k²).",
                "another energy of two free pions, a threshold that is not 2m_π, or levels against Lüscher's formula",
            )
            .decided_by(
                Verdict::Refuted,
                is_two_pions,
                1.0,
                Alteration::new("√(m_π² + k²) → half of it", 0.5),
            ),
            Statement::says(
                "corrected",
                "It has the energy 2√(m_π² + k²).",
                "another energy of two free pions, a threshold that is not 2m_π, or levels against Lüscher's formula",
            )
            .decided_by(
                Verdict::Supported,
                is_two_pions,
                2.0,
                Alteration::new("2√(m_π² + k²) → √(m_π² + k²)", 1.0),
            ),
        ],
    )
}

/// Levels in a box of the Hamiltonian whose kinetic term is `factor·√(m_π² + k²)`.
fn levels(model: &SigmaModel, length: f64, factor: f64) -> Result<Vec<f64>> {
    let of_witness = witness(model);
    let mut rows = hamiltonian(&of_witness, length, SHELLS);
    let unit = 2.0 * PI * model.hbarc.0 / length;
    for (i, (n2, _)) in counted_shells(SHELLS).into_iter().enumerate() {
        let k = unit * (n2 as f64).sqrt();
        rows[i + 1][i + 1] += (0.5 * factor - 1.0) * of_witness.free_energy(k);
    }
    symmetric_eigenvalues(&Matrix::from_rows(&rows)?)
}

fn is_two_pions(_: &Context<'_>, factor: &f64) -> Result<Finding> {
    const FREE: Tol = Tol::rel(1e-14).because("sums of square roots");
    const THRESHOLD: Tol = Tol::abs(0.2).because("a scattering length of 1 fm moves the lowest level in 24 fm by 0.2 MeV");
    const PHASE: Tol = Tol::abs(0.01).because("at 10 fm the formula holds to 1e-4 rad, the cut of the basis costs 1e-3");
    let model = short_range(FormFactor::Gaussian);
    let pion = |k: f64| model.m_pi.0.hypot(k);
    let mut free = Worst::new(FREE);
    for n2 in 0..60 {
        for length in [5.0, 9.0, 13.0] {
            let k = 2.0 * PI * model.hbarc.0 / length * f64::from(n2).sqrt();
            free.see(factor * pion(k), pion(k) + pion(-k), || format!("n² = {n2}, {length} fm"));
        }
    }
    let lowest = levels(&model, LARGE, *factor)?[0];
    let mut phase = Worst::new(PHASE);
    let heft = model.heft()?;
    let delta = PhaseShift::follow(&heft, Mev(1000.0))?;
    let above = levels(&model, 10.0, *factor)?.into_iter().filter(|e| *e > 2.0 * model.m_pi.0);
    for energy in above.take(6) {
        let k2 = 0.25 * energy * energy - model.m_pi.0.powi(2);
        let q = k2.sqrt() * 10.0 / (2.0 * PI * model.hbarc.0);
        let sum = quantization_phase(q * q)? + delta.at(Mev(energy))?;
        phase.see((sum / PI - (sum / PI).round()) * PI, 0.0, || format!("{energy:.3} MeV"));
    }
    let mut evidence = Evidence::new();
    evidence.push(free.into_check("energy of |k⟩ against that of two pions", 180));
    evidence.push(exact("lowest level in 24 fm, MeV", lowest, 2.0 * model.m_pi.0, THRESHOLD));
    evidence.push(phase.into_check("φ(q²) + δ(E) − nπ of six levels above threshold in 10 fm", 6));
    let headline = Headline {
        quantity: "lowest level in a box of 24 fm over m_π".into(),
        claimed: *factor,
        value: lowest / model.m_pi.0,
        error: 1e-3,
    };
    Ok(Finding::new(evidence, headline))
}
