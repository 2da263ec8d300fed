//! `sin` and `cos`.
//!
//! `x = n π/2 + r` with `|r| ≤ π/4`; `sin r = r + r³ S(r²)`, `cos r = 1 − r²/2 + r⁴ C(r²)`, minimax
//! (`reference/fit/elementary.py`). The products of `n` with the parts of `π/2` are exact without a
//! fused multiply-add, so that `r` keeps its relative accuracy next to the zeros:
//! in f32 the whole kernel runs in f64, `π/2` in two parts, for `|x| ≤ 2²²`; in f64 five parts, the
//! remainder carried as a sum of two numbers, for `|x| ≤ 2³⁰` (no f64 below that is closer than about
//! 2⁻⁵⁵ to a multiple of `π/2`). Larger arguments go to crate `libm`, one by one.
//!
//! Accuracy: table in [`super`].

use super::map::{Kernel, PairKernel};
use super::real::{Real, polynomial};
use crate::num::simd::Isa;

/// The constants of `sin` and `cos`.
pub(super) trait Trigonometric: Real {
    /// Up to here the kernels hold.
    const REDUCIBLE: Self;
    /// `sin(x + quarter·π/2)`.
    fn sin_shifted<I: Isa>(x: Self, quarter: u64) -> Self;
    /// `sin x`, slowly, for any `x`.
    fn sin_far(x: Self) -> Self;
    /// `cos x`, slowly, for any `x`.
    fn cos_far(x: Self) -> Self;
}

/// Added to a number, leaves its nearest integer in the last bits.
const SHIFTER: f64 = 6_755_399_441_055_744.0;

/// `±sin r` or `±cos r`, as the last two bits of `quadrant` say.
#[inline(always)]
fn in_quadrant(quadrant: u64, sin: f64, cos: f64) -> f64 {
    let size = if quadrant & 1 == 0 { sin } else { cos };
    f64::from_bits(size.to_bits() ^ ((quadrant & 2) << 62))
}

impl Trigonometric for f32 {
    const REDUCIBLE: Self = 4_194_304.0;

    #[inline(always)]
    fn sin_shifted<I: Isa>(x: Self, quarter: u64) -> Self {
        const HALF_PI: [f64; 2] = [1.570_796_327_665_448_2, -8.705_515_695_504_166e-10];
        let x = f64::from(x);
        let shifted = I::mul_add(x, std::f64::consts::FRAC_2_PI, SHIFTER);
        let n = shifted - SHIFTER;
        let r = I::mul_add(n, -HALF_PI[0], x);
        let r = I::mul_add(n, -HALF_PI[1], r);
        let z = r * r;
        let sin = I::mul_add(
            r * z,
            polynomial::<I, _, _>(
                z, // fitted to 0.07 ulp
                [-1.666_665_5e-1, 8.332_16e-3, -1.951_527_7e-4],
            ),
            r,
        );
        let cos = polynomial::<I, _, _>(
            z, // fitted to 0.0015 ulp
            [4.166_664_6e-2, -1.388_731_6e-3, 2.443_315e-5],
        );
        let cos = I::mul_add(z, I::mul_add(z, cos, -0.5), 1.0);
        in_quadrant(shifted.to_bits().wrapping_add(quarter), sin, cos) as Self
    }

    fn sin_far(x: Self) -> Self {
        libm::sinf(x)
    }

    fn cos_far(x: Self) -> Self {
        libm::cosf(x)
    }
}

/// `(a + b, what that rounds away)`.
#[inline(always)]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let back = sum - a;
    (sum, (a - (sum - back)) + (b - back))
}

/// `r + low = x − n π/2`, and `SHIFTER + n`.
#[inline(always)]
fn reduce<I: Isa>(x: f64) -> (f64, f64, f64) {
    const HALF_PI: [f64; 5] = [
        1.570_796_489_715_576_2,
        -1.629_206_849_429_465_4e-7,
        5.390_302_529_957_765e-15,
        3.282_003_668_243_402_6e-22,
        -1.253_699_020_693_249_9e-29,
    ];
    let shifted = I::mul_add(x, std::f64::consts::FRAC_2_PI, SHIFTER);
    let n = shifted - SHIFTER;
    // Exact: after two parts all bits lie between 2⁰ and 2⁻⁴⁵.
    let r = I::mul_add(n, -HALF_PI[0], x);
    let r = I::mul_add(n, -HALF_PI[1], r);
    let (r, third) = two_sum(r, -(n * HALF_PI[2]));
    let (r, fourth) = two_sum(r, -(n * HALF_PI[3]));
    let low = I::mul_add(n, -HALF_PI[4], third + fourth);
    let sum = r + low;
    (sum, (r - sum) + low, shifted)
}

/// `(sin, cos)` of `r + low`, `|r| ≤ π/4`.
#[inline(always)]
fn near_zero<I: Isa>(r: f64, low: f64) -> (f64, f64) {
    let z = r * r;
    let cube = polynomial::<I, _, _>(
        z, // fitted to 0.05 ulp
        [
            -1.666_666_666_666_663e-1,
            8.333_333_333_322_118e-3,
            -1.984_126_982_958_895_6e-4,
            2.755_731_362_115_924_7e-6,
            -2.505_074_772_425_582_2e-8,
            1.589_622_776_094_466e-10,
        ],
    );
    let sin = I::mul_add(r * z, cube, I::mul_add(-0.5 * z, low, low)) + r;
    let cos = polynomial::<I, _, _>(
        z, // fitted to 0.0048 ulp
        [
            4.166_666_666_666_659_5e-2,
            -1.388_888_888_887_305_6e-3,
            2.480_158_728_885_065_3e-5,
            -2.755_731_417_898_857_4e-7,
            2.087_570_079_935_265_7e-9,
            -1.135_853_427_443_030_2e-11,
        ],
    );
    let cos = I::mul_add(z, I::mul_add(z, cos, -0.5), -(r * low)) + 1.0;
    (sin, cos)
}

impl Trigonometric for f64 {
    const REDUCIBLE: Self = 1_073_741_824.0;

    #[inline(always)]
    fn sin_shifted<I: Isa>(x: Self, quarter: u64) -> Self {
        let (r, low, shifted) = reduce::<I>(x);
        let (sin, cos) = near_zero::<I>(r, low);
        in_quadrant(shifted.to_bits().wrapping_add(quarter), sin, cos)
    }

    fn sin_far(x: Self) -> Self {
        libm::sin(x)
    }

    fn cos_far(x: Self) -> Self {
        libm::cos(x)
    }
}

/// `sin x` for `|x| ≤ REDUCIBLE`.
#[derive(Clone, Copy)]
pub(super) struct Sin;

impl<T: Trigonometric> Kernel<T> for Sin {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> T {
        // The polynomial turns −0 into 0.
        let regular = T::sin_shifted::<I>(x, 0);
        if x == T::ZERO { x } else { regular }
    }
}

/// `cos x` for `|x| ≤ REDUCIBLE`.
#[derive(Clone, Copy)]
pub(super) struct Cos;

impl<T: Trigonometric> Kernel<T> for Cos {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> T {
        T::sin_shifted::<I>(x, 1)
    }
}

/// `sin 2πx` and `cos 2πx` in f64, for `|x| < 2⁴⁹`.
#[derive(Clone, Copy)]
pub(super) struct SinCosTurns;

impl PairKernel<f64> for SinCosTurns {
    #[inline(always)]
    fn at<I: Isa>(x: f64) -> (f64, f64) {
        const HALF_PI_LOW: f64 = 6.123_233_995_736_766e-17;
        // Quarter turns: exact, and so is what is left of them.
        let shifted = I::mul_add(4.0, x, SHIFTER);
        let rest = I::mul_add(4.0, x, -(shifted - SHIFTER));
        let (r, low) = (rest * std::f64::consts::FRAC_PI_2, rest * HALF_PI_LOW);
        let (sin, cos) = near_zero::<I>(r, low);
        let quadrant = shifted.to_bits();
        (
            in_quadrant(quadrant, sin, cos),
            in_quadrant(quadrant.wrapping_add(1), sin, cos),
        )
    }
}
