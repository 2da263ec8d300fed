//! Golden values: truths with origin, method, error and a command that exists, sealed by SHA-256.
//!
//! The seal catches an altered digit even where a test's tolerance would let it pass. After a
//! deliberate change, in `golden/`:
//! `find exact highprec imported literature -type f 2>/dev/null | LC_ALL=C sort | xargs sha256sum > SHA256SUMS`.

use std::collections::BTreeMap;

use fieldassay::io::Golden;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::tree;

/// Folders of truths; `stability` only says "something changed".
const TRUTHS: [&str; 4] = ["exact", "highprec", "imported", "literature"];

/// Writes the seal anew, in `golden/`.
const RESEAL: &str = "find exact highprec imported literature -type f 2>/dev/null \
    | LC_ALL=C sort | xargs sha256sum > SHA256SUMS";

/// Fewer were seen: the walk is broken. Both grow with the goldens.
const FEWEST_FILES: usize = 16;
const FEWEST_RECORDS: usize = 912;

/// What a golden file of the folder `kind`, called `stem`, breaks; `exists` looks up a script.
pub fn schema_problems(
    kind: &str,
    stem: &str,
    golden: &Value,
    exists: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut problems = Vec::new();
    let mut demand = |holds: bool, what: &str| {
        if !holds {
            problems.push(format!("{kind}/{stem}: {what}"));
        }
    };
    demand(
        text(golden, "id") == Some(stem),
        "`id` is not the file's name",
    );
    demand(
        text(golden, "kind") == Some(kind),
        "`kind` is not the folder's name",
    );
    demand(is_filled(golden, "quantity"), "`quantity` is empty");
    demand(text(golden, "unit").is_some(), "`unit` is missing");
    let provenance = &golden["provenance"];
    for field in ["method", "source", "checks"] {
        demand(
            is_filled(provenance, field),
            &format!("provenance `{field}` is empty"),
        );
    }
    demand(
        text(provenance, "date").is_some_and(is_iso_date),
        "provenance `date` is no ISO date",
    );
    let maker = text(provenance, "made_by").unwrap_or("");
    let imported = kind == "imported" && maker.starts_with("imported: ");
    demand(
        imported || is_independent_maker(maker, exists),
        &format!("`made_by` is no independent command: {maker:?}"),
    );
    let records = golden["records"].as_array().map_or(&[][..], Vec::as_slice);
    demand(!records.is_empty(), "no records");
    let mut ids = std::collections::BTreeSet::new();
    for record in records {
        let id = text(record, "id").unwrap_or("");
        demand(
            !id.is_empty() && ids.insert(id),
            &format!("record id {id:?} is empty or repeated"),
        );
        demand(
            record["parameters"].is_object(),
            &format!("record {id}: no parameters"),
        );
        demand(
            is_value(&record["value"]),
            &format!("record {id}: `value` is no decimal string"),
        );
        demand(
            is_error(&record["error"]),
            &format!("record {id}: `error` is missing, NaN or negative"),
        );
    }
    problems
}

fn text<'a>(json: &'a Value, field: &str) -> Option<&'a str> {
    json.get(field)?.as_str()
}

/// A non-empty text, or a non-empty list or object of them.
fn is_filled(json: &Value, field: &str) -> bool {
    fn filled(value: &Value) -> bool {
        match value {
            Value::String(text) => !text.trim().is_empty(),
            Value::Array(items) => !items.is_empty() && items.iter().all(filled),
            Value::Object(items) => !items.is_empty() && items.values().all(|item| !item.is_null()),
            _ => false,
        }
    }
    json.get(field).is_some_and(filled)
}

/// Decimal strings, alone or in lists and objects; a JSON number would already have been rounded.
fn is_value(value: &Value) -> bool {
    match value {
        Value::String(text) => text.parse::<f64>().is_ok_and(f64::is_finite),
        Value::Array(items) => !items.is_empty() && items.iter().all(is_value),
        Value::Object(items) => !items.is_empty() && items.values().all(is_value),
        _ => false,
    }
}

fn is_error(error: &Value) -> bool {
    let number = |text: &str| {
        text.parse::<f64>()
            .is_ok_and(|error| error >= 0.0 && error.is_finite())
    };
    match error {
        Value::Number(error) => error.as_f64().is_some_and(|error| error >= 0.0),
        Value::String(text) => number(text),
        Value::Array(items) => !items.is_empty() && items.iter().all(is_error),
        Value::Object(items) => !items.is_empty() && items.values().all(is_error),
        _ => false,
    }
}

/// `cargo golden …`, or a script under `golden/`: never the crate that the number judges.
fn is_independent_maker(command: &str, exists: impl Fn(&str) -> bool) -> bool {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        ["cargo", "golden", ..] => true,
        ["python3", script, ..] => {
            script.starts_with("golden/") && script.ends_with(".py") && exists(script)
        }
        _ => false,
    }
}

fn is_iso_date(date: &str) -> bool {
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let in_range = |text: &str, digits: usize, range: std::ops::RangeInclusive<u32>| {
        text.len() == digits && text.parse().is_ok_and(|number| range.contains(&number))
    };
    in_range(year, 4, 1900..=2999) && in_range(month, 2, 1..=12) && in_range(day, 2, 1..=31)
}

/// Where `manifest` (as `sha256sum` writes it) and `files` (path, bytes) disagree.
pub fn seal_problems(manifest: &str, files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut problems = Vec::new();
    let mut sealed = BTreeMap::new();
    for line in manifest.lines() {
        match line.split_once("  ") {
            Some((sum, path)) if sum.len() == 64 => {
                if sealed.insert(path, sum).is_some() {
                    problems.push(format!("{path} is sealed twice"));
                }
            }
            _ => problems.push(format!("no line of sha256sum: {line:?}")),
        }
    }
    for (path, bytes) in files {
        match sealed.remove(path.as_str()) {
            None => problems.push(format!("{path} is not sealed")),
            Some(sum) if sum != hex(bytes) => problems.push(format!("{path} was altered")),
            Some(_) => {}
        }
    }
    problems.extend(
        sealed
            .keys()
            .map(|path| format!("{path} is sealed but missing")),
    );
    problems
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The truths of this tree by path below `golden/`.
fn truths() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for path in TRUTHS
        .iter()
        .flat_map(|kind| tree::files(&format!("golden/{kind}"), ""))
    {
        let bytes = std::fs::read(tree::root().join(&path)).expect("a listed file");
        files.insert(path["golden/".len()..].to_owned(), bytes);
    }
    files
}

#[test]
fn every_truth_has_schema_and_provenance() {
    let (mut files, mut records) = (0, 0);
    for (path, bytes) in truths() {
        if path.ends_with(".py") {
            // A maker beside what it makes: sealed, but no truth.
            continue;
        }
        let golden: Value =
            serde_json::from_slice(&bytes).unwrap_or_else(|why| panic!("{path}: {why}"));
        let (folder, name) = path.rsplit_once('/').expect("a folder of golden/");
        let stem = name
            .strip_suffix(".json")
            .unwrap_or_else(|| panic!("{path} is no .json"));
        let kind = folder
            .split('/')
            .next()
            .expect("split gives at least one part");
        assert_eq!(schema_problems(kind, stem, &golden, tree::exists), [""; 0]);
        let whole = Golden::load(&tree::root().join("golden").join(&path));
        let loaded = whole.unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(
            Some(loaded.records().len()),
            golden["records"].as_array().map(Vec::len)
        );
        files += 1;
        records += golden["records"].as_array().map_or(0, Vec::len);
    }
    assert!(
        files >= FEWEST_FILES && records >= FEWEST_RECORDS,
        "{files} files, {records} records"
    );
}

#[test]
fn every_truth_is_sealed() {
    let files = truths();
    assert!(files.len() >= FEWEST_FILES, "{} files", files.len());
    let problems = seal_problems(&tree::read("golden/SHA256SUMS"), &files);
    assert_eq!(problems, [""; 0], "if this was meant, in golden/: {RESEAL}");
}

#[test]
fn every_stored_network_is_sealed() {
    let mut files = BTreeMap::new();
    for path in tree::files("paper-checks/stored", "safetensors") {
        let bytes = std::fs::read(tree::root().join(&path)).expect("a listed file");
        files.insert(path["paper-checks/stored/".len()..].to_owned(), bytes);
    }
    assert!(files.len() >= 18, "{} files", files.len());
    let problems = seal_problems(&tree::read("paper-checks/stored/SHA256SUMS"), &files);
    assert_eq!(
        problems, [""; 0],
        "in paper-checks/stored/: sha256sum *.safetensors > SHA256SUMS"
    );
}

#[test]
fn snapshots_and_truths_live_apart() {
    let snapshots = tree::files("golden/stability", "");
    assert!(!snapshots.is_empty(), "no snapshot");
    for path in &snapshots {
        assert!(
            path.ends_with(".snap"),
            "{path} in golden/stability is no snapshot"
        );
    }
}

/// A file that keeps every rule; the planted faults alter it.
const RIGHT: &str = r#"{
    "id": "z00", "kind": "highprec", "quantity": "Z00(1;q²)", "unit": "1",
    "provenance": {"made_by": "cargo golden z00", "method": "heat kernel", "source": "NPB 354 (1991) 531",
                   "date": "2026-09-01", "checks": ["split 0.7"]},
    "records": [{"id": "a", "parameters": {"q2": "0.5"}, "value": "-0.7651234567890123", "error": "1e-20"}]
}"#;

fn planted(old: &str, new: &str) -> Vec<String> {
    assert!(RIGHT.contains(old), "{old} is nothing to alter");
    let golden = serde_json::from_str(&RIGHT.replace(old, new)).expect("JSON");
    schema_problems("highprec", "z00", &golden, |script| {
        script == "golden/make.py"
    })
}

#[test]
fn planted_faults_of_schema_and_provenance_are_caught() {
    assert_eq!(planted("z00", "z00"), [""; 0]);
    assert_eq!(
        planted("cargo golden z00", "python3 golden/make.py"),
        [""; 0]
    );
    for (old, new) in [
        ("\"id\": \"z00\"", "\"id\": \"z01\""),
        ("\"kind\": \"highprec\"", "\"kind\": \"exact\""),
        ("cargo golden z00", "cargo assay --only z00"),
        ("cargo golden z00", "cargo run -p fieldassay -- compute z00"),
        ("cargo golden z00", "python3 golden/lost.py"),
        ("cargo golden z00", "python3 elsewhere/make.py"),
        ("heat kernel", " "),
        ("NPB 354 (1991) 531", ""),
        ("2026-09-01", "1 September 2026"),
        ("2026-09-01", "2026-13-01"),
        ("[\"split 0.7\"]", "[]"),
        ("\"-0.7651234567890123\"", "-0.7651234567890123"),
        ("\"-0.7651234567890123\"", "\"nan\""),
        ("\"1e-20\"", "\"NaN\""),
        ("\"1e-20\"", "-1.0"),
        ("\"error\"", "\"sigma\""),
        ("\"records\": [", "\"records\": [], \"others\": ["),
    ] {
        assert_eq!(
            planted(old, new).len(),
            1,
            "{old} -> {new}: {:?}",
            planted(old, new)
        );
    }
}

#[test]
fn an_altered_digit_breaks_the_seal_even_within_tolerance() {
    let seal = format!("{}  highprec/z00.json\n", hex(RIGHT.as_bytes()));
    let file =
        |text: &str| BTreeMap::from([("highprec/z00.json".to_owned(), text.as_bytes().to_vec())]);
    assert_eq!(seal_problems(&seal, &file(RIGHT)), [""; 0]);
    let altered = RIGHT.replace("890123", "890124");
    assert_eq!(
        seal_problems(&seal, &file(&altered)),
        ["highprec/z00.json was altered"]
    );
}

#[test]
fn a_planted_unsealed_or_lost_file_is_caught() {
    let files = BTreeMap::from([("exact/new.json".to_owned(), b"{}".to_vec())]);
    let seal = format!("{}  exact/lost.json\nnonsense\n", hex(b"{}"));
    let problems = seal_problems(&seal, &files);
    assert_eq!(problems.len(), 3, "{problems:?}");
}
