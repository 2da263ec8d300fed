//! The element types that files store, read into the types that [`ArrayData`] holds.
//!
//! A narrower type is widened exactly: int8, int16, uint16 → `i32`, uint32 → `i64`, float16 and
//! bfloat16 → `f32`, bool → `u8`. Types that would lose something (uint64, 8-bit floats, long
//! double) are refused by the readers, by name.

use std::io::{self, ErrorKind, Read};

use num_complex::Complex;

use super::array::ArrayData;

/// A stored element type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Bool,
    I8,
    U8,
    I16,
    U16,
    F16,
    BF16,
    I32,
    U32,
    F32,
    I64,
    F64,
    C32,
    C64,
}

/// Byte order of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl Stored {
    /// Bytes of one element in the file.
    pub(super) const fn stored_bytes(self) -> usize {
        match self {
            Self::Bool | Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 | Self::F16 | Self::BF16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::F64 | Self::C32 => 8,
            Self::C64 => 16,
        }
    }

    /// Bytes of one element in memory.
    pub(super) const fn held_bytes(self) -> usize {
        match self {
            Self::Bool | Self::U8 => 1,
            Self::I8 | Self::I16 | Self::U16 | Self::F16 | Self::BF16 => 4,
            Self::I32 | Self::F32 => 4,
            Self::U32 | Self::I64 | Self::F64 | Self::C32 => 8,
            Self::C64 => 16,
        }
    }

    /// Reads `count` elements. Memory is taken as the bytes arrive, unless they are known to be
    /// there (`present`).
    pub(super) fn read(
        self,
        source: &mut dyn Read,
        count: usize,
        order: ByteOrder,
        present: bool,
    ) -> io::Result<ArrayData> {
        let mut run = Run {
            source,
            count,
            order,
            present,
        };
        Ok(match self {
            Self::Bool => run.truth_values()?.into(),
            Self::U8 => run.elements(u8::from_le_bytes)?.into(),
            Self::I8 => run.elements(|b| i32::from(i8::from_le_bytes(b)))?.into(),
            Self::I16 => run.elements(|b| i32::from(i16::from_le_bytes(b)))?.into(),
            Self::U16 => run.elements(|b| i32::from(u16::from_le_bytes(b)))?.into(),
            Self::I32 => run.elements(i32::from_le_bytes)?.into(),
            Self::U32 => run.elements(|b| i64::from(u32::from_le_bytes(b)))?.into(),
            Self::I64 => run.elements(i64::from_le_bytes)?.into(),
            Self::F16 => run.elements(|b| f16_to_f32(u16::from_le_bytes(b)))?.into(),
            Self::BF16 => run.elements(|b| bf16_to_f32(u16::from_le_bytes(b)))?.into(),
            Self::F32 => run.elements(f32::from_le_bytes)?.into(),
            Self::F64 => run.elements(f64::from_le_bytes)?.into(),
            Self::C32 => pairs(run.halves(f32::from_le_bytes)?).into(),
            Self::C64 => pairs(run.halves(f64::from_le_bytes)?).into(),
        })
    }
}

/// Elements that stand one after the other in a source.
struct Run<'a> {
    source: &'a mut dyn Read,
    count: usize,
    order: ByteOrder,
    present: bool,
}

impl Run<'_> {
    fn elements<T, const N: usize>(
        &mut self,
        convert: impl Fn([u8; N]) -> T,
    ) -> io::Result<Vec<T>> {
        const CHUNK: usize = 1 << 16;
        let mut buffer = vec![0; (CHUNK / N).min(self.count) * N];
        let mut out = Vec::new();
        if self.present {
            out.try_reserve_exact(self.count)?;
        }
        while out.len() < self.count {
            let bytes = (self.count - out.len()).min(CHUNK / N) * N;
            self.source.read_exact(&mut buffer[..bytes])?;
            let (items, _) = buffer[..bytes].as_chunks_mut::<N>();
            out.try_reserve(items.len())?;
            out.extend(items.iter_mut().map(|item| {
                if self.order == ByteOrder::Big {
                    item.reverse();
                }
                convert(*item)
            }));
        }
        Ok(out)
    }

    /// Real and imaginary parts in turn: twice as many numbers as elements.
    fn halves<T, const N: usize>(&mut self, convert: impl Fn([u8; N]) -> T) -> io::Result<Vec<T>> {
        self.count = self
            .count
            .checked_mul(2)
            .ok_or_else(|| io::Error::from(ErrorKind::OutOfMemory))?;
        self.elements(convert)
    }

    fn truth_values(&mut self) -> io::Result<Vec<u8>> {
        let bytes = self.elements(u8::from_le_bytes)?;
        match bytes.iter().find(|byte| **byte > 1) {
            None => Ok(bytes),
            Some(byte) => Err(io::Error::new(
                ErrorKind::InvalidData,
                format!("a bool stored as {byte}"),
            )),
        }
    }
}

fn pairs<T: Copy>(halves: Vec<T>) -> Vec<Complex<T>> {
    let (pairs, _) = halves.as_chunks::<2>();
    pairs
        .iter()
        .map(|[re, im]| Complex::new(*re, *im))
        .collect()
}

/// IEEE half precision, exactly; a NaN keeps its payload.
fn f16_to_f32(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let exponent = u32::from(bits >> 10) & 0x1f;
    let fraction = u32::from(bits) & 0x3ff;
    let magnitude = match exponent {
        // Subnormals: multiples of 2⁻²⁴.
        0 => (fraction as f32 * f32::from_bits(0x3380_0000)).to_bits(),
        0x1f => 0x7f80_0000 | (fraction << 13),
        _ => ((exponent + 127 - 15) << 23) | (fraction << 13),
    };
    f32::from_bits(sign | magnitude)
}

/// bfloat16 is the upper half of single precision.
fn bf16_to_f32(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}
