//! The figures: levels against `L`, phases and `k cot δ` on the curves of the zeta function.

use super::levels::Boxed;
use super::{digits, side};
use crate::error::Result;
use crate::finite_volume::{
    BoxPoint, LevelFit, LevelPhases, LevelTable, PhaseTable, SWave, TwoBody, UnitSystem,
};
use crate::report::{Figure, Plot};

/// Points of a curve between two free levels.
const FINE: usize = 160;

/// More boxes than this share one row of the legend.
const MOST_CURVES: usize = 3;

type Segments = Vec<Vec<(f64, f64)>>;

/// Levels against `L` for three sides or more, else phases with the curves of the boxes.
pub(super) fn levels(table: &PhaseTable, boxes: &[Boxed], units: UnitSystem) -> Result<Figure> {
    let of_momentum = boxes.chunk_by(|a, b| a.channel.frame().d() == b.channel.frame().d());
    let by_momentum: Vec<&[Boxed]> = of_momentum.collect();
    if by_momentum[0].len() >= 3 {
        return against_length(table, &by_momentum, units);
    }
    let range = range(table)?;
    let mut plot = Plot::new("S-wave levels")
        .x_label(format!("E_cm [{}]", units.energy()))
        .y_label("δ [deg] modulo 180");
    let channels: Vec<SWave> = boxes.iter().map(|b| b.channel).collect();
    let phase = |p: &BoxPoint| p.phase().map_or(f64::NAN, f64::to_degrees);
    plot = curves(plot, &channels, range, units, |p| p.e_cm, phase)?;
    let mut points = Vec::new();
    for b in boxes {
        for (e, error) in b.levels.e_cm.iter().zip(b.levels.errors()) {
            let point = b.channel.at(*e)?;
            let reach = error * point.phase_slope().unwrap_or(0.0).abs();
            points.extend(
                point
                    .phase()
                    .map(|d| (*e, d.to_degrees(), reach.to_degrees().min(90.0))),
            );
        }
    }
    if !points.is_empty() {
        plot = plot.error_bars("levels", points);
    }
    plot.y_range(0.0, 180.0).render(
        "luscher-levels",
        "Levels lie where the phase of the table meets the curve of its box; a curve ends at each free level.",
    )
}

/// The energies that the table covers.
fn range(table: &PhaseTable) -> Result<(f64, f64)> {
    let energies = table.energies()?;
    Ok((energies[0], energies[energies.len() - 1]))
}

fn against_length(
    table: &PhaseTable,
    by_momentum: &[&[Boxed]],
    units: UnitSystem,
) -> Result<Figure> {
    let (low, high) = range(table)?;
    let mut plot = Plot::new("S-wave levels")
        .x_label(format!("L [{}]", units.length_unit()))
        .y_label(format!("E_cm [{}]", units.energy()));
    for boxes in by_momentum {
        let d = digits(boxes[0].channel.frame());
        let mut points = Vec::new();
        let mut free = Segments::new();
        for b in *boxes {
            let length = side(b.channel.frame(), units);
            let levels = b.levels.e_cm.iter().zip(b.levels.errors());
            points.extend(levels.map(|(e, error)| (length, *e, error)));
            for (n, e) in b.channel.free_levels(high)?.into_iter().enumerate() {
                free.resize(free.len().max(n + 1), Vec::new());
                free[n].push((length, e));
            }
        }
        free.iter_mut().for_each(|line| line.retain(|p| p.1 >= low));
        free.retain(|line| !line.is_empty());
        if !points.is_empty() {
            plot = plot.error_bars(format!("levels, d = {d}"), points);
        }
        if !free.is_empty() {
            plot = plot.line(format!("without interaction, d = {d}"), free);
        }
    }
    plot.render(
        "luscher-levels",
        "Levels against the side of the box, beside those without interaction.",
    )
}

/// `k cot δ` against `k²` with the curves of the boxes, and with a fit if there is one.
pub(super) fn phases(
    table: &LevelTable,
    phases: &LevelPhases,
    fit: Option<(&LevelFit, &TwoBody)>,
    units: UnitSystem,
) -> Result<Figure> {
    let wave = units.to_wave_number();
    let energies = phases.levels.iter().map(|level| level.e_cm);
    let reach = energies.clone().map(|e| e.error).fold(0.0, f64::max);
    let low = energies
        .clone()
        .map(|e| e.value)
        .fold(f64::INFINITY, f64::min);
    let high = energies.map(|e| e.value).fold(0.0, f64::max);
    let margin = (0.1 * (high - low)).max(4.0 * reach).max(2e-3 * high);
    let range = (low - margin, high + margin);
    let channels: Vec<SWave> = table.levels().iter().map(|level| level.channel).collect();
    let mut plot = Plot::new("k cot δ from levels")
        .x_label(format!("k² [{}²]", units.wave_number()))
        .y_label(format!("k cot δ [{}]", units.wave_number()));
    let x = |p: &BoxPoint| p.k2 * wave * wave;
    plot = curves(plot, &channels, range, units, x, |p| p.k_cot_delta * wave)?;
    let points: Vec<(f64, f64, f64)> = phases
        .levels
        .iter()
        .map(|l| {
            (
                l.k2.value * wave * wave,
                l.k_cot_delta.value * wave,
                l.k_cot_delta.error * wave,
            )
        })
        .collect();
    let window = window(&points);
    let shown = |bar: f64| bar.min(window.1 - window.0);
    plot = plot.error_bars("levels", points.iter().map(|&(x, y, e)| (x, y, shown(e))));
    if let Some((fit, pair)) = fit {
        plot = plot.line("fit", vec![fitted(fit, pair, range, wave)]);
    }
    plot.y_range(window.0, window.1).render(
        "luscher-phase",
        "Each level lies on the curve of its box; its error runs along that curve.",
    )
}

/// The y range that shows the points and the inner part of their errors.
fn window(points: &[(f64, f64, f64)]) -> (f64, f64) {
    let mut sorted: Vec<f64> = points.iter().map(|p| p.2).collect();
    sorted.sort_by(f64::total_cmp);
    let typical = sorted[sorted.len() / 2];
    let low = points
        .iter()
        .map(|p| p.1 - p.2.min(3.0 * typical))
        .fold(f64::INFINITY, f64::min);
    let high = points
        .iter()
        .map(|p| p.1 + p.2.min(3.0 * typical))
        .fold(f64::NEG_INFINITY, f64::max);
    let margin = (0.15 * (high - low))
        .max(1e-3 * high.abs().max(low.abs()))
        .max(1e-6);
    (low - margin, high + margin)
}

fn fitted(fit: &LevelFit, pair: &TwoBody, range: (f64, f64), wave: f64) -> Vec<(f64, f64)> {
    (0..=FINE)
        .map(|i| {
            let e = (range.1 - range.0).mul_add(i as f64 / FINE as f64, range.0);
            let cot = fit.model.k_cot_delta(pair, &fit.theta, e);
            (pair.momentum2(e) * wave * wave, cot * wave)
        })
        .collect()
}

/// Adds the curves of all different boxes: each with its row in the legend if they are few.
fn curves(
    mut plot: Plot,
    channels: &[SWave],
    range: (f64, f64),
    units: UnitSystem,
    x: impl Fn(&BoxPoint) -> f64,
    y: impl Fn(&BoxPoint) -> f64,
) -> Result<Plot> {
    let key = |c: &SWave| (c.frame().length().to_bits(), c.frame().d());
    let mut different: Vec<&SWave> = Vec::new();
    for channel in channels {
        if !different.iter().any(|known| key(known) == key(channel)) {
            different.push(channel);
        }
    }
    let mut all = Segments::new();
    for channel in &different {
        let segments = trajectory(channel, range, &x, &y)?;
        if different.len() > MOST_CURVES {
            all.extend(segments);
        } else if segments.iter().any(|s| s.iter().any(|p| p.1.is_finite())) {
            let frame = channel.frame();
            let (length, unit) = (side(frame, units), units.length_unit());
            plot = plot.line(
                format!("L = {length} {unit}, d = {}", digits(frame)),
                segments,
            );
        }
    }
    if !all.is_empty() {
        plot = plot.line("curves of the boxes", all);
    }
    Ok(plot)
}

/// The curve of one box, a segment between each free level and the next.
fn trajectory(
    channel: &SWave,
    (low, high): (f64, f64),
    x: &impl Fn(&BoxPoint) -> f64,
    y: &impl Fn(&BoxPoint) -> f64,
) -> Result<Segments> {
    let mut edges = vec![low];
    edges.extend(channel.free_levels(high)?.into_iter().filter(|e| *e > low));
    edges.push(high);
    let segments = edges.windows(2).map(|pair| {
        let place = |i: usize| (pair[1] - pair[0]).mul_add(i as f64 / FINE as f64, pair[0]);
        let points = (1..FINE).filter_map(|i| channel.at(place(i)).ok());
        points
            .map(|p| (x(&p), y(&p)))
            .filter(|p| !p.1.is_infinite())
            .collect::<Vec<_>>()
    });
    Ok(segments.filter(|s| !s.is_empty()).collect())
}
