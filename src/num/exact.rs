//! Error-free transformations: a rounded result together with its rounding error.
//!
//! Source: T. J. Dekker, Numer. Math. 18 (1971) 224; D. E. Knuth, TAOCP vol. 2, 4.2.2.

/// `(s, e)` with `s = fl(a + b)` and `s + e = a + b` exactly.
#[must_use]
pub fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

/// `(p, e)` with `p = fl(a·b)` and `p + e = a·b` exactly, short of overflow and underflow.
#[must_use]
pub fn two_product(a: f64, b: f64) -> (f64, f64) {
    let p = a * b;
    (p, a.mul_add(b, -p))
}
