//! A dense array as files hold it: a shape and the elements in row-major order.

use num_complex::Complex;

use crate::error::{Error, Result};

/// Elements of an array, in row-major order.
///
/// Equality is that of the numbers: NaN differs from itself, and −0 equals 0.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ArrayData {
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
    /// 32-bit integers.
    I32(Vec<i32>),
    /// 64-bit integers.
    I64(Vec<i64>),
    /// Bytes, and truth values as 0 and 1.
    U8(Vec<u8>),
    /// Complex, single precision: `complex64` of NumPy.
    C32(Vec<Complex<f32>>),
    /// Complex, double precision: `complex128` of NumPy.
    C64(Vec<Complex<f64>>),
}

/// Runs one expression on the vector inside, whatever its element type.
macro_rules! on_elements {
    ($data:expr, $vector:ident => $expression:expr) => {
        match $data {
            $crate::io::ArrayData::F32($vector) => $expression,
            $crate::io::ArrayData::F64($vector) => $expression,
            $crate::io::ArrayData::I32($vector) => $expression,
            $crate::io::ArrayData::I64($vector) => $expression,
            $crate::io::ArrayData::U8($vector) => $expression,
            $crate::io::ArrayData::C32($vector) => $expression,
            $crate::io::ArrayData::C64($vector) => $expression,
        }
    };
}
pub(super) use on_elements;

/// For each variant: `From<Vec<T>>`, and the accessor that takes no other type.
macro_rules! exact_types {
    ($($variant:ident $element:ty, $name:literal, $accessor:ident;)*) => {
        impl ArrayData {
            /// The element type's name: `f32`, `f64`, `i32`, `i64`, `u8`, `c32` or `c64`.
            #[must_use]
            pub const fn dtype(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }
        }
        $(impl From<Vec<$element>> for ArrayData {
            fn from(elements: Vec<$element>) -> Self {
                Self::$variant(elements)
            }
        })*
        impl Array {
            $(
                #[doc = concat!("The elements, if they are `", $name, "`.")]
                ///
                /// # Errors  `Error::Argument` naming both types, if they are of another one.
                pub fn $accessor(&self) -> Result<&[$element]> {
                    match &self.data {
                        ArrayData::$variant(elements) => Ok(elements),
                        other => Err(Error::argument("dtype", other.dtype(), $name)),
                    }
                }
            )*
        }
    };
}

exact_types! {
    F32 f32, "f32", as_f32;
    F64 f64, "f64", as_f64;
    I32 i32, "i32", as_i32;
    I64 i64, "i64", as_i64;
    U8 u8, "u8", as_u8;
    C32 Complex<f32>, "c32", as_c32;
    C64 Complex<f64>, "c64", as_c64;
}

/// A dense array: as many elements as its shape says.
///
/// ```
/// use fieldassay::io::Array;
/// let kappa = Array::new(vec![2, 2], vec![0.1, 0.2, 0.3, 0.4]).unwrap();
/// assert_eq!(kappa.as_f64().unwrap()[2], 0.3);
/// assert!(kappa.as_i32().unwrap_err().to_string().contains("found f64, expected i32"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    shape: Vec<usize>,
    data: ArrayData,
}

impl Array {
    /// An array of `shape`; the empty shape is a single number.
    ///
    /// # Shapes  `data`: as many as the product of `shape`, last index fastest.
    /// # Errors  `Error::ShapeMismatch` if the numbers differ.
    pub fn new(shape: Vec<usize>, data: impl Into<ArrayData>) -> Result<Self> {
        let data = data.into();
        let length = on_elements!(&data, v => v.len());
        if element_count(&shape) != Some(length) {
            return Err(Error::ShapeMismatch {
                op: "an array's shape and its number of elements",
                lhs: shape,
                rhs: vec![length],
            });
        }
        Ok(Self { shape, data })
    }

    /// The shape, slowest index first.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements.
    #[must_use]
    pub const fn data(&self) -> &ArrayData {
        &self.data
    }

    /// Shape and elements, moved out.
    #[must_use]
    pub fn into_parts(self) -> (Vec<usize>, ArrayData) {
        (self.shape, self.data)
    }

    /// The number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        on_elements!(&self.data, v => v.len())
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element type's name.
    #[must_use]
    pub const fn dtype(&self) -> &'static str {
        self.data.dtype()
    }

    /// The elements as double precision, from any real type, exactly.
    ///
    /// # Errors  `Error::Argument` for complex elements, and for an integer beyond ±2⁵³, which a
    /// double may not hold.
    pub fn to_f64(&self) -> Result<Vec<f64>> {
        match &self.data {
            ArrayData::F64(v) => Ok(v.clone()),
            ArrayData::F32(v) => Ok(v.iter().map(|x| f64::from(*x)).collect()),
            ArrayData::I32(v) => Ok(v.iter().map(|x| f64::from(*x)).collect()),
            ArrayData::U8(v) => Ok(v.iter().map(|x| f64::from(*x)).collect()),
            ArrayData::I64(v) => v.iter().enumerate().map(exact_integer).collect(),
            ArrayData::C32(_) | ArrayData::C64(_) => {
                Err(Error::argument("dtype", self.dtype(), "a real type"))
            }
        }
    }
}

fn exact_integer((index, &x): (usize, &i64)) -> Result<f64> {
    const LARGEST: u64 = 1 << f64::MANTISSA_DIGITS;
    if x.unsigned_abs() > LARGEST {
        let field = format!("element {index}");
        return Err(Error::argument(
            field,
            x.to_string(),
            "an integer within ±2^53, exact as f64",
        ));
    }
    Ok(x as f64)
}

/// The product of `shape`, or `None` if that of its non-zero entries overflows: strides are products
/// of some of them, so a shape like `(2⁶³, 2, 0)` is no more usable than a full one.
pub(super) fn element_count(shape: &[usize]) -> Option<usize> {
    let nonzero = shape.iter().filter(|n| **n != 0);
    let product = nonzero.copied().try_fold(1_usize, usize::checked_mul)?;
    Some(if shape.contains(&0) { 0 } else { product })
}

/// The array of `shape` whose elements arrive first index fastest (Fortran order).
pub(super) fn from_fortran(shape: Vec<usize>, data: ArrayData) -> Result<Array> {
    let data = if shape.len() < 2 {
        data
    } else {
        on_elements!(data, v => ArrayData::from(to_row_major(&shape, &v)))
    };
    Array::new(shape, data)
}

fn to_row_major<T: Copy>(shape: &[usize], column_major: &[T]) -> Vec<T> {
    let strides: Vec<usize> = shape
        .iter()
        .scan(1, |stride, n| Some(std::mem::replace(stride, *stride * n)))
        .collect();
    let mut index = vec![0; shape.len()];
    let mut offset = 0;
    let mut out = Vec::with_capacity(column_major.len());
    for _ in 0..column_major.len() {
        out.push(column_major[offset]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            offset += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            offset -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    out
}
