//! `u1-hmc-freezing`: hybrid Monte Carlo of U(1) in two dimensions stops changing its topological charge as β grows.
//!
//! The slide shows a figure of arXiv:2003.06413. Decider: trajectories of unit length, ten leapfrog steps, on 16² sites, from
//! configurations that heat baths and instanton hits have brought to equilibrium; `⟨Q²⟩` and the plaquette of a single sector from
//! `reference::u1_torus`.

use fieldassay::Result;
use fieldassay::action::U1TwoD;
use fieldassay::density::{Kernel, Observable, Target};
use fieldassay::lattice::{Circle, Field};
use fieldassay::observable::{Plaquette, TopologicalCharge};
use fieldassay::report::{Figure, Plot};
use fieldassay::sampler::{HeatBath, Hmc, InstantonHit, Integrator, Sequence, Trajectory};
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Evidence, Verdict, check, fact};
use fieldassay_reference::u1_torus::Torus;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::lattice_runs::{Length, chain_means, jackknife, steps};

const EXTENT: usize = 16;
const FALSE_FAIL: f64 = 1e-7;
const CHAINS: usize = 64;

/// What follows a trajectory.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sampler {
    /// Nothing.
    Hmc,
    /// An instanton hit.
    WithHits,
}

/// Whose plaquette a frozen run is said to have.
#[derive(Clone, Copy, Debug)]
enum Sectors {
    /// That of `Q = 0` alone.
    One,
    /// That of the whole torus.
    All,
}

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "u1-hmc-freezing",
        "Akio Tomiya, 格子QCDとその周辺における機械学習の活用, undated (announces a school of \
         2024-09): section \"Flow based algorithm\", slide \"U(1) gauge theory in 2 dimension\"",
        "U(1) gauge theory in 2 dimension. Topological charge is well sampled! (figure) HMC freezes",
        vec![
            Statement::says(
                "as printed",
                "The autocorrelation time of Q under hybrid Monte Carlo grows exponentially from β = 3 to 6, by a factor \
                 between e^{1.2} and e^{2.2} a unit of β.",
                "another rate of growth",
            )
            .decided_by(
                Verdict::Supported,
                freezes,
                Sampler::Hmc,
                Alteration::of_size("an instanton hit after every trajectory", Sampler::WithHits, 1.4),
            ),
            Statement::says(
                "a frozen run",
                "At β = 7 on 8² sites a run from a cold start stays at Q = 0 and has the plaquette of that sector alone.",
                "another plaquette",
            )
            .decided_by(
                Verdict::Supported,
                has_the_plaquette,
                Sectors::One,
                // 2π²⟨Q²⟩/V² between them, to first order.
                Alteration::of_size("the plaquette of Q = 0 → of all sectors", Sectors::All, 1.25e-3),
            ),
        ],
    )
    .with_figures(figures)
}

const COLD_BETA: f64 = 7.0;
const COLD_EXTENT: usize = 8;

fn torus(extent: usize, beta: f64) -> Torus {
    Torus::new((extent * extent) as u32, beta)
}

fn trajectory() -> Result<Trajectory> {
    Trajectory::new(Integrator::Leapfrog, 0.1, 10)
}

/// `ln τ` of the charge, in trajectories, from `⟨(Q_{t+k} − Q_t)²⟩ = 2⟨Q²⟩(1 − e^{−k/τ})`.
fn ln_tau(context: &Context<'_>, beta: f64, sampler: Sampler) -> Result<Estimate> {
    // A fraction of τ at each β, so that the exponential is neither flat nor gone.
    let lag = match sampler {
        Sampler::Hmc => 1 << (2 * (beta as usize) - 5).min(7),
        Sampler::WithHits => 1,
    };
    let length = match sampler {
        Sampler::Hmc => context.tier().pick(300, 3000, 30_000),
        Sampler::WithHits => context.tier().pick(50, 500, 5000),
    };
    let label = format!("{sampler:?} {beta}");
    let numbers = context.once(&label, || {
        let action = U1TwoD::new(&[EXTENT, EXTENT], beta)?;
        let hit = || InstantonHit::new(&action, action.lattice());
        let mut r = context.chains(&label, CHAINS);
        let mut q = action.neutral(CHAINS);
        let mut thermal = Sequence(vec![
            Box::new(HeatBath::new(&action, 1)?) as Box<dyn Kernel<Circle>>,
            Box::new(hit()?),
        ]);
        steps(context, &mut r, &mut q, &mut thermal, 60)?;
        let mut kernels: Vec<Box<dyn Kernel<Circle>>> = vec![Box::new(Hmc::new(&action, trajectory()?)?)];
        if sampler == Sampler::WithHits {
            kernels.push(Box::new(hit()?));
        }
        let mut sampler = Sequence(kernels);
        let mut charges: Vec<Vec<f64>> = Vec::with_capacity(length + 1);
        let mut look = |q: &Field<Circle>| {
            let mut now = vec![0.0; CHAINS];
            TopologicalCharge.measure(q, &mut now);
            charges.push(now);
        };
        look(&q);
        for _ in 0..length {
            steps(context, &mut r, &mut q, &mut sampler, 1)?;
            look(&q);
        }
        let pairs = || charges.iter().zip(&charges[lag..]);
        let count = pairs().count() as f64;
        let mut means = vec![[0.0]; CHAINS];
        for (before, after) in pairs() {
            for (mean, (before, after)) in means.iter_mut().zip(before.iter().zip(after)) {
                mean[0] += (after - before).powi(2) / count;
            }
        }
        let q2 = torus(EXTENT, beta).q2().to_f64();
        let estimate = jackknife(&means, |mean| {
            let kept = 1.0 - mean[0] / (2.0 * q2);
            (lag as f64 / -kept.max(1e-3).ln()).ln()
        })?;
        Ok(vec![estimate.value(), estimate.error()])
    })?;
    Estimate::new(numbers[0], numbers[1], Some(CHAINS as f64))
}

const BETAS: [f64; 4] = [3.0, 4.0, 5.0, 6.0];

fn freezes(context: &Context<'_>, sampler: &Sampler) -> Result<Finding> {
    const RESOLVES: f64 = 0.8;
    // A least-squares line; the number of tunnellings, and with it the precision, falls with β.
    let weights = BETAS.map(|beta| (3.0 - beta).exp());
    let mean = weights.iter().zip(BETAS).map(|(w, beta)| w * beta).sum::<f64>() / weights.iter().sum::<f64>();
    let spread = weights.iter().zip(BETAS).map(|(w, beta)| w * (beta - mean).powi(2)).sum::<f64>();
    let mut slope = Estimate::new(0.0, 0.0, None)?;
    for (weight, beta) in weights.into_iter().zip(BETAS) {
        let share = weight * (beta - mean) / spread;
        slope = slope.minus(&ln_tau(context, beta, *sampler)?.scaled(-share));
    }
    let bound = |name: &str| {
        check(format!("d ln τ(Q)/dβ from 3 to 6, {name}"), slope).false_fail(FALSE_FAIL).resolves(RESOLVES)
    };
    let evidence = Evidence::from_iter([
        bound("from below").at_least().against(1.2),
        bound("from above").at_most().against(2.2),
    ]);
    let headline = Headline {
        quantity: "d ln τ(Q)/dβ of hybrid Monte Carlo on 16² sites (1.2 to 2.2)".into(),
        claimed: 1.7,
        value: slope.value(),
        error: slope.error(),
    };
    Ok(Finding::new(evidence, headline))
}

fn has_the_plaquette(context: &Context<'_>, sectors: &Sectors) -> Result<Finding> {
    const COLD_CHAINS: usize = 192;
    const RESOLVES: f64 = 1e-3;
    /// Longer runs would find their way to other sectors.
    const MEASUREMENTS: usize = 900;
    let numbers = context.once("cold", || {
        let action = U1TwoD::new(&[COLD_EXTENT, COLD_EXTENT], COLD_BETA)?;
        let mut hmc = Hmc::new(&action, trajectory()?)?;
        let mut r = context.chains("cold", COLD_CHAINS);
        let mut q = action.neutral(COLD_CHAINS);
        // Far from equilibrium only short steps conserve energy well enough to be accepted.
        let mut gentle = Hmc::new(&action, Trajectory::new(Integrator::Leapfrog, 0.03, 20)?)?;
        steps(context, &mut r, &mut q, &mut gentle, 60)?;
        let length = Length { warm_up: 30, measurements: MEASUREMENTS, every: 1 };
        let (mut plaquette, mut charge) = (vec![0.0; COLD_CHAINS], vec![0.0; COLD_CHAINS]);
        let means = chain_means(context, &mut r, &mut q, &mut hmc, length, |q, now: &mut [[f64; 2]]| {
            Plaquette.measure(q, &mut plaquette);
            TopologicalCharge.measure(q, &mut charge);
            for (chain, now) in now.iter_mut().enumerate() {
                // The plaquette where Q = 0, and how often that is.
                let at_zero = f64::from(u8::from(charge[chain] == 0.0));
                *now = [plaquette[chain] * at_zero, at_zero];
            }
        })?;
        let mean = jackknife(&means, |x| x[0] / x[1])?;
        let share = means.iter().map(|x| x[1]).sum::<f64>() / COLD_CHAINS as f64;
        Ok(vec![mean.value(), mean.error(), share])
    })?;
    let measured = Estimate::new(numbers[0], numbers[1], Some(COLD_CHAINS as f64))?;
    let torus = torus(COLD_EXTENT, COLD_BETA);
    let truth = match sectors {
        Sectors::One => torus.sectors(&[0])[0].plaquette.to_f64(),
        Sectors::All => torus.plaquette().to_f64(),
    };
    let evidence = Evidence::from_iter([
        check("plaquette of a cold start at β = 7 while Q = 0", measured)
            .false_fail(FALSE_FAIL)
            .resolves(RESOLVES)
            .against(truth),
        fact(
            "more than 85 of 100 configurations have Q = 0, where equilibrium has 75",
            numbers[2] > 0.85,
            format!("{:.3} of them", numbers[2]),
        ),
    ]);
    let headline = Headline {
        quantity: "plaquette of 8² at β = 7 from a cold start".into(),
        claimed: truth,
        value: measured.value(),
        error: measured.error(),
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let mut plot = Plot::new("Autocorrelation of the charge, U(1) on 16² sites")
        .x_label("β")
        .y_label("τ(Q) in trajectories")
        .y_log();
    for (name, sampler) in [("hybrid Monte Carlo", Sampler::Hmc), ("with instanton hits", Sampler::WithHits)] {
        let points: Result<Vec<_>> = BETAS
            .into_iter()
            .map(|beta| {
                let ln = ln_tau(context, beta, sampler)?;
                Ok((beta, ln.value().exp(), ln.value().exp() * ln.error()))
            })
            .collect();
        plot = plot.error_bars(name, points?);
    }
    let figure = plot.render("u1-freezing", "Trajectories of unit length, ten steps.")?;
    Ok(vec![figure])
}
