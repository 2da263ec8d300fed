//! `.npy`: one array. Both byte orders and both element orders are read; written are little-endian,
//! row-major files of format version 1.
//!
//! Witness: `npyz`'s own reader and NumPy-written fixtures (`tests/laws/io.rs`).

use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use npyz::{AutoSerialize, WriteOptions, WriterBuilder};

use super::array::{Array, element_count, from_fortran, on_elements};
use super::atomic::write_atomically;
use super::limits::{Budget, Limits, excerpt, open};
use super::npy_header::Header;
use crate::error::{Error, Result};

/// Reads the array in the file at `path`.
///
/// # Errors  `Error::Io`; `Error::Format` naming the header field for a file that is not a valid
/// `.npy`, whose length is not the one that its header promises, or that goes beyond `limits`.
pub fn read(path: &Path, limits: &Limits) -> Result<Array> {
    let (file, length) = open(path)?;
    let mut source = Source {
        path,
        within: "",
        reader: &mut BufReader::new(file),
        left: length,
        present: true,
    };
    source.read_array(limits, &mut Budget::new(limits))
}

/// Reads the array in `bytes`, the content of the file `path`.
///
/// # Errors  as [`read`].
pub fn from_bytes(path: &Path, bytes: &[u8], limits: &Limits) -> Result<Array> {
    let mut source = Source {
        path,
        within: "",
        reader: &mut &*bytes,
        left: bytes.len() as u64,
        present: true,
    };
    source.read_array(limits, &mut Budget::new(limits))
}

/// Writes `array` to the file at `path`, atomically.
///
/// # Errors  `Error::Io` naming the file and the step.
pub fn write(path: &Path, array: &Array) -> Result<()> {
    write_atomically(path, |writer| write_to(writer, array))
}

/// Writes `array` to any writer.
pub(super) fn write_to(writer: &mut dyn Write, array: &Array) -> io::Result<()> {
    on_elements!(array.data(), v => write_elements(writer, array.shape(), v))
}

fn write_elements<T: AutoSerialize + Copy>(
    writer: &mut dyn Write,
    shape: &[usize],
    elements: &[T],
) -> io::Result<()> {
    let shape: Vec<u64> = shape.iter().map(|n| *n as u64).collect();
    let mut out = WriteOptions::new()
        .default_dtype()
        .shape(&shape)
        .writer(writer)
        .begin_nd()?;
    out.extend(elements.iter().copied())?;
    out.finish()
}

/// The bytes of an array, in a file of its own or as a member of an archive.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    /// Prefix of the fields in messages: "" or "array `x`: ".
    pub(super) within: &'a str,
    pub(super) reader: &'a mut dyn Read,
    /// Bytes that the source has, or promises to have.
    pub(super) left: u64,
    /// Whether `left` is what it has, so that memory may be taken ahead.
    pub(super) present: bool,
}

impl Source<'_> {
    /// Reads header and elements; every promise is checked before memory is taken for it.
    pub(super) fn read_array(&mut self, limits: &Limits, budget: &mut Budget) -> Result<Array> {
        let header = self.header(limits)?;
        let stored = header.stored;
        let promised = |item: usize| {
            let count = element_count(&header.shape)?;
            Some((count, count.checked_mul(item)? as u64))
        };
        let shape = || {
            format!(
                "{:?} of {}-byte elements",
                header.shape,
                stored.stored_bytes()
            )
        };
        let (count, bytes) = promised(stored.stored_bytes())
            .ok_or_else(|| self.wrong("shape", shape(), "a product that does not overflow"))?;
        if bytes != self.left {
            let expected = format!("{} bytes of data, those that follow the header", self.left);
            return Err(self.wrong("shape", shape(), expected));
        }
        promised(stored.held_bytes())
            .ok_or_else(|| "a product that does not overflow".to_owned())
            .and_then(|(_, bytes)| budget.take(bytes))
            .map_err(|expected| self.wrong("shape", shape(), expected))?;
        let data = stored
            .read(self.reader, count, header.byte_order, self.present)
            .map_err(|e| self.unreadable("data", &e, format!("{bytes} bytes of data")))?;
        if header.fortran {
            from_fortran(header.shape, data)
        } else {
            Array::new(header.shape, data)
        }
    }

    fn header(&mut self, limits: &Limits) -> Result<Header> {
        let magic: [u8; 6] = self.bytes("magic string")?;
        if magic != *b"\x93NUMPY" {
            let found = magic.escape_ascii().to_string();
            return Err(self.wrong("magic string", found, "\\x93NUMPY"));
        }
        let [major, minor] = self.bytes("version")?;
        let length = match (major, minor) {
            (1, 0) => u64::from(u16::from_le_bytes(self.bytes("header length")?)),
            (2 | 3, 0) => u64::from(u32::from_le_bytes(self.bytes("header length")?)),
            _ => {
                let found = format!("{major}.{minor}");
                return Err(self.wrong("version", found, "1.0, 2.0 or 3.0"));
            }
        };
        let most = self.left.min(limits.max_header);
        if length > most {
            let found = format!("{length} bytes");
            return Err(self.wrong("header length", found, format!("at most {most} bytes")));
        }
        let mut text = Vec::new();
        let got = self.reader.take(length).read_to_end(&mut text);
        match got {
            Ok(got) if got as u64 == length => self.left -= length,
            Ok(got) => {
                return Err(self.wrong(
                    "header",
                    format!("{got} bytes"),
                    format!("{length} bytes"),
                ));
            }
            Err(e) => return Err(self.unreadable("header", &e, format!("{length} bytes"))),
        }
        let text = std::str::from_utf8(&text)
            .map_err(|e| self.wrong("header", e.to_string(), "ASCII text"))?;
        Header::parse(text).map_err(|c| self.wrong(c.field, c.found, c.expected))
    }

    fn bytes<const N: usize>(&mut self, field: &str) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        let expected = format!("{N} bytes");
        self.left = self
            .left
            .checked_sub(N as u64)
            .ok_or_else(|| self.wrong(field, "the end of the file", expected.as_str()))?;
        self.reader
            .read_exact(&mut bytes)
            .map_err(|e| self.unreadable(field, &e, expected))?;
        Ok(bytes)
    }

    /// A file or member that breaks off or cannot be inflated is of a wrong form, not a failure of
    /// the system; the reason stays in the message.
    fn unreadable(&self, field: &str, source: &io::Error, expected: String) -> Error {
        self.wrong(field, excerpt(&source.to_string()), expected)
    }

    fn wrong(&self, field: &str, found: impl Into<String>, expected: impl Into<String>) -> Error {
        let field = format!("{}{field}", self.within);
        Error::format(self.path, field, found, expected)
    }
}
