//! The legend, below the plot, so that it covers no curve; and text broken into lines.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{Area, Drawn, GLYPH, LINE, UNIT, WIDTH, marker, text};
use super::figure::{Marks, Series};
use super::svg::Role;

/// Width of the sample of a line or marker, and gaps, in pixels.
const SAMPLE: i32 = 34;
const GAP: i32 = 8;
const BETWEEN: i32 = 20;

/// What stands beside a label.
#[derive(Clone, Copy, Debug)]
enum Sample {
    Line(Role),
    Marker(usize),
    Box(usize),
}

/// A label with its sample, placed.
#[derive(Clone, Debug)]
struct Entry {
    sample: Sample,
    lines: Vec<String>,
    x: i32,
    row: i32,
}

/// Entries in rows, as many to a row as fit.
#[derive(Clone, Debug)]
pub(super) struct Legend {
    entries: Vec<Entry>,
    rows: i32,
}

impl Legend {
    /// The legend of `series`; a series with an empty label gets no entry.
    pub fn of(series: &[Series]) -> Self {
        let mut legend = Self {
            entries: Vec::new(),
            rows: 0,
        };
        let (mut x, mut style) = (0, 0);
        for series in series {
            let sample = sample(series, style);
            style += usize::from(!series.is_rule());
            if !series.label.is_empty() {
                x = legend.place(sample, &series.label, x);
            }
        }
        legend
    }

    /// Places a label at `x` of the last row, or on a new row; returns the next free `x`.
    fn place(&mut self, sample: Sample, label: &str, x: i32) -> i32 {
        let indent = SAMPLE + GAP;
        let lines = wrapped(label, WIDTH - indent);
        let width = indent + lines.iter().map(|line| text_width(line)).max().unwrap_or(0);
        let fits = self.rows > 0 && lines.len() == 1 && x + width <= WIDTH;
        let (x, row) = if fits {
            (x, self.rows - 1)
        } else {
            (0, self.rows)
        };
        self.rows = self.rows.max(row + lines.len() as i32);
        let wraps = lines.len() > 1;
        self.entries.push(Entry {
            sample,
            lines,
            x,
            row,
        });
        // Nothing may follow on the last line of a label that took several.
        if wraps { WIDTH } else { x + width + BETWEEN }
    }

    /// Its height in pixels.
    pub const fn height(&self) -> i32 {
        self.rows * LINE + GAP
    }

    /// Draws it into its area.
    pub fn draw(&self, area: &Area<'_>) -> Drawn {
        self.entries.iter().try_for_each(|entry| entry.draw(area))
    }
}

impl Entry {
    fn draw(&self, area: &Area<'_>) -> Drawn {
        let middle = |line: i32| ((self.row + line) * LINE + LINE / 2) * UNIT;
        let (left, right) = (self.x * UNIT, (self.x + SAMPLE) * UNIT);
        let (y, centre) = (middle(0), (left + right) / 2);
        match self.sample {
            Sample::Line(role) => {
                let style = role.sentinel().stroke_width(22);
                area.draw(&PathElement::new([(left, y), (right, y)], style))?;
            }
            Sample::Marker(style) => area.draw(&marker((centre, y), style))?,
            Sample::Box(style) => {
                let corners = [(centre - 60, y - 50), (centre + 60, y + 50)];
                area.draw(&Rectangle::new(
                    corners,
                    Role::Mark(style).sentinel().filled(),
                ))?;
            }
        }
        let start = right + GAP * UNIT;
        self.lines.iter().zip(0..).try_for_each(|(line, k)| {
            let style = text(HPos::Left, VPos::Center);
            area.draw(&Text::new(line.clone(), (start, middle(k)), style))
        })
    }
}

const fn sample(series: &Series, style: usize) -> Sample {
    match series.marks {
        Marks::Line(_) => Sample::Line(Role::Curve(style)),
        Marks::Points(_) => Sample::Marker(style),
        Marks::Bars(_) => Sample::Box(style),
        Marks::Vertical(_) | Marks::Horizontal(_) => Sample::Line(Role::Rule),
    }
}

fn text_width(line: &str) -> i32 {
    (line.chars().count() as f64 * GLYPH).ceil() as i32
}

/// `text` in lines of at most `width` pixels, by estimated glyph widths; words are not broken.
pub(super) fn wrapped(text: &str, width: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(line) + text_width(word) + GLYPH as i32 <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
