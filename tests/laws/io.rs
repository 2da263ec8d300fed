//! Files: what is written reads back to the bit, what Python wrote reads right, what lies is refused.

mod golden;
mod text;

use std::path::{Path, PathBuf};

use fieldassay::io::{Array, ArrayData, Limits, NamedArrays, npy, npz, safetensors};
use fieldassay::{Error, Result};
use num_complex::Complex;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

/// Shapes of up to four axes, single numbers and empty arrays among them.
fn shape() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..5_usize, 0..5)
}

/// An array of any type, its elements any bits at all: subnormals, −0, infinities, NaN payloads.
fn array() -> impl Strategy<Value = Array> {
    (shape(), 0..7, any::<u64>()).prop_map(|(shape, dtype, seed)| {
        let count: usize = shape.iter().product();
        let words = (1..=2 * count as u64).map(|i| seed.wrapping_mul(i).rotate_left(i as u32 % 64));
        let words: Vec<u64> = words.collect();
        let single = |w: &u64| f32::from_bits(*w as u32);
        let double = |w: &u64| f64::from_bits(*w);
        let one = &words[..count];
        let (pairs, _) = words.as_chunks::<2>();
        let data = match dtype {
            0 => ArrayData::F32(one.iter().map(single).collect()),
            1 => ArrayData::F64(one.iter().map(double).collect()),
            2 => ArrayData::I32(one.iter().map(|w| *w as i32).collect()),
            3 => ArrayData::I64(one.iter().map(|w| *w as i64).collect()),
            4 => ArrayData::U8(one.iter().map(|w| *w as u8).collect()),
            5 => ArrayData::C32(complex(pairs, single)),
            _ => ArrayData::C64(complex(pairs, double)),
        };
        Array::new(shape, data).expect("as many as the shape says")
    })
}

fn complex<T>(pairs: &[[u64; 2]], part: impl Fn(&u64) -> T) -> Vec<Complex<T>> {
    let number = |[re, im]: &[u64; 2]| Complex::new(part(re), part(im));
    pairs.iter().map(number).collect()
}

/// The elements' bits: NaN equals itself, and −0 differs from 0.
fn bits(array: &Array) -> (&'static str, Vec<usize>, Vec<u64>) {
    let singles = |z: &Complex<f32>| [z.re, z.im].map(|x| u64::from(x.to_bits()));
    let doubles = |z: &Complex<f64>| [z.re, z.im].map(f64::to_bits);
    let words = match array.data() {
        ArrayData::F32(v) => v.iter().map(|x| u64::from(x.to_bits())).collect(),
        ArrayData::F64(v) => v.iter().map(|x| x.to_bits()).collect(),
        ArrayData::I32(v) => v.iter().map(|x| *x as u64).collect(),
        ArrayData::I64(v) => v.iter().map(|x| *x as u64).collect(),
        ArrayData::U8(v) => v.iter().map(|x| u64::from(*x)).collect(),
        ArrayData::C32(v) => v.iter().flat_map(singles).collect(),
        ArrayData::C64(v) => v.iter().flat_map(doubles).collect(),
        other => panic!("no bits for {}", other.dtype()),
    };
    (array.dtype(), array.shape().to_vec(), words)
}

/// A folder that goes away with the test.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for temporary files")
}

fn fixed() -> Config {
    Config {
        cases: 100,
        rng_seed: RngSeed::Fixed(20_260_901),
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(fixed())]

    #[test]
    fn an_array_survives_npy_to_the_bit(array in array()) {
        let folder = folder();
        let path = folder.path().join("array.npy");
        npy::write(&path, &array).expect("written");
        let back = npy::read(&path, &Limits::default()).expect("read");
        prop_assert_eq!(bits(&back), bits(&array));
    }

    #[test]
    fn named_arrays_survive_npz_to_the_bit(arrays in prop::collection::vec(array(), 0..4)) {
        let (named, back) = there_and_back("arrays.npz", arrays, npz::write, npz::read);
        prop_assert!(named.iter().map(|(n, a)| (n, bits(a))).eq(back.iter().map(|(n, a)| (n, bits(a)))));
    }

    #[test]
    fn named_arrays_survive_safetensors_to_the_bit(arrays in prop::collection::vec(array(), 0..4)) {
        let has_type = |a: &Array| a.dtype() != "c64";
        let arrays = arrays.into_iter().filter(has_type).collect();
        let (named, back) =
            there_and_back("arrays.safetensors", arrays, safetensors::write, safetensors::read);
        prop_assert!(named.iter().map(|(n, a)| (n, bits(a))).eq(back.iter().map(|(n, a)| (n, bits(a)))));
    }

    #[test]
    fn npyz_reads_the_same_numbers_from_our_npy(values in prop::collection::vec(any::<f64>(), 6)) {
        let folder = folder();
        let path = folder.path().join("array.npy");
        let array = Array::new(vec![2, 1, 3], values.clone()).expect("six");
        npy::write(&path, &array).expect("written");
        let bytes = std::fs::read(&path).expect("there");
        let witness = npyz::NpyFile::new(&bytes[..]).expect("a header that npyz takes");
        prop_assert_eq!(witness.shape(), &[2, 1, 3]);
        let witness: Vec<f64> = witness.into_vec().expect("doubles");
        prop_assert!(witness.iter().map(|x| x.to_bits()).eq(values.iter().map(|x| x.to_bits())));
    }

    #[test]
    fn byte_order_and_element_order_do_not_change_the_array(shape in shape()) {
        let count: usize = shape.iter().product();
        let value = |index: usize| 0.5 - index as f64;
        let plain = Array::new(shape.clone(), (0..count).map(value).collect::<Vec<_>>()).expect("fits");
        // In Fortran order, element k of the file is the one with the first index fastest.
        let mut data = vec![0; 8 * count];
        for row_major in 0..count {
            let (mut rest, mut index) = (row_major, vec![0; shape.len()]);
            for axis in (0..shape.len()).rev() {
                (rest, index[axis]) = (rest / shape[axis], rest % shape[axis]);
            }
            let at = (0..shape.len()).rev().fold(0, |at, axis| at * shape[axis] + index[axis]);
            data[8 * at..8 * at + 8].copy_from_slice(&value(row_major).to_be_bytes());
        }
        let sizes: String = shape.iter().map(|n| format!("{n},")).collect();
        let header = format!("{{'descr': '>f8', 'fortran_order': True, 'shape': ({sizes})}}");
        let read = npy_from(&header, &data).expect("a valid file");
        prop_assert_eq!(read, plain);
    }
}

type Writer = fn(&Path, &NamedArrays) -> Result<()>;
type Reader = fn(&Path, &Limits) -> Result<NamedArrays>;

fn there_and_back(
    file: &str,
    arrays: Vec<Array>,
    write: Writer,
    read: Reader,
) -> (NamedArrays, NamedArrays) {
    let mut named = NamedArrays::new();
    for (index, array) in arrays.into_iter().enumerate() {
        let name = format!("φ/{}.{index}", array.dtype());
        named.insert(name, array).expect("a new name");
    }
    let folder = folder();
    let path = folder.path().join(file);
    write(&path, &named).expect("written");
    let first = std::fs::read(&path).expect("there");
    write(&path, &named).expect("written again");
    assert_eq!(
        first,
        std::fs::read(&path).expect("there"),
        "equal arrays, equal files"
    );
    let back = read(&path, &Limits::default()).expect("read");
    (named, back)
}

/// An `.npy` file of version 1 put together by hand.
fn npy_bytes(header: &str, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len()).expect("a short header");
    [
        b"\x93NUMPY\x01\x00",
        &length.to_le_bytes()[..],
        header.as_bytes(),
        data,
    ]
    .concat()
}

fn npy_from(header: &str, data: &[u8]) -> Result<Array> {
    npy::from_bytes(
        "by-hand.npy".as_ref(),
        &npy_bytes(header, data),
        &Limits::default(),
    )
}

#[test]
fn every_half_precision_number_is_widened_exactly() {
    let data: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
    let header = "{'descr': '<f2', 'fortran_order': False, 'shape': (65536,), }";
    let read = npy_from(header, &data).expect("half precision");
    let widened = read.as_f32().expect("single precision");
    assert_eq!(widened.len(), 1 << 16);
    for (bits, x) in (0..=u16::MAX).zip(widened) {
        let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
        let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
        let value = match exponent {
            31 if fraction == 0.0 => sign * f64::INFINITY,
            31 => f64::NAN,
            0 => sign * fraction * 2_f64.powi(-14),
            _ => sign * (1.0 + fraction) * 2_f64.powi(exponent - 15),
        };
        let same = f64::from(*x).to_bits() == value.to_bits();
        assert!(
            same || (x.is_nan() && value.is_nan()),
            "{bits:#06x}: {x}, expected {value}"
        );
    }
}

fn fixture(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regression/fixtures");
    Path::new(folder).join(name)
}

fn npy_fixture(name: &str) -> Array {
    npy::read(&fixture(name), &Limits::default()).unwrap_or_else(|e| panic!("{e}"))
}

const GRID: [f64; 6] = [-0.5, -0.25, 0.0, 0.25, 0.5, 0.75];

fn is(array: &Array, shape: &[usize], data: impl Into<ArrayData>) {
    let expected = Array::new(shape.to_vec(), data).expect("a consistent expectation");
    assert_eq!(*array, expected);
}

#[test]
fn npy_files_written_by_numpy_are_read() {
    is(&npy_fixture("row_major_f8.npy"), &[2, 3], GRID.to_vec());
    let count = (0..24_u8).map(f32::from).collect::<Vec<_>>();
    is(&npy_fixture("fortran_f4.npy"), &[2, 3, 4], count);
    let z = [(1.0, 2.0), (-0.5, -8.0), (0.0, f64::INFINITY)].map(|(re, im)| Complex::new(re, im));
    is(&npy_fixture("big_endian_c16.npy"), &[3], z.to_vec());
    is(
        &npy_fixture("zero_dimensional_i8.npy"),
        &[],
        vec![-(1_i64 << 62)],
    );
    is(&npy_fixture("empty_f8.npy"), &[3, 0, 2], Vec::<f64>::new());
    // NumPy rounds 6e-8 to one step of the subnormals.
    let half = vec![1.5, -0.0, 2_f32.powi(-24), 65504.0, f32::INFINITY];
    is(&npy_fixture("half_f2.npy"), &[5], half);
    is(&npy_fixture("version_2_u1.npy"), &[3], vec![1_u8, 0, 1]);
}

#[test]
fn npz_files_written_by_numpy_are_read() {
    let stored = npz::read(&fixture("stored.npz"), &Limits::default()).expect("stored");
    assert!(stored.names().eq(["accepted", "phi"]));
    is(
        stored.get("accepted").expect("there"),
        &[2],
        vec![3_i32, -4],
    );
    assert_eq!(
        stored.f64("phi").expect("doubles"),
        (&[2, 3][..], GRID.to_vec())
    );
    let deflated = npz::read(&fixture("deflated.npz"), &Limits::default()).expect("deflated");
    assert!(deflated.names().eq(["links", "phi"]));
    is(
        deflated.get("links").expect("there"),
        &[40, 2],
        vec![Complex::new(0.25_f32, 1.0); 80],
    );
    is(deflated.get("phi").expect("there"), &[2, 3], GRID.to_vec());
}

#[test]
fn safetensors_files_written_by_python_are_read() {
    let path = fixture("network.safetensors");
    let network = safetensors::read(&path, &Limits::default()).expect("safetensors");
    assert!(
        network
            .names()
            .eq(["bias", "half", "mask", "steps", "weight"])
    );
    is(
        network.get("weight").expect("there"),
        &[2, 3],
        GRID.map(|x| x as f32).to_vec(),
    );
    is(network.get("bias").expect("there"), &[2], vec![0.5, -0.25]);
    is(
        network.get("half").expect("there"),
        &[2],
        vec![0.5_f32, -2.0],
    );
    is(network.get("mask").expect("there"), &[2], vec![1_u8, 0]);
    is(network.get("steps").expect("there"), &[2], vec![7_i64, -9]);
    assert_eq!(network.metadata()["activation"], "softplus");
}

#[test]
fn metadata_survives_safetensors_and_is_refused_by_npz() {
    let folder = folder();
    let mut arrays = NamedArrays::new();
    arrays.insert_metadata("seed", "20260901");
    arrays.insert_metadata("action", "φ⁴ \"2d\"\n");
    arrays
        .insert("x", Array::new(vec![1], vec![1.0]).expect("one"))
        .expect("new");
    let path = folder.path().join("a.safetensors");
    safetensors::write(&path, &arrays).expect("written");
    let back = safetensors::read(&path, &Limits::default()).expect("read");
    assert_eq!(back.metadata(), arrays.metadata());
    let refused = npz::write(&folder.path().join("a.npz"), &arrays);
    assert!(
        matches!(refused, Err(Error::Unsupported { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_complex_double_is_refused_by_safetensors_by_name() {
    let mut arrays = NamedArrays::new();
    let z = Array::new(vec![1], vec![Complex::new(1.0, 2.0)]).expect("one");
    arrays.insert("propagator", z).expect("new");
    let refused = safetensors::write(Path::new("never.safetensors"), &arrays);
    let message = refused.expect_err("no type for it").to_string();
    assert!(message.contains("c64 array `propagator`"), "{message}");
}

#[test]
fn a_header_that_lies_is_refused_and_named() {
    let header = |descr: &str, shape: &str| {
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}")
    };
    let cases = [
        (header("<f8", "(2,)"), "shape", "8 bytes of data"),
        (
            header("<f8", "(4611686018427387904, 8)"),
            "shape",
            "does not overflow",
        ),
        (
            header("<f8", "(18446744073709551616,)"),
            "shape",
            "below 2^64",
        ),
        (
            header("<f8", "(9223372036854775808, 2, 0)"),
            "shape",
            "does not overflow",
        ),
        (header("<f8", "(1, -1)"), "shape", "below 2^64"),
        (header("<f8", "(1)"), "shape", "in brackets"),
        (header("|O", "(1,)"), "descr", "one of b1"),
        (header("<u8", "(1,)"), "descr", "one of b1"),
        (header("=f8", "(1,)"), "descr", "one of b1"),
        (
            "{'descr': '<f8', 'shape': (1,), }".to_owned(),
            "fortran_order",
            "'fortran_order': False",
        ),
        (
            "{'descr': '<f8', 'descr': '<f8'}".to_owned(),
            "header",
            "once each",
        ),
        ("(".repeat(60_000), "header", "'descr'"),
    ];
    for (header, field, expected) in cases {
        let Err(Error::Format {
            field: named,
            expected: wanted,
            ..
        }) = npy_from(&header, &[0; 8])
        else {
            panic!("{header} was not refused as a wrong form");
        };
        assert_eq!(named, field, "{header}");
        assert!(wanted.contains(expected), "{header}: expected {wanted}");
    }
    assert!(
        npy_from(&header("<f8", "(1,)"), &[0; 8]).is_ok(),
        "the honest header"
    );
}

#[test]
fn the_limit_on_memory_holds_for_every_array_format() {
    let folder = folder();
    let small = Limits {
        max_bytes: 1000,
        ..Limits::default()
    };
    // Two members that fit each, but not together.
    let mut arrays = NamedArrays::new();
    for name in ["a", "b"] {
        arrays
            .insert(name, Array::new(vec![100], vec![0.5; 100]).expect("fits"))
            .expect("new");
    }
    let path = |name: &str| folder.path().join(name);
    npz::write(&path("a.npz"), &arrays).expect("written");
    safetensors::write(&path("a.safetensors"), &arrays).expect("written");
    npy::write(
        &path("a.npy"),
        &Array::new(vec![200], vec![0.5; 200]).expect("fits"),
    )
    .expect("written");
    let results = [
        npz::read(&path("a.npz"), &small).map(|a| a.len()),
        safetensors::read(&path("a.safetensors"), &small).map(|a| a.len()),
        npy::read(&path("a.npy"), &small).map(|a| a.len()),
    ];
    for result in results {
        let message = result.expect_err("more than the limit").to_string();
        assert!(message.contains("at most 1000 bytes"), "{message}");
    }
}

#[test]
fn an_array_of_the_wrong_type_or_name_is_refused_and_named() {
    let stored = npz::read(&fixture("stored.npz"), &Limits::default()).expect("stored");
    let message = stored.get("psi").expect_err("no psi").to_string();
    assert!(message.contains("stored.npz: array `psi`") && message.contains("`accepted`, `phi`"));
    let deflated = npz::read(&fixture("deflated.npz"), &Limits::default()).expect("deflated");
    let message = deflated.f64("links").expect_err("complex").to_string();
    assert!(
        message.contains("array `links`: dtype: found c32, expected a real type"),
        "{message}"
    );
    let large = Array::new(vec![2], vec![1_i64 << 53, (1 << 53) + 1]).expect("two");
    let message = large.to_f64().expect_err("not exact").to_string();
    assert!(
        message.contains("element 1") && message.contains("9007199254740993"),
        "{message}"
    );
    let wrong = Array::new(vec![2, 2], vec![1.0]);
    assert!(
        matches!(wrong, Err(Error::ShapeMismatch { .. })),
        "{wrong:?}"
    );
}
