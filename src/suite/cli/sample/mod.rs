//! `fieldassay sample`: a sampler on a target, both by name, with checkpoints.

mod command;
mod drive;
mod interrupt;
mod output;
mod summary;

pub(super) use command::SampleRequest;
pub use interrupt::interrupt;

use std::path::Path;

use super::{DONE, INTERRUPTED, Stop, Streams};
use crate::ensemble::{Ensemble, Method, Named, Parameter, Sampler, Value, Values};
use crate::error::{Error, Result};
use output::Moment;
use summary::Summary;

pub(super) fn run(
    request: &SampleRequest,
    streams: &mut Streams<'_>,
) -> std::result::Result<u8, Stop> {
    let began = Moment::now();
    let target = request.target;
    let of_flag = |error| of_flag(target, error);
    let typed = read(&request.parameters).map_err(of_flag)?;
    let values = Values::new(target.parameters, &typed).map_err(of_flag)?;
    let density = (target.make)(&values).map_err(of_flag)?;
    let sampler = sampler(request).map_err(of_flag)?;
    let plan = request.options.plan();
    let mut ensemble = Ensemble::new(density.as_ref(), &sampler, plan).map_err(of_flag)?;
    let files = &request.options;
    check_paths(request)?;
    let resumed = match &files.checkpoint {
        Some(path) if path.exists() => {
            ensemble
                .resume(path)
                .map_err(|error| resumable(path, error))?;
            Some(ensemble.step())
        }
        _ => None,
    };
    let done = drive::run(&mut ensemble, request, resumed, streams)?;
    if !done {
        return Ok(INTERRUPTED);
    }
    let summary = Summary::of(&ensemble)?;
    if let Some(path) = &files.output {
        let arrays = ensemble.arrays()?;
        output::write(
            path,
            &ensemble,
            arrays,
            &began,
            resumed,
            request,
            &streams.command,
            &summary,
        )?;
    }
    let text = if files.json {
        super::pretty::pretty(&summary.to_json(&ensemble)) + "\n"
    } else {
        summary.table(&ensemble, files.output.as_deref())
    };
    streams.output.write_all(text.as_bytes())?;
    Ok(DONE)
}

/// The sampler, with options that are its own.
fn sampler(request: &SampleRequest) -> Result<Sampler> {
    let target = request.target;
    let method = match &request.options.sampler {
        Some(id) => target.method(id)?,
        None => target.methods[0],
    };
    let (mut own, mut mixed) = (Vec::new(), Vec::new());
    for (name, value) in read(&request.settings)? {
        if method.parameters.iter().any(|p| p.name == name) {
            own.push((name, value));
        } else if target.mixed.iter().any(|p| p.name == name) {
            mixed.push((name, value));
        } else {
            let takes = |m: &&&Method| m.parameters.iter().any(|p| p.name == name);
            let with: Vec<&str> = target.methods.iter().filter(takes).map(|m| m.id).collect();
            let expected = format!("--sampler {} with it", with.join(" or "));
            return Err(Error::argument(name, value.to_string(), expected));
        }
    }
    let sampler = Sampler::new(method, &own)?;
    let mixed = Values::new(target.mixed, &mixed)?;
    let kernels = target.mixed.iter();
    Ok(kernels.fold(sampler, |sampler, kernel| {
        sampler.mixed_with(kernel.name, mixed.count(kernel.name))
    }))
}

/// What was typed, with the type of each parameter.
fn read(typed: &[(&'static Parameter, String)]) -> Result<Vec<(&'static str, Value)>> {
    let typed = typed.iter();
    typed
        .map(|(parameter, text)| Ok((parameter.name, parameter.read(text)?)))
        .collect()
}

/// An error of what is typed as a flag names that flag.
fn of_flag(target: &Named, error: Error) -> Error {
    let of_methods = target.methods.iter().flat_map(|method| method.parameters);
    let mut flags = of_methods.chain(target.parameters).chain(target.mixed);
    match error {
        Error::Argument {
            field,
            found,
            expected,
        } if flags.any(|flag| flag.name == field) || OF_PLANS.contains(&field.as_str()) => {
            Error::argument(format!("--{field}"), found, expected)
        }
        other => other,
    }
}

/// What a [`crate::ensemble::Plan`] can be refused for.
const OF_PLANS: [&str; 4] = ["chains", "measurements", "every", "threads"];

/// Refuses before the run what could not be written after it.
fn check_paths(request: &SampleRequest) -> Result<()> {
    let options = &request.options;
    for (flag, path, ending) in [
        ("--output", &options.output, "npz"),
        ("--checkpoint", &options.checkpoint, "safetensors"),
    ] {
        let Some(path) = path else { continue };
        if path.extension().is_none_or(|found| found != ending) {
            let found = path.display().to_string();
            return Err(Error::argument(
                flag,
                found,
                format!("a name ending in .{ending}"),
            ));
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if !folder.unwrap_or(Path::new(".")).is_dir() {
            let found = path.display().to_string();
            return Err(Error::argument(
                flag,
                found,
                "a file in a folder that exists",
            ));
        }
    }
    Ok(())
}

/// What to do about a checkpoint that is another run's.
fn resumable(path: &Path, error: Error) -> Error {
    match error {
        Error::Format {
            field,
            found,
            expected,
            ..
        } if field.starts_with("spec, ") => {
            let expected =
                format!("{expected}, as in this command; for a new run, another --checkpoint");
            Error::format(path, field, found, expected)
        }
        other => other,
    }
}
