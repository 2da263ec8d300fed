//! A [`Plot`] through `plotters` into raw SVG with sentinel colours, in tenths of a pixel.
//!
//! `plotters` places SVG elements on whole units: at ten units a pixel curves stay smooth when the
//! figure is scaled. Text is laid out by estimated widths, since the browser chooses the font.

use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::element::{DynElement, IntoDynElement};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::Tick;
use super::clip::Window;
use super::figure::{Marks, Plot, Point, STYLES, Series};
use super::legend::{self, Legend};
use super::svg::Role;
use crate::error::{Error, Result};

/// SVG units a pixel.
pub(super) const UNIT: i32 = 10;
/// Drawn width in pixels: on a screen of 360 pixels, text of 16 shows at 10.
pub(super) const WIDTH: i32 = 520;
/// Height of the plotting area with its labels, in pixels.
const HEIGHT: i32 = 330;
/// Font size in pixels.
const FONT: i32 = 16;
/// Height of a line of text in pixels.
pub(super) const LINE: i32 = 22;
/// Estimated width of a character in pixels.
pub(super) const GLYPH: f64 = 0.54 * FONT as f64;
/// Width of a curve, and radius of a marker, in SVG units.
const STROKE: u32 = 22;
const MARKER: f64 = 42.0;

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Drawn = std::result::Result<(), DrawingAreaErrorKind<std::io::Error>>;
type Chart<'c, 'b> = ChartContext<'c, SVGBackend<'b>, Cartesian2d<Scale, Scale>>;

/// The raw SVG, with [`Role`] sentinels for colours.
///
/// # Errors  `Error::Argument` for ranges that cannot be drawn.
pub(super) fn draw(plot: &Plot, id: &str) -> Result<String> {
    let frame = Frame::of(plot, id)?;
    let title = legend::wrapped(&plot.title, WIDTH - 8);
    let legend = Legend::of(&plot.series);
    let head = title.len() as i32 * LINE + 6;
    let height = head + HEIGHT + legend.height();
    let mut svg = String::new();
    let drawn = {
        let surface = ((WIDTH * UNIT) as u32, (height * UNIT) as u32);
        let root = SVGBackend::with_string(&mut svg, surface).into_drawing_area();
        let (top, rest) = root.split_vertically(head * UNIT);
        let (middle, bottom) = rest.split_vertically(HEIGHT * UNIT);
        draw_title(&title, &top)
            .and_then(|()| frame.draw(plot, &middle))
            .and_then(|()| legend.draw(&bottom))
            .and_then(|()| root.present())
    };
    drawn.map_err(|why| Error::Unsupported {
        what: format!("figure `{id}`"),
        expected: format!("a drawing that plotters accepts ({why})"),
    })?;
    Ok(svg)
}

/// Text of the figure's size at this anchor.
pub(super) fn text(horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    // The backend divides sizes by 1.24.
    let size = f64::from(FONT * UNIT) * 1.24;
    let mut style = TextStyle::from(("sans-serif", size).into_font());
    style.color = Role::Ink.sentinel().to_backend_color();
    style.pos(Pos::new(horizontal, vertical))
}

fn draw_title(lines: &[String], area: &Area<'_>) -> Drawn {
    let mut style = text(HPos::Center, VPos::Center);
    style.font = style.font.style(FontStyle::Bold);
    lines.iter().zip(0..).try_for_each(|(line, row): (_, i32)| {
        let at = (WIDTH / 2 * UNIT, (row * LINE + LINE / 2) * UNIT);
        area.draw(&Text::new(line.clone(), at, style.clone()))
    })
}

/// Ranges and ticks of a plot.
struct Frame {
    window: Window,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
}

impl Frame {
    fn of(plot: &Plot, id: &str) -> Result<Self> {
        let numbers: Vec<_> = plot.series.iter().map(Series::numbers).collect();
        let xs = numbers.iter().flat_map(|(xs, _)| xs.iter().copied());
        let ys = numbers.iter().flat_map(|(_, ys)| ys.iter().copied());
        let reach = plot.series.iter().flat_map(Series::reach);
        let window = Window {
            x: plot.x.drawn_range(&format!("x of figure {id}"), xs)?,
            y: plot
                .y
                .drawn_range(&format!("y of figure {id}"), ys.chain(reach))?,
        };
        let (x_ticks, y_ticks) = (plot.x.ticks(window.x), plot.y.ticks(window.y));
        Ok(Self {
            window,
            x_ticks,
            y_ticks,
        })
    }

    fn draw(&self, plot: &Plot, area: &Area<'_>) -> Drawn {
        let widest = self
            .y_ticks
            .iter()
            .map(|tick| tick.label.chars().count())
            .max();
        let labels = (widest.unwrap_or(1) as f64 * GLYPH) as i32 + 12;
        let (x, y) = (
            Scale::new(self.window.x, &self.x_ticks),
            Scale::new(self.window.y, &self.y_ticks),
        );
        let mut chart = ChartBuilder::on(area)
            .margin_top(8 * UNIT)
            .margin_right(16 * UNIT)
            .margin_bottom(2 * UNIT)
            .x_label_area_size((LINE + 26) * UNIT)
            .y_label_area_size((labels + LINE + 4) * UNIT)
            .build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .x_desc(&plot.x.label)
            .y_desc(&plot.y.label)
            .label_style(text(HPos::Center, VPos::Center))
            .axis_desc_style(text(HPos::Center, VPos::Center))
            .axis_style(Role::Ink.sentinel().stroke_width(10))
            .bold_line_style(Role::Grid.sentinel().stroke_width(8))
            .light_line_style(TRANSPARENT)
            .set_all_tick_mark_size(4 * UNIT)
            .draw()?;
        let mut style = 0;
        for series in &plot.series {
            self.draw_series(plot, series, style, &mut chart)?;
            style += usize::from(!series.is_rule());
        }
        Ok(())
    }

    fn draw_series(
        &self,
        plot: &Plot,
        series: &Series,
        style: usize,
        chart: &mut Chart<'_, '_>,
    ) -> Drawn {
        let Window {
            x: (left, right),
            y: (low, high),
        } = self.window;
        let place = |x: f64, y: f64| Some((plot.x.place(x)?, plot.y.place(y).unwrap_or(low)));
        match &series.marks {
            Marks::Line(segments) => {
                let curve = |points: &[Point]| -> Vec<Point> {
                    // A break keeps its NaN: `place` on a logarithmic axis would hide it.
                    let drawn = |&(x, y): &Point| match y.is_nan() {
                        true => Some((x, y)),
                        false => place(x, y),
                    };
                    points.iter().filter_map(drawn).collect()
                };
                let pieces = segments
                    .iter()
                    .flat_map(|points| self.window.pieces(&curve(points)));
                draw_paths(chart, pieces, Role::Curve(style), STROKE)
            }
            Marks::Points(points) => {
                let bars = points
                    .iter()
                    .filter(|(_, _, error)| *error > 0.0)
                    .filter_map(|&(x, y, e)| {
                        let (foot, head) = (place(x, y - e)?, place(x, y + e)?);
                        self.window
                            .pieces(&[clamp_y(foot, low, high), clamp_y(head, low, high)])
                            .pop()
                    });
                draw_paths(chart, bars, Role::Mark(style), STROKE * 2 / 3)?;
                let seen = points.iter().filter_map(|&(x, y, _)| place(x, y));
                let seen: Vec<_> = seen.filter(|&point| self.window.contains(point)).collect();
                seen.into_iter()
                    .try_for_each(|at| chart.plotting_area().draw(&marker(at, style)))
            }
            Marks::Bars(bars) => {
                let fill = Role::Mark(style).sentinel().filled();
                let corners = bars.iter().filter_map(|&(from, to, height)| {
                    let foot = clamp_y(place(from, 0.0)?, low, high);
                    Some([foot, clamp_y(place(to, height)?, low, high)])
                });
                chart.draw_series(corners.map(|corners| Rectangle::new(corners, fill)))?;
                Ok(())
            }
            Marks::Vertical(at) => {
                let at = at
                    .iter()
                    .filter_map(|&x| plot.x.place(x))
                    .filter(|x| (left..=right).contains(x));
                draw_paths(chart, at.map(|x| vec![(x, low), (x, high)]), Role::Rule, 9)
            }
            Marks::Horizontal(at) => {
                let at = at
                    .iter()
                    .filter_map(|&y| plot.y.place(y))
                    .filter(|y| (low..=high).contains(y));
                draw_paths(
                    chart,
                    at.map(|y| vec![(left, y), (right, y)]),
                    Role::Rule,
                    9,
                )
            }
        }
    }
}

fn draw_paths(
    chart: &mut Chart<'_, '_>,
    paths: impl Iterator<Item = Vec<Point>>,
    role: Role,
    width: u32,
) -> Drawn {
    let style = role.sentinel().stroke_width(width);
    let elements: Vec<_> = paths.map(|path| PathElement::new(path, style)).collect();
    chart.draw_series(elements)?;
    Ok(())
}

fn clamp_y((x, y): Point, low: f64, high: f64) -> Point {
    (x, y.clamp(low, high))
}

/// A linear axis with its own ticks and labels.
#[derive(Clone, Debug)]
struct Scale {
    range: (f64, f64),
    ticks: Vec<Tick>,
}

impl Scale {
    fn new(range: (f64, f64), ticks: &[Tick]) -> Self {
        Self {
            range,
            ticks: ticks.to_vec(),
        }
    }
}

impl Ranged for Scale {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let fraction = (value - self.range.0) / (self.range.1 - self.range.0);
        let (first, last) = (f64::from(limit.0), f64::from(limit.1));
        fraction.mul_add(last - first, first).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|tick| tick.at).collect()
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.range.0..self.range.1
    }
}

impl ValueFormatter<f64> for Scale {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.iter().find(|tick| tick.at == *value);
        tick.map(|tick| tick.label.clone()).unwrap_or_default()
    }
}

/// The marker of a series: circle, square, triangle, diamond, inverted triangle, pentagon.
pub(super) fn marker<'a, C: Clone + 'a>(at: C, style: usize) -> DynElement<'a, SVGBackend<'a>, C> {
    use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, TAU};
    let (corners, turn) = [
        (20, 0.0),
        (4, FRAC_PI_4),
        (3, -FRAC_PI_2),
        (4, 0.0),
        (3, FRAC_PI_2),
        (5, -FRAC_PI_2),
    ][style % STYLES];
    let corner = |k: i32| {
        let angle = turn + TAU * f64::from(k) / f64::from(corners);
        let offset = |unit: f64| (MARKER * unit).round() as i32;
        (offset(angle.cos()), offset(angle.sin()))
    };
    let outline: Vec<_> = (0..corners).map(corner).collect();
    let shape = Polygon::new(outline, Role::Mark(style).sentinel().filled());
    (EmptyElement::at(at) + shape).into_dyn()
}
