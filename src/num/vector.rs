//! Sums of scaled vectors, at the widest level.

use super::simd::Isa;
use crate::simd_kernel;

#[inline(always)]
fn axpy_body<I: Isa>(a: f64, x: &[f64], y: &mut [f64]) {
    assert_eq!(x.len(), y.len(), "vectors of one length");
    for (y, x) in y.iter_mut().zip(x) {
        *y = I::mul_add(a, *x, *y);
    }
}

simd_kernel! {
    /// `y ← a·x + y`.
    ///
    /// # Panics  if the lengths differ.
    pub fn axpy, axpy_at(a: f64, x: &[f64], y: &mut [f64]) = axpy_body;
}

#[inline(always)]
fn axpy_into_body<I: Isa>(a: f64, x: &[f64], y: &[f64], out: &mut [f64]) {
    let n = out.len();
    assert!(x.len() == n && y.len() == n, "vectors of one length");
    for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
        *out = I::mul_add(a, *x, *y);
    }
}

simd_kernel! {
    /// `out ← a·x + y`.
    ///
    /// # Panics  if the lengths differ.
    pub fn axpy_into, axpy_into_at(a: f64, x: &[f64], y: &[f64], out: &mut [f64]) = axpy_into_body;
}
