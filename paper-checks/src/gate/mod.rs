//! What stands between a change and the main branch: the gates that `cargo gate` runs in order.
//!
//! | gate | what it asks |
//! |---|---|
//! | `fmt` | `cargo fmt --check` |
//! | `clippy` | no warning in any target |
//! | `doc` | no warning in the documentation |
//! | `test` | the physics regression suite |
//! | `assay` | the quick audit |
//! | `zoo` | every mutant of the bug zoo is seen by its check, and no healthy row is |
//! | `ensembles` | our samplers agree with the ensembles of `golden/imported` at errors of at most twice theirs |
//! | `patches` | every bug in `tests/meta/patches` turns the test red that it names |

mod mutants;
mod patch;
mod scratch;
mod steps;
mod visit;

use std::ffi::OsString;
use std::process::Command;

pub use mutants::{Mutant, Mutants, Planting, Share};
pub use patch::{PATCHES, Patch, TestName};
pub use steps::{Gates, Step, run};
pub use visit::Visit;

/// The cargo that runs us, or the one on the path.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}
