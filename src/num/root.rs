//! The zero of a function between two poles.

/// A function at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Its value.
    pub value: f64,
    /// Its derivative.
    pub slope: f64,
}

/// Where the zero is: `f < 0` from `low` to it, `f > 0` from it to `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bracket {
    /// The lower end, where `f` is not evaluated.
    pub low: f64,
    /// The upper end, where `f` is not evaluated.
    pub high: f64,
    /// Whether `f` has a simple pole at the lower and at the upper end.
    pub poles: [bool; 2],
    /// Limits at both ends of `f` times the distances to its poles, where they are known; NaN for an unknown slope.
    pub ends: [Option<Sample>; 2],
}

/// The zero is enclosed to this part of it.
const CLOSED: f64 = 16.0 * f64::EPSILON;
/// Slopes of a smooth function agree so far with that between the points, as inverses.
const AGREES: f64 = 0.25;
/// Steps before interpolation gives way to bisection, which needs about 60.
const INTERPOLATED: usize = 60;

/// The zero of `f`, enclosed from both sides by points whose slopes agree on it.
///
/// Inverse Hermite interpolation of `f` times the distances to its poles through the last two points while its steps
/// contract, else bisection. Each step goes beyond the zero by what the second slope has moved it, so that the next two points
/// enclose it; that is also what has to become small. Where slopes and chord disagree, a bracket has to.
///
/// ```
/// use fieldassay::num::{Bracket, Sample, rising_zero};
/// let f = |x: f64| Ok::<_, fieldassay::Error>(Sample { value: x * x - 2.0, slope: 2.0 * x });
/// assert!((rising_zero(Bracket::new(0.0, 2.0), f)? - 2.0_f64.sqrt()).abs() < 1e-15);
/// # Ok::<(), fieldassay::Error>(())
/// ```
///
/// # Errors    those of `f`; NaN if a value is.
/// # Accuracy  16 ulp of the zero, or of where the rounding of `f` puts it; for a kink next to the zero that changes the slope
/// by less than 5/3, that part of the last step.
pub fn rising_zero<E>(
    bracket: Bracket,
    mut f: impl FnMut(f64) -> Result<Sample, E>,
) -> Result<f64, E> {
    let (mut low, mut high) = bracket.points();
    let middle = |low: Point, high: Point| 0.5 * (low.x + high.x);
    let mut next = low.start(high);
    let mut last: Option<Point> = None;
    for step in 0.. {
        if !(next > low.x && next < high.x) {
            next = middle(low, high);
        }
        let closed = CLOSED * next.abs();
        if next <= low.x || next >= high.x || high.x - low.x <= closed {
            break;
        }
        let sample = f(next)?;
        if sample.value == 0.0 {
            return Ok(next);
        }
        if sample.value.is_nan() {
            return Ok(f64::NAN);
        }
        // The side by `f` itself: its product with two short distances may underflow.
        let point = bracket.tame(next, sample);
        let (opposite, encloses) = if sample.value < 0.0 {
            low = point;
            (high, last.is_some_and(|last| last.x == high.x))
        } else {
            high = point;
            (low, last.is_some_and(|last| last.x == low.x))
        };
        let Interpolated {
            zero,
            moved,
            smooth,
        } = point.interpolated(last.unwrap_or(opposite));
        if encloses && smooth && moved <= closed && zero >= low.x && zero <= high.x {
            return Ok(zero);
        }
        let stride = zero - next;
        let before = last.map_or(f64::INFINITY, |last| (next - last.x).abs());
        last = Some(point);
        next = if !(stride.abs() < 0.5 * before.max(closed)) || step >= INTERPOLATED {
            middle(low, high)
        } else {
            let beyond = if moved.is_finite() { moved } else { 0.0 };
            let beyond = beyond.clamp(0.25 * closed, (0.25 * stride.abs()).max(0.25 * closed));
            zero + beyond.copysign(opposite.x - next)
        };
    }
    let zero = low.chord(high);
    Ok(if zero >= low.x && zero <= high.x {
        zero
    } else {
        middle(low, high)
    })
}

/// A zero between two points.
struct Interpolated {
    zero: f64,
    /// How far the slope at the other point has moved it; ∞ without.
    moved: f64,
    /// Whether both slopes are that of the chord, nearly.
    smooth: bool,
}

/// A point of the tamed function.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    value: f64,
    /// `dx/df`; NaN where it is not known.
    inverse_slope: f64,
}

impl Point {
    const fn new(x: f64, f: Sample) -> Self {
        Self {
            x,
            value: f.value,
            inverse_slope: 1.0 / f.slope,
        }
    }

    /// Where the line through two points is zero; NaN if a value is infinite.
    fn chord(self, other: Self) -> f64 {
        self.x - self.value * (other.x - self.x) / (other.value - self.value)
    }

    /// Where the polynomial `x(f)` through this point and another, and with their slopes, is at `f = 0`.
    fn interpolated(self, other: Self) -> Interpolated {
        let without = |zero: f64| Interpolated {
            zero,
            moved: f64::INFINITY,
            smooth: false,
        };
        if !(self.inverse_slope > 0.0) {
            return without(f64::NAN);
        }
        let newton = self.x - self.value * self.inverse_slope;
        let difference = self.value - other.value;
        if !difference.is_finite() {
            return without(newton);
        }
        let over = 1.0 / difference;
        let chord = (self.x - other.x) * over;
        let bend = (self.inverse_slope - chord) * over;
        let quadratic = newton + self.value * self.value * bend;
        if !(other.inverse_slope > 0.0) {
            return without(quadratic);
        }
        let other_bend = (chord - other.inverse_slope) * over;
        let moved = self.value * self.value * other.value * (bend - other_bend) * over;
        let agrees = |inverse_slope: f64| (inverse_slope - chord).abs() <= AGREES * chord;
        Interpolated {
            zero: quadratic - moved,
            moved: moved.abs(),
            smooth: agrees(self.inverse_slope) && agrees(other.inverse_slope),
        }
    }

    /// Where the parabola through two points, with the mean curvature between their slopes, is zero; without slopes, the chord.
    fn start(self, other: Self) -> f64 {
        let (width, rise) = (other.x - self.x, other.value - self.value);
        let curvature = 0.5 * width * (1.0 / other.inverse_slope - 1.0 / self.inverse_slope);
        if !curvature.is_finite() {
            return self.chord(other);
        }
        // In t from 0 to 1: value + rise·t − curvature·t(1 − t).
        let linear = rise - curvature;
        let root = (linear * linear - 4.0 * curvature * self.value).sqrt();
        let part = if linear > 0.0 {
            -2.0 * self.value / (linear + root)
        } else {
            (root - linear) / (2.0 * curvature)
        };
        self.x + part * width
    }
}

impl Bracket {
    /// Nothing known but the ends.
    #[must_use]
    pub const fn new(low: f64, high: f64) -> Self {
        Self {
            low,
            high,
            poles: [false; 2],
            ends: [None; 2],
        }
    }

    fn points(&self) -> (Point, Point) {
        let unknown = |value: f64| Sample {
            value,
            slope: f64::NAN,
        };
        let [low, high] = self.ends;
        let low = low.unwrap_or(unknown(f64::NEG_INFINITY));
        let high = high.unwrap_or(unknown(f64::INFINITY));
        (Point::new(self.low, low), Point::new(self.high, high))
    }

    /// `f` times the distances to its poles.
    fn tame(&self, x: f64, f: Sample) -> Point {
        let Sample {
            mut value,
            mut slope,
        } = f;
        if self.poles[0] {
            slope = slope * (x - self.low) + value;
            value *= x - self.low;
        }
        if self.poles[1] {
            slope = slope * (self.high - x) - value;
            value *= self.high - x;
        }
        Point::new(x, Sample { value, slope })
    }
}
