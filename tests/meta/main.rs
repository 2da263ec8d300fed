//! Checks of the checks: layers, registries, independence, goldens, licences, planted bugs.

mod architecture;
mod goldens;
mod independence;
mod licences;
mod patches;
mod planted_bugs;
mod registries;
