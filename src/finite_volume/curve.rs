//! A curve through a table: cubic Hermite pieces that invent no wiggle, and how they depend on each entry.
//!
//! The slope at a knot is that of the polynomial through the five nearest knots (fourth order), then limited:
//! where the table is monotone, to `[0, 3 min(|Δ₋|, |Δ₊|)]` in its direction, so that the curve is monotone
//! too; at a turn of the table, to `3 min(|Δ₋|, |Δ₊|)` in size. Source: J. M. Hyman, SIAM J. Sci. Stat.
//! Comput. 4 (1983) 645; F. N. Fritsch, R. E. Carlson, SIAM J. Numer. Anal. 17 (1980) 238.
//!
//! Laws: `tests/laws/luscher/curve.rs` (knots, cubics, order, monotony, sensitivities).

use crate::error::{Error, Result};

/// Knots of the polynomial that gives a slope.
const STENCIL: usize = 5;

/// A curve through points, with its dependence on each of them.
///
/// ```
/// use fieldassay::finite_volume::Curve;
/// let x: Vec<f64> = (0..20).map(|i| 0.1 * f64::from(i)).collect();
/// let curve = Curve::new(x.clone(), x.iter().map(|x| x.powi(3)).collect())?;
/// assert!((curve.value(1.234) - 1.234_f64.powi(3)).abs() < 1e-13);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Curve {
    x: Vec<f64>,
    y: Vec<f64>,
    slopes: Vec<Slope>,
}

/// A slope, linear in a few entries of the table.
#[derive(Clone, Debug)]
struct Slope {
    value: f64,
    /// `(entry, ∂slope/∂y)`.
    parts: Vec<(usize, f64)>,
}

/// The piece that holds a point: its knot, its length, and where in it the point lies, in `[0, 1]`.
struct Piece {
    i: usize,
    h: f64,
    t: f64,
}

impl Curve {
    /// The curve through `(x_i, y_i)`.
    ///
    /// # Shapes  `x`, `y`: `(n,)`, n ≥ 2, `x` ascending.
    /// # Errors  `Error::ShapeMismatch` for other lengths; `Error::Domain` unless all are finite and `x` ascends.
    pub fn new(x: Vec<f64>, y: Vec<f64>) -> Result<Self> {
        if x.len() != y.len() || x.len() < 2 {
            return Err(Error::ShapeMismatch {
                op: "Curve::new",
                lhs: vec![x.len()],
                rhs: vec![y.len()],
            });
        }
        if let Some(i) = (1..x.len()).find(|&i| !(x[i] > x[i - 1])) {
            return Err(Error::Domain {
                what: "abscissa",
                value: x[i],
                expected: format!("more than the one before, {:?}", x[i - 1]),
            });
        }
        if let Some(bad) = x.iter().chain(&y).find(|v| !v.is_finite()) {
            return Err(Error::Domain {
                what: "point of a curve",
                value: *bad,
                expected: "finite numbers".to_owned(),
            });
        }
        let slopes = (0..x.len()).map(|i| Slope::at(i, &x, &y)).collect();
        Ok(Self { x, y, slopes })
    }

    /// The knots.
    #[must_use]
    pub fn knots(&self) -> &[f64] {
        &self.x
    }

    /// The value at `x`; outside the table, that of the end.
    #[must_use]
    pub fn value(&self, x: f64) -> f64 {
        let Piece { i, h, t } = self.piece(x);
        let [a, b, c, d] = hermite(t);
        let inner =
            b * self.y[i + 1] + h * (c * self.slopes[i].value + d * self.slopes[i + 1].value);
        a.mul_add(self.y[i], inner)
    }

    /// The derivative at `x`.
    #[must_use]
    pub fn derivative(&self, x: f64) -> f64 {
        let Piece { i, h, t } = self.piece(x);
        let rise = (self.y[i + 1] - self.y[i]) / h;
        let (m0, m1) = (self.slopes[i].value, self.slopes[i + 1].value);
        6.0 * t * (1.0 - t) * rise + (1.0 - t) * (1.0 - 3.0 * t) * m0 + t * (3.0 * t - 2.0) * m1
    }

    /// `(i, ∂value/∂y_i)` at `x` for the entries that it depends on.
    #[must_use]
    pub fn sensitivity(&self, x: f64) -> Vec<(usize, f64)> {
        let Piece { i, h, t } = self.piece(x);
        let [a, b, c, d] = hermite(t);
        let mut sum = std::collections::BTreeMap::from([(i, a), (i + 1, b)]);
        for (slope, weight) in [(&self.slopes[i], h * c), (&self.slopes[i + 1], h * d)] {
            for (entry, part) in &slope.parts {
                *sum.entry(*entry).or_insert(0.0) += weight * part;
            }
        }
        sum.into_iter().collect()
    }

    fn piece(&self, x: f64) -> Piece {
        let last = self.x.len() - 2;
        let i = self
            .x
            .partition_point(|knot| *knot <= x)
            .saturating_sub(1)
            .min(last);
        let h = self.x[i + 1] - self.x[i];
        let t = ((x - self.x[i]) / h).clamp(0.0, 1.0);
        Piece { i, h, t }
    }
}

/// The four cubics: values at both ends, slopes at both ends.
fn hermite(t: f64) -> [f64; 4] {
    let s = 1.0 - t;
    [
        s * s * (1.0 + 2.0 * t),
        t * t * (3.0 - 2.0 * t),
        t * s * s,
        -t * t * s,
    ]
}

impl Slope {
    fn at(i: usize, x: &[f64], y: &[f64]) -> Self {
        let free = Self::of_polynomial(i, x, y);
        let chord = |j: usize| {
            let h = x[j + 1] - x[j];
            Self {
                value: (y[j + 1] - y[j]) / h,
                parts: vec![(j, -1.0 / h), (j + 1, 1.0 / h)],
            }
        };
        let before = i.checked_sub(1).map(chord);
        let after = (i + 1 < x.len()).then(|| chord(i));
        let (first, second) = match (before, after) {
            (Some(a), Some(b)) => (a, b),
            (Some(a), None) | (None, Some(a)) => (a.clone(), a),
            (None, None) => return free,
        };
        let flattest = if first.value.abs() <= second.value.abs() {
            &first
        } else {
            &second
        };
        let limit = 3.0 * flattest.value.abs();
        let monotone = first.value * second.value > 0.0;
        if limit == 0.0 || (monotone && free.value * first.value <= 0.0) {
            return Self {
                value: 0.0,
                parts: Vec::new(),
            };
        }
        if free.value.abs() <= limit {
            return free;
        }
        let sign = 3.0 * (free.value * flattest.value).signum();
        Self {
            value: sign * flattest.value,
            parts: flattest.parts.iter().map(|(j, w)| (*j, sign * w)).collect(),
        }
    }

    /// The slope at knot `i` of the polynomial through it and its neighbours.
    fn of_polynomial(i: usize, x: &[f64], y: &[f64]) -> Self {
        let count = STENCIL.min(x.len());
        let start = i.saturating_sub(count / 2).min(x.len() - count);
        let stencil = start..start + count;
        let mut parts = Vec::with_capacity(count);
        let mut own = 0.0;
        for j in stencil.clone().filter(|j| *j != i) {
            let others = || stencil.clone().filter(move |m| *m != j);
            let above: f64 = others().filter(|m| *m != i).map(|m| x[i] - x[m]).product();
            let below: f64 = others().map(|m| x[j] - x[m]).product();
            parts.push((j, above / below));
            own += 1.0 / (x[i] - x[j]);
        }
        parts.push((i, own));
        // Differences from the knot's own value: what is constant in the table cancels exactly.
        let value = parts.iter().map(|(j, w)| w * (y[*j] - y[i])).sum();
        Self { value, parts }
    }
}
