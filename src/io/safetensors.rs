//! `.safetensors`: arrays by name with text metadata, as the networks of Python store them.
//!
//! float16 and bfloat16 are widened to `f32`, exactly; 8-bit and smaller floats and uint64 are refused
//! by name. The format's `C64` is two single-precision numbers: our `c32`. There is no type for
//! complex double precision, and writing one is an error.
//!
//! # Design
//!
//! The header goes through the library's `Metadata`, which checks types, shapes and offsets; the
//! library's `SafeTensors::deserialize` adds the offsets to the header's length without an overflow
//! check, so the length of the file is held against the header here. Written headers are put together
//! here too: the library keeps metadata in a hash map, and equal arrays should give equal files.

use std::io::{self, Write};
use std::path::Path;

use ::safetensors::tensor::{Dtype, Metadata, TensorInfo};
use num_complex::Complex;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::array::{Array, ArrayData};
use super::atomic::write_atomically;
use super::element::{ByteOrder, Stored};
use super::json::{self, UniqueMap};
use super::limits::{Budget, Limits, excerpt, read_file};
use super::named_arrays::NamedArrays;
use crate::error::{Error, Result};

const LENGTH_BYTES: usize = 8;

/// Reads the arrays and the metadata in the file at `path`.
///
/// # Errors  `Error::Io`; `Error::Format` naming the tensor and its field.
pub fn read(path: &Path, limits: &Limits) -> Result<NamedArrays> {
    let most = limits.max_bytes.saturating_add(limits.max_header);
    from_bytes(path, &read_file(path, most)?, limits)
}

/// Reads the arrays and the metadata in `bytes`, the content of the file `path`.
///
/// # Errors  as [`read`].
pub fn from_bytes(path: &Path, bytes: &[u8], limits: &Limits) -> Result<NamedArrays> {
    let (header, data) = split(path, bytes, limits)?;
    let metadata = parse_header(path, header)?;
    if metadata.data_len() != data.len() {
        let found = format!("{} bytes", metadata.data_len());
        let expected = format!("{} bytes, those that follow the header", data.len());
        return Err(Error::format(path, "data_offsets", found, expected));
    }
    let mut budget = Budget::new(limits);
    let mut arrays = NamedArrays::of_file(path);
    for (name, info) in metadata.tensors() {
        let array = tensor(path, &name, info, data, &mut budget)?;
        arrays.insert(name, array)?;
    }
    for (key, value) in metadata.metadata().iter().flatten() {
        arrays.insert_metadata(key, value);
    }
    Ok(arrays)
}

/// Writes `arrays` and their metadata to the file at `path`, atomically.
///
/// # Errors  `Error::Io` naming the file and the step; `Error::Unsupported` for a complex array of
/// double precision.
pub fn write(path: &Path, arrays: &NamedArrays) -> Result<()> {
    let mut layout = Vec::new();
    for (name, array) in arrays.iter() {
        let Some(dtype) = dtype_of(array.data()) else {
            return Err(Error::Unsupported {
                what: format!("{}: the {} array `{name}`", path.display(), array.dtype()),
                expected: "real or c32 arrays in .safetensors, or an .npz file".to_owned(),
            });
        };
        layout.push((dtype, name, array));
    }
    // The format wants wide types first, so that every tensor starts aligned.
    layout.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let header = header_text(arrays, &layout);
    write_atomically(path, |writer| {
        writer.write_all(&(header.len() as u64).to_le_bytes())?;
        writer.write_all(header.as_bytes())?;
        layout
            .iter()
            .try_for_each(|(_, _, array)| write_elements(writer, array.data()))
    })
}

/// Header and data; the first eight bytes say how long the header is.
fn split<'a>(path: &Path, bytes: &'a [u8], limits: &Limits) -> Result<(&'a [u8], &'a [u8])> {
    let Some((length, rest)) = bytes.split_first_chunk::<LENGTH_BYTES>() else {
        let found = format!("{} bytes", bytes.len());
        return Err(Error::format(
            path,
            "header length",
            found,
            "at least 8 bytes",
        ));
    };
    let length = u64::from_le_bytes(*length);
    let most = limits.max_header.min(rest.len() as u64);
    if length > most {
        let found = format!("{length} bytes");
        let expected = format!("at most {most} bytes");
        return Err(Error::format(path, "header length", found, expected));
    }
    // It is no more than the length of `rest`, so it fits.
    Ok(rest.split_at(length as usize))
}

fn parse_header(path: &Path, header: &[u8]) -> Result<Metadata> {
    let wrong = |e: serde_json::Error| {
        let expected = "a JSON object of tensors with dtype, shape and data_offsets that fit";
        json::problem(path, "header", &e, expected)
    };
    // The library lets the last of two tensors of one name win.
    serde_json::from_slice::<UniqueMap<IgnoredAny>>(header).map_err(wrong)?;
    serde_json::from_slice(header).map_err(wrong)
}

fn tensor(
    path: &Path,
    name: &str,
    info: &TensorInfo,
    data: &[u8],
    budget: &mut Budget,
) -> Result<Array> {
    let wrong = |field: &str, found: String, expected: String| {
        let field = format!("array {}: {field}", excerpt(name));
        Error::format(path, field, found, expected)
    };
    let stored = stored_type(info.dtype).ok_or_else(|| {
        let expected = "one of BOOL U8 I8 I16 U16 I32 U32 I64 F16 BF16 F32 F64 C64";
        wrong("dtype", info.dtype.to_string(), expected.to_owned())
    })?;
    let (start, end) = info.data_offsets;
    let mut bytes = data.get(start..end).ok_or_else(|| {
        let expected = format!("a range within {} bytes", data.len());
        wrong("data_offsets", format!("{start}..{end}"), expected)
    })?;
    let count = bytes.len() / stored.stored_bytes();
    // At most four bytes in memory for one in the file, so this cannot overflow.
    budget
        .take(count as u64 * stored.held_bytes() as u64)
        .map_err(|expected| wrong("shape", format!("{:?}", info.shape), expected))?;
    let elements = stored
        .read(&mut bytes, count, ByteOrder::Little, true)
        .map_err(|e| wrong("data", e.to_string(), format!("{count} elements")))?;
    Array::new(info.shape.clone(), elements)
}

const fn stored_type(dtype: Dtype) -> Option<Stored> {
    Some(match dtype {
        Dtype::BOOL => Stored::Bool,
        Dtype::U8 => Stored::U8,
        Dtype::I8 => Stored::I8,
        Dtype::I16 => Stored::I16,
        Dtype::U16 => Stored::U16,
        Dtype::F16 => Stored::F16,
        Dtype::BF16 => Stored::BF16,
        Dtype::I32 => Stored::I32,
        Dtype::U32 => Stored::U32,
        Dtype::F32 => Stored::F32,
        Dtype::I64 => Stored::I64,
        Dtype::F64 => Stored::F64,
        Dtype::C64 => Stored::C32,
        _ => return None,
    })
}

const fn dtype_of(data: &ArrayData) -> Option<Dtype> {
    match data {
        ArrayData::U8(_) => Some(Dtype::U8),
        ArrayData::I32(_) => Some(Dtype::I32),
        ArrayData::I64(_) => Some(Dtype::I64),
        ArrayData::F32(_) => Some(Dtype::F32),
        ArrayData::F64(_) => Some(Dtype::F64),
        ArrayData::C32(_) => Some(Dtype::C64),
        ArrayData::C64(_) => None,
    }
}

fn header_text(arrays: &NamedArrays, layout: &[(Dtype, &str, &Array)]) -> String {
    let mut header = serde_json::Map::new();
    if !arrays.metadata().is_empty() {
        let lines = arrays.metadata().iter();
        let metadata = lines.map(|(key, value)| (key.clone(), Value::from(value.as_str())));
        header.insert("__metadata__".to_owned(), Value::Object(metadata.collect()));
    }
    let mut start = 0;
    for (dtype, name, array) in layout {
        let end = start + array.len() * dtype.bitsize() / 8;
        let info = serde_json::json!({
            "dtype": dtype.to_string(),
            "shape": array.shape(),
            "data_offsets": [start, end],
        });
        header.insert((*name).to_owned(), info);
        start = end;
    }
    let mut text = Value::Object(header).to_string();
    // Blanks at its end align the data.
    let aligned = text.len().next_multiple_of(LENGTH_BYTES);
    text.extend(std::iter::repeat_n(' ', aligned - text.len()));
    text
}

fn write_elements(writer: &mut dyn Write, data: &ArrayData) -> io::Result<()> {
    let complex = |z: &Complex<f32>| {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&z.re.to_le_bytes());
        bytes[4..].copy_from_slice(&z.im.to_le_bytes());
        bytes
    };
    match data {
        ArrayData::U8(v) => writer.write_all(v),
        ArrayData::I32(v) => write_each(writer, v, |x| x.to_le_bytes()),
        ArrayData::I64(v) => write_each(writer, v, |x| x.to_le_bytes()),
        ArrayData::F32(v) => write_each(writer, v, |x| x.to_le_bytes()),
        ArrayData::F64(v) => write_each(writer, v, |x| x.to_le_bytes()),
        ArrayData::C32(v) => write_each(writer, v, complex),
        ArrayData::C64(_) => Err(io::Error::from(io::ErrorKind::Unsupported)),
    }
}

fn write_each<T, const N: usize>(
    writer: &mut dyn Write,
    elements: &[T],
    bytes: impl Fn(&T) -> [u8; N],
) -> io::Result<()> {
    elements
        .iter()
        .try_for_each(|x| writer.write_all(&bytes(x)))
}
