//! The end of a zip archive, looked at before the zip library sees it.
//!
//! # Design
//!
//! `zip` 0.6 (the version that `npyz` uses) reserves room for as many members as the end record
//! claims, up to one per byte of the file: hundreds of bytes of memory for each byte present. A
//! directory entry takes at least 46 bytes, so a claim beyond that is a lie.

use std::io::{self, Read, Seek, SeekFrom};

const END_RECORD: usize = 22;
const LOCATOR_64: usize = 20;
const LONGEST_COMMENT: usize = 0xffff;
const SMALLEST_ENTRY: u64 = 46;

/// What is wrong: found, and expected.
pub(super) type Lie = (String, &'static str);

/// Holds the number of members that the end of the archive claims against its size.
pub(super) fn check(source: &mut (impl Read + Seek), length: u64) -> io::Result<Result<(), Lie>> {
    let tail = read_tail(source, length)?;
    let Some(end) = find_end(&tail) else {
        let found = "no end-of-directory record".to_owned();
        return Ok(Err((found, "a zip archive, as numpy.savez writes it")));
    };
    let mut claimed = u64::from(little_u16(&tail[end + 8..]));
    if let Some(locator) = end.checked_sub(LOCATOR_64).map(|at| &tail[at..])
        && locator.starts_with(b"PK\x06\x07")
    {
        match members_64(source, little_u64(&locator[8..]))? {
            Some(members) => claimed = members,
            None => {
                let found = "a zip64 locator that points elsewhere".to_owned();
                return Ok(Err((found, "one that points to the zip64 end record")));
            }
        }
    }
    if claimed > length / SMALLEST_ENTRY {
        let found = format!("{claimed} members in {length} bytes");
        return Ok(Err((found, "no more members than directory entries fit")));
    }
    Ok(Ok(()))
}

fn read_tail(source: &mut (impl Read + Seek), length: u64) -> io::Result<Vec<u8>> {
    let longest = (LOCATOR_64 + END_RECORD + LONGEST_COMMENT) as u64;
    source.seek(SeekFrom::Start(length.saturating_sub(longest)))?;
    let mut tail = Vec::new();
    source.take(longest).read_to_end(&mut tail)?;
    Ok(tail)
}

/// The last end record, as the library searches it.
fn find_end(tail: &[u8]) -> Option<usize> {
    (0..=tail.len().checked_sub(END_RECORD)?)
        .rev()
        .find(|at| tail[*at..].starts_with(b"PK\x05\x06"))
}

/// The number of members in the zip64 end record at `offset`, if one stands there.
fn members_64(source: &mut (impl Read + Seek), offset: u64) -> io::Result<Option<u64>> {
    let mut record = Vec::new();
    source.seek(SeekFrom::Start(offset))?;
    source.take(40).read_to_end(&mut record)?;
    Ok(
        (record.len() == 40 && record.starts_with(b"PK\x06\x06"))
            .then(|| little_u64(&record[32..])),
    )
}

fn little_u16(bytes: &[u8]) -> u16 {
    u16::from_le_bytes([bytes[0], bytes[1]])
}

fn little_u64(bytes: &[u8]) -> u64 {
    (0..8).fold(0, |sum, i| sum | u64::from(bytes[i]) << (8 * i))
}
