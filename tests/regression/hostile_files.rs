//! Files that were damaged or made to harm: none may panic or take memory for what it only promises,
//! and each refusal names the file, the field and what was expected.
//!
//! Each test does its work in a process of its own: there the peak of memory is that of the readers
//! alone, the ceiling can be low, and breaking it ends that process and not the whole binary.

mod attacks;
mod mutate;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Output};

use fieldassay::finite_volume::{
    LevelForm, LevelSamples, LevelTable, PhaseBranch, PhaseForm, PhaseTable, TwoBody, UnitSystem,
};
use fieldassay::io::{Golden, Limits, Table, json, npy, npz, safetensors};
use fieldassay::stats::Resampling;
use fieldassay::units::HbarC;
use fieldassay::{Error, Result, Seed};

use crate::ALLOCATOR;

const SEED: Seed = Seed(20_260_901);

/// What reading may add to the memory in use: the largest input has 9 MiB, and the largest array that
/// the limits admit 8 MiB.
const CEILING: usize = 16 << 20;

const LIMITS: Limits = Limits {
    max_bytes: 8 << 20,
    max_header: 1 << 20,
    max_text: 8 << 20,
};

/// A reader under test, valid files to damage, and how many damaged ones to try.
struct Format {
    name: &'static str,
    read: fn(&Path, &[u8]) -> Result<()>,
    valid: Vec<Vec<u8>>,
    inputs: usize,
}

fn formats() -> Vec<Format> {
    macro_rules! fixtures {
        ($($name:literal),*) => {
            vec![$(include_bytes!(concat!("fixtures/", $name)).to_vec()),*]
        };
    }
    vec![
        Format {
            name: "npy",
            read: |path, bytes| npy::from_bytes(path, bytes, &LIMITS).map(drop),
            valid: fixtures![
                "row_major_f8.npy",
                "fortran_f4.npy",
                "big_endian_c16.npy",
                "zero_dimensional_i8.npy",
                "empty_f8.npy",
                "half_f2.npy",
                "version_2_u1.npy"
            ],
            inputs: 10_000,
        },
        Format {
            name: "npz",
            read: |path, bytes| npz::from_bytes(path, bytes, &LIMITS).map(drop),
            valid: fixtures!["stored.npz", "deflated.npz"],
            inputs: 10_000,
        },
        Format {
            name: "safetensors",
            read: |path, bytes| safetensors::from_bytes(path, bytes, &LIMITS).map(drop),
            valid: fixtures!["network.safetensors"],
            inputs: 10_000,
        },
        Format {
            name: "csv",
            read: |path, bytes| Table::from_bytes(path, bytes, &LIMITS).map(drop),
            valid: vec![
                b"q2,z00\n0.1,-12.5\n# near a pole\n0.9,3e2\n".to_vec(),
                b"\"a, b\",\"c \"\"d\"\"\"\r\n\"1\",2\r\n-0.0, 4e-320\r\n".to_vec(),
            ],
            inputs: 10_000,
        },
        Format {
            name: "json",
            read: |path, bytes| {
                json::from_bytes::<serde_json::Value>(path, bytes, &LIMITS).map(drop)
            },
            valid: vec![
                br#"{"claims": [{"id": "mse", "estimate": 1.5e-3, "error": null}], "ok": [true]}"#
                    .to_vec(),
            ],
            inputs: 10_000,
        },
        Format {
            name: "phases",
            read: |path, bytes| PhaseTable::from_bytes(path, bytes, &LIMITS, &phases()).map(drop),
            valid: fixtures!["pion_kaon_phases.csv"],
            inputs: 10_000,
        },
        Format {
            name: "levels",
            read: |path, bytes| LevelTable::from_bytes(path, bytes, &LIMITS, &levels()).map(drop),
            valid: fixtures!["pion_kaon_levels.csv"],
            inputs: 10_000,
        },
        Format {
            name: "samples",
            read: read_samples,
            valid: vec![
                b"a,b,m1,m2\n660,940,139,495\n661,942,140,496\n659,938.5,139.5,494\n".to_vec(),
            ],
            inputs: 10_000,
        },
        Format {
            name: "golden",
            read: |path, bytes| Golden::from_bytes(path, bytes, &LIMITS).map(drop),
            valid: vec![attacks::GOLDEN.as_bytes().to_vec()],
            inputs: 10_000,
        },
    ]
}

fn pair() -> TwoBody {
    TwoBody::new(139.57, 495.65).expect("two masses")
}

fn phases() -> PhaseForm {
    PhaseForm {
        units: UnitSystem::Physical(HbarC::CODATA_2018),
        pair: pair(),
        q2_length: Some(0.02),
        branch: PhaseBranch::ZeroAtThreshold,
    }
}

fn levels() -> LevelForm {
    LevelForm {
        units: UnitSystem::Physical(HbarC::CODATA_2018),
        pair: pair(),
        length: Some(0.02),
        d: [0, 0, 1],
    }
}

/// Samples of two levels.
fn read_samples(path: &Path, bytes: &[u8]) -> Result<()> {
    let two = b"E_cm [MeV]\n660\n940\n";
    let table = LevelTable::from_bytes(Path::new("levels.csv"), two, &LIMITS, &levels())?;
    let kind = Resampling::Bootstrap;
    LevelSamples::from_bytes(path, bytes, &LIMITS, kind, &table, pair()).map(drop)
}

/// Reads, and holds every rule against what comes back; whether the file was accepted.
fn read_hostile(format: &Format, bytes: &[u8], input: &str) -> bool {
    /// A message is for a person: it quotes an excerpt, never the file.
    const LONGEST_MESSAGE: usize = 1000;
    let path = Path::new("folder/hostile.file");
    let read = catch_unwind(AssertUnwindSafe(|| (format.read)(path, bytes)));
    match read.unwrap_or_else(|_| panic!("{input}: the reader panicked")) {
        Ok(()) => true,
        Err(error) => {
            let message = error.to_string();
            let Error::Format {
                field, expected, ..
            } = &error
            else {
                panic!("{input}: not an error about the file's form: {message}");
            };
            assert!(
                !field.is_empty() && !expected.is_empty(),
                "{input}: {message}"
            );
            assert!(
                message.starts_with("folder/hostile.file: "),
                "{input}: {message}"
            );
            assert!(message.contains("expected"), "{input}: {message}");
            assert!(
                message.len() <= LONGEST_MESSAGE,
                "{input}: {} characters",
                message.len()
            );
            false
        }
    }
}

/// Set in the process that does the work of a test.
const CHILD: &str = "FIELDASSAY_HOSTILE_CHILD";

/// Runs `work` in a process of its own: this binary again, on `test` alone. `None` in that process.
fn in_own_process(test: &str, work: fn()) -> Option<Output> {
    if std::env::var_os(CHILD).is_some() {
        work();
        return None;
    }
    let name = format!("hostile_files::{test}");
    let binary = std::env::current_exe().expect("the running test binary has a path");
    let output = Command::new(binary)
        .args(["--exact", &name, "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .output()
        .expect("it starts a second time");
    Some(output)
}

fn assert_passes(test: &str, work: fn(), says: &str) {
    let Some(output) = in_own_process(test, work) else {
        return;
    };
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "{test}: {}\n{out}\n{err}",
        output.status
    );
    assert!(
        out.contains("1 passed") && out.contains(says),
        "{test} did not run: {out}"
    );
    println!("{out}");
}

#[test]
fn mutated_files_are_read_or_refused_by_name_within_the_memory_ceiling() {
    let test = "mutated_files_are_read_or_refused_by_name_within_the_memory_ceiling";
    assert_passes(test, read_mutated_files, "90000 mutated files");
}

#[test]
fn handmade_attacks_are_refused_by_name_within_the_memory_ceiling() {
    let test = "handmade_attacks_are_refused_by_name_within_the_memory_ceiling";
    assert_passes(test, read_handmade_attacks, "attacks refused");
}

#[test]
fn a_reader_that_believes_its_header_does_not_survive_the_ceiling() {
    let test = "a_reader_that_believes_its_header_does_not_survive_the_ceiling";
    let Some(output) = in_own_process(test, believe_a_header) else {
        panic!("the ceiling has no effect");
    };
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "the ceiling has no effect");
    assert!(
        err.contains("memory allocation of"),
        "it ended for another reason: {err}"
    );
}

/// Lowers the ceiling of this process; gives the bytes in use.
fn lower_ceiling() -> usize {
    let in_use = ALLOCATOR.allocated();
    ALLOCATOR
        .set_limit(in_use + CEILING)
        .expect("less than that is in use");
    in_use
}

/// The peak since the process began, the making of the inputs included.
fn assert_peak(in_use: usize) {
    let peak = ALLOCATOR.max_allocated().saturating_sub(in_use);
    assert!(peak > 0 && peak <= CEILING, "peak of {peak} bytes");
    println!("peak of {} KiB above the inputs", peak >> 10);
}

fn read_mutated_files() {
    let formats = formats();
    let in_use = lower_ceiling();
    let mut total = 0;
    for format in &formats {
        let mut accepted = 0;
        for index in 0..format.inputs {
            let label = format!("hostile/files/{}/{index}", format.name);
            let mut rng = SEED.stream(&label);
            let bytes = mutate::mutated(&mut rng, &format.valid);
            accepted += usize::from(read_hostile(format, &bytes, &label));
        }
        let refused = format.inputs - accepted;
        println!("{}: {accepted} accepted, {refused} refused", format.name);
        // Some damage is harmless (a bit of a number, a blank), most is not.
        assert!(
            accepted >= format.inputs / 200,
            "{}: {accepted} accepted",
            format.name
        );
        assert!(
            refused >= format.inputs / 4,
            "{}: {refused} refused",
            format.name
        );
        total += format.inputs;
    }
    println!("{total} mutated files");
    assert!(total >= 10_000);
    assert_peak(in_use);
}

fn read_handmade_attacks() {
    let formats = formats();
    for format in &formats {
        for (index, bytes) in format.valid.iter().enumerate() {
            let input = format!("{} {index}", format.name);
            assert!(read_hostile(format, bytes, &input), "{input} is valid");
        }
    }
    let attacks = attacks::all();
    let in_use = lower_ceiling();
    for attack in &attacks {
        let format = formats.iter().find(|f| f.name == attack.format);
        let format = format.unwrap_or_else(|| panic!("no format {}", attack.format));
        let input = format!("{}: {}", attack.format, attack.what);
        assert!(
            !read_hostile(format, &attack.bytes, &input),
            "{input} was accepted"
        );
        let refusal = (format.read)(Path::new("attack"), &attack.bytes).expect_err("as before");
        let message = refusal.to_string();
        assert!(message.contains(attack.refused_for), "{input}: {message}");
    }
    assert!(attacks.len() >= 20);
    println!("{} attacks refused", attacks.len());
    assert_peak(in_use);
}

fn believe_a_header() {
    lower_ceiling();
    let promised = std::hint::black_box(CEILING + 1);
    assert_ne!(vec![1_u8; promised].len(), 0);
}
