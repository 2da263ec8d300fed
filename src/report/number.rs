//! Numbers as a person reads them: a true minus, powers of ten with superscripts, errors in brackets.

/// `x` with at most `digits` significant digits, trailing zeros dropped; `1.5×10⁻⁹` outside
/// `[10⁻⁴, 10⁷)`.
///
/// ```
/// use fieldassay::report::number;
/// assert_eq!(number(-0.25, 6), "−0.25");
/// assert_eq!(number(1.5e-9, 3), "1.5×10⁻⁹");
/// assert_eq!(number(f64::NAN, 3), "NaN");
/// ```
#[must_use]
pub fn number(x: f64, digits: usize) -> String {
    if !x.is_finite() || x == 0.0 {
        return special(x);
    }
    let scientific = format!("{:.*e}", digits.max(1) - 1, x.abs());
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        unreachable!("`e` formatting always writes an exponent")
    };
    let exponent: i32 = exponent.parse().unwrap_or(0); // at most three digits, never malformed
    let sign = if x < 0.0 { "−" } else { "" };
    if (-4..7).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        format!("{sign}{}", trimmed(&format!("{:.decimals$}", x.abs())))
    } else {
        match trimmed(mantissa) {
            "1" => format!("{sign}{}", power_of_ten(exponent)),
            mantissa => format!("{sign}{mantissa}×{}", power_of_ten(exponent)),
        }
    }
}

/// `10⁻⁹` for −9.
#[must_use]
pub fn power_of_ten(exponent: i32) -> String {
    let superscript = |digit: char| match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        other => char::from_u32(other as u32 - '0' as u32 + '⁰' as u32).unwrap_or(other),
    };
    let digits: String = exponent.to_string().chars().map(superscript).collect();
    format!("10{digits}")
}

/// A duration in the unit that suits it: `0.4 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    let whole = |x: f64| x.round() as u64;
    match seconds {
        s if s < 1e-3 => "< 1 ms".to_owned(),
        s if s < 0.9995 => format!("{} ms", number(1e3 * s, 2)),
        s if s < 59.95 => format!("{s:.1} s"),
        s if s < 3599.5 => format!("{} min {} s", whole(s) / 60, whole(s) % 60),
        s if s.is_finite() => {
            let minutes = whole(s / 60.0);
            format!("{} h {} min", minutes / 60, minutes % 60)
        }
        _ => "unknown".to_owned(),
    }
}

fn special(x: f64) -> String {
    match x {
        0.0 => "0",
        f64::INFINITY => "∞",
        f64::NEG_INFINITY => "−∞",
        _ => "NaN",
    }
    .to_owned()
}

fn trimmed(decimal: &str) -> &str {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.')
    } else {
        decimal
    }
}
