//! `kl-divergence`: `D_KL(p‖q) = Σ p ln(p/q)` is what the name promises.
//!
//! Decider: Gibbs' inequality in Pinsker's sharper form, `D = H(p,q) − H(p)`, the conventions at
//! zero, and every value again in 320 binary places (`reference::probability`).

use fieldassay::Result;
use fieldassay::num::{Tol, Worst, compensated_sum};
use fieldassay::rng::Rng;
use fieldassay::verdict::{Evidence, Verdict, exact, fact};
use fieldassay_reference::probability;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "kl-divergence",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Loss function of Classification Problem\"",
        "Generalizations: KL Divergence etc: D_KL(p||q) := Σ_x p(x) log(p(x)/q(x))",
        vec![
            Statement::says(
                "as printed",
                "Σ p log(p/q) is never negative, vanishes only for p = q, equals H(p,q) − H(p), and \
                 is not symmetric.",
                "a negative value, a zero at p ≠ q, or another value in higher precision",
            )
            .decided_by(
                Verdict::Supported,
                is_the_divergence,
                Weight::P,
                Alteration::new("weight p(x) → q(x)", Weight::Q),
            ),
        ],
    )
}

/// The distribution that multiplies the logarithm.
#[derive(Clone, Copy, Debug)]
enum Weight {
    P,
    Q,
}

/// `Σ w ln(p/q)`; a term with `w = 0` is 0, one with `q = 0 < w` is infinite.
fn divergence(weight: Weight, p: &[f64], q: &[f64]) -> f64 {
    let terms = p.iter().zip(q).map(|(&p, &q)| {
        let w = match weight {
            Weight::P => p,
            Weight::Q => q,
        };
        if w == 0.0 { 0.0 } else { w * (p / q).ln() }
    });
    let sum: f64 = terms.clone().sum();
    // Compensation turns ∞ − ∞ of its own carry into NaN, so infinities are summed plainly.
    if sum.is_finite() {
        compensated_sum(terms)
    } else {
        sum
    }
}

/// `−Σ p ln q`.
fn cross_entropy(p: &[f64], q: &[f64]) -> f64 {
    let terms = p.iter().zip(q).filter(|(p, _)| **p > 0.0);
    -compensated_sum(terms.map(|(p, q)| p * q.ln()))
}

/// A uniform point of the simplex of `k` probabilities.
fn random_distribution(k: usize, rng: &mut Rng) -> Vec<f64> {
    let raw: Vec<f64> = (0..k).map(|_| -(1.0 - rng.uniform()).ln()).collect();
    let sum = compensated_sum(raw.iter().copied());
    raw.iter().map(|x| x / sum).collect()
}

fn is_the_divergence(context: &Context<'_>, weight: &Weight) -> Result<Finding> {
    const NEGATIVE: Tol = Tol::abs(1e-15).because("rounding of sums that are of order one");
    const VALUE: Tol = Tol::rel_abs(1e-13, 1e-14).because("50 logarithms, each within 1 ulp");
    let divergence = |p: &[f64], q: &[f64]| divergence(*weight, p, q);
    let mut rng = context.stream("pairs");
    let mut below_pinsker = Worst::new(NEGATIVE);
    let mut at_itself = Worst::new(NEGATIVE);
    let mut entropies = Worst::new(VALUE);
    let mut precise = Worst::new(VALUE);
    let mut asymmetry: f64 = 0.0;
    for pair in 0..1000 {
        let k = 2 + pair % 49;
        let (p, q) = (
            random_distribution(k, &mut rng),
            random_distribution(k, &mut rng),
        );
        let d = divergence(&p, &q);
        let distance: f64 = p.iter().zip(&q).map(|(p, q)| (p - q).abs()).sum();
        let bound = 0.5 * distance * distance;
        let shortfall = if d >= bound { 0.0 } else { bound - d };
        below_pinsker.see(shortfall, 0.0, || format!("pair {pair}, K = {k}"));
        at_itself.see(divergence(&p, &p), 0.0, || format!("pair {pair}, K = {k}"));
        let from_entropies = cross_entropy(&p, &q) - cross_entropy(&p, &p);
        entropies.see(d, from_entropies, || format!("pair {pair}, K = {k}"));
        if pair % 7 == 0 {
            let truth = probability::kullback_leibler(&p, &q);
            precise.see(d, truth, || format!("pair {pair}, K = {k}"));
        }
        asymmetry = asymmetry.max((d - divergence(&q, &p)).abs());
    }
    let half = [0.5, 0.5, 0.0];
    let evidence = Evidence::from_iter([
        below_pinsker.into_check("D ≥ ½ (Σ|p−q|)² (Pinsker), so D > 0 for p ≠ q", 1000),
        at_itself.into_check("D(p‖p) = 0", 1000),
        entropies.into_check("D = H(p,q) − H(p)", 1000),
        precise.into_check("D in 320 binary places", 140),
        exact(
            "0·log 0 counts as 0: D((½,½,0)‖(¼,¼,½))",
            divergence(&half, &[0.25, 0.25, 0.5]),
            probability::ln(2.0),
            VALUE,
        ),
        exact(
            "a q without p's support: D((¼,¼,½)‖(½,½,0))",
            divergence(&[0.25, 0.25, 0.5], &half),
            f64::INFINITY,
            Tol::EXACT,
        ),
        fact(
            "D(p‖q) ≠ D(q‖p)",
            asymmetry > 0.1,
            format!("largest difference {asymmetry:.3} in 1000 pairs"),
        ),
    ]);
    let headline = Headline {
        quantity: "D((½,½,0)‖(¼,¼,½)), against log 2".into(),
        claimed: std::f64::consts::LN_2,
        value: divergence(&half, &[0.25, 0.25, 0.5]),
        error: 1e-15,
    };
    Ok(Finding::new(evidence, headline))
}
