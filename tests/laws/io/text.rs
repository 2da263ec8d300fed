//! Atomic writes, JSON and CSV.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use fieldassay::Error;
use fieldassay::io::{Limits, Table, json, write_atomically};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{fixed, folder};

#[test]
fn a_write_that_fails_midway_leaves_the_old_file_and_nothing_else() {
    let folder = folder();
    let path = folder.path().join("result.json");
    fs::write(&path, "old").expect("written");
    let failed = write_atomically(&path, |writer| {
        // More than any buffer, so that half of it is on the disk.
        writer.write_all(&[b'x'; 1 << 20])?;
        Err(std::io::Error::other("the power went out"))
    });
    let message = failed.expect_err("the writer failed").to_string();
    assert!(
        message.contains("result.json: write: the power went out"),
        "{message}"
    );
    assert_eq!(fs::read(&path).expect("still there"), b"old");
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);

    write_atomically(&path, |writer| writer.write_all(b"new")).expect("written");
    assert_eq!(fs::read(&path).expect("there"), b"new");
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
}

#[test]
fn a_writer_that_panics_leaves_the_old_file_and_nothing_else() {
    let folder = folder();
    let path = folder.path().join("result.json");
    fs::write(&path, "old").expect("written");
    let target = path.clone();
    let panicked =
        std::panic::catch_unwind(|| write_atomically(&target, |_| panic!("planted in the writer")));
    assert!(panicked.is_err());
    assert_eq!(fs::read(&path).expect("still there"), b"old");
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("listed");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
    let mut names: Vec<String> = names.map(|name| name.expect("plain names")).collect();
    names.sort();
    names
}

/// What a killed writer leaves, seen by the next: a file that nobody holds a lock on.
#[test]
fn r3_a_writer_removes_what_a_killed_one_left_and_nothing_else() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let orphans = [".writing-run.json-a1B2c3", ".writing-run.json-zzzzzz"];
    let others = [
        ".writing-run.json-other-a1B2c3",
        ".writing-run.json-a1B2c",
        ".writing-run.json-a1B2.3",
        ".writing-other.json-a1B2c3",
        ".writing-a1B2c3",
        "run.json-a1B2c3",
    ];
    for name in orphans.iter().chain(&others) {
        fs::write(path(name), "half").expect("written");
    }
    // A folder of such a name, and the file of a writer at work, which itself looks after orphans.
    fs::create_dir(path(".writing-run.json-folder")).expect("made");
    let inner = |writer: &mut dyn Write, text: &[u8]| -> std::io::Result<()> {
        write_atomically(&path("run.json"), |w| w.write_all(b"first")).expect("written");
        writer.write_all(text)
    };
    write_atomically(&path("run.json"), |w| inner(w, b"second")).expect("written");
    assert_eq!(fs::read(path("run.json")).expect("there"), b"second");
    let mut expected: Vec<String> = others.iter().map(|name| (*name).to_owned()).collect();
    expected.extend([".writing-run.json-folder".to_owned(), "run.json".to_owned()]);
    expected.sort();
    assert_eq!(names(folder.path()), expected);
}

/// Writers that take turns at random never lose a file to each other's tidying.
#[test]
fn r3_writers_of_one_file_at_once_all_succeed() {
    const WRITERS: usize = 4;
    const TIMES: usize = 200;
    let folder = folder();
    let path = folder.path().join("run.json");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let path = &path;
            scope.spawn(move || {
                for _ in 0..TIMES {
                    let text = vec![b'0' + writer as u8; 5000];
                    write_atomically(path, |w| w.write_all(&text)).expect("written");
                }
            });
        }
    });
    let text = fs::read(&path).expect("there");
    assert!(text.len() == 5000 && text.iter().all(|byte| *byte == text[0]));
    assert_eq!(names(folder.path()), ["run.json"]);
}

/// Room for the prefix and the random letters beside the longest name that a folder takes.
#[test]
fn a_file_of_the_longest_name_is_written() {
    let folder = folder();
    for name in ["x".repeat(255), "ß".repeat(127)] {
        let path = folder.path().join(name);
        write_atomically(&path, |w| w.write_all(b"1")).expect("written");
        assert_eq!(fs::read(&path).expect("there"), b"1");
    }
}

#[test]
fn folders_missing_folders_and_missing_files_are_named() {
    let folder = folder();
    let lost = folder.path().join("lost/a.json");
    let write = |path: &Path| write_atomically(path, |w| w.write_all(b"1"));
    let read = |path: &Path| json::read::<Value>(path, &Limits::default());
    for (result, expected) in [
        (write(folder.path()), "found a folder, expected a file"),
        (
            write(&lost),
            "lost/a.json: write a temporary file beside it",
        ),
        (
            read(folder.path()).map(drop),
            "found a folder, expected a file",
        ),
        (read(&lost).map(drop), "lost/a.json: open for reading"),
    ] {
        let message = result.expect_err("refused").to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn permissions_are_kept_and_links_are_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder();
    let (path, link) = (
        folder.path().join("run.json"),
        folder.path().join("latest.json"),
    );
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    fs::write(folder.path().join("plain"), "").expect("written");
    json::write(&path, &1).expect("written");
    assert_eq!(
        mode(&path),
        mode(&folder.path().join("plain")),
        "a new file is as any other"
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    symlink(&path, &link).expect("linked");
    json::write(&link, &2).expect("written");
    assert_eq!(fs::read_to_string(&path).expect("there"), "2\n");
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    assert_eq!(mode(&path), 0o640);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).expect("set");
    let refused = json::write(&path, &3).expect_err("read-only").to_string();
    assert!(
        refused.contains("permissions: found read-only"),
        "{refused}"
    );
}

proptest! {
    #![proptest_config(fixed())]

    #[test]
    fn finite_doubles_survive_json_and_csv_to_the_bit(
        values in prop::collection::vec(prop::num::f64::ANY.prop_filter("finite", |x| x.is_finite()), 1..20),
        name in "[#a-zφ,\" ]{0,6}[a-zφ]",
    ) {
        let folder = folder();
        let to_bits = |v: &[f64]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();

        let path = folder.path().join("values.json");
        json::write(&path, &values).expect("written");
        let back: Vec<f64> = json::read(&path, &Limits::default()).expect("read");
        prop_assert_eq!(to_bits(&back), to_bits(&values));

        let path = folder.path().join("values.csv");
        let negated = values.iter().map(|x| -x).collect();
        let name = name.trim().to_owned();
        let names = vec![name.clone(), "minus".to_owned()];
        Table::new(names, vec![values.clone(), negated]).expect("a table").write(&path).expect("written");
        let back = Table::read(&path, &Limits::default()).expect("read");
        prop_assert_eq!(to_bits(back.column(&name).expect("there")), to_bits(&values));
        prop_assert_eq!(back.column("minus").expect("there")[0].to_bits(), (-values[0]).to_bits());
    }
}

#[test]
fn a_number_that_is_not_finite_is_refused_by_json_with_its_place() {
    #[derive(serde::Serialize)]
    struct Claim {
        id: &'static str,
        scan: Vec<(f64, f32)>,
        by_name: BTreeMap<&'static str, Option<f64>>,
    }
    let claim = |x, y, z| Claim {
        id: "luscher-formula",
        scan: vec![(1.0, 2.0), (x, y)],
        by_name: BTreeMap::from([("none", None), ("delta", Some(z))]),
    };
    let path = Path::new("report.json");
    let refused = [
        (
            claim(f64::NAN, 0.0, 0.0),
            "report.json: scan[1][0]: found NaN, expected a finite",
        ),
        (
            claim(0.0, f32::INFINITY, 0.0),
            "report.json: scan[1][1]: found inf",
        ),
        (
            claim(0.0, 0.0, f64::NEG_INFINITY),
            "report.json: by_name.delta: found -inf",
        ),
    ];
    for (claim, expected) in refused {
        let message = json::to_string(path, &claim)
            .expect_err("not finite")
            .to_string();
        assert!(message.contains(expected), "{message}");
    }
    let text = json::to_string(path, &claim(0.25, -0.0, 1e300)).expect("finite");
    let back: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(back["scan"], json!([[1.0, 2.0], [0.25, -0.0]]));
    assert_eq!(back["by_name"], json!({"delta": 1e300, "none": null}));
    assert_eq!(back["id"], "luscher-formula");
}

#[test]
fn json_errors_name_line_column_and_what_was_expected() {
    let deep = "[".repeat(100_000);
    let cases: [(&str, &str, &str, &str); 5] = [
        (
            "{\"a\": [1],\n \"b\": x}",
            "line 2, column 7",
            "expected value",
            "nested no deeper",
        ),
        (
            "{\"a\": [1, \"two\"]}",
            "line 1, column 15",
            "invalid type: string",
            "f64",
        ),
        (
            "{\"a\": [1e999]}",
            "line 1, column 12",
            "number out of range",
            "nested no deeper",
        ),
        (
            "{\"a\": [1]} true",
            "line 1, column 12",
            "trailing characters",
            "nested no deeper",
        ),
        (&deep, "line 1, column 0", "invalid type: sequence", "a map"),
    ];
    for (text, field, found, expected) in cases {
        type Lists = BTreeMap<String, Vec<f64>>;
        let path = Path::new("lists.json");
        let read = json::from_bytes::<Lists>(path, text.as_bytes(), &Limits::default());
        let Err(Error::Format {
            field: f,
            found: g,
            expected: e,
            ..
        }) = read
        else {
            panic!("{text:.40} was not refused");
        };
        assert!(
            f == field && g.contains(found) && e.contains(expected),
            "{f}: {g}, expected {e}"
        );
    }
    let deep = json::from_bytes::<Value>("deep.json".as_ref(), deep.as_bytes(), &Limits::default());
    let message = deep.expect_err("too deep").to_string();
    assert!(
        message.contains("recursion limit exceeded, expected JSON"),
        "{message}"
    );
    let small = Limits {
        max_text: 10,
        ..Limits::default()
    };
    let large = json::from_bytes::<Value>("large.json".as_ref(), &[b' '; 11], &small);
    let message = large.expect_err("too large").to_string();
    assert!(
        message.contains("file size: found 11 bytes, expected at most 10"),
        "{message}"
    );
}

#[test]
fn csv_errors_name_line_column_and_the_text_found() {
    let cases: [(&[u8], &str); 11] = [
        (b"", "t.csv: header: found no header, expected a first line"),
        (
            b"1.0,2.0\n3,4\n",
            "header: found \"1.0\", expected names of columns in the first line",
        ),
        (b"a,,c\n1,2,3\n", "header: found \"\", expected names"),
        (
            b"a,a\n1,2\n",
            "header: found \"a\" twice, expected every column name once",
        ),
        (
            b"a,b\n1,2\n3\n",
            "line 3: found 1 cells, expected 2, as in the header",
        ),
        (b"a,b\n1,2,3\n", "line 2: found 3 cells, expected 2"),
        (
            b"a,b\r\n\r\n# two\r\n1,x\r\n",
            "line 4, column \"b\": found \"x\", expected a finite decimal number",
        ),
        (b"a,b\n1,nan\n", "line 2, column \"b\": found \"nan\""),
        (b"a,b\n1,1e999\n", "line 2, column \"b\": found \"1e999\""),
        (
            b"a,b\n1,\"2\n3,4\n",
            "line 2, column \"b\": found \"2\\n3,4\"",
        ),
        (b"a,\xff\n", "UTF-8"),
    ];
    for (text, expected) in cases {
        let read = Table::from_bytes("t.csv".as_ref(), text, &Limits::default());
        let message = read.expect_err("refused").to_string();
        assert!(message.contains(expected), "{message}");
    }
    let good = b"# q2 scan\n a ,\"b, c\"\n1 ,\"2\"\n-0, 3e-320\n";
    let table = Table::from_bytes("t.csv".as_ref(), good, &Limits::default()).expect("a table");
    assert_eq!(table.names(), ["a", "b, c"]);
    assert_eq!(table.column("b, c").expect("there"), [2.0, 3e-320]);
    assert!(table.column("a").expect("there")[1].is_sign_negative());
    let unknown = table.column("b,c").expect_err("another name").to_string();
    assert!(unknown.contains("did you mean `b, c`"), "{unknown}");
}

#[test]
fn a_table_takes_only_what_it_can_write() {
    let one = |name: &str, x: f64| Table::new(vec![name.to_owned()], vec![vec![x]]);
    assert!(one("q2", 1.0).is_ok());
    for bad in [
        one("q2", f64::NAN),
        one("", 1.0),
        one(" q2", 1.0),
        one("1", 1.0),
        one("a\nb", 1.0),
    ] {
        assert!(matches!(bad, Err(Error::Argument { .. })), "{bad:?}");
    }
    let ragged = Table::new(vec!["a".into(), "b".into()], vec![vec![1.0], vec![]]);
    assert!(
        matches!(ragged, Err(Error::ShapeMismatch { .. })),
        "{ragged:?}"
    );
}
