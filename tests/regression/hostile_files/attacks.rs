//! Files made by hand to take memory, time or the process, each by one known weakness of its format.

use std::io::{Cursor, Write};

use npyz::zip::write::FileOptions;
use npyz::zip::{CompressionMethod, DateTime, ZipWriter};

/// A file and the words that its refusal must have.
pub struct Attack {
    pub format: &'static str,
    pub what: &'static str,
    pub bytes: Vec<u8>,
    pub refused_for: &'static str,
}

pub const GOLDEN: &str = r#"{
  "id": "zeta00", "kind": "highprec", "quantity": "Z00(1;q2)", "unit": "1",
  "provenance": { "made_by": "cargo golden zeta00", "method": "heat kernel",
    "source": "eq. C.3", "date": "2026-09-01", "checks": "Riesz sum" },
  "records": [ { "id": "a", "parameters": { "q2": 0.1 }, "value": "-9.482398938501906970125287",
    "error": 1e-24, "trusted_digits": 20, "definition": "sum over n" },
    { "id": "b", "parameters": {}, "value": { "z20": "1.5", "roots": ["0.47"] }, "error": 1e-9 } ] }"#;

/// Every attack.
pub fn all() -> Vec<Attack> {
    let formats = [npy(), npz(), safetensors(), text()];
    formats.into_iter().flatten().collect()
}

fn npy() -> Vec<Attack> {
    let attack = |what, bytes, refused_for| Attack {
        format: "npy",
        what,
        bytes,
        refused_for,
    };
    let shaped = |shape: &str| {
        npy_bytes(
            &format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}"),
            &[0; 8],
        )
    };
    let mut long_header = b"\x93NUMPY\x02\x00".to_vec();
    long_header.extend(u32::MAX.to_le_bytes());
    vec![
        attack(
            "4 GiB of header in 12 bytes",
            long_header,
            "header length: found 4294967295 bytes",
        ),
        attack(
            "a terabyte in 8 bytes",
            shaped("(137438953472,)"),
            "expected 8 bytes of data",
        ),
        attack(
            "a product that wraps to 1",
            shaped("(4294967297, 4294967297)"),
            "does not overflow",
        ),
        attack(
            "brackets for the stack",
            npy_bytes(&"(".repeat(60_000), &[]),
            "header",
        ),
        attack(
            "brackets in the shape",
            shaped(&"(".repeat(60_000)),
            "shape",
        ),
        attack(
            "a million axes",
            shaped(&format!("({})", "1,".repeat(20_000))),
            "up to 64 sizes",
        ),
    ]
}

fn npy_bytes(header: &str, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len()).expect("a header of version 1");
    [
        b"\x93NUMPY\x01\x00",
        &length.to_le_bytes()[..],
        header.as_bytes(),
        data,
    ]
    .concat()
}

fn zeros(count: usize) -> Vec<u8> {
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({count},), }}");
    npy_bytes(&header, &vec![0; count])
}

fn zip(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let options = FileOptions::default()
        .compression_method(method)
        .last_modified_time(DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, options).expect("a new member");
        zip.write_all(bytes).expect("in memory");
    }
    zip.finish().expect("in memory").into_inner()
}

/// The bytes of `old`, which must be there once from `from` on, replaced.
fn patched(mut bytes: Vec<u8>, from: usize, old: &[u8], new: &[u8]) -> Vec<u8> {
    let found: Vec<usize> = (from..=bytes.len() - old.len())
        .filter(|at| bytes[*at..].starts_with(old))
        .collect();
    assert_eq!(found.len(), 1, "the patch has one place");
    bytes.splice(found[0]..found[0] + old.len(), new.iter().copied());
    bytes
}

/// 40 MiB of zeros in 40 KiB, never in memory: that would hide the peak of the readers.
fn bomb() -> Vec<u8> {
    let header = format!(
        "{{'descr': '|u1', 'fortran_order': False, 'shape': ({},), }}",
        40 << 20
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = FileOptions::default().last_modified_time(DateTime::default());
    zip.start_file("a.npy", options).expect("a new member");
    zip.write_all(&npy_bytes(&header, &[])).expect("in memory");
    for _ in 0..40 {
        zip.write_all(&[0; 1 << 20]).expect("in memory");
    }
    zip.finish().expect("in memory").into_inner()
}

/// Where the central directory begins.
fn directory(bytes: &[u8]) -> usize {
    (0..bytes.len())
        .rev()
        .find(|at| bytes[*at..].starts_with(b"PK\x01\x02"))
        .expect("a directory of one entry")
}

fn npz() -> Vec<Attack> {
    let attack = |what, bytes, refused_for| Attack {
        format: "npz",
        what,
        bytes,
        refused_for,
    };
    let deflated = |bytes: &[u8]| zip(&[("a.npy", bytes)], CompressionMethod::Deflated);
    let small = zip(&[("a.npy", &zeros(9))], CompressionMethod::Stored);
    let size = |n: usize| (n as u32).to_le_bytes();
    let bomb = bomb();
    let million = deflated(&zeros(1 << 20));
    let at = directory(&million);
    let length = zeros(1 << 20).len();
    let declared_less = patched(million.clone(), at, &size(length), &size(length - 1000));
    let declared_more = patched(million.clone(), at, &size(length), &size(1 << 30));
    // Declared as its header says, while the stream goes on.
    let mut overlong = zeros(100);
    overlong.extend(vec![0; 4 << 20]);
    let true_length = overlong.len();
    let overlong = deflated(&overlong);
    let at = directory(&overlong);
    let overlong = patched(overlong, at, &size(true_length), &size(zeros(100).len()));
    vec![
        attack(
            "40 MiB of zeros in 40 KiB, all declared",
            bomb,
            "at most 8388608 bytes of arrays",
        ),
        attack(
            "a declared size that deflate cannot reach",
            declared_more,
            "inflated size: found 1073741824",
        ),
        attack(
            "a declared size that the header denies",
            declared_less,
            "those that follow the header",
        ),
        attack(
            "a stream longer than declared",
            overlong,
            "inflated size: found more data",
        ),
        attack(
            "a million members claimed",
            claims_members(&small),
            "zip directory: found 4000000 members",
        ),
        attack(
            "a cypher field without a cypher",
            with_aes_field(&small),
            "compression: found",
        ),
        attack(
            "a method that is not store or deflate",
            other_method(&small, 93),
            "Stored or Deflated",
        ),
        attack(
            "a checksum that does not fit",
            wrong_checksum(&small),
            "checksum: found",
        ),
        attack(
            "a member that is no array",
            zip(&[("run.sh", b"#!")], CompressionMethod::Stored),
            "a name ending in .npy",
        ),
        attack("the same name twice", twice(), "every name once"),
        attack(
            "nothing but comment",
            b"PK\x05\x06".repeat(5000),
            "zip directory",
        ),
    ]
}

/// Puts a zip64 end record and its locator before the end record, claiming four million members in a
/// file that the library would reserve them for.
fn claims_members(small: &[u8]) -> Vec<u8> {
    const CLAIMED: u64 = 4_000_000;
    let end = small.len() - 22;
    let mut bytes = vec![0; CLAIMED as usize];
    let (offset, start) = (CLAIMED + end as u64, CLAIMED);
    bytes.extend_from_slice(&small[..end]);
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for word in [CLAIMED, CLAIMED, 46, start] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(offset.to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    bytes.extend_from_slice(&small[end..]);
    bytes
}

/// The library's own reader unwraps a password that this entry does not have.
fn with_aes_field(small: &[u8]) -> Vec<u8> {
    let at = directory(small);
    let field = [0x01, 0x99, 7, 0, 2, 0, b'A', b'E', 3, 99, 0];
    let mut bytes = small.to_vec();
    bytes[at + 30] = field.len() as u8;
    let name_end = at + 46 + "a.npy".len();
    bytes.splice(name_end..name_end, field);
    let end = bytes.len() - 22;
    let directory_size = u32::try_from(end - at).expect("small");
    bytes[end + 12..end + 16].copy_from_slice(&directory_size.to_le_bytes());
    bytes
}

fn other_method(small: &[u8], method: u8) -> Vec<u8> {
    let mut bytes = small.to_vec();
    let at = directory(small);
    bytes[at + 10] = method;
    bytes
}

fn wrong_checksum(small: &[u8]) -> Vec<u8> {
    let mut bytes = small.to_vec();
    let at = directory(small);
    bytes[at + 16] ^= 1;
    bytes
}

fn twice() -> Vec<u8> {
    let array = zeros(3);
    let bytes = zip(
        &[("a.npy", &array), ("b.npy", &array)],
        CompressionMethod::Stored,
    );
    let at = directory(&bytes);
    patched(bytes, at, b"b.npy", b"a.npy")
}

fn safetensors() -> Vec<Attack> {
    let attack = |what, bytes, refused_for| Attack {
        format: "safetensors",
        what,
        bytes,
        refused_for,
    };
    let file =
        |header: &str| [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
    // Each range fits its shape, and together they end so near 2^64 that adding the header wraps.
    let part = usize::MAX / 8;
    let ranges = (0..8).map(|i| {
        let (start, end) = (i * part, (i + 1) * part);
        format!(r#""t{i}":{{"dtype":"U8","shape":[{part}],"data_offsets":[{start},{end}]}}"#)
    });
    let wraps = format!("{{{}}}", ranges.collect::<Vec<_>>().join(","));
    let empty = r#""dtype":"F32","shape":[0],"data_offsets":[0,0]"#;
    let deep = format!(r#"{{"__metadata__":{}"#, "[".repeat(100_000));
    vec![
        attack("a header of 2^64 bytes", vec![0xff; 100], "header length"),
        attack(
            "offsets that wrap with the header",
            file(&wraps),
            "data_offsets: found",
        ),
        attack(
            "one name twice",
            file(&format!(r#"{{"a":{{{empty}}},"a":{{{empty}}}}}"#)),
            "key \"a\" twice",
        ),
        attack("brackets for the stack", file(&deep), "header, line 1"),
        attack(
            "a shape that overflows",
            file(r#"{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#),
            "overflow",
        ),
        attack(
            "bytes that no tensor names",
            [file("{}"), vec![0; 9]].concat(),
            "expected 9 bytes",
        ),
    ]
}

fn text() -> Vec<Attack> {
    let attack = |format, what, bytes, refused_for| Attack {
        format,
        what,
        bytes,
        refused_for,
    };
    let deep = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat().into_bytes();
    let unclosed = [b"a,b\n1,\"".to_vec(), b"2,3\n".repeat(1 << 18)].concat();
    let quotes = [b"a,b\n1,".to_vec(), b"\"".repeat((1 << 20) + 1)].concat();
    let golden = |old: &str, new: &str| GOLDEN.replacen(old, new, 1).into_bytes();
    let nested = format!("{{\"q2\": {}", "{\"a\":".repeat(100_000));
    vec![
        attack(
            "csv",
            "a quote that never closes",
            unclosed,
            "line 2, column \"b\"",
        ),
        attack("csv", "a million quotes", quotes, "line 2"),
        attack(
            "csv",
            "a megabyte without a comma",
            vec![b'x'; 1 << 20]
                .iter()
                .copied()
                .chain(*b"\n1,2\n")
                .collect(),
            "line 2: found 2 cells",
        ),
        attack("csv", "zeros", vec![0; 1 << 20], "header"),
        attack("csv", "nine megabytes", vec![b'1'; 9 << 20], "file size"),
        attack(
            "json",
            "brackets, all closed",
            deep(1_000_000),
            "recursion limit",
        ),
        attack(
            "json",
            "an unending string",
            [b"\"".to_vec(), b"a".repeat(1 << 20)].concat(),
            "EOF",
        ),
        attack("json", "nine megabytes", vec![b' '; 9 << 20], "file size"),
        attack(
            "golden",
            "parameters for the stack",
            golden("{ \"q2\"", &nested),
            "recursion limit",
        ),
        attack(
            "golden",
            "a megabyte of digits",
            golden("-9.48", &"9".repeat(1 << 20)),
            "expected a finite decimal",
        ),
        attack(
            "golden",
            "an id of a megabyte, twice",
            GOLDEN
                .replace("\"a\"", "\"b\"")
                .replace("\"b\"", &format!("\"{}\"", "b".repeat(1 << 20)))
                .into_bytes(),
            "records: id",
        ),
    ]
}
