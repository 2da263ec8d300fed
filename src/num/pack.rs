//! A register of doubles.
#![allow(
    unsafe_code,
    reason = "vector instructions, of kernels that are compiled for the level that has them"
)]

use std::marker::PhantomData;

use crate::num::simd::Isa;

/// Doubles side by side, with arithmetic lane by lane.
pub(crate) trait Pack: Copy {
    /// How many.
    const WIDTH: usize;
    /// How many registers there are.
    const REGISTERS: usize;
    /// The same number in every lane.
    fn splat(x: f64) -> Self;
    /// The first `WIDTH` numbers of the slice, which are there (checked where bounds are not known).
    fn load(from: &[f64]) -> Self;
    /// Writes the first `WIDTH` numbers of the slice.
    fn store(self, to: &mut [f64]);
    /// `self + b`.
    fn add(self, b: Self) -> Self;
    /// `self − b`.
    fn sub(self, b: Self) -> Self;
    /// `self·b`.
    fn mul(self, b: Self) -> Self;
    /// `self/b`.
    fn div(self, b: Self) -> Self;
    /// `self/b` to about an ulp, where `b` is normal and no product overflows, NaN elsewhere or as [`Pack::div`]: a division
    /// keeps its unit busy for as long as several products.
    #[inline(always)]
    fn quotient(self, b: Self) -> Self {
        self.div(b)
    }
    /// `c − self/b`, as exact as [`Pack::quotient`].
    #[inline(always)]
    fn quotient_from(self, b: Self, c: Self) -> Self {
        c.sub(self.div(b))
    }
    /// `√self`.
    fn sqrt(self) -> Self;
    /// `self·b + c`.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// `c − self·b`.
    fn neg_mul_add(self, b: Self, c: Self) -> Self;
    /// The larger one.
    fn max(self, b: Self) -> Self;
    /// `yes` where `self < 0`, `no` elsewhere.
    fn if_negative(self, yes: Self, no: Self) -> Self;
    /// `yes` where `self = 0`, `no` elsewhere.
    fn if_zero(self, yes: Self, no: Self) -> Self;
    /// `count + 1` where `self < 0`.
    #[inline(always)]
    fn count_negative(self, count: Self) -> Self {
        count.add(self.if_negative(Self::splat(1.0), Self::splat(0.0)))
    }
    /// Whether there is a NaN in a lane.
    fn any_nan(self) -> bool;
    /// `yes` where `self` is NaN, `no` elsewhere.
    fn if_nan(self, yes: Self, no: Self) -> Self;
}

/// Four numbers.
#[derive(Clone, Copy)]
pub(crate) struct Plain<I>([f64; 4], PhantomData<I>);

impl<I: Isa> Plain<I> {
    #[inline(always)]
    fn each(f: impl Fn(usize) -> f64) -> Self {
        let mut out = [0.0; 4];
        for (lane, out) in out.iter_mut().enumerate() {
            *out = f(lane);
        }
        Self(out, PhantomData)
    }
}

impl<I: Isa> Pack for Plain<I> {
    const WIDTH: usize = 4;
    const REGISTERS: usize = I::REGISTERS;
    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self([x; 4], PhantomData)
    }
    #[inline(always)]
    fn load(from: &[f64]) -> Self {
        Self::each(|l| from[l])
    }
    #[inline(always)]
    fn store(self, to: &mut [f64]) {
        to[..4].copy_from_slice(&self.0);
    }
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        Self::each(|l| self.0[l] + b.0[l])
    }
    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        Self::each(|l| self.0[l] - b.0[l])
    }
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        Self::each(|l| self.0[l] * b.0[l])
    }
    #[inline(always)]
    fn div(self, b: Self) -> Self {
        Self::each(|l| self.0[l] / b.0[l])
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Self::each(|l| self.0[l].sqrt())
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        Self::each(|l| I::mul_add(self.0[l], b.0[l], c.0[l]))
    }
    #[inline(always)]
    fn neg_mul_add(self, b: Self, c: Self) -> Self {
        Self::each(|l| I::mul_add(-self.0[l], b.0[l], c.0[l]))
    }
    #[inline(always)]
    fn max(self, b: Self) -> Self {
        Self::each(|l| {
            if self.0[l] > b.0[l] {
                self.0[l]
            } else {
                b.0[l]
            }
        })
    }
    #[inline(always)]
    fn if_negative(self, yes: Self, no: Self) -> Self {
        Self::each(|l| if self.0[l] < 0.0 { yes.0[l] } else { no.0[l] })
    }
    #[inline(always)]
    fn if_zero(self, yes: Self, no: Self) -> Self {
        Self::each(|l| if self.0[l] == 0.0 { yes.0[l] } else { no.0[l] })
    }
    #[inline(always)]
    fn any_nan(self) -> bool {
        self.0.iter().any(|x| x.is_nan())
    }
    #[inline(always)]
    fn if_nan(self, yes: Self, no: Self) -> Self {
        Self::each(|l| {
            if self.0[l].is_nan() {
                yes.0[l]
            } else {
                no.0[l]
            }
        })
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Pack;
    use std::arch::x86_64::*;

    macro_rules! pack {
        ($register:ty, $width:literal of $registers:literal: $set:ident $load:ident $store:ident $add:ident $sub:ident $mul:ident
         $div:ident $sqrt:ident $fma:ident $fnma:ident $max:ident, |$x:ident, $yes:ident, $no:ident| $select:expr, $zero:expr,
         $any_nan:expr, $nan:expr $(, { $($own:item)* })?) => {
            // SAFETY of all: kernels name this type only at the level that has the instructions.
            impl Pack for $register {
                const WIDTH: usize = $width;
                const REGISTERS: usize = $registers;
                #[inline(always)]
                fn splat(x: f64) -> Self {
                    // SAFETY: see above.
                    unsafe { $set(x) }
                }
                #[inline(always)]
                fn load(from: &[f64]) -> Self {
                    let from = &from[..$width];
                    // SAFETY: see above; the slice holds as many numbers.
                    unsafe { $load(from.as_ptr()) }
                }
                #[inline(always)]
                fn store(self, to: &mut [f64]) {
                    let to = &mut to[..$width];
                    // SAFETY: see above; the slice holds as many numbers.
                    unsafe { $store(to.as_mut_ptr(), self) }
                }
                #[inline(always)]
                fn add(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $add(self, b) }
                }
                #[inline(always)]
                fn sub(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $sub(self, b) }
                }
                #[inline(always)]
                fn mul(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $mul(self, b) }
                }
                #[inline(always)]
                fn div(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $div(self, b) }
                }
                $($($own)*)?
                #[inline(always)]
                fn sqrt(self) -> Self {
                    // SAFETY: see above.
                    unsafe { $sqrt(self) }
                }
                #[inline(always)]
                fn mul_add(self, b: Self, c: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $fma(self, b, c) }
                }
                #[inline(always)]
                fn neg_mul_add(self, b: Self, c: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $fnma(self, b, c) }
                }
                #[inline(always)]
                fn max(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $max(self, b) }
                }
                #[inline(always)]
                fn if_negative(self, yes: Self, no: Self) -> Self {
                    let ($x, $yes, $no) = (self, yes, no);
                    // SAFETY: see above.
                    unsafe { $select }
                }
                #[inline(always)]
                fn if_zero(self, yes: Self, no: Self) -> Self {
                    let ($x, $yes, $no) = (self, yes, no);
                    // SAFETY: see above.
                    unsafe { $zero }
                }
                #[inline(always)]
                fn any_nan(self) -> bool {
                    let $x = self;
                    // SAFETY: see above.
                    unsafe { $any_nan }
                }
                #[inline(always)]
                fn if_nan(self, yes: Self, no: Self) -> Self {
                    let ($x, $yes, $no) = (self, yes, no);
                    // SAFETY: see above.
                    unsafe { $nan }
                }
            }
        };
    }
    pack!(__m256d, 4 of 16: _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_add_pd _mm256_sub_pd _mm256_mul_pd
        _mm256_div_pd _mm256_sqrt_pd _mm256_fmadd_pd _mm256_fnmadd_pd _mm256_max_pd,
        |x, yes, no| _mm256_blendv_pd(no, yes, _mm256_cmp_pd::<_CMP_LT_OQ>(x, _mm256_setzero_pd())),
        _mm256_blendv_pd(no, yes, _mm256_cmp_pd::<_CMP_EQ_OQ>(x, _mm256_setzero_pd())),
        _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_UNORD_Q>(x, x)) != 0,
        _mm256_blendv_pd(no, yes, _mm256_cmp_pd::<_CMP_UNORD_Q>(x, x)));
    pack!(__m512d, 8 of 32: _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_add_pd _mm512_sub_pd _mm512_mul_pd
        _mm512_div_pd _mm512_sqrt_pd _mm512_fmadd_pd _mm512_fnmadd_pd _mm512_max_pd,
        |x, yes, no| _mm512_mask_blend_pd(_mm512_cmp_pd_mask::<_CMP_LT_OQ>(x, _mm512_setzero_pd()), no, yes),
        _mm512_mask_blend_pd(_mm512_cmp_pd_mask::<_CMP_EQ_OQ>(x, _mm512_setzero_pd()), no, yes),
        _mm512_cmp_pd_mask::<_CMP_UNORD_Q>(x, x) != 0,
        _mm512_mask_blend_pd(_mm512_cmp_pd_mask::<_CMP_UNORD_Q>(x, x), no, yes), {
        #[inline(always)]
        fn quotient(self, b: Self) -> Self {
            let (near, missing, inverse) = divided(self, b);
            missing.mul_add(inverse, near)
        }
        #[inline(always)]
        fn quotient_from(self, b: Self, c: Self) -> Self {
            let (near, missing, inverse) = divided(self, b);
            missing.neg_mul_add(inverse, c.sub(near))
        }
        #[inline(always)]
        fn count_negative(self, count: Self) -> Self {
            // SAFETY: see above.
            unsafe {
                let negative = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(self, _mm512_setzero_pd());
                _mm512_mask_add_pd(count, negative, count, _mm512_set1_pd(1.0))
            }
        }
    });

    /// `a/b` to 28 bits, what is missing of `a`, and `1/b`.
    #[inline(always)]
    fn divided(a: __m512d, b: __m512d) -> (__m512d, __m512d, __m512d) {
        // SAFETY: called by the methods above only.
        let rough = unsafe { _mm512_rcp14_pd(b) };
        // 14 bits of 1/b, 28 by one step of Newton's.
        let inverse = rough.mul_add(b.neg_mul_add(rough, __m512d::splat(1.0)), rough);
        let near = a.mul(inverse);
        (near, b.neg_mul_add(near, a), inverse)
    }
}

/// `$run::<P>($args)` with the widest register `P` of `$I`.
macro_rules! with_widest_pack {
    ($I:ty, $run:ident($($arg:expr),* $(,)?)) => {{
        #[cfg(target_arch = "x86_64")]
        use std::arch::x86_64::{__m256d, __m512d};
        // Constants, so that no other branch is compiled.
        if const { <$I>::REGISTER_BYTES == 16 } {
            $run::<$crate::num::pack::Plain<$I>>($($arg),*)
        } else {
            #[cfg(target_arch = "x86_64")]
            if const { <$I>::REGISTER_BYTES == 64 } {
                $run::<__m512d>($($arg),*)
            } else {
                $run::<__m256d>($($arg),*)
            }
        }
    }};
}
pub(crate) use with_widest_pack;
