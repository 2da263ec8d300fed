//! Elementary functions to about thirty digits, relative: series, halved arguments, double-double.
//!
//! Slow and obvious. A result is `value·2^exponent`, so that nothing overflows or loses digits to gradual
//! underflow where the function under test does. Arguments are finite and inside the domain.

use crate::dd::Dd;

/// `value·2^exponent`.
#[derive(Clone, Copy, Debug)]
pub struct Scaled {
    /// The digits.
    pub value: Dd,
    /// The power of two beside them.
    pub exponent: i32,
}

impl Scaled {
    /// `⌊log₂|self|⌋`; `None` for 0.
    #[must_use]
    pub fn magnitude(self) -> Option<i32> {
        let leading = self.value.to_f64().abs();
        if leading == 0.0 {
            return None;
        }
        let mut power = leading.log2().floor() as i32;
        // The logarithm of a number just below a power of two rounds up.
        if power_of_two(power) > leading {
            power -= 1;
        }
        Some(power + self.exponent)
    }

    /// `self/2^unit`, or 0 if that is below `2^−1000`.
    #[must_use]
    pub fn in_units(self, unit: i32) -> Dd {
        match self.exponent - unit {
            shift if shift < -1000 => Dd::ZERO,
            shift => self.value * Dd::from(power_of_two(shift)),
        }
    }
}

impl From<Dd> for Scaled {
    fn from(value: Dd) -> Self {
        Self { value, exponent: 0 }
    }
}

/// Smaller powers of two than this are nothing beside 1.
const NEGLIGIBLE: i32 = -200;

const LN_2: Dd = Dd::new(std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);

fn power_of_two(n: i32) -> f64 {
    2.0_f64.powi(n)
}

/// `eˣ`.
#[must_use]
pub fn exp(x: f64) -> Scaled {
    // No format holds e^{±50000}; the power alone says so.
    exp_of(Dd::from(x.clamp(-5e4, 5e4)))
}

/// `eˣ = 2ⁿ e^r`.
fn exp_of(x: Dd) -> Scaled {
    let n = (x.to_f64() / std::f64::consts::LN_2).round();
    let r = x - Dd::from(n) * LN_2;
    Scaled {
        value: r.exp(),
        exponent: n as i32,
    }
}

/// `eˣ − 1`: below 1 the Taylor series without its first term.
#[must_use]
pub fn expm1(x: f64) -> Scaled {
    if x.abs() > 1.0 {
        let whole = exp(x);
        let one = Scaled::from(Dd::ONE).in_units(whole.exponent.max(NEGLIGIBLE));
        return match whole.exponent {
            n if n < NEGLIGIBLE => Scaled::from(-Dd::ONE),
            n if n > -NEGLIGIBLE => whole,
            n => Scaled {
                value: whole.value - one,
                exponent: n,
            },
        };
    }
    let x = Dd::from(x);
    let (mut term, mut sum) = (x, x);
    for n in 2..32 {
        term = term * x / Dd::from(f64::from(n));
        sum = sum + term;
    }
    sum.into()
}

/// `ln(1+f) = 2 artanh(f/(2+f))` for `−0.3 ≤ f ≤ 0.5`.
fn ln_near_one(f: Dd) -> Dd {
    let s = f / (Dd::from(2.0) + f);
    let square = s * s;
    let (mut power, mut sum) = (s, s);
    for n in 1..32 {
        power = power * square;
        sum = sum + power / Dd::from(f64::from(2 * n + 1));
    }
    sum + sum
}

/// `ln x = n ln 2 + ln m`, `m` between 0.7 and 1.5.
fn ln_wide(x: Scaled) -> Dd {
    let n = x.magnitude().expect("a positive number");
    let mantissa = x.in_units(n);
    let (m, n) = if mantissa.to_f64() > 1.4 {
        (mantissa * Dd::from(0.5), n + 1)
    } else {
        (mantissa, n)
    };
    ln_near_one(m - Dd::ONE) + Dd::from(f64::from(n)) * LN_2
}

/// `ln x`, `x > 0`.
#[must_use]
pub fn ln(x: f64) -> Scaled {
    // Towards the middle, where nothing is subnormal and no power of two overflows.
    let exponent = if x < 1e-150 {
        -500
    } else if x > 1e150 {
        500
    } else {
        0
    };
    let value = Dd::from(x * power_of_two(-exponent));
    ln_wide(Scaled { value, exponent }).into()
}

/// `ln(1+x)`, `x > −1`.
#[must_use]
pub fn ln_1p(x: f64) -> Scaled {
    if x.abs() < 0.3 {
        ln_near_one(Dd::from(x)).into()
    } else if x > 1e40 {
        ln(x)
    } else {
        ln_wide(Scaled::from(Dd::ONE + Dd::from(x))).into()
    }
}

/// `tanh x = (e^{2x} − 1)/(e^{2x} + 1)`.
#[must_use]
pub fn tanh(x: f64) -> Scaled {
    if x.abs() > 100.0 {
        return Scaled::from(Dd::from(x.signum()));
    }
    let t = expm1(2.0 * x);
    let t = t.value * Dd::from(power_of_two(t.exponent));
    (t / (t + Dd::from(2.0))).into()
}

/// `1/(1 + e^{−x})`.
#[must_use]
pub fn sigmoid(x: f64) -> Scaled {
    let e = exp(-x.abs());
    if e.exponent < NEGLIGIBLE {
        return if x > 0.0 { Dd::ONE.into() } else { e };
    }
    let sum = Dd::ONE + e.in_units(0);
    if x > 0.0 {
        (Dd::ONE / sum).into()
    } else {
        let (value, exponent) = (e.value / sum, e.exponent);
        Scaled { value, exponent }
    }
}

/// `ln(1 + eˣ)`.
#[must_use]
pub fn softplus(x: f64) -> Scaled {
    let e = exp(-x.abs());
    if e.exponent < NEGLIGIBLE {
        // Scaled, since a product splits its factors by way of larger ones.
        let large = Scaled {
            value: Dd::from(x * power_of_two(-500)),
            exponent: 500,
        };
        return if x > 0.0 { large } else { e };
    }
    let small = e.in_units(0);
    let logarithm = if small.to_f64() < 0.3 {
        ln_near_one(small)
    } else {
        ln_wide(Scaled::from(Dd::ONE + small))
    };
    (Dd::from(x.max(0.0)) + logarithm).into()
}

/// `r = x − n π/2` and `n`, for `|x| < 2⁴⁰`, with `π` in three parts.
fn quarter_turns(x: f64) -> (Dd, i64) {
    const THIRD: f64 = -2.994_769_809_718_339_7e-33;
    let n = (x / std::f64::consts::FRAC_PI_2).round();
    let half = Dd::from(0.5 * n);
    let [first, second] = [std::f64::consts::PI, 1.224_646_799_147_353_2e-16].map(Dd::from);
    let r = Dd::from(x) - half * first - half * second - half * Dd::from(THIRD);
    (r, n as i64)
}

/// `Σ (−1)ᵏ r^{2k+first}/(2k+first)!`: the sine for `first = 1`, the cosine for 0.
fn alternating(r: Dd, first: u32) -> Dd {
    let square = r * r;
    let mut term = if first == 1 { r } else { Dd::ONE };
    let mut sum = term;
    for k in 1..20 {
        let n = 2 * k + first;
        term = -(term * square) / Dd::from(f64::from(n * (n - 1)));
        sum = sum + term;
    }
    sum
}

/// `sin(x + quarters·π/2)`, `|x| < 2⁴⁰`.
fn sin_shifted(x: f64, quarters: i64) -> Scaled {
    let (r, n) = quarter_turns(x);
    let turn = (n + quarters).rem_euclid(4);
    let size = alternating(r, if turn % 2 == 0 { 1 } else { 0 });
    Scaled::from(if turn < 2 { size } else { -size })
}

/// `sin x`, `|x| < 2⁴⁰`.
#[must_use]
pub fn sin(x: f64) -> Scaled {
    sin_shifted(x, 0)
}

/// `cos x`, `|x| < 2⁴⁰`.
#[must_use]
pub fn cos(x: f64) -> Scaled {
    sin_shifted(x, 1)
}

/// `erf x = 2/√π e^{−x²} Σ 2ⁿ x^{2n+1}/(2n+1)!!`: no term cancels another.
#[must_use]
pub fn erf(x: f64) -> Scaled {
    if x.abs() > 10.0 {
        return Scaled::from(Dd::from(x.signum()));
    }
    let x = Dd::from(x);
    let square = x * x;
    let (mut term, mut sum) = (x, x);
    let mut n = 1.0;
    while term.to_f64().abs() > 1e-40 * sum.to_f64().abs() {
        term = term * square * Dd::from(2.0) / Dd::from(2.0 * n + 1.0);
        sum = sum + term;
        n += 1.0;
    }
    let decay = exp_of(-square).in_units(0);
    (sum * decay * Dd::from(2.0) / Dd::PI.sqrt()).into()
}
