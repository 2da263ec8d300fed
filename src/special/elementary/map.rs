//! A function of one number, applied to a slice.
//!
//! # Design
//!
//! Every element goes through the same block of straight-line code, which the compiler turns into
//! vector instructions: a slice whose length is no multiple of [`BLOCK`] has its rest copied into a full
//! block. So a value does not depend on its place in the slice, and there is one loop to read.

use super::real::Real;
use crate::num::simd::Isa;
use crate::simd_kernel;

/// Elements that are worked on together.
pub(super) const BLOCK: usize = 32;

/// A function of one number, without branches.
pub(super) trait Kernel<T>: Copy {
    /// Its value at `x`.
    fn at<I: Isa>(x: T) -> T;
}

/// Two functions of the same number that share most of their work.
pub(super) trait PairKernel<T>: Copy {
    /// Their values at `x`.
    fn at<I: Isa>(x: T) -> (T, T);
}

#[inline(always)]
fn map_body<I: Isa, T: Real, K: Kernel<T>>(_kernel: K, x: &[T], y: &mut [T]) {
    let (blocks, rest) = x.as_chunks::<BLOCK>();
    let (results, last) = y.as_chunks_mut::<BLOCK>();
    for (x, y) in blocks.iter().zip(results) {
        for (x, y) in x.iter().zip(y) {
            *y = K::at::<I>(*x);
        }
    }
    if !rest.is_empty() {
        let (mut x, mut y) = ([T::ONE; BLOCK], [T::ONE; BLOCK]);
        x[..rest.len()].copy_from_slice(rest);
        for (x, y) in x.iter().zip(&mut y) {
            *y = K::at::<I>(*x);
        }
        last.copy_from_slice(&y[..rest.len()]);
    }
}

#[inline(always)]
fn pair_body<I: Isa, T: Real, K: PairKernel<T>>(_kernel: K, x: &[T], y: &mut [T], z: &mut [T]) {
    let (blocks, rest) = x.as_chunks::<BLOCK>();
    let (results, last) = y.as_chunks_mut::<BLOCK>();
    let (others, last_other) = z.as_chunks_mut::<BLOCK>();
    for ((x, y), z) in blocks.iter().zip(results).zip(others) {
        for ((x, y), z) in x.iter().zip(y).zip(z) {
            (*y, *z) = K::at::<I>(*x);
        }
    }
    if !rest.is_empty() {
        let (mut x, mut y, mut z) = ([T::ONE; BLOCK], [T::ONE; BLOCK], [T::ONE; BLOCK]);
        x[..rest.len()].copy_from_slice(rest);
        for ((x, y), z) in x.iter().zip(&mut y).zip(&mut z) {
            (*y, *z) = K::at::<I>(*x);
        }
        last.copy_from_slice(&y[..rest.len()]);
        last_other.copy_from_slice(&z[..rest.len()]);
    }
}

simd_kernel! {
    /// `y ← K(x)`, elementwise, for slices of one length.
    pub(super) fn map, map_at<T: Real, K: Kernel<T>>(kernel: K, x: &[T], y: &mut [T]) = map_body;
}
simd_kernel! {
    /// `(y, z) ← K(x)`, elementwise, for slices of one length.
    pub(super) fn pair, pair_at<T: Real, K: PairKernel<T>>(kernel: K, x: &[T], y: &mut [T], z: &mut [T]) = pair_body;
}
