//! Phase shifts and levels, to learn from and to judge by.

use std::sync::Arc;

use fieldassay::Result;
use fieldassay::inverse::{HeftData, HeftSpec, Phases};
use fieldassay::rng::Seed;
use fieldassay::scattering::FormFactor;

use super::shared::shared;
use crate::claim::Context;

/// Hamiltonians of each of the models A and C that the talk's network and the baselines learn from.
pub const TALK_CURVES: usize = 2500;
/// Root of the training sets.
const TRAINING: Seed = Seed(1);

/// Phase shifts and levels that nobody was trained on.
#[derive(Debug)]
pub struct Fresh {
    /// Phase shifts, levels, parameters.
    pub data: HeftData,
    /// What a prediction sees.
    pub phases: Phases,
}

/// Fresh phase shifts of a model in the talk's boxes: 300 in the quick tier, else 1000.
///
/// # Errors  those of the Hamiltonians.
pub fn fresh(context: &Context<'_>, model: FormFactor) -> Result<Arc<Fresh>> {
    let curves = context.tier().pick(300, 1000, 1000);
    drawn(HeftSpec::talk(context.seed(), "audit", model, curves))
}

/// Fresh phase shifts of model B in boxes of one side only, in fm: 8000 of them.
///
/// # Errors  those of the Hamiltonians.
pub fn fresh_in_one_box(context: &Context<'_>, length: f64) -> Result<Arc<Fresh>> {
    let spec = HeftSpec::talk(context.seed(), "audit/box", FormFactor::Dipole, 8000);
    drawn(HeftSpec {
        lengths: vec![length],
        ..spec
    })
}

fn drawn(spec: HeftSpec) -> Result<Arc<Fresh>> {
    let label = format!(
        "fresh {} {} {} {} {:?}",
        spec.seed, spec.set, spec.form_factor, spec.curves, spec.lengths
    );
    shared(&label, || {
        let data = HeftData::generate(&spec, || {})?;
        Ok(Fresh {
            phases: Phases::of(&data)?,
            data,
        })
    })
}

/// The training sets of models A and C.
pub fn taught(curves: usize) -> [HeftSpec; 2] {
    [FormFactor::Monopole, FormFactor::Gaussian]
        .map(|model| HeftSpec::talk(TRAINING, "train", model, curves))
}

/// The same, drawn and solved.
///
/// # Errors  those of the Hamiltonians.
pub fn training(curves: usize) -> Result<Arc<Vec<HeftData>>> {
    shared(&format!("training {curves}"), || {
        taught(curves)
            .iter()
            .map(|spec| HeftData::generate(spec, || {}))
            .collect()
    })
}
