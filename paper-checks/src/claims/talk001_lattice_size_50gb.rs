//! `lattice-size-50gb`: a 96⁴ lattice has 10^{9–10} integration variables and takes 50 GB.
//!
//! Two different numbers per link: SU(3) has eight real coordinates, and eighteen doubles are
//! stored. Decider: arithmetic, with links counted on small lattices one by one and
//! coordinates as the rank of the Lie algebra.

use std::collections::HashSet;

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::verdict::{Evidence, Verdict, exact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

const EXTENT: f64 = 96.0;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "lattice-size-50gb",
        "Lingxiao Wang, Learning Hadron Interactions with Deep Neural Networks, Hadrons and Hadron \
         Interactions in QCD 2024, YITP, 2024-10-30: section \"Hadron Interactions\"",
        "Huge integration variables ~10^{9–10} for 96^4 lattice, ~50 GB/config",
        vec![
            Statement::says(
                "storage",
                "A gauge configuration of 96⁴ sites takes 50 GB within 10 %: four links of eighteen \
                 doubles a site.",
                "a size outside 45 to 55 GB",
            )
            .decided_by(
                Verdict::Supported,
                takes_the_storage,
                Stored { reals: 18.0, bytes: 8.0 },
                Alteration::new(
                    "18 → 12 reals a link (two rows stored)",
                    Stored { reals: 12.0, bytes: 8.0 },
                ),
            ),
            Statement::says(
                "variables",
                "The path integral over 96⁴ × 4 SU(3) links has between 10⁹ and 10^{10} real \
                 integration variables.",
                "a count outside 10⁹ to 10^{10}",
            )
            .decided_by(
                Verdict::Supported,
                counts_the_variables,
                4,
                Alteration::new("96⁴ → 96³ sites (one time slice)", 3),
            ),
            Statement::says(
                "coordinates",
                "An SU(N) link has N² − 1 real coordinates: eight to integrate over for SU(3), where \
                 eighteen numbers are stored.",
                "another number of independent traceless anti-Hermitian matrices",
            )
            .decided_by(
                Verdict::Supported,
                counts_the_coordinates,
                Group::Special,
                Alteration::new("N² − 1 → N² (the trace kept)", Group::Unitary),
            ),
        ],
    )
}

/// What is stored of one link.
#[derive(Clone, Copy, Debug)]
struct Stored {
    reals: f64,
    bytes: f64,
}

/// The number of distinct links of a periodic lattice, one by one.
fn counted_links(extent: usize, dimensions: u32) -> usize {
    let sites = extent.pow(dimensions);
    let mut links = HashSet::new();
    for site in 0..sites {
        for mu in 0..dimensions {
            let stride = extent.pow(mu);
            let x = site / stride % extent;
            let forward = site - x * stride + (x + 1) % extent * stride;
            let backward = site - x * stride + (x + extent - 1) % extent * stride;
            links.insert((site, forward, mu));
            links.insert((backward, site, mu));
        }
    }
    links.len()
}

/// The dimension of the span of the traceless anti-Hermitian `n × n` matrices, as a rank: all real
/// and imaginary unit matrices are projected, and what is independent among the results is counted.
fn rank_of_algebra(n: usize) -> usize {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for unit in 0..2 * n * n {
        let mut matrix = vec![0.0; 2 * n * n];
        matrix[unit] = 1.0;
        let mut rest = traceless_antihermitian(n, &matrix);
        for known in &basis {
            let overlap: f64 = known.iter().zip(&rest).map(|(a, b)| a * b).sum();
            for (r, k) in rest.iter_mut().zip(known) {
                *r -= overlap * k;
            }
        }
        let norm = rest.iter().map(|r| r * r).sum::<f64>().sqrt();
        // Of a projected unit matrix at least 1/n is left if it is independent at all.
        if norm > 1e-6 {
            basis.push(rest.iter().map(|r| r / norm).collect());
        }
    }
    basis.len()
}

/// `(M − M†)/2` less its trace; `matrix` holds the real parts, then the imaginary ones.
fn traceless_antihermitian(n: usize, matrix: &[f64]) -> Vec<f64> {
    let (real, imaginary) = matrix.split_at(n * n);
    let mut projected = vec![0.0; 2 * n * n];
    let trace: f64 = (0..n).map(|i| imaginary[i * n + i]).sum();
    for i in 0..n {
        for j in 0..n {
            let (here, there) = (i * n + j, j * n + i);
            projected[here] = 0.5 * (real[here] - real[there]);
            projected[n * n + here] = 0.5 * (imaginary[here] + imaginary[there]);
        }
        projected[n * n + i * n + i] -= trace / n as f64;
    }
    projected
}

fn links_by_formula(extent: f64, dimensions: u32) -> f64 {
    extent.powi(dimensions as i32) * f64::from(dimensions)
}

fn link_count_holds() -> Worst {
    let mut worst = Worst::new(Tol::EXACT);
    for extent in [3, 4, 5, 6] {
        for dimensions in [2, 3, 4] {
            worst.see(
                links_by_formula(extent as f64, dimensions),
                counted_links(extent, dimensions) as f64,
                || format!("{extent}^{dimensions}"),
            );
        }
    }
    worst
}

fn takes_the_storage(_: &Context<'_>, stored: &Stored) -> Result<Finding> {
    const ABOUT: Tol = Tol::rel(0.1).because("\"~ 50 GB\", the ledger's window");
    let gigabytes = links_by_formula(EXTENT, 4) * stored.reals * stored.bytes / 1e9;
    let evidence = Evidence::from_iter([
        link_count_holds().into_check("d L^d links, counted one by one", 12),
        exact("storage of a 96⁴ configuration in GB", gigabytes, 50.0, ABOUT),
    ]);
    let headline = Headline {
        quantity: "storage of a 96⁴ SU(3) configuration, GB".into(),
        claimed: 50.0,
        value: gigabytes,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

fn counts_the_variables(_: &Context<'_>, dimensions: &u32) -> Result<Finding> {
    const RANGE: Tol = Tol::abs(0.5).because("\"~10^{9–10}\": the decade around 10^{9.5}");
    let variables = links_by_formula(EXTENT, *dimensions) * rank_of_algebra(3) as f64;
    let evidence = Evidence::from_iter([
        link_count_holds().into_check("d L^d links, counted one by one", 12),
        exact("log₁₀ of the number of variables", variables.log10(), 9.5, RANGE),
    ]);
    let headline = Headline {
        quantity: "log₁₀ of the number of real integration variables".into(),
        claimed: 9.5,
        value: variables.log10(),
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

/// How many real coordinates `n × n` matrices of the group are said to have.
#[derive(Clone, Copy, Debug)]
enum Group {
    Special,
    Unitary,
}

fn counts_the_coordinates(_: &Context<'_>, group: &Group) -> Result<Finding> {
    let formula = |n: usize| match group {
        Group::Special => n * n - 1,
        Group::Unitary => n * n,
    };
    let mut ranks = Worst::new(Tol::EXACT);
    for n in 2..=5 {
        ranks.see(formula(n) as f64, rank_of_algebra(n) as f64, || format!("SU({n})"));
    }
    let headline = Headline {
        quantity: "real coordinates of an SU(3) link".into(),
        claimed: formula(3) as f64,
        value: rank_of_algebra(3) as f64,
        error: 0.0,
    };
    let check = ranks.into_check("coordinates against the rank of the Lie algebra", 4);
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}
