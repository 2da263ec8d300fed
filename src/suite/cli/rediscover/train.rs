//! `fieldassay rediscover train`.

use super::{Kind, TrainRequest, bar, training_sets, written};
use crate::error::{Error, Result};
use crate::inverse::{
    Fit, HeftData, HeftSpec, Learned, LevelNetwork, LevelRecipe, LuscherNetwork, LuscherRecipe,
    Report,
};
use crate::report::Bar;

pub(super) fn run(request: &TrainRequest) -> Result<String> {
    let sets: Vec<HeftData> = if request.data.is_empty() {
        let usual = match request.network {
            Kind::Luscher => 10_000,
            Kind::Levels => 2500,
        };
        training_sets(request.curves.unwrap_or(usual))?
    } else {
        let files = request.data.iter();
        files
            .map(|path| HeftData::read(path))
            .collect::<Result<_>>()?
    };
    let network = train(request, &sets)?;
    let of = |(i, spec): (usize, &HeftSpec)| {
        let noun = if i == 0 { " phase shifts" } else { "" };
        format!("{}{noun} of model {}", spec.curves, spec.form_factor)
    };
    let parts: Vec<String> = network
        .training()
        .sets()
        .iter()
        .enumerate()
        .map(of)
        .collect();
    if let Some(path) = &request.output {
        network.save(path)?;
    }
    let mut text = format!("trained on {}\n", parts.join(", "));
    text += &written(request.output.as_ref());
    Ok(text)
}

fn train(request: &TrainRequest, sets: &[HeftData]) -> Result<Learned> {
    let mut current: Option<(String, Bar)> = None;
    let mut report = |report: Report<'_>| {
        if current
            .as_ref()
            .is_none_or(|(stage, _)| stage != report.stage)
        {
            current = Some((report.stage.to_owned(), bar(report.steps, report.stage)));
        }
        if let Some((stage, bar)) = &current {
            bar.at(report.step, &format!("{stage}, loss {:.4}", report.loss));
        }
    };
    match request.network {
        Kind::Luscher => {
            let mut recipe = LuscherRecipe::standard(request.seed);
            for (option, value) in [("--input", &request.input), ("--target", &request.target)] {
                if let Some(value) = value {
                    return Err(Error::argument(option, value, "--network levels with it"));
                }
            }
            if let Some(fit) = &mut recipe.correction {
                change(request, fit)?;
            }
            LuscherNetwork::train(&recipe, sets, request.threads, &mut report)
                .map(|network| Learned::Luscher(Box::new(network)))
        }
        Kind::Levels => {
            let mut recipe = LevelRecipe::talk(request.seed);
            if let Some(input) = &request.input {
                recipe.input = input.parse()?;
            }
            if let Some(target) = &request.target {
                recipe.target = target.parse()?;
            }
            change(request, &mut recipe.fit)?;
            LevelNetwork::train(&recipe, sets, request.threads, &mut report)
                .map(|network| Learned::Levels(Box::new(network)))
        }
    }
}

/// What the command line says otherwise than the recipe.
fn change(request: &TrainRequest, fit: &mut Fit) -> Result<()> {
    if let Some(hidden) = &request.hidden {
        fit.hidden.clone_from(hidden);
    }
    if let Some(name) = &request.activation {
        fit.activation = name.parse()?;
    }
    if let Some(epochs) = request.epochs {
        fit.epochs = epochs;
    }
    Ok(())
}
