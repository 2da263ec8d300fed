//! The gates in order, each timed, until the first one that is red.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::ValueEnum;

use super::mutants::{Mutants, Planting};
use super::visit::Visit;
use crate::ensembles;

/// One gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Formatting: `cargo fmt --check`.
    Fmt,
    /// Lints: no warning in any target.
    Clippy,
    /// Documentation: no warning.
    Doc,
    /// The physics regression suite: `cargo test`.
    Test,
    /// The quick audit: `cargo assay`.
    Assay,
    /// The bug zoo: every mutant of a sampler or an estimator is seen by its check.
    Zoo,
    /// Our samplers against the ensembles of another program.
    Ensembles,
    /// Planted bugs: every patch turns its test red.
    Patches,
}

/// What the gates that are no cargo calls are told.
#[derive(Debug)]
pub struct Gates {
    /// Which bugs are planted.
    pub planting: Planting,
    /// What is seen of the zoo.
    pub visit: Visit,
    /// Only the ensembles whose name contains this.
    pub ensemble: String,
}

impl Step {
    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// The arguments of the cargo call; `zoo`, `ensembles` and `patches` are no cargo calls.
    fn arguments(self) -> Option<&'static [&'static str]> {
        Some(match self {
            Self::Fmt => &["fmt", "--all", "--", "--check"],
            Self::Clippy => &[
                "clippy",
                "--locked",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ],
            Self::Doc => &["doc", "--locked", "--workspace", "--no-deps"],
            Self::Test => &["test", "--locked"],
            Self::Assay => &["assay", "--out", "target/gate-assay"],
            Self::Zoo | Self::Ensembles | Self::Patches => return None,
        })
    }

    fn passes(self, root: &Path, gates: &Gates) -> Result<bool, String> {
        let Some(arguments) = self.arguments() else {
            return match self {
                Self::Zoo => gates.visit.run(),
                Self::Ensembles => ensembles::run(root, &gates.ensemble),
                _ => {
                    let mutants = Mutants::run(root, gates.planting)?;
                    println!("{mutants}");
                    Ok(mutants.all_caught())
                }
            };
        };
        let mut cargo = super::cargo();
        cargo.args(arguments).current_dir(root);
        if self == Self::Doc {
            cargo.env("RUSTDOCFLAGS", "-D warnings");
        }
        let status = cargo.status().map_err(|why| format!("cargo: {why}"))?;
        Ok(status.success())
    }
}

/// Runs `steps` in the workspace at `root`; stops at the first red one, names it, and prints times.
#[must_use]
pub fn run(root: &Path, steps: &[Step], gates: &Gates) -> ExitCode {
    let mut table = String::new();
    let mut red = None;
    for step in steps {
        eprintln!("── gate: {}", step.name());
        let start = Instant::now();
        let outcome = step.passes(root, gates);
        let seconds = start.elapsed().as_secs_f64();
        let green = matches!(outcome, Ok(true));
        let colour = if green { "green" } else { "RED" };
        table.push_str(&format!(
            "{:<9} {colour:<6} {seconds:>7.1} s\n",
            step.name()
        ));
        if let Err(why) = outcome {
            eprintln!("{}: {why}", step.name());
        }
        if !green {
            red = Some(step.name());
            break;
        }
    }
    print!("\n{table}");
    match red {
        None => ExitCode::SUCCESS,
        Some(name) => {
            println!("stopped at the red gate `{name}`");
            ExitCode::FAILURE
        }
    }
}
