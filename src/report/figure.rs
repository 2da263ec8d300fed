//! Declarative plots that render to self-contained SVG, legible in light, in dark and on paper.

use serde::{Deserialize, Serialize};

use super::axis::Axis;
use super::{draw, svg};
use crate::error::{Error, Result};

/// A rendered figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Name within the page, used as anchor and file name.
    pub id: String,
    /// What is shown and what to look for, in a sentence.
    pub caption: String,
    /// The SVG element; its colours are CSS variables of the page with fallbacks.
    pub svg: String,
}

impl Figure {
    /// The figure as a file of its own: XML header, white ground, light colours.
    #[must_use]
    pub fn to_file(&self) -> String {
        let on_white = self
            .svg
            .replacen("<svg ", "<svg style=\"background:#fff\" ", 1);
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{on_white}\n")
    }
}

/// A point `(x, y)`.
pub type Point = (f64, f64);

/// What one row of the legend stands for.
#[derive(Clone, Debug)]
pub(super) enum Marks {
    /// Curves; each segment is drawn on its own, and NaN in `y` breaks a segment.
    Line(Vec<Vec<Point>>),
    /// Points with a marker, and with an error bar where the error is not zero.
    Points(Vec<(f64, f64, f64)>),
    /// Bars from zero (from the lower edge on a logarithmic axis): left, right, height.
    Bars(Vec<(f64, f64, f64)>),
    /// Full-height lines at these `x`.
    Vertical(Vec<f64>),
    /// Full-width lines at these `y`.
    Horizontal(Vec<f64>),
}

#[derive(Clone, Debug)]
pub(super) struct Series {
    pub label: String,
    pub marks: Marks,
}

impl Series {
    /// Rules are thin and grey; they take no colour of the palette.
    pub const fn is_rule(&self) -> bool {
        matches!(self.marks, Marks::Vertical(_) | Marks::Horizontal(_))
    }
}

/// A plot under construction.
///
/// ```
/// use fieldassay::report::Plot;
/// let point = |pole: f64, i: i32| (pole + f64::from(i) / 50.0, 50.0 / f64::from(i));
/// let curve = |pole: f64| (1..50).map(|i| point(pole, i)).collect();
/// let figure = Plot::new("Two branches")
///     .x_label("q²").y_label("y").y_range(0.0, 10.0)
///     .line("1/(q² − n)", vec![curve(0.0), curve(1.0)])
///     .vertical_rules("poles", [0.0, 1.0])
///     .render("branches", "The curve leaves the range at each pole and is broken there.")?;
/// assert!(figure.svg.contains("role=\"img\""));
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a plot shows nothing before `.render(…)`"]
pub struct Plot {
    pub(super) title: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) series: Vec<Series>,
}

/// Curves, points and bars that can be told apart without colour: one dash and one marker each.
pub(super) const STYLES: usize = 6;

impl Plot {
    /// An empty plot.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            x: Axis::default(),
            y: Axis::default(),
            series: Vec::new(),
        }
    }

    /// What runs along x, with its unit.
    pub fn x_label(mut self, label: impl Into<String>) -> Self {
        self.x.label = label.into();
        self
    }

    /// What runs along y, with its unit.
    pub fn y_label(mut self, label: impl Into<String>) -> Self {
        self.y.label = label.into();
        self
    }

    /// A logarithmic x axis; every x must be positive.
    pub const fn x_log(mut self) -> Self {
        self.x.log = true;
        self
    }

    /// A logarithmic y axis; every y must be positive.
    pub const fn y_log(mut self) -> Self {
        self.y.log = true;
        self
    }

    /// Shows `low..high` only; what lies outside is clipped.
    pub const fn x_range(mut self, low: f64, high: f64) -> Self {
        self.x.range = Some((low, high));
        self
    }

    /// Shows `low..high` only; curves are broken where they leave it, and where they jump from
    /// below to above it (a pole).
    pub const fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y.range = Some((low, high));
        self
    }

    /// A curve in segments; a NaN in `y` breaks a segment too.
    pub fn line(self, label: impl Into<String>, segments: Vec<Vec<Point>>) -> Self {
        self.with(label, Marks::Line(segments))
    }

    /// Points.
    pub fn points(self, label: impl Into<String>, points: impl IntoIterator<Item = Point>) -> Self {
        let points = points.into_iter().map(|(x, y)| (x, y, 0.0));
        self.with(label, Marks::Points(points.collect()))
    }

    /// Points `(x, y, error of y)`.
    pub fn error_bars(
        self,
        label: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64, f64)>,
    ) -> Self {
        self.with(label, Marks::Points(points.into_iter().collect()))
    }

    /// Bars `(left, right, height)`.
    pub fn bars(
        self,
        label: impl Into<String>,
        bars: impl IntoIterator<Item = (f64, f64, f64)>,
    ) -> Self {
        self.with(label, Marks::Bars(bars.into_iter().collect()))
    }

    /// Thin vertical lines (poles, thresholds); those outside the range are not drawn.
    pub fn vertical_rules(
        self,
        label: impl Into<String>,
        at: impl IntoIterator<Item = f64>,
    ) -> Self {
        self.with(label, Marks::Vertical(at.into_iter().collect()))
    }

    /// Thin horizontal lines (claimed values, bounds); those outside the range are not drawn.
    pub fn horizontal_rules(
        self,
        label: impl Into<String>,
        at: impl IntoIterator<Item = f64>,
    ) -> Self {
        self.with(label, Marks::Horizontal(at.into_iter().collect()))
    }

    /// Draws it; `caption` says what is shown and what to look for.
    ///
    /// # Errors  `Error::Argument` naming the figure and the series: an id that is no file name, an
    /// empty series, a number that is not finite (save NaN in the `y` of a curve), a value that a
    /// logarithmic axis does not take, an empty range, more series than can be told apart.
    pub fn render(&self, id: impl Into<String>, caption: impl Into<String>) -> Result<Figure> {
        let (id, caption) = (id.into(), caption.into());
        self.validate(&id)?;
        let drawing = draw::draw(self, &id)?;
        let svg = svg::finish(&drawing, &id, &self.title, &caption);
        Ok(Figure { id, caption, svg })
    }

    fn with(mut self, label: impl Into<String>, marks: Marks) -> Self {
        self.series.push(Series {
            label: label.into(),
            marks,
        });
        self
    }

    fn validate(&self, id: &str) -> Result<()> {
        let sound = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if id.is_empty() || !id.chars().all(sound) {
            let expected = "an id of ASCII letters, digits and hyphens";
            return Err(Error::argument("figure", format!("`{id}`"), expected));
        }
        let styled = self
            .series
            .iter()
            .filter(|series| !series.is_rule())
            .count();
        if styled == 0 || styled > STYLES {
            let found = format!("{styled} curves, point sets and bar sets");
            let expected = format!("1 to {STYLES}, which can be told apart without colour");
            return Err(Error::argument(format!("figure {id}"), found, expected));
        }
        self.series
            .iter()
            .try_for_each(|s| self.validate_series(id, s))
    }

    fn validate_series(&self, id: &str, series: &Series) -> Result<()> {
        let refuse = |found: String, expected: &str| {
            let field = format!("figure {id}, series \"{}\"", series.label);
            Err(Error::argument(field, found, expected))
        };
        let (xs, ys) = series.numbers();
        if xs.is_empty() && ys.is_empty() {
            return refuse("no point".to_owned(), "at least one point");
        }
        if let Some(bad) = series.bad_error() {
            return refuse(format!("error = {bad}"), "finite errors, zero or positive");
        }
        for (axis, name, values) in [(&self.x, "x", &xs), (&self.y, "y", &ys)] {
            if let Some(bad) = values.iter().find(|v| !v.is_finite()) {
                return refuse(format!("{name} = {bad}"), "finite numbers");
            }
            if let Some(bad) = values.iter().find(|v| axis.log && **v <= 0.0) {
                return refuse(
                    format!("{name} = {bad}"),
                    "positive numbers on a logarithmic axis",
                );
            }
        }
        Ok(())
    }
}

impl Series {
    /// Every x and every y, the breaks of curves left out.
    pub fn numbers(&self) -> (Vec<f64>, Vec<f64>) {
        match &self.marks {
            Marks::Line(segments) => {
                let points = segments.iter().flatten().filter(|(_, y)| !y.is_nan());
                points.copied().unzip()
            }
            Marks::Points(points) => points.iter().map(|&(x, y, _)| (x, y)).unzip(),
            Marks::Bars(bars) => (
                bars.iter()
                    .flat_map(|&(left, right, _)| [left, right])
                    .collect(),
                bars.iter().map(|&(_, _, height)| height).collect(),
            ),
            Marks::Vertical(xs) => (xs.clone(), Vec::new()),
            Marks::Horizontal(ys) => (Vec::new(), ys.clone()),
        }
    }

    /// What y should show besides [`Series::numbers`]: the ends of error bars, the foot of bars.
    pub fn reach(&self) -> Vec<f64> {
        match &self.marks {
            Marks::Points(points) => points
                .iter()
                .flat_map(|&(_, y, e)| [y - e, y + e])
                .collect(),
            Marks::Bars(_) => vec![0.0],
            Marks::Line(_) | Marks::Vertical(_) | Marks::Horizontal(_) => Vec::new(),
        }
    }

    fn bad_error(&self) -> Option<f64> {
        let Marks::Points(points) = &self.marks else {
            return None;
        };
        let sound = |error: f64| error.is_finite() && error >= 0.0;
        points
            .iter()
            .map(|&(_, _, error)| error)
            .find(|&error| !sound(error))
    }
}
