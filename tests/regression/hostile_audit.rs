//! Ten thousand damaged `cargo assay` command lines: no panic, an exit code of the documented set, and every
//! refusal says what it refuses and what would have done.
//!
//! Damage reaches `--out` and `--json` too, so the work is done in a process of its own whose working
//! folder is a temporary one, and lines that point out of it are left out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::atomic::AtomicBool;

use fieldassay::Seed;
use fieldassay::num::Tol;
use fieldassay::verdict::{Evidence, Verdict, exact};
use paper_checks::claim::{Alteration, Claim, Finding, Headline, Statement};
use paper_checks::cli::Session;

use crate::mutate::Mutator;

const COUNT: usize = 10_000;
const CHILD: &str = "FIELDASSAY_HOSTILE_AUDIT";
const NAME: &str =
    "hostile_audit::ten_thousand_damaged_assay_lines_are_run_or_refused_with_a_reason";

const LINES: &[&[&str]] = &[
    &["--list"],
    &["--only", "param-counts", "--out", "report"],
    &[
        "--only",
        "param-counts,mse-definition",
        "--seed",
        "7",
        "--out",
        "report",
    ],
    &[
        "--only",
        "param-counts",
        "--json",
        "results.json",
        "--threads",
        "1",
    ],
    &["--only", "param-counts", "--standard", "--resume"],
    &["--full", "--only", "param-counts", "--threads", "2"],
    &["--help"],
    &["--version"],
];

/// A claim that takes no time: what is tested here is the command line around it.
fn instant() -> Claim {
    fn check(_: &paper_checks::claim::Context<'_>, x: &f64) -> fieldassay::Result<Finding> {
        let evidence = Evidence::from_iter([exact("one", *x, 1.0, Tol::EXACT)]);
        let headline = Headline {
            quantity: "one".into(),
            claimed: 1.0,
            value: *x,
            error: 0.0,
        };
        Ok(Finding::new(evidence, headline))
    }
    let statement = Statement::says("as printed", "One is one.", "another value").decided_by(
        Verdict::Supported,
        check,
        1.0,
        Alteration::new("1 → 2", 2.0),
    );
    Claim::new("param-counts", "a test", "1 = 1", vec![statement])
}

fn leaves_the_folder(words: &[String]) -> bool {
    words
        .iter()
        .any(|word| word.contains("..") || word.contains('/'))
}

fn run_mutants() {
    let claims = [instant()];
    let interrupted = AtomicBool::new(false);
    let session = Session {
        claims: &claims,
        interrupted: &interrupted,
        terminal: false,
    };
    let mut mutator = Mutator::new(Seed(20_260_901).stream("hostile/audit"));
    let mut codes = [0_usize; 3];
    while codes.iter().sum::<usize>() < COUNT {
        let line = *mutator.pick(LINES);
        let words = mutator.words(line, LINES);
        if leaves_the_folder(&words) {
            continue;
        }
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = catch_unwind(AssertUnwindSafe(|| {
            session.run(words.clone(), &mut out, &mut err)
        }));
        let code = code.unwrap_or_else(|_| panic!("panicked on {words:?}"));
        let Some(count) = codes.get_mut(usize::from(code)) else {
            panic!("exit code {code} for {words:?}")
        };
        *count += 1;
        if code == 2 {
            check_refusal(&words, &String::from_utf8_lossy(&err));
        }
    }
    let [fine, against, refused] = codes;
    assert!(
        fine >= 500 && refused >= 3000,
        "{codes:?}: too few of one kind"
    );
    assert_eq!(against, 0, "nothing here contradicts its expected verdict");
    println!("{fine} run, {refused} refused");
}

fn check_refusal(words: &[String], message: &str) {
    let any = |marks: &[&str]| marks.iter().any(|mark| message.contains(mark));
    assert!(any(&["'", "`", ": "]), "{words:?} gave {message}");
    let helps = [
        "expected ",
        "did you mean",
        "tip: ",
        "required",
        "Usage:",
        "--help",
        "os error",
    ];
    assert!(any(&helps), "{words:?} gave {message}");
    assert!(!message.contains('\0'), "{words:?} gave {message:?}");
}

#[test]
fn ten_thousand_damaged_assay_lines_are_run_or_refused_with_a_reason() {
    if std::env::var_os(CHILD).is_some() {
        return run_mutants();
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(std::env::current_exe().expect("the running test has a path"))
        .args(["--exact", NAME, "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .current_dir(folder.path())
        .output()
        .expect("it starts a second time");
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    assert!(
        out.contains("1 passed") && out.contains(" refused"),
        "the child ran nothing: {out}"
    );
}
