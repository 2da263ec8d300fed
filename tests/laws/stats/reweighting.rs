//! Reweighting of Gaussians, `E = x²/2`: `⟨E⟩ = 1/2β`, `⟨x⁴⟩ = 3/β²`, `Z ∝ β^{−½}`; pulls, and the printed iteration.

use fieldassay::Error;
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Rng;
use fieldassay::stats::{MultiHistogram, Run, pull, reweighted};
use fieldassay_reference::reweighting as witness;

use super::SEED;
use super::gamma_method::{ar1, assert_standard};

/// `x` of `p ∝ e^{−βx²/2}` with `ρ_x(t) = φ^t`, so that `ρ_E(t) = φ^{2t}`.
fn chain(rng: &mut Rng, beta: f64, phi: f64, steps: usize) -> Vec<f64> {
    let mut x = ar1(rng, phi, steps);
    x.iter_mut().for_each(|x| *x /= beta.sqrt());
    x
}

fn energies(x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| 0.5 * x * x).collect()
}

#[test]
fn pulls_of_one_reweighted_run_are_standard_normal() {
    let mut rng = SEED.stream("reweighting/one");
    let (from, to) = (1.0, 1.3);
    let one = |_| {
        let energy = energies(&chain(&mut rng, from, 0.6, 6000));
        let ln_w: Vec<f64> = energy.iter().map(|e| (from - to) * e).collect();
        let found = reweighted(&energy, &ln_w, 30).expect("weights");
        assert!(!found.ess_is_floor);
        pull(&found.estimate, 0.5 / to).expect("an error")
    };
    let pulls: Vec<f64> = (0..600).map(one).collect();
    assert_standard("one run", &pulls);
}

#[test]
fn pulls_of_several_reweighted_runs_are_standard_normal() {
    // ρ_E = φ^{2t} with φ = 0.6: τ_int = (1 + 0.36)/2(1 − 0.36).
    let tau_int = 1.36 / 1.28;
    let mut rng = SEED.stream("reweighting/several");
    let mut pulls: [Vec<f64>; 3] = Default::default();
    for _ in 0..500 {
        let x = [(0.7, 1200), (1.0, 800), (1.6, 1000)]
            .map(|(beta, n)| (beta, chain(&mut rng, beta, 0.6, n)));
        let e = x.each_ref().map(|(_, x)| energies(x));
        let fourth = x
            .each_ref()
            .map(|(_, x)| x.iter().map(|x| x.powi(4)).collect::<Vec<f64>>());
        let run = |k: usize| Run {
            beta: x[k].0,
            energy: &e[k],
            tau_int,
        };
        let several = MultiHistogram::new(&[run(0), run(1), run(2)], 40).expect("overlap");
        assert!(several.converged());
        let mean = |beta: f64, o: &[Vec<f64>; 3]| {
            let found = several.mean(beta, &[&o[0], &o[1], &o[2]]).expect("weights");
            assert!(!found.ess_is_floor);
            found.estimate
        };
        pulls[0].push(pull(&mean(1.25, &e), 0.5 / 1.25).expect("an error"));
        pulls[1].push(pull(&mean(0.85, &fourth), 3.0 / (0.85 * 0.85)).expect("an error"));
        let ln_z = several.ln_z(1.6).expect("finite");
        pulls[2].push(pull(&ln_z, 0.5 * (0.7_f64 / 1.6).ln()).expect("an error"));
    }
    for (name, pulls) in ["⟨E⟩", "⟨x⁴⟩", "ln Z"].into_iter().zip(&pulls) {
        assert_standard(name, pulls);
    }
}

#[test]
fn free_energies_solve_the_printed_iteration() {
    let mut rng = SEED.stream("reweighting/witness");
    let runs: Vec<witness::Run> = [(0.6, 150, 0.5), (1.0, 220, 1.2), (1.9, 90, 0.8)]
        .into_iter()
        .map(|(beta, n, tau)| (beta, energies(&chain(&mut rng, beta, 0.5, n)), tau))
        .collect();
    let ours: Vec<Run> = runs
        .iter()
        .map(|(beta, energy, tau_int)| Run {
            beta: *beta,
            energy,
            tau_int: *tau_int,
        })
        .collect();
    let several = MultiHistogram::new(&ours, 5).expect("overlap");
    let z = witness::partition_functions(&runs, 4000);
    let mut worst =
        Worst::new(Tol::rel(1e-11).because("4000 substitutions have settled to rounding"));
    let zero = witness::sum(&runs, &z, 0.6, |_, _| 1.0);
    for beta in [0.6, 0.75, 1.0, 1.4, 1.9, 2.5] {
        let norm = witness::sum(&runs, &z, beta, |_, _| 1.0);
        let ln_z = several.ln_z(beta).expect("finite").value();
        worst.see(1.0 + ln_z, 1.0 + (norm / zero).ln(), || {
            format!("ln Z, β = {beta}")
        });
        let energy = witness::sum(&runs, &z, beta, |k, i| runs[k].1[i]) / norm;
        let columns: Vec<&[f64]> = runs.iter().map(|run| run.1.as_slice()).collect();
        let found = several
            .mean(beta, &columns)
            .expect("weights")
            .estimate
            .value();
        worst.see(found, energy, || format!("⟨E⟩, β = {beta}"));
    }
    println!("{}", worst.summary());
    worst.assert_at_least(12);
}

#[test]
fn an_extensive_action_does_not_hide_the_overlap() {
    // 2000 sites and a constant of 1e5: free energies differ by thousands, neighbours overlap by half. Six comparisons
    // at 5σ: 3e-6.
    let (sites, shift) = (2000, 1e5);
    let mut rng = SEED.stream("reweighting/extensive");
    let betas = [1.03, 1.0, 1.06];
    let energy = betas.map(|beta: f64| -> Vec<f64> {
        let mut site = || rng.normal().powi(2) / (2.0 * beta);
        (0..300)
            .map(|_| shift + (0..sites).map(|_| site()).sum::<f64>())
            .collect()
    });
    let run = |k: usize| Run {
        beta: betas[k],
        energy: &energy[k],
        tau_int: 0.5,
    };
    let several = MultiHistogram::new(&[run(0), run(1), run(2)], 20).expect("overlap");
    assert!(several.converged());
    let columns = energy.each_ref().map(Vec::as_slice);
    let half = 0.5 * f64::from(sites);
    for beta in [1.0, 1.015, 1.06] {
        let ln_z = several.ln_z(beta).expect("finite");
        let exact = half * (1.03 / beta).ln() - (beta - 1.03) * shift;
        let mean = several.mean(beta, &columns).expect("weights").estimate;
        println!("β = {beta}: {ln_z} against {exact}, ⟨E⟩ = {mean}");
        assert!((ln_z.value() - exact).abs() <= 5.0 * ln_z.error() && ln_z.error() < 0.5);
        assert!((mean.value() - shift - half / beta).abs() <= 5.0 * mean.error());
        assert!(mean.error() < 5.0);
    }
}

#[test]
fn one_run_alone_is_the_simple_formula() {
    let mut rng = SEED.stream("reweighting/alone");
    let energy = energies(&chain(&mut rng, 1.0, 0.0, 1000));
    let run = Run {
        beta: 1.0,
        energy: &energy,
        tau_int: 0.5,
    };
    let several = MultiHistogram::new(&[run], 50).expect("one run");
    let ln_w: Vec<f64> = energy.iter().map(|e| -0.2 * e).collect();
    let simple = reweighted(&energy, &ln_w, 20).expect("weights");
    let found = several.mean(1.2, &[&energy]).expect("weights");
    assert!((found.estimate.value() / simple.estimate.value() - 1.0).abs() < 1e-13);
    assert!((found.estimate.error() / simple.estimate.error() - 1.0).abs() < 1e-9);
    assert!((found.ess / simple.ess - 1.0).abs() < 1e-12);
}

#[test]
fn reweighting_without_overlap_is_flagged_or_refused() {
    let mut rng = SEED.stream("reweighting/apart");
    let energy = energies(&chain(&mut rng, 1.0, 0.0, 500));
    let ln_w: Vec<f64> = energy.iter().map(|e| 20.0 * e).collect();
    assert!(
        reweighted(&energy, &ln_w, 10)
            .expect("weights")
            .ess_is_floor
    );
    let (low, high) = ([1.0, 1.1, 0.9, 1.0], [2001.0, 2000.0, 1999.0, 2000.0]);
    let run = |beta, energy| Run {
        beta,
        energy,
        tau_int: 0.5,
    };
    let apart = MultiHistogram::new(&[run(5.0, &low), run(1.0, &high)], 2);
    assert!(
        !matches!(&apart, Ok(found) if found.converged()),
        "{apart:?}"
    );
    for bad in [
        MultiHistogram::new(&[], 4),
        MultiHistogram::new(&[run(1.0, &low)], 1),
        MultiHistogram::new(&[run(1.0, &low)], 5),
        MultiHistogram::new(&[run(f64::NAN, &low)], 2),
        MultiHistogram::new(
            &[Run {
                tau_int: 0.0,
                ..run(1.0, &low)
            }],
            2,
        ),
    ] {
        assert!(matches!(bad, Err(Error::Domain { .. })), "{bad:?}");
    }
    let mismatch = reweighted(&energy, &ln_w[1..], 10);
    assert!(matches!(mismatch, Err(Error::ShapeMismatch { .. })));
    let one = MultiHistogram::new(&[run(1.0, &low)], 2).expect("one run");
    assert!(matches!(
        one.mean(1.0, &[&high[1..]]),
        Err(Error::ShapeMismatch { .. })
    ));
}
