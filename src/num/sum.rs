//! Neumaier's compensated summation: error independent of the number of terms to first order.

/// A running sum that carries the rounding error of every addition.
///
/// # Accuracy  `|error| ≤ 2ε|Σx| + O(nε²)Σ|x|`.
/// # Source    A. Neumaier, Z. Angew. Math. Mech. 54 (1974) 39, algorithm IV.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompensatedSum {
    sum: f64,
    carry: f64,
}

impl CompensatedSum {
    /// The empty sum.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            sum: 0.0,
            carry: 0.0,
        }
    }

    /// Adds one term.
    pub fn add(&mut self, x: f64) {
        let t = self.sum + x;
        self.carry += if self.sum.abs() >= x.abs() {
            (self.sum - t) + x
        } else {
            (x - t) + self.sum
        };
        self.sum = t;
    }

    /// The sum of the terms added so far.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.sum + self.carry
    }
}

impl Extend<f64> for CompensatedSum {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, iter: I) {
        for x in iter {
            self.add(x);
        }
    }
}

/// The compensated sum of `terms`.
#[must_use]
pub fn compensated_sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let mut sum = CompensatedSum::new();
    sum.extend(terms);
    sum.value()
}
