//! `scalar-action-sign`: `S = −Σ_i [Σ_μ φ_i (φ_{i+μ} + φ_{i−μ} − 2φ_i) + φ_i²]` has its mass term upside down.
//!
//! Decider: the matrix of the quadratic form, entry by entry from the printed sum, its eigenvalues against those of plane
//! waves, and what the library's action accepts. `e^{−S}` has a norm if and only if all are positive.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Aux, Target};
use fieldassay::linalg::{Matrix, symmetric_eigenvalues};
use fieldassay::num::{Tol, Worst};
use fieldassay::verdict::{Evidence, Verdict, exact, fact};
use fieldassay_reference::molecular_dynamics::sites;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// The signs of `S = Σ_i [−kinetic Σ_μ φ_i (φ_{i+μ} + φ_{i−μ} − 2φ_i) + mass φ_i² + quartic φ_i⁴]`.
#[derive(Clone, Copy, Debug)]
struct Signs {
    kinetic: f64,
    mass: f64,
    quartic: f64,
}

const PRINTED: Signs = Signs { kinetic: 1.0, mass: -1.0, quartic: 0.0 };
const CORRECTED: Signs = Signs { kinetic: 1.0, mass: 1.0, quartic: 0.0 };
const LATTICES: [&[usize]; 4] = [&[6], &[4, 4], &[3, 5], &[4, 3, 2]];

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "scalar-action-sign",
        "Akio Tomiya, 格子QCDとその周辺における機械学習の活用, undated (announces a school of \
         2024-09): section \"Flow based sampling algorithm\", slide \"Change of variables makes \
         problem easy\"",
        "QFT: φ_i ∈ ℝ, Energy function (Euclidean action) S = −Σ_i [Σ_μ φ_i (φ_{i+μ} + φ_{i−μ} − 2φ_i) + φ_i²]",
        vec![
            Statement::says(
                "as printed",
                "With −φ² inside the action e^{−S} can be normalised.",
                "an eigenvalue of the quadratic form that is not positive",
            )
            .decided_by(
                Verdict::Refuted,
                has_a_norm,
                PRINTED,
                Alteration::new(
                    "sign of the kinetic term turned as well",
                    Signs { kinetic: -1.0, ..PRINTED },
                ),
            ),
            Statement::says(
                "corrected",
                "S = Σ_i [−Σ_μ φ_i (φ_{i+μ} + φ_{i−μ} − 2φ_i) + φ_i²] can be normalised.",
                "an eigenvalue of the quadratic form that is not positive",
            )
            .decided_by(
                Verdict::Supported,
                has_a_norm,
                CORRECTED,
                Alteration::new("+φ² → −φ²", PRINTED),
            ),
            Statement::says(
                "interacting",
                "A term +λ φ⁴ gives the printed form a norm: it is then the action of a broken phase.",
                "an action that the library refuses, or that is not above all bounds far out",
            )
            .decided_by(
                Verdict::Supported,
                rises_far_out,
                Signs { quartic: 0.5, ..PRINTED },
                Alteration::new("λ → −λ", Signs { quartic: -0.5, ..PRINTED }),
            ),
            Statement::says(
                "kinetic sign",
                "The sign before the second difference is right: −Σ φ (φ₊ + φ₋ − 2φ) = Σ (φ₊ − φ)² ≥ 0.",
                "a field for which the two sums differ",
            )
            .decided_by(
                Verdict::Supported,
                is_the_square_of_differences,
                -1.0,
                Alteration::new("−Σ φ ∂²φ → +Σ φ ∂²φ", 1.0),
            ),
        ],
    )
}

/// `Σ_μ (φ_{i+μ} + φ_{i−μ} − 2φ_i)` of every site, with neighbours by remainder.
fn second_differences(extents: &[usize], phi: &[f64]) -> Vec<f64> {
    let number = |x: &[usize]| x.iter().zip(extents).fold(0, |n, (x, extent)| n * extent + x);
    let at = |x: &Vec<usize>| {
        let sum: f64 = (0..extents.len())
            .map(|mu| {
                let moved = |steps: usize| {
                    let mut y = x.clone();
                    y[mu] = (y[mu] + steps) % extents[mu];
                    phi[number(&y)]
                };
                moved(1) + moved(extents[mu] - 1) - 2.0 * phi[number(x)]
            })
            .sum();
        sum
    };
    sites(extents).iter().map(at).collect()
}

/// The printed sum with those signs.
fn action(signs: Signs, extents: &[usize], phi: &[f64]) -> f64 {
    let differences = second_differences(extents, phi);
    let term = |(phi, difference): (&f64, f64)| {
        -signs.kinetic * phi * difference + signs.mass * phi * phi + signs.quartic * phi.powi(4)
    };
    phi.iter().zip(differences).map(term).sum()
}

/// The eigenvalues of `S = φᵀ K φ`, rising; `K` by polarisation of the printed sum.
fn eigenvalues(signs: Signs, extents: &[usize]) -> Result<Vec<f64>> {
    let volume = extents.iter().product();
    let of = |ones: &[usize]| {
        let mut phi = vec![0.0; volume];
        ones.iter().for_each(|&site| phi[site] += 1.0);
        action(signs, extents, &phi)
    };
    let kernel = Matrix::from_fn(volume, volume, |i, j| 0.5 * (of(&[i, j]) - of(&[i]) - of(&[j])));
    symmetric_eigenvalues(&kernel)
}

/// `Σ_μ 4 sin²(p_μ/2)` times the kinetic sign, plus that of the mass, rising.
fn of_plane_waves(signs: Signs, extents: &[usize]) -> Vec<f64> {
    let momenta = sites(extents);
    let mut all: Vec<f64> = (momenta.iter())
        .map(|k| {
            let sines = k.iter().zip(extents).map(|(&k, &extent)| {
                4.0 * (std::f64::consts::PI * k as f64 / extent as f64).sin().powi(2)
            });
            signs.kinetic * sines.sum::<f64>() + signs.mass
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all
}

fn has_a_norm(_: &Context<'_>, signs: &Signs) -> Result<Finding> {
    const DIAGONAL: Tol = Tol::abs(1e-12).because("eigenvalues of 24 × 24 matrices with entries up to 7");
    let mut spectra = Worst::new(DIAGONAL);
    let mut least = f64::INFINITY;
    for extents in LATTICES {
        let found = eigenvalues(*signs, extents)?;
        for (found, wave) in found.iter().zip(of_plane_waves(*signs, extents)) {
            spectra.see(*found, wave, || format!("lattice {extents:?}"));
        }
        least = least.min(found[0]);
    }
    // The library's form (b): S = Σ [φ □ φ + m² φ²], □ = −∂².
    let couplings = Couplings {
        hopping: signs.kinetic,
        quadratic: 4.0 * signs.kinetic + signs.mass,
        quartic: 0.0,
    };
    let accepted = Phi4::new(&[4, 4], couplings).is_ok();
    let evidence = Evidence::from_iter([
        spectra.into_check("eigenvalues of the printed form against plane waves", 61),
        fact(
            "all eigenvalues are positive",
            least > 0.0,
            format!("the smallest is {least:.3}, of the constant field or the alternating one"),
        ),
        fact(
            "the library takes it for a density",
            accepted,
            "an action without a norm is refused by its constructor",
        ),
    ]);
    let headline = Headline {
        quantity: "smallest eigenvalue of the quadratic form (above 0)".into(),
        claimed: 0.0,
        value: least,
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

fn rises_far_out(context: &Context<'_>, signs: &Signs) -> Result<Finding> {
    const VALUE: Tol = Tol::rel_abs(1e-12, 1e-9).because("sums of 16 terms that cancel in part");
    const EXTENTS: [usize; 2] = [4, 4];
    let couplings = Couplings {
        hopping: signs.kinetic,
        quadratic: 4.0 * signs.kinetic + signs.mass,
        quartic: signs.quartic,
    };
    let library = Phi4::new(&EXTENTS, couplings).ok();
    let mut rng = context.stream("directions");
    let mut values = Worst::new(VALUE);
    let mut least = f64::INFINITY;
    let mut well = f64::INFINITY;
    for direction in 0..200 {
        // The constant field is the direction in which the quadratic form is lowest.
        let field: Vec<f64> = match direction {
            0 => vec![1.0; 16],
            _ => (0..16).map(|_| rng.normal()).collect(),
        };
        for scale in [0.5, 1.0, 3.0, 100.0] {
            let phi: Vec<f64> = field.iter().map(|x| scale * x).collect();
            let s = action(*signs, &EXTENTS, &phi);
            if let Some(library) = &library {
                let mut q = library.neutral(1);
                (0..16).for_each(|site| q.set(site, 0, 0, phi[site]));
                let mut own = [0.0];
                library.value(&q, &Aux::default(), &mut own);
                values.see(own[0], s, || format!("direction {direction}, scale {scale}"));
            }
            match scale {
                100.0 => least = least.min(s),
                _ => well = well.min(s),
            }
        }
    }
    let evidence = Evidence::from_iter([
        values.into_check("the library's action is the printed sum", 800),
        fact(
            "S exceeds 10⁶ at a hundred times any direction",
            least > 1e6,
            format!("least value {least:.2e} of 200 directions"),
        ),
        fact(
            "and is negative further in: φ = 0 is not the vacuum",
            well < 0.0,
            format!("least value {well:.2}"),
        ),
    ]);
    let headline = Headline {
        quantity: "least S at a hundred times a direction (above 0)".into(),
        claimed: 0.0,
        value: least,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

fn is_the_square_of_differences(context: &Context<'_>, sign: &f64) -> Result<Finding> {
    const SUMS: Tol = Tol::rel(1e-12).because("sums of at most 72 terms of one sign");
    let mut rng = context.stream("fields");
    let mut sums = Worst::new(SUMS);
    let mut ratio = f64::NAN;
    for extents in LATTICES {
        for _ in 0..20 {
            let phi: Vec<f64> =
                (0..extents.iter().product()).map(|_| rng.normal()).collect();
            let second = second_differences(extents, &phi);
            let by_parts: f64 = phi.iter().zip(second).map(|(phi, d)| sign * phi * d).sum();
            let squares = squared_differences(extents, &phi);
            sums.see(by_parts, squares, || format!("lattice {extents:?}"));
            ratio = by_parts / squares;
        }
    }
    let evidence = Evidence::from_iter([
        sums.into_check("−Σ φ ∂²φ against Σ (φ₊ − φ)²", 80),
        exact("their ratio for the last field", ratio, 1.0, SUMS),
    ]);
    let headline = Headline {
        quantity: "kinetic term over the sum of squared differences".into(),
        claimed: 1.0,
        value: ratio,
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

/// `Σ_i Σ_μ (φ_{i+μ} − φ_i)²`.
fn squared_differences(extents: &[usize], phi: &[f64]) -> f64 {
    let all = sites(extents);
    let number = |x: &[usize]| x.iter().zip(extents).fold(0, |n, (x, extent)| n * extent + x);
    let of = |x: &Vec<usize>| -> f64 {
        let squares = (0..extents.len()).map(|mu| {
            let mut ahead = x.clone();
            ahead[mu] = (ahead[mu] + 1) % extents[mu];
            (phi[number(&ahead)] - phi[number(x)]).powi(2)
        });
        squares.sum()
    };
    all.iter().map(of).sum()
}
