//! `cargo gate`: everything that has to be green before a change lands, in order.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use paper_checks::gate::{Gates, Planting, Share, Step, Visit, run};
use paper_checks::zoo::Wanted;

/// Runs the gates in order and stops at the first red one.
#[derive(Parser)]
#[command(
    name = "cargo gate",
    after_help = "Examples: cargo gate clippy patches; cargo gate zoo --seeds 20 --mutant no-decision"
)]
struct Arguments {
    /// Only these gates, in the order given; all of them by default.
    #[arg(value_enum)]
    steps: Vec<Step>,
    /// Plant only this part of the patches, such as 2/5; all by default.
    #[arg(long, value_name = "PART/OF")]
    share: Option<Share>,
    /// Begin no further patch after so many seconds; those left out are named.
    #[arg(long, value_name = "SECONDS")]
    within: Option<u64>,
    /// Run every row of the zoo under so many seeds.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    seeds: u64,
    /// Of the zoo only this mutant, beside the healthy rows of its family.
    #[arg(long, value_name = "NAME")]
    mutant: Option<String>,
    /// Of the zoo only this check.
    #[arg(long, value_name = "NAME")]
    check: Option<String>,
    /// Of the imported ensembles only those whose name contains this.
    #[arg(long, value_name = "NAME", default_value = "")]
    ensemble: String,
    /// Print what the zoo found as JSON.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let Arguments {
        mut steps,
        share,
        within,
        seeds,
        mutant,
        check,
        ensemble,
        json,
    } = Arguments::parse();
    if steps.is_empty() {
        steps = Step::value_variants().to_vec();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = root
        .parent()
        .expect("paper-checks lies in the workspace root");
    let planting = Planting {
        share: share.unwrap_or(Share::ALL),
        within: within.map_or(Duration::MAX, Duration::from_secs),
    };
    let visit = Visit {
        wanted: Wanted { mutant, check },
        seeds,
        json,
    };
    let gates = Gates {
        planting,
        visit,
        ensemble,
    };
    run(root, &steps, &gates)
}
