//! Vector registers: the intrinsics of AVX-512 and AVX2, and short arrays for the rest.
//!
//! Every operation acts lane by lane, with [`Isa::mul_add`]'s rounding, so that a lane's result depends neither
//! on the width of the register nor on the lane's place in it.
#![allow(
    unsafe_code,
    reason = "loads and stores through pointers, whose bounds the kernels check once"
)]

use std::any::TypeId;
use std::marker::PhantomData;

use crate::num::simd::{Float, Isa};

/// A register of numbers of the kernel's type.
pub(super) trait Register: Copy {
    /// All zero.
    fn zero() -> Self;
    /// # Safety
    /// The register holds `T`s, as many as can be read at `p`.
    unsafe fn load<T>(p: *const T) -> Self;
    /// # Safety
    /// The register holds `T`s, as many as can be written at `p`.
    unsafe fn store<T>(self, p: *mut T);
    /// The number at `p` in every lane.
    ///
    /// # Safety
    /// The register holds `T`s, one of which can be read at `p`.
    unsafe fn broadcast<T>(p: *const T) -> Self;
    /// `self·b + c`.
    fn mul_add(self, b: Self, c: Self) -> Self;
}

/// The same numbers, of which the caller knows that `T` is `S`.
pub(super) fn same<T: 'static, S: 'static>(numbers: &[T]) -> &[S] {
    assert_eq!(TypeId::of::<T>(), TypeId::of::<S>(), "f32 or f64");
    // SAFETY: it is the same type.
    unsafe { std::slice::from_raw_parts(numbers.as_ptr().cast(), numbers.len()) }
}

/// As [`same`].
pub(super) fn same_mut<T: 'static, S: 'static>(numbers: &mut [T]) -> &mut [S] {
    assert_eq!(TypeId::of::<T>(), TypeId::of::<S>(), "f32 or f64");
    // SAFETY: it is the same type.
    unsafe { std::slice::from_raw_parts_mut(numbers.as_mut_ptr().cast(), numbers.len()) }
}

/// `N` numbers.
#[derive(Clone, Copy)]
pub(super) struct Array<I, T, const N: usize>([T; N], PhantomData<I>);

impl<I: Isa, S: Float, const N: usize> Register for Array<I, S, N> {
    #[inline(always)]
    fn zero() -> Self {
        Self([S::ZERO; N], PhantomData)
    }
    #[inline(always)]
    unsafe fn load<T>(p: *const T) -> Self {
        // SAFETY: the caller's promise; an array is aligned like its elements.
        Self(unsafe { p.cast::<[S; N]>().read() }, PhantomData)
    }
    #[inline(always)]
    unsafe fn store<T>(self, p: *mut T) {
        // SAFETY: as above.
        unsafe { p.cast::<[S; N]>().write(self.0) }
    }
    #[inline(always)]
    unsafe fn broadcast<T>(p: *const T) -> Self {
        // SAFETY: as above.
        Self([unsafe { p.cast::<S>().read() }; N], PhantomData)
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        let mut sum = c;
        for l in 0..N {
            sum.0[l] = I::mul_add(self.0[l], b.0[l], c.0[l]);
        }
        sum
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Register;
    use std::arch::x86_64::*;

    macro_rules! register {
        ($($register:ty, $number:ty: $zero:ident $load:ident $store:ident $set:ident $fma:ident;)*) => {$(
            impl Register for $register {
                #[inline(always)]
                fn zero() -> Self {
                    // SAFETY: kernels name this type only at the level that has the instruction.
                    unsafe { $zero() }
                }
                #[inline(always)]
                unsafe fn load<T>(p: *const T) -> Self {
                    // SAFETY: the caller's promise; unaligned addresses are allowed.
                    unsafe { $load(p.cast()) }
                }
                #[inline(always)]
                unsafe fn store<T>(self, p: *mut T) {
                    // SAFETY: as above.
                    unsafe { $store(p.cast(), self) }
                }
                #[inline(always)]
                unsafe fn broadcast<T>(p: *const T) -> Self {
                    // SAFETY: as above.
                    unsafe { $set(p.cast::<$number>().read()) }
                }
                #[inline(always)]
                fn mul_add(self, b: Self, c: Self) -> Self {
                    // SAFETY: kernels name this type only at the level that has the instruction.
                    unsafe { $fma(self, b, c) }
                }
            }
        )*};
    }
    register! {
        __m512, f32: _mm512_setzero_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_set1_ps _mm512_fmadd_ps;
        __m512d, f64: _mm512_setzero_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_set1_pd _mm512_fmadd_pd;
        __m256, f32: _mm256_setzero_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_set1_ps _mm256_fmadd_ps;
        __m256d, f64: _mm256_setzero_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_set1_pd _mm256_fmadd_pd;
    }
}

/// `$run::<I, T, R, N>($args)` with the widest register `R` of `I`, which holds `N` numbers.
macro_rules! with_widest {
    ($I:ty, $T:ty, $run:ident($($arg:expr),* $(,)?)) => {{
        use $crate::tensor::kernel::register::Array;
        #[cfg(target_arch = "x86_64")]
        use std::arch::x86_64::{__m256, __m256d, __m512, __m512d};
        // Bytes of a register and of a number; constants, so that no other branch is compiled.
        if const { <$I>::REGISTER_BYTES == 16 } {
            if const { size_of::<$T>() == 4 } {
                $run::<$I, $T, Array<$I, $T, 4>, 4>($($arg),*)
            } else {
                $run::<$I, $T, Array<$I, $T, 2>, 2>($($arg),*)
            }
        } else {
            #[cfg(target_arch = "x86_64")]
            if const { <$I>::REGISTER_BYTES == 64 } {
                if const { size_of::<$T>() == 4 } {
                    $run::<$I, $T, __m512, 16>($($arg),*)
                } else {
                    $run::<$I, $T, __m512d, 8>($($arg),*)
                }
            } else if const { size_of::<$T>() == 4 } {
                $run::<$I, $T, __m256, 8>($($arg),*)
            } else {
                $run::<$I, $T, __m256d, 4>($($arg),*)
            }
        }
    }};
}
pub(super) use with_widest;

/// Compiles `body` once for every level, as a function of its own: in line, its caller's variables would
/// compete for registers.
macro_rules! with_instructions {
    (
        $(#[$meta:meta])*
        unsafe fn $name:ident<$(const $N:ident),*>($($arg:ident: $type:ty),* $(,)?) = $body:ident;
    ) => {
        // Not on the functions below: rustc 1.95 drops the attribute beside `target_feature`.
        $(#[$meta])*
        #[inline(never)]
        unsafe fn $name<I: Isa, T: Float, R: Register, $(const $N: usize),*>($($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,bmi2")]
            unsafe fn avx512<I: Isa, T: Float, R: Register, $(const $N: usize),*>($($arg: $type),*) {
                // SAFETY: the caller's promise.
                unsafe { $body::<I, T, R, $($N),*>($($arg),*) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            unsafe fn avx2<I: Isa, T: Float, R: Register, $(const $N: usize),*>($($arg: $type),*) {
                // SAFETY: the caller's promise.
                unsafe { $body::<I, T, R, $($N),*>($($arg),*) }
            }
            #[cfg(target_arch = "x86_64")]
            if const { I::REGISTER_BYTES == 64 } {
                // SAFETY: the caller's promise; `I` is used only where its level was detected.
                return unsafe { avx512::<I, T, R, $($N),*>($($arg),*) };
            } else if const { I::REGISTER_BYTES == 32 } {
                // SAFETY: as above.
                return unsafe { avx2::<I, T, R, $($N),*>($($arg),*) };
            }
            // SAFETY: the caller's promise.
            unsafe { $body::<I, T, R, $($N),*>($($arg),*) }
        }
    };
}
pub(super) use with_instructions;
