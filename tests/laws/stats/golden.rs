//! The golden series and their records, `golden/highprec/statistics.json`.

use std::path::Path;

use fieldassay::io::{Golden, Record};

pub fn golden() -> Golden {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/highprec/statistics.json");
    Golden::load(&path).expect("the golden statistics")
}

/// The records whose id begins with `prefix`.
pub fn records<'a>(golden: &'a Golden, prefix: &str) -> Vec<&'a Record> {
    let wanted = golden.records().iter();
    wanted.filter(|r| r.id().starts_with(prefix)).collect()
}

pub fn number(record: &Record, name: &str) -> f64 {
    record.named_number(name).expect("a number").to_f64()
}

pub fn list(record: &Record, name: &str) -> Vec<f64> {
    let list = record.named_list(name).expect("a list").iter();
    list.map(|x| x.to_f64()).collect()
}

pub fn parameter(record: &Record, name: &str) -> f64 {
    record.parameter_f64(name).expect("a parameter")
}

/// `s' = (1103515245 s + 12345) mod 2³¹`, `y' = ⌊numerator·y/8⌋ + (s' >> 21)`, the first 64 dropped.
pub fn series(seed: u64, count: usize, numerator: u64) -> Vec<f64> {
    let (mut s, mut y) = (seed, 0);
    let step = |_| {
        s = (1_103_515_245 * s + 12_345) % (1 << 31);
        y = numerator * y / 8 + (s >> 21);
        y as f64
    };
    (0..count + 64).map(step).skip(64).collect()
}

/// The series that a record names.
pub fn series_of(record: &Record) -> Vec<f64> {
    let integer = |name| parameter(record, name) as u64;
    series(integer("seed"), integer("N") as usize, integer("numerator"))
}
