//! Arrays by name, as an `.npz` or `.safetensors` file holds them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::array::{Array, ArrayData};
use super::limits::excerpt;
use crate::error::{Error, Result};

/// Arrays by name in alphabetical order, with text metadata, and the file they came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamedArrays {
    path: PathBuf,
    arrays: BTreeMap<String, Array>,
    metadata: BTreeMap<String, String>,
}

impl NamedArrays {
    /// No arrays yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// No arrays yet, of the file at `path`.
    pub(super) fn of_file(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            ..Self::default()
        }
    }

    /// Adds an array.
    ///
    /// # Errors  `Error::Format` if the name is taken, empty, or `__metadata__`, which the
    /// safetensors format reserves.
    pub fn insert(&mut self, name: impl Into<String>, array: Array) -> Result<()> {
        let name = name.into();
        let expected = match name.as_str() {
            "" | "__metadata__" => "a name that is neither empty nor `__metadata__`",
            _ if self.arrays.contains_key(&name) => "every name once",
            _ => {
                self.arrays.insert(name, array);
                return Ok(());
            }
        };
        let found = excerpt(&name);
        Err(Error::format(
            &self.path,
            "name of an array",
            found,
            expected,
        ))
    }

    /// Adds a line of metadata; the last value of a key stays.
    pub fn insert_metadata(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.metadata.insert(key.into(), value.into());
    }

    /// The array `name`.
    ///
    /// # Errors  `Error::Format` with the file's path and the names that it has.
    pub fn get(&self, name: &str) -> Result<&Array> {
        self.arrays.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.names().take(20).collect();
            Error::format(
                &self.path,
                format!("array `{name}`"),
                "no such array",
                format!("one of `{}`", known.join("`, `")),
            )
        })
    }

    /// Shape and elements of the array `name`, as doubles.
    ///
    /// # Errors  as [`NamedArrays::get`] and [`Array::to_f64`], with the file's path.
    pub fn f64(&self, name: &str) -> Result<(&[usize], Vec<f64>)> {
        let array = self.get(name)?;
        match array.to_f64() {
            Ok(elements) => Ok((array.shape(), elements)),
            Err(Error::Argument {
                field,
                found,
                expected,
            }) => Err(Error::format(
                &self.path,
                format!("array `{name}`: {field}"),
                found,
                expected,
            )),
            Err(other) => Err(other),
        }
    }

    /// Names and arrays, alphabetically.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Array)> {
        self.arrays
            .iter()
            .map(|(name, array)| (name.as_str(), array))
    }

    /// The names, alphabetically.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.arrays.keys().map(String::as_str)
    }

    /// How many arrays there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.arrays.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arrays.is_empty()
    }

    /// The metadata.
    #[must_use]
    pub const fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }
    /// SHA-256, in hexadecimal, of metadata and arrays: names, types, shapes and bits. The metadata under `except`, such as
    /// the digest itself, does not count.
    #[must_use]
    pub fn sha256(&self, except: &str) -> String {
        let mut hash = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        for (key, value) in self.metadata.iter().filter(|(key, _)| *key != except) {
            field(key.as_bytes());
            field(value.as_bytes());
        }
        for (name, array) in &self.arrays {
            field(name.as_bytes());
            field(array.dtype().as_bytes());
            field(format!("{:?}", array.shape()).as_bytes());
            field(&bytes(array.data()));
        }
        let digest = hash.finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The elements, little-endian.
fn bytes(data: &ArrayData) -> Vec<u8> {
    match data {
        ArrayData::F32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        ArrayData::F64(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        ArrayData::I32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        ArrayData::I64(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        ArrayData::U8(v) => v.clone(),
        ArrayData::C32(v) => {
            let parts = v.iter().flat_map(|z| [z.re, z.im]);
            parts.flat_map(f32::to_le_bytes).collect()
        }
        ArrayData::C64(v) => {
            let parts = v.iter().flat_map(|z| [z.re, z.im]);
            parts.flat_map(f64::to_le_bytes).collect()
        }
    }
}
