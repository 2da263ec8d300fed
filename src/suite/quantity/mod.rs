//! The quantities that `fieldassay compute` evaluates, one file each, each with its witness.
//!
//! A new quantity is a file `src/suite/quantity/<id>.rs` (its `id` with `_` for `-`) with a
//! `pub static QUANTITY`, its `mod` line below, and its row in [`for_each_quantity!`]. The command
//! line, its listing and the tests pick it up from there.
//!
//! The domain of every argument is where the declared accuracy was verified against the witness.
//!
//! [`for_each_quantity!`]: crate::for_each_quantity

pub mod luscher_levels;
pub mod luscher_phase_shift;
pub mod luscher_threshold;
pub mod luscher_zeta;
pub mod luscher_zeta_derivative;
pub mod luscher_zeta_unequal;

use super::answer::{Answer, Output};
use super::argument::{Arguments, Parameter};

use crate::error::{Error, Result};

/// Calls a macro with the module name of every quantity, one per row.
///
/// ```
/// macro_rules! ids {
///     ($($row:ident),+ $(,)?) => { [$(fieldassay::suite::quantity::$row::QUANTITY.id),+] };
/// }
/// assert!(fieldassay::for_each_quantity!(ids).contains(&"luscher-zeta"));
/// ```
#[macro_export]
macro_rules! for_each_quantity {
    ($callback:ident) => {
        $callback! {
            luscher_zeta,
            luscher_zeta_derivative,
            luscher_zeta_unequal,
            luscher_phase_shift,
            luscher_levels,
            luscher_threshold,
        }
    };
}

/// A computable quantity: what it is, what it takes, what it gives, and who vouches for it.
#[derive(Debug)]
pub struct Quantity {
    /// Its name on the command line.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// The definition, with its convention.
    pub definition: &'static str,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// What it gives.
    pub outputs: &'static [Output],
    /// How the library computes it.
    pub method: &'static str,
    /// How the witness computes it.
    pub witness_method: &'static str,
    /// A worked example.
    pub example: Example,
    /// The library's evaluation.
    pub compute: fn(&Arguments) -> Result<Answer>,
    /// The reference's evaluation, which shares no code with the library's.
    pub witness: fn(&Arguments) -> Result<Answer>,
}

/// A worked example of a quantity, verified by the tests.
#[derive(Debug)]
pub struct Example {
    /// The words after `fieldassay compute QUANTITY`.
    pub words: &'static [&'static str],
    /// What comes out, and nothing else: name and numbers.
    pub gives: &'static [(&'static str, &'static [f64])],
    /// Where the numbers come from.
    pub source: &'static str,
}

macro_rules! registry {
    ($($row:ident),+ $(,)?) => { &[$(&$row::QUANTITY),+] };
}

/// Every quantity, in the order of the registry.
pub static ALL: &[&Quantity] = for_each_quantity!(registry);

impl Quantity {
    /// The quantity called `id`.
    ///
    /// # Errors  `Error::UnknownName` with the names that look like it, or all if none does.
    pub fn find(id: &str) -> Result<&'static Self> {
        let found = ALL.iter().find(|quantity| quantity.id == id);
        found
            .copied()
            .ok_or_else(|| Error::unknown("quantity", id, ALL.iter().map(|quantity| quantity.id)))
    }

    /// The declaration of the result called `name`.
    ///
    /// # Panics  if there is none: the quantity answers what it does not declare.
    #[must_use]
    pub fn output(&self, name: &str) -> &Output {
        let found = self.outputs.iter().find(|output| output.name == name);
        found.unwrap_or_else(|| unreachable!("`{}` does not declare `{name}`", self.id))
    }
}

/// A refusal by the physics layer, told as one of the argument `name`.
fn of_argument<T>(arguments: &Arguments, name: &str, result: Result<T>) -> Result<T> {
    result.map_err(|error| match error {
        Error::Domain { expected, .. } | Error::Unsupported { expected, .. } => {
            arguments.refuse(name, expected)
        }
        other => other,
    })
}
