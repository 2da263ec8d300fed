//! Fixed-point numbers with `BITS` binary places and no upper bound: hundreds of digits where a
//! witness has to see what `f64` and double-double cannot (the last steps of a quadratically
//! convergent iteration, a softmax over 700 orders of magnitude).
//!
//! Every operation truncates, so it is wrong by at most one unit of `2^-BITS`; `exp` and `ln` by a
//! few hundred. The integers underneath are `num-bigint`'s.

use std::ops::{Add, Div, Mul, Neg, Sub};

use num_bigint::{BigInt, Sign};

/// A multiple of `2^-BITS`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed<const BITS: u32>(BigInt);

impl<const BITS: u32> Fixed<BITS> {
    /// Zero.
    #[must_use]
    pub fn zero() -> Self {
        Self(BigInt::ZERO)
    }

    /// The integer `n`.
    #[must_use]
    pub fn integer(n: i64) -> Self {
        Self(BigInt::from(n) << BITS)
    }

    /// `n / d`, truncated.
    ///
    /// # Panics  if `d` is zero.
    #[must_use]
    pub fn ratio(n: i64, d: i64) -> Self {
        &Self::integer(n) / &Self::integer(d)
    }

    /// The number `x`, exact if it is a multiple of `2^-BITS`, else truncated.
    ///
    /// # Panics  if `x` is not finite.
    #[must_use]
    pub fn from_f64(x: f64) -> Self {
        assert!(x.is_finite(), "{x} has no fixed-point form");
        let exponent = ((x.to_bits() >> 52) & 0x7ff) as i64;
        let fraction = (x.to_bits() & ((1 << 52) - 1)) as i64;
        let (mantissa, exponent) = match exponent {
            0 => (fraction, -1074),
            e => (fraction | (1 << 52), e - 1075),
        };
        let magnitude = shift(BigInt::from(mantissa), exponent + i64::from(BITS));
        Self(if x.is_sign_negative() {
            -magnitude
        } else {
            magnitude
        })
    }

    /// The nearest `f64` (rounded twice, so within 0.50001 ulp); beyond its range, ±∞ or 0.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        let excess = self.0.bits() as i64 - 64;
        let top = shift(self.0.clone(), -excess);
        let magnitude = top.magnitude().iter_u64_digits().next().unwrap_or(0) as f64;
        let mut exponent = excess - i64::from(BITS);
        let mut value = magnitude;
        // In steps, because 2^exponent itself may lie outside the range of f64.
        while exponent != 0 {
            let step = exponent.clamp(-500, 500);
            value *= 2f64.powi(step as i32);
            exponent -= step;
            if value == 0.0 || value.is_infinite() {
                break;
            }
        }
        if self.0.sign() == Sign::Minus {
            -value
        } else {
            value
        }
    }

    /// `|x|`.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self(BigInt::from(self.0.magnitude().clone()))
    }

    /// Whether the number is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0 == BigInt::ZERO
    }

    /// Whether the number is negative.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.sign() == Sign::Minus
    }

    /// `x · 2^power`.
    #[must_use]
    pub fn scaled_by_power_of_two(&self, power: i64) -> Self {
        Self(shift(self.0.clone(), power))
    }

    /// `√x`.
    ///
    /// # Panics  if `x` is negative.
    #[must_use]
    pub fn sqrt(&self) -> Self {
        Self((self.0.clone() << BITS).sqrt())
    }

    /// `ln 2 = Σ_{k≥1} 1/(k 2^k)`.
    #[must_use]
    pub fn ln_2() -> Self {
        let mut power = BigInt::from(1) << BITS;
        let mut sum = BigInt::ZERO;
        for k in 1..=BITS {
            power >>= 1;
            sum += &power / k;
        }
        Self(sum)
    }

    /// `e^x`: `x = n ln 2 + r`, Taylor's series of `e^{r/2^8}`, eight squarings.
    #[must_use]
    pub fn exp(&self) -> Self {
        const HALVINGS: i64 = 8;
        let ln_2 = Self::ln_2();
        let n = (self / &ln_2).to_f64().floor() as i64;
        let r = (self - &(&Self::integer(n) * &ln_2)).scaled_by_power_of_two(-HALVINGS);
        let (mut term, mut sum) = (Self::integer(1), Self::integer(1));
        let mut k = 0;
        while !term.is_zero() {
            k += 1;
            term = Self((&term * &r).0 / k);
            sum = &sum + &term;
        }
        for _ in 0..HALVINGS {
            sum = &sum * &sum;
        }
        sum.scaled_by_power_of_two(n)
    }

    /// `ln x`: `x = m 2^n` with `m` in `[1, 2)`, then `ln m = 2 artanh((m−1)/(m+1))`.
    ///
    /// # Panics  unless `x` is positive.
    #[must_use]
    pub fn ln(&self) -> Self {
        assert!(self > &Self::zero(), "logarithm of {}", self.to_f64());
        let n = self.0.bits() as i64 - i64::from(BITS) - 1;
        let m = self.scaled_by_power_of_two(-n);
        let one = Self::integer(1);
        let y = &(&m - &one) / &(&m + &one);
        let square = &y * &y;
        let (mut power, mut sum) = (y, Self::zero());
        let mut k = 1;
        while !power.is_zero() {
            sum = &sum + &Self(&power.0 / k);
            power = &power * &square;
            k += 2;
        }
        &sum.scaled_by_power_of_two(1) + &(&Self::integer(n) * &Self::ln_2())
    }
}

fn shift(n: BigInt, left: i64) -> BigInt {
    if left >= 0 {
        n << left
    } else {
        // Towards zero for both signs; `>>` of a negative BigInt would round down.
        n / (BigInt::from(1) << -left)
    }
}

/// The zero of a continuous function that changes sign once in `[low, high]`, by bisection to the
/// last binary place: slow, and it cannot be wrong about convergence.
///
/// # Panics  if the function has the same sign at both ends.
#[must_use]
pub fn bisect<const BITS: u32>(
    f: impl Fn(&Fixed<BITS>) -> Fixed<BITS>,
    low: &Fixed<BITS>,
    high: &Fixed<BITS>,
) -> Fixed<BITS> {
    let (mut low, mut high) = (low.clone(), high.clone());
    let negative_below = f(&low).is_negative();
    assert!(
        negative_below != f(&high).is_negative(),
        "no change of sign between {} and {}",
        low.to_f64(),
        high.to_f64()
    );
    loop {
        let middle = (&low + &high).scaled_by_power_of_two(-1);
        if middle <= low || middle >= high {
            return middle;
        }
        if f(&middle).is_negative() == negative_below {
            low = middle;
        } else {
            high = middle;
        }
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, |$a:ident, $b:ident| $body:expr) => {
        impl<const BITS: u32> $trait for &Fixed<BITS> {
            type Output = Fixed<BITS>;

            fn $method(self, other: Self) -> Fixed<BITS> {
                let ($a, $b) = (&self.0, &other.0);
                Fixed($body)
            }
        }

        impl<const BITS: u32> $trait for Fixed<BITS> {
            type Output = Self;

            fn $method(self, other: Self) -> Self {
                (&self).$method(&other)
            }
        }
    };
}

operator!(Add, add, |a, b| a + b);
operator!(Sub, sub, |a, b| a - b);
operator!(Mul, mul, |a, b| shift(a * b, -i64::from(BITS)));
operator!(Div, div, |a, b| (a << BITS) / b);

impl<const BITS: u32> Neg for &Fixed<BITS> {
    type Output = Fixed<BITS>;

    fn neg(self) -> Fixed<BITS> {
        Fixed(-&self.0)
    }
}
