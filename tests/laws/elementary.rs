//! Elementary functions over slices: to two units of the last place everywhere, at every level.
//!
//! Witness: `reference::elementary`, in double-double. An error is `|y − exact|/ulp(exact)`, the ulp of
//! a subnormal number being the smallest one, and an overflow counted as the next power of two.

use fieldassay::num::simd::Level;
use fieldassay::num::{Tol, Worst};
use fieldassay::special::elementary::{Elementary, Function};
use fieldassay_reference::dd::Dd;
use fieldassay_reference::elementary::{self as witness, Scaled};

mod arguments;
mod exhaustive;
mod slices;
mod special_values;
mod turns;

const TWO_ULP: Tol =
    Tol::abs(2.0).because("promised of every function, in units of the last place");

/// `f32` and `f64` as the tests see them.
trait Number: Elementary {
    /// Bits after the leading one.
    const DIGITS: i32;
    /// Exponents of normal numbers.
    const EXPONENTS: [i32; 2];
    fn bits(self) -> u64;
    fn next_up(self) -> Self;
    fn next_down(self) -> Self;
}

macro_rules! number {
    ($float:ident, $digits:literal, $exponents:expr) => {
        impl Number for $float {
            const DIGITS: i32 = $digits;
            const EXPONENTS: [i32; 2] = $exponents;
            fn bits(self) -> u64 {
                self.to_bits().into()
            }
            fn next_up(self) -> Self {
                self.next_up()
            }
            fn next_down(self) -> Self {
                self.next_down()
            }
        }
    };
}
number!(f32, 23, [-126, 127]);
number!(f64, 52, [-1022, 1023]);

/// The truth, to thirty digits.
fn exact(function: Function, x: f64) -> Scaled {
    let of = match function {
        Function::Exp => witness::exp,
        Function::Expm1 => witness::expm1,
        Function::Ln => witness::ln,
        Function::Ln1p => witness::ln_1p,
        Function::Tanh => witness::tanh,
        Function::Sigmoid => witness::sigmoid,
        Function::Softplus => witness::softplus,
        Function::Sin => witness::sin,
        Function::Cos => witness::cos,
        Function::Erf => witness::erf,
    };
    of(x)
}

/// `y·2^{−unit}`, in two factors that neither over- nor underflow.
fn in_units(y: f64, unit: i32) -> f64 {
    let half = unit / 2;
    y * 2.0_f64.powi(-half) * 2.0_f64.powi(half - unit)
}

/// `|y − exact|` in units of the last place of `exact` as a `T`.
fn error<T: Number>(y: T, exact: Scaled) -> f64 {
    let Some(magnitude) = exact.magnitude() else {
        return if y == T::ZERO { 0.0 } else { f64::INFINITY };
    };
    let [least, most] = T::EXPONENTS;
    let unit = magnitude.clamp(least, most) - T::DIGITS;
    let overflow = Dd::from(2.0_f64.powi(T::DIGITS + 1).copysign(exact.value.to_f64()));
    let truth = if magnitude > most {
        overflow
    } else {
        exact.in_units(unit)
    };
    let y = y.to_f64();
    let answer = if y.is_infinite() && unit == most - T::DIGITS {
        Dd::from(2.0_f64.powi(T::DIGITS + 1).copysign(y))
    } else {
        Dd::from(in_units(y, unit))
    };
    (answer - truth).abs().to_f64()
}

/// The worst error of `function` at `level` on `x`.
fn judge<T: Number + std::fmt::LowerExp>(
    function: Function,
    level: Level,
    x: &[T],
    truth: &[Scaled],
) -> Worst {
    let mut y = vec![T::ZERO; x.len()];
    T::apply(function, level, x, &mut y);
    let mut worst = Worst::new(TWO_ULP);
    for ((x, y), truth) in x.iter().zip(&y).zip(truth) {
        worst.see(error(*y, *truth), 0.0, || {
            format!("{} {} of {x:e}", level.name(), function.name())
        });
    }
    worst
}

/// Every function at every level against the witness.
fn all_functions<T: Number + std::fmt::LowerExp>() {
    const CASES: usize = 20_000;
    for function in Function::ALL {
        let x: Vec<T> = arguments::of(function, CASES);
        let truth: Vec<Scaled> = x.iter().map(|x| exact(function, x.to_f64())).collect();
        for level in Level::available() {
            let worst = judge(function, level, &x, &truth);
            eprintln!("{}", worst.summary());
            worst.assert_at_least(CASES);
        }
    }
}

#[test]
fn f32_functions_are_within_two_ulp() {
    all_functions::<f32>();
}

#[test]
fn f64_functions_are_within_two_ulp() {
    all_functions::<f64>();
}

#[test]
fn an_error_is_counted_in_units_of_the_last_place() {
    let of = |value: f64, exponent: i32| Scaled {
        value: Dd::from(value),
        exponent,
    };
    let count = |y: f64, exact: Scaled| error(y, exact);
    assert_eq!(count(1.0, of(1.0, 0)), 0.0);
    assert_eq!(count(1.0_f64.next_up(), of(1.0, 0)), 1.0);
    assert_eq!(count(1.0_f64.next_down(), of(1.0, 0)), 0.5);
    assert_eq!(error(1.0_f32.next_up(), of(1.0, 0)), 1.0);
    // Three smallest numbers for one; an overflow too early by one, and one that is due.
    assert_eq!(count(f64::from_bits(3), of(1.0, -1074)), 2.0);
    assert_eq!(
        count(f64::INFINITY, of(f64::MAX * 2.0_f64.powi(-100), 100)),
        1.0
    );
    assert_eq!(count(f64::INFINITY, of(1.0, 5000)), 0.0);
    assert_eq!(count(f64::MAX, of(1.0, 5000)), 1.0);
    assert!(count(f64::NAN, of(1.0, 0)).is_nan());
    assert_eq!(count(1e-300, of(0.0, 0)), f64::INFINITY);
}
