//! Double-double arithmetic: an unevaluated sum `hi + lo` of two `f64`, about 31 decimal digits.
//!
//! Own to this crate, so that a witness shares no arithmetic with what it judges.
//! Source: T. J. Dekker, Numer. Math. 18 (1971) 224; the product splits its factors (no FMA), so
//! that the result is the same on every machine.

use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A double-double number; `|lo| ≤ ½ ulp(hi)`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dd {
    hi: f64,
    lo: f64,
}

fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

fn quick_two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    (s, b - (s - a))
}

fn split(a: f64) -> (f64, f64) {
    const FACTOR: f64 = 134_217_729.0; // 2²⁷ + 1
    let t = FACTOR * a;
    let high = t - (t - a);
    (high, a - high)
}

fn two_product(a: f64, b: f64) -> (f64, f64) {
    let p = a * b;
    let (ah, al) = split(a);
    let (bh, bl) = split(b);
    (p, ((ah * bh - p) + ah * bl + al * bh) + al * bl)
}

impl Dd {
    /// Zero.
    pub const ZERO: Self = Self::new(0.0, 0.0);
    /// One.
    pub const ONE: Self = Self::new(1.0, 0.0);
    /// π to 32 digits: the nearest `f64` and the nearest `f64` to what it leaves.
    pub const PI: Self = Self::new(std::f64::consts::PI, 1.224_646_799_147_353_2e-16);

    /// `hi + lo`, with `lo` already below half an ulp of `hi`.
    #[must_use]
    pub const fn new(hi: f64, lo: f64) -> Self {
        Self { hi, lo }
    }

    /// The nearest `f64`.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.hi + self.lo
    }

    /// `|x|`.
    #[must_use]
    pub fn abs(self) -> Self {
        if self.hi < 0.0 { -self } else { self }
    }

    /// `xⁿ` by repeated squaring.
    #[must_use]
    pub fn powi(self, n: u32) -> Self {
        let (mut result, mut base, mut n) = (Self::ONE, self, n);
        while n > 0 {
            if n & 1 == 1 {
                result = result * base;
            }
            base = base * base;
            n >>= 1;
        }
        result
    }

    /// `√x`: one Newton step on the `f64` root, for `x ≥ 0`.
    #[must_use]
    pub fn sqrt(self) -> Self {
        if self.hi == 0.0 {
            return Self::ZERO;
        }
        let guess = Self::from(self.hi.sqrt());
        guess + (self - guess * guess) / (guess + guess)
    }

    /// `eˣ`: halved ten times, Taylor series, squared back.
    #[must_use]
    pub fn exp(self) -> Self {
        let small = self / Self::from(1024.0);
        let (mut term, mut sum) = (small, small);
        for n in 2..24 {
            term = term * small / Self::from(f64::from(n));
            sum = sum + term;
        }
        // (1+s)² − 1 = 2s + s²: squaring `e^x − 1` keeps the digits that `e^x` would lose.
        for _ in 0..10 {
            sum = sum + sum + sum * sum;
        }
        Self::ONE + sum
    }

    /// The natural logarithm, by Newton's method on [`Dd::exp`], for `x > 0`.
    #[must_use]
    pub fn ln(self) -> Self {
        let mut y = Self::from(self.hi.ln());
        for _ in 0..2 {
            y = y + self * (-y).exp() - Self::ONE;
        }
        y
    }

    /// Reads a decimal such as `-9.482398938501906970125287` or `6.7e-3`.
    ///
    /// Returns `None` unless the text is a plain decimal number with at most 36 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = [whole, fraction].concat();
        if all.is_empty() || all.len() > 36 || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let ten = Self::from(10.0);
        let value = all.bytes().fold(Self::ZERO, |sum, digit| {
            sum * ten + Self::from(f64::from(digit - b'0'))
        });
        let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let scale = ten.powi(shift.unsigned_abs());
        let value = if shift < 0 {
            value / scale
        } else {
            value * scale
        };
        Some(if negative { -value } else { value })
    }
}

impl From<f64> for Dd {
    fn from(x: f64) -> Self {
        Self::new(x, 0.0)
    }
}

impl Neg for Dd {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.hi, -self.lo)
    }
}

impl Add for Dd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (s, e) = two_sum(self.hi, other.hi);
        let (t, f) = two_sum(self.lo, other.lo);
        let (s, e) = quick_two_sum(s, e + t);
        let (hi, lo) = quick_two_sum(s, e + f);
        Self::new(hi, lo)
    }
}

impl Sub for Dd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Dd {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let (p, e) = two_product(self.hi, other.hi);
        let (hi, lo) = quick_two_sum(p, e + (self.hi * other.lo + self.lo * other.hi));
        Self::new(hi, lo)
    }
}

impl Div for Dd {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let first = self.hi / other.hi;
        let rest = self - other * Self::from(first);
        let second = rest.hi / other.hi;
        let rest = rest - other * Self::from(second);
        let (hi, lo) = quick_two_sum(first, second);
        Self::new(hi, lo) + Self::from(rest.hi / other.hi)
    }
}

/// Thirty significant digits.
impl fmt::Display for Dd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hi == 0.0 || !self.hi.is_finite() {
            return write!(f, "{}", self.hi);
        }
        let ten = Self::from(10.0);
        let exponent = self.hi.abs().log10().floor() as i32;
        let scale = ten.powi(exponent.unsigned_abs());
        let mut rest = if exponent < 0 {
            self.abs() * scale
        } else {
            self.abs() / scale
        };
        let mut digits = Vec::with_capacity(31);
        for _ in 0..31 {
            let digit =
                rest.hi.floor() - f64::from(u8::from(rest.hi.floor() == rest.hi && rest.lo < 0.0));
            digits.push(digit as i32);
            rest = (rest - Self::from(digit)) * ten;
        }
        let text = round_digits(&mut digits);
        let (head, tail) = text.split_at(text.len() - 29);
        let sign = if self.hi < 0.0 { "-" } else { "" };
        write!(f, "{sign}{head}.{tail}")?;
        if exponent == 0 {
            Ok(())
        } else {
            write!(f, "e{exponent}")
        }
    }
}

/// Rounds 31 digits (each possibly out of range by one) to 30 and writes them out.
fn round_digits(digits: &mut Vec<i32>) -> String {
    let last = digits.pop().unwrap_or(0);
    let mut carry = i32::from(last >= 5);
    for digit in digits.iter_mut().rev() {
        *digit += carry;
        carry = digit.div_euclid(10);
        *digit = digit.rem_euclid(10);
    }
    let head = if carry == 0 {
        String::new()
    } else {
        carry.to_string()
    };
    head + &digits.iter().map(i32::to_string).collect::<String>()
}
