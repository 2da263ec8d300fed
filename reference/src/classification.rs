//! Classification where the truth is known: Gaussian blobs in the plane, and templates with noise.
//!
//! The Bayes rule answers with the class of the largest joint density; nothing errs less. Integrals
//! are plain sums over a grid or the trapezoid rule: the maximum of densities has kinks, so the error of a
//! grid of step `h` falls like `h²`, and callers halve the step to see it.

use std::f64::consts::TAU;

use crate::quadrature::line;

/// Round Gaussian blobs in the plane, as (weight, x, y, width).
#[derive(Clone, Debug)]
pub struct Blobs(pub Vec<[f64; 4]>);

impl Blobs {
    /// `P(class) p(point | class)` for each class.
    #[must_use]
    pub fn joint(&self, point: [f64; 2]) -> Vec<f64> {
        (self.0.iter())
            .map(|&[weight, x, y, width]| {
                let square = (point[0] - x).powi(2) + (point[1] - y).powi(2);
                weight * (-0.5 * square / (width * width)).exp() / (TAU * width * width)
            })
            .collect()
    }

    /// The points of a square grid of the given step on `[−cut, cut]²`.
    #[must_use]
    pub fn grid(cut: f64, step: f64) -> Vec<[f64; 2]> {
        let steps = (cut / step).round() as i64;
        let at = |k: i64| k as f64 * step;
        (-steps..=steps)
            .flat_map(|i| (-steps..=steps).map(move |j| [at(i), at(j)]))
            .collect()
    }

    /// The smallest possible error, `1 − ∫ max_k P(k) p(x|k) d²x`.
    #[must_use]
    pub fn bayes_error(&self, cut: f64, step: f64) -> f64 {
        let largest = |point: &[f64; 2]| self.joint(*point).into_iter().fold(0.0, f64::max);
        let right: f64 = Self::grid(cut, step).iter().map(largest).sum();
        1.0 - right * step * step
    }
}

/// Images `brightness · template + noise · N(0, 1)` per pixel, `brightness` from `N(1, spread²)`.
#[derive(Clone, Debug)]
pub struct Templates {
    /// One image for each class, all equally frequent.
    pub templates: Vec<Vec<f64>>,
    /// The standard deviation of a pixel.
    pub noise: f64,
    /// The standard deviation of the brightness; positive.
    pub spread: f64,
}

impl Templates {
    /// The probability of each class, given the image: the integral over its brightness by the
    /// trapezoid rule.
    #[must_use]
    pub fn posterior(&self, image: &[f64]) -> Vec<f64> {
        let own: f64 = image.iter().map(|x| x * x).sum();
        let logs: Vec<[f64; 2]> = (self.templates.iter())
            .map(|template| {
                let overlap: f64 = image.iter().zip(template).map(|(x, t)| x * t).sum();
                [overlap, template.iter().map(|t| t * t).sum()]
            })
            .collect();
        // The exponent is at most −(distance of the best match)²/2σ²; with it taken out nothing underflows.
        let distance =
            |b: f64, [overlap, square]: [f64; 2]| own - 2.0 * b * overlap + b * b * square;
        let least = (logs.iter())
            .map(|&log| distance(log[0] / log[1], log))
            .fold(f64::INFINITY, f64::min);
        let likelihood = |log: [f64; 2]| {
            let integrand = |z: f64| {
                let excess = distance(1.0 + self.spread * z, log) - least;
                (-0.5 * (excess / (self.noise * self.noise) + z * z)).exp()
            };
            line(integrand, 8.0, 0.25)
        };
        let likelihoods: Vec<f64> = logs.into_iter().map(likelihood).collect();
        let sum: f64 = likelihoods.iter().sum();
        likelihoods.into_iter().map(|l| l / sum).collect()
    }

    /// The template nearest to the image: the matched filter, which knows nothing of brightness.
    ///
    /// # Panics  without templates.
    #[must_use]
    pub fn matched(&self, image: &[f64]) -> usize {
        let square = |template: &Vec<f64>| -> f64 {
            image
                .iter()
                .zip(template)
                .map(|(x, t)| (x - t) * (x - t))
                .sum()
        };
        let distances: Vec<f64> = self.templates.iter().map(square).collect();
        let nearest = |a: &usize, b: &usize| distances[*a].total_cmp(&distances[*b]);
        (0..distances.len())
            .min_by(nearest)
            .expect("at least one template")
    }
}

/// The place of the largest number, the first of equal ones.
///
/// # Panics  if there is none.
#[must_use]
pub fn largest(x: &[f64]) -> usize {
    let larger = |best: usize, k: usize| if x[k] > x[best] { k } else { best };
    (0..x.len()).reduce(larger).expect("at least one number")
}
