//! Dawson's integral.

use errorfunctions::RealErrorFunctions;

/// `D(x) = e^{−x²} ∫_0^x e^{t²} dt`.
///
/// # Accuracy  relative 1e-13 (crate `errorfunctions`, after S. G. Johnson's Faddeeva package).
#[must_use]
pub fn dawson(x: f64) -> f64 {
    RealErrorFunctions::dawson(x)
}
