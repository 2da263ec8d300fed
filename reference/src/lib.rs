//! Slow, obvious, independent witnesses for `fieldassay`.
//!
//! Nothing here is shared with the main crate: no faer, no special functions, no random streams, no
//! quadrature rules. Where `f64` is not enough, the arithmetic is this crate's own double-double.

pub mod dd;
pub mod linalg;
pub mod separable_box;
pub mod zeta;
