//! How much a file may ask for, and reading a whole file within that.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};

/// What a reader refuses to go beyond, whatever a header promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of array data that one file may put into memory, all its members together.
    pub max_bytes: u64,
    /// Bytes of one `.npy` or `.safetensors` header.
    pub max_header: u64,
    /// Bytes of one text file (JSON, CSV). A parsed JSON value takes up to about 40 times its text.
    pub max_text: u64,
}

/// 4 GiB of arrays, 16 MiB of header, 256 MiB of text.
impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 4 << 30,
            max_header: 16 << 20,
            max_text: 256 << 20,
        }
    }
}

/// The rest of the array memory that one file may still take.
pub(super) struct Budget {
    left: u64,
    limit: u64,
}

impl Budget {
    pub(super) const fn new(limits: &Limits) -> Self {
        Self {
            left: limits.max_bytes,
            limit: limits.max_bytes,
        }
    }

    /// Takes `bytes`, or says in which words they are refused.
    pub(super) fn take(&mut self, bytes: u64) -> std::result::Result<(), String> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(format!("at most {} bytes of arrays a file", self.limit)),
        }
    }
}

/// Opens a file and tells its length; a folder is refused by name.
pub(super) fn open(path: &Path) -> Result<(File, u64)> {
    let file = File::open(path).map_err(|e| Error::io(path, "open for reading", e))?;
    let metadata = file.metadata().map_err(|e| Error::io(path, "read", e))?;
    if metadata.is_dir() {
        return Err(Error::format(path, "path", "a folder", "a file"));
    }
    Ok((file, metadata.len()))
}

/// The content of a file of at most `limit` bytes.
pub(super) fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let (file, length) = open(path)?;
    check_size(path, length, limit)?;
    let mut bytes = Vec::new();
    // A file may grow, and a pipe has length 0: the limit holds for what is actually read.
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|e| Error::io(path, "read", e))?;
    check_size(path, bytes.len() as u64, limit)?;
    Ok(bytes)
}

/// Refuses a file of more than `limit` bytes.
pub(super) fn check_size(path: &Path, length: u64, limit: u64) -> Result<()> {
    if length > limit {
        return Err(Error::format(
            path,
            "file size",
            format!("{length} bytes"),
            format!("at most {limit} bytes"),
        ));
    }
    Ok(())
}

/// `text` for a message: quoted, escaped, and cut after 60 characters.
pub(super) fn excerpt(text: &str) -> String {
    let (start, dots) = cut(text, 60);
    format!("{start:?}{dots}")
}

/// `text` for a message: as it is, cut after 160 characters.
pub(super) fn shortened(text: &str) -> String {
    let (start, dots) = cut(text, 160);
    format!("{start}{dots}")
}

fn cut(text: &str, longest: usize) -> (&str, &'static str) {
    match text.char_indices().nth(longest) {
        None => (text, ""),
        Some((end, _)) => (&text[..end], "…"),
    }
}
