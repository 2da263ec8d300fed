//! The bug zoo: every mutant is seen by its killer, no healthy row is, and the zoo itself can say no.

use std::collections::BTreeSet;

use paper_checks::zoo::{
    Check, Draws, Family, Measured, Row, Sort, Wanted, families, one_run, run,
};

/// Seeds for every row.
const SEEDS: u64 = 20;

#[test]
fn every_mutant_is_killed_and_every_healthy_row_passes() {
    let table = run(&families(), &Wanted::default(), SEEDS).unwrap();
    assert_eq!(table.problems(), [""; 0], "{table}");
    assert!(table.mutants().count() >= 70, "{table}");
    let healthy = table.lines.len() - table.mutants().count();
    assert!(healthy >= 20, "{healthy} healthy rows");
    assert!(table.budget < 1e-5, "{}", table.budget);
}

#[test]
fn names_are_unique_and_every_family_has_a_healthy_row_and_a_killer_of_its_own() {
    for family in families() {
        let rows: BTreeSet<_> = family.rows.iter().map(|row| row.name).collect();
        let checks: BTreeSet<_> = family.checks.iter().map(|check| check.name).collect();
        assert_eq!(rows.len(), family.rows.len(), "{}", family.name);
        assert_eq!(checks.len(), family.checks.len(), "{}", family.name);
        assert_eq!(family.rows[0].sort, Sort::Healthy, "{}", family.name);
        for row in family.rows {
            if let Sort::Mutant { killer, .. } = row.sort {
                assert!(checks.contains(killer), "{}/{row}: {killer}", family.name);
            }
        }
    }
}

/// A run is decided by its seed, its family and its row.
#[test]
fn runs_repeat_and_differ_by_seed() {
    let families = families();
    let family = &families[0];
    let said = |row: usize, seed| one_run(family, &family.rows[row], seed);
    assert_eq!(said(0, 1), said(0, 1));
    assert_ne!(said(0, 1), said(0, 2));
    assert_ne!(said(0, 1), said(1, 1));
}

const CHECKS: &[Check] = &[
    Check::mean("mean", 2.0, "zero"),
    Check::law("law", "uniform"),
    Check::fact("fact", "yes"),
];

/// Sixty-four normal numbers about `shift` and a chance.
fn numbers(draws: &Draws, shift: f64, chance: f64, holds: bool) -> Vec<Measured> {
    let mut r = draws.stream("numbers");
    let values = (0..64).map(|_| r.normal() + shift).collect();
    vec![
        Measured::Chains(values, 0.0),
        Measured::Chance(chance * r.uniform()),
        Measured::Fact(holds),
    ]
}

fn problems(row: Row) -> Vec<String> {
    let rows: &'static [Row] = Box::leak(Box::new([row]));
    let family = Family {
        name: "planted",
        checks: CHECKS,
        rows,
    };
    run(&[family], &Wanted::default(), 200).unwrap().problems()
}

#[test]
fn a_zoo_in_which_all_is_well_has_no_problem() {
    let healthy = Row::healthy("all-well", |draws| numbers(draws, 0.0, 1.0, true));
    assert_eq!(problems(healthy), [""; 0]);
    let seen = Row::mutant("shifted", "mean", "off", |draws| {
        numbers(draws, 2.0, 1.0, true)
    });
    assert_eq!(problems(seen), [""; 0]);
}

#[test]
fn a_mutant_that_survives_or_has_no_killer_is_a_problem() {
    let run: fn(&Draws) -> Vec<Measured> = |draws| numbers(draws, 0.05, 1.0, true);
    for killer in ["mean", "law", "fact", "no such check"] {
        let found = problems(Row::mutant("survivor", killer, "too small", run));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(killer), "{found:?}");
    }
    // Half of the power that is asked for.
    let sometimes = Row::mutant("sometimes", "fact", "every other seed", |draws| {
        let holds = draws.stream("coin").uniform() < 0.2;
        numbers(draws, 0.0, 1.0, holds)
    });
    assert_eq!(problems(sometimes).len(), 1);
}

#[test]
fn false_alarms_missing_power_and_dishonest_errors_of_healthy_rows_are_problems() {
    type Run = fn(&Draws) -> Vec<Measured>;
    let cases: [(&str, Run); 5] = [
        ("false alarms", |draws| numbers(draws, 2.0, 1.0, true)),
        ("false alarms", |draws| numbers(draws, 0.0, 1.0, false)),
        ("false alarms", |draws| numbers(draws, 0.0, 1e-10, true)),
        ("too little power", |draws| {
            let values = vec![-5.0, 5.0, -4.0, 4.0];
            let mut all = numbers(draws, 0.0, 1.0, true);
            all[0] = Measured::Chains(values, 0.0);
            all
        }),
        ("not normal", |draws| {
            // Every number four times: errors half as large as they should be.
            let mut r = draws.stream("numbers");
            let four: Vec<f64> = (0..16).map(|_| r.normal()).collect();
            let mut all = numbers(draws, 0.0, 1.0, true);
            all[0] = Measured::Chains(four.repeat(4), 0.0);
            all
        }),
    ];
    for (told, run) in cases {
        let found = problems(Row::healthy("planted", run));
        assert!(
            found.iter().any(|problem| problem.contains(told)),
            "{told}: {found:?}"
        );
    }
    // No number, and numbers without a spread off the truth.
    for values in [vec![f64::NAN; 8], vec![1.0; 8]] {
        let said = Measured::Chains(values, 0.0).judge(&CHECKS[0]);
        assert!(said.fails(), "{said:?}");
    }
}

#[test]
fn a_part_of_the_zoo_is_chosen_by_name() {
    let chosen = |mutant: Option<&str>, check: Option<&str>| {
        let wanted = Wanted {
            mutant: mutant.map(str::to_owned),
            check: check.map(str::to_owned),
        };
        run(&families(), &wanted, 1)
    };
    let one = chosen(Some("no-ln-q"), None).unwrap();
    let names: Vec<&str> = one.mutants().map(|line| line.row).collect();
    assert_eq!(names, ["no-ln-q"]);
    assert!(one.lines.iter().all(|line| line.family == "independence"));
    let shown = chosen(Some("no-ln-q"), Some("fourth")).unwrap().to_string();
    assert!(
        shown.contains("fourth") && !shown.contains("weights"),
        "{shown}"
    );
    for (mutant, check, told) in [
        (Some("no-ln-p"), None, "no-ln-q"),
        (None, Some("varience"), "variance"),
    ] {
        let why = chosen(mutant, check).unwrap_err().to_string();
        assert!(why.contains(told), "{why}");
    }
    assert!(run(&families(), &Wanted::default(), 0).is_err());
}
