//! Files without rows, rows without files, and misquotations that must be caught.

use std::collections::BTreeMap;

use super::{ClaimHead, LedgerEntry, claim_problems, claim_rows, unreached};
use crate::tree::Source;

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Problems of one claim `a-b` in `talk000_a_b.rs`, with files and rows as planted.
fn planted_claim(files: &[&str], rows: &[&str], quote: &str) -> Vec<String> {
    let entry = LedgerEntry {
        talk: "000_bd32".to_owned(),
        quote: "more is different, by 0.357".to_owned(),
    };
    let ledger = BTreeMap::from([("a-b".to_owned(), entry)]);
    let claim = ClaimHead {
        id: "a-b".to_owned(),
        quote: quote.to_owned(),
    };
    let claims = vec![claim; rows.len()];
    claim_problems(&strings(files), &strings(rows), &claims, &ledger)
}

#[test]
fn a_planted_claim_without_a_row_is_caught() {
    let quote = "Slide 3: more is different, by 0.357";
    assert_eq!(
        planted_claim(&["talk000_a_b"], &["talk000_a_b"], quote),
        [""; 0]
    );
    let hidden = planted_claim(&["talk000_a_b", "talk000_c"], &["talk000_a_b"], quote);
    assert_eq!(
        hidden,
        ["claims/talk000_c.rs has no row in for_each_claim!"]
    );
    let lost = planted_claim(&[], &["talk000_a_b"], quote);
    assert_eq!(lost, ["the row talk000_a_b has no file"]);
    let misnamed = planted_claim(&["talk001_a_b"], &["talk001_a_b"], quote);
    assert_eq!(
        misnamed,
        ["talk001_a_b: the claim a-b belongs into talk000_a_b.rs"]
    );
    let twice = planted_claim(&["talk000_a_b"], &["talk000_a_b", "talk000_a_b"], quote);
    assert_eq!(twice, ["the claim a-b occurs twice"]);
}

#[test]
fn a_planted_misquotation_is_caught() {
    for (quote, told) in [
        (
            "more is different, by 0.375",
            "the quotation lacks the 0.357 of the ledger",
        ),
        (
            "more is different",
            "the quotation lacks the 0.357 of the ledger",
        ),
    ] {
        let problems = planted_claim(&["talk000_a_b"], &["talk000_a_b"], quote);
        assert_eq!(problems, [format!("talk000_a_b: {told}")], "{quote}");
    }
}

#[test]
fn rows_are_read_from_the_callback_macro() {
    let text =
        "macro_rules! for_each_claim { ($call:ident) => { $call! { talk000_a, talk001_b, } }; }";
    assert_eq!(claim_rows(text), ["talk000_a", "talk001_b"]);
}

#[test]
fn a_planted_file_without_a_mod_line_is_caught() {
    let sources = [
        Source::planted("tests/laws/main.rs", "mod num; mod zeta;"),
        Source::planted("tests/laws/num.rs", ""),
        Source::planted("tests/laws/zeta/mod.rs", "mod poles;"),
        Source::planted("tests/laws/zeta/poles.rs", ""),
        Source::planted("tests/laws/forgotten.rs", "#[test] fn fails() { panic!() }"),
        Source::planted("tests/laws/zeta/commented.rs", "// mod commented;"),
    ];
    let missed = unreached(&sources, &["tests/laws/main.rs"]);
    assert_eq!(
        missed,
        ["tests/laws/forgotten.rs", "tests/laws/zeta/commented.rs"]
    );
}
