//! `erf`.
//!
//! Below `EDGE` `x + x P(x²)`, above `1 + T(|x| − c)` up to where `erf` rounds to 1; both minimax
//! (`reference/fit/elementary.py`). `T` is `−erfc`, whose absolute error is what counts there, and a
//! polynomial in a centred variable costs less than an exponential. In f64 `T` is 39 coefficients long
//! and rounds by some units of its own last place, so that it takes over only where it is small.
//!
//! Accuracy: table in [`super`].

use super::map::Kernel;
use super::real::{Real, at_most, polynomial, polynomial_by_four};
use crate::num::simd::Isa;

/// The constants of the error function.
pub(super) trait ErrorFunction: Real {
    /// `erf` rounds to 1 from here on.
    const SATURATED: Self;
    /// From here on the polynomial above holds, below the one near 0.
    const EDGE: Self;
    /// About half way between these two.
    const CENTRE: Self;
    /// `erf(√z)/√z − 1` for `0 ≤ z ≤ EDGE²`.
    fn near_zero<I: Isa>(z: Self) -> Self;
    /// `erf(CENTRE + t) − 1` from `EDGE` to `SATURATED`.
    fn above_edge<I: Isa>(t: Self) -> Self;
}

impl ErrorFunction for f32 {
    const SATURATED: Self = 3.95;
    const EDGE: Self = 1.0;
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
    fn above_edge<I: Isa>(t: Self) -> Self {
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
    const EDGE: Self = 1.125;
    const CENTRE: Self = 3.5;
    #[inline(always)]
    fn near_zero<I: Isa>(z: Self) -> Self {
        polynomial::<I, _, _>(
            z, // fitted to 0.05 ulp
            [
                1.283_791_670_955_126e-1,
                -3.761_263_890_318_375_4e-1,
                1.128_379_167_095_512_3e-1,
                -2.686_617_064_513_07e-2,
                5.223_977_625_435_556e-3,
                -8.548_327_022_968_228e-4,
                1.205_533_295_881_852_3e-4,
                -1.492_564_960_716_527_7e-5,
                1.646_209_696_725_329_6e-6,
                -1.636_555_458_282_189_3e-7,
                1.480_369_253_546_114e-8,
                -1.226_019_282_209_454_8e-9,
                9.237_235_016_080_421e-11,
                -5.944_734_082_285_843e-12,
                2.477_683_864_628_670_7e-13,
            ],
        )
    }
    #[inline(always)]
    fn above_edge<I: Isa>(t: Self) -> Self {
        polynomial_by_four::<I, _, _>(
            t, // fitted to 0.016 ulp
            [
                -7.430_983_723_416_139e-7,
                5.399_426_777_388_495_4e-6,
                -1.889_799_372_082_071_3e-5,
                4.229_550_975_602_04e-5,
                -6.771_781_083_359_07e-5,
                8.211_628_224_146_722e-5,
                -7.774_424_638_578_145e-5,
                5.819_275_060_652_489e-5,
                -3.425_917_544_331_425e-5,
                1.533_076_830_832_140_7e-5,
                -4.641_017_653_028_61e-6,
                4.447_036_346_355_679e-7,
                4.437_738_881_327_916_6e-7,
                -3.016_696_969_580_622e-7,
                9.231_540_601_534_901e-8,
                -5.731_039_521_948_079e-9,
                -8.262_976_993_522_943e-9,
                4.034_583_115_396_058_5e-9,
                -7.047_810_728_239_818e-10,
                -1.414_932_678_359_842_4e-10,
                1.162_277_986_076_609_7e-10,
                -2.591_651_543_513_775e-11,
                -1.791_224_309_258_363e-12,
                2.687_260_313_080_465_7e-12,
                -6.489_861_460_750_69e-13,
                -2.167_907_699_966_723_4e-14,
                5.568_116_363_192_969_5e-14,
                -1.348_138_436_617_139_9e-14,
                -8.136_293_563_373_082e-16,
                1.194_274_759_804_225_3e-15,
                -1.769_099_552_993_174_8e-16,
                -4.761_838_915_711_828e-17,
                1.603_599_822_299_741_4e-17,
                6.217_449_144_593_516e-19,
                -6.726_846_041_269_354e-19,
                2.108_688_342_752_090_4e-20,
                1.443_296_426_594_447e-20,
                -7.248_285_165_917_164e-22,
                -1.144_771_051_360_932e-22,
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
        let large = T::ONE + T::above_edge::<I>(size - T::CENTRE);
        let value = if size < T::EDGE { small } else { large };
        value.with_sign_of(x)
    }
}
