//! `.npz`: arrays by name, a zip archive of `.npy` members, as `numpy.savez` and
//! `numpy.savez_compressed` write it. Written members are stored, not deflated, under a fixed date, so
//! that equal arrays give equal files.
//!
//! Refused by name: members that are not `.npy`, names that come twice, methods other than store and
//! deflate, encryption, a checksum or a length that does not fit. A zip bomb meets three walls: the
//! declared length must be one that deflate can reach, what the `.npy` header promises must equal the
//! declared length and fit [`Limits`], and memory is taken only as bytes come out.

use std::fs::File;
use std::io::{BufReader, BufWriter, Cursor, Read, Seek};
use std::path::Path;

use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use npyz::zip::write::FileOptions;
use npyz::zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, read::ZipFile};

use super::array::Array;
use super::atomic::write_atomically;
use super::limits::{Budget, Limits, excerpt, open};
use super::named_arrays::NamedArrays;
use super::npy::{self, Source};
use super::zip_directory;
use crate::error::{Error, Result};

/// Reads the arrays in the file at `path`.
///
/// # Errors  `Error::Io`; `Error::Format` naming the member and its field.
pub fn read(path: &Path, limits: &Limits) -> Result<NamedArrays> {
    let (file, length) = open(path)?;
    read_archive(path, BufReader::new(file), length, limits)
}

/// Reads the arrays in `bytes`, the content of the file `path`.
///
/// # Errors  as [`read`].
pub fn from_bytes(path: &Path, bytes: &[u8], limits: &Limits) -> Result<NamedArrays> {
    read_archive(path, Cursor::new(bytes), bytes.len() as u64, limits)
}

/// Writes `arrays` to the file at `path`, atomically.
///
/// # Errors  `Error::Io` naming the file and the step; `Error::Unsupported` if there is metadata,
/// for which the format has no place.
pub fn write(path: &Path, arrays: &NamedArrays) -> Result<()> {
    if !arrays.metadata().is_empty() {
        return Err(Error::Unsupported {
            what: format!("{}: metadata in an .npz file", path.display()),
            expected: "arrays only, or a .safetensors file".to_owned(),
        });
    }
    write_atomically(path, |writer| write_members(writer, arrays))
}

fn write_members(writer: &mut BufWriter<File>, arrays: &NamedArrays) -> std::io::Result<()> {
    /// Above this a member needs 64-bit lengths in its header (some room is left for the header).
    const LARGE: usize = 0xffff_0000;
    const LARGEST_ELEMENT: usize = 16;
    let mut zip = ZipWriter::new(writer);
    for (name, array) in arrays.iter() {
        let options = FileOptions::default()
            .compression_method(CompressionMethod::Stored)
            // The library's default is the clock's: equal arrays should give equal files.
            .last_modified_time(DateTime::default())
            .large_file(array.len() > LARGE / LARGEST_ELEMENT);
        zip.start_file(format!("{name}.npy"), options)?;
        npy::write_to(&mut zip, array)?;
    }
    zip.finish()?;
    Ok(())
}

fn read_archive<R: Read + Seek>(
    path: &Path,
    mut reader: R,
    length: u64,
    limits: &Limits,
) -> Result<NamedArrays> {
    zip_directory::check(&mut reader, length)
        .map_err(|e| Error::io(path, "read", e))?
        .map_err(|(found, expected)| Error::format(path, "zip directory", found, expected))?;
    let mut archive = ZipArchive::new(reader).map_err(|e| bad_zip(path, "zip directory", &e))?;
    let mut budget = Budget::new(limits);
    let mut arrays = NamedArrays::of_file(path);
    for index in 0..archive.len() {
        // The raw member: the library's own readers would pick codecs and cyphers for us, and panic
        // on one that it was built without.
        let member = archive
            .by_index_raw(index)
            .map_err(|e| bad_zip(path, &format!("zip member {index}"), &e))?;
        let (name, array) = read_member(path, member, limits, &mut budget)?;
        arrays.insert(name, array)?;
    }
    Ok(arrays)
}

fn read_member(
    path: &Path,
    member: ZipFile<'_>,
    limits: &Limits,
    budget: &mut Budget,
) -> Result<(String, Array)> {
    let Some(name) = member.name().strip_suffix(".npy").map(str::to_owned) else {
        let found = excerpt(member.name());
        return Err(Error::format(
            path,
            "zip member",
            found,
            "a name ending in .npy",
        ));
    };
    let within = format!("array {}: ", excerpt(&name));
    let wrong = |field: &str, found: String, expected: String| {
        Err(Error::format(
            path,
            format!("{within}{field}"),
            found,
            expected,
        ))
    };
    let (method, inflated, crc) = (member.compression(), member.size(), member.crc32());
    let reachable = match method {
        CompressionMethod::Stored => member.compressed_size(),
        CompressionMethod::Deflated => most_inflated(member.compressed_size()),
        other => {
            return wrong(
                "compression",
                other.to_string(),
                "Stored or Deflated".to_owned(),
            );
        }
    };
    if inflated > reachable {
        let found = format!("{inflated} bytes");
        return wrong(
            "inflated size",
            found,
            format!("at most {reachable} from those present"),
        );
    }
    let mut reader: CrcReader<Box<dyn Read>> = CrcReader::new(match method {
        CompressionMethod::Stored => Box::new(member),
        _ => Box::new(DeflateDecoder::new(member)),
    });
    let mut source = Source {
        path,
        within: &within,
        reader: &mut reader,
        left: inflated,
        present: false,
    };
    let array = source.read_array(limits, budget)?;
    if !matches!(reader.read(&mut [0]), Ok(0)) {
        let expected = format!("the end after {inflated} bytes");
        return wrong("inflated size", "more data".to_owned(), expected);
    }
    if reader.crc().sum() != crc {
        let found = format!("{:08x}", reader.crc().sum());
        return wrong(
            "checksum",
            found,
            format!("{crc:08x}, as the directory says"),
        );
    }
    Ok((name, array))
}

/// Deflate turns at most 258 bytes into two bits: 1032 to 1.
const fn most_inflated(compressed: u64) -> u64 {
    compressed.saturating_mul(1032)
}

fn bad_zip(path: &Path, field: &str, source: &npyz::zip::result::ZipError) -> Error {
    let expected = "a readable zip archive, as numpy.savez writes it";
    Error::format(path, field, source.to_string(), expected)
}
