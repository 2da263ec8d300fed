//! Special functions and quadrature rules, one file each.

mod dawson;
pub mod elementary;
mod erf;
mod gauss_legendre;

pub use dawson::dawson;
pub use erf::{erf, erfc};
pub use gauss_legendre::gauss_legendre;
