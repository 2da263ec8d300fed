//! `softplus-not-relu`: which function stands between the layers.
//!
//! The slide gives no numbers. Decider: networks of the talk's kind that differ in that function only, eight seeds each, on the same
//! 300 phase shifts of the models A and C, for 4000 epochs: longer training helps all; median |ΔE| of fresh levels, compared seed by seed
//! with Wilcoxon's signed ranks.

use fieldassay::Result;
use fieldassay::inverse::{LevelPredictor, judge};
use fieldassay::nn::Activation;
use fieldassay::report::{Figure, Plot};
use fieldassay::scattering::FormFactor;
use fieldassay::verdict::{Evidence, Verdict, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::rediscovery::{Network, fresh, is_sound, learned, median, smooth};

const SEEDS: u64 = 8;
const TAUGHT: [FormFactor; 2] = [FormFactor::Monopole, FormFactor::Gaussian];

/// Two activations.
type Pair = [Activation; 2];

/// The claim.
pub fn claim() -> Claim {
    let better = |pair: Pair, words: &'static str| {
        (pair, Alteration::new(words, [pair[1], pair[0]]))
    };
    let (softplus, swapped) =
        better([Activation::Softplus, Activation::Relu], "softplus, ReLU → ReLU, softplus");
    let (silu, other) = better([Activation::Silu, Activation::Softplus], "SiLU, softplus → softplus, SiLU");
    Claim::new(
        "softplus-not-relu",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Network\"",
        "SoftPlus Not ReLU",
        vec![
            Statement::says(
                "as printed",
                "Networks with softplus name levels of fresh phase shifts of A and C better than networks with ReLU.",
                "signed ranks of eight seeds that chance gives in more than 5 of 100 cases",
            )
            .decided_by(Verdict::Supported, is_better, softplus, swapped),
            Statement::says(
                "nor softplus",
                "Networks with SiLU, x/(1 + e⁻ˣ), are better still.",
                "signed ranks of eight seeds that chance gives in more than 5 of 100 cases",
            )
            .decided_by(Verdict::Supported, is_better, silu, other),
        ],
    )
    .with_figures(figures)
}

/// The median |ΔE| of A and C of the network with that activation and seed, in MeV.
fn error(context: &Context<'_>, activation: Activation, seed: u64) -> Result<f64> {
    let network = learned(context, Network::Small { activation, seed })?;
    let numbers = context.once(&format!("{activation} {seed}"), || {
        let mut levels = Vec::new();
        for model in TAUGHT {
            let fresh = fresh(context, model)?;
            let named = network.levels(&fresh.phases)?;
            levels.extend(smooth(&judge(&fresh.data, &fresh.phases, &named)?));
        }
        Ok(vec![median(&levels)])
    })?;
    Ok(numbers[0])
}

/// The chance of signed ranks as high as these, or higher, where neither of a pair is better: all signs are gone through.
fn signed_rank_chance(gains: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..gains.len()).collect();
    order.sort_by(|&i, &j| gains[i].abs().total_cmp(&gains[j].abs()));
    let mut ranks = vec![0; gains.len()];
    order.iter().enumerate().for_each(|(rank, &i)| ranks[i] = rank + 1);
    let found: usize = ranks.iter().zip(gains).filter(|(_, gain)| **gain > 0.0).map(|(r, _)| r).sum();
    let signs = 1_usize << gains.len();
    let of = |signs: usize| -> usize {
        ranks.iter().enumerate().filter(|(i, _)| signs >> i & 1 == 1).map(|(_, r)| r).sum()
    };
    (0..signs).filter(|&other| of(other) >= found).count() as f64 / signs as f64
}

fn is_better(context: &Context<'_>, pair: &Pair) -> Result<Finding> {
    let [own, other] = pair;
    let mut gains = Vec::new();
    let mut evidence = Evidence::new();
    let (mut sums, mut words) = ([0.0; 2], Vec::new());
    for seed in 1..=SEEDS {
        for &activation in pair {
            let network = Network::Small { activation, seed };
            let check = is_sound(context, network, &format!("{activation}, seed {seed}"), &TAUGHT)?;
            evidence.push(check);
        }
        let both = [error(context, *own, seed)?, error(context, *other, seed)?];
        gains.push((both[1] / both[0]).ln());
        words.push(format!("{:.2}/{:.2}", both[0], both[1]));
        sums.iter_mut().zip(both).for_each(|(sum, error)| *sum += error);
    }
    let chance = signed_rank_chance(&gains);
    evidence.push(fact(
        format!("{own} is better than {other}: chance below 5 %"),
        chance < 0.05,
        format!("chance {chance:.4}; medians {} MeV", words.join(", ")),
    ));
    let headline = Headline {
        quantity: format!("median |ΔE| with {other} over that with {own}"),
        claimed: 1.0,
        value: sums[1] / sums[0],
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let mut plot = Plot::new("Networks that differ in the function between layers")
        .x_label("seed")
        .y_label("median |ΔE| of A and C (MeV)");
    for activation in [Activation::Softplus, Activation::Relu, Activation::Silu] {
        let points: Result<Vec<_>> =
            (1..=SEEDS).map(|seed| Ok((seed as f64, error(context, activation, seed)?))).collect();
        plot = plot.points(activation.to_string(), points?);
    }
    let caption = "101 inputs, two layers of 64, trained on 300 phase shifts of each model; fresh phase shifts.";
    Ok(vec![plot.render("heft-activations", caption)?])
}
