//! `erf`.
//!
//! Below 1 `x + x P(x²)`, above `1 + T(|x| − c)` up to where `erf` rounds to 1; both minimax
//! (`reference/fit/elementary.py`). `T` is `−erfc`, whose absolute error is what counts there, and a
//! polynomial in a centred variable costs less than an exponential.
//!
//! Accuracy: see [`super`].

use super::map::Kernel;
use super::real::{Real, at_most, polynomial, polynomial_by_four};
use crate::num::simd::Isa;

/// The constants of the error function.
pub(super) trait ErrorFunction: Real {
    /// `erf` rounds to 1 from here on.
    const SATURATED: Self;
    /// Half way from 1 to there.
    const CENTRE: Self;
    /// `erf(√z)/√z − 1` for `0 ≤ z ≤ 1`.
    fn near_zero<I: Isa>(z: Self) -> Self;
    /// `erf(CENTRE + t) − 1` from 1 to `SATURATED`.
    fn above_one<I: Isa>(t: Self) -> Self;
}

impl ErrorFunction for f32 {
    const SATURATED: Self = 3.95;
    const CENTRE: Self = 2.475;
    #[inline(always)]
    fn near_zero<I: Isa>(z: Self) -> Self {
        polynomial::<I, _, _>(
            z, // fitted to 0.02 ulp
            [
                1.283_791_7e-1,
                -3.761_262_6e-1,
                1.128_358_54e-1,
                -2.685_381_3e-2,
                5.188_327_7e-3,
                -8.010_193_7e-4,
                7.853_861e-5,
            ],
        )
    }
    #[inline(always)]
    fn above_one<I: Isa>(t: Self) -> Self {
        polynomial_by_four::<I, _, _>(
            t, // fitted to 0.019 ulp
            [
                -4.649_467_3e-4,
                2.466_771_5e-3,
                -6.105_263_7e-3,
                9.251_567e-3,
                -9.413_677e-3,
                6.543_208_4e-3,
                -2.888_033e-3,
                4.867_552_2e-4,
                3.180_781e-4,
                -2.731_708_2e-4,
                7.825_617e-5,
                1.250_875_9e-5,
                -1.677_539e-5,
                3.167_608_2e-6,
                1.019_749e-6,
                -3.562_086e-7,
            ],
        )
    }
}

impl ErrorFunction for f64 {
    const SATURATED: Self = 6.0;
    const CENTRE: Self = 3.5;
    #[inline(always)]
    fn near_zero<I: Isa>(z: Self) -> Self {
        polynomial::<I, _, _>(
            z, // fitted to 0.051 ulp
            [
                1.283_791_670_955_126e-1,
                -3.761_263_890_318_375e-1,
                1.128_379_167_095_485_7e-1,
                -2.686_617_064_507_289_6e-2,
                5.223_977_624_780_881e-3,
                -8.548_326_978_743_044e-4,
                1.205_533_103_692_910_8e-4,
                -1.492_559_350_754_631_2e-5,
                1.646_097_282_653_042_8e-6,
                -1.635_002_531_194_515_4e-7,
                1.465_788_036_473_934_6e-8,
                -1.136_566_768_255_906_9e-9,
                5.945_264_162_989_22e-11,
            ],
        )
    }
    #[inline(always)]
    fn above_one<I: Isa>(t: Self) -> Self {
        polynomial_by_four::<I, _, _>(
            t, // fitted to 0.074 ulp
            [
                -7.430_983_723_413_913e-7,
                5.399_426_777_397_326e-6,
                -1.889_799_372_084_921_8e-5,
                4.229_550_975_566_587_5e-5,
                -6.771_781_083_298_244e-5,
                8.211_628_224_570_624e-5,
                -7.774_424_639_092_52e-5,
                5.819_275_058_271_713e-5,
                -3.425_917_542_036_612e-5,
                1.533_076_838_479_713e-5,
                -4.641_017_715_391_056e-6,
                4.447_034_779_714_124_5e-7,
                4.437_740_005_474_010_4e-7,
                -3.016_694_779_628_7e-7,
                9.231_526_399_301_103e-8,
                -5.731_257_948_923_536e-9,
                -8.262_846_478_456_84e-9,
                4.034_743_322_182_681_5e-9,
                -7.048_705_562_799_263e-10,
                -1.415_814_271_594_625_8e-10,
                1.162_743_459_124_266_3e-10,
                -2.587_966_876_078_442e-11,
                -1.809_778_437_107_870_6e-12,
                2.675_497_961_573_136_5e-12,
                -6.432_967_488_639_468e-13,
                -1.881_394_243_096_098_7e-14,
                5.434_208_978_035_703_6e-14,
                -1.400_954_743_805_371_1e-14,
                -5.739_431_369_184_721e-16,
                1.266_664_844_619_743_7e-15,
                -2.089_401_642_045_439_7e-16,
                -5.476_415_572_220_637_3e-17,
                1.912_953_128_265_423_8e-17,
                1.101_725_659_574_141_7e-18,
                -8.766_022_976_791_761e-19,
                1.453_330_854_735_648_1e-21,
                2.263_977_401_211_593_2e-20,
                -3.558_263_072_245_399e-22,
                -2.665_730_998_670_226_6e-22,
            ],
        )
    }
}

/// `erf x`.
#[derive(Clone, Copy)]
pub(super) struct Erf;

impl<T: ErrorFunction> Kernel<T> for Erf {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> T {
        let size = at_most(x.abs(), T::SATURATED);
        let small = I::mul_add(size, T::near_zero::<I>(size * size), size);
        let large = T::ONE + T::above_one::<I>(size - T::CENTRE);
        let value = if size < T::ONE { small } else { large };
        value.with_sign_of(x)
    }
}
