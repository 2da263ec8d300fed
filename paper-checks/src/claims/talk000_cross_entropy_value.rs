//! `cross-entropy-value`: `H(p,q) = −Σ p log q`, and `−log 0.7 ≈ 0.357`.
//!
//! The number fixes the base: natural. Decider: `ln` in 320 binary places
//! (`reference::probability`), and the property that makes `H` a loss: it is least at `q = p`.

use fieldassay::Result;
use fieldassay::num::{Tol, Worst, compensated_sum};
use fieldassay::verdict::{Evidence, Verdict, exact};
use fieldassay_reference::probability;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "cross-entropy-value",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Loss function of Classification Problem\"",
        "Cross Entropy: H(p, q) = − Σ_x p(x) log q(x); H = −log 0.7 ≈ 0.357",
        vec![
            Statement::says(
                "the example",
                "For a one-hot p and q = 0.7 on the right class, H = −ln 0.7, which is 0.357 to \
                 three digits.",
                "a value that does not round to 0.357",
            )
            .decided_by(
                Verdict::Supported,
                example_value,
                Base::Natural,
                Alteration::new("natural logarithm → log₂", Base::Two),
            ),
            Statement::says(
                "as a loss",
                "For every p, H(p,q) is least at q = p: minimising it learns the probabilities.",
                "a q ≠ p with a smaller cross entropy",
            )
            .decided_by(
                Verdict::Supported,
                least_at_the_truth,
                Order::Printed,
                Alteration::new("p(x) log q(x) → q(x) log p(x)", Order::Swapped),
            ),
        ],
    )
}

/// The base of the logarithm.
#[derive(Clone, Copy, Debug)]
enum Base {
    Natural,
    Two,
}

/// Which distribution stands under the logarithm.
#[derive(Clone, Copy, Debug)]
enum Order {
    Printed,
    Swapped,
}

/// `−Σ p log q` with `0·log 0 = 0`.
fn cross_entropy(p: &[f64], q: &[f64], log: fn(f64) -> f64) -> f64 {
    let terms = p.iter().zip(q).filter(|(p, _)| **p > 0.0);
    -compensated_sum(terms.map(|(&p, &q)| p * log(q)))
}

fn example_value(_: &Context<'_>, base: &Base) -> Result<Finding> {
    const PRINTED: Tol = Tol::abs(5e-4).because("half a unit of the last printed digit");
    const ROUNDING: Tol = Tol::rel(4e-16).because("one logarithm, within 1 ulp");
    let log = match base {
        Base::Natural => f64::ln,
        Base::Two => f64::log2,
    };
    let h = cross_entropy(&[0.0, 1.0, 0.0], &[0.2, 0.7, 0.1], log);
    let evidence = Evidence::from_iter([
        exact("H(one-hot, q) against the printed number", h, 0.357, PRINTED),
        exact("H against −ln 0.7 in 320 binary places", h, -probability::ln(0.7), ROUNDING),
    ]);
    let headline = Headline {
        quantity: "−log 0.7".into(),
        claimed: 0.357,
        value: h,
        error: 1e-16,
    };
    Ok(Finding::new(evidence, headline))
}

fn least_at_the_truth(context: &Context<'_>, order: &Order) -> Result<Finding> {
    const EXCESS: Tol = Tol::abs(1e-14).because("rounding of 10 logarithms of order one");
    let h = |p: &[f64], q: &[f64]| match order {
        Order::Printed => cross_entropy(p, q, f64::ln),
        Order::Swapped => cross_entropy(q, p, f64::ln),
    };
    let mut rng = context.stream("distributions");
    let mut excess = Worst::new(EXCESS);
    let mut largest: f64 = 0.0;
    for case in 0..500 {
        let k = 2 + case % 9;
        let mut draw = || -> Vec<f64> {
            let raw: Vec<f64> = (0..k).map(|_| rng.uniform_in(0.01, 1.0)).collect();
            let sum: f64 = raw.iter().sum();
            raw.iter().map(|x| x / sum).collect()
        };
        let (p, other) = (draw(), draw());
        let least = h(&p, &p);
        // Far from p, and close to it on the way there.
        for mix in [1.0, 0.1, 0.001] {
            let q: Vec<f64> = (p.iter().zip(&other))
                .map(|(p, other)| p + mix * (other - p))
                .collect();
            let gain = least - h(&p, &q);
            let gain = if gain <= 0.0 { 0.0 } else { gain };
            excess.see(gain, 0.0, || format!("case {case}, K = {k}, mix {mix}"));
            largest = largest.max(gain);
        }
    }
    let headline = Headline {
        quantity: "largest gain of a q ≠ p over q = p".into(),
        claimed: 0.0,
        value: largest,
        error: 1e-14,
    };
    let check = excess.into_check("H(p,q) ≥ H(p,p)", 1500);
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}
