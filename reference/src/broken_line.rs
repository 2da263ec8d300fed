//! Broken lines on an interval: values, kinks, exact distances, and good ones with few kinks.
//!
//! What a network of one input and ReLU units computes is a broken line. [`sawtooth`] is known in closed
//! form; [`fewest_kinks_error`] searches all broken lines on a lattice of vertices.

/// Vertices `(x, y)` by ascending `x`; straight between them.
#[derive(Clone, Debug)]
pub struct BrokenLine(pub Vec<(f64, f64)>);

impl BrokenLine {
    /// The value at `x` between the first and the last vertex.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        let right = self
            .0
            .iter()
            .position(|v| v.0 >= x)
            .unwrap_or(self.0.len() - 1)
            .max(1);
        let ((x0, y0), (x1, y1)) = (self.0[right - 1], self.0[right]);
        y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    }

    /// How often the slope changes by more than `least`.
    #[must_use]
    pub fn kinks(&self, least: f64) -> usize {
        let slope = |w: &[(f64, f64)]| (w[1].1 - w[0].1) / (w[1].0 - w[0].0);
        let slopes: Vec<f64> = self.0.windows(2).map(slope).collect();
        slopes
            .windows(2)
            .filter(|s| (s[1] - s[0]).abs() > least)
            .count()
    }
}

/// `∫|a − b|` over the interval of both, exactly but for rounding: straight pieces, cut where they cross.
#[must_use]
pub fn l1_distance(a: &BrokenLine, b: &BrokenLine) -> f64 {
    let mut cuts: Vec<f64> = a.0.iter().chain(&b.0).map(|v| v.0).collect();
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    // Both lines are walked along with the cuts.
    let (mut i, mut j) = (1, 1);
    let mut sum = 0.0;
    for cut in cuts.windows(2) {
        while i + 1 < a.0.len() && a.0[i].0 < cut[1] {
            i += 1;
        }
        while j + 1 < b.0.len() && b.0[j].0 < cut[1] {
            j += 1;
        }
        let gap = |x: f64| on(a.0[i - 1], a.0[i], x) - on(b.0[j - 1], b.0[j], x);
        sum += area(cut[1] - cut[0], gap(cut[0]), gap(cut[1]));
    }
    sum
}

fn on((x0, y0): (f64, f64), (x1, y1): (f64, f64), x: f64) -> f64 {
    y0 + (y1 - y0) * (x - x0) / (x1 - x0)
}

/// `∫|g|` over `width` for a straight `g` from `left` to `right`.
fn area(width: f64, left: f64, right: f64) -> f64 {
    if left * right >= 0.0 {
        return 0.5 * width * (left.abs() + right.abs());
    }
    0.5 * width * (left * left + right * right) / (left.abs() + right.abs())
}

/// `2^{n−1}` teeth of height one on `[0, 1]`: the distance of `2^{n−1}x` from the nearest integer, doubled.
#[must_use]
pub fn sawtooth(n: u32, x: f64) -> f64 {
    let z = x * 2f64.powi(n as i32 - 1);
    2.0 * (z - z.round()).abs()
}

/// [`sawtooth`] as a broken line.
#[must_use]
pub fn sawtooth_line(n: u32) -> BrokenLine {
    let pieces = 1_u32 << n;
    BrokenLine(
        (0..=pieces)
            .map(|k| (f64::from(k) / f64::from(pieces), f64::from(k % 2)))
            .collect(),
    )
}

/// The smallest `∫|line − sawtooth(n)|` for 0, 1, …, `most` kinks, vertices on a lattice: `x` at every
/// half piece, `y` at `−½, −¼, …, 3/2`. By dynamic programming over (vertex, kinks so far), so it is the
/// optimum on the lattice and not below the optimum over all lines.
#[must_use]
pub fn fewest_kinks_error(n: u32, most: usize) -> Vec<f64> {
    const HEIGHTS: usize = 9;
    let columns = (2_usize << n) + 1;
    let x = |i: usize| i as f64 / (columns - 1) as f64;
    let y = |a: usize| 0.25 * a as f64 - 0.5;
    let states = columns * HEIGHTS;
    let cost = |from: usize, to: usize| {
        segment_error(n, [from, to].map(|s| (x(s / HEIGHTS), y(s % HEIGHTS))))
    };
    let mut best: Vec<f64> = (0..states)
        .map(|s| {
            if s < HEIGHTS {
                f64::INFINITY
            } else {
                least((0..HEIGHTS).map(|f| cost(f, s)))
            }
        })
        .collect();
    let at_end = |best: &[f64]| least(best[states - HEIGHTS..].iter().copied());
    let mut errors = vec![at_end(&best)];
    let table: Vec<Vec<f64>> = (0..states)
        .map(|to| {
            (0..to / HEIGHTS * HEIGHTS)
                .map(|from| cost(from, to))
                .collect()
        })
        .collect();
    for _ in 0..most {
        let next = |to: usize| least(table[to].iter().zip(&best).map(|(c, b)| c + b));
        // No kink is needed where the line is kept.
        best = (0..states).map(|to| next(to).min(best[to])).collect();
        errors.push(at_end(&best));
    }
    errors
}

fn least(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::INFINITY, f64::min)
}

/// `∫|straight line − sawtooth|` between two vertices on the lattice of half pieces.
fn segment_error(n: u32, [start, end]: [(f64, f64); 2]) -> f64 {
    let step = 0.5 / f64::from(1_u32 << n);
    let cells = ((end.0 - start.0) / step).round() as usize;
    let gap = |k: usize| {
        let x = start.0 + step * k as f64;
        on(start, end, x) - sawtooth(n, x)
    };
    (0..cells).map(|k| area(step, gap(k), gap(k + 1))).sum()
}
