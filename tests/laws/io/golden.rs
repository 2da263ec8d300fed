//! The loader of golden files: what keeps the schema is read, and each planted fault is named.

use fieldassay::io::{Golden, Kind, Limits};
use fieldassay::{Error, Result};

const GOOD: &str = r#"{
  "id": "zeta00", "kind": "highprec", "quantity": "Z00(1;q2)", "unit": "1",
  "provenance": {
    "made_by": "cargo golden zeta00", "method": "heat kernel, 40 digits",
    "source": "Nucl. Phys. B 354 (1991) 531, eq. C.3", "date": "2026-09-01",
    "checks": ["split at 0.7", "Riesz sum"]
  },
  "records": [
    { "id": "a", "parameters": { "q2": 0.1, "gamma": "1.5e0", "frame": "001", "n": 3 },
      "value": "-9.482398938501906970125287", "error": 1e-24, "trusted_digits": 20 },
    { "id": "b", "parameters": {}, "definition": "all of them",
      "value": { "z20": "1.5", "roots": ["0.47", "-1e-3"] }, "error": 1e-9 }
  ]
}"#;

fn load(text: &str) -> Result<Golden> {
    Golden::from_bytes(
        "golden/zeta00.json".as_ref(),
        text.as_bytes(),
        &Limits::default(),
    )
}

#[test]
fn a_golden_file_is_read_with_all_its_digits() {
    let golden = load(GOOD).expect("it keeps the schema");
    assert_eq!(
        (golden.id(), golden.kind(), golden.unit()),
        ("zeta00", Kind::Highprec, "1")
    );
    assert_eq!(golden.provenance().checks.0.len(), 2);
    assert_eq!(golden.records().len(), 2);
    let a = golden.record("a").expect("there");
    assert_eq!(
        a.number().expect("one").text(),
        "-9.482398938501906970125287"
    );
    assert_eq!(a.number().expect("one").to_f64(), -9.482_398_938_501_907);
    assert_eq!(a.error(), 1e-24);
    assert_eq!(a.parameter_f64("q2").expect("a number"), 0.1);
    assert_eq!(a.parameter_f64("gamma").expect("a decimal string"), 1.5);
    assert_eq!(a.parameter_str("frame").expect("text"), "001");
    assert_eq!(a.parameter_i64("n").expect("an integer"), 3);
    let b = golden.record("b").expect("there");
    assert_eq!(b.named_number("z20").expect("one").to_f64(), 1.5);
    let roots = b.named_list("roots").expect("a list");
    assert_eq!(
        roots.iter().map(|x| x.to_f64()).collect::<Vec<_>>(),
        [0.47, -1e-3]
    );
    assert_eq!(b.value().numbers().count(), 3);
}

#[test]
fn what_a_record_lacks_is_named() {
    let golden = load(GOOD).expect("it keeps the schema");
    let (a, b) = (
        golden.record("a").expect("there"),
        golden.record("b").expect("there"),
    );
    for (error, expected) in [
        (
            a.parameter_f64("q3").err(),
            "record \"a\": parameters: found no `q3`, expected one of `",
        ),
        (
            a.parameter_f64("n_x").err(),
            "expected one of `frame`, `gamma`, `n`, `q2`",
        ),
        (
            a.parameter_i64("q2").err(),
            "record \"a\": parameters.q2: found 0.1, expected an integer",
        ),
        (a.parameter_str("q2").err(), "expected a string"),
        (
            a.named_number("z20").err(),
            "found one decimal string, expected an object",
        ),
        (
            b.number().err(),
            "golden/zeta00.json: record \"b\": value: found an object",
        ),
        (
            b.named_number("roots").err(),
            "value.roots: found a list, expected one number",
        ),
        (
            b.named_list("z20").err(),
            "value.z20: found one number, expected a list",
        ),
        (
            b.named_list("z21").err(),
            "found no `z21`, expected one of `roots`, `z20`",
        ),
        (golden.record("c").err(), "unknown golden record `c`"),
    ] {
        let message = error.expect("refused").to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn each_planted_fault_is_refused_and_named() {
    let faults = [
        (
            r#""kind": "highprec""#,
            r#""kind": "truth""#,
            "unknown variant `truth`",
        ),
        (r#""unit": "1","#, r#""#, "missing field `unit`"),
        (r#""unit": "1","#, r#""unit": " ","#, "unit: found nothing"),
        (
            r#""unit": "1","#,
            r#""unit": "1", "unit": "1","#,
            "duplicate field `unit`",
        ),
        (
            r#""unit": "1","#,
            r#""unit": "1", "units": "1","#,
            "unknown field `units`",
        ),
        (
            r#""made_by": "cargo golden zeta00","#,
            "",
            "missing field `made_by`",
        ),
        (
            "Nucl. Phys. B 354 (1991) 531, eq. C.3",
            "",
            "provenance.source: found nothing",
        ),
        (
            r#"["split at 0.7", "Riesz sum"]"#,
            "[]",
            "provenance.checks: found nothing",
        ),
        (
            "2026-09-01",
            "1.9.2026",
            "provenance.date: found \"1.9.2026\", expected a date",
        ),
        ("2026-09-01", "2026-13-01", "provenance.date"),
        (r#""id": "b""#, r#""id": "a""#, "records: id: found \"a\""),
        (r#""id": "b""#, r#""id": """#, "records: id: found \"\""),
        (
            r#""-9.482398938501906970125287""#,
            "-9.48",
            "floating point `-9.48`, expected a decimal",
        ),
        (
            "-9.482398938501906970125287",
            "nan",
            "found \"nan\", expected a finite decimal",
        ),
        (
            "-9.482398938501906970125287",
            "1e400",
            "found \"1e400\", expected a finite decimal",
        ),
        (r#"["0.47", "-1e-3"]"#, "[]", "an empty list"),
        (r#""roots": ["#, r#""z20": ["#, "key \"z20\" twice"),
        (
            r#""error": 1e-24"#,
            r#""error": 0.0"#,
            "record \"a\": error: found 0, expected a positive",
        ),
        (
            r#""error": 1e-24"#,
            r#""error": -1e-24"#,
            "expected a positive",
        ),
        (
            r#""error": 1e-24"#,
            r#""error": null"#,
            "invalid type: null",
        ),
        (r#", "error": 1e-9"#, "", "missing field `error`"),
        (r#""q2": 0.1"#, r#""gamma": 0.1"#, "key \"gamma\" twice"),
        (
            r#""trusted_digits""#,
            r#""digits""#,
            "unknown field `digits`",
        ),
    ];
    for (old, new, expected) in faults {
        assert_eq!(
            GOOD.matches(old).count(),
            1,
            "{old} is in the good file once"
        );
        let refused = load(&GOOD.replace(old, new));
        let Err(error @ Error::Format { .. }) = refused else {
            panic!("{old} → {new} was not refused");
        };
        let message = error.to_string();
        assert!(message.contains(expected), "{old} → {new}: {message}");
        assert!(message.starts_with("golden/zeta00.json: "), "{message}");
    }
    let none = load(&format!(
        "{}[]}}",
        GOOD.split("[\n    {").next().expect("a head")
    ));
    assert!(
        none.expect_err("no records")
            .to_string()
            .contains("records: found none")
    );
}

#[test]
fn only_an_exact_value_may_have_no_error() {
    let exact = GOOD.replace("highprec", "exact");
    assert!(load(&exact.replace("1e-24", "0.0")).is_ok());
    assert!(load(&exact.replace("1e-24", "-1.0")).is_err());
}
