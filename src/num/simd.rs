//! Run-time choice of the instruction set for loops over slices.
//!
//! # Design
//!
//! A kernel is written once, as an `#[inline(always)]` function over contiguous slices that is generic
//! in [`Isa`]; [`simd_kernel!`](crate::simd_kernel) compiles it for AVX-512, for AVX2 with FMA and for the
//! baseline, and picks at run time. What may differ between levels is one rounding of a
//! multiply-add ([`Isa::mul_add`]); what may not is the order of a reduction, whose tree has a fixed width
//! ([`REDUCTION_LANES`]) whatever the registers hold. A [`Level`] can only be had for an instruction
//! set that the machine has, so that taking one as an argument is safe.

use std::sync::OnceLock;

/// Partial sums that a vectorised reduction keeps, for every instruction set.
pub const REDUCTION_LANES: usize = 16;

/// An instruction set that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(Kind);

/// The instruction sets that kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(hidden)]
pub enum Kind {
    /// What every machine of the architecture has.
    Portable,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512 F, VL, DQ, BW, with BMI2, AVX2 and FMA.
    Avx512,
}

impl Level {
    /// The baseline, which every machine has.
    pub const PORTABLE: Self = Self(Kind::Portable);

    /// The widest level of this machine.
    #[must_use]
    pub fn best() -> Self {
        static BEST: OnceLock<Level> = OnceLock::new();
        *BEST.get_or_init(|| *Self::available().last().expect("the baseline at least"))
    }

    /// All levels of this machine, the baseline first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut, reason = "other architectures have the baseline only")]
        let mut levels = vec![Self::PORTABLE];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            levels.push(Self(Kind::Avx2));
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("bmi2")
            {
                levels.push(Self(Kind::Avx512));
            }
        }
        levels
    }

    /// `portable`, `avx2` or `avx512`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            Kind::Avx2 => "avx2",
            Kind::Avx512 => "avx512",
        }
    }

    /// For [`simd_kernel!`](crate::simd_kernel).
    #[doc(hidden)]
    #[must_use]
    pub const fn kind(self) -> Kind {
        self.0
    }
}

/// What a kernel may know of the instruction set that it is compiled for.
pub trait Isa: Copy {
    /// Whether a fused multiply-add is one instruction.
    const FMA: bool;
    /// Bytes of a vector register.
    const REGISTER_BYTES: usize;
    /// Vector registers.
    const REGISTERS: usize;

    /// `a·b + c`, with one rounding where that is one instruction, else with two.
    #[inline(always)]
    #[must_use]
    fn mul_add<T: Float>(a: T, b: T, c: T) -> T {
        if Self::FMA { a.fused(b, c) } else { a * b + c }
    }
}

/// The baseline.
#[derive(Clone, Copy, Debug)]
pub struct Portable;
/// AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub struct Avx2;
/// AVX-512.
#[derive(Clone, Copy, Debug)]
pub struct Avx512;

impl Isa for Portable {
    const FMA: bool = false;
    const REGISTER_BYTES: usize = 16;
    const REGISTERS: usize = 16;
}
impl Isa for Avx2 {
    const FMA: bool = true;
    const REGISTER_BYTES: usize = 32;
    const REGISTERS: usize = 16;
}
impl Isa for Avx512 {
    const FMA: bool = true;
    const REGISTER_BYTES: usize = 64;
    const REGISTERS: usize = 32;
}

/// `f32` or `f64`.
pub trait Float:
    Copy
    + PartialOrd
    + Default
    + std::fmt::Debug
    + Send
    + Sync
    + 'static
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::Neg<Output = Self>
    + std::ops::AddAssign
    + std::ops::SubAssign
    + std::ops::MulAssign
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Nearest to `x`.
    fn of(x: f64) -> Self;
    /// Exact.
    fn to_f64(self) -> f64;
    /// `self·b + c` with one rounding (a slow library call where the machine has no such instruction).
    fn fused(self, b: Self, c: Self) -> Self;
    /// Square root, correctly rounded.
    #[must_use]
    fn sqrt(self) -> Self;
    /// Absolute value.
    #[must_use]
    fn abs(self) -> Self;
    /// The largest integer that is not greater.
    #[must_use]
    fn floor(self) -> Self;
    /// The larger; the other one if one is NaN.
    #[must_use]
    fn max(self, other: Self) -> Self;
    /// The smaller; the other one if one is NaN.
    #[must_use]
    fn min(self, other: Self) -> Self;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;
}

macro_rules! float {
    ($($number:ty)*) => {$(
        impl Float for $number {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline(always)]
            fn of(x: f64) -> Self {
                x as $number
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn fused(self, b: Self, c: Self) -> Self {
                <$number>::mul_add(self, b, c)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                <$number>::sqrt(self)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                <$number>::abs(self)
            }
            #[inline(always)]
            fn floor(self) -> Self {
                <$number>::floor(self)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                <$number>::max(self, other)
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                <$number>::min(self, other)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                <$number>::is_finite(self)
            }
        }
    )*};
}
float!(f32 f64);

/// Compiles `body::<I, …>` for every instruction set and defines `name_at(level, …)` and `name(…)`.
///
/// ```
/// use fieldassay::num::simd::{Float, Isa};
/// use fieldassay::simd_kernel;
///
/// #[inline(always)]
/// fn axpy_body<I: Isa, T: Float>(a: T, x: &[T], y: &mut [T]) {
///     for (y, x) in y.iter_mut().zip(x) {
///         *y = I::mul_add(a, *x, *y);
///     }
/// }
/// simd_kernel! {
///     /// `y ← a·x + y`.
///     fn axpy, axpy_at<T: Float>(a: T, x: &[T], y: &mut [T]) = axpy_body;
/// }
/// let mut y = [1.0, 2.0, 3.0];
/// axpy(2.0, &[1.0, 1.0, 1.0], &mut y);
/// assert_eq!(y, [3.0, 4.0, 5.0]);
/// ```
#[macro_export]
macro_rules! simd_kernel {
    (
        $(#[$meta:meta])*
        $vis:vis fn $name:ident, $at:ident $(<$($T:ident: $bound:path),+>)?
        ($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? = $body:ident;
    ) => {
        $(#[$meta])*
        #[allow(dead_code, clippy::too_many_arguments)]
        $vis fn $name $(<$($T: $bound),+>)? ($($arg: $type),*) $(-> $out)? {
            $at($crate::num::simd::Level::best(), $($arg),*)
        }

        #[doc = concat!("[`", stringify!($name), "`] with the instructions of `level`.")]
        #[allow(dead_code, unsafe_code, clippy::too_many_arguments)]
        $vis fn $at $(<$($T: $bound),+>)? (
            level: $crate::num::simd::Level, $($arg: $type),*
        ) $(-> $out)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,bmi2")]
            fn avx512 $(<$($T: $bound),+>)? ($($arg: $type),*) $(-> $out)? {
                $body::<$crate::num::simd::Avx512 $($(, $T)+)?>($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2 $(<$($T: $bound),+>)? ($($arg: $type),*) $(-> $out)? {
                $body::<$crate::num::simd::Avx2 $($(, $T)+)?>($($arg),*)
            }
            match level.kind() {
                // SAFETY: a `Level` exists only for instructions that were detected on this machine.
                #[cfg(target_arch = "x86_64")]
                $crate::num::simd::Kind::Avx512 => unsafe { avx512($($arg),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::num::simd::Kind::Avx2 => unsafe { avx2($($arg),*) },
                _ => $body::<$crate::num::simd::Portable $($(, $T)+)?>($($arg),*),
            }
        }
    };
}
