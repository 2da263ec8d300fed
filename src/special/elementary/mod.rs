//! Placeholder with the seam of the vectorised elementary functions.

use crate::num::simd::Float;

macro_rules! functions {
    ($($name:ident $body32:expr, $body64:expr;)*) => {
        /// Elementary functions of slices.
        pub trait Elementary: Float {
            $(
                #[allow(missing_docs)]
                fn $name(x: &[Self], y: &mut [Self]);
            )*
            #[allow(missing_docs)]
            fn softplus_sigmoid(x: &[Self], softplus: &mut [Self], sigmoid: &mut [Self]) {
                Self::softplus(x, softplus);
                Self::sigmoid(x, sigmoid);
            }
        }
        impl Elementary for f32 {
            $(fn $name(x: &[Self], y: &mut [Self]) { for (y, x) in y.iter_mut().zip(x) { *y = $body32(*x); } })*
        }
        impl Elementary for f64 {
            $(fn $name(x: &[Self], y: &mut [Self]) { for (y, x) in y.iter_mut().zip(x) { *y = $body64(*x); } })*
        }
    };
}
functions! {
    exp f32::exp, f64::exp;
    expm1 f32::exp_m1, f64::exp_m1;
    ln f32::ln, f64::ln;
    ln_1p f32::ln_1p, f64::ln_1p;
    tanh f32::tanh, f64::tanh;
    sigmoid |x: f32| 1.0 / (1.0 + (-x).exp()), |x: f64| 1.0 / (1.0 + (-x).exp());
    softplus |x: f32| x.max(0.0) + (-x.abs()).exp().ln_1p(), |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
    sin f32::sin, f64::sin;
    cos f32::cos, f64::cos;
    erf |x: f32| libm::erff(x), |x: f64| libm::erf(x);
}
