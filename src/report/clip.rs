//! Curves cut to the plotted window, and broken at NaN and at poles.

use super::figure::Point;

/// The window of a plot, in drawn coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub x: (f64, f64),
    pub y: (f64, f64),
}

impl Window {
    /// Whether a point is inside, edges included; NaN is outside.
    pub fn contains(&self, (x, y): Point) -> bool {
        (self.x.0..=self.x.1).contains(&x) && (self.y.0..=self.y.1).contains(&y)
    }

    /// The visible pieces of a curve.
    ///
    /// A step from below the window to above it, or back, is a pole and is not drawn.
    pub fn pieces(&self, curve: &[Point]) -> Vec<Vec<Point>> {
        let mut pieces: Vec<Vec<Point>> = Vec::new();
        for pair in curve.windows(2) {
            let Some((from, to)) = self.visible(pair[0], pair[1]) else {
                continue;
            };
            match pieces.last_mut() {
                Some(piece) if piece.last() == Some(&from) => piece.push(to),
                _ => pieces.push(vec![from, to]),
            }
        }
        pieces
    }

    /// The part of the step from `a` to `b` inside the window (Liang and Barsky).
    fn visible(&self, a: Point, b: Point) -> Option<(Point, Point)> {
        if a.1.is_nan() || b.1.is_nan() || self.is_pole(a.1, b.1) {
            return None;
        }
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let edges = [
            (-dx, a.0 - self.x.0),
            (dx, self.x.1 - a.0),
            (-dy, a.1 - self.y.0),
            (dy, self.y.1 - a.1),
        ];
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        for (outward, room) in edges {
            if outward == 0.0 && room < 0.0 {
                return None;
            }
            if outward < 0.0 {
                enter = enter.max(room / outward);
            } else if outward > 0.0 {
                leave = leave.min(room / outward);
            }
        }
        // Uncut ends keep their bits, so that consecutive steps join into one piece.
        let at = |t: f64| (t.mul_add(dx, a.0), t.mul_add(dy, a.1));
        let from = if enter == 0.0 { a } else { at(enter) };
        let to = if leave == 1.0 { b } else { at(leave) };
        (enter <= leave).then_some((from, to))
    }

    fn is_pole(&self, a: f64, b: f64) -> bool {
        let (low, high) = self.y;
        a.min(b) < low && a.max(b) > high
    }
}
