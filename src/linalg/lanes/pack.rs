//! A register of doubles, one a matrix.
#![allow(
    unsafe_code,
    reason = "vector instructions, of kernels that are compiled for the level that has them"
)]

use std::marker::PhantomData;

use crate::num::simd::Isa;

/// Doubles of so many matrices, with arithmetic lane by lane.
pub(super) trait Pack: Copy {
    /// How many.
    const WIDTH: usize;
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
    /// `self/b` to about an ulp, where `b` is neither zero nor subnormal: a division keeps its unit busy for as long as several
    /// products.
    fn quotient(self, b: Self) -> Self {
        self.div(b)
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
}

/// Four numbers.
#[derive(Clone, Copy)]
pub(super) struct Plain<I>([f64; 4], PhantomData<I>);

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
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Pack;
    use std::arch::x86_64::*;

    macro_rules! pack {
        ($register:ty, $width:literal: $set:ident $load:ident $store:ident $add:ident $sub:ident $mul:ident
         $div:ident $sqrt:ident $fma:ident $fnma:ident $max:ident, |$x:ident, $yes:ident, $no:ident| $select:expr
         $(, |$a:ident, $b:ident| $quotient:expr)?) => {
            // SAFETY of all: kernels name this type only at the level that has the instructions.
            impl Pack for $register {
                const WIDTH: usize = $width;
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
                $(
                    #[inline(always)]
                    fn quotient(self, b: Self) -> Self {
                        let ($a, $b) = (self, b);
                        // SAFETY: see above.
                        unsafe { $quotient }
                    }
                )?
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
            }
        };
    }
    pack!(__m256d, 4: _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_add_pd _mm256_sub_pd _mm256_mul_pd
        _mm256_div_pd _mm256_sqrt_pd _mm256_fmadd_pd _mm256_fnmadd_pd _mm256_max_pd,
        |x, yes, no| _mm256_blendv_pd(no, yes, _mm256_cmp_pd::<_CMP_LT_OQ>(x, _mm256_setzero_pd())));
    pack!(__m512d, 8: _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_add_pd _mm512_sub_pd _mm512_mul_pd
    _mm512_div_pd _mm512_sqrt_pd _mm512_fmadd_pd _mm512_fnmadd_pd _mm512_max_pd,
    |x, yes, no| _mm512_mask_blend_pd(_mm512_cmp_pd_mask::<_CMP_LT_OQ>(x, _mm512_setzero_pd()), no, yes),
    |a, b| {
        // 14 bits of 1/b, 28 by one step of Newton's, and the rest from the remainder.
        let rough = _mm512_rcp14_pd(b);
        let missing = _mm512_fnmadd_pd(b, rough, _mm512_set1_pd(1.0));
        let inverse = _mm512_fmadd_pd(rough, missing, rough);
        let near = _mm512_mul_pd(a, inverse);
        _mm512_fmadd_pd(_mm512_fnmadd_pd(b, near, a), inverse, near)
    });
}
