//! The cubic spline through equidistant values with given slopes at the ends, by the tridiagonal system of its
//! second derivatives.
//!
//! Source: C. de Boor, A Practical Guide to Splines, chapter IV ("complete" spline interpolation).

/// A complete cubic spline on equidistant knots.
#[derive(Clone, Debug)]
pub struct Complete {
    low: f64,
    step: f64,
    values: Vec<f64>,
    curvatures: Vec<f64>,
}

impl Complete {
    /// Through `f` at the ends of `intervals` equal intervals of `[low, high]`, with the slopes `ends` there.
    #[must_use]
    pub fn through(
        f: impl Fn(f64) -> f64,
        ends: [f64; 2],
        [low, high]: [f64; 2],
        intervals: usize,
    ) -> Self {
        let step = (high - low) / intervals as f64;
        let values: Vec<f64> = (0..=intervals).map(|k| f(low + k as f64 * step)).collect();
        let slope = |k: usize| (values[k + 1] - values[k]) / step;
        let jump = |k: usize| match k {
            0 => slope(0) - ends[0],
            _ if k == intervals => ends[1] - slope(k - 1),
            _ => slope(k) - slope(k - 1),
        };
        // (h/6)(m_{k−1} + 4 m_k + m_{k+1}) = right side, with half of the diagonal at the ends; Gauss–Seidel
        // at least halves the error in every sweep.
        let mut m = vec![0.0; intervals + 1];
        for _ in 0..80 {
            for k in 0..=intervals {
                let right_side = 6.0 * jump(k) / step;
                m[k] = match k {
                    0 => (right_side - m[1]) / 2.0,
                    _ if k == intervals => (right_side - m[k - 1]) / 2.0,
                    _ => (right_side - m[k - 1] - m[k + 1]) / 4.0,
                };
            }
        }
        Self {
            low,
            step,
            values,
            curvatures: m,
        }
    }

    /// The value at `x`.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        let place = (x - self.low) / self.step;
        let k = (place.max(0.0) as usize).min(self.values.len() - 2);
        let b = place - k as f64;
        let a = 1.0 - b;
        let bend = (a * a * a - a) * self.curvatures[k] + (b * b * b - b) * self.curvatures[k + 1];
        a * self.values[k] + b * self.values[k + 1] + bend * self.step * self.step / 6.0
    }
}
