//! Checks of the checks: layers, registries, independence, goldens, licences, planted bugs.
//!
//! Each check is a pure function over texts, so that the same function that reads this tree is fed
//! a planted fault that it must report; `planted_bugs` lists them all.

mod architecture;
mod goldens;
mod independence;
mod licences;
mod one_build;
mod patches;
mod planted_bugs;
mod readme;
mod registries;
mod tokens;
mod tree;
mod zeta_bugs;
