//! `critical-slowing`: local updates slow down at the critical point; clusters do not.
//!
//! Decider: `τ_int` of `M²` of Ising's model at `β_c` by the library's Γ-method over 64 chains, on 8² and 16² sites (16² and 32² in longer
//! runs), in sweeps; a sweep of Wolff's algorithm is as many clusters as turn every site once. The exponents are expected near 2.17 and
//! between 0.2 and 0.3.

use fieldassay::Result;
use fieldassay::action::Ising;
use fieldassay::density::{Aux, Info, Kernel, Observable, Target};
use fieldassay::lattice::Spin;
use fieldassay::observable::SquaredMagnetisation;
use fieldassay::report::{Figure, Plot};
use fieldassay::sampler::{Metropolis, Wolff};
use fieldassay::stats::{Estimate, GammaMethod, Histories};
use fieldassay::verdict::{Evidence, Verdict, check};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement, interrupted};

/// How spins are turned.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Update {
    /// One by one.
    Local,
    /// In clusters.
    Cluster,
}

/// An algorithm, and the range of its exponent.
#[derive(Clone, Copy, Debug)]
struct Exponent {
    update: Update,
    range: [f64; 2],
}

const CHAINS: usize = 64;

/// The claim.
pub fn claim() -> Claim {
    // 1.9 to 2.4, with 0.2 for corrections to scaling on small lattices.
    const LOCAL: [f64; 2] = [1.7, 2.6];
    const CLUSTER: [f64; 2] = [-0.3, 0.6];
    Claim::new(
        "critical-slowing",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Generative Models\", slide \"Markov-Chain MC: Revisiting\"",
        "Shortcomings: Local update, low-efficiency; Critical Slowing Down [U. Wolff, Nucl. Phys. B 17, 93 (1990)]. \
         Need global update (proposal)!",
        vec![
            Statement::says(
                "local updates",
                "At β_c the autocorrelation time of M² under Metropolis sweeps grows like L^z with z about 2.",
                "an exponent outside 1.7 to 2.6",
            )
            .decided_by(
                Verdict::Supported,
                has_the_exponent,
                Exponent { update: Update::Local, range: LOCAL },
                Alteration::of_size(
                    "Metropolis → Wolff's clusters",
                    Exponent { update: Update::Cluster, range: LOCAL },
                    1.8,
                ),
            ),
            Statement::says(
                "global updates",
                "Under Wolff's clusters z is below 0.6.",
                "an exponent above 0.6",
            )
            .decided_by(
                Verdict::Supported,
                has_the_exponent,
                Exponent { update: Update::Cluster, range: CLUSTER },
                Alteration::of_size(
                    "Wolff's clusters → Metropolis",
                    Exponent { update: Update::Local, range: CLUSTER },
                    1.8,
                ),
            ),
        ],
    )
    .with_figures(figures)
}

/// `τ_int` of `M²` at `β_c`, in sweeps.
fn tau(context: &Context<'_>, update: Update, extent: usize) -> Result<Estimate> {
    let label = format!("{update:?} {extent}");
    let numbers = context.once(&label, || {
        let model = Ising::new(&[extent, extent], Ising::critical_beta())?;
        let mut local = Metropolis::flips(&model);
        let mut cluster = Wolff::new(&model, 1)?;
        let mut q = model.neutral(CHAINS);
        let mut r = context.chains(&label, CHAINS);
        let sweeps = context.tier().pick(1, 8, 50);
        let length = sweeps
            * match update {
                Update::Local => extent.pow(2) * 9 + 400,
                Update::Cluster => 600,
            };
        let (mut aux, mut info) = (Aux::default(), Info::default());
        let mut histories: Vec<Vec<f64>> = vec![Vec::new(); CHAINS];
        let mut m2 = vec![0.0; CHAINS];
        let mut turned = 0;
        let warm_up = length / 8;
        for step in 0..warm_up + length {
            if context.interrupted() {
                return Err(interrupted());
            }
            match update {
                Update::Local => local.step(&mut q, &mut aux, &mut r, &mut info),
                Update::Cluster => cluster.step(&mut q, &mut aux, &mut r, &mut info),
            }
            if step < warm_up {
                continue;
            }
            turned += cluster.sizes().iter().sum::<usize>();
            Observable::<Spin>::measure(&SquaredMagnetisation, &q, &mut m2);
            histories.iter_mut().zip(&m2).for_each(|(history, m2)| history.push(*m2));
        }
        let replicas: Vec<&[f64]> = histories.iter().map(Vec::as_slice).collect();
        let analysis = GammaMethod::default().derived(&Histories::new(&[replicas])?, |x| x[0])?;
        // Sweeps a step: the share of the sites that a cluster turns.
        let sweep = match update {
            Update::Local => 1.0,
            Update::Cluster => turned as f64 / (length * CHAINS * extent * extent) as f64,
        };
        let tau = analysis.tau_int.scaled(sweep);
        Ok(vec![tau.value(), tau.error()])
    })?;
    Estimate::new(numbers[0], numbers[1], None)
}

fn extents(context: &Context<'_>) -> [usize; 2] {
    context.tier().pick([8, 16], [16, 32], [16, 32])
}

fn has_the_exponent(context: &Context<'_>, exponent: &Exponent) -> Result<Finding> {
    const RESOLVES: f64 = 0.8;
    let [small, large] = extents(context);
    let logarithm = |extent| -> Result<Estimate> {
        let tau = tau(context, exponent.update, extent)?;
        Estimate::new(tau.value().ln(), tau.error() / tau.value(), None)
    };
    let octaves = (large as f64 / small as f64).ln();
    let z = logarithm(large)?.minus(&logarithm(small)?).scaled(1.0 / octaves);
    let bound = |name: &str| {
        check(format!("z of {:?} from {small}² to {large}² sites, {name}", exponent.update), z)
            .false_fail(1e-7)
            .resolves(RESOLVES)
    };
    let [low, high] = exponent.range;
    let evidence = Evidence::from_iter([
        bound("from below").at_least().against(low),
        bound("from above").at_most().against(high),
    ]);
    let headline = Headline {
        quantity: format!("exponent z of τ(M²), {:?}", exponent.update),
        claimed: if exponent.update == Update::Local { 2.17 } else { 0.25 },
        value: z.value(),
        error: z.error(),
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let mut plot = Plot::new("Autocorrelation of M² at the critical point of Ising's model")
        .x_label("L")
        .y_label("τ(M²) in sweeps")
        .x_log()
        .y_log();
    for (name, update) in [("Metropolis", Update::Local), ("Wolff", Update::Cluster)] {
        let points: Result<Vec<_>> = extents(context)
            .into_iter()
            .map(|extent| {
                let tau = tau(context, update, extent)?;
                Ok((extent as f64, tau.value(), tau.error()))
            })
            .collect();
        plot = plot.error_bars(name, points?);
    }
    Ok(vec![plot.render("critical-slowing", "A sweep of clusters turns as many sites as the lattice has.")?])
}
