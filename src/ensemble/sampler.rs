//! Samplers under their names.

use serde_json::{Map, Value as Json};

use super::parameter::{Kind, Parameter, Presence, Value, Values};
use crate::density::{Action, Kernel, Local};
use crate::error::{Error, Result};
use crate::lattice::{Continuous, Propose};
use crate::sampler::{Hmc, Integrator, Langevin, Metropolis, Trajectory};

/// A kernel that a run owns, of a density that it borrows.
///
/// Beside field, auxiliary numbers and generators a kernel keeps nothing that its next step depends on: a checkpoint
/// holds these three alone.
pub type OwnedKernel<'a, M> = Box<dyn Kernel<M> + Send + 'a>;

/// A sampler: its name, and what it takes.
#[derive(Debug)]
pub struct Method {
    /// Its name on the command line.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What it takes.
    pub parameters: &'static [Parameter],
}

const fn parameter(
    name: &'static str,
    kind: Kind,
    presence: Presence,
    meaning: &'static str,
) -> Parameter {
    Parameter {
        name,
        kind,
        presence,
        meaning,
    }
}

fn integrators() -> Vec<&'static str> {
    Integrator::ALL.map(Integrator::name).to_vec()
}

const EPSILON: Parameter = parameter(
    "epsilon",
    Kind::Positive,
    Presence::Required,
    "Langevin time of a step",
);

/// Hybrid Monte Carlo.
pub static HMC: Method = Method {
    id: "hmc",
    summary: "hybrid Monte Carlo; exact",
    parameters: &[
        parameter(
            "integrator",
            Kind::Word(integrators),
            Presence::Default("omelyan"),
            "kicks and drifts of a step",
        ),
        parameter(
            "length",
            Kind::Positive,
            Presence::Default("1"),
            "length of a trajectory",
        ),
        parameter(
            "steps",
            Kind::Count { least: 1 },
            Presence::Default("10"),
            "steps of a trajectory",
        ),
    ],
};

/// Langevin steps with a decision.
pub static MALA: Method = Method {
    id: "mala",
    summary: "Langevin steps with a decision; exact",
    parameters: &[EPSILON],
};

/// Langevin steps without one.
pub static LANGEVIN: Method = Method {
    id: "langevin",
    summary: "Langevin steps without a decision; NOT exact, asymptotic in epsilon",
    parameters: &[EPSILON],
};

/// Sweeps of single-variable proposals.
pub static METROPOLIS: Method = Method {
    id: "metropolis",
    summary: "sweeps of proposals for one variable; exact",
    parameters: &[parameter(
        "width",
        Kind::Positive,
        Presence::Required,
        "how far from the old value a proposal may lie",
    )],
};

/// Sweeps of exact conditional draws.
pub static HEAT_BATH: Method = Method {
    id: "heatbath",
    summary: "sweeps of draws from conditional densities; exact",
    parameters: &[parameter(
        "reflections",
        Kind::Count { least: 0 },
        Presence::Default("1"),
        "sweeps of reflections after each",
    )],
};

/// Sweeps of spins that are turned over, or not.
pub static FLIPS: Method = Method {
    id: "metropolis",
    summary: "sweeps of spins turned over or not, the even sites first; exact",
    parameters: &[parameter(
        "rule",
        Kind::Word(|| vec!["metropolis", "glauber"]),
        Presence::Default("metropolis"),
        "min(1, e^{−ΔS}), or 1/(1 + e^{ΔS}), the heat bath",
    )],
};

/// Metropolis with a bit a spin.
pub static MULTI_SPIN: Method = Method {
    id: "multispin",
    summary: "checkerboard Metropolis, 512 spins at once, even extents; exact",
    parameters: &[parameter(
        "sweeps",
        Kind::Count { least: 1 },
        Presence::Default("1"),
        "sweeps of a step",
    )],
};

/// Single clusters.
pub static WOLFF: Method = Method {
    id: "wolff",
    summary: "Wolff's clusters; exact",
    parameters: &[parameter(
        "clusters",
        Kind::Count { least: 1 },
        Presence::Default("1"),
        "clusters of a step",
    )],
};

/// A sampler with its parameters, and what is mixed in.
#[derive(Clone, Debug)]
pub struct Sampler {
    method: &'static Method,
    values: Values,
    mixed: Vec<(&'static str, usize)>,
}

impl Sampler {
    /// The sampler `method` with these parameters; the others have their defaults.
    ///
    /// # Errors  as [`Values::new`].
    pub fn new(method: &'static Method, given: &[(&str, Value)]) -> Result<Self> {
        Ok(Self {
            method,
            values: Values::new(method.parameters, given)?,
            mixed: Vec::new(),
        })
    }

    /// With so many steps of another kernel, which the target names, after each.
    #[must_use]
    pub fn mixed_with(mut self, kernel: &'static str, steps: usize) -> Self {
        if steps > 0 {
            self.mixed.push((kernel, steps));
        }
        self
    }

    /// Which one.
    #[must_use]
    pub const fn method(&self) -> &'static Method {
        self.method
    }

    /// Its parameters.
    #[must_use]
    pub const fn values(&self) -> &Values {
        &self.values
    }

    /// What is mixed in.
    #[must_use]
    pub fn mixed(&self) -> &[(&'static str, usize)] {
        &self.mixed
    }

    /// Name and parameters.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut members = Map::from_iter([("name".to_owned(), self.method.id.into())]);
        members.extend(self.values.to_json());
        let mixed = self.mixed.iter();
        members.extend(mixed.map(|(name, steps)| ((*name).to_owned(), (*steps).into())));
        Json::Object(members)
    }
}

/// The kernel of a sampler that every action with a force has.
///
/// # Errors  those of the kernels; `Error::Unsupported` for another sampler.
pub fn of_action<'a, M: Continuous>(
    density: &'a dyn Action<M>,
    sampler: &Sampler,
) -> Result<OwnedKernel<'a, M>> {
    let values = sampler.values();
    Ok(match sampler.method().id {
        "hmc" => {
            let steps = values.count("steps");
            let integrator = Integrator::from_name(values.word("integrator"))?;
            let step = values.real("length") / steps as f64;
            let trajectory = Trajectory::new(integrator, step, steps)?;
            Box::new(Hmc::new(density, trajectory)?)
        }
        "mala" => Box::new(Hmc::langevin(density, values.real("epsilon"))?),
        "langevin" => Box::new(Langevin::new(density, values.real("epsilon"))?),
        other => return Err(unsupported(other, density.spec().family)),
    })
}

/// As [`of_action`], and Metropolis, for one whose local changes are cheap.
///
/// # Errors  as [`of_action`].
pub fn continuous<'a, M: Continuous + Propose, D: Action<M> + Local<M>>(
    density: &'a D,
    sampler: &Sampler,
) -> Result<OwnedKernel<'a, M>> {
    if sampler.method().id == METROPOLIS.id {
        let width = sampler.values().real("width");
        return Ok(Box::new(Metropolis::new(density, width)?));
    }
    of_action(density, sampler)
}

/// A sampler that a target does not have.
pub(super) fn unsupported(sampler: &str, family: &str) -> Error {
    Error::Unsupported {
        what: format!("the sampler {sampler} for {family}"),
        expected: "those that the target lists".to_owned(),
    }
}
