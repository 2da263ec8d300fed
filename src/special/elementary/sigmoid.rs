//! `tanh`, `sigmoid` and `softplus`, each from one exponential, and the last two from the same one.
//!
//! With `e = e^{−|x|} ≤ 1`: `sigmoid = 1/(1+e)` or `e/(1+e)`, `softplus = max(x, 0) + ln(1+e)` with
//! `ln(1+e) = e + e² Q(e − ½)`, `Q` minimax (`reference/fit/elementary.py`; centred, its coefficients fall
//! fastest). `tanh = t/(t+2)` with `t = e^{2|x|} − 1`, which keeps relative accuracy at 0.
//!
//! Accuracy: table in [`super`].

use super::exp::{Exponential, exp_between, expm1_bounded};
use super::map::{Kernel, PairKernel};
use super::real::{at_least, at_most, polynomial, polynomial_by_four};
use crate::num::simd::Isa;

/// The constants of `softplus`.
pub(super) trait Softplus: Exponential {
    /// `Q(t) = (ln(1+e) − e)/e²` with `t = e − ½`, for `0 ≤ e ≤ 1`.
    fn ln_1p_rest<I: Isa>(t: Self) -> Self;
}

impl Softplus for f32 {
    #[inline(always)]
    fn ln_1p_rest<I: Isa>(t: Self) -> Self {
        polynomial::<I, _, _>(
            t, // fitted to 0.071 ulp
            [
                -3.781_395_6e-1,
                1.792_249_1e-1,
                -9.323_249e-2,
                5.108_858_3e-2,
                -2.889_074e-2,
                1.665_556e-2,
                -1.026_751_1e-2,
                6.956_021_3e-3,
                -3.172_256_3e-3,
            ],
        )
    }
}

impl Softplus for f64 {
    #[inline(always)]
    fn ln_1p_rest<I: Isa>(t: Self) -> Self {
        polynomial_by_four::<I, _, _>(
            t, // fitted to 0.052 ulp
            [
                -3.781_395_675_673_424_6e-1,
                1.792_249_369_360_366_4e-1,
                -9.323_036_636_366_89e-2,
                5.108_344_610_548_435e-2,
                -2.894_318_316_457_144_4e-2,
                1.678_874_248_693_663_2e-2,
                -9.909_900_757_257_877e-3,
                5.929_011_667_023_745e-3,
                -3.585_665_030_654_236e-3,
                2.187_646_174_375_165e-3,
                -1.344_527_585_020_564_2e-3,
                8.313_535_161_706_739e-4,
                -5.165_676_760_543_421e-4,
                3.234_227_445_234_039_4e-4,
                -2.047_492_125_640_055_7e-4,
                1.255_322_610_955_151e-4,
                -7.140_239_700_662_406e-5,
                5.272_659_506_745_395e-5,
                -5.081_175_134_356_381_4e-5,
                2.522_030_685_003_942e-5,
            ],
        )
    }
}

/// `e^{−|x|}`, and what it has lost.
#[inline(always)]
fn decay<I: Isa, T: Exponential>(x: T) -> (T, T) {
    exp_between::<I, T>(at_least(-x.abs(), T::UNDERFLOW))
}

/// `sigmoid(x)` with `e = e^{−|x|}`.
#[inline(always)]
fn sigmoid_from<I: Isa, T: Exponential>(x: T, e: T) -> T {
    let numerator = if x >= T::ZERO { T::ONE } else { e };
    let sum = T::ONE + e;
    // What the sum rounded away matters where e is small; there it is relative to 1.
    let excess = (sum - T::ONE) - e;
    let quotient = numerator / sum;
    I::mul_add(quotient, excess, quotient)
}

/// `softplus(x)` with `e + low = e^{−|x|}`.
#[inline(always)]
fn softplus_from<I: Isa, T: Softplus>(x: T, (e, low): (T, T)) -> T {
    let positive = if x > T::ZERO { x } else { T::ZERO };
    let rest = T::ln_1p_rest::<I>(e - T::HALF);
    if I::FMA {
        positive + I::mul_add(e * e, rest, e)
    } else {
        // The product rounds once more: here neither the exponential nor the first sum may.
        let (large, small) = if positive > e {
            (positive, e)
        } else {
            (e, positive)
        };
        let sum = large + small;
        let lost = if x < T::INFINITY {
            small - (sum - large)
        } else {
            T::ZERO
        };
        sum + (e * e * rest + (lost + low))
    }
}

/// `tanh x`.
#[derive(Clone, Copy)]
pub(super) struct Tanh;

impl<T: Exponential> Kernel<T> for Tanh {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> T {
        let magnitude = x.abs();
        let t = expm1_bounded::<I, T>(at_most(magnitude + magnitude, T::NEGLIGIBLE));
        let quotient = t / (t + T::TWO);
        // What the sum and the quotient rounded away, over t + 2 = 2/(1 − quotient).
        let rest = I::mul_add(-quotient, t, t - T::TWO * quotient);
        let rest = if t < T::TWO { rest } else { T::ZERO };
        let weight = I::mul_add(quotient, -T::HALF, T::HALF);
        I::mul_add(rest, weight, quotient).with_sign_of(x)
    }
}

/// `1/(1 + e^{−x})`.
#[derive(Clone, Copy)]
pub(super) struct Sigmoid;

impl<T: Exponential> Kernel<T> for Sigmoid {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> T {
        sigmoid_from::<I, T>(x, decay::<I, T>(x).0)
    }
}

/// `ln(1 + e^x)`.
#[derive(Clone, Copy)]
pub(super) struct SoftplusAlone;

impl<T: Softplus> Kernel<T> for SoftplusAlone {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> T {
        softplus_from::<I, T>(x, decay::<I, T>(x))
    }
}

/// `(softplus(x), sigmoid(x))`: a function and its derivative.
#[derive(Clone, Copy)]
pub(super) struct SoftplusSigmoid;

impl<T: Softplus> PairKernel<T> for SoftplusSigmoid {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> (T, T) {
        let e = decay::<I, T>(x);
        (softplus_from::<I, T>(x, e), sigmoid_from::<I, T>(x, e.0))
    }
}
