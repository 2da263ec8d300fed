//! `change-of-variables`: `∫Dφ e^{−S[φ]} O[φ] = ∫Dz |det ∂φ/∂z| e^{−S[φ[z]]} O[φ[z]]`, `S_eff = S − log J`.
//!
//! Decider: both integrals by the trapezoid rule for two sites of φ⁴, Jacobians by `reference::dual`; maps that are one to
//! one, and one that is not.

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::dual::{Dual, jacobian};
use fieldassay_reference::quadrature;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// Maps `z → φ` of two variables.
#[derive(Clone, Copy, Debug)]
enum Map {
    /// `φ₀ = z₀ e^{s(z₁)} + t(z₁)`, `φ₁ = z₁`: the layer of a flow.
    Coupling,
    /// `φ_i = z_i + ½ sin z_i`, then mixed by a shear with determinant −2.
    Mixed,
    /// `φ = (z₀³ + z₀, z₁ + z₀²)`.
    Cubic,
    /// `φ = (z₀², z₁)`: it reaches one half of the plane, twice.
    Fold,
}

/// What is integrated over `z`.
#[derive(Clone, Copy, Debug)]
struct Rule {
    maps: &'static [Map],
    /// `J` enters with this power.
    power: i32,
}

const ONE_TO_ONE: &[Map] = &[Map::Coupling, Map::Mixed, Map::Cubic];
const PRINTED: Rule = Rule { maps: ONE_TO_ONE, power: 1 };

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "change-of-variables",
        "Akio Tomiya, 格子QCDとその周辺における機械学習の活用, undated (announces a school of \
         2024-09): section \"Flow based sampling algorithm\", slide \"Change of variables makes problem easy\"",
        "∫Dφ e^{−S[φ]} O[φ] = ∫Dz |det ∂φ/∂z| e^{−S[φ[z]]} O[φ[z]], |det ∂φ/∂z| = Jacobian = J; \
         S_eff[z] = S[φ[z]] − log J[z]; = ∫Dz e^{−S_eff[z]} O[φ[z]]",
        vec![
            Statement::says(
                "as printed",
                "For maps that are one to one both integrals agree, the determinant's sign left out.",
                "another value by quadrature for an observable of two sites of φ⁴",
            )
            .decided_by(
                Verdict::Supported,
                keeps_the_integral,
                PRINTED,
                Alteration::new("J left out", Rule { power: 0, ..PRINTED }),
            ),
            Statement::says(
                "effective action",
                "S_eff = S − log J has the minus sign.",
                "another value by quadrature for an observable of two sites of φ⁴",
            )
            .decided_by(
                Verdict::Supported,
                keeps_the_integral,
                PRINTED,
                Alteration::new("S − log J → S + log J", Rule { power: -1, ..PRINTED }),
            ),
            Statement::says(
                "any map",
                "Both integrals agree for any smooth map.",
                "the map (z₀², z₁), which reaches half of the plane twice",
            )
            .decided_by(
                Verdict::Refuted,
                keeps_the_integral,
                Rule { maps: &[Map::Fold], power: 1 },
                Alteration::new("J → 1", Rule { maps: &[Map::Fold], power: 0 }),
            ),
        ],
    )
}

impl Map {
    fn apply(self, z: &[Dual]) -> Vec<Dual> {
        let c = Dual::constant;
        match self {
            Self::Coupling => {
                let (s, t) = (c(0.4) * z[1].sin(), c(0.7) * z[1].cos());
                vec![z[0] * s.exp() + t, z[1]]
            }
            Self::Mixed => {
                let [a, b] = [0, 1].map(|i: usize| z[i] + c(0.5) * z[i].sin());
                vec![b + c(0.3) * a, c(2.0) * a]
            }
            Self::Cubic => vec![z[0] * z[0] * z[0] + z[0], z[1] + z[0] * z[0]],
            Self::Fold => vec![z[0] * z[0], z[1]],
        }
    }

    /// `φ` and `J`.
    fn at(self, z: [f64; 2]) -> ([f64; 2], f64) {
        let phi = self.apply(&z.map(Dual::constant));
        let j = jacobian(|z| self.apply(z), &z);
        ([phi[0].value, phi[1].value], (j[0][0] * j[1][1] - j[0][1] * j[1][0]).abs())
    }
}

/// Two sites of φ⁴ that are neighbours twice, with a source that breaks the symmetry.
fn action([x, y]: [f64; 2]) -> f64 {
    const KAPPA: f64 = 0.15;
    const LAMBDA: f64 = 0.3;
    let potential = |phi: f64| (1.0 - 2.0 * LAMBDA) * phi.powi(2) + LAMBDA * phi.powi(4);
    -4.0 * KAPPA * x * y + potential(x) + potential(y) - 0.2 * x
}

const OBSERVABLES: [fn([f64; 2]) -> f64; 4] =
    [|_| 1.0, |[x, _]| x, |[x, y]| x * y, |[x, y]| (x - y).powi(4)];

/// The four integrals over the plane.
fn integrals(weight: impl Fn([f64; 2]) -> (f64, [f64; 2]), cut: f64, step: f64) -> [f64; 4] {
    let steps = (cut / step).ceil() as i64;
    let mut sums = [0.0; 4];
    for i in -steps..=steps {
        for k in -steps..=steps {
            let (weight, phi) = weight([i as f64 * step, k as f64 * step]);
            for (sum, observable) in sums.iter_mut().zip(OBSERVABLES) {
                *sum += weight * observable(phi);
            }
        }
    }
    sums.map(|sum| sum * step * step)
}

fn keeps_the_integral(context: &Context<'_>, rule: &Rule) -> Result<Finding> {
    const TRAPEZOID: Tol = Tol::rel(1e-10).because("geometric convergence: halving the steps changes less than 1e-12");
    let plain = |step: f64| integrals(|phi| ((-action(phi)).exp(), phi), 6.0, step);
    let truth = plain(0.05);
    let mut converged = Worst::new(TRAPEZOID);
    for (coarse, fine) in plain(0.1).iter().zip(truth) {
        converged.see(*coarse, fine, || "steps of 0.1".into());
    }
    // By Fubini with the library of one-dimensional rules: another loop for the norm.
    let nested = quadrature::line(
        |x| quadrature::line(|y| (-action([x, y])).exp(), 6.0, 0.05),
        6.0,
        0.05,
    );
    converged.see(nested, truth[0], || "nested rule".into());
    let mut equal = Worst::new(TRAPEZOID);
    let mut ratio = f64::NAN;
    for map in rule.maps {
        let pulled = |z: [f64; 2]| {
            let (phi, j) = map.at(z);
            ((-action(phi)).exp() * j.powi(rule.power), phi)
        };
        let label = format!("{map:?} {}", rule.power);
        let values = context.once(&label, || Ok(integrals(pulled, 10.8, 0.045).to_vec()))?;
        for (observable, (value, truth)) in values.iter().zip(truth).enumerate() {
            equal.see(*value, truth, || format!("{map:?}, observable {observable}"));
            if observable == 0 {
                ratio = value / truth;
            }
        }
    }
    let evidence = Evidence::from_iter([
        converged.into_check("the integrals over φ at two steps", 5),
        equal.into_check("integrals over z against those over φ", 4 * rule.maps.len()),
    ]);
    let headline = Headline {
        quantity: "∫Dz J e^{−S} over ∫Dφ e^{−S}".into(),
        claimed: 1.0,
        value: ratio,
        error: 1e-10,
    };
    Ok(Finding::new(evidence, headline))
}
