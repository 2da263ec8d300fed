//! R̂ and bulk ESS against the printed recipe, AR(1) in closed form, and chains that have not met.

use fieldassay::Error;
use fieldassay::num::{Tol, Worst};
use fieldassay::stats::ChainDiagnostics;
use fieldassay_reference::convergence as witness;

use super::SEED;
use super::gamma_method::{ar1, ar1_tau};

fn diagnose(chains: &[Vec<f64>]) -> ChainDiagnostics {
    let slices: Vec<&[f64]> = chains.iter().map(Vec::as_slice).collect();
    ChainDiagnostics::new(&slices).expect("chains that move")
}

#[test]
fn diagnostics_are_the_printed_recipe() {
    let mut rng = SEED.stream("chains/witness");
    let mut worst = Worst::new(Tol::rel(1e-11).because("the witness' quantile and 200 terms"));
    for (phi, steps, count, grid) in [
        (0.5, 60, 4, 0.0),
        (0.9, 101, 3, 0.0),
        (-0.6, 80, 2, 0.0),
        (0.8, 90, 4, 0.5),
        (0.97, 14, 2, 0.0),
        (0.0, 12, 1, 0.0),
    ] {
        let mut chain = |_| {
            let mut x = ar1(&mut rng, phi, steps);
            if grid > 0.0 {
                // Ties.
                x.iter_mut().for_each(|x| *x = (*x / grid).round() * grid);
            }
            x
        };
        let chains: Vec<Vec<f64>> = (0..count).map(&mut chain).collect();
        let found = diagnose(&chains);
        let halves = witness::halves(&chains);
        let ranked = witness::scores(&halves);
        let folded = witness::scores(&witness::folded(&halves));
        let case = || format!("φ = {phi}, {steps} steps");
        worst.see(found.rank_rhat, witness::rhat(&ranked), case);
        worst.see(found.folded_rhat, witness::rhat(&folded), case);
        worst.see(found.bulk_ess, witness::ess(&ranked), case);
    }
    println!("{}", worst.summary());
    worst.assert_at_least(18);
}

#[test]
fn the_bulk_size_of_ar1_chains_is_their_closed_form() {
    // 40 draws per declared case; 8 % is 6 standard errors of τ at 200 000 steps (2τ√(2W/N), φ = 0.9).
    let mut rng = SEED.stream("chains/ar1");
    for phi in [0.0, 0.5, 0.9, -0.4] {
        let chains: Vec<Vec<f64>> = (0..4).map(|_| ar1(&mut rng, phi, 50_000)).collect();
        let found = diagnose(&chains);
        let exact = 200_000.0 / (2.0 * ar1_tau(phi));
        println!("φ = {phi}: {found:?}, exact {exact}");
        assert!(
            (found.bulk_ess / exact - 1.0).abs() <= 0.08,
            "φ = {phi}: {found:?} against {exact}"
        );
        assert!(
            found.converged() && found.rhat() < 1.005,
            "φ = {phi}: {found:?}"
        );
    }
}

#[test]
fn chains_that_have_not_met_are_seen() {
    let mut rng = SEED.stream("chains/apart");
    let mut chains: Vec<Vec<f64>> = (0..4).map(|_| ar1(&mut rng, 0.5, 2000)).collect();
    assert!(diagnose(&chains).converged());
    let together = chains.clone();
    chains[0].iter_mut().for_each(|x| *x += 1.0);
    let moved = diagnose(&chains);
    assert!(!moved.converged() && moved.rank_rhat > 1.05, "{moved:?}");
    // Another width at the same place is seen by the folded version only.
    chains = together.clone();
    chains[0].iter_mut().for_each(|x| *x *= 3.0);
    let wide = diagnose(&chains);
    assert!(
        wide.rank_rhat < 1.01 && wide.folded_rhat > 1.05 && !wide.converged(),
        "{wide:?}"
    );
    // A single chain that drifts is seen by its halves.
    let drift: Vec<f64> = together[0]
        .iter()
        .enumerate()
        .map(|(t, x)| x + 2e-3 * t as f64)
        .collect();
    assert!(diagnose(&[drift]).rank_rhat > 1.2);
    // Without a variance (Cauchy), the ranks still work.
    let cauchy: Vec<Vec<f64>> = (0..4)
        .map(|_| {
            (0..2000)
                .map(|_| (std::f64::consts::PI * (rng.uniform() - 0.5)).tan())
                .collect()
        })
        .collect();
    assert!(diagnose(&cauchy).converged());
}

#[test]
fn chains_that_show_nothing_are_refused() {
    let (still, short, nan) = ([1.0; 40], [1.0, 2.0, 3.0], [f64::NAN; 40]);
    for bad in [&[][..], &[&still[..], &still], &[&short], &[&nan]] {
        let found = ChainDiagnostics::new(bad);
        assert!(matches!(found, Err(Error::Domain { .. })), "{found:?}");
    }
}
