//! Files: `.npy`, `.npz`, `.safetensors`, CSV, JSON and golden records, in and out.
//!
//! Arrays are row-major in memory whatever their order in the file. Writing is atomic
//! ([`write_atomically`]): a reader sees the old file or the new one, never half of one. Every
//! format has `from_bytes` underneath `read`, so that a hostile file can be tried without a disk.
//!
//! A header that lies is an error before memory is taken for what it promises: shapes are multiplied
//! with overflow checks and held against the bytes present and against [`Limits`]. Every message
//! names the file, the field, what stands there and what was expected.
//!
//! Laws: `tests/laws/io.rs` (round trips to the bit, atomicity, files written by NumPy and by
//! Python's safetensors). Hostile files: `tests/regression/hostile_files.rs`.

mod array;
mod atomic;
pub mod csv;
mod difference;
mod element;
mod finite;
mod golden;
mod golden_value;
pub mod json;
mod limits;
mod named_arrays;
pub mod npy;
mod npy_header;
pub mod npz;
pub mod safetensors;
mod zip_directory;

pub use array::{Array, ArrayData};
pub use atomic::write_atomically;
pub use csv::Table;
pub use difference::first_difference;
pub use golden::{Golden, Kind, Provenance, Record};
pub use golden_value::{Decimal, Entry, Lines, Value};
pub use limits::Limits;
pub use named_arrays::NamedArrays;
