//! The error function.

/// `erf(x) = 2/√π ∫_0^x e^{−t²} dt`.
///
/// # Accuracy  1 ulp (crate `libm`; `statrs` has 1e-10 only).
#[must_use]
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// `erfc(x) = 1 − erf(x)`, relatively accurate where it is small.
///
/// # Accuracy  1 ulp (crate `libm`).
#[must_use]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}
