//! `classification-training`: a network with soft-max, trained on cross entropy, classifies.
//!
//! Three Gaussian blobs of unequal width, so that the best boundaries are circles. Decider: densities and the error
//! of the Bayes rule by quadrature (`reference::classification`). The trained network is put on the same
//! grid, so that its error, its divergence from the true probabilities and its calibration
//! are integrals, without the noise of a test set; one test set is drawn as well.

use fieldassay::Result;
use fieldassay::num::Tol;
use fieldassay::report::{Figure, Plot};
use fieldassay::rng::Rng;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Check, Evidence, Verdict, check, exact, fact};
use fieldassay_reference::classification::{Blobs, largest};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::classifier::{Classifier, Labelled, Score, Training};

/// Weight, mean and width of the three classes.
const BLOBS: [[f64; 4]; 3] = [
    [0.4, -0.5, 0.0, 0.5],
    [0.3, 0.7, 0.4, 0.9],
    [0.3, 0.3, -1.2, 1.6],
];
/// Beyond it lies 1e-5 of the widest blob.
const CUT: f64 = 8.0;
const STEP: f64 = 0.08;
const TRAINING_POINTS: usize = 40_000;
const TEST_POINTS: usize = 20_000;
const BINS: usize = 15;
const FALSE_FAIL: f64 = 1e-7;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "classification-training",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Loss function of Classification Problem\"",
        "Loss function of Classification Problem. Softmax activation: exp(z_i)/Σ_j exp(z_j). Probability \
         summation = 1. Cross Entropy: H(p, q) = − Σ_x p(x) log q(x)",
        vec![
            Statement::says(
                "as printed",
                "A network with soft-max, trained on cross entropy with labelled points only, errs as seldom as \
                 the Bayes rule that knows the densities.",
                "an error above the Bayes rule's by more than 3σ of a test of 20 000 points",
            )
            .decided_by(
                Verdict::Supported,
                errs_as_bayes,
                Recipe::PRINTED,
                Alteration::of_size(
                    "two layers → one affine layer, whose boundaries are straight",
                    Recipe { hidden: None, ..Recipe::PRINTED },
                    STRAIGHT,
                ),
            ),
            Statement::says(
                "probabilities",
                "Its answers are the probabilities of the classes: calibrated, and close to the true ones.",
                "an expected calibration error of 0.02 or a mean divergence of 0.01",
            )
            .decided_by(
                Verdict::Supported,
                answers_probabilities,
                Recipe::PRINTED,
                Alteration::new(
                    "−log q → −q: cross entropy without its logarithm",
                    Recipe { score: Score::WithoutLogarithm, ..Recipe::PRINTED },
                ),
            ),
            Statement::says(
                "squared error",
                "The mean square of q − y of the same soft-max network ends at the same probabilities: here it is not the \
                 logarithm that is needed, but a loss whose mean is least at the truth.",
                "an expected calibration error of 0.02 or a mean divergence of 0.01",
            )
            .decided_by(
                Verdict::Supported,
                answers_probabilities,
                Recipe { score: Score::Square, ..Recipe::PRINTED },
                Alteration::new(
                    "labels → labels of which the second and third class are exchanged in one of five points",
                    Recipe { score: Score::Square, exchanged: 0.2, ..Recipe::PRINTED },
                ),
            ),
        ],
    )
    .with_figures(figures)
}

/// What straight boundaries lose, by quadrature for the trained affine network: 0.0544.
const STRAIGHT: f64 = 0.055;

/// How a network is made.
#[derive(Clone, Copy, Debug)]
struct Recipe {
    score: Score,
    hidden: Option<usize>,
    /// The fraction of the second and third class with exchanged labels.
    exchanged: f64,
}

impl Recipe {
    const PRINTED: Self = Self { score: Score::CrossEntropy, hidden: Some(24), exchanged: 0.0 };
}

/// Draws from the blobs.
fn draw(points: usize, rng: &mut Rng) -> Labelled {
    let mut data = Labelled::default();
    for _ in 0..points {
        let u = rng.uniform();
        let below = |upto: usize| BLOBS[..upto].iter().map(|blob| blob[0]).sum::<f64>();
        let class = usize::from(u >= below(1)) + usize::from(u >= below(2));
        let [_, x, y, width] = BLOBS[class];
        data.inputs.push((x + width * rng.normal()) as f32);
        data.inputs.push((y + width * rng.normal()) as f32);
        data.labels.push(class);
    }
    data
}

fn trained(context: &Context<'_>, recipe: &Recipe) -> Result<Classifier> {
    let mut rng = context.stream("training");
    let mut data = draw(TRAINING_POINTS, &mut rng);
    for label in data.labels.iter_mut().filter(|label| **label > 0) {
        if rng.uniform() < recipe.exchanged {
            *label = 3 - *label;
        }
    }
    let widths: Vec<usize> = [Some(2), recipe.hidden, Some(3)].into_iter().flatten().collect();
    let mut network = Classifier::new(&widths, &mut rng);
    let training = Training { score: recipe.score, batch: 250, steps: 3000, rate: 0.02 };
    network.train(&data, &training, &mut rng, context)?;
    Ok(network)
}

/// A point of the grid: its share of each class, and what the network says.
struct Place {
    joint: Vec<f64>,
    answer: Vec<f64>,
}

fn places(network: &Classifier, step: f64) -> Result<Vec<Place>> {
    let blobs = Blobs(BLOBS.to_vec());
    let grid = Blobs::grid(CUT, step);
    let inputs: Vec<f32> = grid.iter().flatten().map(|&x| x as f32).collect();
    let answers = network.probabilities(&inputs)?;
    let place = |(&point, answer)| Place {
        joint: blobs.joint(point).into_iter().map(|p| p * step * step).collect(),
        answer,
    };
    Ok(grid.iter().zip(answers).map(place).collect())
}

/// The probability that the network errs.
fn error(places: &[Place]) -> f64 {
    1.0 - places.iter().map(|place| place.joint[largest(&place.answer)]).sum::<f64>()
}

/// The mean of `Σ_k p_k ln(p_k/q_k)` with the true probabilities `p`: what cross entropy lies above its least value.
fn divergence(places: &[Place]) -> f64 {
    let at = |place: &Place| {
        let sum: f64 = place.joint.iter().sum();
        let terms = place.joint.iter().zip(&place.answer);
        terms.filter(|(p, _)| **p > 0.0).map(|(p, q)| p * (p / sum / q).ln()).sum::<f64>()
    };
    places.iter().map(at).sum()
}

/// Of each bin of confidence: its share, and the sums of confidence and of right answers over it.
fn calibration(places: &[Place]) -> [[f64; 3]; BINS] {
    let mut bins = [[0.0; 3]; BINS];
    for Place { joint, answer } in places {
        let class = largest(answer);
        let share: f64 = joint.iter().sum();
        let bin = ((answer[class] * BINS as f64) as usize).min(BINS - 1);
        for (sum, term) in bins[bin].iter_mut().zip([share, share * answer[class], joint[class]]) {
            *sum += term;
        }
    }
    bins
}

/// Expected calibration error: the mean distance between confidence and the rate of right answers.
fn calibration_error(places: &[Place]) -> f64 {
    calibration(places).iter().map(|[_, confidence, right]| (confidence - right).abs()).sum()
}

/// Three standard errors of the error rate of the Bayes rule on the test set.
fn three_sigma(bayes: f64) -> f64 {
    3.0 * (bayes * (1.0 - bayes) / TEST_POINTS as f64).sqrt()
}

fn below(name: &str, value: f64, limit: f64) -> Check {
    fact(format!("{name} below {limit:.4}"), value < limit, format!("{value:.5}"))
}

fn errs_as_bayes(context: &Context<'_>, recipe: &Recipe) -> Result<Finding> {
    const GRID: Tol = Tol::abs(3e-4).because("kinks of the maximum at a step of 0.08; a thirtieth of 3σ");
    let blobs = Blobs(BLOBS.to_vec());
    let bayes = blobs.bayes_error(CUT, 0.5 * STEP);
    let network = trained(context, recipe)?;
    let exactly = error(&places(&network, STEP)?);
    let test = draw(TEST_POINTS, &mut context.stream("test"));
    let answers = network.probabilities(&test.inputs)?;
    let wrong = answers.iter().zip(&test.labels).map(|(q, label)| largest(q) != *label);
    let wrong: Vec<f64> = wrong.map(|wrong| f64::from(u8::from(wrong))).collect();
    let rate = Estimate::from_independent(&wrong)?;
    let evidence = Evidence::from_iter([
        exact("Bayes error at twice the step", blobs.bayes_error(CUT, STEP), bayes, GRID),
        below("error over the Bayes error, by quadrature", exactly - bayes, three_sigma(bayes)),
        check("error on a test set of 20 000 points", rate)
            .false_fail(FALSE_FAIL)
            .resolves(3e-2)
            .against(bayes),
    ]);
    let headline = Headline {
        quantity: "error of the network, by quadrature".into(),
        claimed: bayes,
        value: exactly,
        error: 3e-4,
    };
    Ok(Finding::new(evidence, headline))
}

fn answers_probabilities(context: &Context<'_>, recipe: &Recipe) -> Result<Finding> {
    let bayes = Blobs(BLOBS.to_vec()).bayes_error(CUT, 0.5 * STEP);
    let places = places(&trained(context, recipe)?, STEP)?;
    let calibration_error = calibration_error(&places);
    let evidence = Evidence::from_iter([
        below("expected calibration error in 15 bins", calibration_error, 0.02),
        below("mean divergence of the answers from the truth", divergence(&places), 0.01),
        below("error over the Bayes error", error(&places) - bayes, three_sigma(bayes)),
    ]);
    let headline = Headline {
        quantity: "expected calibration error".into(),
        claimed: 0.0,
        value: calibration_error,
        error: 3e-4,
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let curve = |score| -> Result<Vec<(f64, f64)>> {
        let network = trained(context, &Recipe { score, ..Recipe::PRINTED })?;
        let bins = calibration(&places(&network, STEP)?);
        let seen = bins.into_iter().filter(|[share, ..]| *share > 1e-4);
        Ok(seen.map(|[share, confidence, right]| (confidence / share, right / share)).collect())
    };
    let figure = Plot::new("Three Gaussian blobs: is the answer a probability?")
        .x_label("probability that the network gives its answer")
        .y_label("rate at which it is right")
        .line("equal", vec![vec![(0.3, 0.3), (1.0, 1.0)]])
        .points("cross entropy", curve(Score::CrossEntropy)?)
        .points("without its logarithm", curve(Score::WithoutLogarithm)?)
        .render(
            "classification-calibration",
            "Trained on cross entropy the network is right as often as it says; without the logarithm it is always sure.",
        )?;
    Ok(vec![figure])
}
