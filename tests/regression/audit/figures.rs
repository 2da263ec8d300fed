//! Figures: what is refused, where curves break, how one SVG serves light, dark and paper.

use fieldassay::Error;
use fieldassay::report::{Plot, number};

/// The `points` of every polyline drawn in the style of curve 0.
fn curves(svg: &str) -> Vec<Vec<(f64, f64)>> {
    let lines = svg
        .lines()
        .filter(|line| line.starts_with("<polyline") && line.contains("--fig-0,"));
    let points = lines.map(|line| {
        let list = line
            .split("points=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let pair = |pair: &str| {
            let (x, y) = pair.split_once(',').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        };
        list.split_whitespace().map(pair).collect()
    });
    points.collect()
}

fn cotangent() -> Vec<(f64, f64)> {
    let x = |i: i32| 0.05 + f64::from(i) * 2.9 / 999.0;
    (0..1000)
        .map(x)
        .map(|x| (x, 1.0 / (std::f64::consts::PI * x).tan()))
        .collect()
}

#[test]
fn a_curve_is_broken_at_poles_and_where_it_leaves_the_range() {
    let plot = Plot::new("cot")
        .y_range(-3.0, 3.0)
        .line("", vec![cotangent()]);
    let curves = curves(&plot.render("cot", "").unwrap().svg);
    assert_eq!(curves.len(), 3, "one piece per branch");
    // SVG's y runs down: every branch falls from the top edge of the window to its bottom edge.
    let (top, bottom) = (curves[0][0].1, curves[0].last().unwrap().1);
    assert!(bottom - top > 2000.0, "{top}..{bottom}");
    let mut seen = 0;
    for curve in &curves {
        seen += curve.len();
        assert_eq!((curve[0].1, curve.last().unwrap().1), (top, bottom));
        let falls = |step: &[(f64, f64)]| step[1].0 >= step[0].0 && step[1].1 >= step[0].1;
        assert!(curve.windows(2).all(falls), "a pole was drawn over");
    }
    assert!(seen > 700, "only {seen} points are drawn");
}

#[test]
fn nan_breaks_a_curve_and_declared_segments_stay_apart() {
    let broken = vec![
        (0.0, 1.0),
        (1.0, 2.0),
        (2.0, f64::NAN),
        (3.0, 2.0),
        (4.0, 1.0),
    ];
    let segments = vec![broken, vec![(5.0, 2.0), (6.0, 3.0)]];
    for log in [false, true] {
        let plot = Plot::new("").line("", segments.clone());
        let plot = if log { plot.y_log() } else { plot };
        assert_eq!(
            curves(&plot.render("gap", "").unwrap().svg).len(),
            3,
            "log: {log}"
        );
    }
}

#[test]
fn what_cannot_be_drawn_is_refused_by_name() {
    let line = |points: Vec<(f64, f64)>| Plot::new("").line("s", vec![points]);
    let one = || vec![(1.0, 1.0), (2.0, 2.0)];
    let many = (0..7).fold(Plot::new(""), |plot, i| {
        plot.line(format!("{i}"), vec![one()])
    });
    let cases: [(Plot, &str); 11] = [
        (Plot::new(""), "1 to 6"),
        (many, "1 to 6"),
        (line(vec![]), "at least one point"),
        (line(vec![(1.0, f64::NAN)]), "at least one point"),
        (line(vec![(f64::NAN, 1.0)]), "finite numbers"),
        (line(vec![(1.0, f64::INFINITY)]), "finite numbers"),
        (line(vec![(0.0, 1.0)]).x_log(), "positive numbers"),
        (line(one()).y_range(1.0, 1.0), "low < high"),
        (line(one()).y_range(0.0, f64::NAN), "low < high"),
        (line(one()).y_log().y_range(-1.0, 1.0), "0 < low < high"),
        (
            Plot::new("").error_bars("s", [(0.0, 1.0, f64::NAN)]),
            "finite errors",
        ),
    ];
    for (case, (plot, expected)) in cases.iter().enumerate() {
        match plot.render("refused", "") {
            Err(Error::Argument {
                field,
                expected: said,
                ..
            }) => {
                assert!(said.contains(expected), "case {case}: {said}");
                assert!(field.contains("figure refused"), "case {case}: {field}");
            }
            other => panic!("case {case}: {other:?}"),
        }
    }
    assert!(line(one()).render("no/path", "").is_err());
}

#[test]
fn colours_are_variables_of_the_page_and_series_differ_without_colour() {
    let line = |k: f64| vec![vec![(0.0, k), (1.0, k + 1.0)]];
    let plot = (0..6).fold(Plot::new("<t>"), |plot, k| {
        plot.line(format!("{k}"), line(f64::from(k)))
    });
    let plot = plot
        .vertical_rules("pole", [0.5])
        .bars("b", [])
        .render("six", "a & b");
    assert!(plot.is_err(), "an empty series must not pass");
    let plot = (0..6).fold(Plot::new("<t>"), |plot, k| {
        plot.line(format!("{k}"), line(f64::from(k)))
    });
    let svg = plot
        .vertical_rules("pole", [0.5])
        .render("six", "a & b")
        .unwrap()
        .svg;
    assert!(!svg.contains("#FA5"), "a sentinel colour is left");
    let dashes: std::collections::BTreeSet<_> = svg
        .split("stroke-dasharray:")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(
        dashes.len() >= 6,
        "five dashed curves and the rule: {dashes:?}"
    );
    let texts = svg.matches("<text").count();
    assert!(
        texts > 10 && svg.matches("font-size=\"160\"").count() == texts,
        "{texts} texts"
    );
    assert!(svg.contains("viewBox=\"0 0 5200 ") && svg.contains("width=\"100%\""));
    assert!(svg.contains("<title id=\"six-title\">&lt;t&gt;</title>"));
    assert!(svg.contains("<desc id=\"six-desc\">a &amp; b</desc>"));
}

#[test]
fn numbers_are_written_as_a_reader_expects() {
    let cases = [
        (0.0, 3, "0"),
        (-0.5, 3, "−0.5"),
        (123_456.0, 3, "123456"),
        (1e7, 3, "10⁷"),
        (0.000_123_4, 3, "0.000123"),
        (0.000_012_34, 2, "1.2×10⁻⁵"),
        (9.999, 2, "10"),
        (f64::INFINITY, 2, "∞"),
        (f64::NEG_INFINITY, 2, "−∞"),
    ];
    for (x, digits, expected) in cases {
        assert_eq!(number(x, digits), expected, "{x} to {digits} digits");
    }
}
