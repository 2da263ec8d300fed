//! Sine and cosine of angles in turns, against a series in double-double after an exact reduction.

use fieldassay::Seed;
use fieldassay::num::simd::Level;
use fieldassay::special::elementary::sin_cos_turns_at;
use fieldassay_reference::dd::Dd;

/// `(sin 2πx, cos 2πx)`.
fn witness(x: f64) -> (Dd, Dd) {
    let quarters = (4.0 * x).round_ties_even();
    let r = Dd::from(4.0 * x - quarters) * Dd::PI * Dd::from(0.5);
    let (mut sin, mut cos, mut power) = (Dd::ZERO, Dd::ZERO, Dd::ONE);
    for n in 0..32_u32 {
        let sign = Dd::from(if n % 4 < 2 { 1.0 } else { -1.0 });
        if n % 2 == 0 {
            cos = cos + sign * power;
        } else {
            sin = sin + sign * power;
        }
        power = power * r / Dd::from(f64::from(n + 1));
    }
    match quarters.rem_euclid(4.0) as u32 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// `|found − exact|` in units of the last place of `exact`.
fn ulp(found: f64, exact: Dd) -> f64 {
    let nearest = exact.to_f64();
    let unit = (nearest.abs().next_up() - nearest.abs()).max(f64::MIN_POSITIVE * f64::EPSILON);
    ((Dd::from(found) - exact).to_f64() / unit).abs()
}

#[test]
fn sines_and_cosines_of_turns_are_good_to_two_ulp() {
    let mut r = Seed(20_261_127).stream("laws/elementary/turns");
    let mut x: Vec<f64> = (0..20_000).map(|_| r.uniform()).collect();
    x.extend((0..5_000).map(|_| r.uniform_in(-1e6, 1e6)));
    x.extend((0..5_000).map(|_| r.uniform_in(-1.0, 1.0) * 2.0_f64.powf(r.uniform_in(-60.0, 49.0))));
    for eighths in -20..=20 {
        let seam = f64::from(eighths) / 8.0;
        x.extend([
            seam,
            seam.next_up(),
            seam.next_down(),
            seam + 1e-9,
            seam - 1e-9,
        ]);
    }
    for level in Level::available() {
        let (mut sin, mut cos) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        sin_cos_turns_at(level, &x, &mut sin, &mut cos);
        let mut worst = 0.0_f64;
        for ((x, sin), cos) in x.iter().zip(&sin).zip(&cos) {
            let exact = witness(*x);
            for (found, exact) in [(*sin, exact.0), (*cos, exact.1)] {
                let off = ulp(found, exact);
                assert!(
                    off <= 2.0,
                    "{level:?}: x = {x:e}: {found:e}, off by {off} ulp"
                );
                worst = worst.max(off);
            }
        }
        assert!(worst > 0.5, "a rounding was seen: {worst}");
    }
}

#[test]
fn whole_and_quarter_turns_are_exact() {
    let x = [0.0, 0.25, 0.5, 0.75, 1.0, -0.25, 1e14];
    let (mut sin, mut cos) = ([9.0; 7], [9.0; 7]);
    sin_cos_turns_at(Level::best(), &x, &mut sin, &mut cos);
    assert_eq!(sin, [0.0, 1.0, 0.0, -1.0, 0.0, -1.0, 0.0]);
    assert_eq!(cos, [1.0, 0.0, -1.0, 0.0, 1.0, 0.0, 1.0]);
}
