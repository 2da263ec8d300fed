//! `mlp-digits`: a network maps a 36-dimensional image of a digit to a 10-dimensional label.
//!
//! The images are ten glyphs of 6×6 pixels, drawn by the project, with a random brightness and noise in every pixel. So the
//! limit is known: decider is the Bayes rule with the brightness integrated out by quadrature
//! (`reference::classification`), which for a fixed brightness is the matched filter. Rule and
//! network are compared image by image, so that what they have in common is no noise of the difference.

use fieldassay::Result;
use fieldassay::num::Tol;
use fieldassay::report::{Figure, Plot};
use fieldassay::rng::Rng;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Evidence, Verdict, check, exact, fact};
use fieldassay_reference::classification::{Templates, largest};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::classifier::{Classifier, Labelled, Score, Training};

/// Rows of pixels, from the top; the glyphs of 6 and 8 differ in two of them, those of 8 and 9 in three.
const GLYPHS: [[&str; 6]; 10] = [
    [".####.", "#....#", "#....#", "#....#", "#....#", ".####."],
    ["..##..", ".###..", "..##..", "..##..", "..##..", ".####."],
    [".####.", "#....#", "....#.", "..##..", ".#....", "######"],
    ["#####.", ".....#", "..###.", ".....#", ".....#", "#####."],
    ["...##.", "..#.#.", ".#..#.", "######", "....#.", "....#."],
    ["######", "#.....", "#####.", ".....#", ".....#", "#####."],
    [".####.", "#.....", "#####.", "#....#", "#....#", ".####."],
    ["######", ".....#", "....#.", "...#..", "..#...", "..#..."],
    [".####.", "#....#", ".####.", "#....#", "#....#", ".####."],
    [".####.", "#....#", ".#####", ".....#", ".....#", ".####."],
];
const PIXELS: usize = 36;
const NOISE: f64 = 0.5;
const BRIGHTNESS: f64 = 0.15;
const TRAINING_IMAGES: usize = 50_000;
const TEST_IMAGES: usize = 10_000;
/// The accuracy that may be lost.
const WINDOW: f64 = 0.02;

/// The claim.
pub fn claim() -> Claim {
    let blinded = || {
        Alteration::of_size(
            "36 pixels → 30: the network does not see the last column",
            Recipe { blind: true, ..Recipe::PRINTED },
            BLINDED - WINDOW,
        )
    };
    Claim::new(
        "mlp-digits",
        "Akio Tomiya, 格子QCDとその周辺における機械学習の活用, undated (announces a school of 2024-09): slides \
         \"What is the neural networks?\"",
        "Example: Recognition of hand-written numbers (0-9). In this example, NN mimics image (36-dim vector) and \
         label (10-dim vector)",
        vec![
            Statement::says(
                "as printed",
                "A network with one hidden layer maps images of 36 noisy pixels to labels of the ten digits, and is \
                 right as often as the best possible rule up to 2 %.",
                "an accuracy more than 2 % below the Bayes rule's on 10 000 images",
            )
            .decided_by(Verdict::Supported, recognises, Recipe::PRINTED, blinded()),
            Statement::says(
                "label",
                "The 10 numbers that it returns are the probabilities of the digits.",
                "a mean divergence of 0.03 from the probabilities of the Bayes rule",
            )
            .decided_by(
                Verdict::Supported,
                answers_probabilities,
                Recipe::PRINTED,
                Alteration::new(
                    "labels → labels in random order",
                    Recipe { shuffled: true, ..Recipe::PRINTED },
                ),
            ),
            Statement::says(
                "without a hidden layer",
                "For these images an affine map and soft-max are enough: what is nearest to a template is \
                 found by ten scalar products.",
                "an accuracy more than 2 % below the Bayes rule's on 10 000 images",
            )
            .decided_by(
                Verdict::Supported,
                recognises,
                Recipe { hidden: None, ..Recipe::PRINTED },
                blinded(),
            ),
        ],
    )
    .with_figures(figures)
}

/// What a network loses that does not see the last column: 0.047 to 0.051 for four seeds.
const BLINDED: f64 = 0.05;

/// How a network is made.
#[derive(Clone, Copy, Debug)]
struct Recipe {
    hidden: Option<usize>,
    blind: bool,
    shuffled: bool,
}

impl Recipe {
    const PRINTED: Self = Self { hidden: Some(40), blind: false, shuffled: false };
}

fn templates() -> Vec<Vec<f64>> {
    let pixel = |byte: u8| f64::from(u8::from(byte == b'#'));
    GLYPHS.iter().map(|rows| rows.iter().flat_map(|row| row.bytes().map(pixel)).collect()).collect()
}

fn bayes(noise: f64, spread: f64) -> Templates {
    Templates { templates: templates(), noise, spread }
}

/// Images and their digits.
struct Images {
    pixels: Vec<Vec<f64>>,
    digits: Vec<usize>,
}

fn draw(count: usize, noise: f64, rng: &mut Rng) -> Images {
    let templates = templates();
    let digits: Vec<usize> = (0..count).map(|_| rng.below(10)).collect();
    let mut image = |&digit: &usize| -> Vec<f64> {
        let brightness = 1.0 + BRIGHTNESS * rng.normal();
        templates[digit].iter().map(|t| brightness * t + noise * rng.normal()).collect()
    };
    let pixels = digits.iter().map(&mut image).collect();
    Images { pixels, digits }
}

impl Images {
    /// All pixels, the last of each row set to zero if `blind`.
    fn seen(&self, blind: bool) -> Vec<f32> {
        let mut seen: Vec<f32> = self.pixels.iter().flatten().map(|&x| x as f32).collect();
        if blind {
            seen.chunks_exact_mut(6).for_each(|row| row[5] = 0.0);
        }
        seen
    }

    /// One for each right answer, else zero.
    fn right(&self, answer: impl Fn(usize) -> usize) -> Vec<f64> {
        let right = |(k, digit): (usize, &usize)| f64::from(u8::from(answer(k) == *digit));
        self.digits.iter().enumerate().map(right).collect()
    }
}

fn trained(context: &Context<'_>, recipe: &Recipe) -> Result<Classifier> {
    let mut rng = context.stream("training");
    let images = draw(TRAINING_IMAGES, NOISE, &mut rng);
    let mut labels = images.digits.clone();
    if recipe.shuffled {
        for last in (1..labels.len()).rev() {
            labels.swap(last, rng.below(last + 1));
        }
    }
    let data = Labelled { inputs: images.seen(recipe.blind), labels };
    let widths: Vec<usize> = [Some(PIXELS), recipe.hidden, Some(10)].into_iter().flatten().collect();
    let mut network = Classifier::new(&widths, &mut rng);
    let training = Training { score: Score::CrossEntropy, batch: 200, steps: 1500, rate: 5e-3 };
    network.train(&data, &training, &mut rng, context)?;
    Ok(network)
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn recognises(context: &Context<'_>, recipe: &Recipe) -> Result<Finding> {
    let network = trained(context, recipe)?;
    let images = draw(TEST_IMAGES, NOISE, &mut context.stream("test"));
    let answers = network.probabilities(&images.seen(recipe.blind))?;
    let rule = bayes(NOISE, BRIGHTNESS);
    let best = images.right(|k| largest(&rule.posterior(&images.pixels[k])));
    let found = images.right(|k| largest(&answers[k]));
    let lost: Vec<f64> = best.iter().zip(&found).map(|(best, found)| best - found).collect();
    // Where all images have the same brightness, the Bayes rule is the matched filter.
    let equal = bayes(NOISE, 1e-6);
    let differ = (images.pixels[..1000].iter())
        .filter(|image| largest(&equal.posterior(image)) != equal.matched(image))
        .count();
    let evidence = Evidence::from_iter([
        exact("images that Bayes rule and matched filter see apart", differ as f64, 0.0, Tol::EXACT),
        check("accuracy lost against the Bayes rule", Estimate::from_independent(&lost)?)
            .false_fail(1e-7)
            .resolves(0.025)
            .at_most()
            .against(WINDOW),
    ]);
    let headline = Headline {
        quantity: "accuracy of the network on 10 000 images (Bayes rule)".into(),
        claimed: mean(&best),
        value: mean(&found),
        error: Estimate::from_independent(&found)?.error(),
    };
    Ok(Finding::new(evidence, headline))
}

fn answers_probabilities(context: &Context<'_>, recipe: &Recipe) -> Result<Finding> {
    // Maximum likelihood costs half a parameter per image: 1890/100 000.
    const LIMIT: f64 = 0.03;
    let network = trained(context, recipe)?;
    let images = draw(TEST_IMAGES, NOISE, &mut context.stream("test"));
    let answers = network.probabilities(&images.seen(recipe.blind))?;
    let rule = bayes(NOISE, BRIGHTNESS);
    let apart = |(image, answer): (&Vec<f64>, &Vec<f64>)| -> f64 {
        let terms = rule.posterior(image).into_iter().zip(answer);
        terms.filter(|(p, _)| *p > 0.0).map(|(p, q)| p * (p / q).ln()).sum()
    };
    let each: Vec<f64> = images.pixels.iter().zip(&answers).map(apart).collect();
    let divergence = mean(&each);
    let sums = answers.iter().map(|q| (q.iter().sum::<f64>() - 1.0).abs());
    let evidence = Evidence::from_iter([
        exact("largest |Σ q − 1|", sums.fold(0.0, f64::max), 0.0, SINGLE),
        fact("mean divergence below 0.03", divergence < LIMIT, format!("{divergence:.4}")),
    ]);
    let headline = Headline {
        quantity: "mean divergence of the answers from the Bayes rule's probabilities".into(),
        claimed: 0.0,
        value: divergence,
        error: Estimate::from_independent(&each)?.error(),
    };
    Ok(Finding::new(evidence, headline))
}

const SINGLE: Tol = Tol::abs(2e-6).because("ten single-precision numbers");

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    Ok(vec![gallery(context)?, against_noise(context)?])
}

/// Bright pixels of ten glyphs, or of ten images, side by side with the lower edge at `bottom`.
fn pixels(images: &[Vec<f64>], bottom: f64) -> Vec<(f64, f64)> {
    let mut bright = Vec::new();
    for (place, image) in images.iter().enumerate() {
        for (k, _) in image.iter().enumerate().filter(|(_, x)| **x > 0.5) {
            bright.push(((8 * place + k % 6) as f64, bottom - (k / 6) as f64));
        }
    }
    bright
}

fn gallery(context: &Context<'_>) -> Result<Figure> {
    let mut rng = context.stream("gallery");
    let noisy: Vec<Vec<f64>> = (templates().iter())
        .map(|glyph| glyph.iter().map(|t| t + NOISE * rng.normal()).collect())
        .collect();
    Plot::new("The ten digits")
        .x_label("column")
        .y_label("row")
        .points("glyph", pixels(&templates(), 15.0))
        .points("one image of it: pixels above ½", pixels(&noisy, 6.0))
        .render("digits-glyphs", "Above the templates of 36 pixels, below one image of each with the noise of the test.")
}

fn against_noise(context: &Context<'_>) -> Result<Figure> {
    let network = trained(context, &Recipe::PRINTED)?;
    let mut rng = context.stream("noises");
    let mut curves = [Vec::new(), Vec::new(), Vec::new()];
    for noise in (2..=10).map(|k| 0.1 * f64::from(k)) {
        let images = draw(1000, noise, &mut rng);
        let answers = network.probabilities(&images.seen(false))?;
        let rule = bayes(noise, BRIGHTNESS);
        let all = [
            images.right(|k| largest(&answers[k])),
            images.right(|k| largest(&rule.posterior(&images.pixels[k]))),
            images.right(|k| rule.matched(&images.pixels[k])),
        ];
        for (curve, right) in curves.iter_mut().zip(all) {
            curve.push((noise, mean(&right)));
        }
    }
    let [network, bayes, matched] = curves;
    Plot::new("Accuracy on 1000 images, network trained at noise 0.5")
        .x_label("noise of a pixel")
        .y_label("accuracy")
        .points("network", network)
        .line("Bayes rule", vec![bayes])
        .line("matched filter", vec![matched])
        .render("digits-noise", "The network, trained at one noise, stays near the best possible rule at the others.")
}
