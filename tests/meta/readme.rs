//! The README says what the tree holds: its verdicts are the committed ones, its counts the real ones.

use paper_checks::claims;
use paper_checks::ledger::Ledger;

use crate::{planted_bugs, tree};

/// What is wrong with the README, line by line.
fn faults(readme: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let claims = claims::all();
    for claim in &claims {
        let verdict = claim.statements[0].expected;
        let row = format!("| `{}` | {verdict} |", claim.id);
        if readme.matches(&row).count() != 1 {
            faults.push(format!("expected one row beginning {row}"));
        }
    }
    let entries = Ledger::load().map_or(0, |ledger| ledger.entries.len());
    let patches = tree::files("tests/meta/patches", ".patch").len();
    let bugs = patches + planted_bugs::PLANTED.len();
    let sentences = [
        format!(
            "{} of the {entries} claims in the ledger have a\ndecider",
            claims.len()
        ),
        format!("{bugs} planted bugs are each caught by a named check"),
        format!("{patches} of them are patches to `src/`"),
    ];
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in sentences {
        if !flat(readme).contains(&flat(&sentence)) {
            faults.push(format!("expected the sentence: {sentence}"));
        }
    }
    faults
}

#[test]
fn the_readme_says_what_the_tree_holds() {
    assert_eq!(faults(&tree::read("README.md")), Vec::<String>::new());
}

#[test]
fn a_planted_false_verdict_or_count_in_the_readme_is_caught() {
    let readme = tree::read("README.md");
    let verdict = readme.replacen(
        "| `mse-definition` | Refuted |",
        "| `mse-definition` | Supported |",
        1,
    );
    assert_eq!(faults(&verdict).len(), 1, "{:?}", faults(&verdict));
    let count = readme.replacen(" planted bugs are each", "0 planted bugs are each", 1);
    assert_eq!(faults(&count).len(), 1, "{:?}", faults(&count));
}
