//! The gate `zoo`: which part of the bug zoo is run, and how it is shown.

use crate::zoo::{self, Line, Wanted};

/// A visit to the zoo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Which mutant and which check; all by default.
    pub wanted: Wanted,
    /// Seeds for every row.
    pub seeds: u64,
    /// JSON for the table.
    pub json: bool,
}

impl Visit {
    /// Runs it and prints what was found; whether all is as it should be.
    ///
    /// # Errors  a sentence for a name that nothing bears or no seed.
    pub fn run(&self) -> Result<bool, String> {
        let told = |why: fieldassay::Error| why.to_string();
        let progress = |line: &Line| {
            let state = line.problem();
            let state = state.as_deref().unwrap_or("as it should be");
            eprintln!("{}/{}: {state}", line.family, line.row);
        };
        let families = zoo::families();
        let table =
            zoo::run_telling(&families, &self.wanted, self.seeds, progress).map_err(told)?;
        if self.json {
            let text = serde_json::to_string(&table).map_err(|why| format!("zoo: {why}"))?;
            println!("{text}");
        } else {
            println!("{table}");
        }
        let problems = table.problems();
        for problem in problems.iter().filter(|_| self.json) {
            eprintln!("PROBLEM: {problem}");
        }
        Ok(problems.is_empty())
    }
}
