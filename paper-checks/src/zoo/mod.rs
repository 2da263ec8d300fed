//! The bug zoo: samplers and estimators with one bug each, written out beside their healthy twins, against named
//! checks. `cargo gate zoo` prints how often each check sees each bug, and what the checks say where there is none.
//!
//! # Design
//!
//! A *family* has one kind of target. Its *rows* are healthy kernels and mutants, which run through the same code with
//! one switch; its *checks* are the columns. A run of a row under a seed gives one measurement for every check of
//! the family, from streams that the seed, the family and the row name. So a new mutant is one line of a table, and
//! a new family one file and one line in [`families`].
//!
//! A mutant names its *killer*, the check that must see it, and how often. A healthy row has none: every check that
//! says no there, or that had not the power that it declares, is a false alarm.
//!
//! The patches in `tests/meta/patches` are the other side: bugs in the library's own code, each seen by one test.

mod estimator;
mod exact;
mod force;
mod gaussian;
mod hmc;
mod independence;
mod ising;
mod judge;
mod langevin;
mod leapfrog;
mod metropolis;
mod report;
mod rotors;
mod show;
mod table;
mod u1;

use std::fmt;

use fieldassay::error::{Error, Result};
use fieldassay::rng::{Chains, Rng, Seed};
use rayon::prelude::*;

pub use judge::{Measured, Said};
pub use table::{Cell, Line, Null, Table};

/// The chance that a statistical check fails although all is right, each time that it is made.
pub const FALSE_FAIL: f64 = 1e-9;

/// How a check comes to its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// One number a chain: their mean against its exact value. It undertakes to see a bias of `resolves`.
    Mean {
        /// The bias.
        resolves: f64,
    },
    /// Independent values against their exact distribution function.
    Law,
    /// A statement that holds or not.
    Fact,
}

/// A named check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// Its name, unique in its family.
    pub name: &'static str,
    /// What it asks.
    pub asks: &'static str,
    /// How.
    pub kind: Kind,
}

impl Check {
    /// A mean over chains.
    #[must_use]
    pub const fn mean(name: &'static str, resolves: f64, asks: &'static str) -> Self {
        let kind = Kind::Mean { resolves };
        Self { name, asks, kind }
    }

    /// A distribution.
    #[must_use]
    pub const fn law(name: &'static str, asks: &'static str) -> Self {
        let kind = Kind::Law;
        Self { name, asks, kind }
    }

    /// A statement.
    #[must_use]
    pub const fn fact(name: &'static str, asks: &'static str) -> Self {
        let kind = Kind::Fact;
        Self { name, asks, kind }
    }
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sort {
    /// Nothing is wrong with it.
    Healthy,
    /// It has a bug.
    Mutant {
        /// What is wrong, in words.
        bug: &'static str,
        /// The check that must see it.
        killer: &'static str,
    },
}

/// The share of seeds under which a killer has to see its mutant.
pub const POWER: f64 = 0.95;

/// A kernel or an estimator, healthy or with a bug.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name, unique in its family.
    pub name: &'static str,
    /// What it is.
    pub sort: Sort,
    /// One run: a measurement for every check of the family, in their order.
    pub run: fn(&Draws) -> Vec<Measured>,
}

impl Row {
    /// A row without a bug.
    #[must_use]
    pub const fn healthy(name: &'static str, run: fn(&Draws) -> Vec<Measured>) -> Self {
        let sort = Sort::Healthy;
        Self { name, sort, run }
    }

    /// A row with a bug, and the check that sees it.
    #[must_use]
    pub const fn mutant(
        name: &'static str,
        killer: &'static str,
        bug: &'static str,
        run: fn(&Draws) -> Vec<Measured>,
    ) -> Self {
        let sort = Sort::Mutant { bug, killer };
        Self { name, sort, run }
    }
}

/// Rows of one kind of target, and the checks that are made of each.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// The columns.
    pub checks: &'static [Check],
    /// The rows, healthy ones first.
    pub rows: &'static [Row],
}

/// All of them.
#[must_use]
pub fn families() -> Vec<Family> {
    vec![
        hmc::FAMILY,
        force::FAMILY,
        langevin::FAMILY,
        independence::FAMILY,
        metropolis::FAMILY,
        u1::FAMILY,
        ising::FAMILY,
        estimator::FAMILY,
    ]
}

/// The random numbers of one run.
#[derive(Clone, Debug)]
pub struct Draws {
    seed: Seed,
    label: String,
}

impl Draws {
    /// Those of a row under a seed.
    #[must_use]
    pub fn new(seed: u64, family: &str, row: &str) -> Self {
        Self {
            seed: Seed(seed),
            label: format!("zoo/{family}/{row}"),
        }
    }

    /// Generators of so many chains, of this purpose.
    #[must_use]
    pub fn chains(&self, purpose: &str, count: usize) -> Chains {
        self.seed
            .chains(&format!("{}/{purpose}", self.label), count)
    }

    /// A stream of this purpose.
    #[must_use]
    pub fn stream(&self, purpose: &str) -> Rng {
        self.seed.stream(&format!("{}/{purpose}", self.label))
    }
}

/// What of the zoo is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only this mutant, with the healthy rows of its family.
    pub mutant: Option<String>,
    /// Only this check, of the families that have it.
    pub check: Option<String>,
}

impl Wanted {
    /// Whether a row of `family` is wanted.
    fn row(&self, row: &Row) -> bool {
        let named = |name: &String| row.name == name || row.sort == Sort::Healthy;
        self.mutant.as_ref().is_none_or(named)
    }

    /// The families that have something of it.
    ///
    /// # Errors  `Error::UnknownName` for a name that nothing bears.
    fn families(&self, all: &[Family]) -> Result<Vec<Family>> {
        let mutants = |family: &Family| family.rows.iter().filter(|row| row.sort != Sort::Healthy);
        let has_row = |family: &Family| {
            let named = |name: &String| mutants(family).any(|row| row.name == name);
            self.mutant.as_ref().is_none_or(named)
        };
        let has_check = |family: &Family| {
            let named = |name: &String| family.checks.iter().any(|check| check.name == name);
            self.check.as_ref().is_none_or(named)
        };
        let unknown = |what, name: &Option<String>, names: Vec<&'static str>| {
            Error::unknown(what, name.as_deref().unwrap_or_default(), names)
        };
        if !all.iter().any(has_row) {
            let names = all.iter().flat_map(mutants).map(|row| row.name);
            return Err(unknown("mutant", &self.mutant, names.collect()));
        }
        if !all.iter().any(has_check) {
            let names = all.iter().flat_map(|family| family.checks);
            let names = names.map(|check| check.name).collect();
            return Err(unknown("check", &self.check, names));
        }
        let both = all.iter().filter(|one| has_row(one) && has_check(one));
        Ok(both.copied().collect())
    }
}

/// Runs every wanted row of `all` under the seeds `1..=seeds`.
///
/// # Errors  `Error::Argument` for no seed; `Error::UnknownName` for a mutant or a check that there is not.
pub fn run(all: &[Family], wanted: &Wanted, seeds: u64) -> Result<Table> {
    run_telling(all, wanted, seeds, |_| ())
}

/// As [`run`]; `told` hears of every row that is done.
///
/// # Errors  as [`run`].
pub fn run_telling(
    all: &[Family],
    wanted: &Wanted,
    seeds: u64,
    told: impl Fn(&Line),
) -> Result<Table> {
    if seeds == 0 {
        return Err(Error::argument("seeds", "0", "at least one"));
    }
    let families = wanted.families(all)?;
    let mut lines = Vec::new();
    for family in &families {
        for row in family.rows.iter().filter(|row| wanted.row(row)) {
            lines.push((family, row));
        }
    }
    let said = |&(family, row): &(&Family, &Row)| {
        let runs = (1..=seeds).into_par_iter();
        let said: Vec<Vec<Said>> = runs.map(|seed| one_run(family, row, seed)).collect();
        let line = Line::new(family, row, &said);
        told(&line);
        line
    };
    let lines = lines.iter().map(said).collect();
    Ok(Table::new(&families, lines, seeds, wanted.check.clone()))
}

/// What the checks of `family` say of one run of `row`.
///
/// # Panics  if the row has not one measurement for every check.
#[must_use]
pub fn one_run(family: &Family, row: &Row, seed: u64) -> Vec<Said> {
    let measured = (row.run)(&Draws::new(seed, family.name, row.name));
    assert_eq!(
        measured.len(),
        family.checks.len(),
        "{}/{row}: one measurement for every check",
        family.name
    );
    let pairs = family.checks.iter().zip(measured);
    pairs
        .map(|(check, measured)| measured.judge(check))
        .collect()
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}
