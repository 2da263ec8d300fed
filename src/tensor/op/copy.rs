//! The operand's numbers again: how a plan returns an input or a constant.

use super::REAL;
use super::pointwise::pointwise;

pointwise! {
    /// `x`.
    Copy = "copy": (x in REAL) -> x;
    slope 0: |g, call| One;
}
