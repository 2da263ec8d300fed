//! Elementary functions over slices of f32 and f64, vectorised: the inner loops of networks.
//!
//! ```
//! use fieldassay::special::elementary::Elementary;
//! let (x, mut y) = ([0.0, 1.0, f64::INFINITY], [0.0; 3]);
//! <f64 as Elementary>::tanh(&x, &mut y);
//! assert_eq!((y[0], y[2]), (0.0, 1.0));
//! ```
//!
//! # Domain
//!
//! Everything: NaN gives NaN, infinities and signed zeros their limits; subnormal arguments and results are
//! regular; overflow gives `∞`. `sin` and `cos` are fast for `|x| ≤ 2²²` in f32 and `2³⁰` in f64; beyond, each
//! element is computed by crate `libm`.
//!
//! # Accuracy
//!
//! Within 2 ulp at every level. Largest `|y − exact|/ulp(exact)` over all of f32 (`tests/laws/elementary`), and
//! the largest seen in f64 in dense samples of the worst places:
//!
//! | | exp | expm1 | ln | ln_1p | tanh | sigmoid | softplus | sin, cos | erf |
//! |---|---|---|---|---|---|---|---|---|---|
//! | f32 | 1.1 | 1.9 | 1.0 | 1.6 | 1.9 | 2.0 | 1.8 | 0.6 | 1.8 |
//! | f64 | 1.1 | 1.7 | 0.9 | 1.4 | 1.8 | 2.0 | 2.0 | 1.3 | 1.6 |
//!
//! Levels may differ by one rounding of a multiply-add, hence in the last bits. At one level a value
//! depends on its argument alone, not on its place in the slice.
//!
//! # Source
//!
//! Textbook range reductions; all polynomials are fitted here (`reference/fit/elementary.py`).
//!
//! # Witness
//!
//! `reference::elementary`: series in double-double.

mod erf;
mod exp;
mod ln;
mod map;
mod real;
mod sigmoid;
mod sin;

use crate::num::simd::{Float, Level};
use map::{map_at, pair_at};
use real::Real;
use sin::Trigonometric;

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `e^x`.
    Exp,
    /// `e^x − 1`.
    Expm1,
    /// `ln x`.
    Ln,
    /// `ln(1+x)`.
    Ln1p,
    /// `tanh x`.
    Tanh,
    /// `1/(1 + e^{−x})`.
    Sigmoid,
    /// `ln(1 + e^x)`.
    Softplus,
    /// `sin x`.
    Sin,
    /// `cos x`.
    Cos,
    /// `erf x`.
    Erf,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Exp,
        Self::Expm1,
        Self::Ln,
        Self::Ln1p,
        Self::Tanh,
        Self::Sigmoid,
        Self::Softplus,
        Self::Sin,
        Self::Cos,
        Self::Erf,
    ];

    /// Its name, as the functions of [`Elementary`] spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exp => "exp",
            Self::Expm1 => "expm1",
            Self::Ln => "ln",
            Self::Ln1p => "ln_1p",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Softplus => "softplus",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Erf => "erf",
        }
    }
}

macro_rules! named {
    ($($(#[$meta:meta])* $name:ident $at:ident $function:ident;)*) => {$(
        $(#[$meta])*
        ///
        /// # Panics  unless `x` and `y` are of one length.
        fn $name(x: &[Self], y: &mut [Self]) {
            Self::apply(Function::$function, Level::best(), x, y);
        }

        #[doc = concat!("[`Elementary::", stringify!($name), "`] with the instructions of `level`.")]
        fn $at(level: Level, x: &[Self], y: &mut [Self]) {
            Self::apply(Function::$function, level, x, y);
        }
    )*};
}

/// Functions over slices, for `f32` and `f64`.
///
/// On a concrete type write `<f32 as Elementary>::exp(&x, &mut y)` or `Elementary::exp(&x, &mut y)`, since
/// `f32::exp` is the standard library's.
pub trait Elementary: Float {
    /// `y ← function(x)`, elementwise, with the instructions of `level`.
    ///
    /// # Panics  unless `x` and `y` are of one length.
    fn apply(function: Function, level: Level, x: &[Self], y: &mut [Self]);

    /// `(softplus, sigmoid) ← (ln(1 + e^x), 1/(1 + e^{−x}))` with the instructions of `level`.
    ///
    /// # Panics  unless all three are of one length.
    fn softplus_sigmoid_at(level: Level, x: &[Self], softplus: &mut [Self], sigmoid: &mut [Self]);

    /// A function and its derivative from one exponential, bitwise those of [`Elementary::softplus`]
    /// and [`Elementary::sigmoid`].
    ///
    /// # Panics  unless all three are of one length.
    fn softplus_sigmoid(x: &[Self], softplus: &mut [Self], sigmoid: &mut [Self]) {
        Self::softplus_sigmoid_at(Level::best(), x, softplus, sigmoid);
    }

    named! {
        /// `e^x`; 0 below and `∞` above the range of the type.
        exp exp_at Exp;
        /// `e^x − 1`, relatively accurate at 0.
        expm1 expm1_at Expm1;
        /// `ln x`; `−∞` at `±0`, NaN below.
        ln ln_at Ln;
        /// `ln(1+x)`, relatively accurate at 0; `−∞` at `−1`, NaN below.
        ln_1p ln_1p_at Ln1p;
        /// `tanh x`.
        tanh tanh_at Tanh;
        /// `1/(1 + e^{−x})`.
        sigmoid sigmoid_at Sigmoid;
        /// `ln(1 + e^x)`.
        softplus softplus_at Softplus;
        /// `sin x`; NaN at infinities.
        sin sin_at Sin;
        /// `cos x`; NaN at infinities.
        cos cos_at Cos;
        /// `erf x = 2/√π ∫_0^x e^{−t²} dt`.
        erf erf_at Erf;
    }
}

/// `(sin 2πx, cos 2πx)`, elementwise: angles in turns, whose reduction is exact.
///
/// # Domain    `|x| < 2⁴⁹`, which is not checked.
/// # Accuracy  2 ulp.
/// # Panics    unless all three are of one length.
pub fn sin_cos_turns(x: &[f64], sin: &mut [f64], cos: &mut [f64]) {
    sin_cos_turns_at(Level::best(), x, sin, cos);
}

/// [`sin_cos_turns`] with the instructions of `level`.
///
/// # Panics  as there.
pub fn sin_cos_turns_at(level: Level, x: &[f64], sin: &mut [f64], cos: &mut [f64]) {
    check_length("sin_cos_turns", x.len(), sin.len());
    check_length("sin_cos_turns", x.len(), cos.len());
    pair_at(level, sin::SinCosTurns, x, sin, cos);
}

fn check_length(name: &str, arguments: usize, results: usize) {
    assert!(
        arguments == results,
        "{name}: {arguments} arguments for {results} results"
    );
}

/// Replaces the results of arguments beyond `bound` by those of the slow function.
fn repair<T: Real>(x: &[T], y: &mut [T], bound: T, slow: fn(T) -> T) {
    let beyond = |x: &T| x.abs() > bound;
    if x.iter().fold(false, |any, x| any | beyond(x)) {
        for (x, y) in x.iter().zip(y).filter(|(x, _)| beyond(x)) {
            *y = slow(*x);
        }
    }
}

macro_rules! elementary {
    ($($float:ty)*) => {$(
        impl Elementary for $float {
            fn apply(function: Function, level: Level, x: &[Self], y: &mut [Self]) {
                check_length(function.name(), x.len(), y.len());
                match function {
                    Function::Exp => map_at(level, exp::Exp, x, y),
                    Function::Expm1 => map_at(level, exp::Expm1, x, y),
                    Function::Ln => map_at(level, ln::Ln, x, y),
                    Function::Ln1p => map_at(level, ln::Ln1p, x, y),
                    Function::Tanh => map_at(level, sigmoid::Tanh, x, y),
                    Function::Sigmoid => map_at(level, sigmoid::Sigmoid, x, y),
                    Function::Softplus => map_at(level, sigmoid::SoftplusAlone, x, y),
                    Function::Erf => map_at(level, erf::Erf, x, y),
                    Function::Sin => {
                        map_at(level, sin::Sin, x, y);
                        repair(x, y, Self::REDUCIBLE, Self::sin_far);
                    }
                    Function::Cos => {
                        map_at(level, sin::Cos, x, y);
                        repair(x, y, Self::REDUCIBLE, Self::cos_far);
                    }
                }
            }

            fn softplus_sigmoid_at(level: Level, x: &[Self], softplus: &mut [Self], sigmoid: &mut [Self]) {
                check_length("softplus_sigmoid", x.len(), softplus.len());
                check_length("softplus_sigmoid", x.len(), sigmoid.len());
                pair_at(level, sigmoid::SoftplusSigmoid, x, softplus, sigmoid);
            }
        }
    )*};
}
elementary!(f32 f64);
