//! `dm-as-sq`: is the reverse mode of a diffusion model stochastic quantisation, with `O(ᾱ) ~ O(ħ)`?
//!
//! With the exact score of a mixture of Gaussians at every time, no network has to be trained. Decider: the reverse process with drift
//! `½(1 + η²) g² s` and noise `η g` ends at `q` for every η; at fixed drift another noise ends at another law, and none of them is `q^{1/ᾱ}`.

use fieldassay::Result;
use fieldassay::rng::Rng;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Evidence, Verdict, check};
use fieldassay_reference::quadrature;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement, interrupted};
use crate::mixture::{draw, reference, score};

/// A reverse process, and the power of `q` that it is said to end at.
#[derive(Clone, Copy, Debug)]
struct Process {
    /// Noise `η g`, in each of the runs.
    etas: &'static [f64],
    /// The η for which the drift `½(1 + η²) g² s` is; `None` for that of the noise.
    drift_for: Option<f64>,
    power: f64,
}

const FAMILY: Process = Process { etas: &[0.0, 1.0, 2.0], drift_for: None, power: 1.0 };

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "dm-as-sq",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Stochastic Quantization\", slide \"DMs as SQ\"",
        "The reverse mode of a well-trained diffusion model at τ → T serves as the stochastic quantization for the input; \
         p_{τ=T}(φ) → P[φ,T]; O(ᾱ) ~ O(ħ)",
        vec![
            Statement::says(
                "as printed",
                "The reverse process is stochastic quantisation: at noise ⟨η̄²⟩ = 2ᾱ, here ᾱ = ½, it ends at q^{1/ᾱ}.",
                "an end with another ⟨x²⟩ than q^{1/ᾱ}",
            )
            .decided_by(
                Verdict::Refuted,
                ends_at,
                Process { etas: &[1.0], drift_for: Some(1.0), power: 2.0 },
                // ⟨x²⟩ of q is 1.25, of q³ 0.15.
                Alteration::of_size(
                    "q² → q³",
                    Process { etas: &[1.0], drift_for: Some(1.0), power: 3.0 },
                    1.1,
                ),
            ),
            Statement::says(
                "corrected",
                "It ends at q, for any noise η g that comes with the drift ½(1 + η²) g² s: η = 0, 1, 2.",
                "an end with another ⟨x²⟩ than q",
            )
            .decided_by(
                Verdict::Supported,
                ends_at,
                FAMILY,
                // Measured: by 0.6; another noise at the same drift is another law.
                Alteration::of_size(
                    "η = 1.15 with the drift for η = 1",
                    Process { etas: &[1.15], drift_for: Some(1.0), power: 1.0 },
                    0.9,
                ),
            ),
        ],
    )
}

/// The talk's noise schedule `g = σ^t`, and the variance it has added by `t`.
const SIGMA: f64 = 25.0;

fn added(t: f64) -> f64 {
    (SIGMA.powf(2.0 * t) - 1.0) / (2.0 * SIGMA.ln())
}

/// `⟨x²⟩` of `q^power` by quadrature.
fn second_moment(power: f64) -> f64 {
    let q = reference();
    let weight = |x: f64| q.density(x).powf(power);
    quadrature::line(|x| x * x * weight(x), 20.0, 0.02) / quadrature::line(weight, 20.0, 0.02)
}

/// The end of one reverse path in `steps` steps, from an exact draw at `t = 1`.
fn reverse(eta: f64, drift_for: f64, steps: usize, rng: &mut Rng) -> f64 {
    let mut x = draw(added(1.0), rng);
    let dt = 1.0 / steps as f64;
    for step in 0..steps {
        // In the middle of the step.
        let t = 1.0 - (step as f64 + 0.5) * dt;
        let g2 = SIGMA.powf(2.0 * t);
        let drift = 0.5 * (1.0 + drift_for * drift_for) * g2 * score(x, added(t));
        x += dt * drift + eta * (g2 * dt).sqrt() * rng.normal();
    }
    x
}

fn ends_at(context: &Context<'_>, process: &Process) -> Result<Finding> {
    const RESOLVES: f64 = 0.4;
    let paths = context.tier().pick(4000, 40_000, 400_000);
    let steps = context.tier().pick(400, 1000, 4000);
    let truth = second_moment(process.power);
    let mut evidence = Evidence::new();
    let mut headline = None;
    for &eta in process.etas {
        let drift_for = process.drift_for.unwrap_or(eta);
        let mut rng = context.stream(&format!("{eta} {drift_for}"));
        let mut squares = Vec::with_capacity(paths);
        for path in 0..paths {
            if path % 256 == 0 && context.interrupted() {
                return Err(interrupted());
            }
            squares.push(reverse(eta, drift_for, steps, &mut rng).powi(2));
        }
        let mean = Estimate::from_independent(&squares)?;
        let name = format!("⟨x²⟩ at the end, noise {eta:.3} g, drift for {drift_for:.3} g");
        evidence.push(check(name, mean).false_fail(1e-7).resolves(RESOLVES).against(truth));
        if headline.is_none() || eta == 1.0 {
            headline = Some(Headline {
                quantity: format!("⟨x²⟩ at the end of the reverse process, against that of q^{}", process.power),
                claimed: truth,
                value: mean.value(),
                error: mean.error(),
            });
        }
    }
    Ok(Finding::new(evidence, headline.expect("at least one noise")))
}
